"""Pages into the store: those that somebody names, and those that feeds lead to."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from digest.actions import pages
from digest.actions.ingest import Desk, ingest
from digest.actions.outside import PATIENCE
from digest.core.article import Change
from digest.core.feed import Feed
from digest.feeds.fetch import Fetcher
from digest.store import articles
from tests.builders import MONDAY, TOPICS
from tests.web_server import endless, moved, page, serving, status

HOUR = timedelta(hours=1)
BODY = (
    "The gauge stands where the pilots drink their coffee, and it has never been wrong by more"
    " than a hand. Every six minutes it writes down how high the water is. Nobody has switched it"
    " off since the pier was built, not even for the great storm."
)


def article(title="The tide gauge", body=BODY, head="", more=""):
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title} | Harbour</title>{head}</head><body>"
        f"<nav><a href='/'>Home</a></nav><article><h1>{title}</h1><p class='byline'>By Ada Park</p>"
        f"<time datetime='2026-03-07T09:00:00Z'>March 7, 2026</time><p>{body}</p>"
        f"<p>The harbour master reads it twice a day, and then he reads it again.</p>{more}"
        "</article><footer>All rights reserved</footer></body></html>"
    )


def html(*parts, **more):
    return page(article(*parts, **more), "text/html; charset=utf-8")


def rss(site, *paths, text="A gauge, and its coffee.", day="Sun, 08 Mar 2026"):
    items = "".join(
        f"<item><title>Piece {path}</title><description>{text}</description>"
        f"<link>{site.url(path)}</link><pubDate>{day} 09:00:00 GMT</pubDate></item>"
        for path in paths
    )
    return page(f"<rss version='2.0'><channel><title>H</title>{items}</channel></rss>")


@pytest.fixture
async def site():
    async with serving() as site:
        yield site


@pytest.fixture
async def take(db, gallery):
    """A function that ingests these feeds and gives the reports."""
    fetcher = Fetcher("digest/test", seconds=1)

    async def take(*wanted, now=MONDAY):
        return await ingest(Desk(db, fetcher, gallery, TOPICS, UTC), wanted, now)

    yield take
    await fetcher.close()


def by_hand(site, path):
    return Feed(site.url(path), allow_private=True, by_hand=True)


def a_feed(site, path="/feed"):
    return Feed(site.url(path), allow_private=True, page=True)


def counts(report):
    return tuple(report.counts[change] for change in (Change.NEW, Change.EDITED, Change.SAME))


def kept(db):
    return {one.title: one for one in db.read(articles.listed)}


def paths(site):
    return [asked.path for asked in site.asked]


# ---------------------------------------------------------------- a page that somebody names


async def test_a_page_is_taken_for_the_article_that_it_is(site, db, take):
    head = "<link rel='canonical' href='/2026/tide?utm_source=x'>"
    site.pages["/tide"] = html(head=head)

    (report,) = await take(by_hand(site, "/tide"))

    (one,) = kept(db).values()
    assert (report.why, counts(report)) == ("", (1, 0, 0))
    assert (one.title, one.authors) == ("The tide gauge", ("Ada Park",))
    assert one.published == datetime(2026, 3, 7, 9, tzinfo=UTC)
    assert one.body_text.startswith("The gauge stands where")
    assert "rights" not in one.body_text
    assert one.key == f"url:127.0.0.1:{site.port}/2026/tide"
    assert one.source == site.url("/tide")
    assert paths(site) == ["/robots.txt", "/tide"]


async def test_a_page_twice_is_one_article_and_an_edit_updates_it(site, db, take):
    site.pages["/tide"] = html()
    await take(by_hand(site, "/tide"))
    before = kept(db)
    (again,) = await take(by_hand(site, "/tide"))
    assert counts(again) == (0, 0, 1)
    assert kept(db) == before

    site.pages["/tide"] = html(body=BODY.replace("six", "five"))
    (edited,) = await take(by_hand(site, "/tide"))
    assert counts(edited) == (0, 1, 0)
    assert kept(db)["The tide gauge"].id == before["The tide gauge"].id


@pytest.mark.parametrize(
    "canonical", ["https://elsewhere.test/2026/tide", "/", "javascript:alert(1)", "http://[", ""]
)
async def test_no_page_can_say_that_it_is_another_sites_article(site, db, take, canonical):
    site.pages["/tide"] = html(head=f"<link rel='canonical' href='{canonical}'>")

    await take(by_hand(site, "/tide"))

    assert kept(db)["The tide gauge"].key == f"url:127.0.0.1:{site.port}/tide"


async def test_a_page_without_a_beginning_is_one_if_its_server_says_so(site, db, take):
    body = article().partition("<article>")[2]
    site.pages["/tide"] = page(f"<p>{body}", "text/html; charset=utf-8")
    (report,) = await take(by_hand(site, "/tide"))
    assert (report.why, counts(report)) == ("", (1, 0, 0))


@pytest.mark.parametrize("kind", ["text/html", "text/plain", ""])
async def test_a_feed_is_one_whatever_its_server_calls_it(site, take, kind):
    site.pages["/feed"] = page(
        "<?xml version='1.0'?><rss version='2.0'><channel><item><title>x</title>"
        "<description>y</description></item></channel></rss>",
        kind,
    )
    (report,) = await take(by_hand(site, "/feed"))
    assert counts(report) == (1, 0, 0)


async def test_a_feed_that_somebody_names_is_still_a_feed(site, db, take):
    site.pages["/feed"] = rss(site, "/a", "/b")
    (report,) = await take(by_hand(site, "/feed"))
    assert counts(report) == (2, 0, 0)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (page("<!DOCTYPE html><html><body></body></html>", "text/html"), "no text"),
        (page("<html><body><form><input name=login></form></body></html>", "text/html"), "no text"),
        (page(b"%PDF-1.7", "application/pdf"), "not a feed"),
        (page("<html><body>" + "<p>Words and words.</p>" * 60_000, "text/html"),
         "too long a page: over 1,000,000 characters without its scripts"),
        (status(404), "there is nothing at this address (404)"),
        (endless(b"<html>" + bytes(65536)), "it is too large: over 8 MB"),
        (endless(b"x", pause=0.05), "it took longer than 1 s"),
    ],
)  # fmt: skip
async def test_what_is_no_article_is_refused_with_the_reason(site, db, take, answer, said):
    site.pages["/tide"] = answer
    (report,) = await take(by_hand(site, "/tide"))
    assert report.why.startswith(said)
    assert kept(db) == {}


# ---------------------------------------------------------------- robots.txt


def robots(text):
    return page(text, "text/plain")


async def test_a_site_that_asks_us_not_to_read_it_is_left_alone(site, db, take):
    site.pages["/robots.txt"] = robots("User-agent: digest\nDisallow: /tide")
    site.pages |= {"/tide": html(), "/pier": html("The pier")}

    tide, pier = await take(by_hand(site, "/tide"), by_hand(site, "/pier"))

    assert (tide.why, pier.why) == ("its robots.txt asks us not to read it", "")
    assert sorted(paths(site)) == ["/pier", "/robots.txt"]
    assert set(kept(db)) == {"The pier"}


async def test_robots_are_asked_also_where_a_redirect_leads(site, db, take):
    async with serving() as other:
        site.pages["/robots.txt"] = robots("User-agent: *\nDisallow: /hidden")
        site.pages |= {"/tide": moved("/hidden"), "/hidden": html()}
        site.pages["/away"] = moved(other.url("/tide"))

        hidden, away = await take(by_hand(site, "/tide"), by_hand(site, "/away"))

        assert hidden.why == "its robots.txt asks us not to read it"
        assert "is in a private network" in away.why  # leave is for the host that was named
        assert "/hidden" not in paths(site)
        assert other.asked == []


async def test_robots_are_remembered_for_a_day(site, take):
    site.pages["/tide"] = html()
    for hours in (0, 12, 23, 25):
        await take(by_hand(site, "/tide"), now=MONDAY + hours * HOUR)
    assert paths(site).count("/robots.txt") == 2


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (status(404), ""),
        (status(403), ""),
        (status(503), "its robots.txt can't be read now: the server is in trouble (503)"),
        (status(429), "its robots.txt can't be read now: it was asked too often (429)"),
        (endless(b"x", pause=0.05), "it took longer than 1 s"),
        (robots(b"\xff\0\xfe" * 1000), ""),
        (moved("/robots"), ""),
    ],
)
async def test_a_missing_robots_txt_allows_all_and_one_in_trouble_nothing_now(
    site, take, answer, why
):
    site.pages |= {"/robots.txt": answer, "/tide": html()}

    (report,) = await take(by_hand(site, "/tide"))

    assert report.why == why
    assert ("/tide" in paths(site)) is (why == "")


async def test_trouble_with_robots_is_not_remembered(site, take):
    site.pages |= {"/robots.txt": status(503), "/tide": html()}
    await take(by_hand(site, "/tide"))
    site.pages["/robots.txt"] = status(404)
    (report,) = await take(by_hand(site, "/tide"), now=MONDAY + HOUR)
    assert report.why == ""


# ---------------------------------------------------------------- feeds of summaries


async def test_the_page_of_each_new_entry_is_read_once(site, db, take):
    site.pages |= {"/feed": rss(site, "/a", "/b"), "/a": html("One"), "/b": html("Two")}

    (first,) = await take(a_feed(site))
    found = kept(db)
    (second,) = await take(a_feed(site), now=MONDAY + HOUR)

    assert counts(first) == (2, 0, 0)
    assert found["Piece /a"].body_text.startswith("The gauge stands where")
    assert (found["Piece /a"].authors, found["Piece /a"].summary) == (
        ("Ada Park",),
        "A gauge, and its coffee.",
    )
    assert (counts(second), second.notes) == ((0, 0, 2), ())
    assert kept(db) == found
    assert paths(site) == ["/feed", "/robots.txt", "/a", "/b", "/feed"]


async def test_a_new_entry_later_costs_one_page(site, db, take):
    site.pages |= {"/feed": rss(site, "/a"), "/a": html("One"), "/b": html("Two")}
    await take(a_feed(site))
    site.asked.clear()
    site.pages["/feed"] = rss(site, "/b", "/a")

    (report,) = await take(a_feed(site), now=MONDAY + HOUR)

    assert counts(report) == (1, 0, 1)
    assert paths(site) == ["/feed", "/b"]


async def test_an_edited_entry_has_its_page_read_again_and_stays_the_same_article(site, db, take):
    head = "<link rel='canonical' href='/2026/a'>"
    site.pages |= {"/feed": rss(site, "/a"), "/a": html(head=head)}
    await take(a_feed(site))
    (before,) = kept(db).values()
    site.pages["/feed"] = rss(site, "/a", text="Another gauge.")
    site.pages["/a"] = html(body=BODY.replace("six", "five"))

    (report,) = await take(a_feed(site), now=MONDAY + HOUR)

    (after,) = kept(db).values()
    assert counts(report) == (0, 1, 0)
    assert (after.id, after.key) == (before.id, before.key)
    assert "five minutes" in after.body_text


async def test_a_page_that_fails_leaves_the_entrys_own_words_and_is_tried_again(site, db, take):
    site.pages |= {"/feed": page_of(site, '"1"'), "/a": status(403), "/b": html("Two")}

    (first,) = await take(a_feed(site))
    own = kept(db)["Piece /a"]
    site.pages["/a"] = html("One")
    (second,) = await take(a_feed(site), now=MONDAY + HOUR)

    assert (first.why, counts(first)) == ("", (2, 0, 0))
    assert first.notes == ("1 page not read, the feed's own words stay: it refuses us (403)",)
    assert own.body_text == "A gauge, and its coffee."
    assert (counts(second), second.notes) == ((0, 1, 1), ())
    assert kept(db)["Piece /a"].id == own.id
    assert kept(db)["Piece /a"].body_text.startswith("The gauge stands")


def page_of(site, etag):
    """A feed of two entries that says 304 to whoever has it."""
    whole, same = rss(site, "/a", "/b"), status(304)

    async def answer(writer):
        known = site.asked[-1].headers.get("if-none-match")
        await (same if known == etag else whole)(writer)

    return answer


async def test_a_page_that_was_read_is_not_lost_when_it_fails_later(site, db, take):
    site.pages |= {"/feed": rss(site, "/a"), "/a": html()}
    await take(a_feed(site))
    before = kept(db)
    site.pages |= {"/feed": rss(site, "/a", text="Edited."), "/a": status(500)}

    reports = [(await take(a_feed(site), now=MONDAY + n * HOUR))[0] for n in range(1, 6)]

    assert [counts(report) for report in reports] == [(0, 0, 1)] * 5
    assert kept(db) == before
    assert paths(site).count("/a") == 1 + 3


async def test_a_page_of_nothing_but_a_notice_is_not_taken_for_the_article(site, db, take):
    notice = "<html><body><p>We use cookies. Please accept them all.</p></body></html>"
    long = "The gauge stands where the pilots drink their coffee. " * 3
    site.pages |= {"/feed": rss(site, "/a", text=long), "/a": page(notice, "text/html")}

    (report,) = await take(a_feed(site))

    assert kept(db)["Piece /a"].body_text == long.strip()
    assert "the feed's own words stay" in report.notes[0]


async def test_a_refusal_by_robots_leaves_the_feeds_words(site, db, take):
    site.pages |= {"/feed": rss(site, "/a", "/b"), "/a": html(), "/b": html()}
    site.pages["/robots.txt"] = robots("User-agent: *\nDisallow: /")

    (report,) = await take(a_feed(site))

    assert counts(report) == (2, 0, 0)
    assert report.notes == (
        "2 pages not read, the feed's own words stay: its robots.txt asks us not to read it",
    )
    assert paths(site) == ["/feed", "/robots.txt"]


async def test_a_run_reads_a_few_pages_and_the_next_run_the_rest(site, db, take, monkeypatch):
    monkeypatch.setattr(pages, "MOST", 2)
    names = [f"/{n}" for n in range(5)]
    site.pages |= {"/feed": rss(site, *names)} | {name: html() for name in names}

    reports = [(await take(a_feed(site), now=MONDAY + n * HOUR))[0] for n in range(4)]

    assert [report.notes for report in reports] == [
        ("3 pages left for the next time",), ("1 page left for the next time",), (), ()
    ]  # fmt: skip
    assert [counts(report) for report in reports] == [(5, 0, 0), (0, 2, 3), (0, 1, 4), (0, 0, 5)]
    assert all(one.words > 40 for one in kept(db).values())


async def test_one_host_is_asked_for_one_page_at_a_time(site, db, take):
    names = [f"/{n}" for n in range(6)]
    at_once, most = 0, 0

    async def slowly(writer):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        await html()(writer)
        at_once -= 1

    site.pages |= {"/feed": rss(site, *names[:3]), "/more": rss(site, *names[3:])}
    site.pages |= dict.fromkeys(names, slowly)

    await take(a_feed(site), a_feed(site, "/more"))

    assert len(kept(db)) == 6
    assert most == 1


async def test_a_host_that_fails_again_and_again_is_left_alone(site, db, take):
    names = [f"/{n}" for n in range(9)]
    site.pages |= {"/feed": rss(site, *names)} | dict.fromkeys(names, status(500))

    (report,) = await take(a_feed(site))

    assert counts(report) == (9, 0, 0)
    assert paths(site) == ["/feed", "/robots.txt", *names[:PATIENCE]]
    assert "6 pages left for the next time" in report.notes


async def test_old_entries_and_those_without_an_address_stay_as_they_are(site, db, take):
    site.pages |= {"/feed": rss(site, "/a", day="Thu, 01 Jan 2026"), "/a": html()}
    (report,) = await take(a_feed(site))
    assert (counts(report), paths(site)) == ((1, 0, 0), ["/feed"])


async def test_an_entry_that_leads_into_a_private_network_is_not_followed(site, db, take):
    async with serving() as inner:
        site.pages["/feed"] = page(
            "<rss version='2.0'><channel><item><title>Inner</title><description>x</description>"
            f"<link>{inner.url('/secret')}</link></item></channel></rss>"
        )
        (report,) = await take(a_feed(site))

        assert "is in a private network" in report.notes[0]
        assert inner.asked == []
        assert kept(db)["Inner"].body_text == "x"
