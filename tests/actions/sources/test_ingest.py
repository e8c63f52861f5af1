"""Feeds into the store: real ones, served on loopback."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.actions.sources.ingest import FEED_LEASE, MAX_PARALLEL_FEEDS
from digest.core.articles.article import Access, Change
from digest.core.sources.feed import Feed
from digest.store.articles import articles
from digest.store.sources import feeds
from tests.builders import MONDAY, TOPICS
from tests.web_server import endless, moved, page, status

HOUR = timedelta(hours=1)


def rss(**texts):
    """A feed of these articles, by title (spaces written as _)."""
    items = "".join(
        f"<item><title>{title.replace('_', ' ')}</title><description>{text}</description>"
        f"<link>https://harbour.example/{title}</link>"
        "<pubDate>Sun, 08 Mar 2026 09:00:00 GMT</pubDate></item>"
        for title, text in texts.items()
    )
    return f"<rss version='2.0'><channel><title>H</title>{items}</channel></rss>"


def versioned(site, path, body, etag):
    """A page that says 304 to whoever has this version."""
    whole, same = page(body, ETag=etag), status(304)

    async def answer(writer):
        asked = site.asked[-1]
        await (same if asked.headers.get("if-none-match") == etag else whole)(writer)

    site.pages[path] = answer


def a_feed(site, path="/feed", **changes):
    return Feed(site.url(path), allow_private=True, **changes)


def counts(report):
    return tuple(report.counts[change] for change in (Change.NEW, Change.EDITED, Change.SAME))


def kept(db):
    return {one.title: one for one in db.read(articles.list_articles)}


async def test_the_second_time_nothing_changes_and_an_edit_updates_just_that(site, db, take):
    feed = a_feed(site)
    versioned(site, "/feed", rss(The_tide="It rises.", The_pier="It stands."), '"1"')
    (first,) = await take(feed)
    before = kept(db)

    (second,) = await take(feed, now=MONDAY + HOUR)

    assert (counts(first), first.unchanged) == ((2, 0, 0), False)
    assert (counts(second), second.unchanged) == ((0, 0, 0), True)
    assert site.asked[1].headers["if-none-match"] == '"1"'
    assert kept(db) == before

    versioned(site, "/feed", rss(The_tide="It falls.", The_pier="It stands.", New="Yes."), '"2"')
    (third,) = await take(feed, now=MONDAY + 2 * HOUR)

    assert counts(third) == (1, 1, 1)
    after = kept(db)
    assert after["The pier"] == before["The pier"]
    assert after["The tide"].id == before["The tide"].id
    assert after["The tide"].body_text == "It falls."


async def test_a_feed_may_be_for_subscribers(site, db, take):
    site.pages["/feed"] = page(rss(The_tide="It rises."))
    feed = a_feed(site)
    await take(feed)

    (report,) = await take(replace(feed, access=Access.SUBSCRIBERS), now=MONDAY + HOUR)

    assert counts(report) == (0, 1, 0)
    assert kept(db)["The tide"].access is Access.SUBSCRIBERS


async def test_a_server_without_etags_changes_nothing_either(site, db, take):
    site.pages["/feed"] = page(rss(The_tide="It rises."))

    await take(a_feed(site))
    before = kept(db)
    (again,) = await take(a_feed(site), now=MONDAY + HOUR)

    assert (counts(again), again.unchanged) == ((0, 0, 1), False)
    assert kept(db) == before


async def test_articles_keep_their_dates_so_that_an_old_feed_does_not_flood_the_next_edition(
    site, db, take
):
    old = rss(The_tide="It rises.").replace("2026", "2019").replace("Sun, 08", "Fri, 08")
    site.pages["/feed"] = page(old)

    await take(a_feed(site))

    assert kept(db)["The tide"].published == datetime(2019, 3, 8, 9, tzinfo=UTC)
    assert db.read(articles.published_in, MONDAY - timedelta(days=14), MONDAY) == []


async def test_a_new_feed_without_dates_does_not_flood_the_next_edition_either(site, db, take):
    def undated(count):
        feed = rss(**{f"Number_{n}": f"It is {n}." for n in range(count)})
        return feed.replace("<pubDate>Sun, 08 Mar 2026 09:00:00 GMT</pubDate>", "")

    site.pages["/feed"] = page(undated(30))
    await take(a_feed(site))
    before = kept(db)
    site.pages["/feed"] = page(undated(50))
    await take(a_feed(site), now=MONDAY + HOUR)

    recent = {title for title, one in before.items() if one.published > MONDAY - timedelta(days=14)}
    assert recent == {f"Number {n}" for n in range(11)}
    assert not any(one.dated for one in before.values())
    after = kept(db)
    assert {title: after[title].published for title in before} == {
        title: one.published for title, one in before.items()
    }
    assert {after[f"Number {n}"].published for n in range(30, 50)} == {MONDAY + HOUR}


async def test_every_article_of_a_feed_with_a_topic_is_filed_under_it(site, db, take):
    text = "Wages and tariffs. " * 50
    site.pages["/feed"] = page(rss(**{"Wages,_tariffs,_wages": text}))
    feed = a_feed(site, topic="science")
    filed = (replace(TOPICS[1], feeds=(feed.url,)), TOPICS[2])

    await take(feed, rules=filed)

    first, *others = kept(db)["Wages, tariffs, wages"].topics
    assert (first.slug, first.why) == ("science", f"from the feed {feed.url}")
    assert [one.slug for one in others] == ["economy"]


async def test_one_bad_feed_stops_no_other_and_says_why(site, db, take):
    site.pages["/good"] = page(rss(The_tide="It rises."))
    site.pages["/page"] = page("<!DOCTYPE html><html><body>Log in", "text/html")
    site.pages["/huge"] = endless(bytes(65536))
    site.pages["/slow"] = endless(b"x", pause=0.05)
    site.pages["/gone"] = status(410)
    site.pages["/busy"] = status(503, Retry_After="86400")
    site.pages["/cut"] = page(rss(A="a", B="b")[:-40])
    paths = ("/page", "/huge", "/slow", "/gone", "/busy", "/none", "/cut", "/good")

    reports = await take(*(a_feed(site, path) for path in paths))
    found = dict(zip(paths, reports, strict=True))

    assert {path: one.why for path, one in found.items()} == {
        "/page": "a web page, not a feed",
        "/huge": "it is too large: over 8 MB",
        "/slow": "it took longer than 0.2 s",
        "/gone": "it is gone for good (410)",
        "/busy": "the server is in trouble (503)",
        "/none": "there is nothing at this address (404)",
        "/cut": "",
        "/good": "",
    }
    assert found["/cut"].notes == ("it breaks off; its last entry was left out",)
    assert counts(found["/good"]) == (1, 0, 0)
    assert set(kept(db)) == {"The tide", "A"}
    assert found["/gone"].state.gone
    assert found["/busy"].state.next_fetch >= MONDAY + timedelta(days=1)
    assert found["/page"].state.etag == ""


async def test_a_slow_feed_does_not_hold_up_the_others(site, db, take):
    others_are_there = asyncio.Event()

    async def at_last(writer):
        await others_are_there.wait()
        await page(rss(The_pier="It stands."))(writer)

    site.pages["/last"] = at_last
    wanted = [
        a_feed(site, "/last"),
        *(a_feed(site, f"/good?{n}") for n in range(MAX_PARALLEL_FEEDS)),
    ]
    site.pages |= {f"/good?{n}": page(rss(The_tide="It rises.")) for n in range(MAX_PARALLEL_FEEDS)}

    going = asyncio.create_task(take(*wanted))
    async with asyncio.timeout(20):
        while "The tide" not in kept(db):
            await asyncio.sleep(0.02)

    assert not going.done()
    others_are_there.set()
    assert counts((await going)[0]) == (1, 0, 0)


async def test_only_what_is_due_is_asked(site, take):
    site.pages["/feed"] = page(rss(The_tide="It rises."))

    assert len(await take(a_feed(site), only_due=True)) == 1
    assert await take(a_feed(site), now=MONDAY + timedelta(minutes=29), only_due=True) == []
    assert len(await take(a_feed(site), now=MONDAY + HOUR, only_due=True)) == 1
    assert len(await take(a_feed(site), now=MONDAY + HOUR)) == 1
    assert len(site.asked) == 3


async def test_two_schedulers_do_not_ask_the_same_server_at_once(site, db, take):
    site.pages["/feed"] = page(rss(The_tide="It rises."))

    both = await asyncio.gather(*(take(a_feed(site), only_due=True) for _ in range(2)))

    assert sorted(map(len, both)) == [0, 1]
    assert len(site.asked) == 1


async def test_what_a_scheduler_that_died_had_taken_comes_again(site, db, take):
    site.pages["/feed"] = page(rss(The_tide="It rises."))
    db.write(feeds.claim_feeds, [site.url("/feed")], MONDAY, MONDAY + FEED_LEASE, only_due=True)

    assert await take(a_feed(site), now=MONDAY + FEED_LEASE / 2, only_due=True) == []
    assert len(await take(a_feed(site), now=MONDAY + FEED_LEASE, only_due=True)) == 1


async def test_a_feed_that_moved_is_asked_at_its_new_place_and_its_articles_stay(site, db, take):
    site.pages["/new"] = page(rss(The_tide="It rises."))
    site.pages["/feed"] = moved("/new", 301)

    (first,) = await take(a_feed(site))
    (second,) = await take(a_feed(site), now=MONDAY + HOUR)

    assert first.state.moved_to == site.url("/new")
    assert [asked.path for asked in site.asked] == ["/feed", "/new", "/new"]
    assert counts(second) == (0, 0, 1)
    assert kept(db)["The tide"].source == site.url("/feed")


async def test_a_private_address_needs_leave(site, take):
    (report,) = await take(Feed(site.url("/feed")))

    assert "is in a private network; allow_private = true" in report.why
    assert site.asked == []


@pytest.mark.parametrize("with_port", [True, False])
async def test_leave_can_be_given_to_single_hosts(site, take, with_port):
    place = site.url("").removeprefix("http://")
    site.pages["/feed"] = page(rss(The_tide="It rises."))

    (report,) = await take(
        Feed(site.url("/feed"), private=(place if with_port else place.partition(":")[0],))
    )
    (other,) = await take(Feed(site.url("/feed?2"), private=("127.0.0.1:9",)))

    assert counts(report) == (1, 0, 0)
    assert "is in a private network" in other.why
