"""Each reader gets what they chose, and nothing that they had."""

from hypothesis import given
from hypothesis import strategies as st

from digest.core.editions.reader_filter import ALREADY_GOT, NO_CHOICE_MADE, Taste, tailor, taste_of
from digest.core.message.story_choice import places_of
from tests.builders import MONDAY, an_entry

ENTRIES = (
    an_entry(0, topic="world", topics=("world",), authors=("mara lind",)),
    an_entry(1, topic="world", topics=("world", "economy"), authors=("bo lin",)),
    an_entry(2, topic="culture", topics=("culture",), authors=("mara lind", "cy tan")),
    an_entry(3, topic="", topics=(), authors=()),
    an_entry(4, topic="culture", topics=("culture",), authors=("cy tan",), since=MONDAY),
)


def places(taste=None, **rest):
    return list(places_of(tailor(ENTRIES, taste or Taste(), **rest).mask))


def test_who_chose_nothing_gets_everything():
    assert places() == [0, 1, 2, 3, 4]


def test_who_follows_topics_gets_these_by_any_topic_of_a_story():
    assert places(taste_of(["economy"], [])) == [1]
    assert places(taste_of(["world", "culture"], [])) == [0, 1, 2, 4]


def test_muting_takes_away_and_leaves_the_rest():
    assert places(taste_of(["-world"], [])) == [2, 3, 4]
    assert places(taste_of([], ["-mara lind"])) == [1, 3, 4]
    assert places(taste_of(["culture"], ["-cy tan"])) == []


def test_an_author_who_is_followed_comes_in_from_a_muted_topic():
    assert places(taste_of(["-world"], ["mara lind"])) == [0, 2]
    assert places(taste_of(["culture"], ["bo lin"])) == [1, 2, 4]


def test_nothing_comes_twice():
    assert places(received=0b00111) == [3, 4]


def test_what_is_new_goes_before_what_was_missed():
    assert places(most=4) == [0, 1, 2, 3]
    assert places(most=2) == [0, 1]


def test_every_story_has_its_reason():
    why = tailor(ENTRIES, taste_of(["-world"], ["mara lind"]), received=0b100).why

    assert why == (
        "they follow the author mara lind",
        "they muted the topic world",
        ALREADY_GOT,
        "not among the topics and authors that they follow",
        "not among the topics and authors that they follow",
    )
    assert tailor(ENTRIES, Taste()).why[0] == NO_CHOICE_MADE
    assert tailor(ENTRIES, Taste(), most=1).why[1] == "max_articles = 1 is reached for this reader"


topics = st.lists(st.sampled_from(["world", "-world", "culture", "-culture", "economy", "x"]))
authors = st.lists(st.sampled_from(["mara lind", "-mara lind", "cy tan", "-bo lin"]))


@given(topics, authors, st.integers(0, 31), st.integers(0, 5))
def test_nothing_chosen_is_left_out_but_by_a_reason(topics, authors, received, most):
    taste = taste_of(topics, authors)
    found = tailor(ENTRIES, taste, received, most)

    assert not found.mask & received
    assert not most or found.mask.bit_count() <= most
    for place, why in enumerate(found.why):
        out = why == ALREADY_GOT or why.startswith(("they muted the", "not among", "max_articles"))
        assert out != bool(found.mask >> place & 1), why
