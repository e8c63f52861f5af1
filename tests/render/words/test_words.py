"""Our own words in every language, and what is filled into them."""

import re
import subprocess
import sys
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.newsletters.timetable import Schedule
from digest.errors import TemplateError
from digest.render.message.edition import Renderer
from digest.render.words.catalogue import translations
from digest.render.words.language import Phrases, direction, is_known_language, long_date
from digest.render.words.plain_text import apart
from tests.builders import MONDAY, a_publication, an_article, an_edition
from tests.locale_words import ENGLISH, full_day, grouped, in_a_row, long_day, weekday
from tests.render.samples import RENDERER, TEMPLATES, printed

ROOT = Path(__file__).parents[3]
LRM, RLM = "\u200e", "\u200f"


def say(language):
    return RENDERER.phrases(language)


def test_every_catalogue_has_every_phrase_and_no_other():
    asked = [sys.executable, "scripts/words.py", "--check"]
    ended = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert {line[:2] for line in ended.stdout.splitlines()} == {"ar", "de", "es", "fr"}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Unsubscribe", "1 story", "{} stories")),
        ("de", ("Abbestellen", "1 Beitrag", "{} Beiträge")),
        ("de-CH", ("Abbestellen", "1 Beitrag", "{} Beiträge")),
        ("es", ("Darse de baja", "1 artículo", "{} artículos")),
        ("fr", ("Se désabonner", "1 article", "{} articles")),
        ("ar", ("إلغاء الاشتراك", "مقال واحد", "{} مقال")),
    ],
)
def test_each_language_has_its_own_words_and_numbers(language, words):
    phrases = say(language)
    leave, one, many = words
    number = grouped(12_000, ENGLISH if language == "en" else language.replace("-", "_"))

    assert (phrases.leave, phrases.stories(1)) == (leave, one)
    assert phrases.stories(12_000) == many.format(number)


@pytest.mark.parametrize(
    ("count", "phrase"),
    [
        (0, "لا مقالات"),
        (1, "مقال واحد"),
        (2, "مقالان"),
        (3, "{} مقالات"),
        (10, "{} مقالات"),
        (11, "{} مقالًا"),
        (99, "{} مقالًا"),
        (100, "{} مقال"),
        (102, "{} مقال"),
        (103, "{} مقالات"),
        (111, "{} مقالًا"),
    ],
)
def test_arabic_counts_in_six_ways(count, phrase):
    assert say("ar").stories(count) == phrase.format(grouped(count, "ar"))


def test_nothing_is_one_in_french_and_many_in_german():
    assert say("fr").stories(0) == "0 article"
    assert say("de").stories(0) == "0 Beiträge"


def test_names_stand_in_a_row_as_the_language_has_it():
    names = ("Ada Ferrer", "Bo Lin", "Cy Okafor")

    assert say("en").names(names) == in_a_row(names, "en_GB")
    assert say("en-US").names(names) == in_a_row(names, "en_US")
    assert say("de").names(names) == in_a_row(names, "de")
    assert say("es").names(names[:2]) == in_a_row(names[:2], "es")


def test_a_language_without_words_has_english_ones_and_its_own_dates():
    message = printed(
        an_edition(an_article(authors=("Ada Ferrer", "Bo Lin"))), a_publication(language="pt-BR")
    )

    authors = in_a_row(("Ada Ferrer", "Bo Lin"))
    assert f"{full_day(MONDAY.date(), 'pt_BR')} · 1 story" in message.text
    assert f"By {authors} · {long_day(date(2026, 3, 7), 'pt_BR')}" in message.text


@pytest.mark.parametrize(
    ("schedule", "german"),
    [
        (
            Schedule("week", time(7, 30), weekdays=(0, 3)),
            f"jeden {in_a_row((weekday(0, 'de'), weekday(3, 'de')), 'de')} um 07:30 Uhr",
        ),
        (Schedule("day", time(22, 0)), "jeden Tag um 22:00 Uhr"),
        (
            Schedule("month", time(6, 0), monthdays=(1, 15)),
            f"im Monat an diesen Tagen: {in_a_row(('1', '15'), 'de')}",
        ),
        (Schedule("cron", cron="30 7 * * mon"), "nach eigenem Zeitplan"),
    ],
)
def test_a_schedule_is_said_in_the_readers_language(schedule, german):
    assert say("de").schedule(schedule).startswith(german)


@pytest.mark.parametrize(
    ("language", "way", "locale"),
    [
        ("ar-XX", "rtl", "ar"),
        ("de-Latn-XX", "ltr", "de"),
        ("en-US", "ltr", "en_US"),
        ("he", "rtl", "he"),
        ("zz", "ltr", "en_GB"),
        ("", "ltr", "en_GB"),
    ],
)
def test_a_language_that_is_half_known_is_taken_by_its_better_half(language, way, locale):
    day = MONDAY.date()
    assert (direction(language), long_date(day, language)) == (way, long_day(day, locale))


def test_what_is_known_of_a_language_is_how_it_writes_dates():
    assert [is_known_language(one) for one in ("en", "en-GB", "de-AT", "pt-BR", "xx")] == [
        True
    ] * 4 + [False]


def test_a_schedule_is_said_in_english_where_the_language_has_no_words():
    assert say("pt-BR").schedule(Schedule("day", time(22, 0))) == "every day at 22:00"


# ---------------------------------------------------------------- a publication's own catalogue

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
PLURALS = HEAD + '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def with_catalogue(folder: Path, language: str, text: str) -> Renderer:
    file = folder / f"locale/{language}/LC_MESSAGES/digest.po"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return Renderer([folder, TEMPLATES])


def test_a_catalogue_of_ones_own_comes_first_and_the_rest_is_as_before(tmp_path):
    own = PLURALS + 'msgid "Unsubscribe"\nmsgstr "Und tschüss"\n\nmsgid "Related"\nmsgstr ""\n'

    phrases = with_catalogue(tmp_path, "de_AT", own).phrases("de-AT")

    assert (phrases.leave, phrases.related) == ("Und tschüss", "Zum Thema")


def test_english_is_changed_by_a_catalogue_of_ones_own_too(tmp_path):
    own = PLURALS + 'msgid "Unsubscribe"\nmsgstr "Stop these emails"\n'

    renderer = with_catalogue(tmp_path, "en", own)

    page = renderer.page(
        "unsubscribe.html", publication=a_publication(), newsletter="Tides", email="a•••@b.example"
    )
    assert "Stop these emails</button>" in page
    assert "Unsubscribe from Tides?" in page


def test_a_new_language_needs_a_catalogue_and_nothing_else(tmp_path):
    own = PLURALS + 'msgid "{count} story"\nmsgid_plural "{count} stories"\n'
    own += 'msgstr[0] "uma história"\nmsgstr[1] "{count} histórias"\n'

    renderer = with_catalogue(tmp_path, "pt", own)

    assert renderer.languages() == ("ar", "de", "en", "es", "fr", "pt")
    assert renderer.phrases("pt-BR").stories(1) == "uma história"
    assert renderer.phrases("pt-BR").stories(4) == "4 histórias"
    assert renderer.phrases("pt-BR").leave == "Unsubscribe"


@pytest.mark.parametrize(
    ("phrase", "fault"),
    [
        ('msgid "By {names}"\nmsgstr "Por {nome}"', ":6: 'Por {nome}' must have {names}"),
        ('msgid "By {names}"\nmsgstr "Por"', ":6: 'Por' must have {names}"),
        ('msgid "By {names}"\nmsgstr "Por {names"', "has a brace too many or too few"),
        ('msgid "Related"\nmsgstr "{x}"', ":6: '{x}' must have nothing in braces"),
        ('msgid "By {names"', "is no catalogue that can be read"),
    ],
)
def test_a_slip_in_a_catalogue_is_named_with_its_line(tmp_path, phrase, fault):
    renderer = with_catalogue(tmp_path, "pt", PLURALS + phrase + "\n")

    with pytest.raises(TemplateError) as raised:
        renderer.check()

    assert f"{tmp_path}/locale/pt/LC_MESSAGES/digest.po" in str(raised.value)
    assert fault in str(raised.value)


@pytest.mark.parametrize("language", ["", "en", "xx", "../../etc", "*", "de/../../x"])
def test_a_language_is_never_taken_for_a_path(language):
    assert translations([TEMPLATES], language) is None


# ---------------------------------------------------------------- two directions in one line


def test_a_latin_name_keeps_to_itself_in_an_arabic_sentence():
    assert say("ar").by("Ada Ferrer") == f"بقلم {RLM}{LRM}Ada Ferrer{LRM}{RLM}"
    assert say("ar").by("نورة") == "بقلم نورة"


def test_a_hebrew_name_keeps_to_itself_in_an_english_sentence():
    assert say("en").by("נועה") == f"By {LRM}{RLM}נועה{RLM}{LRM}"
    assert say("en").by("Zoë Müller") == "By Zoë Müller"


def test_names_in_a_row_are_apart_from_each_other_and_from_the_sentence():
    both = say("ar").by(say("ar").names(("Ada Ferrer", "نورة")))

    row = in_a_row((f"{RLM}{LRM}Ada Ferrer{LRM}{RLM}", "نورة"), "ar")
    assert both == f"بقلم {row}{RLM}"


@given(st.text(alphabet="ab 1.·?" + "אب" + "عب" + LRM + RLM), st.sampled_from(["ltr", "rtl"]))
def test_setting_apart_adds_marks_only_and_only_once(text, around):
    once = apart(text, around)

    assert once.replace(LRM, "").replace(RLM, "") == text.replace(LRM, "").replace(RLM, "")
    assert apart(once, around) == once


@given(st.text(alphabet="ab 1.·?אבعב"), st.sampled_from(["ltr", "rtl"]))
def test_what_is_set_apart_touches_its_line_with_the_lines_own_direction(text, around):
    mark = LRM if around == "ltr" else RLM
    once = apart(text, around)

    assert once == text or (once.startswith(mark) and once.endswith(mark))


def test_phrases_by_themselves_are_english():
    assert Phrases().stories(1) == "1 story"


# ---------------------------------------------------------------- nothing is said past them

NOT_WORDS = re.compile(
    r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<style.*?</style>|<[^>]*>|&\w+;", re.DOTALL
)
PRINTED = sorted(file for file in TEMPLATES.rglob("*") if file.suffix in {".html", ".txt"})


@pytest.mark.parametrize("file", PRINTED, ids=lambda file: str(file.relative_to(TEMPLATES)))
def test_a_template_has_no_words_of_its_own(file):
    assert re.findall(r"[^\W\d_]{2,}", NOT_WORDS.sub(" ", file.read_text(encoding="utf-8"))) == []
