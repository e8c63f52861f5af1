"""`digest articles`: what is in the store."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from digest.cli.articles.same_story import distinct_command, same_command
from digest.cli.articles.set_by_hand import release_command, set_command
from digest.cli.articles.visibility import hide_command, remove_command, show_command
from digest.cli.console import Invocation, count_of, emit, heading, json_option, parse_moment, say

if TYPE_CHECKING:
    from digest.core.articles.article import Article


@click.group(invoke_without_command=True, subcommand_metavar="[COMMAND] [ARGS]...")
@click.option("--topic", metavar="SLUG", help="Only of this topic.")
@click.option("--author", metavar="NAME", default="", help="Only by this author.")
@click.option("--since", metavar="WHEN", help="Only published since then, e.g. 2026-11-01.")
@json_option
@click.pass_context
def articles(
    context: click.Context, *, topic: str | None, author: str, since: str | None, as_json: bool
) -> None:
    """List the articles, newest first; or decide what is shown of them."""
    if context.invoked_subcommand is None:
        _list(context.obj, topic, author, since, as_json=as_json)


articles.add_command(hide_command)
articles.add_command(show_command)
articles.add_command(remove_command)
articles.add_command(same_command)
articles.add_command(distinct_command)
articles.add_command(set_command)
articles.add_command(release_command)


def _list(
    asked: Invocation, topic: str | None, author: str, since: str | None, *, as_json: bool
) -> None:
    from digest.actions.articles.topics import in_topics
    from digest.cli.json_output import article_row
    from digest.core.articles.author import credited, spellings
    from digest.store.articles.articles import list_articles

    app = asked.app()
    zone = ZoneInfo(app.settings.publication.timezone)
    start = parse_moment(since).utc(zone) if since else None
    rules = app.settings.topic_rules()
    _check_topic(topic, [rule.slug for rule in rules])
    writers = app.settings.writers()
    also = spellings(author, writers) if author else ()
    found = app.db.read(list_articles, author, start, also)
    found = in_topics(app.db, credited(found, writers), rules)
    if topic:
        found = [one for one in found if topic in {given.slug for given in one.topics}]
    if as_json:
        emit([article_row(article, zone) for article in found])
        return
    for article in found:
        _tell(article, zone)
    say(count_of(len(found), "article"))


def _check_topic(topic: str | None, slugs: list[str]) -> None:
    from digest.errors import UsageError

    if topic and topic not in slugs:
        raise UsageError(f"there is no topic '{topic}'; the config has {', '.join(slugs)}")


def _tell(article: "Article", zone: ZoneInfo) -> None:
    from digest.core.articles.article import Access

    day = f"{article.published.astimezone(zone):%Y-%m-%d}"
    day += " " if article.dated else "?"
    by = ", ".join(article.authors) or "unsigned"
    topics = ", ".join(topic.slug for topic in article.topics) or "no topic"
    say(f"{article.id:>5}  {day} {heading(article.title)}")
    whose = "" if article.access is Access.EVERYONE else f" · for {article.access}"
    say(f"{'':>5}   {by} · {topics} · {article.words} words{whose}")
    for said in (article.withheld, *article.set_by_hand):
        if said:
            say(f"{'':>5}   {said}")
