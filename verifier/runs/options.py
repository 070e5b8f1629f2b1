"""What a run is asked for, as one value: which claims of which commit, who answers, what it may take, what passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from verifier.errors import UsageError
from verifier.values.passing import FailOn, Require
from verifier.values.shard import Shard

if TYPE_CHECKING:
    from verifier.model.endpoint import Endpoint
    from verifier.values.claim import ClaimSet

LEAST: Mapping[str, int] = {
    "budget_tokens": 1000,
    "max_rounds": 1,
    "max_output_tokens": 256,
    "max_tokens": 1,
    "attempts": 1,
    "concurrency": 1,
    "controls": 1,
}
"""The smallest number that an option takes."""

MOST: Mapping[str, int] = {"max_rounds": 10, "concurrency": 256}
"""The largest number that an option takes, where there is one."""

ABOVE_ZERO = ("max_cost", "timeout_s", "rpm", "tpm")
"""Options that take any number above zero."""


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What `verifier run` is told by its options, under the same names and with the same defaults.

    Relative paths are taken from the current folder. No setting is read from a file or from `VERIFIER_*` in the
    environment; `verifier.runs.settings` does that.

    Raises:
        UsageError: A number is out of its range, or no model is named.
    """

    claims: tuple[Path, ...] = ()
    """Claim files, or folders of them. Empty: those in `claims/`."""
    claim_set: ClaimSet | None = None
    """Claims that lie in no file, to be judged in place of those that do."""
    repo: Path = Path()
    """The repository, or any folder in it."""
    ref: str = "HEAD"
    """Branch, tag or id of the commit that is judged."""
    ids: tuple[str, ...] = ()
    """Only the claims with one of these ids, or with one of the `tags`. Both empty: all."""
    tags: tuple[str, ...] = ()
    controls: int | None = None
    """Make controls of so many claims that are borne out, and judge these too. None: of none."""
    controls_seed: int | None = None
    """By which they are drawn. None: the commit's id."""
    base: str | None = None
    """Judge the claims first whose files differ from where the branch left this one, and show what it changed."""
    changed: bool = False
    """With `base`: judge those only, and the claims of files that the branch touches."""
    failed: str | None = None
    """Only what did not pass in that run, a record's path; "last" for the last records in `reports`."""
    shard: Shard | None = None
    """Only this share of those that are chosen otherwise; `verifier.runs.merging` puts the records together."""
    facts: Path | None = None
    """A folder with files that CI made of the commit: JUnit, Cobertura, LCOV, SARIF. None: checks that ask CI are
    undecided."""
    policy_ref: str | None = None
    """Take claims, prompts, prices and cassette from this ref rather than from the files that lie here."""

    model: str = "gemini-3.8-flash"
    reader_model: str | None = None
    """Who reads the evidence a second time. None: `model`."""
    budget_tokens: int = 60_000
    """The largest request, by verifier's own count."""
    max_rounds: int = 3
    """Requests a claim, at most 10. Retries are not counted."""
    max_output_tokens: int = 16_384
    thinking_level: str | None = None
    """MINIMAL, LOW, MEDIUM or HIGH. None: the model's own."""
    prompts: Path | None = None
    """A folder of templates. None: those that travel with verifier."""

    max_cost: float | None = None
    """US dollars that the run may spend. None: no cap."""
    max_tokens: int | None = None
    """Tokens that the run may use, prompts and replies together. None: no cap."""
    prices: Path | None = None
    """A TOML file of prices that hold in place of those that verifier knows."""

    api_key: str | None = field(default=None, repr=False)
    """None: GOOGLE_API_KEY or GEMINI_API_KEY of the environment."""
    base_url: str | None = field(default=None, repr=False)
    """None: GOOGLE_GEMINI_BASE_URL of the environment, or the service's own address."""
    vertex: bool = False
    """Ask Vertex AI in place of the Gemini API."""
    project: str | None = None
    location: str | None = None
    timeout_s: float = 300.0
    """Seconds that one call may take."""
    attempts: int = 4
    """How often one request is tried."""
    concurrency: int = 4
    """Claims that are worked on at a time, at most 256."""
    rpm: float | None = None
    """Requests a minute. None: as the service allows."""
    tpm: float | None = None
    """Tokens a minute. None: as the service allows."""
    batch: bool = False
    """Ask through the Batch API: half the price, hours to wait."""
    allow_other_model: bool = False
    """Take replies from another model than the one asked."""

    journal: Path | None = None
    """Where replies are kept, a SQLite file. None: `.verifier/journal.sqlite`."""
    fresh: bool = False
    """Ask anew what the journal could answer."""
    record: Path | None = None
    """Write a cassette of the run there; the journal is left alone."""
    replay: Path | None = None
    """Answer from this cassette: no key, no network, no journal."""
    authored: bool = False
    """With `record`: the replies are an author's, not a model's."""
    reports: Path = Path("reports")
    """Where reports lie, which no claim is ever shown."""

    fail_on: FailOn = FailOn.PARTIALLY
    """Which rulings fail: PARTIALLY and NOT, NOT alone, or none. `failed` chooses by it, and a gate decides."""
    fail_on_controls: bool = False
    """A control whose outcome is wrong fails a gate; with `baseline`, where a figure is worse than there."""
    require: Require | None = None
    """Which replies pass a gate: live ones, the journal's too, or recorded ones too. None: recorded with `replay`, else
    the journal's."""
    baseline: tuple[Path, ...] = ()
    """Records of earlier runs: what is no worse than there passes a gate."""

    def __post_init__(self) -> None:
        for name, least in LEAST.items():
            number, most = getattr(self, name), MOST.get(name)
            if number is not None and (number < least or (most is not None and number > most)):
                bounds = f"from {least} to {most}" if most is not None else f"of {least} or more"
                raise UsageError(f"{name} is {number}; give a number {bounds}")
        for name in ABOVE_ZERO:
            if getattr(self, name) is not None and not getattr(self, name) > 0:
                raise UsageError(f"{name} is {getattr(self, name)}; give a number above zero")
        for option, model, default in (
            ("--model", self.model, RunOptions.model),
            ("--reader-model", self.reader_model, self.model),
        ):
            if model is not None and not model.strip():
                raise UsageError(f"{option} is empty; name a model, or leave it out for {default}")

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> RunOptions:
        """Options from settings by name, each as a command line, the environment or a file has it.

        What is no option of a run is passed over.

        Raises:
            UsageError: A value is none that its option takes.
        """
        from verifier.values.claim import ClaimSet

        kinds = get_type_hints(cls, localns={"ClaimSet": ClaimSet})
        own = {one.name: settings[one.name] for one in fields(cls) if one.name in settings}
        values: dict[str, Any] = {name: _as(kinds[name], value, name) for name, value in own.items()}
        return cls(**values)

    @property
    def keeps_journal(self) -> bool:
        """Whether replies and rulings are kept: not those of a recording or a replay."""
        return self.record is None and self.replay is None

    def endpoint(self, environ: Mapping[str, str]) -> Endpoint:
        """Where to ask and with which key, completed from the environment.

        Raises:
            UsageError: There is no key, or key, address, project or timeout cannot be right.
        """
        from verifier.model.endpoint import Endpoint

        return Endpoint.from_environment(
            environ,
            api_key=self.api_key,
            base_url=self.base_url,
            vertex=self.vertex,
            project=self.project,
            location=self.location,
            timeout_s=self.timeout_s,
        )


def _as(kind: Any, value: object, name: str) -> object:
    """The value as an option of that kind has it."""
    if get_origin(kind) is tuple:
        several = value if isinstance(value, (list, tuple)) else (value,)
        return tuple(_as(get_args(kind)[0], one, name) for one in several)
    kind = next((one for one in get_args(kind) if one is not NoneType), kind)
    if value is None or isinstance(value, kind):
        return value
    try:
        return _TRUTHS[str(value).strip().lower()] if kind is bool else kind(value)
    except (KeyError, TypeError, ValueError):
        raise UsageError(f"{name}: {str(value)!r} is not {_CALLED.get(kind, kind.__name__)}") from None


_TRUTHS = dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True) | dict.fromkeys(
    ("0", "false", "f", "no", "n", "off"), False
)
_CALLED = {
    bool: "true or false",
    int: "a valid integer",
    float: "a valid float",
    FailOn: f"one of {', '.join(FailOn)}",
    Require: f"one of {', '.join(Require)}",
    Shard: "a share such as 2/8, from 1/8 to 8/8",
}
