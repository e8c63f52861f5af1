"""What an import of readers did, in lines."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli.console import note, say

if TYPE_CHECKING:
    from digest.actions.readers.subscriber_lists import Enrolled


def tell_import(
    file: Path, done: "Enrolled", newsletters: Sequence[str], *, dry: bool = False
) -> None:
    """Print what became of how many, by newsletter where there are several, then what is wrong."""
    from digest.core.readers.reader import Enrolment

    counts = done.counts
    say(
        ("would be: " if dry else "")
        + f"{counts[Enrolment.ADDED]} added, {counts[Enrolment.UPDATED]} updated,"
        f" {counts[Enrolment.UNCHANGED]} unchanged, {done.rejections} rejected"
    )
    _tell_who_gets_nothing(done, counts[Enrolment.GONE])
    if done.waiting:
        say(f"{done.waiting} of the rejected are not kept out: others, or they, may bring them in")
    if done.kept_out:
        say(f"{done.kept_out} of the rejected may not be mailed and are kept out all the same")
    if done.kept:
        say(f"{done.kept} chose otherwise on their page, and keep{'s' * (done.kept == 1)} that")
    _tell_faults(file, done, newsletters)


def _tell_who_gets_nothing(done: "Enrolled", gone: int) -> None:
    wholly = gone - done.partly
    if wholly:
        say(f"{wholly} left earlier and stay{'s' if wholly == 1 else ''} unsubscribed")
    if done.partly:
        say(f"{done.partly} left some newsletters earlier and stay out of these:")
    if done.partly or (
        len(done.newsletters) > 1 and any(c.left for c in done.newsletters.values())
    ):
        for slug, one in done.newsletters.items():
            say(f"  {slug}: {one.joined} joined, {one.left} left, {one.stayed_out} stayed out")


def _tell_faults(file: Path, done: "Enrolled", newsletters: Sequence[str]) -> None:
    if done.ignored:
        note(f"{file}:1: nothing is known of these columns: {', '.join(done.ignored)}")
    if done.elsewhere:
        others, ours = ", ".join(done.elsewhere), ", ".join(newsletters)
        note(f"{file}: this import is for {ours}; it leaves out the cadences for: {others}")
    for row in done.rejected:
        note(f"{file}:{row.line}: {row.reason}")
    if more := done.rejections - len(done.rejected):
        note(f"and {more} more: --report FILE.csv names them all")
