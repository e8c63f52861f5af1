"""Of a feed of summaries, the page of each entry is read."""

import asyncio

from digest.actions.sources import pages
from digest.actions.sources.web_client import MAX_FAILURES_PER_HOST
from tests.actions.web_pages import BODY, HOUR, a_feed, counts, html, kept, paths, robots, rss
from tests.builders import MONDAY
from tests.web_server import page, serving, status


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
    monkeypatch.setattr(pages, "MAX_PAGES_PER_RUN", 2)
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
    assert paths(site) == ["/feed", "/robots.txt", *names[:MAX_FAILURES_PER_HOST]]
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
