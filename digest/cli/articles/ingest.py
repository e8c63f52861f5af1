"""`digest ingest` and `digest feeds`: articles from feeds, and how those are."""

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from digest.cli.console import Invocation, count_of, emit, heading, json_option, note, say
from digest.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from digest.actions.sources.ingest import Report
    from digest.app import App
    from digest.core.sources.feed import Feed, FeedState


@click.command()
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("--allow-private", is_flag=True, help="Let these URLs be in a private network.")
@json_option
@click.pass_obj
def ingest(asked: Invocation, urls: tuple[str, ...], *, allow_private: bool, as_json: bool) -> int:
    """Fetch the feeds of the config now, or the feeds and pages at these URLs, and take them in.

    A web page becomes one article. Doing it again changes nothing; an edited article is updated.
    What can't be read is named with the reason, and the rest goes on. Ends with 1 if nothing could
    be read.
    """
    import asyncio

    app = asked.app()
    wanted = _wanted(app, urls, allow_private=allow_private)
    reports = asyncio.run(_ingest(app, wanted))
    if as_json:
        emit({"feeds": [_report_row(report, app) for report in reports]})
    else:
        for report in reports:
            _tell_report(report)
    return 1 if all(report.why for report in reports) else 0


@click.command()
@json_option
@click.pass_obj
def feeds(asked: Invocation, *, as_json: bool) -> None:
    """Show every feed: when it was last read, what is wrong, and when it is looked at next."""
    from digest.store.sources.feeds import feed_states

    app = asked.app()
    wanted = app.settings.feed_values()
    found = app.db.read(feed_states, [feed.url for feed in wanted])
    if as_json:
        rows = [_row(state, app) | _asked(feed) for feed, state in zip(wanted, found, strict=True)]
        emit({"feeds": rows})
        return
    if not wanted:
        say("There is no feed in the config; [[feed]] with its url adds one.")
    for feed, state in zip(wanted, found, strict=True):
        _tell(feed, state, app)


def _wanted(app: "App", urls: tuple[str, ...], *, allow_private: bool) -> "list[Feed]":
    """The feeds of the config, or those at these addresses."""
    from digest.config.fields import web_url
    from digest.core.sources.feed import Feed

    known = {feed.url: feed for feed in app.settings.feed_values()}
    if not urls:
        if not known:
            raise UsageError(
                f"{app.settings.path}: there is no [[feed]] to fetch; add one, or name it:"
                " digest ingest URL"
            )
        return list(known.values())
    try:
        named = [web_url(url) for url in urls]
    except ValueError as error:
        raise UsageError(f"URL {error}") from None
    return [known.get(url) or Feed(url, allow_private=allow_private, by_hand=True) for url in named]


async def _ingest(app: "App", wanted: "list[Feed]") -> "list[Report]":
    from digest.actions.sources.ingest import ingest as take

    fetcher = app.fetcher()
    try:
        return await take(app.context(fetcher), wanted, app.clock())
    finally:
        await fetcher.close()


def _tell_report(report: "Report") -> None:
    if report.why:
        note(f"{report.url}: {report.why}")
        return
    from digest.core.articles.article import Change

    counts = report.counts
    said = (
        f"{counts[Change.NEW]} imported, {counts[Change.EDITED]} updated,"
        f" {counts[Change.SAME]} unchanged"
    )
    say(f"{report.url}: {'nothing new' if report.unchanged else said}")
    for left_out in report.notes:
        note(f"{report.url}: {left_out}")


def _report_row(report: "Report", app: "App") -> dict[str, Any]:
    row: dict[str, Any] = {"url": report.url, "not_modified": report.unchanged}
    row |= {change.value: count for change, count in report.counts.items()}
    return row | {"notes": report.notes} | _row(report.state, app)


def _row(state: "FeedState", app: "App") -> dict[str, Any]:
    zone = ZoneInfo(app.settings.publication.timezone)

    def local(moment: "datetime | None") -> "datetime | None":
        return moment and moment.astimezone(zone)

    return {
        "url": state.url,
        "last_good": local(state.last_good),
        "error": state.last_error,
        "errors": state.errors,
        "next_fetch": local(state.next_fetch),
        "moved_to": state.moved_to,
        "gone": state.gone,
    }


def _asked(feed: "Feed") -> dict[str, Any]:
    return {"topic": feed.topic, "every": feed.every, "page": feed.page} | {
        "allow_private": list(feed.private) or feed.allow_private
    }


def _tell(feed: "Feed", state: "FeedState", app: "App") -> None:
    zone = ZoneInfo(app.settings.publication.timezone)

    def shown(moment: "datetime | None", otherwise: str) -> str:
        return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}" if moment else otherwise

    say(heading(feed.url))
    say(f"   last read  {shown(state.last_good, 'never')}")
    if state.last_error:
        times = f", {count_of(state.errors, 'time')} in a row" if state.errors > 1 else ""
        say(f"   trouble    {state.last_error}{times}")
    if state.moved_to:
        say(f"   moved to   {state.moved_to}")
    then = "by hand only: `digest ingest`" if state.gone else "at once"
    say(f"   next       {shown(state.next_fetch, then)}")
