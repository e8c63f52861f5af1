"""`digest publish`: approve and freeze an edition."""

import sys
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from digest.cli.console import (
    Invocation,
    Moment,
    at_option,
    emit,
    json_option,
    say,
    whose,
)
from digest.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from digest.actions.editions.publish import Published
    from digest.core.newsletters.newsletter import Newsletter
    from digest.store.editions.editions import StoredEdition


@click.command()
@click.argument("newsletter")
@at_option
@click.option("--as-is", is_flag=True, help="Approve a draft though it would be another by now.")
@click.option("--now", "early", is_flag=True, help="Let it go before its moment.")
@click.option("--yes", is_flag=True, help="With --now: don't ask.")
@json_option
@click.pass_obj
def publish(
    asked: Invocation,
    newsletter: str,
    at: Moment | None,
    *,
    as_is: bool,
    early: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Freeze an edition: choose, render, and fix who gets it. `digest deliver` sends it.

    Asked again for the same moment it finds the same edition. A draft is approved by this. An
    edition goes at its moment: one that is still to come is approved now, and frozen then.
    """
    from digest.actions.editions.publish import publish as freeze
    from digest.cli.moments import when

    app = asked.app()
    chosen = app.newsletter(newsletter)
    moment = when(app, chosen, at)
    if early:
        _confirm_early(chosen, moment, app.clock(), yes=yes)
    published = freeze(
        app.db, app.factory, chosen, moment, app.clock(), as_is=as_is, early=early, by=whose()
    )
    _tell(published, chosen, as_json=as_json)


def _tell(published: "Published", newsletter: "Newsletter", *, as_json: bool) -> None:
    kept = published.edition
    if as_json:
        emit(
            {
                "edition": kept.id,
                "newsletter": newsletter.slug,
                "at": kept.at,
                "state": kept.state,
                "why": kept.why,
                "subject": kept.subject,
                "made": published.made,
            }
        )
    elif kept.state == "held":
        say(f"No edition: {kept.why}.")
    elif kept.state == "draft":
        _tell_draft(kept, ZoneInfo(newsletter.timezone))
    else:
        found = "frozen" if published.made else f"was made before and is {kept.state}"
        say(f"Edition {kept.id}, “{kept.subject}”, {found}.")


def _confirm_early(newsletter: "Newsletter", at: "datetime", now: "datetime", *, yes: bool) -> None:
    """Ask before an edition goes ahead of its moment."""
    if yes or at <= now:
        return
    if not sys.stdin.isatty():
        raise UsageError("say --yes to let it go before its moment")
    local = at.astimezone(ZoneInfo(newsletter.timezone))
    click.confirm(f"Its moment is {local:%A %d %B, %H:%M}. Let it go now?", abort=True, err=True)


def _tell_draft(kept: "StoredEdition", zone: ZoneInfo) -> None:
    when_ = f"{kept.at.astimezone(zone):%A %d %B, %H:%M}"
    if kept.approved:
        say(f"Edition {kept.id}, “{kept.subject}”, is approved. It goes {when_}.")
        say(f"`digest publish {kept.newsletter} --now` lets it go before.")
        return
    say(f"Edition {kept.id}, “{kept.subject}”, is a draft; nobody has approved it yet.")
    say(f"`digest preview {kept.newsletter} --open` shows it.")
    say(f"`digest publish {kept.newsletter}` approves it.")
