"""Labelled claims about published packages: make the repositories, check the labels, judge the claims.

    python -m benchmarks.judged make  [--work DIR] [SET...]
    python -m benchmarks.judged check [--work DIR] [SET...]
    python -m benchmarks.judged run   [--work DIR] [--inbox DIR [--record]] [--further] [SET...]
    python -m benchmarks.judged ways  [--work DIR] --inbox DIR [SET...]

`make` fetches each package and makes a repository of it, DIR/SET. `check` looks up every path, line, quote and absence
that the labels rest on. `run` judges the claims, answered from the inbox, or from the cassettes without one, and prints
what became of them; a prompt that the inbox has no reply for is left there, and named. `ways` judges
three claims of each set, one of each label, in other ways of asking too, and prints a row a way.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.judged.driving import heading, judge, row, table, together
from benchmarks.judged.sets import END_TO_END, Set, problems, sets
from benchmarks.judged.variants import VARIANTS, Together, put_together
from benchmarks.packages import PackageError


def main() -> int:
    """Do what is asked for. 1 where a label is not borne out or a package is not to be had."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("make", "check", "run", "ways"))
    parser.add_argument("sets", nargs="*", choices=[[], *sets()], metavar="SET", help=", ".join(sets()))
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "verifier-judged")
    parser.add_argument("--inbox", type=Path, help="where replies are, and prompts that wait for one")
    parser.add_argument("--record", action="store_true", help="record the cassettes too")
    parser.add_argument("--further", action="store_true", help="the claims that are not tagged end-to-end")
    parser.add_argument("--controls", type=int, default=0, help="judge controls of so many claims a set, too")
    given = parser.parse_intermixed_args()
    chosen = [sets()[name] for name in given.sets or sets()]
    try:
        if given.what == "run":
            how = {"record": given.record, "controls": given.controls}
            ours = [replace(one, further=given.further) for one in chosen]
            found = [judge(one, given.work, given.inbox, ids=one.recorded, **how) for one in ours]
            print("\n".join(table(found)))
            waiting = [str(prompt) for one in found for prompt in one.unanswered]
            if waiting:
                print(f"\n{len(waiting)} prompts wait for a reply:", *waiting, sep="\n")
            return 0
        if given.what == "ways":
            print("\n".join(ways(chosen, given.work, given.inbox)))
            return 0
        for one in chosen:
            print(f"{one.name}: {one.repository(given.work)}", flush=True)
        wrong = [
            f"{one.name} {problem}" for one in chosen for problem in problems(one.labels, one.repository(given.work))
        ]
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    if given.what == "check":
        print("\n".join([*wrong, f"{sum(len(one.labels) for one in chosen)} labels, {len(wrong)} problems"]))
    return 1 if wrong else 0


def ways(chosen: Sequence[Set], work: Path, inbox: Path) -> Iterator[str]:
    """A row for each way of asking, and the prompts that wait for a reply."""
    waiting = list[Path]()
    rows = list(heading("way"))
    for variant in VARIANTS:
        place = inbox / variant.slug
        for _ in range(2 if isinstance(variant, Together) else 1):
            found = [judge(one, work, place, ids=_one_of_each_label(one), variant=variant) for one in chosen]
            joint = dict(put_together(place)) if isinstance(variant, Together) else {}
        everything = together(variant.name, found)
        everything = replace(everything, tokens=everything.tokens + sum(filter(None, joint.values())))
        rows.append(row(everything))
        waiting += [one for one in everything.unanswered if one.parent == place]
        waiting += [prompt for prompt, tokens in joint.items() if tokens is None]
    yield from rows
    yield from (f"waits: {one}" for one in waiting)


def _one_of_each_label(one: Set) -> list[str]:
    first = {claim.expect: claim.id for claim in reversed(one.claims.claims) if END_TO_END in claim.tags}
    return sorted(first.values())


if __name__ == "__main__":
    sys.exit(main())
