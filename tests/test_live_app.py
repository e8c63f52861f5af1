"""A config that changes while the process runs."""

import os
from datetime import timedelta

import pytest
import structlog
from structlog.testing import capture_logs

from digest.live_app import Live
from tests.builders import MONDAY
from tests.publications import found, open_app, write_config

LONG_AGO = MONDAY - timedelta(hours=1)


@pytest.fixture
def app(tmp_path):
    structlog.reset_defaults()
    config = found(tmp_path)
    dated(config, LONG_AGO - timedelta(days=1))
    app = open_app(config)
    yield app
    app.db.close()


@pytest.fixture
def live(app):
    return Live(app)


def dated(path, moment):
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def change(app, at=LONG_AGO, **config):
    """Write another config, as if at that time."""
    dated(write_config(app.settings.path.parent, **config), at)


def test_an_untouched_config_gives_the_same_app_again(live, app):
    assert live() is app
    assert live() is app


def test_a_valid_change_is_taken_up_and_keeps_the_open_store(live, app):
    change(app, mail='uncertain = "resend_once"')

    fresh = live()

    assert fresh.settings.mail.uncertain == "resend_once"
    assert fresh.db is app.db
    assert live() is fresh


def test_whoever_holds_the_old_app_goes_on_unchanged(live, app):
    change(app, mail='uncertain = "resend_once"')
    live()

    assert app.settings.mail.uncertain == "hold"


def test_a_change_of_the_secret_and_of_the_transport_is_taken_up(live, app):
    (app.settings.path.parent / "secret.key").write_text("another secret, long enough for links")
    change(app, transport="smtp", smtp_port=2526)

    fresh = live()

    assert fresh.secret == "another secret, long enough for links"
    assert (fresh.settings.mail.transport, fresh.settings.mail.smtp.port) == ("smtp", 2526)
    assert fresh.factory.secret == fresh.secret


def test_what_takes_a_restart_is_said(live, app):
    change(app, port=8001)

    with capture_logs() as logs:
        live()

    assert [line.get("key") for line in logs] == [None, "web.listen"]


def test_an_invalid_change_is_said_once_with_line_and_key_and_the_last_good_one_stays(live, app):
    change(app, mail='uncertian = "hold"')

    with capture_logs() as logs:
        assert [live() for _ in range(3)] == [app] * 3

    (line,) = logs
    assert f"{app.settings.path}:10: mail.uncertian" in line["why"]


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"newsletter": 'subject = "{{ lead.title "'}, "subject"),
        ({"more": '[store]\nurl = "sqlite:///other.db"'}, "store.url changed"),
    ],
)
def test_a_change_that_can_not_work_is_refused_as_a_whole(live, app, config, says):
    change(app, mail='uncertain = "resend_once"', **config)

    with capture_logs() as logs:
        assert live() is app

    assert says in logs[0]["why"]


def test_a_secret_that_went_missing_is_noticed_with_the_change(live, app):
    (app.settings.path.parent / "secret.key").unlink()
    change(app, mail='uncertain = "resend_once"')

    with capture_logs() as logs:
        assert live() is app

    assert "web.secret" in logs[0]["why"]


def test_a_mended_config_is_taken_up(live, app):
    change(app, mail="oh dear")
    live()
    change(app, at=LONG_AGO + timedelta(minutes=1), mail='uncertain = "resend_once"')

    assert live().settings.mail.uncertain == "resend_once"


def test_a_config_that_vanished_leaves_the_last_good_one_in_force(live, app):
    app.settings.path.unlink()

    with capture_logs() as logs:
        assert [live(), live()] == [app, app]

    assert len(logs) == 1


def test_a_config_that_is_being_written_waits_until_it_is_quiet(live, app):
    change(app, at=MONDAY - timedelta(seconds=1), mail='uncertain = "resend_once"')
    assert live() is app

    dated(app.settings.path, MONDAY - timedelta(seconds=3))
    assert live().settings.mail.uncertain == "resend_once"


async def test_of_several_servers_each_has_places_that_are_booked_in_the_store(tmp_path):
    more = '[[mail.smtp.relay]]\nhost = "127.0.0.1"\nport = 2526\nrate = "10/second"'
    app = open_app(found(tmp_path, transport="smtp", more=more))
    fast, slow = app.relays._relays
    assert fast.book is None
    assert slow.book
    first, second = await slow.book(5), await slow.book(5)
    assert -0.9 <= first < second  # what may go in a second may go at once
    app.db.close()
