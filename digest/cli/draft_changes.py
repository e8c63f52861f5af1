"""What changed since a draft was drawn up, and edits, in words."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest.cli.console import say

if TYPE_CHECKING:
    from digest.actions.editions.plan import Plan
    from digest.app import App
    from digest.core.editions.draft import DraftChanges
    from digest.core.editions.draft_edit import DraftEdit
    from digest.core.newsletters.newsletter import Newsletter

MOST_NAMED = 10
"""Stories of a kind of change that are named; the others are counted."""


def changes_of(app: "App", plan: "Plan") -> "DraftChanges | None":
    """What changed since the draft of a plan was drawn up; None if it is no draft."""
    from digest.actions.editions.drafts import changes_since

    if plan.kept is None or plan.draft is None:
        return None
    return changes_since(app.db, app.factory, plan.newsletter, plan.kept)


def name_changes(newsletter: "Newsletter", changes: "DraftChanges | None") -> None:
    """Say what changed since a draft was drawn up, and how to take it over."""
    if not changes:
        return
    since = f"{changes.since.astimezone(ZoneInfo(newsletter.timezone)):%A %H:%M}"
    say(f"\n{capital(str(changes))} since {since}, when the draft was drawn up:")
    tell_changes(changes)
    say(f"`digest draft {newsletter.slug} --redraw` takes that over; edits are kept.")


def tell_changes(changes: "DraftChanges") -> None:
    """Name the stories of a change, the first of each kind."""
    for one in changes.changed[:MOST_NAMED]:
        now = f"; now “{one.title_now}”" if one.title_now != one.title else ""
        say(f"  {one.title} (article {one.article}): {', '.join(one.parts)}{now}")
    for article in changes.new[:MOST_NAMED]:
        say(f"  {article.title} (article {article.id}): new")
    for article in changes.gone[:MOST_NAMED]:
        say(f"  {article.title} (article {article.id}): would no longer be in it")
    lists = (changes.changed, changes.new, changes.gone)
    more = sum(max(0, len(them) - MOST_NAMED) for them in lists)
    if more:
        say(f"  and {more} more")


def capital(text: str) -> str:
    """The text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def edit_in_words(edit: "DraftEdit") -> str:
    """An edit for people: "title of article 3: A new one"."""
    from digest.core.text.prose import one_line, shorten

    text = shorten(one_line(edit.text), 60)
    where = edit.section if edit.section is not None else ""
    if edit.place:
        where = f"{where}:{edit.place}".lstrip(":")
    said = f"{edit.kind} article {edit.article}" if edit.article else str(edit.kind)
    more = " ".join(part for part in (f"to {where}" if where else "", text) if part)
    return f"{said}: {more}" if more else said
