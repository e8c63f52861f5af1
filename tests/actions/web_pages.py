"""Articles on pages of somebody else's site, and feeds that lead to them."""

from datetime import timedelta

from digest.core.articles.article import Change
from digest.core.sources.feed import Feed
from digest.store.articles import articles
from tests.web_server import page

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


def robots(text):
    return page(text, "text/plain")


def by_hand(site, path):
    return Feed(site.url(path), allow_private=True, by_hand=True)


def a_feed(site, path="/feed"):
    return Feed(site.url(path), allow_private=True, page=True)


def counts(report):
    return tuple(report.counts[change] for change in (Change.NEW, Change.EDITED, Change.SAME))


def kept(db):
    return {one.title: one for one in db.read(articles.list_articles)}


def paths(site):
    return [asked.path for asked in site.asked]
