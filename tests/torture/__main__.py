"""`python -m tests.torture`: tries all promises, and writes the page."""

import argparse
import random
import sys
import time
import traceback
from pathlib import Path

from tests.torture.page import rewrite_rows, write_page
from tests.torture.promise import Budget, Outcome, Promise, all_promises

PAGE = Path(__file__).parents[2] / "docs" / "trust.md"


def _arguments(argv):
    """What is asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.torture",
        description="Tries what tf-explainer promises, and writes down what "
        "held. The exit status is 1 if something did not.",
    )
    parser.add_argument(
        "--minutes", type=float, default=20, help="in all; default: 20"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="NAME",
        help=f"of: {', '.join(all_promises())}; no page is written unless "
        "--out is given, too, and of one that is there these rows alone are "
        "written anew",
    )
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    parser.add_argument(
        "--out", type=Path, help="page to write; default: docs/trust.md"
    )
    found = parser.parse_args(argv)
    if unknown := set(found.only or ()) - set(all_promises()):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    if not found.minutes > 0:
        parser.error("--minutes must be > 0")
    return found


def tried(promise: Promise, seconds: float, seed: int) -> Outcome:
    """Tries one; what breaks the trying itself counts as a failure."""
    draw = random.Random(f"{seed} {promise.name}")
    try:
        return promise.try_(Budget(seconds), draw)
    except Exception as error:
        traceback.print_exc()
        return Outcome(1, [f"not tried to its end: {error!r}"])


def main(argv: list[str] | None = None) -> int:
    """Returns 1 if something failed, else 0."""
    asked = _arguments(argv)
    chosen = [
        one
        for one in all_promises().values()
        if not asked.only or one.name in asked.only
    ]
    began, rows, left = time.monotonic(), [], sum(o.share for o in chosen)
    # What takes longest comes last: it takes its time however little is left.
    for one in sorted(chosen, key=lambda one: one.share):
        # What one leaves is for those after it.
        rest = 60 * asked.minutes - (time.monotonic() - began)
        seconds = max(rest, 1.0) * one.share / left
        left -= one.share
        print(f"{one.name}: about {seconds:.0f} s", file=sys.stderr)
        start = time.monotonic()
        outcome = tried(one, seconds, asked.seed)
        took = time.monotonic() - start
        print(f"    {_told(outcome)} in {took:.0f} s", file=sys.stderr)
        for failure in outcome.told():
            print(f"    FAILED {failure}", file=sys.stderr)
        rows.append((one, outcome, took))
    rows.sort(key=lambda row: chosen.index(row[0]))
    if asked.out or not asked.only:
        total = time.monotonic() - began
        page = asked.out or PAGE
        write = rewrite_rows if asked.only and page.is_file() else write_page
        write(page, rows, asked.seed, total)
    return int(any(outcome.failures for _, outcome, _ in rows))


def _told(outcome):
    if outcome.skipped:
        return f"not tried: {outcome.skipped}"
    return f"{outcome.cases} cases, {len(outcome.failures)} failures"


if __name__ == "__main__":
    sys.exit(main())
