"""Labelled claims about published packages: make the repositories, check the labels, judge the claims.

    python -m benchmarks.judged make  [--work DIR] [SET...]
    python -m benchmarks.judged check [--work DIR] [SET...]
    python -m benchmarks.judged run   [--work DIR] [--inbox DIR [--record]] [--tag TAG] [SET...]

`make` fetches each package and makes a repository of it, DIR/SET. `check` looks up every path, line, quote and absence
that the labels rest on. `run` judges the claims, answered from the inbox, or from the cassettes without one, and prints
what became of them; a prompt that the inbox has no reply for is left there, and named.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.judged.driving import judge, table
from benchmarks.judged.sets import problems, sets
from benchmarks.packages import PackageError


def main() -> int:
    """Do what is asked for. 1 where a label is not borne out or a package is not to be had."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("make", "check", "run"))
    parser.add_argument("sets", nargs="*", choices=[[], *sets()], metavar="SET", help=", ".join(sets()))
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "verifier-judged")
    parser.add_argument("--inbox", type=Path, help="where replies are, and prompts that wait for one")
    parser.add_argument("--record", action="store_true", help="record the cassettes too")
    parser.add_argument("--tag", action="append", default=[], help="only claims with this tag")
    parser.add_argument("--controls", type=int, default=0, help="judge controls of so many claims a set, too")
    given = parser.parse_intermixed_args()
    chosen = [sets()[name] for name in given.sets or sets()]
    try:
        if given.what == "run":
            how = {"tags": given.tag, "record": given.record, "controls": given.controls}
            found = [judge(one, given.work, given.inbox, **how) for one in chosen]
            print("\n".join(table(found)))
            waiting = [str(prompt) for one in found for prompt in one.unanswered]
            if waiting:
                print(f"\n{len(waiting)} prompts wait for a reply:", *waiting, sep="\n")
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


if __name__ == "__main__":
    sys.exit(main())
