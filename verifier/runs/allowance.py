"""What several runs may spend together: the caps of their options, less what the earlier ones took."""

from __future__ import annotations

from dataclasses import dataclass, replace

from verifier.errors import UsageError
from verifier.runs.options import RunOptions
from verifier.values.prompt import Source
from verifier.values.record import RunRecord


@dataclass
class Allowance:
    """What was spent so far."""

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

    def settle(self, record: RunRecord) -> None:
        """Count what a run was answered live, on its controls too."""
        controls = record.controls.controls if record.controls is not None else ()
        for ruling in (*record.rulings, *(control.outcome for control in controls)):
            live = [one.usage for one in ruling.exchanges if one.source is Source.LIVE and one.usage is not None]
            self.tokens += sum(usage.prompt + usage.output + usage.thoughts for usage in live)
            self.cost += (ruling.cost or 0.0) if live else 0.0
