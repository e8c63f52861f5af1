"""The archive as static files."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from posixpath import dirname, join, normpath
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digest.config.load import load_config
from digest.core.articles.article import Image, Topic
from digest.core.articles.identity import identify
from digest.core.articles.picture import ImageState
from digest.core.editions.edition import EditionState
from digest.errors import UsageError
from digest.store.articles import images, intake
from digest.web.archive import sitemap
from digest.web.archive.authors_and_topics import Bylines
from digest.web.static_site.export import export_site
from digest.web.static_site.static_links import Static
from tests.builders import MONDAY, an_item
from tests.locale_words import long_day
from tests.publications import found, open_app, write_config
from tests.stock import keep_article, packed
from tests.web.archive.test_crawl import Links
from tests.web.archive.test_edition_lists import HOME, move, send
from tests.web.archive.test_feeds import SITEMAP, faults_of

NAMES = ("Łucja Žemaitė", "ليلى حداد", "王小明", "A/B?#%")
STEM = "3f2a91c07be24d685a10"
TOPIC = '[[topic]]\nslug = "world"\nname = "The World"\n'
TOKEN = re.compile(r"\d+\.[A-Za-z0-9_-]{43}")


@pytest.fixture(scope="module")
def store(tmp_path_factory, store):
    """A store with an edition, a picture, and writers of many scripts, in bytes."""
    app = open_app(found(tmp_path_factory.mktemp("archive"), store, more=TOPIC))
    for n in range(40):
        keep_article(
            app.db,
            f"Piece {n:02} & <more>",
            authors=(NAMES[n % len(NAMES)], "Bo Lin"),
            url=f"https://harbour.example/{n}",
            published=MONDAY - timedelta(hours=n + 1),
        )
    item = identify(an_item("On fog", published=MONDAY - timedelta(hours=1)))
    _, fog = app.db.write(intake.save_article, item, (Topic("world", 1.0, "a test"),), "", MONDAY)
    app.db.write(images.save_image_state, fog, ImageState((), Image(STEM, 1200, 600), "", 0))
    send(app)
    return packed(app.db)


@pytest.fixture
def app(app):
    """The publication of that store, with the picture in its place."""
    for size in ("wide", "small"):
        app.gallery.keep(f"{STEM}-{size}.jpg", size.encode())
    return replace(app, settings=load_config(write_config(app.settings.path.parent, more=TOPIC)))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "site"


def files_in(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def pages_in(folder):
    found = files_in(folder).items()
    return {name: content.decode() for name, content in found if name.endswith(".html")}


def served(files, at, link):
    """The file that a static server gives for a link on a page."""
    path = unquote(urlsplit(link).path)
    name = normpath(join(dirname(at), path)) if path else at
    name = "index.html" if name == "." else name
    return name if name in files else f"{name}/index.html".removeprefix("/")


def test_it_has_every_public_page(app, folder):
    done = export_site(app, folder)
    found = set(files_in(folder)) - {".digest-site.json"}

    assert done.files == len(found)
    assert {
        *("index.html", "archive/index.html", "archive/weekly/index.html", "robots.txt"),
        *("archive/weekly/2026-03-09T0630Z/index.html", "archive/weekly/feed.xml", "sitemap.xml"),
        *(
            "authors/mara-lind/index.html",
            "authors/王小明/feed.xml",
            "authors/ليلى-حداد/index.html",
        ),
        *("authors/bo-lin/page-2/index.html", "topics/world/index.html", "topics/world/feed.xml"),
        *("search/index.html", "search/titles.json", "images/3f2a91c07be24d685a10-wide.jpg"),
    } <= found


def test_no_link_is_broken(app, folder):
    export_site(app, folder)
    files, followed = files_in(folder), 0

    for name, html in pages_in(folder).items():
        for link in Links(html).found - {""}:
            if urlsplit(link).scheme or link.startswith("#"):
                living = link.removeprefix(HOME) if link.startswith(HOME) else ""
                canonical = f'<link rel="canonical" href="{link}">' in html
                assert canonical or living in {"", "/subscribe"}, (name, link)
                continue
            assert not link.startswith("/"), (name, link)
            assert served(files, name, link) in files, (name, link)
            followed += 1
    assert followed > 50


def test_where_one_sitemap_is_too_short_the_parts_are_there(app, folder, monkeypatch):
    monkeypatch.setattr(sitemap, "MAX_SITEMAP_ENTRIES", 5)
    whole = len(sitemap.places(app))

    export_site(app, folder, "https://archive.example")

    files = files_in(folder)
    parts = re.findall("<loc>https://archive.example/(.*?)</loc>", files["sitemap.xml"].decode())
    assert len(parts) == -(-whole // 5)
    assert sum(files[one].count(b"<url>") for one in parts) == whole


def test_its_lists_are_those_of_the_living_site_page_by_page(app):
    """They are read at once here, and there page by page."""
    kinds = [Bylines(lambda: app), Bylines(lambda: app, whole=True)]
    live = [TestClient(Starlette(routes=one.routes())) for one in kinds]
    paths = [f"/authors/bo-lin{more}" for more in ("", "?page=2", "?page=3", "/feed.xml")]
    paths += ["/topics/world", "/topics/world/feed.xml", "/topics/none", "/authors/nobody"]

    for path in paths:
        one, other = (client.get(path) for client in live)
        assert (one.status_code, one.text) == (other.status_code, other.text)


def test_nothing_of_a_reader_is_in_it(app, folder):
    export_site(app, folder)

    for name, content in files_in(folder).items():
        text = content.decode("utf-8", "replace")
        assert not TOKEN.search(text), name
        assert "reader.example" not in text, name
        assert "unsubscribe" not in text.lower(), name


def test_each_page_has_a_policy_without_exceptions(app, folder):
    export_site(app, folder)

    for name, html in pages_in(folder).items():
        head, found, rest = html.partition('<meta http-equiv="Content-Security-Policy" content="')
        rules = rest.partition('"')[0]
        assert found, name
        assert not re.search("<(?:style|script|link)", head), name
        assert rules.startswith("default-src &#x27;none&#x27;; style-src &#x27;sha256-")
        assert not re.search("unsafe|frame-ancestors|http", rules), name
        assert not re.search(r"\sstyle=", html), name


def test_done_again_it_writes_nothing(app, folder):
    export_site(app, folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}

    done = export_site(app, folder)

    assert (done.written, done.removed) == (0, 0)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_only_what_changed_is_written_and_what_is_gone_is_taken_away(app, folder):
    export_site(app, folder)
    own = folder / "archive" / "own.txt"
    own.write_text("not yours")
    keep_article(app.db, "New", authors=("Bo Lin",), published=MONDAY - timedelta(minutes=1))
    done = export_site(app, folder)
    assert 0 < done.written < 10
    assert b"New" in (folder / "authors/bo-lin/index.html").read_bytes()

    move(app, 1, EditionState.CANCELLED)
    done = export_site(app, folder)

    assert done.removed > 0
    assert not (folder / "archive" / "weekly" / "2026-03-09T0630Z").exists()
    assert own.read_text() == "not yours"


def test_what_is_somebody_elses_is_not_overwritten(app, folder):
    folder.mkdir()
    (folder / "index.html").write_text("my own")

    with pytest.raises(UsageError, match=r"index\.html: is in the way, and not from here"):
        export_site(app, folder)
    assert (folder / "index.html").read_text() == "my own"


def test_a_run_that_was_killed_is_finished_by_the_next(app, folder):
    def killed(_):
        if (folder / "archive" / "index.html").exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_site(app, folder, seen=killed)
    (folder / "archive" / "index.html").write_text("half")

    export_site(app, folder)

    assert (folder / "archive" / "index.html").read_text() != "half"


def test_a_list_that_names_files_elsewhere_takes_nothing_away(app, folder, tmp_path):
    export_site(app, folder)
    outside = tmp_path / "mine.txt"
    outside.write_text("mine")
    known = json.loads((folder / ".digest-site.json").read_text())
    known["files"] += ["../mine.txt", str(outside)]
    (folder / ".digest-site.json").write_text(json.dumps(known))

    export_site(app, folder)

    assert outside.read_text() == "mine"


def test_a_copy_names_the_living_pages_as_the_true_ones(app, folder):
    export_site(app, folder)
    page = (folder / "archive/weekly/index.html").read_text()

    assert f'<link rel="canonical" href="{HOME}/archive/weekly">' in page
    assert f"Sitemap: {HOME}/sitemap.xml" in (folder / "robots.txt").read_text()


def test_a_site_of_its_own_names_itself(app, folder):
    there = "https://archive.harbour.example/old"
    export_site(app, folder, there)
    page = (folder / "archive/weekly/2026-03-09T0630Z/index.html").read_text()
    feed = (folder / "archive/weekly/feed.xml").read_bytes()
    listed = ET.fromstring((folder / "sitemap.xml").read_bytes())
    files = files_in(folder)

    assert f'<link rel="canonical" href="{there}/archive/weekly/2026-03-09T0630Z/">' in page
    assert f'<meta property="og:url" content="{there}/archive/weekly/2026-03-09T0630Z/">' in page
    assert list(faults_of(feed)) == []
    (entry,) = feedparser.parse(feed).entries
    assert entry.link == f"{there}/archive/weekly/2026-03-09T0630Z/"
    assert entry.id == f"{HOME}/archive/weekly/2026-03-09T0630Z"
    for place in listed.iter(f"{SITEMAP}loc"):
        assert place.text
        name = unquote(place.text.removeprefix(f"{there}/"))
        assert served(files, "index.html", name) in files


def test_an_archive_that_is_not_for_everybody_is_exported_as_everybody_sees_it(app, folder):
    config = write_config(app.settings.path.parent, newsletter='archive = "readers"')
    export_site(replace(app, settings=load_config(config)), folder)
    page = (folder / "archive/weekly/2026-03-09T0630Z/index.html").read_text()

    assert "<h2>On fog</h2>" in page
    assert "The gauge stands" not in page
    assert f'href="{HOME}/subscribe"' in page


def test_the_titles_can_be_searched(app, folder):
    export_site(app, folder)
    titles = json.loads((folder / "search/titles.json").read_text("utf-8"))

    assert len(titles) == 42
    assert titles[0] == [
        *("on fog mara lind", "On fog", "../archive/weekly/2026-03-09T0630Z/"),
        f"Mara Lind · {long_day(date(2026, 3, 9))}",
    ]


@given(st.text(max_size=40), st.text(max_size=20))
def test_no_address_is_a_way_out_of_the_folder(path, query):
    for start in ("/", "/authors/", "/authors/../", "/images/", "/archive/weekly/%2e%2e/%2F"):
        name = Static(HOME).name(f"{start}{quote(path, safe='/%.')}?{query}")
        steps = name.split("/")
        assert name == "" or not {"", ".", ".."} & set(steps)
        assert name == "" or steps[0] in {
            "archive",
            "authors",
            "topics",
            "images",
            "logo",
            "search",
        }
        assert all(len(step.encode("utf-8", "replace")) <= 255 for step in steps)
