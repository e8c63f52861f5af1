"""Editions that not everybody may read."""

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from digest.actions.editions.preview import preview
from digest.config.load import load_config
from digest.core.delivery.state import DeliveryState
from digest.store.message import encoded_editions
from digest.store.readers import subscribers
from digest.web.app import site
from tests.builders import MONDAY
from tests.publications import write_config
from tests.web.archive.test_edition_lists import HOME, PATH, send
from tests.web.archive.test_feeds import locations
from tests.web.conftest import token

READ = PATH.replace("/archive", "/read")
BODY = "The gauge stands where the pilots drink their coffee."


def opened_to(app, archive, more=""):
    """The publication with this kind of archive, its edition sent, and its site."""
    config = write_config(app.settings.path.parent, newsletter=f'archive = "{archive}"', more=more)
    app = replace(app, settings=load_config(config))
    send(app)
    return app, TestClient(site(lambda: app))


def link_in(app, reader="ada@reader.example"):
    shown = preview(app.db, app.factory, app.newsletter("weekly"), MONDAY, MONDAY, reader=reader)
    said = shown.envelope.message.replace(b"=\r\n", b"").decode()
    links = set(re.findall(rf"{HOME}(/(?:read|archive)/[\w./-]+)", said))
    return links.pop() if links else ""


def test_everybody_sees_the_titles_and_how_to_get_the_rest(app):
    app, client = opened_to(app, "readers")

    page = client.get(PATH)

    assert page.status_code == 200
    assert "<h2>The tide gauge</h2>" in page.text
    assert BODY not in page.text
    assert f'href="{HOME}/subscribe"' in page.text
    assert f'<link rel="canonical" href="{HOME}{PATH}">' in page.text
    assert "The tide gauge" in client.get("/archive").text
    assert BODY not in client.get("/archive/weekly/feed.xml").text
    assert HOME + PATH in locations(client)


def test_a_reader_reads_it_whole_by_the_link_in_their_message(app):
    app, client = opened_to(app, "readers")
    link = link_in(app)

    page = client.get(link)

    assert link == f"{READ}/{token(purpose='read')}"
    assert page.status_code == 200
    assert BODY in page.text
    assert "ada@" not in page.text
    assert f'<link rel="canonical" href="{HOME}{PATH}">' in page.text


def test_the_token_goes_nowhere_from_there(app):
    app, client = opened_to(app, "readers")
    page = client.get(link_in(app))

    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in page.text
    assert "set-cookie" not in page.headers
    assert token(purpose="read") not in page.text
    assert "/read/" not in page.text


def test_it_opens_nothing_but_editions(app):
    _, client = opened_to(app, "readers")
    theirs = token(purpose="read")

    for path in (f"/unsubscribe/{theirs}", f"/preferences/{theirs}"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404


@pytest.mark.parametrize(
    "bad",
    [
        *(token(), token(purpose="preferences"), token(purpose="read", secret="x" * 64)),
        *(token(99, "read"), "", "x", token(purpose="read")[:-1], f"{token(purpose='read')}x"),
    ],
)
def test_every_token_that_is_none_gets_the_same_page(app, bad):
    _, client = opened_to(app, "readers")
    answer = client.get(f"{READ}/{bad}")

    assert answer.status_code == 404
    assert answer.text == client.get("/read/nothing").text
    assert "This link doesn’t work" in answer.text


def test_who_left_sees_what_everybody_sees(app):
    app, client = opened_to(app, "readers")
    app.db.write(subscribers.end_subscription, 1, "a test", MONDAY)

    page = client.get(f"{READ}/{token(purpose='read')}")

    assert page.status_code == 200
    assert BODY not in page.text
    assert page.headers["x-robots-tag"] == "noindex, nofollow"


def test_who_gets_another_newsletter_sees_what_everybody_sees(app):
    more = '[[newsletter]]\nslug = "daily"\narchive = "readers"\n'
    app, client = opened_to(app, "readers", more)
    page = client.get(f"{READ.replace('weekly', 'daily')}/{token(purpose='read')}")

    assert page.status_code == 404


@pytest.mark.parametrize(("tier", "whole"), [("", False), ("free", False), ("Subscriber", True)])
def test_for_subscribers_the_tier_decides(app, tier, whole):
    app, client = opened_to(app, "subscribers")
    app.db.write(lambda tx: tx.connection().exec_driver_sql(f"UPDATE subscriber SET tier='{tier}'"))

    assert (BODY in client.get(link_in(app)).text) is whole
    assert BODY not in client.get(PATH).text


@pytest.mark.parametrize(("until", "whole"), [("2026-03-08", False), ("2026-03-09", True)])
def test_a_tier_that_is_over_opens_nothing(app, until, whole):
    app, client = opened_to(app, "subscribers")
    tier = f"UPDATE subscriber SET tier='subscriber', tier_until='{until}'"
    app.db.write(lambda tx: tx.connection().exec_driver_sql(tier))

    assert (BODY in client.get(link_in(app)).text) is whole


def test_each_reader_sees_what_they_were_sent(app):
    newsletter = '[newsletter.pitch]\ntext = "Please pay."\n'
    app, client = opened_to(app, "readers", newsletter)
    app.db.write(
        lambda tx: tx.connection().exec_driver_sql(
            f"UPDATE delivery SET state='{DeliveryState.SENT}'"
        )
    )
    sent, _ = app.db.read(encoded_editions.delivered, 1, 1)

    assert "pitch" in sent.choice.flags
    assert "Please pay." in client.get(link_in(app)).text


@pytest.mark.parametrize(("archive", "whole"), [("public", True), ("readers", False)])
def test_what_was_not_for_everybody_is_not_when_its_newsletter_has_left(app, archive, whole):
    app, _ = opened_to(app, archive)
    config = app.settings.path
    config.write_text(config.read_text().replace('slug = "weekly"', 'slug = "daily"'))
    client = TestClient(site(lambda: replace(app, settings=load_config(config))))

    for path in (PATH, f"{READ}/{token(purpose='read')}"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert (BODY in answer.text) is (whole and path == PATH)


def test_none_means_none(app):
    app, client = opened_to(app, "none")

    assert link_in(app) == ""
    for path in (PATH, "/archive/weekly", "/archive/weekly/feed.xml", "/archive/weekly/1"):
        assert client.get(path).status_code == 404
    assert client.get(f"{READ}/{token(purpose='read')}").status_code == 404
    assert "The tide gauge" not in client.get("/archive").text
    assert not [url for url in locations(client) if "/archive/" in url]
    assert "/archive/" not in client.get("/search?q=tide").text


def test_the_link_in_a_preview_says_that_it_is_one(app):
    _, client = opened_to(app, "readers")

    page = client.get(f"{READ}/{token(0, 'read')}")

    assert page.status_code == 200
    assert "This link is from a preview" in page.text


def test_looking_changes_nothing(app, stored):
    _, client = opened_to(app, "readers")
    before = stored()

    client.get(f"{READ}/{token(purpose='read')}")
    client.head(f"{READ}/{token(purpose='read')}")

    assert stored() == before
