"""Feeds of topics and authors, and what search engines ask for."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import feedparser
import pytest
from starlette.testclient import TestClient

from digest.config.load import load_config
from digest.core.articles.article import Topic
from digest.core.articles.identity import identify
from digest.render.site import sitemap as sitemaps
from digest.store.articles import intake
from digest.web.app import site
from digest.web.archive import sitemap
from tests.builders import MONDAY, an_item
from tests.publications import write_config
from tests.stock import keep_article
from tests.web.archive.test_edition_lists import ATOM, HOME, PATH, send
from tests.web.conftest import token

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
FOG = an_item("On <fog> & ice", summary="Grey.", url="https://harbour.example/fog", guid="f")
URI = re.compile(r"(?:https?://|urn:uuid:)[!-~]+")
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


@pytest.fixture
def client(app):
    topics = (Topic("world", 1.0, "a test"),)
    app.db.write(intake.save_article, identify(FOG), topics, "", MONDAY)
    config = write_config(
        app.settings.path.parent, more='[[topic]]\nslug = "world"\nname = "World"\n'
    )
    app = replace(app, settings=load_config(config))
    return TestClient(site(lambda: app))


def faults_of(content):
    """What RFC 4287 (4.1.1, 4.1.2) minds about a feed."""
    feed = ET.fromstring(content)
    entries = feed.findall(f"{ATOM}entry")
    for part in (feed, *entries):
        for name in ("id", "title", "updated"):
            if len(part.findall(f"{ATOM}{name}")) != 1:
                yield f"{part.tag} has not one {name}"
        if not URI.fullmatch(part.findtext(f"{ATOM}id", "")):
            yield "an id is no URI"
        dates = [*part.findall(f"{ATOM}updated"), *part.findall(f"{ATOM}published")]
        if not all(DATE.fullmatch(one.text or "") for one in dates):
            yield "a date is none"
        links = [(one.get("rel"), one.get("type")) for one in part.findall(f"{ATOM}link")]
        if ("alternate", "text/html") not in links or len(set(links)) != len(links):
            yield "no link to the page, or two"
        if not all(one.findtext(f"{ATOM}name") for one in part.findall(f"{ATOM}author")):
            yield "somebody has no name"
    if feed.find(f"{ATOM}author") is None:
        yield "nobody wrote it"
    if len({one.findtext(f"{ATOM}id") for one in entries}) != len(entries):
        yield "two entries have one id"


@pytest.mark.parametrize("path", ["/authors/mara-lind", "/topics/world", "/archive/weekly"])
def test_each_list_has_a_valid_feed_that_it_names(client, app, path):
    send(app)
    page = client.get(path).text
    (url,) = set(re.findall(r'type="application/atom\+xml" title="[^"]+" href="([^"]+)"', page))
    answer = client.get(url.removeprefix(HOME))
    read = feedparser.parse(answer.content)

    assert url == f"{HOME}{path}/feed.xml"
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert list(faults_of(answer.content)) == []
    assert (read.bozo, read.version) == (False, "atom10")
    assert read.feed.link == HOME + path
    assert read.entries


def test_a_feed_of_articles_says_what_the_page_says(client):
    (entry, _) = feedparser.parse(client.get("/authors/mara-lind/feed.xml").content).entries
    (same,) = feedparser.parse(client.get("/topics/world/feed.xml").content).entries

    assert entry.title_detail == {
        "type": "text/plain",
        "language": "en",
        "base": "",
        "value": FOG.title,
    }
    assert (entry.link, entry.summary, entry.author) == (FOG.url, "Grey.", "Mara Lind")
    assert [(tag.term, tag.label) for tag in entry.tags] == [("world", "World")]
    assert entry.id == same.id


def test_an_article_without_an_address_leads_where_it_can_be_read(client, app):
    def link():
        return feedparser.parse(client.get("/authors/mara-lind/feed.xml").content).entries[1].link

    assert link() == f"{HOME}/authors/mara-lind"
    send(app)
    assert link() == HOME + PATH


@pytest.mark.parametrize("path", ["/authors/nobody/feed.xml", "/topics/fog/feed.xml"])
def test_a_list_that_there_is_not_has_no_feed(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/authors/mara-lind/feed.xml", "/archive/weekly/feed.xml", "/sitemap.xml"]
)
def test_who_has_it_already_is_told_so(client, app, path):
    first = client.get(path)
    mark = {"If-None-Match": first.headers["etag"]}

    again = client.get(path, headers=mark)
    assert (again.status_code, again.content) == (304, b"")
    keep_article(app.db, "Newer", authors=("Ana Ruiz", "Mara Lind"), published=MONDAY)
    send(app)
    assert client.get(path, headers=mark).status_code == 200


def locations(client, path="/sitemap.xml"):
    answer = client.get(path)
    assert answer.headers["content-type"].startswith("application/xml")
    return [one.text for one in ET.fromstring(answer.content).iter(f"{SITEMAP}loc")]


def test_the_sitemap_has_every_public_page_and_each_is_there(client, app):
    keep_article(app.db, "From tomorrow", authors=("Zoe Late",), published=MONDAY + timedelta(1))
    send(app)

    found = locations(client)

    assert found == [
        HOME + path
        for path in (
            "/",
            "/archive",
            "/archive/weekly",
            "/topics/world",
            PATH,
            "/authors/mara-lind",
        )
    ]
    for url in found:
        page = client.get(url.removeprefix(HOME))
        assert page.status_code == 200
        assert f'<link rel="canonical" href="{url}">' in page.text
        assert "noindex" not in page.text
        assert "x-robots-tag" not in page.headers


def test_one_person_is_in_it_once(app):
    keep_article(app.db, "As M", authors=("M. Lind",), published=MONDAY - timedelta(days=3))
    config = write_config(
        app.settings.path.parent, more='[[author]]\nname = "Mara Lind"\naliases = ["M. Lind"]\n'
    )
    app = replace(app, settings=load_config(config))

    found = locations(TestClient(site(lambda: app)))

    assert [url for url in found if "/authors/" in url] == [f"{HOME}/authors/mara-lind"]


def test_a_long_sitemap_is_split(client, monkeypatch):
    whole = locations(client)
    assert client.get("/sitemap-1.xml").status_code == 404
    monkeypatch.setattr(sitemap, "MAX_SITEMAP_ENTRIES", 2)

    parts = locations(client)

    assert parts == [f"{HOME}/sitemap-{n}.xml" for n in (1, 2, 3)]
    assert [url for n in (1, 2, 3) for url in locations(client, f"/sitemap-{n}.xml")] == whole
    for number in ("0", "4", "x", "9" * 30):
        assert client.get(f"/sitemap-{number}.xml").status_code == 404
    assert sitemaps.MAX_SITEMAP_ENTRIES == 50_000


def test_robots_may_see_what_is_public_and_nothing_of_a_readers(client):
    said = client.get("/robots.txt")
    robots = RobotFileParser()
    robots.parse(said.text.splitlines())

    assert said.headers["content-type"].startswith("text/plain")
    assert robots.site_maps() == [f"{HOME}/sitemap.xml"]
    for path in ("/", PATH, "/authors/mara-lind", "/images/x.jpg", "/topics/world/feed.xml"):
        assert robots.can_fetch("anybody", HOME + path), path
    for purpose in ("unsubscribe", "preferences", "confirm", "undo"):
        assert not robots.can_fetch("anybody", f"{HOME}/{purpose}/{token(purpose=purpose)}")
    assert not robots.can_fetch("anybody", f"{HOME}/search?q=fog")


def test_every_page_with_a_token_in_its_address_is_closed_to_robots(app):
    routes = {str(vars(route)["path"]) for route in site(lambda: app).router.routes}

    for path in routes:
        if "{token" in path:
            assert any(path.startswith(f"/{closed}") for closed in sitemap.CLOSED), path
