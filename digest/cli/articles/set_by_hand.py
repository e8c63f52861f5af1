"""`digest articles set` and `release`: what a person says of an article, and its source again."""

from typing import TYPE_CHECKING

import click

from digest.cli.console import Invocation, emit, json_option, say, whose

if TYPE_CHECKING:
    from digest.core.articles.article import Article

SETTABLE = ("title", "summary", "authors")


@click.command("set")
@click.argument("article")
@click.option("--title", metavar="TEXT", help="Its title.")
@click.option("--summary", metavar="TEXT", help="Its summary; empty: the first sentences.")
@click.option("--author", "authors", metavar="NAME", multiple=True, help="Who wrote it; repeat it.")
@json_option
@click.pass_obj
def set_command(
    asked: Invocation,
    article: str,
    title: str | None,
    summary: str | None,
    authors: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Set title, summary or authors of an article: its source doesn't change them any more.

    ARTICLE is its number (see `digest articles`) or words of its title, in quotes. Topics are set
    by `digest topics`, who may read it whole by `digest access`.
    """
    from digest.actions.articles.set_by_hand import set_article

    app = asked.app()
    by, now = whose(), app.clock()
    done = set_article(app.db, article, by, now, title=title, summary=summary, authors=authors)
    _tell(done, as_json=as_json)


@click.command("release")
@click.argument("article")
@click.option(
    "--field", "fields", type=click.Choice(SETTABLE), multiple=True, help="Only this; repeat it."
)
@json_option
@click.pass_obj
def release_command(
    asked: Invocation, article: str, fields: tuple[str, ...], *, as_json: bool
) -> None:
    """Give what a person set back to the article's source: what it said last is there again."""
    from digest.actions.articles.set_by_hand import release_article

    _tell(release_article(asked.app().db, article, fields), as_json=as_json)


def _tell(article: "Article", *, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "id": article.id,
                "title": article.title,
                "summary": article.summary,
                "authors": article.authors,
                "set_by_hand": [str(one) for one in article.set_by_hand],
            }
        )
        return
    by = ", ".join(article.authors) or "unsigned"
    say(f"{article.title} (article {article.id}), {by}")
    for one in article.set_by_hand:
        say(f"  {one}")
