"""`digest articles hide`, `show` and `remove`: what readers see of an article at all."""

import sys
from typing import TYPE_CHECKING

import click

from digest.cli.console import Invocation, emit, json_option, say, whose
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.actions.editions.visibility import VisibilityChange

_WHY = click.option("--why", default="", help="The reason; it is shown to whoever asks.")


@click.command("hide")
@click.argument("article")
@_WHY
@json_option
@click.pass_obj
def hide_command(asked: Invocation, article: str, why: str, *, as_json: bool) -> None:
    """Hide an article: it is in no draft, page, search or feed, whatever its source brings.

    ARTICLE is its number (see `digest articles`) or words of its title, in quotes.
    """
    from digest.actions.editions.visibility import hide_article

    app = asked.app()
    _tell("is hidden", hide_article(app.db, article, whose(), app.clock(), why), as_json=as_json)


@click.command("show")
@click.argument("article")
@json_option
@click.pass_obj
def show_command(asked: Invocation, article: str, *, as_json: bool) -> None:
    """Show a hidden article again. ARTICLE as for `hide`."""
    from digest.actions.editions.visibility import show_article

    _tell("is shown again", show_article(asked.app().db, article), as_json=as_json)


@click.command("remove")
@click.argument("article")
@_WHY
@click.option("--yes", is_flag=True, help="Don't ask.")
@json_option
@click.pass_obj
def remove_command(asked: Invocation, article: str, why: str, *, yes: bool, as_json: bool) -> None:
    """Remove an article for good: its words are gone, and its source never brings it back.

    On the web, editions that were sent say in its place that it was removed. ARTICLE as for `hide`.
    """
    from digest.actions.articles.topics import the_one
    from digest.actions.editions.visibility import remove_article

    app = asked.app()
    title = the_one(app.db, article).title
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("say --yes to remove it for good")
        click.confirm(f"Remove “{title}” for good?", abort=True)
    _tell("is removed", remove_article(app.db, article, whose(), app.clock(), why), as_json=as_json)


def _tell(what: str, change: "VisibilityChange", *, as_json: bool) -> None:
    article = change.article
    if as_json:
        emit(
            {
                "id": article.id,
                "title": article.title,
                "drafts": change.drafts,
                "on_their_way": change.on_their_way,
                "sent": change.sent,
            }
        )
        return
    say(f"{article.title} (article {article.id}) {what}.")
    if "again" in what:
        return
    for edition in change.drafts:
        say(f"The draft of edition {edition} has it: it can't be approved as it is.")
    for edition in change.on_their_way:
        say(f"Edition {edition} is going out with it: `digest pause {edition}` stops it.")
    if change.sent:
        say(f"Readers got it already, in edition {', '.join(map(str, change.sent))}.")
