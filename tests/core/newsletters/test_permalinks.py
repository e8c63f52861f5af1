"""Addresses of what is public."""

from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from digest.core.articles.author import author_key
from digest.core.newsletters.permalinks import author_slug, key_of, moment_of, name_of
from tests.builders import MONDAY


def test_an_edition_is_called_by_its_moment():
    assert name_of(MONDAY) == "2026-03-09T0630Z"
    assert name_of(MONDAY.replace(second=5)) == "2026-03-09T063005Z"


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1)))
def test_the_name_leads_back_to_the_moment(at):
    assert moment_of(name_of(at)) == at


@given(st.text())
def test_no_name_is_a_fault(name):
    at = moment_of(name)

    assert at is None or name_of(at)


@example("Κῶς")
@given(st.from_regex(r"[\w'’.]+( [\w'’.-]+){0,3}", fullmatch=True))
def test_the_slug_of_a_name_leads_back_to_its_person(name):
    person = author_key(name)

    assert key_of(author_slug(person)) == person or not person.replace("-", "").strip()
