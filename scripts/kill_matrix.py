"""The proof that a kill costs nobody an edition, and gives nobody two that isn't named."""

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from digest.core.delivery.state import DeliveryState
from digest.failpoint import STAGES
from scripts.bench import machine
from scripts.killing.crowd import Met, meet, plan
from scripts.killing.publication import Publication
from scripts.killing.runs import Done, bare_start, killed_at, soak

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "proof.md"
ORDER = (
    *("after-claim", "before-begin", "mid-body", "after-begin", "before-dot", "after-dot"),
    *("before-record", "in-commit", "after-record"),
)
assert set(ORDER) == STAGES


@dataclass(frozen=True)
class Cell:
    """One row of the table: where, and over how many connections."""

    stage: str
    connections: int
    pipelining: bool

    @property
    def failpoints(self) -> tuple[str, str]:
        """The first sender dies in the middle, the second one soon after its start."""
        count = {"after-claim": 1, "in-commit": 3, "after-record": 3}.get(self.stage, 17)
        return f"{self.stage}:{count}", f"{self.stage}:{min(count, 2)}"


def cells(stages: tuple[str, ...] = ORDER) -> Iterator[Cell]:
    """Every stage, with one connection and with eight, in groups and step by step."""
    for stage, connections, pipelining in product(stages, (1, 8), (True, False)):
        yield Cell(stage, connections, pipelining)


async def run_cell(publication: Publication, cell: Cell) -> Done:
    """Kill there twice, and go on to the end."""
    with tempfile.TemporaryDirectory() as folder:
        return await killed_at(
            publication, Path(folder), cell.failpoints, cell.connections, cell.pipelining
        )


HEAD = (
    "| killed at | connections | pipelining | kills | sent | left | uncertain | messages |"
    " twice | lost | adds up |\n|---|---|---|---|---|---|---|---|---|---|---|"
)


def row(cell: Cell, done: Done) -> str:
    """A row of the table."""
    audit = done.audit
    values = (
        f"`{cell.stage}`",
        cell.connections,
        "auto" if cell.pipelining else "off",
        done.kills,
        audit.counts.get(DeliveryState.SENT, 0),
        audit.counts.get(DeliveryState.SKIPPED, 0),
        f"{len(audit.uncertain)} of {audit.most}",
        audit.copies,
        audit.extra,
        _lost(done),
        "yes" if done.well else f"**no**: {_why(done)}",
    )
    return f"| {' | '.join(map(str, values))} |"


def _lost(done: Done) -> int:
    wrong = {check.name: who for check, who in done.audit.wrong.items()}
    return len(wrong["LOST"]) + len(wrong["UNFINISHED"])


def _why(done: Done) -> str:
    wrong = [f"{len(who)} {check.value}" for check, who in done.audit.wrong.items() if who]
    if done.kills != done.wanted:
        wrong.append(f"killed {done.kills} times, not {done.wanted}")
    if done.unsigned:
        wrong.append(f"{done.unsigned} without a valid signature")
    return "; ".join([*wrong, *filter(None, [done.fault])]) or "too many uncertain"


def matrix(readers: int) -> tuple[str, bool]:
    """The table of all cells, and whether all is well."""
    publication = Publication(readers)
    lines, well = [HEAD], True
    print(HEAD)
    for cell in cells():
        done = asyncio.run(run_cell(publication, cell))
        lines.append(row(cell, done))
        print(lines[-1], flush=True)
        well = well and done.well
    return "\n".join(lines), well


def long_send(readers: int, kills: int, connections: int, into: str, seed: int) -> tuple[str, bool]:
    """What a soak came to, and whether all is well."""
    publication = Publication(readers)
    with tempfile.TemporaryDirectory() as folder:
        done = asyncio.run(soak(publication, Path(folder), kills, connections, into, seed))
    audit = done.audit
    server = (
        "Postfix's smtp-sink" if into == "postfix" else "our own server, which has each message on"
    )
    server += "" if into == "postfix" else " the disk before it answers"
    lines = [
        f"| a send to {server} | {readers:,} readers, {connections} connections |",
        "|---|---|",
        f"| SIGKILLs at random moments | {done.kills} |",
        f"| sent, by the ledger | {audit.counts.get(DeliveryState.SENT, 0):,} |",
        f"| left meanwhile, and not mailed | {audit.counts.get(DeliveryState.SKIPPED, 0):,} |",
        f"| uncertain, and named | {len(audit.uncertain)} (at most {audit.most} may be) |",
        f"| messages that the server took | {audit.copies:,} |",
        f"| lost | {_lost(done)} |",
        f"| mailed twice | {audit.extra} |",
        f"| time, with all restarts | {done.seconds:.0f} s |",
    ]
    if done.pauses:
        middle, worst = statistics.median(done.pauses), max(done.pauses)
        lines.append(
            f"| from the kill to the next sender's first message | median {middle:.2f} s,"
            f" longest {worst:.2f} s |"
        )
        lines.append(f"| of that, Python with its libraries alone | median {bare_start():.2f} s |")
    lines.append(f"| adds up | {'yes' if done.well else f'**no**: {_why(done)}'} |")
    print("\n".join(lines))
    return "\n".join(lines), done.well


CROWD = (
    "| seed | who came | kills | sent | uncertain | messages | twice | lost | adds up |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def crowds(readers: int, first: int, count: int) -> tuple[str, bool]:
    """The table of so many crowds, from this seed on, and whether all is well."""
    lines, well = [CROWD], True
    print(CROWD)
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory() as folder:
            met = asyncio.run(meet(Path(folder), seed, readers))
        lines.append(crowd_row(seed, readers, met))
        print(lines[-1], flush=True)
        well = well and met.well
    return "\n".join(lines), well


def crowd_row(seed: int, readers: int, met: Met) -> str:
    """A row of the table."""
    who = ", ".join(step.words[0] for step in plan(seed, readers) if step.words)
    audit, wrong = met.audit, {check.name: who for check, who in met.audit.wrong.items()}
    values = (
        seed,
        who,
        met.kills,
        audit.counts.get(DeliveryState.SENT, 0),
        f"{len(audit.uncertain)} of {audit.most}",
        audit.copies,
        audit.extra,
        len(wrong["LOST"]) + len(wrong["UNFINISHED"]),
        "yes" if met.well else "**no**",
    )
    return f"| {' | '.join(map(str, values))} |"


def put(name: str, table: str) -> None:
    """Put a table into the page, in the place of its name."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    text = f"{before}{begin}\n{table}\n\nOn {machine()}.\n{end}{after}"
    PAGE.write_text(text, encoding="utf-8")


def main() -> int:
    """Run what was asked for; 1 if anything doesn't add up."""
    parser = argparse.ArgumentParser(prog="scripts/kill-matrix", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["matrix", "soak", "crowd"], default="matrix")
    parser.add_argument(
        "--readers", type=int, help="default: 60; 20,000 for the soak, 400 for a crowd"
    )
    parser.add_argument("--kills", type=int, default=20, help="of the soak")
    parser.add_argument("--connections", type=int, default=8, help="of the soak")
    parser.add_argument("--into", choices=["ours", "postfix"], default="ours")
    parser.add_argument("--seed", type=int, default=1, help="of the soak, or the first crowd")
    parser.add_argument("--crowds", type=int, default=12)
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    asked = parser.parse_args()
    if asked.what == "matrix":
        name = "matrix"
        table, well = matrix(asked.readers or 60)
    elif asked.what == "crowd":
        name = "crowd"
        table, well = crowds(asked.readers or 400, asked.seed, asked.crowds)
    else:
        name = f"soak {asked.into}"
        table, well = long_send(
            asked.readers or 20_000, asked.kills, asked.connections, asked.into, asked.seed
        )
    if asked.write:
        put(name, table)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
