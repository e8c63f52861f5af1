"""Joining: asked for by anybody, confirmed by the owner of the address, and by nobody else."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from digest.actions.readers import subscribe
from digest.actions.readers.subscribe import UnsubscribeLink
from digest.actions.transactional import signup
from digest.config.load import load_config
from digest.core.message.signed_token import sign
from digest.core.readers.double_opt_in import EXPIRES, origin_fingerprint
from digest.store.readers import subscribers
from digest.web.app import site
from tests.builders import MONDAY
from tests.publications import SECRET
from tests.stock import DEAD
from tests.web.conftest import token

NEW, KNOWN = "cy@reader.example", "ada@reader.example"
SEND = {"X-Forwarded-For": "198.51.100.7"}


@pytest.fixture
def app(app, clock):
    return replace(app, clock=clock)


@pytest.fixture
def outbox(app):
    """The letters that were written: called, it gives them with their text, oldest first."""

    def letters():
        files = sorted(app.settings.outbox_path().glob("*.eml"), key=lambda f: f.stat().st_mtime_ns)
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    return letters


@pytest.fixture
def fill_in(client, clock):
    """Fill in the form as a person does, who takes some seconds for it."""

    def fill_in(email, wait=10, origin="198.51.100.7", **changes):
        page = client.get("/").text
        sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page)) | {"email": email, **changes}
        clock.now += timedelta(seconds=wait)
        return client.post("/subscribe", data=sent, headers={"X-Forwarded-For": origin})

    return fill_in


def said(message):
    return message.get_body(("plain",)).get_content()


def link_in(message):
    """The path of the confirmation link."""
    (path,) = set(re.findall(r"http://127\.0\.0\.1:8000(/confirm/\S+)", said(message)))
    return path


def rows(app, query):
    return app.db.read(lambda tx: [tuple(row) for row in tx.execute(text(query))])


def standings(app, email):
    found = app.db.read(subscribers.find_subscriber, email)
    return {one.newsletter: str(one.standing) for one in found.subscriptions} if found else {}


# ---------------------------------------------------------------- the whole way


def test_a_reader_asks_confirms_and_is_welcomed(client, app, clock, fill_in, outbox):
    answer = fill_in(NEW)
    assert answer.status_code == 200
    assert "Please look into your inbox" in answer.text
    assert standings(app, NEW) == {}
    (letter,) = outbox()
    assert letter["To"] == NEW
    assert "198.51.100.7" in said(letter)

    page = client.get(link_in(letter))
    assert "Subscribe to The Harbour Weekly?" in page.text
    assert "c•••@reader.example" in page.text
    assert standings(app, NEW) == {}

    done = client.post(link_in(letter))
    assert "You are subscribed" in done.text
    assert standings(app, NEW) == {"weekly": "active"}
    assert outbox()[1]["Subject"] == "Welcome to The Harbour Weekly"
    clock.now += timedelta(hours=1)
    assert "You are subscribed" in client.post(link_in(letter)).text
    assert len(outbox()) == 2


def own_page(answer):
    """The path to the page of choices, if an answer has it."""
    return next(iter(re.findall(r'http://127\.0\.0\.1:8000(/preferences/[^"]+)"', answer.text)), "")


@pytest.mark.parametrize("email", [NEW, KNOWN])
def test_who_confirms_can_go_on_to_choose_also_a_reader_of_long(client, fill_in, outbox, email):
    """Without an old message there is no other way to one's page."""
    asked = fill_in(email)
    confirm = link_in(outbox()[0])
    before = client.get(confirm)

    page = client.get(own_page(client.post(confirm)))

    assert (own_page(asked), own_page(before)) == ("", "")
    assert page.status_code == 200
    assert f"These are the choices of {email[0]}•••@reader.example." in page.text
    assert own_page(client.get(confirm))


def test_the_link_of_who_left_since_leads_to_no_choices(client, app, fill_in, outbox):
    fill_in(NEW)
    confirm = link_in(outbox()[0])
    mine = own_page(client.post(confirm))
    client.post(mine, data={"do": "leave"})

    assert own_page(client.get(confirm)) == ""
    assert standings(app, NEW) == {"weekly": "unsubscribed"}


def test_the_proof_says_who_agreed_to_what_when_and_from_where(client, app, fill_in, outbox):
    fill_in(NEW, form="footer")
    client.post(link_in(outbox()[0]), headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.8"})

    (proof,) = rows(
        app, "SELECT email, form, text, origin, confirmed_origin, asked, confirmed FROM consent"
    )
    assert proof[:2] == (NEW, "footer")
    assert proof[2].startswith("The Harbour Weekly: You get an email with a link first.")
    assert proof[3:5] == tuple(origin_fingerprint(f"198.51.100.{n}", SECRET) for n in (7, 8))
    assert all(proof)
    assert "198.51.100" not in str(rows(app, "SELECT * FROM consent"))


def test_the_welcome_can_be_left_out(app, client, fill_in, outbox):
    config = app.settings.path
    config.write_text(config.read_text() + "\n[signup]\nwelcome = false\n")
    quiet = TestClient(site(lambda: replace(app, settings=load_config(config))))
    fill_in(NEW)

    quiet.post(link_in(outbox()[0]))

    assert standings(app, NEW) == {"weekly": "active"}
    assert len(outbox()) == 1


# ---------------------------------------------------------------- nobody learns who reads


def test_known_unknown_and_barred_addresses_get_the_same_answer(app, fill_in):
    app.db.write(subscribers.suppress, "dead@reader.example", "", DEAD, MONDAY)

    answers = [fill_in(email) for email in (NEW, KNOWN, NEW, "dead@reader.example")]

    assert {(one.status_code, one.text) for one in answers} == {(200, answers[0].text)}
    assert len({tuple(dict(one.headers).items()) for one in answers}) == 1


def test_who_was_removed_by_hand_may_ask_to_join_again(app, client, fill_in, outbox):
    app.db.write(subscribers.suppress_address, KNOWN, subscribers.REMOVED, MONDAY)
    assert set(standings(app, KNOWN).values()) == {"unsubscribed"}

    fill_in(KNOWN)
    client.post(link_in(outbox()[0]))

    assert standings(app, KNOWN) == {"weekly": "active"}
    assert app.db.read(subscribers.find_subscriber, KNOWN).suppressions == ()


def test_an_address_that_bounced_gets_no_letter_and_never_comes_back(app, client, fill_in, outbox):
    fill_in(NEW)
    app.db.write(subscribers.suppress, NEW, "", DEAD, MONDAY)

    refused = client.post(link_in(outbox()[0]))
    fill_in(NEW)

    assert refused.status_code == 403
    assert "can’t be subscribed" in refused.text
    assert standings(app, NEW) == {}
    assert len(outbox()) == 1


def test_who_left_comes_back_by_confirming_and_only_so(app, client, fill_in, outbox):
    subscribe.unsubscribe(app.db, UnsubscribeLink(1, KNOWN, "weekly", left=False), MONDAY)

    fill_in(KNOWN)
    assert standings(app, KNOWN) == {"weekly": "unsubscribed"}

    client.post(link_in(outbox()[0]))
    assert standings(app, KNOWN) == {"weekly": "active"}
    assert app.db.read(subscribers.find_subscriber, KNOWN).suppressions == ()


def test_an_old_link_brings_nobody_back_who_left_since(app, client, fill_in, outbox):
    fill_in(KNOWN)
    link = link_in(outbox()[0])
    client.post(link)
    subscribe.unsubscribe(app.db, UnsubscribeLink(1, KNOWN, "weekly", left=False), MONDAY)

    client.post(link)

    assert standings(app, KNOWN) == {"weekly": "unsubscribed"}


# ---------------------------------------------------------------- links


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_looking_at_a_confirmation_changes_nothing(client, fill_in, outbox, stored, method):
    fill_in(NEW)
    before = stored()

    client.request(method, link_in(outbox()[0]))

    assert stored() == before


def test_a_link_is_good_for_seven_days(app, client, clock, fill_in, outbox):
    fill_in(NEW)
    link = link_in(outbox()[0])
    clock.now += EXPIRES

    assert client.get(link).status_code == client.post(link).status_code == 410
    assert "too old" in client.get(link).text
    assert standings(app, NEW) == {}


def test_a_link_that_was_never_ours_tells_nothing(client, fill_in, stored):
    fill_in(NEW)
    before = stored()
    forged = [
        "/confirm/nothing", "/confirm/", "/confirm/1%0a", f"/confirm/{token()}",
        f"/confirm/{sign('confirm', 99, SECRET)}", f"/confirm/{sign('confirm', 0, SECRET)}",
        f"/confirm/{sign('confirm', 1, 'x' * 40)}", f"/confirm/{sign('confirm', 1, SECRET)}x",
    ]  # fmt: skip

    answers = [client.request(verb, path) for path in forged for verb in ("GET", "POST")]

    assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}
    assert stored() == before


def test_a_newsletter_that_left_the_config_is_not_confirmed(app, client, fill_in, outbox):
    fill_in(NEW)
    config = app.settings.path
    config.write_text(config.read_text().replace('slug = "weekly"', 'slug = "daily"'))
    renamed = TestClient(site(lambda: replace(app, settings=load_config(config))))

    assert renamed.post(link_in(outbox()[0])).status_code == 404


# ---------------------------------------------------------------- those who are no readers


def test_whoever_fills_in_what_nobody_sees_is_thanked_and_forgotten(fill_in, stored, outbox):
    before = stored()

    assert "look into your inbox" in fill_in(NEW, website="https://spam.example").text
    assert stored() == before
    assert outbox() == []


@pytest.mark.parametrize("wait", [0, 1, 90_000])
def test_a_form_that_comes_back_too_soon_or_late_is_shown_again(fill_in, stored, wait):
    before = stored()

    answer = fill_in(NEW, wait=wait)

    assert "Please press the button once more" in answer.text
    assert f'value="{NEW}"' in answer.text
    assert stored() == before


@pytest.mark.parametrize("stamp", ["", "x", token(), sign("form", 1, "x" * 40)])
def test_a_form_of_another_site_leads_to_ours(fill_in, stored, stamp):
    before = stored()

    assert "Please press the button once more" in fill_in(NEW, at=stamp, form="footer").text
    assert stored() == before


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a b@c.example", "a@c.example\nBcc: x@c.example", "x" * 9000]
)
def test_what_is_no_address_is_said_to_be_none(fill_in, stored, email):
    before = stored()

    answer = fill_in(email)

    assert answer.status_code == 422
    assert 'aria-invalid="true" aria-describedby="fault"' in answer.text
    assert stored() == before


def test_nothing_that_is_sent_becomes_markup(fill_in):
    answer = fill_in('"><script>alert(1)</script>', form='"><b>', newsletter="<i>")

    assert "<script" not in answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize("body", [b"", b"\xff\x00", b"email=a&" * 200_000, b"&" * 3_000_000])
def test_a_body_that_is_no_form_is_answered_like_an_empty_one(client, stored, body):
    before = stored()

    assert client.post("/subscribe", content=body).status_code == 422
    assert stored() == before


# ---------------------------------------------------------------- floods


def test_an_address_is_written_to_once_a_day_and_three_times_in_all(fill_in, clock, outbox):
    wait = [0, 3600, 86_400, 86_400, 86_400]
    for seconds in wait:
        clock.now += timedelta(seconds=seconds)
        fill_in("Cy@Reader.example" if seconds else NEW)

    assert len(outbox()) == 3


def test_from_one_network_only_so_many_may_ask(fill_in, outbox):
    answers = [fill_in(f"a{n}@x.example", origin=f"198.51.100.{n}") for n in range(11)]

    assert [one.status_code for one in answers] == [200] * 10 + [429]
    assert fill_in("b@x.example", origin="192.0.2.1").status_code == 200
    assert len(outbox()) == 11


def test_addresses_that_get_no_letter_count_too(fill_in):
    answers = [fill_in(NEW) for _ in range(11)]

    assert answers[-1].status_code == 429


def test_all_together_only_so_many_may_ask_and_a_flood_writes_nothing(
    app, client, fill_in, outbox, stored
):
    config = app.settings.path
    config.write_text(config.read_text() + "\n[signup]\nper_hour = 3\n")
    vars(app)["settings"] = load_config(config)
    for n in range(3):
        assert fill_in(f"a{n}@x.example", origin=f"10.{n}.0.1").status_code == 200
    before = stored()

    flood = [fill_in(f"b{n}@x.example", wait=3, origin=f"11.{n}.0.1") for n in range(20)]

    assert {one.status_code for one in flood} == {429}
    assert stored() == before
    assert len(outbox()) == 3


def test_a_letter_that_could_not_go_may_be_asked_for_again(app, clock, fill_in, outbox):
    app.settings.outbox_path().write_text("in the way")
    fill_in(NEW)
    app.settings.outbox_path().unlink()
    clock.now += timedelta(minutes=10)

    fill_in(NEW)

    assert len(outbox()) == 1


# ---------------------------------------------------------------- forgetting, and closing


def test_what_nobody_confirmed_is_forgotten_and_proofs_stay_while_somebody_reads(
    app, client, clock, fill_in, outbox
):
    fill_in(NEW)
    client.post(link_in(outbox()[0]))
    fill_in("dee@reader.example")
    keep = app.settings.signup.keep_proof

    clock.now += keep + timedelta(days=30)
    signup.forget_unconfirmed(app.db, keep, clock.now)
    assert rows(app, "SELECT email FROM consent") == [(NEW,)]

    reader = app.db.read(subscribers.find_subscriber, NEW)
    app.db.write(subscribers.end_subscription, reader.subscriptions[0].id, "left", clock.now)
    signup.forget_unconfirmed(app.db, keep, clock.now + keep - timedelta(days=1))
    assert rows(app, "SELECT email FROM consent") == [(NEW,)]
    signup.forget_unconfirmed(app.db, keep, clock.now + keep + timedelta(days=1))
    assert rows(app, "SELECT email FROM consent") == []


def test_a_closed_door_takes_nobody_in_but_lets_confirm(app, client, fill_in, outbox):
    fill_in(NEW)
    config = app.settings.path
    config.write_text(config.read_text() + "\n[signup]\nopen = false\n")
    closed = TestClient(site(lambda: replace(app, settings=load_config(config))))

    assert "<form" not in closed.get("/").text
    assert closed.post("/subscribe", data={"email": "dee@reader.example"}).status_code == 403
    assert closed.post(link_in(outbox()[0])).status_code == 200
    assert standings(app, NEW) == {"weekly": "active"}
    assert standings(app, "dee@reader.example") == {}


def test_the_page_is_small(client):
    assert len(client.get("/").content) < 30_000
