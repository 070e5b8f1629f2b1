"""Pack a selection: numbered lines within a token budget, and a manifest that accounts for every path.

A file goes in whole while the budget lasts. One that does not fit goes in as an outline, every definition by its first
line, with the definitions that matter, each whole: half a function invites a wrong verdict. Where the outline is too
long, they go first, and then as much of it as fits. What stays out is named, with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import compress
from operator import add
from weakref import WeakKeyDictionary

from verifier.cost.tokens import AIRY_CHARS, count_tokens
from verifier.languages import Definition
from verifier.repository.index import Index
from verifier.repository.own_paths import is_set_up
from verifier.repository.snapshot import Nature, Snapshot, SourceFile
from verifier.safety.quoting import fence, quoted_path
from verifier.values.pack import ContextPack, ManifestEntry, PackedFile, Selected, Selection, Supply
from verifier.values.source import Lines, ranges_of, split_lines

LISTING_TOKENS = 1500
"""Room for the list of the commit's files; beyond it directories are counted instead."""

COUNTED_TOKENS = 400
"""Room for the directories, as deep as it lasts: they say where to ask, and every claim pays for them."""

_SHARE_IN_PART = 0.5
"""Of what is left, the most that one file shown in part may take, so that the next ones find room."""

_TABLE_LINES = 20_000
_AROUND_LINES = (8, 2)
_HEAD_LINES = 40


TellingLines = Callable[[str], Sequence[Lines]]
"""Gives the lines of a path to keep first where it does not fit whole. Asked only then."""


def pack(
    selection: Selection, index: Index, budget_tokens: int, telling_lines: TellingLines = lambda _: ()
) -> ContextPack:
    """Join the selected files into texts whose every line the model can cite.

    Files go in whole, in the order given, shared ones first, while the budget lasts; after that in part. The manifest
    has every selected, missing and refused path; the commit's other files are counted by directory. Shared files look
    the same for every claim, so `telling_lines` is not asked about them.
    """
    shared = [selected for selected in selection.files if selected.shared]
    own = [selected for selected in selection.files if not selected.shared]
    files: list[PackedFile] = []
    manifest: list[ManifestEntry] = []
    left = budget_tokens
    for selected in (*shared, *own):
        packed, entry = _pack_file(selected, index, left, (lambda _: ()) if selected.shared else telling_lines)
        manifest.append(entry)
        if packed is not None:
            files.append(packed)
            left -= entry.tokens
    manifest += (ManifestEntry(s.path, Supply.NOT_IN_COMMIT, s.why) for s in selection.missing)
    manifest += (ManifestEntry(s.path, Supply.LEFT_OUT, s.why) for s in selection.refused)
    commit = _commit(index.snapshot)
    return ContextPack(
        files=tuple(files),
        manifest=tuple(manifest),
        listing=commit.listing,
        tokens=budget_tokens - left,
        others=commit.others({entry.path for entry in manifest if index.snapshot.entry(entry.path) is not None}),
    )


class _Commit:
    """What every pack of one commit says of it: worked out once, not for each claim."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._directories = Counter(_directory(path, 1) for path in snapshot.paths)
        self.listing = listing(snapshot)

    def others(self, listed: Iterable[str]) -> tuple[tuple[str, int], ...]:
        """How many files each directory has beside those of the commit that are listed by name."""
        left = self._directories - Counter(_directory(path, 1) for path in listed)
        return tuple(sorted(left.items()))


_commits: WeakKeyDictionary[Snapshot, _Commit] = WeakKeyDictionary()


def _commit(snapshot: Snapshot) -> _Commit:
    if snapshot not in _commits:
        _commits[snapshot] = _Commit(snapshot)
    return _commits[snapshot]


def _pack_file(
    selected: Selected, index: Index, left: int, telling_lines: TellingLines
) -> tuple[PackedFile | None, ManifestEntry]:
    file = index.snapshot.file(selected.path)
    if file is None:
        return None, ManifestEntry(selected.path, Supply.NOT_IN_COMMIT, selected.why, shared=selected.shared)
    if file.nature is not Nature.TEXT:
        what = f"{selected.why}; not shown: {_nature(file)}"
        return None, ManifestEntry(selected.path, Supply.LEFT_OUT, what, shared=selected.shared)
    text, kept, tokens = _fit(file, selected, index, left, telling_lines)
    total = len(file.lines)
    if text is None:
        room = max(left, 0)
        is_worth_less = selected.room_tokens is not None and selected.room_tokens < room
        fits = f"{selected.room_tokens} that it is worth" if is_worth_less else f"{room} that are left"
        why = f"{selected.why}; not shown: {tokens} tokens do not fit in the {fits}"
        return None, ManifestEntry(selected.path, Supply.LEFT_OUT, why, total_lines=total, shared=selected.shared)
    whole = kept == (Lines(1, total),) or not total
    note = f"whole, {total} lines" if whole else f"in part, {total} lines in all"
    packed = PackedFile(selected.path, text, note, fence(selected.path, text), selected.shared)
    entry = ManifestEntry(
        selected.path,
        Supply.WHOLE if whole else Supply.IN_PART,
        selected.why,
        () if whole else kept,
        total,
        tokens,
        file.redactions,
        selected.shared,
    )
    return packed, entry


def is_airy(file: PackedFile) -> bool:
    """Whether the file may go in whole or not depending on what room there is beside its tokens."""
    return len(file.text) // AIRY_CHARS > count_tokens(file.text)


def _nature(file: SourceFile) -> str:
    return f"symlink to {quoted_path(file.target)}" if file.target is not None else file.nature.value


def _fit(
    file: SourceFile, selected: Selected, index: Index, left: int, telling_lines: TellingLines
) -> tuple[str | None, tuple[Lines, ...], int]:
    """The file's numbered text that fits, the lines it has, and its tokens; None and the tokens it would have taken."""
    whole = (Lines(1, len(file.lines)),)
    if selected.wanted:
        wanted = ranges_of({n for lines in selected.wanted for n in range(lines.first, lines.last + 1)})
        asked_for = numbered(file.lines, wanted)
        tokens = count_tokens(asked_for)
        return (asked_for, wanted, tokens) if tokens <= left else (None, (), tokens)
    room = selected.room_tokens
    if len(file.text) // AIRY_CHARS > left:
        text, tokens = None, len(file.text) // 4
    else:
        text = _numbered_whole(file.text)
        tokens = count_tokens(text)
        if tokens <= (left if room is None else min(left, room)):
            return text, whole, tokens
    in_part = _InPart(file, index, min(int(left * _SHARE_IN_PART), left if room is None else room))
    kept = in_part.lines(telling_lines(file.path), is_filled=room is None)
    if not kept:
        return None, (), tokens
    text = numbered(file.lines, kept)
    return text, kept, count_tokens(text)


@lru_cache(maxsize=64)
def _numbered_whole(text: str) -> str:
    """All lines of a file; many claims of a run are shown the same files."""
    lines = split_lines(text)
    return numbered(lines, (Lines(1, len(lines)),))


def numbered(lines: Sequence[str], ranges: Iterable[Lines]) -> str:
    """The lines of the ranges as `12<tab>text`, with a mark wherever lines are left out."""
    out: list[str] = []
    at = 0
    for lines_range in ranges:
        if lines_range.first > at + 1:
            out.append(_gap(at + 1, lines_range.first - 1))
        first, last = lines_range.first, lines_range.last
        out += map(add, _prefixes(first, last), lines[first - 1 : last])
        at = lines_range.last
    if at < len(lines):
        out.append(_gap(at + 1, len(lines)))
    return "\n".join(out)


def _prefixes(first: int, last: int) -> Sequence[str]:
    """`12<tab>` for each line of a range."""
    if last <= _TABLE_LINES:
        return _table()[first - 1 : last]
    return [f"{n}\t" for n in range(first, last + 1)]


@lru_cache(maxsize=1)
def _table() -> tuple[str, ...]:
    """The prefixes that most files need: made once, since making them takes longer than all else of numbering."""
    return tuple(f"{n}\t" for n in range(1, _TABLE_LINES + 1))


def _gap(first: int, last: int) -> str:
    return f"[lines {Lines(first, last)} left out]"


class _InPart:
    """The choice of lines of a file that does not fit whole."""

    def __init__(self, file: SourceFile, index: Index, budget_tokens: int) -> None:
        self._lines = file.lines
        source = index.source(file.path)
        self._definitions: tuple[Definition, ...] = source.definitions if source else ()
        self._left = budget_tokens
        self._is_kept = bytearray(1 + len(file.lines))
        """Of each line, by its number, whether it is shown."""

    def lines(self, telling: Sequence[Lines], *, is_filled: bool) -> tuple[Lines, ...]:
        """The ranges to show; empty where neither an outline nor anything that matters fits.

        `is_filled` says whether definitions that do not matter take what room there is left.
        """
        outlined = is_filled and self._outline()
        for wanted in telling:
            self._keep_first_that_fits(self._holding(wanted))
        if not is_filled:
            self._outline()
            return self._kept()
        if not outlined:
            if not any(self._is_kept):
                return ()
            self._left //= 2  # each of them brings a line that says what is left out before it
            for definition in self._definitions:
                if "." not in definition.qualified:
                    self._keep(Lines(definition.signature_line, definition.signature_line))
        if not telling and not self._definitions:
            self._keep(Lines(1, min(_HEAD_LINES, len(self._lines))))
        for definition in self._definitions:
            self._keep(Lines(definition.first_line, definition.last_line))
        return self._kept()

    def _kept(self) -> tuple[Lines, ...]:
        return ranges_of(compress(range(len(self._is_kept)), self._is_kept))

    def _outline(self) -> bool:
        """Keep the line that names each definition; only the outermost ones where all are too many."""
        every = [d.signature_line for d in self._definitions]
        outer = [d.signature_line for d in self._definitions if "." not in d.qualified]
        return self._keep_all(sorted(set(every))) or self._keep_all(sorted(set(outer)))

    def _holding(self, wanted: Lines) -> list[Lines]:
        """The definitions around the wanted lines, widest first, then the line that names the innermost one.

        The lines around them where there is none, many and then few.
        """
        around = [d for d in self._definitions if d.first_line <= wanted.first and wanted.last <= d.last_line]
        if around:
            around.sort(key=lambda d: d.first_line - d.last_line)
            signature = around[-1].signature_line
            return [*(Lines(d.first_line, d.last_line) for d in around), Lines(signature, signature)]
        return [Lines(max(1, wanted.first - more), min(len(self._lines), wanted.last + more)) for more in _AROUND_LINES]

    def _keep_first_that_fits(self, choices: Iterable[Lines]) -> None:
        any(self._keep(choice) for choice in choices)

    def _keep(self, lines: Lines) -> bool:
        first, end = lines.first, lines.last + 1
        # Most of what does not fit has more lines than there are tokens left: these are counted before they are listed.
        return end - first - self._is_kept.count(1, first, end) <= self._left and self._keep_all(range(first, end))

    def _keep_all(self, numbers: Iterable[int]) -> bool:
        """Keep lines, each given once and in order, if they fit."""
        new = [n for n in numbers if not self._is_kept[n]]
        if len(new) > self._left:  # a line takes a token at the least
            return False
        cost = count_tokens("\n".join([f"{n}\t{self._lines[n - 1]}" for n in new])) if new else 0
        if cost > self._left:
            return False
        for n in new:
            self._is_kept[n] = 1
        self._left -= cost
        return True


def listing(snapshot: Snapshot, budget_tokens: int = LISTING_TOKENS) -> str:
    """The commit's paths, a line a directory; where that is too long, the number of files in each directory.

    verifier's own files are not listed, nor are those by which it was set up.
    """
    paths = [path for path in snapshot.paths if not (snapshot.is_own(path) or is_set_up(path))]
    if len(paths) <= budget_tokens:  # a path takes a token at the least
        named = _named_by_directory(paths)
        if count_tokens(named) <= budget_tokens:
            return named
    return _counted(paths, min(budget_tokens, COUNTED_TOKENS))


def listing_of(paths: Sequence[str], chars: int) -> tuple[str, int]:
    """As many of the paths as there is room for, the first ones, a line a directory; and how many these leave out."""
    directories: set[str] = set()
    listed = 0
    for path in paths:
        directory, _, name = path.rpartition("/")
        chars -= len(quoted_path(name)) + (0 if directory in directories else len(quoted_path(directory)))
        if chars < 0:
            break
        directories.add(directory)
        listed += 1
    return _named_by_directory(paths[:listed]), len(paths) - listed


def _named_by_directory(paths: Iterable[str]) -> str:
    by_directory: dict[str, list[str]] = {}
    for path in sorted(paths):
        directory, _, name = path.rpartition("/")
        by_directory.setdefault(directory, []).append(quoted_path(name)[1:-1])
    return "\n".join(
        f"{quoted_path(directory)[1:-1] + '/' if directory else './'}: {', '.join(names)}"
        for directory, names in sorted(by_directory.items())
    )


def _counted(paths: Sequence[str], budget_tokens: int) -> str:
    """Files by directory, as deep as the budget allows."""
    for depth in range(6, 0, -1):
        counts = Counter(_directory(path, depth) for path in paths)
        text = "\n".join(f"{quoted_path(name)[1:-1]}: {_files(count)}" for name, count in sorted(counts.items()))
        if len(counts) <= budget_tokens and count_tokens(text) <= budget_tokens:
            return text
    return f"./: {_files(len(paths))}, in too many directories to list"


def _directory(path: str, depth: int) -> str:
    return "/".join(path.split("/")[:-1][:depth]) + "/" if "/" in path else "./"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
