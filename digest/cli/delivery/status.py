"""`digest status`, and what a person may do about an edition."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from digest.cli.console import Invocation, count_of, emit, heading, json_option, say
from digest.core.delivery.progress import group_failures
from digest.core.delivery.state import DeliveryState
from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.core.delivery.progress import Failure, Progress

WORDS = {DeliveryState.PENDING: "to send"}
"""What people call a state, where its own name is none of theirs."""
ALIKE_NAMED = 10
"""Readers who failed alike that are named."""


@click.command()
@click.argument("edition", type=int, required=False)
@json_option
@click.pass_obj
def status(asked: Invocation, edition: int | None, *, as_json: bool) -> None:
    """Show how far the editions are, who failed and why, and who is uncertain."""
    from dataclasses import replace

    from digest.actions.delivery.status import edition_progress, missed_slots
    from digest.cli.json_output import progress_row

    app = asked.app()
    found = edition_progress(app.db, app.clock(), edition, app.settings.limits())
    zone = ZoneInfo(app.settings.publication.timezone)
    slots = [] if edition else missed_slots(app.db, app.clock())
    if as_json:
        emit(
            {
                "editions": [progress_row(one, zone) for one in found],
                "missed": [replace(one, at=one.at.astimezone(zone)) for one in slots],
            }
        )
        return
    for one in slots:
        say(f"{one.newsletter}  {one.at.astimezone(zone):%a %Y-%m-%d %H:%M}  {one.decision}")
        say(f"   {one.why}")
        if one.decision == "asked":
            at = f"{one.at.astimezone(zone):%Y-%m-%dT%H:%M}"
            say(f"   `digest send {one.newsletter} --at {at}` sends it")
    if not found and not slots:
        say("There is no edition yet. `digest plan NEWSLETTER` shows what one would hold.")
    for kept in found:
        _tell(kept, zone, named=edition is not None)


def _tell(one: "Progress", zone: ZoneInfo, *, named: bool) -> None:
    at = f"{one.at.astimezone(zone):%a %Y-%m-%d %H:%M}"
    say(heading(f"{one.edition}  {one.newsletter}  {at}  {one.state}"))
    if one.subject:
        say(f"   “{one.subject}”")
    if one.why:
        say(f"   {one.why}")
    if one.audience:
        say(f"   {count_of(one.audience, 'reader')}: {_counts(one)}")
    if one.open and one.state in {"frozen", "sending"}:
        _tell_sender(one, zone)
    if one.next_due and one.open:
        say(f"   next due {one.next_due.astimezone(zone):%Y-%m-%d %H:%M:%S}")
    for email in one.uncertain:
        say(f"   uncertain: {email}")
    if named:
        for label, who in (
            ("deferred", one.deferred),
            ("failed", one.failed),
            ("skipped", one.skipped),
        ):
            _tell_failures(label, who)


def _counts(one: "Progress") -> str:
    """The counts in words of everyday; what a sender has in hand is one number."""
    counts = dict(one.counts)
    under_way = counts.pop(DeliveryState.CLAIMED) + counts.pop(DeliveryState.IN_DATA)
    said = [f"{count:,} {WORDS.get(state, state)}" for state, count in counts.items() if count]
    return ", ".join([*([f"{under_way:,} under way"] if under_way else []), *said])


def _tell_sender(one: "Progress", zone: ZoneInfo) -> None:
    """Whether somebody sends it, how fast, and what the server said last."""
    if one.sender:
        say(f"   {_pace(one, zone)}")
    else:
        say("   no sender is at work: `digest deliver` goes on, or `digest run`")
    if one.last_answer:
        at = _moment(one.last_answer.at, one.now, zone)
        say(f"   the server's last answer, {at}: {one.last_answer.said}")


def _tell_failures(label: str, failures: "Sequence[Failure]") -> None:
    """Name who failed; where several failed alike, the reason once and the first ten of them."""
    for group in group_failures(failures):
        if len(group.emails) == 1:
            (one,) = (each for each in failures if each.email == group.emails[0])
            say(f"   {label}: {one.email}: {one.why}")
            continue
        say(f"   {label}: {len(group.emails):,} at {group.provider}: {group.why}")
        for email in group.emails[:ALIKE_NAMED]:
            say(f"      {email}")
        if (more := len(group.emails) - ALIKE_NAMED) > 0:
            say(f"      and {more:,} more; --json names up to a thousand")


def _pace(one: "Progress", zone: ZoneInfo) -> str:
    """How fast it goes, and when it would be done or why nobody knows."""
    rate = f"{one.rate:g} a second; " if one.rate else ""
    if one.eta is None:
        until = f" (until {_moment(one.held_until, one.now, zone)})" if one.held_until else ""
        return f"{rate}nobody can say when it will be done: {one.eta_why}{until}"
    return f"{rate}done about {_moment(one.eta, one.now, zone)}"


def _moment(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    today = local.date() == now.astimezone(zone).date()
    return f"{local:%H:%M:%S}" if today else f"{local:%a %Y-%m-%d %H:%M}"


@click.command()
@click.argument("edition", type=int)
@click.pass_obj
def pause(asked: Invocation, edition: int) -> None:
    """Send nothing more of an edition until it is resumed."""
    from digest.actions.delivery.status import pause_edition

    app = asked.app()
    pause_edition(app.db, edition, app.clock())
    say(f"Edition {edition} is paused; `digest resume {edition}` goes on.")


@click.command()
@click.argument("edition", type=int)
@click.pass_obj
def resume(asked: Invocation, edition: int) -> None:
    """Go on with a paused edition."""
    from digest.actions.delivery.status import resume_edition

    app = asked.app()
    resume_edition(app.db, edition, app.clock())
    say(f"Edition {edition} goes on: `digest deliver`, or by itself where `digest run` runs.")


@click.command()
@click.argument("edition", type=int)
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.pass_obj
def cancel(asked: Invocation, edition: int, *, yes: bool) -> None:
    """End an edition for good. If nobody got it, its articles are free for a later one."""
    from digest.actions.delivery.status import cancel_edition
    from digest.actions.editions.find_edition import find_edition

    app = asked.app()
    was = find_edition(app.db, edition)
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("say --yes to cancel it for good")
        click.confirm(f"Cancel edition {edition} for good?", abort=True)
    skipped = cancel_edition(app.db, edition, app.clock())
    say(f"Edition {edition} is cancelled; {count_of(skipped, 'reader')} will not get it.")
    if was.state == "draft":
        zone = ZoneInfo(app.newsletter(was.newsletter).timezone)
        at = f"{was.at.astimezone(zone):%Y-%m-%dT%H:%M}"
        say(f"`digest draft {was.newsletter} --at {at}` makes it again.")


@click.command()
@click.argument("edition", type=int)
@click.argument("addresses", nargs=-1)
@click.option("--sent", "as_", flag_value="sent", help="They arrived.")
@click.option("--failed", "as_", flag_value="failed", help="They did not, and need not.")
@click.option("--resend", "as_", flag_value="resend", help="Send them a second copy.")
@click.pass_obj
def settle(asked: Invocation, edition: int, addresses: tuple[str, ...], as_: str | None) -> None:
    """Decide about messages that nobody knows the fate of: of these ADDRESSES, or of all."""
    from digest.actions.delivery.status import Settlement, settle_uncertain

    if as_ is None:
        raise UsageError("say what became of them: --sent, --failed or --resend")
    app = asked.app()
    count = settle_uncertain(app.db, edition, addresses, Settlement(as_), app.clock())
    say(f"{count} settled as {as_}.")


@click.command()
@click.argument("edition", type=int)
@click.argument("addresses", nargs=-1)
@json_option
@click.pass_obj
def retry(asked: Invocation, edition: int, addresses: tuple[str, ...], *, as_json: bool) -> None:
    """Send to those who failed: to these ADDRESSES, or to all of them.

    Not to who left or may not be mailed any more, nor to who has a later edition already.
    """
    from digest.actions.delivery.status import retry_failed

    app = asked.app()
    done = retry_failed(app.db, edition, addresses, app.clock())
    if as_json:
        left_out = [{"email": one.email, "why": one.why} for one in done.left_out]
        emit({"edition": edition, "retried": done.emails, "left_out": left_out})
        return
    for one in done.left_out:
        say(f"{one.email} is left out: {one.why}")
    told = "; `digest deliver` sends it, or `digest run` by itself" if done.emails else ""
    say(f"{count_of(len(done.emails), 'reader')} will be tried again{told}.")
