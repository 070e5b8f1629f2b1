"""The prompts of second readings, to the letter: what is shown, in which words, and nothing beside it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from verifier.prompting.rendering import Prompts, search_result
from verifier.safety.quoting import LONGEST_LINE
from verifier.setup.shipped_files import shipped
from verifier.values.claim import Claim
from verifier.values.exhibit import Excerpt, Exhibit
from verifier.values.fact import Fact, FactKind
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Hit
from verifier.values.prompt import Prompt
from verifier.values.source import Lines
from verifier.values.verdict import Absence, Citation, Holds, Part, Syntax

CLAIM = Claim(id="pool", statement="The pool drains every item within 30 s and never retries")
DRAINS = Part("p1", "the pool drains every item", "The pool drains every item", Holds.YES, why="so I say")
RETRIES = Part("p2", "it never retries", "never retries", Holds.YES)
FACT = Fact(FactKind.PATH, "pool.py", True, '"pool.py" is in the commit: 12 lines')
DRAIN = Excerpt(
    "pool.py",
    "code; line 8 comment",
    ((3, "class Pool:"), (6, "    def drain(self):"), (8, "        # all"), (9, "        self.close(MAX_IDLE)")),
    (Lines(8, 9),),
)
CONSTANT = Excerpt("limits.py", "definition of MAX_IDLE", ((2, "MAX_IDLE = 30"),))
FOUND = AbsenceFinding(
    Absence("retry|again", Syntax.ERE, ("src/", "lib/*.py")),
    AbsenceStanding.HITS,
    files_searched=9,
    hits=(Hit("src/a.py", 4, "    retry()", "test"), Hit("src/retry.py", 0, "src/retry.py", "path")),
    total=40,
    unread=("src/big.bin: too large",),
)
NEAR = (Hit("src/a.py", 4, "again()"), Hit("kept/b.py", 7, "", "code", excluded=True))

EXPECTED = """\
# The claim

=== begin MARK
The pool drains every item within 30 s and never retries
=== end MARK

It says "every", "never": mind rule 6.

# Its parts

=== begin MARK
p1: the pool drains every item
p2: it never retries
=== end MARK

Words of the claim that no part is said to cover: "30 s".

# Facts

- "pool.py" is in the commit: 12 lines

# Evidence for p1

"pool.py" (code; line 8 comment; cited: lines 8-9):
=== begin MARK
3	class Pool:
[...]
6	    def drain(self):
[...]
8	        # all
9	        self.close(MAX_IDLE)
=== end MARK

What names in these lines stand for:

"limits.py" (definition of MAX_IDLE):
=== begin MARK
2	MAX_IDLE = 30
=== end MARK

Cited too, but not shown for want of room, so that it settles nothing: "long.py, lines 1-400".

# Evidence for p2

Search for "retry|again" (regular expression) in "src/", "lib/*.py": 40 lines found, the first 2; not searched: \
"src/big.bin: too large"

=== begin MARK
"src/a.py":4 (test):     retry()
"src/retry.py" (a path)
=== end MARK

Nearest to this part's words in the whole commit, 2 of 11:

=== begin MARK
"src/a.py":4 (code): again()
"kept/b.py":7 (code): (this file is not shown)
=== end MARK

Say what the evidence settles of p1, p2."""


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return Prompts(shipped("prompts"))


def read(prompts: Prompts, *exhibits: Exhibit, facts: tuple[Fact, ...] = (FACT,), claim: Claim = CLAIM) -> Prompt:
    return prompts.reading(claim, 2, [DRAINS, RETRIES], facts, exhibits)


def unmarked(text: str) -> str:
    """The text with one word for every mark."""
    return re.sub(r"^(=== (?:begin|end)) [0-9a-f]{16}$", r"\1 MARK", text, flags=re.MULTILINE)


def test_a_reading_shows_the_evidence_and_nothing_of_the_first_readers_opinion(prompts: Prompts) -> None:
    first = Exhibit(DRAINS, (DRAIN,), (CONSTANT,), left_out=("long.py, lines 1-400",))
    second = Exhibit(RETRIES, absences=(FOUND,), near=NEAR, near_total=11)

    prompt = read(prompts, first, second)

    assert unmarked(prompt.evidence) == EXPECTED
    assert (prompt.claim_id, prompt.round, prompt.parts) == ("pool", 2, ("p1", "p2"))
    assert list(prompt.sections) == ["system", "evidence"]
    assert prompt.tokens > 0
    opinions = replace(DRAINS, holds=Holds.NO, why="no", citations=(Citation("a.py", 1, 1, "x"),))
    assert prompts.reading(CLAIM, 2, [opinions, RETRIES], (FACT,), [replace(first, part=opinions), second]) == prompt


def test_evidence_that_is_facts_alone_says_so(prompts: Prompts) -> None:
    text = read(prompts, Exhibit(DRAINS), facts=()).evidence

    assert "# Facts\n\n- None: the claim names no path or symbol to look up.\n" in text
    assert "# Evidence for p1\n\nNothing was cited and nothing searched: the facts are all there is.\n" in text


def test_a_search_that_nothing_comes_near_says_so(prompts: Prompts) -> None:
    nothing = AbsenceFinding(Absence("retry"), AbsenceStanding.CONFIRMED, files_searched=9)

    text = read(prompts, Exhibit(RETRIES, absences=(nothing,))).evidence

    assert 'Search for "retry" (plain text) in the whole commit: nothing found\n' in text
    assert (
        "No line of code and no path of the commit has a telling word of this part, of three letters or more.\n" in text
    )


def test_lines_that_two_parts_cite_are_shown_once(prompts: Prompts) -> None:
    text = read(prompts, Exhibit(DRAINS, (DRAIN,)), Exhibit(RETRIES, (DRAIN,))).evidence

    assert text.count("def drain") == 1
    assert '# Evidence for p2\n\n"pool.py" (code; line 8 comment; cited: lines 8-9): as under p1\n' in text


def test_a_line_without_end_is_cut_and_what_is_missing_is_counted(prompts: Prompts) -> None:
    long = replace(DRAIN, lines=((9, "x" * (LONGEST_LINE + 50)),), cited=(Lines(9, 9),))

    text = read(prompts, Exhibit(DRAINS, (long,))).evidence

    assert "cited: line 9):" in text
    assert f"9\t{'x' * LONGEST_LINE} [50 more characters]\n" in text


def test_a_claim_that_its_parts_cover_is_not_said_to_have_words_left_over(prompts: Prompts) -> None:
    claim = CLAIM.model_copy(update={"statement": "The pool drains every item, and never retries"})

    assert "no part is said to cover" not in read(prompts, Exhibit(DRAINS, (DRAIN,)), claim=claim).evidence


def test_the_instructions_are_the_same_for_every_reading(prompts: Prompts) -> None:
    one, other = read(prompts, Exhibit(DRAINS, (DRAIN,))), read(prompts, Exhibit(RETRIES, absences=(FOUND,)))

    assert one.system == other.system
    assert one.digests["system"] == other.digests["system"]
    assert one.digests["evidence"] != other.digests["evidence"]


HERE, ANYWHERE = Absence("retry", paths=("src/",)), Absence("retry")


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        pytest.param(AbsenceFinding(ANYWHERE, AbsenceStanding.CONFIRMED, 3), "nothing found", id="nothing"),
        pytest.param(
            AbsenceFinding(HERE, AbsenceStanding.CONFIRMED, 3), "nothing found in 3 files", id="nothing in a place"
        ),
        pytest.param(
            AbsenceFinding(ANYWHERE, AbsenceStanding.UNDECIDED, 3, unread=("a.bin: too large", "b\n.bin: binary")),
            'nothing found, but that does not settle it; not searched: "a.bin: too large", "b\\n.bin: binary"',
            id="not all was searched",
        ),
        pytest.param(
            AbsenceFinding(ANYWHERE, AbsenceStanding.HITS, 3, NEAR[:1], total=1), "1 line found", id="one line"
        ),
        pytest.param(
            AbsenceFinding(ANYWHERE, AbsenceStanding.HITS, 3, NEAR, total=9),
            "9 lines found, the first 2",
            id="more than shown",
        ),
        pytest.param(
            AbsenceFinding(ANYWHERE, AbsenceStanding.BAD_PATTERN, problem="the pattern is empty"),
            "cannot be searched for: the pattern is empty",
            id="no pattern",
        ),
    ],
)
def test_what_a_search_came_to_is_said_in_words(finding: AbsenceFinding, said: str) -> None:
    assert search_result(finding) == said
