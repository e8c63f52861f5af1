"""What counts as the same word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.articles.author import Writer
from digest.core.articles.search_terms import (
    MAX_QUERY_CHARS,
    MOST_WORDS,
    findable,
    fold_words,
    search_terms,
)


def found(question, title, *names, writers=()):
    text = findable(title, names)
    sought = search_terms(question, writers)
    return bool(sought) and all(any(one in text for one in word) for word in sought)


@pytest.mark.parametrize(
    ("question", "title"),
    [
        *(("tide GAUGE", "The Tide Gauge That Never Sleeps"), ("gaug", "The tide gauge")),
        *(("muller", "Müller fährt"), ("mueller", "Müller fährt"), ("MÜLLER", "Müller")),
        *(("strasse", "Die Straße"), ("Straße", "DIE STRASSE"), ("ubung", "U\u0308bung")),
        *(
            ("zemaite", "Žemaitė"),
            ("lodz", "Łódź"),
            ("oresund", "Øresund"),
            ("istanbul", "İstanbul"),
        ),
        *(("don't", "They don’t wait"), ("well-known", "A well known port"), ("ｆｏｇ", "Fog")),
        *(("الحرب", "عن الحَرْب"), ("اسرة", "الأسرة"), ("ادارى", "إداري"), ("کتاب", "كتاب")),
        *(
            ("潮汐", "港口的潮汐表"),
            ("がく", "かがくの港"),
            ("항구", "항구의 안개"),
            ("हिन्दी", "हिन्दी की किताब"),
            ("ท่าเรือ", "หมอกที่ท่าเรือ"),
            ("ёлка", "Елка"),
        ),
        *(("gauge tide", "The tide gauge"), ("50", "50 % of it"), ("ﬁre", "Fire!")),
    ],
)
def test_it_is_found(question, title):
    assert found(question, title)


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("tide fog", "The tide gauge"),
        ("かく", "がくの港"),
        ("", "Fog"),
        ("…!", "Fog"),
        ("%", "Fog"),
    ],
)
def test_it_is_not_found(question, title):
    assert not found(question, title)


def test_names_are_found_too_in_every_spelling_of_the_config():
    writers = (Writer("Mara Lind", ("M. Lind", "ماريا ليند")), Writer("Bo Lin"))

    assert found("mara fog", "Fog", "M. Lind", writers=writers)
    assert found("ماريا", "Fog", "Mara Lind", writers=writers)
    assert not found("bo", "Fog", "Mara Lind", writers=writers)


@given(st.text())
def test_folding_is_done_once(text):
    assert fold_words(fold_words(text)) == fold_words(text)
    assert not set(fold_words(text)) & set("%_\\/'\"\n")


@given(st.text(max_size=60), st.text(max_size=20))
def test_every_word_of_a_title_and_a_name_is_found(title, name):
    for word in fold_words(f"{title} {name}").split():
        assert word in findable(title, [name])


def test_a_long_question_costs_no_more():
    assert len(search_terms(" ".join(map(str, range(10_000))))) == MOST_WORDS
    assert search_terms("x" * 10_000) == (("x" * MAX_QUERY_CHARS,),)
