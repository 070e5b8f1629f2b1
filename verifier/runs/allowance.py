"""What several runs may spend together: the caps of their options, less what the earlier ones took."""

from __future__ import annotations

from dataclasses import dataclass, replace

from verifier.errors import UsageError
from verifier.model.spending import Purse
from verifier.runs.options import RunOptions


@dataclass
class Allowance:
    """What was spent so far, and what may have been: calls that failed, and may be billed, at their worst case."""

    cost: float = 0.0
    """US dollars."""
    tokens: int = 0

    def left(self, options: RunOptions) -> RunOptions:
        """The options with their caps less what was spent.

        Raises:
            UsageError: Nothing is left.
        """
        for name, spent in (("max_cost", self.cost), ("max_tokens", self.tokens)):
            cap = getattr(options, name)
            if cap is not None and cap <= spent:
                raise UsageError(f"{name} of {cap} is used up by earlier claims; raise it")
        return replace(
            options,
            max_cost=options.max_cost and options.max_cost - self.cost,
            max_tokens=options.max_tokens and options.max_tokens - self.tokens,
        )

    def settle(self, purse: Purse) -> None:
        """Count what was taken out of a run's purse, however the run ended."""
        self.tokens += purse.taken.total
        self.cost += purse.cost
