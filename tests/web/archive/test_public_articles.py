"""Which articles everybody may see: what a public edition carried, and nothing before that."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from digest.actions.editions.preview import preview
from digest.actions.editions.publish import publish
from digest.app import App
from digest.core.articles.article import Image
from digest.core.articles.picture import ImageState
from digest.core.editions.edition import EditionState
from digest.store.articles import images
from digest.store.editions import editions
from digest.store.tables.articles import ArticleTopicRow
from digest.web.app import site
from digest.web.static_site.export import export_site
from tests.builders import MONDAY
from tests.publications import found, open_app
from tests.stock import enrol, keep_article

TOPIC = '\n[[topic]]\nslug = "sea"\nname = "The sea"\nkeywords = ["embargo", "gauge"]\n'
TITLE, SENTENCE = "An embargoed merger", "The embargo of the gauge ends on Friday."
PICTURE = "5a2a91c07be24d685a10"
ROUTES = (
    "/", "/archive", "/archive/weekly", "/archive/weekly/feed.xml", "/authors/mo-embargo",
    "/authors/mo-embargo/feed.xml", "/topics/sea", "/topics/sea/feed.xml", "/search?q=embargoed",
    "/search?q=mo", "/sitemap.xml", "/robots.txt",
)  # fmt: skip


@pytest.fixture
def open_to(tmp_path):
    """A function from who may see what to the app of a publication with one unsent article."""
    apps: list[App] = []

    def opened(articles="sent", archive="public"):
        folder = tmp_path / f"{articles}-{archive}-{len(apps)}"
        folder.mkdir()
        which = f'archive = "{archive}"'
        config = found(folder, articles=articles, newsletter=which, more=TOPIC)
        app = open_app(config)
        apps.append(app)
        return app

    yield opened
    for app in apps:
        app.db.close()


def embargoed(app, **values):
    """An article that nobody was sent, with a picture; its number."""
    said = {"body_text": SENTENCE, "authors": ("Mo Embargo",), "url": ""}
    number = keep_article(app.db, TITLE, **said, **values).id
    row = ArticleTopicRow(article_id=number, topic="sea", position=0, score=1.0, why="a test")
    app.db.write(lambda tx: tx.add(row))
    state = ImageState((), Image(PICTURE, 1200, 675), "", 0)
    app.db.write(images.save_image_state, number, state)
    app.gallery.keep(f"{PICTURE}-wide.jpg", b"pixels")
    return number


def asked(app, *more):
    """All that anybody is told, byte by byte: status and body of each route."""
    client = TestClient(site(lambda: app))
    return {path: client.get(path) for path in (*ROUTES, *more)}


def telling(app):
    """The routes whose answer has a word of it that isn't the question."""
    return [
        path
        for path, answer in asked(app).items()
        if TITLE in answer.text or SENTENCE[4:20] in answer.text or "Mo Embargo" in answer.text
    ]


@pytest.mark.parametrize("archive", ["public", "readers", "subscribers", "none"])
def test_an_article_that_was_not_sent_is_nowhere(open_to, archive):
    app = open_to("sent", archive)
    embargoed(app)

    assert telling(app) == []
    assert asked(app)["/authors/mo-embargo"].status_code == 404
    assert "/topics/sea" not in asked(app)["/sitemap.xml"].text


def test_where_all_articles_are_public_each_is_from_its_own_date_on(open_to):
    app = open_to("all")
    embargoed(app, published=MONDAY + timedelta(hours=1))

    assert telling(app) == []
    later = replace(app, clock=lambda: MONDAY + timedelta(hours=2))
    assert set(telling(later)) >= {"/topics/sea", "/authors/mo-embargo", "/search?q=embargoed"}


@pytest.mark.parametrize("articles", ["sent", "all"])
@pytest.mark.parametrize("archive", ["readers", "subscribers", "none"])
def test_a_closed_newsletter_shows_nobody_what_it_sent(open_to, articles, archive):
    app = open_to(articles, archive)
    embargoed(app)
    sent(app)

    told = set(telling(app))

    # The page of an edition of readers says what it is called, and whose it is.
    assert told <= ({"/archive", "/archive/weekly", "/archive/weekly/feed.xml"} - none(archive))


def none(archive):
    """All routes, where not even the titles of editions are shown."""
    return set(ROUTES) if archive == "none" else set()


def test_what_went_out_is_public_at_once_and_a_draft_is_not(open_to):
    app = open_to("sent")
    embargoed(app)

    edition = sent(app, EditionState.FROZEN)
    assert telling(app) == []

    app.db.write(editions.move, edition, tuple(EditionState), EditionState.SENDING, "", MONDAY)
    assert {"/topics/sea", "/authors/mo-embargo", "/search?q=embargoed"} <= set(telling(app))


def test_of_copies_the_one_that_was_sent_is_shown(open_to):
    """The older one, which was not sent, must not hide it."""
    app = open_to("sent")
    body = " ".join(f"word{n} of the same story about a gauge" for n in range(60))
    first = keep_article(app.db, "The first report", body_text=body, url="https://a.example/1")
    second = keep_article(app.db, "The second report", body_text=body, url="https://b.example/2")
    sent(app)
    for change in (
        "DELETE FROM edition_article WHERE article_id = :new",
        "UPDATE edition_article SET article_id = :new WHERE article_id = :old",
    ):
        app.db.write(lambda tx, c=change: tx.execute(text(c), {"old": first.id, "new": second.id}))

    page = TestClient(site(lambda: app)).get("/search?q=report").text
    assert "The second report" in page
    assert "The first report" not in page


def sent(app, state=EditionState.SENT):
    """An edition of now with all that is there, in this state; its number."""
    enrol(app.db, "ada@reader.example")
    edition = publish(app.db, app.factory, app.newsletter("weekly"), MONDAY, MONDAY).edition.id
    steps = (EditionState.SENDING, EditionState.SENT)
    for step in steps[: steps.index(state) + 1] if state in steps else ():
        app.db.write(editions.move, edition, tuple(EditionState), step, "", MONDAY)
    return edition


def test_a_picture_is_seen_where_an_edition_or_a_preview_needs_it(open_to):
    app = open_to("sent")
    embargoed(app)
    client, path = TestClient(site(lambda: app)), f"/images/{PICTURE}-wide.jpg"
    assert client.get(path).status_code == 404

    preview(app.db, app.factory, app.newsletter("weekly"), MONDAY, MONDAY)
    assert client.get(path).status_code == 200
    later = replace(app, clock=lambda: MONDAY + timedelta(days=15))
    assert TestClient(site(lambda: later)).get(path).status_code == 404

    sent(app, EditionState.FROZEN)  # mail programs ask for it from then on
    assert TestClient(site(lambda: later)).get(path).status_code == 200


def test_the_exported_site_has_nothing_that_was_not_sent(open_to, tmp_path):
    app = open_to("sent")
    embargoed(app)

    export_site(app, tmp_path / "site")

    written = [path.read_bytes() for path in (tmp_path / "site").rglob("*") if path.is_file()]
    assert written
    assert not any(word.encode() in one for one in written for word in (TITLE, "Mo Embargo"))
    assert not list((tmp_path / "site").rglob(f"{PICTURE}*"))
