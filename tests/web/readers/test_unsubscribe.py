"""The way out: looking changes nothing, one POST is enough, and a token tells nobody anything."""

import random
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from digest.store.delivery import deliveries
from digest.store.readers import subscribers
from tests.builders import MONDAY
from tests.examples import examples
from tests.stock import freeze, states
from tests.web.conftest import break_store, token

ONE_CLICK = "List-Unsubscribe=One-Click"
MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
QUICK = settings(
    max_examples=examples(40),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)


def link(subscription=1, end=""):
    return f"/unsubscribe/{token(subscription)}{end}"


def standing(app, subscription=1):
    _, _, standing = app.db.read(subscribers.subscription_by_id, subscription)
    return str(standing)


def nobody(client):
    """The answer to a token that was never ours."""
    return client.get("/unsubscribe/nothing")


# ---------------------------------------------------------------- looking


def test_the_page_names_the_newsletter_and_hides_the_address(client):
    page = client.get(link())

    assert page.status_code == 200
    assert "Unsubscribe from The Harbour Weekly?" in page.text
    assert "a•••@reader.example" in page.text
    assert "ada@" not in page.text


def test_the_page_has_one_button_that_posts_to_its_own_address(client):
    page = client.get(link()).text

    assert page.count("<form") == page.count("<button") == 1
    assert '<form method="post">' in page


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("end", ["", "/", "?List-Unsubscribe=One-Click"])
def test_only_post_changes_anything(client, app, stored, method, end):
    before = stored()

    client.request(method, link(end=end))

    assert stored() == before
    assert standing(app) == "active"


def test_head_answers_like_get(client):
    head, page = client.head(link()), client.get(link())

    assert head.status_code == 200
    assert dict(head.headers) == dict(page.headers)


def test_options_tells_every_link_alike_what_may_be_done(client):
    real, forged = client.options(link()), client.options("/unsubscribe/nothing")

    assert (real.status_code, real.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert dict(real.headers) == dict(forged.headers)


def test_other_methods_are_refused_and_say_which_are_not(client):
    answer = client.put(link())

    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


# ---------------------------------------------------------------- leaving


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"content": ONE_CLICK, "headers": FORM}, id="urlencoded"),
        pytest.param(
            {
                "content": MULTIPART,
                "headers": {"Content-Type": "multipart/form-data; boundary=x"},
            },
            id="multipart",
        ),
        pytest.param({"content": ONE_CLICK}, id="without a type"),
        pytest.param(
            {"content": b"\xff\x00{garbage", "headers": {"Content-Type": "; what=ever"}},
            id="garbage",
        ),
        pytest.param(
            {"content": b"--y", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
            id="broken multipart",
        ),
        pytest.param({"content": b"x" * 3_000_000, "headers": FORM}, id="big"),
        pytest.param({"content": iter([b"a", b"b"] * 50)}, id="in chunks"),
        pytest.param({"json": {"List-Unsubscribe": "no"}}, id="json"),
        pytest.param({"headers": {"Authorization": "Basic eDp5"}}, id="with a login"),
    ],
)
def test_one_post_is_enough_whatever_its_body(client, app, request_):
    answer = client.post(link(), **request_)

    assert answer.status_code == 200
    assert standing(app) == "unsubscribed"
    assert standing(app, 2) == "active"
    assert "set-cookie" not in answer.headers
    assert "location" not in answer.headers


def test_a_slash_at_the_end_is_no_reason_to_redirect(client, app):
    assert client.get(link(end="/")).status_code == 200
    assert client.post(link(end="/"), content=ONE_CLICK, headers=FORM).status_code == 200
    assert standing(app) == "unsubscribed"


def test_leaving_again_is_answered_alike_and_changes_nothing(client, stored):
    first = client.post(link())
    after = stored()

    again = client.post(link())

    assert (first.status_code, first.text) == (again.status_code, again.text)
    assert stored() == after


@pytest.mark.parametrize(
    ("content", "type_"),
    [(ONE_CLICK, FORM["Content-Type"]), (MULTIPART, "multipart/form-data; boundary=x")],
)
def test_a_mail_program_gets_a_word_and_a_person_gets_a_page(client, content, type_):
    person = client.post(link())
    program = client.post(link(), content=content, headers={"Content-Type": type_})

    assert program.headers["content-type"].startswith("text/plain")
    assert len(program.content) < 100
    assert person.headers["content-type"].startswith("text/html")
    assert "You are unsubscribed" in person.text
    assert "a•••@reader.example" in person.text


def test_who_has_left_is_told_so_and_sees_no_button(client):
    client.post(link())

    page = client.get(link())

    assert page.status_code == 200
    assert "You are unsubscribed" in page.text
    assert "<form" not in page.text


def test_who_leaves_during_a_send_is_not_sent_to(client, app):
    freeze(app.db)

    client.post(link())
    claims = app.db.write(deliveries.claim_deliveries, "owner", 10, MONDAY, MONDAY - MONDAY)

    assert [claim.email for claim in claims] == ["ben@reader.example"]
    assert states(app.db)["ada@reader.example"] == "skipped"


# ---------------------------------------------------------------- tokens that are not ours


def assert_tells_nothing(client, path, stored):
    before, expected = stored(), nobody(client)
    for method in ("GET", "POST"):
        answer = client.request(method, path)
        assert answer.status_code == 404
        assert answer.content == expected.content
        assert dict(answer.headers) == dict(expected.headers)
    assert stored() == before


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(token(purpose="confirm"), id="for another purpose"),
        pytest.param(token(secret="not our secret"), id="signed by somebody else"),
        pytest.param(token(999), id="of a reader who is forgotten"),
        pytest.param(token()[:-1], id="cut off"),
        pytest.param(token() + "A", id="too long"),
        pytest.param(token().upper(), id="in upper case"),
        pytest.param(token().replace("1.", "2.", 1), id="of the next reader"),
        pytest.param(f"{token()}/more", id="with a path behind it"),
        pytest.param(f"{token()}//", id="with two slashes"),
        pytest.param("", id="none"),
    ],
)
def test_every_token_that_is_not_ours_gets_the_same_answer(client, stored, other):
    assert_tells_nothing(client, f"/unsubscribe/{other}", stored)


@QUICK
@given(text=st.text(min_size=1, max_size=80))
def test_no_text_is_a_token(client, stored, text):
    if text not in {".", ".."}:  # the client itself takes these for a path
        assert_tells_nothing(client, f"/unsubscribe/{quote(text, safe='')}", stored)


@QUICK
@given(seed=st.integers())
def test_no_neighbour_of_a_token_is_a_token(client, stored, seed):
    chance = random.Random(seed)
    letters = list(token())
    letters[chance.randrange(len(letters))] = chance.choice("0123456789.-_abcXYZ ")
    near = "".join(letters)
    if near != token():
        assert_tells_nothing(client, f"/unsubscribe/{quote(near, safe='')}", stored)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_link_of_a_preview_says_so_and_unsubscribes_nobody(client, stored, method):
    before = stored()

    answer = client.request(method, link(0))

    assert answer.status_code == 200
    assert "from a preview" in answer.text
    assert "<form" not in answer.text
    assert stored() == before


# ---------------------------------------------------------------- what stays between us


@pytest.mark.parametrize("path", [link(), link(0), "/unsubscribe/nothing"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_about_a_reader_are_kept_by_no_cache_and_no_search_engine(client, path, method):
    headers = client.request(method, path).headers

    assert headers["cache-control"] == "no-store"
    assert "noindex" in headers["x-robots-tag"]
    assert headers["referrer-policy"] == "no-referrer"


def test_no_token_and_no_address_is_written_to_the_log(client, app):
    with capture_logs() as logs:
        for method in ("GET", "POST", "OPTIONS", "PUT"):
            client.request(method, link())
            client.request(method, link(end="/"))
            client.request(method, f"//unsubscribe/{token()}")
            client.request(method, f"/%75nsubscribe/{token()}/?token={token()}")
            client.request(method, f"/{token()}")
        break_store(app)
        client.get(link())
        client.post(link())

    assert len(logs) > 20
    assert token() not in str(logs)
    assert token().partition(".")[2][:20] not in str(logs)
    assert "ada@" not in str(logs)


# ---------------------------------------------------------------- when we can't


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_store_that_does_not_answer_is_said_and_promises_nothing(client, app, method):
    break_store(app)

    with capture_logs() as logs:
        answer = client.request(method, link())

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert "Nothing was changed" in answer.text
    assert "subscription" not in answer.text
    assert "sqlite" not in answer.text.lower()
    assert "no such table" in str(logs)
