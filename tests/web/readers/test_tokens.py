"""Every address with a token in it: forged, swapped, cut and used again, it tells nothing."""

import hmac

import pytest

from digest.actions.editions.publish import publish
from digest.actions.message.message_factory import PREFERENCES, READ_PURPOSE
from digest.actions.transactional import signup
from digest.actions.transactional.preferences import undo_token
from digest.actions.transactional.signup import CONFIRM, SignupForm
from digest.core.editions.edition import EditionState
from digest.core.message.signed_token import sign
from digest.core.readers.double_opt_in import Quota
from digest.store.editions import editions
from tests.builders import MONDAY
from tests.publications import SECRET

ROUTES = {
    "/unsubscribe/": "unsubscribe",
    "/preferences/": PREFERENCES,
    "/confirm/": CONFIRM,
    "/undo/": "undo 2026030906",
    "/read/weekly/1/": READ_PURPOSE,
}
"""Where tokens are, and what each is signed for; an undo's has the hour in it."""
BOTH, GET = {"GET", "POST"}, {"GET"}
METHODS = dict(zip(ROUTES, (BOTH, BOTH, BOTH, BOTH, GET), strict=True))


@pytest.fixture(autouse=True)
def _traces(app):
    """An edition that went out, and a question that is open."""
    weekly = app.newsletter("weekly")
    publish(app.db, app.factory, weekly, MONDAY, MONDAY)
    app.db.write(editions.move, 1, [EditionState.FROZEN], EditionState.SENDING, "", MONDAY)
    asked = SignupForm(new := "cy@reader.example", new, (weekly,), "page", "words")
    assert signup.ask(app.db, asked, Quota(), SECRET, MONDAY) == 1


def bad(purpose):
    """Everything that looks like a token of this purpose, and is none."""
    good = sign(purpose, 1, SECRET)
    number, _, signature = good.partition(".")
    others = {*ROUTES.values(), "form", "undo 2026030901", ""} - {purpose}
    return [
        *(sign(other, 1, SECRET) for other in others if other),
        sign(purpose, 1, "the secret of somebody else"),
        sign(purpose, 999, SECRET),
        f"{2**63}.{signature}",
        f"{10**19 - 1}.{signature}",
        good[:-1],
        good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1],
        f"{good}A",
        f"{good}.{signature}",
        f"2.{signature}",
        f"01.{signature}",
        f"-1.{signature}",
        f"{number}{signature}",
        f".{signature}",
        number,
        good.upper(),
        signature[::-1],
        f"{number}.{'A' * 43}",
        f"{number}.{'é' * 43}",
        f"{good}%00",
        f"{good};x",
        "x" * 20_000,
    ]


def test_every_route_with_a_token_is_in_the_table(client):
    """A route that comes must be added above."""
    app = client.app
    while not hasattr(app, "routes"):
        app = app.app
    with_token = {
        route.path.partition("{token")[0].format(slug="weekly", edition=1)
        for route in app.routes
        if "{token" in route.path
    }
    assert with_token == set(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whatever_is_no_token_gets_one_answer_and_changes_nothing(client, stored, route, method):
    before = stored()

    answers = [client.request(method, f"{route}{one}") for one in bad(ROUTES[route])]

    shown = {(one.status_code, one.text, str(sorted(one.headers.items()))) for one in answers}
    assert len(shown) == 1, sorted((status, text[:80]) for status, text, _ in shown)
    assert answers[0].status_code == (404 if method in METHODS[route] else 405)
    assert "reader.example" not in answers[0].text
    assert stored() == before


@pytest.mark.parametrize("route", ROUTES)
def test_a_signature_is_compared_in_constant_time(client, monkeypatch, route):
    compared, real = [], hmac.compare_digest

    def watched(ours, theirs):
        compared.append((len(ours), len(theirs)))
        return real(ours, theirs)

    monkeypatch.setattr("digest.core.message.signed_token.hmac.compare_digest", watched)
    forged = f"1.{'A' * 43}"
    client.request("POST" if route == "/undo/" else "GET", f"{route}{forged}")

    assert compared
    assert set(compared) == {(45, 45)}


@pytest.mark.parametrize("route", ["/unsubscribe/", "/confirm/", "/undo/"])
def test_a_token_used_again_does_what_it_did_and_no_more(client, app, stored, route):
    token = sign(ROUTES[route], 1, SECRET)
    if route == "/undo/":
        client.post(f"/unsubscribe/{sign('unsubscribe', 1, SECRET)}")
        token = undo_token(1, SECRET, MONDAY)
    first = client.post(f"{route}{token}")
    after = stored()

    again = client.post(f"{route}{token}")

    assert (first.status_code, again.status_code) == (200, 200)
    assert stored() == after
