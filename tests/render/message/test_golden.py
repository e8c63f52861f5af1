"""One edition with everything in it, byte for byte."""

from datetime import date
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.locale_words import full_day
from tests.render.agreed import (
    GOLDEN,
    check_agreed,
    noted_words,
    with_words_of_today,
    words_of_babel,
)
from tests.render.samples import a_full_edition, printed

LOCK = Path(__file__).parents[3] / "requirements.lock"


@pytest.mark.parametrize("part", ["html", "text"])
def test_an_edition_is_printed_byte_for_byte_as_agreed(part, request):
    file = GOLDEN / f"edition.{'html' if part == 'html' else 'txt'}"
    message = getattr(printed(a_full_edition()), part)
    check_agreed(file, message, "en", update=request.config.getoption("--update-golden"))


def test_the_same_edition_is_printed_the_same_every_time():
    assert printed(a_full_edition()) == printed(a_full_edition())


@pytest.mark.parametrize("language", noted_words())
def test_with_the_babel_of_the_lock_its_words_are_those_of_the_golden_messages(language):
    noted, now = noted_words()[language], words_of_babel(language)
    assert noted.keys() <= now.keys()
    if f"babel=={version('babel')} " in LOCK.read_text(encoding="utf-8"):
        assert noted == {asked: now[asked] for asked in noted}


def test_with_another_babel_a_golden_message_has_its_words_and_is_else_the_same(monkeypatch):
    agreed = (GOLDEN / "confirmation.en.txt").read_text(encoding="utf-8")
    before, day = with_words_of_today(agreed, "en"), full_day(date(2026, 3, 4))
    assert day in before

    monkeypatch.setattr("babel.dates.get_date_format", lambda *_, **__: "yyyy/M/d")

    assert with_words_of_today(agreed, "en") == before.replace(day, "2026/3/4")
