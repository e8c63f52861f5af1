"""The goodbye: for who left by the page, where it is asked for, and once."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from starlette.testclient import TestClient

from digest.config.load import load_config
from digest.store.operations import personal_data
from digest.store.readers import subscribers
from digest.web.app import site
from tests.builders import MONDAY
from tests.web.conftest import token

LINK = f"/unsubscribe/{token()}"
ONE_CLICK = {"content": b"List-Unsubscribe=One-Click"}


@pytest.fixture
def letters(app):
    """Goodbyes are on; called, it gives those that were written."""
    config = app.settings.path
    config.write_text(config.read_text() + "\n[signup]\ngoodbye = true\n")
    vars(app)["settings"] = load_config(config)

    def written():
        files = app.settings.outbox_path().glob("*.eml")
        return [message_from_bytes(one.read_bytes(), policy=policy.default) for one in files]

    return written


def undo_in(letter):
    text = letter.get_body(("plain",)).get_content()
    (path,) = set(re.findall(r"http://127\.0\.0\.1:8000(/undo/\S+)", text))
    return path


def standing(app):
    return str(app.db.read(subscribers.subscription_by_id, 1)[2])


def test_who_leaves_by_the_page_is_told_and_can_undo_it_from_the_letter(
    app, client, letters, stored
):
    client.post(LINK)
    (letter,) = letters()
    assert letter["To"] == "ada@reader.example"
    assert letter["Subject"] == "You are unsubscribed from The Harbour Weekly"
    before = stored()

    page = client.get(undo_in(letter))

    assert stored() == before
    assert page.status_code == 200
    assert "<button" in page.text
    assert "reader.example" not in page.text
    client.post(undo_in(letter))
    assert standing(app) == "active"


def test_who_leaves_by_one_click_gets_no_letter(app, client, letters):
    client.post(LINK, **ONE_CLICK)
    assert standing(app) == "unsubscribed"
    assert letters() == []


def test_leaving_and_coming_back_all_day_long_makes_one_letter(client, letters):
    for _ in range(4):
        client.post(LINK)
        client.post(undo_in(letters()[0]))
    client.post(LINK)
    client.post(LINK)
    assert len(letters()) == 1


def test_it_is_one_letter_whichever_process_answers_and_after_a_restart(app, letters):
    one, other = (TestClient(site(lambda: app), follow_redirects=False) for _ in range(2))
    one.post(LINK)
    other.post(undo_in(letters()[0]))
    other.post(LINK)
    assert standing(app) == "unsubscribed"
    assert len(letters()) == 1


def test_on_another_day_there_is_another_and_nothing_is_kept_of_the_first(app, client, letters):
    client.post(LINK)
    client.post(undo_in(letters()[0]))
    later = replace(app, clock=lambda: MONDAY + timedelta(days=1))
    vars(later)["db"] = app.db
    TestClient(site(lambda: later)).post(LINK)

    assert len(letters()) == 2
    (kept,) = app.db.read(personal_data.held_about, "ada@reader.example")["notice"]
    assert kept["changed"] == MONDAY + timedelta(days=1)


def test_it_is_off_unless_it_is_asked_for(app, client):
    client.post(LINK)
    assert not list(app.settings.outbox_path().glob("*.eml"))


def test_a_forged_link_writes_to_nobody(client, letters):
    client.post(LINK[:-1])
    client.post(f"/unsubscribe/{token(0)}")
    assert letters() == []
