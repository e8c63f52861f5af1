"""`digest articles hide`, `show` and `remove`, and what sources say of drafts."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from digest.actions.editions.publish import publish
from digest.core.editions.edition import EditionState
from digest.store.editions import editions
from digest.web.app import site
from tests.builders import MONDAY
from tests.publications import found, open_app
from tests.stock import enrol

PIECE = "---\ntitle: {title}\nauthor: Mo Lind\ndate: 2026-03-06\n{more}---\n\n{text}\n"
TEXT = "The merger of the two ferry lines was agreed on Friday. Nobody was asked before."
OTHER = "The tram stands still since Monday. The mayor says that it goes again in May."


@pytest.fixture
def app(tmp_path):
    app = open_app(found(tmp_path))
    yield app
    app.db.close()


@pytest.fixture
def import_(digest, app, tmp_path):
    """A function that writes a file and imports it; what the command answered in JSON."""

    def imported(name="merger.md", title="A secret merger", text=TEXT, more=""):
        path = tmp_path / name
        path.write_text(PIECE.format(title=title, text=text, more=more))
        return json.loads(digest("import", str(path), "--json").out)

    return imported


def planned(app):
    """The titles that would go out."""
    from digest.actions.editions.plan import plan

    edition = plan(app.db, app.newsletter("weekly"), MONDAY).edition
    return [one.title for one in edition.articles] if edition else []


def test_a_hidden_article_is_in_no_plan_page_or_search_until_it_is_shown(digest, app, import_):
    import_()
    import_("tram.md", "The tram stands still", OTHER)
    client = TestClient(site(lambda: app))

    told = digest("articles", "hide", "secret merger", "--why", "not yet").out

    assert "is hidden" in told
    assert planned(app) == ["The tram stands still"]
    assert "secret merger" not in client.get("/search?q=merger").text.split("<main")[1]
    assert "not yet" in digest("articles").out
    assert "not yet" in digest("explain", "weekly", "secret merger").out

    digest("articles", "show", "secret merger")
    assert len(planned(app)) == 2
    assert "A secret merger" in client.get("/search?q=merger").text


def test_what_its_source_brings_again_stays_hidden(digest, app, import_):
    import_()
    digest("articles", "hide", "1")

    import_(text=TEXT + " It was announced again.")

    assert planned(app) == []
    assert TestClient(site(lambda: app)).get("/search?q=lind").text.count("secret merger") == 0


def test_a_removed_article_keeps_nothing_and_stays_away(digest, app, import_):
    import_()

    told = digest("articles", "remove", "1", "--yes", "--why", "a court order").out

    assert "is removed" in told
    answer = import_()
    assert answer["imported"] == 0
    dump = "\n".join(app.db.read(lambda tx: [*tx.connection().connection.iterdump()]))
    assert "ferry lines" not in dump
    assert "secret merger" not in dump
    assert planned(app) == []


def test_an_edition_that_was_sent_says_that_an_article_was_removed(digest, app, import_):
    import_()
    import_("tram.md", "The tram stands still", OTHER)
    enrol(app.db, "ada@reader.example")
    edition = publish(app.db, app.factory, app.newsletter("weekly"), MONDAY, MONDAY).edition.id
    app.db.write(editions.move, edition, tuple(EditionState), EditionState.SENT, "", MONDAY)
    client = TestClient(site(lambda: app))
    assert "A secret merger" in client.get("/archive/weekly/1").text

    digest("articles", "remove", "secret merger", "--yes")

    page = client.get("/archive/weekly/1").text
    assert "secret merger" not in page
    assert "ferry lines" not in page
    assert "An article of this edition was removed." in page
    assert "The tram stands still" in page
    for path in ("/archive", "/archive/weekly", "/archive/weekly/feed.xml"):
        assert "secret merger" not in client.get(path).text

    digest("articles", "remove", "tram", "--yes")
    assert client.get("/archive/weekly/1").status_code == 410


def test_a_draft_with_a_hidden_article_can_not_be_approved(digest, tmp_path):
    app = open_app(found(tmp_path, newsletter='approval = "required"'))
    (tmp_path / "merger.md").write_text(PIECE.format(title="A secret merger", text=TEXT, more=""))
    digest("import", str(tmp_path / "merger.md"))
    enrol(app.db, "ada@reader.example")
    newsletter = app.newsletter("weekly")
    publish(app.db, app.factory, newsletter, MONDAY, MONDAY, planned=True)

    told = digest("articles", "hide", "1").out
    refused = digest("publish", "weekly", "--at", MONDAY.isoformat())

    assert "draft of edition 1" in told
    assert "can't go out as it is" in refused.err
    app.db.close()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("draft: true\n", "a draft (draft: true"),
        ('draft: "true"\n', "a draft (draft: true"),
        ("published: false\n", "a draft (published: false"),
        ("status: draft\n", "a draft (status: draft"),
        ("status: private\n", "a draft (status: private"),
        ("unlisted: true\n", "unlisted (unlisted: true"),
        ("noindex: true\n", "unlisted (noindex: true"),
    ],
)
def test_what_its_source_holds_back_is_left_out_and_hidden_if_it_was_here(import_, app, more, why):
    assert import_(more=more)["rejected"][0]["reason"].startswith(why)
    assert planned(app) == []

    assert import_()["imported"] == 1
    assert len(planned(app)) == 1

    assert "article 1 is hidden" in import_(more=more)["rejected"][0]["reason"]
    assert planned(app) == []

    import_()
    assert len(planned(app)) == 1, "its source offers it again"


def test_what_a_person_hid_is_not_shown_because_its_source_offers_it_again(digest, import_, app):
    import_()
    digest("articles", "hide", "1")

    import_(more="draft: true\n")
    import_()

    assert planned(app) == []


def test_a_page_that_asks_search_engines_to_leave_it_out_is_left_out(digest, app, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(
        '<html><head><meta name="Robots" content="noindex, nofollow"><title>A merger</title>'
        f"</head><body><article><h1>A merger</h1><p>{TEXT}</p><p>{OTHER}</p></article></body>"
    )

    answer = json.loads(digest("import", str(path), "--json").out)

    assert answer["imported"] == 0
    assert "noindex" in answer["rejected"][0]["reason"]


def test_an_article_of_the_future_waits_for_its_date(app, import_):
    import_(more="", title="Tomorrow's news")
    later = replace(app, clock=lambda: MONDAY - timedelta(days=30))

    assert "Tomorrow's" not in TestClient(site(lambda: later)).get("/search?q=news").text
