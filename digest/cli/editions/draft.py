"""`digest draft`: make the next edition's draft, and say what changed since."""

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from digest.cli.console import (
    Invocation,
    Moment,
    at_option,
    count_of,
    emit,
    heading,
    json_option,
    say,
)
from digest.cli.draft_changes import capital, edit_in_words, name_changes, tell_changes

if TYPE_CHECKING:
    from digest.app import App
    from digest.core.editions.draft import DraftChanges
    from digest.core.editions.draft_edit import DraftEdit, RecordedEdit
    from digest.core.newsletters.newsletter import Newsletter
    from digest.store.editions.editions import StoredEdition


@click.command()
@click.argument("newsletter")
@at_option
@click.option("--redraw", is_flag=True, help="Draw it up anew, with its edits.")
@json_option
@click.pass_obj
def draft(
    asked: Invocation, newsletter: str, at: Moment | None, *, redraw: bool, as_json: bool
) -> None:
    """Make the draft of the next edition, or show the one there is and what changed since.

    Nobody gets a draft. `digest edit` changes it, `digest preview` shows it, `digest publish`
    approves it: then it goes at its moment.
    """
    from digest.actions.editions.drafts import changes_since
    from digest.actions.editions.drafts import redraw as draw_anew
    from digest.actions.editions.publish import next_draft

    app = asked.app()
    chosen = app.newsletter(newsletter)
    zone = ZoneInfo(chosen.timezone)
    moment = at.utc(zone) if at else None
    made, kept = next_draft(app.db, app.factory, chosen, moment, app.clock())
    changes: DraftChanges | None = None
    vain: tuple[tuple[DraftEdit, str], ...] = ()
    if redraw and not made and kept.state == "draft":
        redrawn = draw_anew(app.db, app.factory, chosen, kept, app.clock())
        kept, taken, vain = redrawn.kept, redrawn.changes, redrawn.vain
        if not as_json:
            _tell_redrawn(taken, vain, zone)
    elif not made and kept.state == "draft":
        changes = changes_since(app.db, app.factory, chosen, kept)
    if as_json:
        emit(draft_row(app, chosen, kept, changes) | {"made": made, "not_applied": _vain(vain)})
        return
    if kept.state != "draft":
        say(f"No draft: {kept.why}." if kept.state == "held" else _other(kept))
        return
    tell_draft(app, chosen, kept, changes)


def _other(kept: "StoredEdition") -> str:
    return f"Edition {kept.id} was made for this moment; it is {kept.state}."


def _tell_redrawn(
    taken: "DraftChanges | None", vain: "tuple[tuple[DraftEdit, str], ...]", zone: ZoneInfo
) -> None:
    if taken:
        say(f"Drawn up anew: {taken} since {taken.since.astimezone(zone):%A %H:%M}.")
        tell_changes(taken)
    else:
        say("Drawn up anew; nothing had changed.")
    for edit, why in vain:
        say(f"This edit fits no more: {edit_in_words(edit)}: {why}.")


def tell_draft(
    app: "App", newsletter: "Newsletter", kept: "StoredEdition", changes: "DraftChanges | None"
) -> None:
    """Say what a draft is, what changed since, and what one can do with it."""
    from digest.store.editions import drafts

    zone = ZoneInfo(newsletter.timezone)
    found = app.db.read(drafts.read_draft, kept.id)
    say(heading(f"{newsletter.title}, {kept.at.astimezone(zone):%A %d %B %Y, %H:%M} ({zone.key})"))
    say(f"Edition {kept.id} is a draft: “{kept.subject}”.")
    if found:
        stories = len(found.edited.edition.articles)
        word = "story" if stories == 1 else "stories"
        drawn = f"{found.drawn.at.astimezone(zone):%A %H:%M}"
        say(f"{stories} {word}, drawn up {drawn}, {count_of(len(found.edits), 'edit')}.")
    name_changes(newsletter, changes)
    if changes is not None and not changes and changes.readers:
        say(f"{capital(str(changes))} since it was drawn up.")
    if kept.approved:
        say(f"It is approved, and goes {kept.at.astimezone(zone):%A %d %B, %H:%M}.")
    else:
        say(f"Look at it: `digest preview {newsletter.slug} --open`.")
        say(f"Approve it: `digest publish {newsletter.slug}`.")


def edit_row(one: "RecordedEdit", zone: ZoneInfo) -> dict[str, Any]:
    """An edit as JSON."""
    edit = one.edit
    return {
        "number": one.number,
        "kind": edit.kind,
        "article": edit.article,
        "text": edit.text,
        "section": edit.section,
        "place": edit.place,
        "by": one.by,
        "at": one.at.astimezone(zone),
    }


def draft_row(
    app: "App", newsletter: "Newsletter", kept: "StoredEdition", changes: "DraftChanges | None"
) -> dict[str, Any]:
    """A draft as JSON: its stories in their order, its edits, and what changed since."""
    from digest.store.editions import drafts

    zone = ZoneInfo(newsletter.timezone)
    found = app.db.read(drafts.read_draft, kept.id) if kept.state == "draft" else None
    edition = found.edited.edition if found else None
    return {
        "edition": kept.id,
        "newsletter": newsletter.slug,
        "at": kept.at.astimezone(zone),
        "state": kept.state,
        "why": kept.why,
        "revision": kept.revision,
        "approved": kept.approved and kept.approved.astimezone(zone),
        "subject": kept.subject,
        "preheader": kept.preheader,
        "drawn": found and found.drawn.at.astimezone(zone),
        "stories": [
            {"id": article.id, "title": article.title}
            for article in (edition.articles if edition else ())
        ],
        "edits": [edit_row(one, zone) for one in (found.edits if found else ())],
        "changes": _changes_row(changes),
    }


def _changes_row(changes: "DraftChanges | None") -> dict[str, Any] | None:
    if changes is None:
        return None
    return {
        "since": changes.since,
        "summary": str(changes),
        "changed": [
            {
                "id": one.article,
                "title": one.title,
                "title_now": one.title_now,
                "parts": one.parts,
            }
            for one in changes.changed
        ],
        "new": [{"id": one.id, "title": one.title} for one in changes.new],
        "gone": [{"id": one.id, "title": one.title} for one in changes.gone],
        "texts": changes.texts,
        "look": changes.look,
        "readers": changes.readers,
    }


def _vain(vain: "tuple[tuple[DraftEdit, str], ...]") -> list[dict[str, Any]]:
    return [{"edit": edit_in_words(edit), "why": why} for edit, why in vain]
