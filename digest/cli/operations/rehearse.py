"""`digest rehearse`: the answer to "will this work on Monday?"."""

import asyncio
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from digest.cli.console import (
    Invocation,
    Moment,
    at_option,
    count_of,
    emit,
    json_option,
    note,
    progress,
    say,
)

if TYPE_CHECKING:
    from digest.actions.operations.rehearse import Rehearsed
    from digest.app import App
    from digest.core.newsletters.newsletter import Newsletter


@click.command()
@click.argument("newsletter")
@at_option
@json_option
@click.pass_obj
def rehearse(asked: Invocation, newsletter: str, at: Moment | None, *, as_json: bool) -> int:
    """Try the whole next send, with mishaps and a kill, and hold the ledger to account.

    It sends the real edition to every reader's address, but to a mail server of its own on this
    machine, from a copy of the store: nobody is mailed, and nothing of yours is changed.
    """
    from digest import log

    log.quiet()
    app = asked.app()
    chosen = app.newsletter(newsletter)
    with TemporaryDirectory(prefix="digest-rehearsal-") as folder, closing(app.db) as db:
        copy = Path(folder) / "digest.db"
        db.copy_to(copy)
        rehearsed = _rehearse(app, chosen, at, copy)
    _emit(rehearsed, newsletter) if as_json else _tell(rehearsed, chosen)
    return 0 if rehearsed.audit.adds_up else 1


def _rehearse(app: "App", newsletter: "Newsletter", at: Moment | None, copy: Path) -> "Rehearsed":
    from digest.actions.operations.rehearse import RehearsalSpace, freeze_next_edition, rehearse
    from digest.cli.operations import rehearsal_worker
    from digest.store.database.database import Database
    from digest.store.operations import rehearsal_copy

    with closing(Database(copy)) as db:
        stage = RehearsalSpace(
            db=db,
            folder=copy.parent,
            factory=app.factory,
            clock=app.clock,
            connections=app.settings.mail.smtp.connections,
            send=partial(rehearsal_worker.run_sender, app.settings.path, copy),
        )
        piece = freeze_next_edition(
            stage, newsletter, at.utc(ZoneInfo(newsletter.timezone)) if at else None
        )
        readers = len(db.read(rehearsal_copy.still_to_send, piece.edition.id))
        note(f"Rehearsing with {count_of(readers, 'reader')}; nobody is mailed ...")
        with progress("Rehearsing", readers) as advance:
            return asyncio.run(rehearse(stage, piece, advance))


# ---------------------------------------------------------------- the answer


def _emit(done: "Rehearsed", newsletter: str) -> None:
    kept, audit = done.piece.edition, done.audit
    emit(
        {
            "newsletter": newsletter,
            "at": kept.at,
            "subject": kept.subject,
            "sent_before": bool(done.piece.why),
            "readers": audit.readers,
            "mishaps": [{"what": what, "readers": n} for what, n in sorted(done.mishaps.items())],
            "kills": done.kills,
            "pause_seconds": None if done.pause is None else round(done.pause, 2),
            "left": done.left,
            "trouble": done.trouble,
            "copies": audit.copies,
            "counts": {state.value: count for state, count in audit.counts.items()},
            "uncertain": audit.uncertain,
            "arrived": audit.arrived,
            "extra": audit.extra,
            "most_extra": audit.most,
            "wrong": [
                {"check": check.name.lower(), "what": check.value, "readers": who}
                for check, who in audit.wrong.items()
                if who
            ],
            "adds_up": audit.adds_up,
        }
    )


def _tell(done: "Rehearsed", newsletter: "Newsletter") -> None:
    kept, audit = done.piece.edition, done.audit
    at = kept.at.astimezone(ZoneInfo(newsletter.timezone))
    if done.piece.why:
        say(f"For the next edition there is nothing yet: {done.piece.why}.")
        say("So the last one was sent again, to today's readers:")
    readers = count_of(audit.readers, "reader")
    say(f"{newsletter.title}, {at:%a %Y-%m-%d %H:%M}, “{kept.subject}”, for {readers}.")
    say()
    say("What was done to it")
    for what, count in sorted(done.mishaps.items()):
        say(f"  {count_of(count, 'reader')} {what}")
    for _ in range(done.kills):
        after = "" if done.pause is None else f"; {done.pause:.1f} s later mail went on"
        say(f"  the sender was killed when most was sent, and started again{after}")
    if done.left:
        say(f"  {done.left} left while the sender was down")
    say()
    say("What became of it")
    _tell_outcome(done)
    say()
    if audit.adds_up:
        say("It adds up: everybody was mailed once, or is named with the reason.")
    else:
        say("It does not add up.")


def _tell_outcome(done: "Rehearsed") -> None:
    audit = done.audit
    for state, count in sorted(audit.counts.items()):
        named = f": {', '.join(audit.uncertain)}" if state == "uncertain" and count <= 10 else ""
        say(f"  {count_of(count, 'reader')} {state}{named}")
    if audit.uncertain:
        _tell_uncertain(done)
    say(f"  {count_of(audit.reached, 'reader')} got it, in {_copies(audit.copies)}")
    for check, who in audit.wrong.items():
        if who:
            named = ", ".join(who[:10]) + (" ..." if len(who) > 10 else "")
            say(f"  WRONG: {check.value}: {named}")
    if not audit.within:
        say(f"  WRONG: more is uncertain or twice than {audit.most} lost answers explain")
    if done.trouble:
        say(f"  the sender gave up: {done.trouble}")


def _tell_uncertain(done: "Rehearsed") -> None:
    """What that means, and what to do where it is no rehearsal."""
    audit = done.audit
    settle = f"`digest settle {done.piece.edition.id}`"
    took = f"{len(audit.arrived)} of {len(audit.uncertain)}"
    say("    Their message went out, and its answer was not written down. This server took")
    say(f"    {took}; a real one's log tells. Nothing is sent twice by itself: after a real crash")
    say(f"    {settle} decides, for each or for all (--sent, --failed, --resend).")
    say(f"    At most {audit.most} may be: the messages under way, and the answers that were lost.")


def _copies(count: int) -> str:
    return "1 copy" if count == 1 else f"{count:,} copies"
