"""Keep a request within its budget."""

from __future__ import annotations

from verifier.errors import BudgetError
from verifier.values.prompt import Prompt

MOST_PACKINGS = 4
"""How often a prompt that passes the budget is packed again with less."""


def less_room(room: int, allowed: int, taken: int) -> int:
    """Room for the texts of files, where names and notes beside them took more than is allowed for all together."""
    return max(0, room * allowed // (2 * taken))


def refuse_over(budget: int, prompt: Prompt, what: str, way_out: str = "raise --budget-tokens") -> None:
    """Raise where the prompt takes more tokens than the budget has."""
    if prompt.tokens > budget:
        raise BudgetError(f'"{prompt.claim_id}": {what} {prompt.tokens} tokens, the budget is {budget}; {way_out}')
