"""Render prompts: instructions, what many claims share, this claim, and what a later round adds.

Repository text stands between marks that it cannot forge, derived from a hash of what they enclose: the same input
gives the same prompt, byte for byte, so that cassettes and caches work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.bccache import Bucket

from verifier.cost.tokens import count_tokens
from verifier.errors import UsageError
from verifier.safety.invisible import visible
from verifier.safety.quoting import clipped, fence, quoted_path
from verifier.values.changes import ChangedFile, Changes
from verifier.values.claim import Claim, ClaimSet
from verifier.values.fact import Fact
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Grounding, Hit
from verifier.values.pack import ContextPack, ManifestEntry, PackedFile, Selected, Supply
from verifier.values.prompt import Prompt
from verifier.values.source import LONGEST_PATH
from verifier.values.verdict import Absence, Part, Syntax
from verifier.wording.covering import left_over
from verifier.wording.meaning import quantifiers_in

if TYPE_CHECKING:
    from verifier.values.exhibit import Excerpt, Exhibit
    from verifier.values.followup import FollowUp, Missed

_LEFT_OUT_CHARS, _REFUSED_CHARS = 20_000, 6_000
"""Room for the list of names that are not shown, and of those that a later round is refused."""


class Prompts:
    """The templates of one folder, ready to render."""

    def __init__(self, folder: Path) -> None:
        """Read the folder's templates.

        Raises:
            UsageError: One is missing, or is no template.
        """
        self._folder = folder
        _read_all(self._templates, folder)

    @cached_property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each of the folder's files, by its path in it."""
        files = (path for path in sorted(self._folder.rglob("*")) if path.is_file())
        return {path.relative_to(self._folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}

    @cached_property
    def _templates(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(self._folder),
            bytecode_cache=_COMPILED,
            undefined=_Unknown,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,  # noqa: S701  # prompts are plain text; fences, not escapes, keep data apart
        )
        environment.filters |= {
            "show": _shown,
            "oneline": _oneline,
            "path": _path,
            "part_id": lambda number: f"p{number}",
            "quoted": lambda words: ", ".join(map(quoted_path, words)),
            "fenced_hits": lambda finding: _fenced(finding.absence.pattern, _hits(finding.hits)),
            "fenced_near": lambda exhibit: _fenced("near", _hits(exhibit.near)),
            "excerpt": _excerpt,
            "syntax": lambda absence: "plain text" if absence.syntax is Syntax.LITERAL else "regular expression",
            "scope": _scope,
            "search_result": search_result,
            "weakness": lambda grounding: grounding.weakness(path=quoted_path),
            "fenced_true_text": lambda grounding: _fenced(grounding.citation.path, _true_text(grounding)),
            "fenced_missed": lambda missed: _fenced("open", "\n".join(map(_missed, missed))),
        }
        return environment

    def first(
        self,
        claim: Claim,
        claims: ClaimSet,
        context: ContextPack,
        facts: Sequence[Fact],
        truncated: int | None = None,
        changes: Changes | None = None,
    ) -> Prompt:
        """The prompt of round 1. `truncated` is the bound on paths, where the commit has more."""
        files = tuple(file for file in context.files if file.shared)
        shared = self._shared(context.listing, files, claims.questions, truncated)
        own = self._templates.get_template("claim.md.j2").render(
            statement=claim.statement,
            fence=fence("statement", claim.statement),
            quantifiers=quantifiers_in(claim.statement),
            parts=claim.parts or (),
            facts=facts,
            files=[file for file in context.files if not file.shared],
            left_out=_within_room(
                _LEFT_OUT_CHARS, [e for e in context.manifest if e.supply in (Supply.LEFT_OUT, Supply.NOT_IN_COMMIT)]
            ),
            changes=changes,
        )
        return _counted(Prompt(claim.id, 1, self._system, shared, own), context.files)

    def followup(self, first: Prompt, number: int, followup: FollowUp) -> Prompt:
        """The prompt of round `number`: the first one with what the model lacked."""
        text = self._templates.get_template("followup.md.j2").render(
            parts=followup.parts,
            missed=followup.missed,
            absences=followup.absences,
            citations=followup.citations,
            files=followup.files,
            refused=_within_room(_REFUSED_CHARS, followup.refused),
        )
        prompt = Prompt(first.claim_id, number, first.system, first.shared, first.claim, text)
        return replace(prompt, tokens=first.tokens + _tokens(text, followup.files))

    def reading(
        self, claim: Claim, number: int, parts: Sequence[Part], facts: Sequence[Fact], exhibits: Sequence[Exhibit]
    ) -> Prompt:
        """The prompt of a second reading of round `number`: all parts' words, and the evidence of some."""
        parts_text = "\n".join(f"{part.id}: {_oneline(part.text)}" for part in parts)
        text = self._templates.get_template("reading.md.j2").render(
            statement=claim.statement,
            fence=fence("statement", claim.statement),
            quantifiers=quantifiers_in(claim.statement),
            parts_text=parts_text,
            parts_fence=fence("parts", parts_text),
            left_over=left_over(claim.statement, [part.span for part in parts]),
            facts=facts,
            exhibits=exhibits,
            shown={},
        )
        parts_read = tuple(exhibit.part.id for exhibit in exhibits)
        return _counted_whole(Prompt(claim.id, number, self._reading_system, evidence=text, parts=parts_read))

    def leads(self, claim: Claim, listing: str, others: int) -> Prompt:
        """The prompt that asks which of the listed files to open for a claim; `others` are not listed."""
        text = self._templates.get_template("leads.md.j2").render(
            listing=listing,
            listing_fence=fence("listing", listing),
            others=others,
            statement=claim.statement,
            fence=fence("statement", claim.statement),
            parts=claim.parts or (),
        )
        return _counted_whole(Prompt(claim.id, 1, self._leads_system, leads=text))

    def draft(self, text: str, known: Sequence[str]) -> Prompt:
        """The prompt that asks for claims of a text; `known` are statements that are claimed already.

        Raises:
            UsageError: The folder has no templates for it, as one of an earlier verifier's has not.
        """
        _read_all(self._templates, self._folder, _DRAFT_NAMES)
        known_text = "\n".join(f"- {_oneline(statement)}" for statement in known)
        notes = self._templates.get_template("draft.md.j2").render(
            text=text,
            fence=fence("text", text),
            known_text=known_text,
            known_fence=fence("known", known_text),
        )
        system = self._templates.get_template("draft-system.md.j2").render()
        return _counted_whole(Prompt("draft", 1, system, notes=notes))

    @cached_property
    def _leads_system(self) -> str:
        return self._templates.get_template("leads-system.md.j2").render()

    @cached_property
    def _reading_system(self) -> str:
        return self._templates.get_template("reading-system.md.j2").render()

    @cached_property
    def _system(self) -> str:
        return self._templates.get_template("system.md.j2").render()

    @cached_property
    def _shared(self) -> Callable[[str, tuple[PackedFile, ...], tuple[str, ...], int | None], str]:
        """Renders what many claims share; the last ones are kept, since most claims of a run share the same."""
        template = self._templates.get_template("shared.md.j2")

        @lru_cache(maxsize=8)
        def render(
            listing: str, files: tuple[PackedFile, ...], questions: tuple[str, ...], truncated: int | None
        ) -> str:
            return template.render(
                listing=listing,
                fence=fence("listing", listing),
                files=files,
                questions=questions,
                truncated=truncated,
            )

        return render


_NAMES = (
    "system.md.j2",
    "shared.md.j2",
    "claim.md.j2",
    "followup.md.j2",
    "reading-system.md.j2",
    "reading.md.j2",
    "leads-system.md.j2",
    "leads.md.j2",
)


_DRAFT_NAMES = ("draft-system.md.j2", "draft.md.j2")


def _read_all(templates: Environment, folder: Path, names: Sequence[str] = _NAMES) -> None:
    """Make sure, before anything is asked, that the templates can be read."""
    for name in names:
        try:
            templates.get_template(name)
        except TemplateNotFound as error:
            raise UsageError(
                f"{visible(folder)} has no {error.name}; it needs {', '.join(names)}: begin with copies"
            ) from error
        except TemplateSyntaxError as error:
            where = f"{visible(folder / (error.name or name))}:{error.lineno}"
            raise UsageError(f"{where}: {error.message}; mend the template") from error
        except UnicodeDecodeError as error:
            raise UsageError(f"{visible(folder / name)}: not UTF-8 ({error.reason}); save it as UTF-8") from error


class _Compiled(BytecodeCache):
    """Templates that this process has compiled, for runs that come after: a server's, or those of one pytest."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


class _Unknown(StrictUndefined):
    """What a template asks for and there is not: an error of whoever wrote the template."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._undefined_exception = _unknown  # type: ignore[assignment]


def _unknown(message: str | None) -> UsageError:
    return UsageError(f"a template of the prompts asks for what there is not: {message}; mend it")


def _counted_whole(prompt: Prompt) -> Prompt:
    """The prompt of somebody who is shown no files, with its tokens."""
    return replace(prompt, tokens=sum(map(count_tokens, prompt.sections.values())))


def _counted(prompt: Prompt, files: Sequence[PackedFile]) -> Prompt:
    own = [file for file in files if not file.shared]
    shared = count_tokens(prompt.system) + count_tokens(prompt.shared)
    return replace(prompt, tokens=shared + _tokens(prompt.claim, own))


def _tokens(section: str, files: Sequence[PackedFile]) -> int:
    """The section's tokens, counted file by file: the text of a file has been counted when it was packed."""
    for file in files:
        section = section.replace(file.text, "", 1)
    return count_tokens(section) + sum(count_tokens(file.text) for file in files)


def _shown(file: PackedFile | ChangedFile) -> str:
    return f"{quoted_path(file.path)} ({file.note}):\n=== begin {file.fence}\n{file.text}\n=== end {file.fence}"


Entry = TypeVar("Entry", ManifestEntry, Selected)


def _within_room(chars: int, entries: Sequence[Entry]) -> list[Entry]:
    """The entries that are listed; how many there are beyond that is said, so that no list outgrows the budget."""
    listed: list[Entry] = []
    left = chars
    for entry in entries:
        left -= len(entry.path) + len(entry.why)
        if left < 0 and listed:
            more = f"(and {len(entries) - len(listed)} more)"
            listed.append(replace(entry, path=more, why="too many to list"))
            break
        listed.append(entry)
    return listed


def _oneline(text: str) -> str:
    """The text on one line, so that it can open no section of its own."""
    return " ".join(text.split())


def _path(path: str) -> str:
    """A path or pattern in quotation marks; of one that the model made up without end, the beginning."""
    return quoted_path(path if len(path) <= LONGEST_PATH else f"{path[:LONGEST_PATH]}...")


def _fenced(label: str, text: str) -> str:
    mark = fence(label, text)
    return f"=== begin {mark}\n{text}\n=== end {mark}"


def _excerpt(excerpt: Excerpt, part: str, shown: dict[Excerpt, str]) -> str:
    """The lines of one file, numbered, with a mark where lines between them are left out.

    What an earlier part of the request shows, by `shown`, is named and not shown again.
    """
    one = sum(map(len, excerpt.cited)) == 1
    cited = f"; cited: line{'' if one else 's'} {', '.join(map(str, excerpt.cited))}" if excerpt.cited else ""
    head = f"{quoted_path(excerpt.path)} ({_oneline(excerpt.label)}{cited}):"
    before = shown.setdefault(excerpt, part)
    return f"{head} as under {before}" if before != part else f"{head}\n{_fenced(excerpt.path, _numbered(excerpt))}"


def _numbered(excerpt: Excerpt) -> str:
    written: list[str] = []
    before: int | None = None
    for number, line in excerpt.lines:
        if before is not None and number > before + 1:
            written.append("[...]")
        written.append(f"{number}\t{clipped(line)}")
        before = number
    return "\n".join(written)


def _scope(absence: Absence) -> str:
    return ", ".join(map(_path, absence.paths)) if absence.paths else "the whole commit"


def search_result(finding: AbsenceFinding) -> str:
    """What a search came to, as the model and the reader are told it."""
    unread = f"; not searched: {', '.join(map(_path, finding.unread))}" if finding.unread else ""
    # Of the whole commit no number is said: a file more that has nothing of it leaves the evidence as it is.
    where = f" in {_count(finding.files_searched)}" if finding.absence.paths else ""
    match finding.standing:
        case AbsenceStanding.CONFIRMED:
            return f"nothing found{where}"
        case AbsenceStanding.UNDECIDED:
            return f"nothing found{where}, but that does not settle it{unread}"
        case AbsenceStanding.HITS:
            shown = f", the first {len(finding.hits)}" if finding.total > len(finding.hits) else ""
            return f"{finding.total} {'line' if finding.total == 1 else 'lines'} found{shown}{unread}"
        case AbsenceStanding.BAD_PATTERN:
            return f"cannot be searched for: {finding.problem}"


def _count(files: int) -> str:
    return "1 file" if files == 1 else f"{files} files"


def _hits(hits: Sequence[Hit]) -> str:
    return "\n".join(map(_hit, hits))


def _hit(hit: Hit) -> str:
    if hit.line == 0:
        return f"{quoted_path(hit.path)} (a path)"
    text = "(this file is not shown)" if hit.excluded else hit.text
    return f"{quoted_path(hit.path)}:{hit.line} ({hit.kind}): {text}"


def _missed(missed: Missed) -> str:
    return f"{missed.part}: {_oneline(missed.because)}"


def _true_text(grounding: Grounding) -> str:
    lines = (grounding.true_text or "").split("\n")
    return "\n".join(f"{grounding.citation.first_line + offset}\t{line}" for offset, line in enumerate(lines))
