"""`digest topics`: what belongs where, and correcting it."""

from typing import TYPE_CHECKING

import click

from digest.cli.console import Invocation, count_of, emit, heading, json_option, say
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.core.articles.article import Article


@click.group()
def topics() -> None:
    """List the doubtful topics, and set topics by hand."""


@topics.command()
@click.option(
    "--limit", metavar="N", type=click.IntRange(1), default=50, show_default=True,
    help="Show at most so many.",
)  # fmt: skip
@json_option
@click.pass_obj
def review(asked: Invocation, limit: int, *, as_json: bool) -> None:
    """List the articles without a topic, or between two, newest first."""
    from digest.actions.articles.topics import doubtful_topics

    app = asked.app()
    found = doubtful_topics(app.db, app.settings.topic_rules())
    if as_json:
        rows = [_row(doubt.article) | {"why": doubt.why} for doubt in found[:limit]]
        emit({"doubtful": len(found), "articles": rows})
        return
    for doubt in found[:limit]:
        say(f"{doubt.article.id:>5}  {heading(doubt.article.title)}: {doubt.why}")
        for topic in doubt.article.topics[:2]:
            say(f"{'':>7}{topic.slug}: {topic.why}")
    rest = f", {limit} shown" if len(found) > limit else ""
    say(f"{count_of(len(found), 'doubtful article')}{rest}")


@topics.command("set")
@click.argument("article")
@click.argument("slugs", metavar="[SLUG]...", nargs=-1)
@click.option("--by-rules", is_flag=True, help="Let the rules decide again.")
@json_option
@click.pass_obj
def set_(
    asked: Invocation, article: str, slugs: tuple[str, ...], *, by_rules: bool, as_json: bool
) -> None:
    """Set the topics of an article by hand; they stay, whatever rules and imports say.

    ARTICLE is its number (see `digest articles`) or words of its title, in quotes. Without a SLUG
    it has no topic.
    """
    from digest.actions.articles.topics import give_topics_to_rules, set_topics_by_hand

    if by_rules and slugs:
        raise UsageError("--by-rules takes no topics; leave out one of the two")
    app = asked.app()
    rules = app.settings.topic_rules()
    found = (
        give_topics_to_rules(app.db, article, rules)
        if by_rules
        else set_topics_by_hand(app.db, article, slugs, rules)
    )
    if as_json:
        emit(_row(found))
        return
    given = ", ".join(topic.slug for topic in found.topics) or "no topic"
    say(f"{found.title} (article {found.id}): {given}")


def _row(article: "Article") -> dict[str, object]:
    return {
        "id": article.id,
        "title": article.title,
        "topics": [{"topic": topic.slug, "why": topic.why} for topic in article.topics],
    }
