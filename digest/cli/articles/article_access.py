"""`digest access`: who may read an article whole."""

import click

from digest.cli.console import Invocation, emit, json_option, say


@click.command()
@click.argument("article")
@click.argument("who", type=click.Choice(["everyone", "subscribers"]))
@json_option
@click.pass_obj
def access(asked: Invocation, article: str, who: str, *, as_json: bool) -> None:
    """Say by hand who may read an article whole; it stays, whatever imports say.

    ARTICLE is its number (see `digest articles`) or words of its title, in quotes. Editions that
    are made already stay as they are.
    """
    from digest.actions.articles.article_access import set_access_by_hand
    from digest.core.articles.article import Access

    found = set_access_by_hand(asked.app().db, article, Access(who))
    if as_json:
        emit({"id": found.id, "title": found.title, "access": found.access})
        return
    say(f"{found.title} (article {found.id}): for {who}")
