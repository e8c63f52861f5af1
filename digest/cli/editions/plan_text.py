"""A plan on a terminal: what goes out, a line or two a story, at most as wide as the window."""

import shutil
import sys
from collections import Counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest.cli.console import count_of, heading, say
from digest.cli.json_output import OTHER_NAME
from digest.core.editions.selection import LeftoutReason
from digest.core.text.prose import shorten
from digest.render.words.links import followable_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.actions.editions.plan import Plan
    from digest.actions.editions.preview import MessageSummary
    from digest.core.articles.article import Article

FEW = 5
"""So many articles that were left out are named one by one; of more, the reasons are counted."""
REASONS = {
    LeftoutReason.WITHHELD: "hidden or removed",
    LeftoutReason.ALREADY_SENT: "in an earlier edition",
    LeftoutReason.SAME_STORY: "the same story as another",
    LeftoutReason.NOT_YET: "dated after this edition",
    LeftoutReason.TOO_OLD: "too old",
    LeftoutReason.OTHER_TOPICS: "of other topics",
    LeftoutReason.LIMIT: "over a limit",
    LeftoutReason.UNPRINTABLE: "can't be printed",
    LeftoutReason.DROPPED: "taken out by an editor",
    LeftoutReason.NONE: "for another reason",
}


def tell_plan(plan: "Plan", summary: "MessageSummary | None", *, why: bool) -> None:
    """Say what would go out. With `why` every reason is told whole."""
    zone = ZoneInfo(plan.newsletter.timezone)
    local = plan.at.astimezone(zone)
    width = None if why else terminal_width()
    say(heading(f"{plan.newsletter.title}, {local:%A %d %B %Y, %H:%M} ({zone.key})"))
    if plan.kept:
        say(f"Edition {plan.kept.id} was made for this moment; it is {plan.kept.state}.")
    if plan.shown is None:
        say(f"No edition: {plan.why}.")
    else:
        _tell_message(summary, width)
        _tell_stories(plan, zone, width)
    for slug, count in plan.elsewhere.items():
        stories = "1 story was" if count == 1 else f"{count} stories were"
        say(f"\n{stories} in {slug}; who got them there doesn't get them again (repeats = false).")
    if plan.edition and plan.edition.corrections:
        say("\nCorrected since, for those who got the old text")
        for told in plan.edition.corrections:
            say(f"  {told.title}: {told.note}")
    _tell_left_out(plan, width, why=why)


def terminal_width() -> int | None:
    """Columns of the terminal; None where the answer goes into a file or a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def cut(line: str, width: int | None) -> str:
    """The line, as far as it fits."""
    return line if width is None or len(line) <= width else shorten(line, width)


def _tell_message(summary: "MessageSummary | None", width: int | None) -> None:
    if summary is None:
        return
    if summary.fault:
        say(f"It can't be printed: {summary.fault}.")
        return
    say(cut(f"Subject    {summary.subject}", width))
    say(cut(f"Preheader  {summary.preheader}", width))
    say(f"Size       {summary.size:,} bytes")


def _tell_stories(plan: "Plan", zone: ZoneInfo, width: int | None) -> None:
    shown = plan.shown
    assert shown
    bare = sum(not followable_url(article.url) for article in shown.articles)
    if bare:
        whose = ", the lead too" if not followable_url(shown.lead.url) and bare > 1 else ""
        say(f"{_without_link(bare)}{whose}: readers can't go on from the mail.")
    articles = count_of(len(shown.articles), "article")
    say(f"{articles} for {count_of(plan.audience, 'reader')}")
    reasons = {pick.article.id: pick.why for pick in plan.selection.picks}
    digits = max(len(str(article.id)) for article in shown.articles)
    say(f"\nLead ({shown.lead_section or OTHER_NAME})")
    _tell_story(shown.lead, reasons, zone, digits, width)
    for section in shown.sections:
        say(f"\n{section.name or OTHER_NAME}")
        for article in section.articles:
            _tell_story(article, reasons, zone, digits, width)


def _without_link(number: int) -> str:
    return "1 article has no link" if number == 1 else f"{number} articles have no link"


def _tell_story(
    article: "Article",
    reasons: "Mapping[int, str]",
    zone: ZoneInfo,
    digits: int,
    width: int | None,
) -> None:
    by = ", ".join(article.authors) or "unsigned"
    number = f"  {article.id:>{digits}}  "
    say(f"{number}{heading(cut(article.title, width and width - len(number)))}")
    day = f"{article.published.astimezone(zone):%d %b}"
    link = "" if followable_url(article.url) else "no link; "
    say(cut(f"{' ' * len(number)}{by}, {day}; {link}{reasons.get(article.id, '')}", width))


def _tell_left_out(plan: "Plan", width: int | None, *, why: bool) -> None:
    left = plan.selection.leftouts
    if not left:
        return
    if why or len(left) <= FEW:
        say("\nLeft out")
        for one in left:
            say(cut(f"  {one.article.title}: {one.why}", width))
        return
    say(f"\nLeft out: {len(left):,} (--why names them)")
    for reason, count in Counter(one.reason for one in left).most_common():
        say(f"  {count:>6,}  {REASONS[reason]}")
