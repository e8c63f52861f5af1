"""A page that somebody names becomes an article."""

from datetime import UTC, datetime

import pytest

from tests.actions.web_pages import BODY, article, by_hand, counts, html, kept, paths, rss
from tests.web_server import endless, page, status


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
    ],
)  # fmt: skip
async def test_what_is_no_article_is_refused_with_the_reason(site, db, take, answer, said):
    site.pages["/tide"] = answer
    (report,) = await take(by_hand(site, "/tide"))
    assert report.why.startswith(said)
    assert kept(db) == {}


async def test_a_page_that_never_ends_is_given_up(site, db, take):
    site.pages["/slow"] = endless(b"x", pause=0.05)
    (report,) = await take(by_hand(site, "/slow"))
    assert report.why == "it took longer than 0.2 s"
    assert kept(db) == {}
