"""Packs: numbered lines within a budget, and a manifest that accounts for every path."""

from __future__ import annotations

import re

import pytest

from tests.conftest import Commit
from verifier.cost.tokens import count_tokens
from verifier.prompting.packing import listing, listing_of, numbered, pack
from verifier.repository.index import Index
from verifier.safety.quoting import fence, quoted_path
from verifier.values.pack import ContextPack, Selected, Selection, Supply
from verifier.values.source import Lines, split_lines


def function(name: str, length: int) -> str:
    body = "\n".join(f"    total_{n} = total_{n - 1} + weight({n})" for n in range(1, length))
    return f"def {name}(total_0):\n{body}\n    return total_{length - 1}\n"


LARGE = "\n\n".join(function(f"step_{n}", 30) for n in range(20))


def packed(index: Index, budget: int, *selected: Selected) -> ContextPack:
    return pack(Selection(selected), index, budget)


def test_a_file_goes_in_whole_with_the_line_numbers_of_the_file(commit: Commit) -> None:
    index = Index(commit({"pool.py": "import queue\n\n\nMAX = 3\n"}))

    context = packed(index, 1000, Selected("pool.py", "named in the statement"))

    assert context.files[0].text == "1\timport queue\n2\t\n3\t\n4\tMAX = 3"
    (entry,) = context.manifest
    assert (entry.supply, entry.why, entry.total_lines) == (Supply.WHOLE, "named in the statement", 4)
    assert entry.tokens == count_tokens(context.files[0].text)


def test_a_file_that_does_not_fit_goes_in_as_an_outline_with_whole_definitions(commit: Commit) -> None:
    index = Index(commit({"large.py": LARGE}))
    source = split_lines(LARGE)
    wanted = next(d for _, d in index.definitions("step_7"))

    telling = (Lines(wanted.first_line + 3, wanted.first_line + 3),)

    context = pack(Selection((Selected("large.py", "named"),)), index, 2500, lambda _: telling)

    (entry,) = context.manifest
    text = context.files[0].text
    assert entry.supply is Supply.IN_PART
    assert entry.tokens <= 2500
    assert all(f"def step_{n}(" in text for n in range(20))
    assert f"{wanted.last_line}\t{source[wanted.last_line - 1]}" in text
    for lines in entry.lines:
        starts = [
            d
            for _, d in ((p, d) for n in range(20) for p, d in index.definitions(f"step_{n}"))
            if d.first_line == lines.first
        ]
        assert len(lines) == 1 or starts, "a range begins with a definition, never inside one"


def test_where_an_outline_is_too_long_what_matters_goes_first_and_then_as_much_of_it_as_fits(commit: Commit) -> None:
    index = Index(
        commit({"many.py": "".join(f"def f{n}(x):\n    y = x + {n}\n    return y\n\n\n" for n in range(2000))})
    )
    ((_, wanted),) = index.definitions("f1234")

    context = pack(
        Selection((Selected("many.py", "named"),)),
        index,
        2500,
        lambda _: (Lines(wanted.first_line, wanted.first_line),),
    )

    (entry,) = context.manifest
    assert entry.supply is Supply.IN_PART
    assert Lines(wanted.first_line, wanted.last_line) in entry.lines
    assert 1500 < entry.tokens <= 2500
    assert "def f0(x):" in context.files[0].text


def test_what_is_left_out_of_a_file_is_marked_and_accounted_for(commit: Commit) -> None:
    index = Index(commit({"large.py": LARGE}))

    context = packed(index, 2000, Selected("large.py", "named"))

    text, (entry,) = context.files[0].text, context.manifest
    shown = {int(line.split("\t")[0]) for line in text.split("\n") if "\t" in line}
    said = {n for lines in entry.lines for n in range(lines.first, lines.last + 1)}
    gaps = {
        n
        for first, last in re.findall(r"^\[lines (\d+)-?(\d*) left out\]$", text, re.MULTILINE)
        for n in range(int(first), int(last or first) + 1)
    }
    assert shown == said
    assert shown | gaps == set(range(1, len(split_lines(LARGE)) + 1))
    assert not shown & gaps


def test_a_large_first_file_leaves_room_for_the_next(commit: Commit) -> None:
    index = Index(commit({"large.py": LARGE, "small.py": "MAX = 3\n"}))

    context = packed(index, 2000, Selected("large.py", "named"), Selected("small.py", "named"))

    assert [entry.supply for entry in context.manifest] == [Supply.IN_PART, Supply.WHOLE]


def test_what_does_not_fit_at_all_is_left_out_with_the_reason(commit: Commit) -> None:
    index = Index(commit({"large.py": LARGE}))

    context = packed(index, 50, Selected("large.py", "named"))

    (entry,) = context.manifest
    assert context.files == ()
    assert entry.supply is Supply.LEFT_OUT
    assert "do not fit in the 50 that are left" in entry.why


def test_a_file_that_is_worth_less_than_a_line_of_it_says_so(commit: Commit) -> None:
    index = Index(commit({"large.py": LARGE}))

    (entry,) = packed(index, 9000, Selected("large.py", "words of the statement", room_tokens=5)).manifest

    assert entry.supply is Supply.LEFT_OUT
    assert "do not fit in the 5 that it is worth" in entry.why


def test_of_a_definition_that_is_worth_less_than_its_lines_the_first_one_is_shown(commit: Commit) -> None:
    index = Index(commit({"large.py": LARGE}))
    ((_, wanted),) = index.definitions("step_7")
    selection = Selection((Selected("large.py", "words of the statement", room_tokens=40),))

    context = pack(selection, index, 9000, lambda _: [Lines(wanted.first_line, wanted.last_line)])

    assert context.manifest[0].lines == (Lines(wanted.first_line, wanted.first_line),)


@pytest.mark.parametrize("budget", [0, 10, 100, 500, 1000, 3000, 10_000])
def test_a_pack_never_passes_its_budget(commit: Commit, budget: int) -> None:
    files = {f"part_{n}.py": function(f"f_{n}", 10 * n + 2) for n in range(6)}
    index = Index(commit(files))

    context = packed(index, budget, *(Selected(path, "named") for path in files))

    assert sum(count_tokens(file.text) for file in context.files) == context.tokens <= budget
    assert [entry.path for entry in context.manifest] == list(files)


def test_what_is_no_text_is_named_as_what_it_is(commit: Commit, repository: object) -> None:
    lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n"
    index = Index(commit({"logo.png": b"\x89PNG\r\n\x1a\n\x00\x01", "model.bin": lfs}))

    context = packed(index, 1000, Selected("logo.png", "named"), Selected("model.bin", "named"))

    assert [entry.why for entry in context.manifest] == [
        "named; not shown: binary",
        "named; not shown: Git LFS pointer",
    ]


def test_the_manifest_lists_what_was_named_and_counts_the_rest(commit: Commit) -> None:
    index = Index(commit({"a.py": "x = 1\n", "src/b.py": "y = 1\n", "src/deep/c.py": "z = 1\n", "docs/d.md": "d\n"}))

    context = pack(
        Selection((Selected("a.py", "named"),), (Selected("gone.py", "named"),), (Selected("docs/d.md", "excluded"),)),
        index,
        1000,
    )

    assert [(entry.path, entry.supply) for entry in context.manifest] == [
        ("a.py", Supply.WHOLE),
        ("gone.py", Supply.NOT_IN_COMMIT),
        ("docs/d.md", Supply.LEFT_OUT),
    ]
    assert context.others == (("src/", 2),)


def test_shared_files_go_first_and_are_the_same_for_every_claim(commit: Commit) -> None:
    index = Index(commit({"shared.py": LARGE, "a.py": "x = 1\n"}))

    one = packed(index, 20_000, Selected("a.py", "named"), Selected("shared.py", "for all", shared=True))
    two = packed(index, 20_000, Selected("shared.py", "for all", shared=True))

    assert [file.path for file in one.files] == ["shared.py", "a.py"]
    assert one.files[0] == two.files[0]


@pytest.mark.parametrize("shared", [False, True])
def test_telling_lines_come_first_of_a_file_in_part_unless_every_claim_is_shown_it(
    commit: Commit, shared: bool
) -> None:
    index = Index(commit({"a.py": LARGE, "b.py": "x = 1\n"}))
    asked: list[str] = []

    def telling(path: str) -> tuple[Lines, ...]:
        asked.append(path)
        return (Lines(590, 590),)

    selection = Selection((Selected("b.py", "named"), Selected("a.py", "named", shared=shared)))
    (entry,) = (one for one in pack(selection, index, 2000, telling).manifest if one.path == "a.py")

    assert entry.supply is Supply.IN_PART
    assert asked == ([] if shared else ["a.py"])
    assert (sum(len(lines) for lines in entry.lines if lines.covers(590)) > 1) is not shared


def test_a_listing_that_is_too_long_counts_by_directory(commit: Commit) -> None:
    snapshot = commit({f"src/package_{n % 7}/module_{n}.py": "" for n in range(400)})

    short, long = listing(snapshot, 200), listing(snapshot, 20_000)

    assert "src/package_0/: 58 files" in short
    assert count_tokens(short) <= 200
    assert "module_399.py" in long


def test_paths_to_choose_from_are_those_that_come_first_and_fit() -> None:
    paths = ["src/b.py", "src/a.py", "docs/x.md", "y.py"]

    assert listing_of(paths, 1000) == ("./: y.py\ndocs/: x.md\nsrc/: a.py, b.py", 0)
    assert listing_of(paths, 20) == ("src/: a.py, b.py", 2)
    assert listing_of(paths, 5) == ("", 4)


def test_verifiers_own_files_are_not_listed(commit: Commit) -> None:
    snapshot = commit({"a.py": "x = 1\n", "claims/pool.yaml": "title: x\n"}, own=("claims/*.yaml",))

    assert listing(snapshot) == "./: a.py"


def test_a_gap_at_either_end_is_marked() -> None:
    assert numbered(["a", "b", "c"], [Lines(2, 2)]) == "[lines 1 left out]\n2\tb\n[lines 3 left out]"


def test_a_fence_is_not_found_in_what_it_encloses_and_depends_on_it() -> None:
    text = "x = 1"

    assert fence("a", text) == fence("a", text)
    assert len({fence("a", text), fence("b", text), fence("a", "x = 2")}) == 3
    assert fence("a", text + fence("a", text)) not in text + fence("a", text)


@pytest.mark.parametrize("path", ["a\nb.py", 'a"b.py', "a\u2028b.py", "a\x1b[31mb.py"])
def test_a_path_stays_on_one_line(path: str) -> None:
    assert len(quoted_path(path).splitlines()) == 1
    assert quoted_path(path).isprintable()
