"""`digest plan` and `digest explain`: what would go out, and why. They write nothing."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from digest.cli.console import (
    Invocation,
    Moment,
    at_option,
    emit,
    heading,
    json_option,
    say,
)
from digest.cli.moments import when

if TYPE_CHECKING:
    from datetime import datetime

    from digest.actions.editions.explain import Explanation
    from digest.actions.editions.explain_reader import Shown
    from digest.actions.editions.plan import Plan
    from digest.app import App
    from digest.core.newsletters.newsletter import Newsletter


@click.command()
@click.argument("newsletter")
@at_option
@click.option(
    "--next", "count", metavar="N", type=click.IntRange(1, 52), help="The next N planned editions."
)
@click.option("--as", "reader", metavar="ADDR", help="What this reader would get.")
@click.option("--why", is_flag=True, help="Tell every reason whole, and name what is left out.")
@json_option
@click.pass_obj
def plan(
    asked: Invocation,
    newsletter: str,
    at: Moment | None,
    count: int | None,
    reader: str | None,
    *,
    why: bool,
    as_json: bool,
) -> None:
    """Show what would go out, in which sections, and why. Writes nothing."""
    from digest.actions.editions.preview import message_summary
    from digest.cli.draft_changes import changes_of, name_changes
    from digest.cli.editions.plan_text import tell_plan
    from digest.cli.json_output import plan_row, share_row

    app = asked.app()
    chosen = app.newsletter(newsletter)
    standing = _standing(app, reader, newsletter) if reader else ""
    plans = _plans(app, chosen, at, count)
    changes = [changes_of(app, one) for one in plans]
    shares = _shares(app, plans, reader)
    if as_json:
        rows = [
            plan_row(one, changed) | (share_row(standing, share) if reader else {})
            for one, share, changed in zip(plans, shares, changes, strict=True)
        ]
        emit({"plans": rows} if count else rows[0])
        return
    for one, share, changed in zip(plans, shares, changes, strict=True):
        summary = message_summary(app.db, app.factory, one, app.clock())
        tell_plan(one, summary, why=why)
        name_changes(chosen, changed)
        if reader and (one.shown or share):
            _tell_share(reader, standing, share)
        say()


def _plans(
    app: "App", newsletter: "Newsletter", at: Moment | None, count: int | None
) -> list["Plan"]:
    from digest.actions.editions.plan import plan as draw
    from digest.core.newsletters.timetable import next_slots

    if count is None:
        return [draw(app.db, newsletter, when(app, newsletter, at))]
    zone = ZoneInfo(newsletter.timezone)
    start = at.utc(zone) if at else app.clock()
    plans: list[Plan] = []
    seen: set[int] = set()
    for slot in next_slots(newsletter.schedule, zone, start, count):
        plans.append(draw(app.db, newsletter, slot, seen))
        if plans[-1].edition:
            seen |= {pick.article.id for pick in plans[-1].selection.picks}
    return plans


def _shares(app: "App", plans: list["Plan"], reader: str | None) -> list["Shown | None"]:
    """What a reader gets of each plan, after those before it; None for nobody's, of no edition,
    and for one who isn't subscribed.
    """
    from digest.actions.editions.explain_reader import explain_reader, reader_of
    from digest.actions.editions.forecast import foresee

    newsletter = plans[0].newsletter
    if reader:
        subscriptions = reader_of(app.db, reader).subscriptions
    if not reader or all(one.newsletter != newsletter.slug for one in subscriptions):
        return [None] * len(plans)
    if len(plans) == 1:
        return [explain_reader(app.db, app.factory, plans[0], reader_of(app.db, reader))]
    return foresee(app.db, app.factory, newsletter, reader, [one.at for one in plans])


def _tell_share(reader: str, standing: str, share: "Shown | None") -> None:
    said = share.why if share and share.choice is None else standing
    if said != standing:
        standing = f"gets no mail: {said}"
    say(f"\n{reader}: {standing}")
    if share is None or share.choice is None:
        return
    say(f"  {heading(share.words.subject)}")
    for entry, shown, why in share.stories:
        say(f"  {'+' if shown else '-'} {entry.title}: {why}")
    for told in share.told:
        say(f"  + corrected since they got it: {told.title}: {told.note}")


def _standing(app: "App", reader: str, newsletter: str) -> str:
    """Whether this reader gets it, in words."""
    from digest.actions.readers.subscribe import show

    found = show(app.db, reader)
    if any(not one.scope for one in found.suppressions):
        return "gets nothing: " + next(one.why for one in found.suppressions if not one.scope)
    for one in found.subscriptions:
        if one.newsletter == newsletter:
            return "gets it" if one.standing == "active" else "left, so gets nothing"
    return f"is not subscribed to {newsletter}"


@click.command()
@click.argument("newsletter")
@click.argument("article", nargs=-1, required=True)
@at_option
@click.option("--as", "reader", metavar="ADDR", help="For this reader.")
@json_option
@click.pass_obj
def explain(
    asked: Invocation,
    newsletter: str,
    article: tuple[str, ...],
    at: Moment | None,
    reader: str | None,
    *,
    as_json: bool,
) -> None:
    """Say why an article is in the next edition, or not, and which editions had it.

    ARTICLE is its number (see `digest articles`) or words of its title.
    """
    from digest.actions.editions.explain import explain as reasons
    from digest.actions.editions.plan import plan as draw
    from digest.cli.draft_changes import changes_of, name_changes
    from digest.cli.json_output import explanation_row

    app = asked.app()
    chosen = app.newsletter(newsletter)
    standing = _standing(app, reader, newsletter) if reader else ""
    moment = when(app, chosen, at)
    found = reasons(app.db, chosen, " ".join(article), moment)
    own = _own_reasons(app, chosen, moment, reader)
    if as_json:
        emit(
            [
                explanation_row(one)
                | ({"reader": standing, "for_reader": own.get(one.article.id)} if reader else {})
                for one in found
            ]
        )
        return
    for one in found:
        _tell_why(one, ZoneInfo(chosen.timezone))
        if standing:
            say(f"  {reader}: {standing}")
        if story := own.get(one.article.id):
            say(f"  for them {'in' if story['in'] else 'left out'}: {story['why']}")
    name_changes(chosen, changes_of(app, draw(app.db, chosen, moment)))


def _own_reasons(
    app: "App", newsletter: "Newsletter", at: "datetime", reader: str | None
) -> dict[int, dict[str, object]]:
    """For each article of the edition of this moment, whether a reader gets it, and why."""
    from digest.actions.editions.plan import plan as draw

    (share,) = _shares(app, [draw(app.db, newsletter, at)], reader)
    stories = share.stories if share else []
    return {entry.article: {"in": shown, "why": why} for entry, shown, why in stories}


def _tell_why(one: "Explanation", zone: ZoneInfo) -> None:
    say(heading(f"{one.article.title} (article {one.article.id})"))
    for said in one.article.set_by_hand:
        say(f"  {said}")
    edition = f"edition {one.edition}" if one.edition else "the next edition"
    say(f"  {'in' if one.inside else 'not in'} {edition}: {one.why}")
    for topic in one.article.topics:
        say(f"  topic {topic.slug}: {topic.why}")
    for told in one.corrections:
        say(f"  corrected {told.at.astimezone(zone):%Y-%m-%d}: {told.note}")
    for past in one.history:
        if past.edition != one.edition:
            verdict = "has it" if past.taken else "left it out"
            day = f"{past.at.astimezone(zone):%Y-%m-%d}"
            say(f"  edition {past.edition} of {day} ({past.state}) {verdict}: {past.why}")
