"""What the importer makes of the corpus of pages: precision, recall, and every miss."""

import argparse
import statistics
import sys
import time
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from digest.errors import ArticleError
from digest.feeds.file import text_page
from digest.feeds.html import charset
from tests.feeds.measure import FIELDS, ROUNDS, Case, cases, scored

_ROUNDS = 5


def main() -> int:
    """Print the figures; 1 if anything is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--round", choices=ROUNDS, help="only the pages of this round")
    parser.add_argument("--quiet", action="store_true", help="the figures without the misses")
    asked = parser.parse_args()
    every = cases()
    rounds = [asked.round] if asked.round else ROUNDS
    sets = {name: [case for case in every if case.round == name] for name in rounds}
    chosen = [case for group in sets.values() for case in group]
    if len(sets) > 1:
        codes = sorted({case.language for case in chosen})
        sets |= {code: [case for case in chosen if case.language == code] for code in codes}
        sets["all"] = chosen
    print(f"{'':9} pages articles  precision  recall  " + "".join(f"{f:>9}" for f in FIELDS))
    for name, group in sets.items():
        print(_row(name, group))
    times = sorted(_milliseconds(chosen))
    slow = times[int(0.95 * (len(times) - 1))]
    print(
        f"\nms a page: {statistics.median(times):.2f} in the middle, {slow:.2f} for one in twenty"
    )
    misses = scored(chosen).misses
    print(f"{len(misses)} misses", *([] if asked.quiet else misses), sep="\n  ")
    return int(bool(misses))


def _row(name: str, group: list[Case]) -> str:
    total = scored(group)
    shares = "".join(f"{total.fields[field] / total.articles:9.1%}" for field in FIELDS)
    told = f"{total.precision:9.1%} {total.recall:8.1%}"
    return f"{name:9} {len(group):5} {total.articles:8} {told}  {shares}"


def _milliseconds(chosen: Iterable[Case]) -> Iterable[float]:
    for case in chosen:
        text = charset.decode(case.data)
        taken = []
        for _ in range(_ROUNDS):
            started = time.perf_counter()
            try:
                text_page.read_text_pages(text, case.name, UTC)
            except ArticleError:
                continue
            taken.append(1000 * (time.perf_counter() - started))
        yield min(taken, default=0.0)


if __name__ == "__main__":
    sys.exit(main())
