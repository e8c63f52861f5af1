"""On the page of choices: leaving, and taking it back."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from digest.config.load import load_config
from digest.core.message.signed_token import sign
from digest.store.readers import subscribers
from digest.store.readers.bulk_subscribe import enrol_all
from digest.web.app import site
from tests.builders import MONDAY
from tests.publications import SECRET
from tests.stock import DEAD, a_reader
from tests.web.choosers import ADA, ada, app, page, standings, store
from tests.web.conftest import token

__all__ = ["app", "store"]


def press_undo(client, answer):
    (path,) = re.findall(r'action="(/undo/[^"]+)"', answer.text)
    return client.post(path)


def test_one_newsletter_can_be_left_here(client, app):
    answer = client.post(page(), data={"do": "leave:daily"})

    assert "You are unsubscribed" in answer.text
    assert "The Harbour Daily" in answer.text
    assert standings(app) == {"weekly": "active", "daily": "unsubscribed"}


def test_all_can_be_left_also_what_comes_later(client, app):
    client.post(page(), data={"do": "leave"})
    app.db.write(enrol_all, [a_reader(ADA)], ["weekly", "daily", "monthly"], MONDAY)

    assert set(standings(app).values()) == {"unsubscribed"}
    assert "Unsubscribe from everything" not in client.get(page()).text


@pytest.mark.parametrize("what", ["leave", "leave:daily", "one-click"])
def test_leaving_can_be_undone_on_its_answer(client, app, clock, what):
    before = ada(app)
    if what == "one-click":
        answer = client.post(f"/unsubscribe/{token()}")
    else:
        answer = client.post(page(), data={"do": what})
    clock.now += timedelta(minutes=59)

    back = press_undo(client, answer)

    assert "You are subscribed again" in back.text
    assert ada(app) == before
    assert press_undo(client, answer).status_code == 200
    assert ada(app) == before


def test_undoing_all_brings_back_only_what_was_left_with_it(client, app, clock):
    client.post(page(), data={"do": "leave:daily"})
    clock.now += timedelta(minutes=5)

    press_undo(client, client.post(page(), data={"do": "leave"}))

    assert standings(app) == {"weekly": "active", "daily": "unsubscribed"}


def test_after_two_hours_leaving_is_not_undone_but_by_joining_anew(client, app, clock):
    answer = client.post(page(), data={"do": "leave"})
    clock.now += timedelta(hours=2)

    late = press_undo(client, answer)

    assert late.status_code == 404
    assert "subscribe anew" in late.text
    assert set(standings(app).values()) == {"unsubscribed"}
    assert "/undo/" not in client.get(f"/unsubscribe/{token()}").text


def test_nobody_undoes_with_a_link_that_is_not_for_it(client, app, clock):
    client.post(page(), data={"do": "leave"})
    for one in (token(), token(1, "preferences"), sign(f"undo {MONDAY:%Y%m%d%H}", 1, "x" * 40), ""):
        assert client.post(f"/undo/{one}").status_code == 404
    right = sign(f"undo {MONDAY:%Y%m%d%H}", 1, SECRET)
    assert client.get(f"/undo/{right}").status_code == 200  # looking is not pressing the button
    assert set(standings(app).values()) == {"unsubscribed"}


def test_an_address_that_bounced_meanwhile_is_not_brought_back(client, app):
    answer = client.post(page(), data={"do": "leave:weekly"})
    app.db.write(subscribers.suppress, ADA, "", DEAD, MONDAY)

    assert press_undo(client, answer).status_code == 403
    assert standings(app)["weekly"] == "unsubscribed"


def test_a_newsletter_that_left_the_config_can_still_be_left(client, app):
    config = app.settings.path
    config.write_text(config.read_text().replace('slug = "daily"', 'slug = "evening"'))
    renamed = TestClient(site(lambda: replace(app, settings=load_config(config))))

    assert renamed.get(page(3)).status_code == 200
    renamed.post(page(3), data={"do": "leave:daily"})
    assert standings(app) == {"weekly": "active", "daily": "unsubscribed"}
