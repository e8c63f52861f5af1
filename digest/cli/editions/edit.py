"""`digest edit`: change a draft story by story, or as a file in your editor."""

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
    say,
    whose,
)
from digest.errors import DigestError, UsageError

if TYPE_CHECKING:
    from digest.actions.editions.edit import DraftState
    from digest.app import App
    from digest.core.editions.draft import OpenDraft
    from digest.core.editions.draft_edit import DraftEdit
    from digest.core.newsletters.newsletter import Newsletter
    from digest.store.editions.editions import StoredEdition

_ONE, _TWO = ("pin", "drop", "bring", "lead"), ("move", "form", "title", "summary", "note")
_TEXTS = ("subject", "preheader", "intro")
_STORY = "ARTICLE is its number, or words of its title."


def _options(command: click.Command) -> click.Command:
    told = {
        "bring": "Bring in an article that was left out.",
        "pin": "Keep a story in, at the top of its section.",
        "lead": "Make a story the lead.",
        "drop": "Take a story out.",
        "move": "Move a story: to SECTION, SECTION:PLACE or PLACE.",
        "form": "Show full, short or title of a story.",
        "title": "Give a story another title, in this edition.",
        "summary": "Give a story another summary, in this edition.",
        "note": "Say something below a story; empty takes it away.",
    }
    for name in reversed(_TEXTS):
        option = click.Option([f"--{name}"], metavar="TEXT", help=f"Set the {name}.")
        command.params.append(option)
    for name, text in told.items():
        two = name in _TWO
        second = {"move": "WHERE", "form": "FORM"}.get(name, "TEXT")
        command.params.append(
            click.Option(
                [f"--{name}"],
                multiple=True,
                nargs=2 if two else 1,
                metavar=f"ARTICLE {second}" if two else "ARTICLE",
                help=text,
            )
        )
    return command


@_options
@click.command(params=[])
@click.argument("newsletter")
@at_option
@click.option("--list", "listed", is_flag=True, help="Show the stories, and the edits so far.")
@click.option("--undo", metavar="N", type=int, help="Take edit N back.")
@json_option
@click.pass_obj
def edit(
    asked: Invocation,
    /,
    newsletter: str,
    at: Moment | None,
    *,
    listed: bool,
    undo: int | None,
    as_json: bool,
    **given: object,
) -> None:
    """Change the draft of a newsletter; without options in your editor.

    ARTICLE is its number, or words of its title. Every change is kept with your name, can be
    undone, and stays when the draft is drawn up anew. The article itself stays as it is.
    """
    from digest.actions.editions.edit import edit_draft, open_draft
    from digest.actions.editions.edit import undo as take_back

    app = asked.app()
    chosen = app.newsletter(newsletter)
    moment = at.utc(ZoneInfo(chosen.timezone)) if at else None
    kept = open_draft(app.db, chosen, moment)
    if listed:
        _tell_all(app, chosen, kept, as_json=as_json)
        return
    if undo is not None:
        done = take_back(app.db, app.factory, kept, undo, whose(), app.clock())
        _tell(chosen, done, f"Edit {undo} is undone.", as_json=as_json, app=app)
        return
    wanted = _wanted(app, kept, given)
    written = ""
    if not wanted:
        wanted, written = _in_editor(app, kept)
    if not wanted:
        say("Nothing was changed.")
        return
    try:
        done = edit_draft(app.db, app.factory, chosen, kept, wanted, whose(), app.clock())
    except DigestError as why:
        if written:
            raise _keep(app, kept, written, why) from None
        raise
    _tell(chosen, done, "", as_json=as_json, app=app)


def _keep(app: "App", kept: "StoredEdition", written: str, why: Exception) -> UsageError:
    """Keep what a person wrote in their editor, and say where."""
    path = app.settings.store_path().parent / f"draft-{kept.id}.toml"
    path.write_text(written, encoding="utf-8")
    return UsageError(f"{why}. What you wrote is in {path}")


def _wanted(app: "App", kept: "StoredEdition", given: dict[str, object]) -> "list[DraftEdit]":
    """The edits that the options ask for: first who is in, then where, then the words."""
    from digest.actions.editions.drafts import find_draft
    from digest.actions.editions.edit import story_number
    from digest.core.editions.draft_edit import DraftEdit, EditKind

    found: list[DraftEdit] = []
    draft: OpenDraft = find_draft(app.db, kept)
    for name, values in given.items():
        kind = EditKind(name)
        if name in _TEXTS:
            if isinstance(values, str):
                found.append(DraftEdit(kind, text=values))
            continue
        for value in values if isinstance(values, tuple) else ():
            typed, text = value if name in _TWO else (value, "")
            number = story_number(app.db, draft, typed)
            if kind is EditKind.MOVE:
                section, place = _where(text)
                found.append(DraftEdit(kind, number, section=section, place=place))
            else:
                found.append(DraftEdit(kind, number, text=text))
    order = ("bring", "pin", "lead", "drop", "move")
    return sorted(found, key=lambda one: order.index(one.kind) if one.kind in order else len(order))


def _where(text: str) -> tuple[str | None, int | None]:
    """The parts of "economy:2"; "2" is a place in its own section. Raises UsageError."""
    section, colon, place = text.rpartition(":")
    if not colon and not place.isdigit():
        return text, None
    if not place.isdigit():
        raise UsageError(f"{text}: say SECTION, SECTION:PLACE or PLACE, such as economy:2")
    return section or None, int(place)


def _in_editor(app: "App", kept: "StoredEdition") -> "tuple[list[DraftEdit], str]":
    """Let a person change the draft as a file: the edits that this means, and what they wrote.

    What they wrote is kept if it can't be used.
    """
    import sys

    from digest.actions.editions.drafts import find_draft
    from digest.core.editions.draft_file import DraftFileError, draft_to_toml, edits_of_toml

    if not sys.stdin.isatty():
        raise UsageError("say what to change, such as --drop 12; `digest edit --help` lists it")
    edition = find_draft(app.db, kept).edited.edition
    text = click.edit(draft_to_toml(edition, kept.id), extension=".toml")
    if text is None:
        return [], ""
    try:
        return edits_of_toml(edition, text), text
    except DraftFileError as why:
        raise _keep(app, kept, text, why) from None


def _tell(
    newsletter: "Newsletter", done: "DraftState", said: str, *, as_json: bool, app: "App"
) -> None:
    from digest.cli.draft_changes import edit_in_words
    from digest.cli.editions.draft import draft_row

    if as_json:
        emit(draft_row(app, newsletter, done.kept, None))
        return
    if said:
        say(said)
    for one in done.made:
        say(f"{one.number}  {edit_in_words(one.edit)}")
    for edit_, why in done.draft.edited.vain:
        say(f"This edit fits no more: {edit_in_words(edit_)}: {why}.")
    stories = count_of(len(done.draft.edited.edition.articles), "article")
    say(f"The draft of edition {done.kept.id} has {stories}: “{done.kept.subject}”.")


def _tell_all(
    app: "App", newsletter: "Newsletter", kept: "StoredEdition", *, as_json: bool
) -> None:
    from digest.actions.editions.drafts import find_draft
    from digest.cli.draft_changes import edit_in_words
    from digest.cli.editions.draft import draft_row
    from digest.cli.json_output import OTHER_NAME

    if as_json:
        emit(draft_row(app, newsletter, kept, None))
        return
    zone = ZoneInfo(newsletter.timezone)
    found = find_draft(app.db, kept)
    edition = found.edited.edition
    say(f"Edition {kept.id}: “{kept.subject}”")
    say(f"{edition.lead.id:>6}  {edition.lead.title} (the lead)")
    for section in edition.sections:
        say(section.name or OTHER_NAME)
        for article in section.articles:
            say(f"{article.id:>6}  {article.title}")
    if found.edits:
        say("Edits")
    for one in found.edits:
        when = f"{one.at.astimezone(zone):%a %H:%M}"
        say(f"{one.number:>6}  {edit_in_words(one.edit)} ({one.by}, {when})")
    for edit_, why in found.edited.vain:
        say(f"This edit fits no more: {edit_in_words(edit_)}: {why}.")
