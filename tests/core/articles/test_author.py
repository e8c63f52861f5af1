"""One person under several spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.articles.author import Writer, author_key, credited, spellings
from digest.core.articles.identity import clean_authors
from tests.builders import an_article

MARA = Writer("Mara Lind", ("M. Lind", "Mara Lind-Holm"))


@pytest.mark.parametrize(
    "spelling",
    [
        "mara lind",
        "MARA LIND",
        "Mara  Lind",
        "By Mara Lind",
        "<b>Mara</b> <i>Lind</i>",
        "Mara Lind, Staff Writer",
        "Mara Lind, PhD",
        "Mara Lind (Hamburg)",
        "Mara Lind | The Harbour Review",
        "Mara Lind · Science",
        "Dr. Mara Lind",
        "Prof. Dr. Mara Lind",
        "Mara K. Lind",
        "Mára Lind",
        "Lind, Mara",
    ],
)
def test_usual_spellings_are_one_person(spelling):
    assert clean_authors(["Mara Lind", spelling]) == ("Mara Lind",)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("J. K. Rowe", "JK Rowe"),
        ("J. K. Rowe", "J.K. Rowe"),
        ("Søren Ærø", "Soren Aero"),
        ("José-Luis Ferreira", "Jose Luis Ferreira"),
        ("Sinéad O’Hara", "Sinead O'Hara"),
        ("Paula Weiß", "PAULA WEISS"),
    ],
)
def test_the_same_name_written_differently(one, other):
    assert author_key(one) == author_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mara Lind", "M. Lind"),
        ("Mara Lind", "Maja Lind"),
        ("Mara Lind", "Mara Lindt"),
        ("Otto Lind", "Otto Lind, Jr."),
        ("Otto Lind Jr.", "Otto Lind Sr."),
        ("Lind, Mara", "Lind, Otto"),
        ("がんだ", "かんだ"),
        ("Йован", "Иован"),
        ("Al", "A. L."),
    ],
)
def test_who_may_be_somebody_else_stays_somebody_else(one, other):
    assert author_key(one) != author_key(other)


@given(st.text(max_size=40))
def test_every_name_has_a_key_and_case_does_not_matter(name):
    assert bool(author_key(name)) == bool(name.strip())
    assert author_key(" " + name) == author_key(name)


@given(st.lists(st.text(alphabet="Mara. Lind,|ék", max_size=12), max_size=6))
def test_of_several_spellings_the_first_is_kept(names):
    kept = clean_authors(names)

    assert len({author_key(name) for name in kept}) == len(kept)
    assert clean_authors(kept) == kept


def test_aliases_get_the_name_that_the_config_gives():
    articles = [an_article(authors=("M. Lind", "Ben Quay", "MARA LIND-HOLM"))]

    (found,) = credited(articles, (MARA,))

    assert found.authors == ("Mara Lind", "Ben Quay")
    assert credited(articles, ()) == articles


def test_the_name_itself_is_spelled_as_in_the_config():
    (found,) = credited([an_article(authors=("MARA LIND",))], (MARA,))

    assert found.authors == ("Mara Lind",)


def test_who_is_looked_for_by_one_spelling_is_found_by_all():
    assert set(spellings("m lind", (MARA,))) == {"m lind", "Mara Lind", *MARA.aliases}
    assert spellings("Ben Quay", (MARA,)) == ("Ben Quay",)
