"""Spend no more than was allowed: a call's worst case is set aside before it is sent, and settled when it is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace

from verifier.cost.calibration import Calibration
from verifier.cost.prices import Price
from verifier.errors import ModelError, UsageError
from verifier.model import Model
from verifier.model.errors import CutReplyError
from verifier.values.exhibit import LIKELY_TOKENS, MOST_TOKENS
from verifier.values.prompt import MOST_OUTPUT_TOKENS, Asks, Prompt, Reply, Usage, by_what_is_asked

_SURE = 1.02
"""Beyond the largest deviation seen."""


@dataclass(frozen=True)
class WorstCase:
    """What a call may take at most."""

    max_output_tokens: int
    schema_tokens: int = 0
    """What the schema of the reply adds to every prompt."""
    calibration: Calibration = field(default_factory=Calibration)

    def of(self, prompt_tokens: int) -> Usage:
        """Of a prompt of so many tokens by our own count.

        A reply that is cut is asked for again with twice the room, so a call may be two.
        """
        sent = round((prompt_tokens + self.schema_tokens) * self.calibration.largest * _SURE)
        wider = min(2 * self.max_output_tokens, MOST_OUTPUT_TOKENS)
        if wider <= self.max_output_tokens:
            return Usage(prompt=sent, output=self.max_output_tokens)
        return Usage(prompt=2 * sent, output=self.max_output_tokens + wider)


class Purse:
    """What a run may spend, has spent and has set aside. One for all calls of a run."""

    def __init__(
        self,
        model: str,
        price: Price | None,
        *,
        reader: tuple[str, Price | None] | None = None,
        max_cost: float | None = None,
        max_tokens: int | None = None,
    ) -> None:
        """Fill the purse.

        Args:
            model: Its name, for messages.
            price: None where it is not known, or no cost is capped.
            reader: Name and price of the model that reads evidence a second time. None: the same one.
            max_cost: In US dollars; None for no cap.
            max_tokens: All that is billed, sent and received; None for no cap.

        Raises:
            UsageError: A cost is capped, but nobody knows what the model costs.
        """
        prices = by_what_is_asked((model, price), reader or (model, price))
        unknown = next((name for name, price in prices.values() if price is None), None)
        if max_cost is not None and unknown is not None:
            raise UsageError(
                f"the price of {unknown} is unknown, so --max-cost cannot be kept; "
                "give its price with --prices, or cap by --max-tokens"
            )
        self._prices = {asks: price for asks, (_, price) in prices.items()}
        self.max_cost = max_cost
        self.max_tokens = max_tokens
        self.spent = Usage()
        """What the API reported."""
        self.unreported = Usage()
        """Calls that may have been billed although no usage came back, each at its worst case."""
        self.cost = 0.0
        """Of both, in US dollars; calls are priced one by one, since long ones may have a price of their own."""
        self._set_aside: list[tuple[Usage, Asks]] = []
        import asyncio  # most commands ask nobody

        self._changed = asyncio.Condition()

    @property
    def taken(self) -> Usage:
        """What was spent, and what may have been."""
        return self.spent + self.unreported

    async def set_aside(self, worst: Usage, prompt: Prompt, least: Usage) -> None:
        """Set the prompt's worst case aside; waits for calls on their way where what they leave over may do.

        Raises:
            ModelError: There is not enough left; fatal where even `least`, an empty prompt's call, does not fit.
        """
        async with self._changed:
            while (short := self._short_of(worst, prompt.asks, self._set_aside)) is not None:
                if not self._set_aside or self._short_of(worst, prompt.asks, ()) is not None:
                    fatal = self._short_of(least, prompt.asks, ()) is not None
                    raise ModelError(f'"{prompt.claim_id}": {short}', fatal=fatal)
                await self._changed.wait()
            self._set_aside.append((worst, prompt.asks))

    async def settle(
        self, worst: Usage, prompt: Prompt, *, spent: Usage | None = None, unreported: Usage | None = None
    ) -> None:
        """Put back what was set aside, less what the call took."""
        # Counted before anything is awaited, so that a task that is cancelled here has counted all the same.
        self._set_aside.remove((worst, prompt.asks))
        self.spent += spent or Usage()
        self.unreported += unreported or Usage()
        self.cost += sum(self._cost_of(call, prompt.asks) for call in (spent, unreported) if call)
        async with self._changed:
            self._changed.notify_all()

    def _short_of(self, worst: Usage, asks: Asks, others: Sequence[tuple[Usage, Asks]]) -> str | None:
        """Why so much cannot be spent beside what others have set aside. None where it can."""
        if self.max_tokens is None and self.max_cost is None:
            return None
        taken = sum((other for other, _ in others), self.taken)
        doubt = f", {_k(self.unreported.total)} of unreported calls counted in" if self.unreported.total else ""
        if self.max_tokens is not None and (taken + worst).total > self.max_tokens:
            left = max(0, self.max_tokens - taken.total)
            return (
                f"may take {_k(worst.total)} and {_k(left)} of --max-tokens {self.max_tokens} are left{doubt}; "
                "raise --max-tokens, and what was answered is not asked again"
            )
        cost = self._cost_of(worst, asks)
        taken_cost = sum((self._cost_of(*other) for other in others), self.cost)
        if self.max_cost is not None and taken_cost + cost > self.max_cost:
            left_cost = max(0.0, self.max_cost - taken_cost)
            return (
                f"may cost ${cost:.4f} and ${left_cost:.4f} of --max-cost {self.max_cost:g} is "
                f"left{doubt}; raise --max-cost, and what was answered is not asked again"
            )
        return None

    def _cost_of(self, call: Usage, asks: Asks) -> float:
        price = self._prices[asks]
        return price.of(call) if price is not None else 0.0


class Spending:
    """A model that asks another one as long as the purse allows. It belongs inside retries, so that each is counted."""

    def __init__(self, model: Model, purse: Purse, worst_case: WorstCase) -> None:
        """Wrap `model`, whose calls are paid from `purse`."""
        self._model = model
        self._purse = purse
        self._worst_case = worst_case

    async def reply(self, prompt: Prompt) -> Reply:
        """Ask, with the worst case set aside.

        Raises:
            ModelError: There is not enough left, or as the model raises it.
        """
        worst = self._worst_case.of(prompt.tokens)
        await self._purse.set_aside(worst, prompt, least=self._worst_case.of(0))
        try:
            reply = await self._model.reply(prompt)
        except CutReplyError:
            # It tells what the last of two calls took, not both.
            await self._purse.settle(worst, prompt, unreported=worst)
            raise
        except ModelError as error:
            await self._purse.settle(worst, prompt, unreported=None if never_billed(error) else worst)
            raise
        except BaseException:
            await self._purse.settle(worst, prompt, unreported=worst)
            raise
        if reply.usage is None:
            await self._purse.settle(worst, prompt, unreported=worst)
        else:
            await self._purse.settle(worst, prompt, spent=reply.usage)
        return reply


def never_billed(error: ModelError) -> bool:
    """Whether the call cannot have cost anything: the service refused it, or was never reached.

    Source: Gemini API docs, "Billing": a request that fails with a 400 or 500 error is not charged.
    """
    cause = error.__cause__
    code = getattr(cause, "code", None)
    return (isinstance(code, int) and code >= 400) or type(cause).__name__ in ("ConnectError", "ConnectTimeout")


@dataclass(frozen=True)
class FirstRound:
    """What is known of a claim's first round before anything is asked."""

    tokens: int
    """Of its prompt, by our own count."""
    answered: bool = False
    """The journal answers it."""
    carried: bool = False
    """The journal has what was said of the same code on another commit; if that does not stand, it is asked."""
    leads_tokens: int = 0
    """Of the prompt that asks where to look; 0 where nothing does."""
    leads_known: bool = False
    """Whether that is answered already; else `tokens` are those that are likely then."""

    @property
    def asks_where(self) -> bool:
        """Whether it is still to be asked where to look."""
        return self.leads_tokens > 0 and not self.leads_known


@dataclass(frozen=True)
class Estimate:
    """What a run is going to take, before its first call."""

    claims: int
    opened: int
    """Claims that were, to know it; where there are more, these stand for all."""
    answered: int
    """Claims whose first round the journal answers."""
    carried: int
    """Claims that are likely to be carried over from another commit."""
    model: str
    """The one whose price is not known, where one is not."""
    likely: Usage
    """First rounds that are to be asked, with replies of the usual length, and a second reading of each."""
    most: Usage
    """Every round of every claim at its worst case, second readings included."""
    requests: int
    """How many these are."""
    asked_where: int = 0
    """Claims of which it is likely to be asked first where to look."""
    price: Price | None = None
    """None where it is not known, or nothing is asked."""
    likely_cost: float = 0.0
    most_cost: float = 0.0

    @property
    def asked(self) -> int:
        """Claims whose first round is likely to be asked."""
        return self.claims - self.answered - self.carried

    @property
    def lines(self) -> tuple[str, ...]:
        """Claims, requests, tokens and dollars at most, one figure each, and what is likely; then the first rounds.

        A request that is made again because it failed or its reply was cut is counted once.
        """
        known = [f"{self.answered} answered by the journal"] if self.answered else []
        known += [f"{self.carried} carried over from another commit if they stand"] if self.carried else []
        claims = _count(self.claims, "claim")
        claims += f", estimated by {self.opened} of them" if self.opened < self.claims else ""
        if not self.asked:
            return (f"{', '.join([claims, *known])}; nothing is asked in the first round",)
        most, likely, by = f"the price of {self.model} is unknown", "", ""
        if self.price is not None:
            most, likely, by = f"${self.most_cost:.4f}", f", ${self.likely_cost:.4f}", f" ({self.price})"
        likely_requests = 2 * self.asked + self.asked_where
        return (
            f"{claims}: at most {_count(self.requests, 'request')}, {_k(self.most.total)}, {most}; "
            f"likely, by the first rounds, {likely_requests} requests, {_k(self.likely.total)}{likely}",
            f"first rounds: {', '.join([*known, f'{self.asked} to ask'])}; about {_k(self.likely.prompt)} to send{by}",
        )

    def __add__(self, other: Estimate) -> Estimate:
        """What both take, one after the other."""
        asking = [one for one in (self, other) if one.asked]
        named = next((one for one in asking if one.price is None), asking[0] if asking else self)
        added = (one.name for one in fields(self) if one.name not in ("model", "price"))
        return replace(named, **{name: getattr(self, name) + getattr(other, name) for name in added})

    def refuse_beyond(self, *, max_cost: float | None, max_tokens: int | None) -> None:
        """Refuse to start what is likely to pass a cap in its first rounds already.

        Raises:
            UsageError: It is.
        """
        if max_tokens is not None and self.likely.total > max_tokens:
            raise UsageError(
                f"the first rounds alone take about {_k(self.likely.total)} and --max-tokens is {max_tokens}; "
                "raise it, lower --budget-tokens, or choose fewer claims with --claim or --tag"
            )
        if max_cost is not None and self.likely_cost > max_cost:
            raise UsageError(
                f"the first rounds alone cost about ${self.likely_cost:.4f} and --max-cost is {max_cost:g}; "
                "raise it, lower --budget-tokens, or choose fewer claims with --claim or --tag"
            )


def estimate_run(
    firsts: Sequence[FirstRound],
    worst_case: WorstCase,
    *,
    model: str,
    price: Callable[[], Price | None],
    reader: tuple[str, Callable[[], Price | None]] | None = None,
    budget_tokens: int,
    max_rounds: int,
    of: int | None = None,
) -> Estimate:
    """What a run over these claims is going to take. Prices are asked for only where something is to be sent.

    `reader` is the name and price of the model that reads evidence a second time; None: the same one. Where these are
    some of more claims, `of` says of how many.
    """
    calibration = worst_case.calibration
    # What the service has counted, it has counted with the schema, if it counts that.
    schema_tokens = 0 if calibration.replies else worst_case.schema_tokens
    unanswered = [first for first in firsts if not first.answered]
    asked = [first for first in unanswered if not first.carried]
    output = min(calibration.output_tokens, worst_case.max_output_tokens)

    def expected(tokens: int) -> Usage:
        return Usage(round((tokens + schema_tokens) * calibration.ratio), output=output)

    where = [first.leads_tokens for first in asked if first.asks_where]
    likely = list(map(expected, (*(first.tokens for first in asked), *where)))
    likely_read = [expected(LIKELY_TOKENS)] * len(asked)
    later = worst_case.of(budget_tokens)
    most = [later if first.asks_where else worst_case.of(first.tokens) for first in unanswered]
    most += [worst_case.of(first.leads_tokens) for first in unanswered if first.asks_where]
    most += [later] * (len(firsts) * (max_rounds - 1))
    most_read = [worst_case.of(MOST_TOKENS)] * (len(firsts) * max_rounds)
    reader_model, reader_price = reader or (model, price)
    known = price() if asked else None
    known_of_reader = reader_price() if known is not None else None

    # By how much the claims that stand for all are fewer.
    times = of / len(firsts) if of is not None and firsts else 1.0

    def usage(calls: Sequence[Usage]) -> Usage:
        every = sum(calls, Usage())
        return Usage(round(every.prompt * times), output=round(every.output * times))

    def cost_of(verdicts: Sequence[Usage], readings: Sequence[Usage]) -> float:
        if known is None or known_of_reader is None:
            return 0.0
        return times * (sum(map(known.of, verdicts)) + sum(map(known_of_reader.of, readings)))

    return Estimate(
        claims=round(len(firsts) * times),
        opened=len(firsts),
        answered=round((len(firsts) - len(unanswered)) * times),
        carried=round((len(unanswered) - len(asked)) * times),
        model=model if known is None else reader_model,
        likely=usage([*likely, *likely_read]),
        most=usage([*most, *most_read]),
        requests=round((len(most) + len(most_read)) * times),
        asked_where=round(len(where) * times),
        price=known if known_of_reader is not None else None,
        likely_cost=cost_of(likely, likely_read),
        most_cost=cost_of(most, most_read),
    )


def _k(tokens: int) -> str:
    return f"{tokens} tokens" if tokens < 10_000 else f"{tokens / 1000:.0f}k tokens"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
