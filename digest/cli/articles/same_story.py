"""`digest articles same` and `distinct`: whether two articles are one story."""

import click

from digest.cli.console import Invocation, emit, json_option, say, whose


@click.command("same")
@click.argument("article")
@click.argument("other")
@json_option
@click.pass_obj
def same_command(asked: Invocation, article: str, other: str, *, as_json: bool) -> None:
    """Say that two articles are the same story: an edition shows one of them.

    ARTICLE and OTHER are numbers (see `digest articles`) or words of titles, in quotes.
    """
    _decide(asked, article, other, same=True, as_json=as_json)


@click.command("distinct")
@click.argument("article")
@click.argument("other")
@json_option
@click.pass_obj
def distinct_command(asked: Invocation, article: str, other: str, *, as_json: bool) -> None:
    """Say that two articles are stories of their own, however much they share. As for `same`."""
    _decide(asked, article, other, same=False, as_json=as_json)


def _decide(asked: Invocation, one: str, other: str, *, same: bool, as_json: bool) -> None:
    from digest.actions.articles.same_story import decide_same_story

    app = asked.app()
    first, second = decide_same_story(app.db, one, other, whose(), app.clock(), same=same)
    if as_json:
        emit({"articles": [first.id, second.id], "same": same})
        return
    are = "are the same story" if same else "are two stories"
    said = " and ".join(f"{each.title} (article {each.id})" for each in (first, second))
    say(f"{said} {are}.")
