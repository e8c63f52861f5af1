"""The page of choices: what it shows is what a freeze would do, and only its buttons change it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from digest.actions.plan import plan
from digest.actions.publish import publish
from digest.actions.share import reader_of, share
from digest.config.load import load
from digest.core.edition import EditionState
from digest.core.token import sign
from digest.store import choosing, editions, subscribers
from digest.store.enrolment import enrol_all
from digest.web.app import site
from tests.builders import MONDAY
from tests.publications import SECRET, fill, found, open_app
from tests.stock import a_reader, keep_article
from tests.web.conftest import token

ADA = "ada@reader.example"
CONFIG = """
[[topic]]
slug = "sea"
name = "The sea"
keywords = ["gauge", "tide"]

[[topic]]
slug = "town"
name = "The town"
keywords = ["tram", "mayor"]

[[newsletter]]
slug = "daily"
title = "The Harbour Daily"
"""


class Clock:
    now = MONDAY

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Two topics, two newsletters, and an edition that went out with two stories."""
    app = open_app(found(tmp_path_factory.mktemp("choices"), more=CONFIG))
    fill(app, ADA, "ben@reader.example")
    tram, day = "The mayor takes the tram", MONDAY - timedelta(days=1)
    keep_article(app.db, tram, authors=("Ben Quay",), published=day)
    app.db.write(enrol_all, [a_reader(ADA)], ["daily"], MONDAY)
    publish(app.db, app.press, app.newsletter("weekly"), MONDAY, MONDAY)
    app.db.write(editions.move, 1, [EditionState.FROZEN], EditionState.SENDING, "", MONDAY)
    app.db.close()
    return app.db.path.read_bytes()


@pytest.fixture
def app(tmp_path, clock, store):
    app = replace(open_app(found(tmp_path, store, more=CONFIG)), clock=clock)
    yield app
    app.db.close()


@pytest.fixture
def client(app):
    return TestClient(site(lambda: app), follow_redirects=False)


def page(subscription=1):
    return f"/preferences/{token(subscription, 'preferences')}"


def ada(app):
    return app.db.read(subscribers.find, ADA)


def standings(app):
    return {one.newsletter: str(one.standing) for one in ada(app).subscriptions}


def sample(text):
    """The titles that the page promises."""
    return re.findall(r"<li>(.*?)</li>", text)


def offered(text):
    wish = r'<legend>(.*?)</legend>\n<label><input type="radio" name="(?:topic|author):'
    return re.findall(wish, text)


# ---------------------------------------------------------------- looking


def test_the_page_shows_whose_it_is_what_there_is_and_what_it_means(client):
    shown = client.get(page())

    assert shown.status_code == 200
    assert "These are the choices of a•••@reader.example." in shown.text
    assert "ada@" not in shown.text
    assert offered(shown.text) == ["The sea", "The town", "Ben Quay", "Mara Lind"]
    assert "9 March 2026 would have had 2 stories for you" in shown.text
    assert set(sample(shown.text)) == {"The tide gauge", "The mayor takes the tram"}
    assert shown.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_looking_changes_nothing(client, stored, method):
    before = stored()

    client.request(method, page() + "?do=leave&topic:sea=-")

    assert stored() == before


@pytest.mark.parametrize("body", [{}, {"do": "show"}, {"do": "sample"}, {"do": "leave:nothing"}])
def test_only_the_buttons_that_say_so_change_anything(client, stored, body):
    before = stored()

    assert client.post(page(), data=body | {"topic:sea": "+"}).status_code == 200
    assert stored() == before


def test_a_token_for_something_else_opens_nothing(client, stored):
    before = stored()
    forged = ["nothing", "1%0a", token(), token(99, "preferences"), token(1, "preferences") + "x"]
    forged.append(sign("preferences", 1, "x" * 40))

    answers = [
        client.request(
            verb, f"/preferences/{one}", data={"do": "leave"} if verb == "POST" else None
        )
        for one in forged
        for verb in ("GET", "POST")
    ]

    assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}
    assert stored() == before


def test_the_link_of_a_preview_changes_nothing(client, stored):
    before = stored()

    assert "This link is from a preview" in client.get(page(0)).text
    assert client.post(page(0), data={"do": "leave"}).status_code == 200
    assert stored() == before


def test_only_this_page_has_a_script_and_only_its_own(client):
    rules = client.get(page()).headers["content-security-policy"]

    assert re.search(r"script-src 'sha256-[^']+'; connect-src 'self';", rules)
    assert "unsafe" not in rules
    assert "script" not in client.get("/").headers["content-security-policy"]


# ---------------------------------------------------------------- choosing


def test_what_is_saved_is_what_the_next_edition_goes_by(client, app):
    answer = client.post(page(), data={"do": "save", "topic:sea": "+", "topic:town": "-"})

    assert "Saved." in answer.text
    assert ada(app).topics == ("sea", "-town")
    assert sample(answer.text) == ["The tide gauge"]
    assert sample(client.get(page()).text) == ["The tide gauge"]


@pytest.mark.parametrize(
    "choice",
    [
        {"topic:sea": "+"}, {"topic:sea": "-"}, {"author:Ben Quay": "+"},
        {"author:Ben Quay": "-"}, {"topic:sea": "-", "author:Mara Lind": "+"},
        {"topic:sea": "+", "author:Mara Lind": "-"}, {"topic:sea": "-", "topic:town": "-"}, {},
    ],
)  # fmt: skip
def test_the_sample_is_what_a_reader_with_these_choices_gets(client, app, choice):
    promised = set(sample(client.post(page(), data={"do": "show"} | choice).text))
    client.post(page(), data={"do": "save"} | choice)
    held, key, at = ada(app), "new@reader.example", MONDAY + timedelta(minutes=1)
    app.db.write(enrol_all, [a_reader(key)], ["daily"], MONDAY - timedelta(days=30))
    app.db.write(choosing.choose, key, held.topics, held.authors, MONDAY)

    daily = app.newsletter("daily")
    publish(app.db, app.press, daily, at, at)

    shown = share(app.db, app.press, plan(app.db, daily, at), reader_of(app.db, key))
    assert shown is not None
    assert {entry.title for entry, gets, _ in shown.stories if gets} == promised


def test_one_who_would_get_nothing_is_told_so(client):
    answer = client.post(page(), data={"do": "show", "topic:sea": "-", "topic:town": "-"})

    assert "would have had nothing for you" in answer.text


def test_the_sample_is_of_another_newsletter_where_that_of_the_link_has_none(client, app):
    """The daily had no edition yet, and Ada gets the weekly, too."""
    daily = next(one.id for one in ada(app).subscriptions if one.newsletter == "daily")

    shown = client.get(page(daily))

    assert "9 March 2026 would have had 2 stories for you" in shown.text
    part = client.post(page(daily), data={"do": "sample", "topic:sea": "+"})
    assert sample(part.text) == ["The tide gauge"]


def test_who_gets_not_all_is_shown_the_way_to_the_others_and_who_gets_none_is_told(client, app):
    form = '<a href="http://127.0.0.1:8000/subscribe">Newsletters</a>'
    assert form not in client.get(page()).text
    client.post(page(), data={"do": "leave:daily"})
    assert form in client.get(page()).text
    assert "you get no newsletter" not in client.get(page()).text

    client.post(page(), data={"do": "leave"})

    shown = client.get(page()).text
    assert "At present you get no newsletter from us." in shown
    assert form in shown
    assert "Take a break" not in shown


def test_before_the_first_edition_there_is_no_sample(client, app):
    out, none = [EditionState.SENDING], EditionState.CANCELLED
    app.db.write(editions.move, 1, out, none, "", MONDAY)

    shown = client.get(page(3))

    assert "no edition yet" in shown.text


def test_the_part_that_the_script_asks_for_is_only_the_sample(client):
    part = client.post(page(), data={"do": "sample", "author:Ben Quay": "-"}).text

    assert sample(part) == ["The tide gauge"]
    assert "<form" not in part


def test_what_the_config_lost_stays_chosen_and_can_be_seen_and_taken_back(client, app):
    app.db.write(choosing.choose, ADA, ["The Sea", "-gone"], ["M. Unknown", "-ben quay"], MONDAY)

    shown = client.get(page()).text
    assert offered(shown) == ["The sea", "The town", "gone", "Ben Quay", "M. Unknown", "Mara Lind"]
    client.post(page(), data={"do": "save"})
    assert ada(app).topics == ("sea", "-gone")
    assert ada(app).authors == ("-Ben Quay", "M. Unknown")

    client.post(page(), data={"do": "save", "topic:gone": "", "author:M. Unknown": ""})
    assert (ada(app).topics, ada(app).authors) == (("sea",), ("-Ben Quay",))


def test_nothing_but_what_is_offered_can_be_chosen(client, app):
    sent = {"do": "save", "topic:<b>": "+", "author:x": "-", "topic:sea": "maybe", "tier": "gold"}

    client.post(page(), data=sent)

    assert (ada(app).topics, ada(app).authors, ada(app).tier) == ((), (), "")


def test_a_choice_that_was_imported_can_not_become_markup(client, app):
    app.db.write(choosing.choose, ADA, ["<script>x</script>"], ['"><img src=x>'], MONDAY)

    shown = client.get(page()).text

    assert shown.count("<script>") == 1
    assert "<img" not in shown


# ---------------------------------------------------------------- rhythm and form


def test_how_often_and_in_which_form_is_saved_with_the_rest(client, app, clock):
    sent = {"do": "save", "cadence:daily": "monthly", "cadence:weekly": "", "format": "text"}

    shown = client.post(page(), data=sent | {"cadence:gone": "second"}).text

    held = ada(app)
    assert {one.newsletter: str(one.cadence) for one in held.subscriptions} == {
        "weekly": "every",
        "daily": "monthly",
    }
    assert (held.format, held.said) == ("text", clock.now)
    assert re.search(r'name="cadence:daily" value="monthly" checked', shown)
    assert re.search(r'name="format" value="text" checked', shown)


def test_the_sample_of_a_month_has_what_its_editions_had_together(client, app):
    for n in range(1, 5):
        at = MONDAY + timedelta(days=7 * n)
        title = f"Of {at:%d %B}"
        keep_article(app.db, title, body_text=f"{title} and more.", published=at)
        made = publish(app.db, app.press, app.newsletter("weekly"), at, at).edition.id
        app.db.write(editions.move, made, [EditionState.FROZEN], EditionState.SENDING, "", at)

    every, second, monthly = (
        client.post(page(), data={"do": "sample", "cadence:weekly": one}).text
        for one in ("every", "second", "monthly")
    )

    assert sample(every) == ["Of 06 April"]
    assert sample(second) == ["Of 06 April", "Of 30 March"]
    assert sample(monthly) == ["Of 06 April", "Of 30 March", "Of 23 March", "Of 16 March"]


def told(answer):
    return re.findall(r'<p class="fault"[^>]*>(.*?)</p>', answer.text)


@pytest.mark.parametrize(
    ("what", "day"),
    [
        ({"do": "pause:weeks"}, "23 March 2026"),
        ({"do": "pause:month", "catch_up": "yes"}, "9 April 2026"),
        ({"do": "pause", "until": "2026-03-10"}, "10 March 2026"),
        ({"do": "pause", "until": "2027-03-10", "catch_up": "yes"}, "10 March 2027"),
    ],
)
def test_a_break_lasts_until_a_day_and_ends_by_itself(client, app, clock, what, day):
    (said,) = told(client.post(page(), data=what))

    assert said.startswith(f"You get nothing before {day}.")
    assert ("the best of what you missed" in said) == ("catch_up" in what)
    assert ada(app).catch_up == ("catch_up" in what)
    clock.now = ada(app).paused_until
    assert told(client.get(page())) == []


@pytest.mark.parametrize("until", ["", "2026-03-09", "2027-03-11", "tomorrow", "2026-02-30"])
def test_a_break_that_makes_no_sense_changes_nothing(client, stored, until):
    before = stored()

    said = told(client.post(page(), data={"do": "pause", "until": until}))

    assert said == ["Please choose a day from tomorrow to a year from now."]
    assert stored() == before


def test_a_break_can_be_ended_on_the_page(client, app):
    shown = client.post(page(), data={"do": "pause:month"})
    assert "End the break now" in shown.text

    assert told(client.post(page(), data={"do": "resume"})) == [
        "Your break is over. You get the next edition."
    ]
    assert ada(app).paused_until == MONDAY
    assert "End the break now" not in client.get(page()).text


# ---------------------------------------------------------------- leaving, and back


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
    app.db.write(subscribers.suppress, ADA, "", "550 5.1.1 no such user", MONDAY)

    assert press_undo(client, answer).status_code == 403
    assert standings(app)["weekly"] == "unsubscribed"


def test_a_newsletter_that_left_the_config_can_still_be_left(client, app):
    config = app.settings.path
    config.write_text(config.read_text().replace('slug = "daily"', 'slug = "evening"'))
    renamed = TestClient(site(lambda: replace(app, settings=load(config))))

    assert renamed.get(page(3)).status_code == 200
    renamed.post(page(3), data={"do": "leave:daily"})
    assert standings(app) == {"weekly": "active", "daily": "unsubscribed"}
