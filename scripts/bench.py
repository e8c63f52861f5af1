"""Benchmarks: each row holds us against a peer, measured in the same run."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from scripts.benchmarks.measuring import Row

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "speed.md"
ROWS = {
    "render": ("message", "render_rows"),
    "send": ("sending", "send_rows"),
    "tls": ("encrypted", "tls_rows"),
    "sign": ("signing", "sign_rows"),
    "link": ("link", "link_rows"),
    "memory": ("memory", "memory_rows"),
    "tailor": ("tailoring", "tailor_rows"),
    "drafts": ("drafts", "drafts_rows"),
    "csv": ("lists", "csv_rows"),
    "moving": ("lists", "moving_rows"),
    "web": ("web", "web_rows"),
    "site": ("site", "site_rows"),
    "reimport": ("ingest", "reimport_rows"),
    "feed": ("ingest", "feed_rows"),
    "copies": ("likeness", "copies_rows"),
    "bayes": ("likeness", "bayes_rows"),
}
"""Each name's module in scripts/benchmarks, and the function that measures its rows."""
QUICK = {
    "render": 5,
    "send": 200,
    "tls": 200,
    "sign": 500,
    "link": 40,
    "memory": 2000,
    "tailor": 5000,
    "drafts": 300,
    "csv": 20_000,
    "moving": 20_000,
    "web": 3000,
    "site": 3000,
    "reimport": 200,
    "feed": 3,
    "copies": 300,
    "bayes": 800,
}
"""How much each does with --quick."""


def main() -> int:
    """Run the rows that were asked for and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], metavar=" | ".join(ROWS))
    parser.add_argument("--quick", action="store_true", help="small numbers")
    parser.add_argument("--count", type=int, help="how much each does")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true", help=f"put the figures into {PAGE.name}")
    options = parser.parse_args()
    rows: list[Row] = []
    for name in options.rows or ROWS:
        measured, count = rows_of(name), QUICK[name] if options.quick else options.count
        found = measured(count) if count else measured()
        if options.write:
            put(name, found)
        rows += found
    if options.json:
        print(json.dumps([row.__dict__ for row in rows], indent=2))
        return 0
    print(f"\n{machine()}\n")
    for row in rows:
        print(
            f"{row.what}\n    {row.ours}\n    {row.peer}\n    ratio {row.ratio:.2f}  ({row.goal})"
        )
    return 0


def put(name: str, rows: Iterable[Row]) -> None:
    """Put the table of these rows into the page, in the place of their name."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    page = PAGE.read_text(encoding="utf-8")
    if begin not in page:
        print(f"{PAGE.name} has no place for {name}: left out", file=sys.stderr)
        return
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    lines = ["| what | digest | against | ratio |", "|---|---|---|---|"]
    lines += [
        f"| {row.what} | {row.ours} | {row.peer} | **{row.ratio:.2f}**, {row.goal} |"
        for row in rows
    ]
    table = "\n".join(lines)
    text = f"{before}{begin}\n{table}\n\nOn {machine()}.\n{end}{after}"
    PAGE.write_text(text, encoding="utf-8")


def rows_of(name: str) -> Callable[..., list[Row]]:
    """The function that measures these rows; how much it does is its argument."""
    module, function = ROWS[name]
    found: Callable[..., list[Row]] = getattr(
        import_module(f"scripts.benchmarks.{module}"), function
    )
    return found


def machine() -> str:
    """What this ran on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
