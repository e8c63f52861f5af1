"""How often, when and how readers want newsletters, as a list says it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.message.story_choice import Format
from digest.core.readers.cadence import Cadence, begins, first_day
from digest.core.readers.delivery_options import (
    NO_NEWS,
    Calendar,
    News,
    StoredOptions,
    news,
    parse_options,
)
from digest.core.readers.reader import NO_WANTS, Break, Wants
from tests.builders import CALENDAR, MONDAY

EVERY, SECOND, MONTHLY = Cadence.EVERY, Cadence.SECOND, Cadence.MONTHLY
APRIL = datetime(2026, 3, 31, 22, tzinfo=UTC)
"""When the first of April begins in Berlin."""
HELD = StoredOptions({"weekly": EVERY, "daily": SECOND}, format=Format.SHORT)


def said(cadence="", until="", catch_up="", wanted=""):
    return parse_options((cadence, until, catch_up, wanted), CALENDAR)


def test_empty_cells_say_nothing():
    assert said() is NO_WANTS
    assert not said(" ", "\t", "", " ")
    assert not said(catch_up="yes")  # of no break


def test_cells_say_how_often_until_when_and_how():
    assert said("Monthly", "2026-04-01", "YES", " text") == Wants(
        (("", MONTHLY),), Break(date(2026, 4, 1), APRIL, catch_up=True), Format.TEXT
    )


def test_newsletters_may_differ():
    assert said("every; weekly:monthly ;daily:second").cadences == (
        ("", EVERY),
        ("daily", SECOND),
        ("weekly", MONTHLY),
    )


def test_a_day_that_is_over_is_no_break():
    assert said(until="2026-03-09").rest == Break(date(2026, 3, 9), None)
    assert said(until="2026-03-10").rest.until == datetime(2026, 3, 9, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (
            {"cadence": "often"},
            'the cadence "often" is unknown; use every, second or monthly (every;weekly:monthly',
        ),
        ({"cadence": "weekly:"}, 'the cadence "weekly:" is unknown'),
        ({"cadence": "every;monthly"}, "says two things of one newsletter"),
        ({"cadence": ";"}, 'the cadence ";" is unknown'),
        ({"until": "01.04.2026"}, '"01.04.2026" is no day for paused_until; write 2026-12-31'),
        ({"until": "2027-03-11"}, "2027-03-11 is too late: a break is a year at most, until 2027-"),
        ({"catch_up": "perhaps"}, 'the catch_up "perhaps" is unknown; use yes or no'),
        ({"wanted": "html"}, 'the format "html" is unknown; use full, short or text'),
    ],
)
def test_what_a_cell_may_not_say_is_named_with_what_it_may(cells, reason):
    with pytest.raises(ValueError, match=r".") as refused:
        said(**cells)
    assert reason in str(refused.value)


def test_all_that_is_wrong_in_a_row_is_named():
    with pytest.raises(ValueError, match=r"cadence .*; .*paused_until.*; .*catch_up.*; .*format"):
        said("often", "soon", "perhaps", "html")


def changed(wants, held=HELD, *, chosen=False, slugs=("weekly", "daily")):
    return news(wants, slugs, held, chosen=chosen)


def test_what_is_so_already_is_no_news():
    assert changed(said("every;daily:second", "2026-03-01", "yes", "short")) == NO_NEWS
    resting = replace(HELD, paused_until=APRIL, catch_up=True)
    assert changed(said(until="2026-04-01"), resting) == NO_NEWS  # it doesn't say no to catching up


def test_only_the_newsletters_that_differ_are_news():
    assert changed(said("second")) == News(Wants((("weekly", SECOND),)), said=True)
    assert changed(said("daily:monthly"), slugs=("weekly",)) == NO_NEWS


def test_a_list_begins_moves_and_ends_a_break():
    begun = changed(said(until="2026-04-01", catch_up="yes"))
    assert begun.wants.rest == Break(date(2026, 4, 1), APRIL, catch_up=True)
    resting = replace(HELD, paused_until=APRIL, catch_up=True)
    assert changed(said(until="2026-05-01"), resting).wants.rest.catch_up is True
    assert changed(said(until="2026-04-01", catch_up="no"), resting).wants.rest.catch_up is False
    assert changed(said(until="2026-03-01"), resting).wants.rest.until is None


def test_what_readers_said_themselves_stays():
    all_of_it = said("monthly", "2026-04-01", "no", "text")
    assert changed(all_of_it, replace(HELD, own=True), chosen=True) == News(
        kept=("cadence", "break", "format")
    )
    rest_only = changed(all_of_it, HELD, chosen=True)
    assert rest_only.kept == ("cadence", "format")
    assert rest_only.wants == Wants(rest=all_of_it.rest)


def test_of_a_newsletter_that_they_join_by_the_list_they_chose_nothing_yet():
    held = StoredOptions({"weekly": EVERY}, own=True)
    found = changed(said("monthly"), held, chosen=True)
    assert found == News(Wants((("daily", MONTHLY),)), said=False, kept=("cadence",))


ZONES = st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia"])


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), ZONES.map(ZoneInfo))
def test_a_day_is_read_from_the_moment_at_which_it_begins(day, zone):
    """Also where the clocks are turned at midnight; a day that a zone left out has no moment."""
    assert first_day(begins(day, zone), zone) == day or day == date(2011, 12, 30)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)), ZONES.map(ZoneInfo))
def test_a_break_is_never_written_shorter_than_it_is(naive, zone):
    moment = naive.replace(tzinfo=UTC)
    assert begins(first_day(moment, zone), zone) >= moment


def test_what_day_it_is_depends_on_where_the_publication_is():
    evening = MONDAY.replace(hour=23, minute=30)
    assert Calendar(evening, ZoneInfo("Europe/Berlin")).today == date(2026, 3, 10)
