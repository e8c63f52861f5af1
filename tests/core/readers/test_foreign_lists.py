"""Rows of other systems' lists, as readers of ours."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.readers.foreign_lists import (
    ForeignReader,
    ListWishes,
    UnclearStateError,
    layout_of,
    mended_address,
    merge,
    read_foreign,
    state_said,
    with_state,
)
from digest.core.readers.list_presets import PLAIN_LIST, PRESETS
from digest.core.readers.list_states import STRICTNESS, ListState
from tests.stock import a_reader

ACTIVE = ListState.ACTIVE


def read(preset=PLAIN_LIST, wishes=None, at_least=ACTIVE, **row):
    layout = layout_of(list(row), preset)
    return read_foreign(row, layout, wishes or ListWishes(), at_least)


def test_a_word_means_what_it_means_in_that_system():
    assert state_said(PRESETS["kit"], {"state": "inactive"}) is ListState.UNCONFIRMED
    assert state_said(PRESETS["beehiiv"], {"status": "Inactive"}) is ListState.GONE
    with pytest.raises(UnclearStateError) as raised:
        state_said(PRESETS["kit"], {"state": "resting"})
    assert (raised.value.column, raised.value.word) == ("state", "resting")


def test_what_everybody_is_counts_unless_the_row_is_stricter():
    row = {"email": "ada@reader.example", "status": "complained"}
    assert read(at_least=ListState.GONE, **row).state is ListState.COMPLAINED
    row["status"] = "active"
    assert read(at_least=ListState.GONE, **row).state is ListState.GONE


def test_names_in_two_columns_are_one_and_tags_become_topics_by_a_mapping():
    found = read(
        wishes=ListWishes(topics={"culture": "arts"}),
        email="ada@reader.example",
        first_name="Ada",
        last_name="Quay",
        tags='"Culture","VIP"',
    )
    assert (found.reader.name, found.reader.topics) == ("Ada Quay", ("arts",))


def test_who_pays_has_the_tier_and_its_end_and_others_have_none():
    row = {"email": "a@b.example", "active_subscription": "true", "expiry": "2027-01-31T00:00:00Z"}
    pays = read(PRESETS["substack"], ListWishes(paid_tier="friend"), **row).reader
    assert (pays.tier, str(pays.tier_until)) == ("friend", "2027-01-31")
    row["active_subscription"] = "false"
    assert read(PRESETS["substack"], **row).reader[3] == "free"


def test_a_bad_row_of_one_who_is_gone_still_keeps_them_out():
    row = {"email": "a@b.example", "tier": "x", "tier_until": "soon", "status": "spam"}
    found = read(**row)
    assert (found.state, found.reader.tier) == (ListState.COMPLAINED, "")
    assert "kept out all the same" in found.remark
    with pytest.raises(ValueError, match="soon"):
        read(**row | {"status": "active"})


@pytest.mark.parametrize(
    ("text", "address", "name"),
    [
        ("Ada Quay <ada@reader.example>", "ada@reader.example", "Ada Quay"),
        ('"Quay, Ada" <ada@reader.example>', "ada@reader.example", "Quay, Ada"),
        ("<ada@reader.example>", "ada@reader.example", ""),
        ("ada@reader.example.", "ada@reader.example", ""),
        ("mailto:ada@reader.example;", "ada@reader.example", ""),
        ("ada@reader.example, bo@reader.example", "ada@reader.example, bo@reader.example", ""),
        ("ada at reader.example", "ada at reader.example", ""),
    ],
)
def test_an_address_with_one_plain_meaning_is_mended_and_said(text, address, name):
    mended, named, said = mended_address(text)
    assert (mended, named) == (address, name)
    assert bool(said) is (mended != text)


WHEN = datetime(2026, 1, 4, tzinfo=UTC)
PEOPLE = st.lists(
    st.builds(
        lambda who, state, name: ForeignReader(
            with_state(a_reader(f"{who}@reader.example", name=name), state, WHEN), state
        ),
        st.sampled_from(["ada", "bo", "cy"]),
        st.sampled_from(ListState),
        st.sampled_from(["", "Ada", "Bo"]),
    )
)


@given(PEOPLE)
def test_of_one_person_the_strictest_state_counts_whatever_the_order(people):
    merged = {one.reader.key: one for one in merge(people).readers}

    assert set(merged) == {one.reader.key for one in people}
    for key, one in merged.items():
        states = [other.state for other in people if other.reader.key == key]
        assert one.state is max(states, key=STRICTNESS.index)
    backwards = {one.reader.key: one.state for one in merge(reversed(people)).readers}
    assert backwards == {key: one.state for key, one in merged.items()}


def test_what_is_said_differently_is_told():
    ada = a_reader("ada@reader.example")
    gone = with_state(ada, ListState.GONE, WHEN)
    found = merge([ForeignReader(ada, ACTIVE), ForeignReader(gone, ListState.GONE)])
    ((strict, other),) = found.differing
    assert (strict.state, other.state, found.repeated) == (ListState.GONE, ACTIVE, 1)
