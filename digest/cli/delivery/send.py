"""`digest deliver` and `send`."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

import click

from digest.cli.console import (
    FINISHING,
    Invocation,
    Moment,
    at_option,
    count_of,
    emit,
    json_option,
    note,
    progress,
    say,
    whose,
)
from digest.errors import MailError, UsageError

if TYPE_CHECKING:
    from digest.actions.delivery.send import Sent
    from digest.actions.editions.plan import Plan
    from digest.app import App
    from digest.core.delivery.progress import Progress
    from digest.core.delivery.state import DeliveryState

R = TypeVar("R")


@click.command()
@json_option
@click.pass_obj
def deliver(asked: Invocation, *, as_json: bool) -> int:
    """Send what is due, of every edition, then end."""
    from digest.actions.delivery.deliver import deliver as send_due
    from digest.actions.editions.publish_due import freeze_due_drafts
    from digest.store.delivery import progress as ledger

    app = asked.app()
    freeze_due_drafts(app.db, app.factory, app.settings.newsletter_values(), app.clock())
    waiting, _ = app.db.read(ledger.waiting, app.clock())
    with ExitStack() as stack:
        advance = stack.enter_context(progress("Sending", waiting)) if waiting else None
        tally = interruptible(
            lambda stop: then_tell(
                app,
                stop,
                send_due(app.post, stop=stop, done=lambda _: advance(1) if advance else None),
            )
        )
    _, following = app.db.read(ledger.waiting, app.clock())
    counts = {state.value: count for state, count in tally.counts.items()}
    if as_json:
        emit(
            {
                "counts": counts,
                "trouble": tally.trouble,
                "paused": list(tally.paused),
                "waits_until": tally.wait.until if tally.wait else None,
                "waits_for": tally.wait.why if tally.wait else "",
                "next_due": following,
            }
        )
    else:
        for paused, why in tally.paused.items():
            say(f"Edition {paused} is paused: {why}.")
            say(f"`digest resume {paused}` goes on with it, `digest cancel {paused}` ends it.")
        said = ", ".join(f"{count} {state}" for state, count in counts.items())
        say(said or ("Nothing may go now." if tally.wait else "Nothing is due."))
        if tally.wait:
            say(f"The rest waits until {tally.wait.until:%Y-%m-%d %H:%M} UTC: {tally.wait.why}.")
        if following:
            say(f"Next: {following:%Y-%m-%d %H:%M:%S} UTC.")
    if tally.trouble:
        raise MailError(tally.trouble)
    return 0


@click.command()
@click.argument("newsletter")
@at_option
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--now", "early", is_flag=True, help="Let it go before its moment.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@json_option
@click.pass_obj
def send(
    asked: Invocation,
    newsletter: str,
    at: Moment | None,
    *,
    dry_run: bool,
    early: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Publish an edition and deliver it. Asked again, only what is still unsent goes out.

    An edition goes at its moment: with --at a moment to come it is approved, and --now sends it.
    Ctrl-C finishes what is in flight and ends; the same command goes on later.
    """
    from digest.actions.delivery.send import send as send_edition
    from digest.actions.editions.plan import plan
    from digest.actions.editions.publish import publish as freeze
    from digest.cli.draft_changes import changes_of, name_changes
    from digest.cli.moments import when

    app = asked.app()
    chosen = app.newsletter(newsletter)
    moment = when(app, chosen, at)
    if dry_run or not yes:
        planned = plan(app.db, chosen, moment)
        if dry_run:
            _tell_plan(planned, as_json=as_json)
            if not as_json:
                name_changes(chosen, changes_of(app, planned))
            return 0
        _confirm(planned, app.settings.mail.transport)
    if early:
        freeze(app.db, app.factory, chosen, moment, app.clock(), early=True, by=whose())
    with _progress() as (started, done):
        sent = interruptible(
            lambda stop: then_tell(
                app,
                stop,
                send_edition(app.post, chosen, moment, stop=stop, started=started, done=done),
            )
        )
    _tell_sent(sent, ZoneInfo(chosen.timezone), as_json=as_json)
    return 0


def _tell_plan(planned: "Plan", *, as_json: bool) -> None:
    titles = [article.title for article in planned.edition.articles] if planned.edition else []
    kept = planned.kept
    why = planned.why
    if kept and not planned.unsent:
        why = f"edition {kept.id} is {kept.state}"
    if as_json:
        numbers = dict.fromkeys(("sent", "deferred", "failed", "uncertain", "skipped"), 0)
        emit(
            {"edition": kept and kept.id, "audience": planned.audience}
            | numbers
            | {"dry_run": True, "why": why, "articles": titles, "unsent": planned.unsent}
        )
    elif why:
        say(f"Nothing would be sent: {why}.")
    else:
        articles, readers = count_of(len(titles), "article"), count_of(planned.unsent, "reader")
        say(f"{articles} would be sent to {readers}:")
        for title in titles:
            say(f"  {title}")


def _confirm(planned: "Plan", transport: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError("say --yes to send, or --dry-run to see what would be sent")
    if planned.edition is None or (planned.kept and not planned.unsent):
        return  # nothing would be sent, and the send says why
    where = " (into the outbox; nothing leaves this machine)" if transport == "outbox" else ""
    articles = count_of(len(planned.edition.articles), "article")
    question = f"Send {articles} to {count_of(planned.unsent, 'reader')}{where}?"
    click.confirm(question, abort=True, err=True)


@contextmanager
def _progress() -> Iterator[tuple[Callable[["Progress"], None], Callable[["DeliveryState"], None]]]:
    """A bar that begins when it is known how long it is."""
    with ExitStack() as stack:
        advance: list[Callable[[int], None]] = []

        def started(before: "Progress") -> None:
            if before.open:
                advance.append(stack.enter_context(progress("Sending", before.open)))

        yield started, lambda _: advance[0](1) if advance else None


def _tell_sent(sent: "Sent", zone: ZoneInfo, *, as_json: bool) -> None:
    """Say what a send came to. Raises MailError if it ended early."""
    if as_json:
        emit(sent)
    else:
        _tell_in_words(sent, zone)
    if sent.trouble:
        raise MailError(f"{sent.trouble}\n{sent.left}")


def _tell_in_words(sent: "Sent", zone: ZoneInfo) -> None:
    if sent.edition is None:
        say(f"Nothing was sent: {sent.why}.")
        return
    parts = [f"{sent.sent} sent" if sent.sent else "nothing more was sent"]
    parts += [
        f"{count} {state}"
        for state, count in (
            ("deferred", sent.deferred),
            ("failed", sent.failed),
            ("uncertain", sent.uncertain),
            ("skipped", sent.skipped),
        )
        if count
    ]
    readers = count_of(sent.audience, "reader")
    say(f"Edition {sent.edition} for {readers}: {', '.join(parts)}.")
    if sent.waits_until:
        note(
            f"The rest waits until {sent.waits_until.astimezone(zone):%a %H:%M}: {sent.waits_for}."
        )
    if sent.deferred or sent.failed or sent.uncertain:
        note(f"`digest status {sent.edition}` says who and why.")
    if sent.deferred:
        note("`digest deliver` tries the deferred again once they are due.")
    if sent.uncertain:
        note(f"`digest settle {sent.edition}` decides about the uncertain.")


async def then_tell(app: "App", stop: asyncio.Event, work: Awaitable[R]) -> R:
    """Do the work, and tell the admin what there is to tell (mail.notices)."""
    done = await work
    await app.tell_admin(stop)
    return done


def interruptible(work: Callable[[asyncio.Event], Awaitable[R]]) -> R:
    """Run work that ends well at the first SIGINT or SIGTERM, and at once at the second."""
    from digest import log

    log.quiet()  # what happened is told in words of our own

    async def run() -> R:
        stop = asyncio.Event()
        loop, task = asyncio.get_running_loop(), asyncio.current_task()

        def interrupted() -> None:
            if stop.is_set() and task:
                task.cancel()
                return
            stop.set()
            with suppress(OSError):  # the terminal may be gone
                note(FINISHING)

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as by nohup
                loop.add_signal_handler(number, interrupted)
        return await work(stop)

    try:
        return asyncio.run(run())
    except asyncio.CancelledError:
        raise click.Abort from None
