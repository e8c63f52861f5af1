"""The same story in nearly the same words."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.articles.minhash import (
    BANDS,
    MIN_SHINGLES,
    StoryText,
    bands,
    same,
    same_story,
    shingles,
    site_of,
)

WORDS = [f"word{n}" for n in range(4000)]
texts = st.text(alphabet="abc 漢字ก\n.", max_size=200)


def a_text(seed, length=300):
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def edited(text, part, seed=1):
    """A text with this part of its words replaced."""
    chance = random.Random(seed)
    words = text.split()
    return " ".join(chance.choice(WORDS) if chance.random() < part else word for word in words)


def alike(one, other):
    """Found by a band, and confirmed."""
    ours, theirs = shingles(one), shingles(other)
    return bool(set(bands(ours)) & set(bands(theirs))) and same(ours, theirs)


@pytest.mark.parametrize(
    "copy",
    [
        lambda text: text + " " + a_text(99, 40),
        lambda text: edited(text, 0.03),
        lambda text: edited(text, 0.10),
        lambda text: text[: len(text) * 6 // 10],
        lambda text: text.upper().replace(" ", ",\n "),
    ],
    ids=["a footer", "3 % edited", "10 % edited", "cut to 60 %", "set differently"],
)
def test_copies_are_found(copy):
    texts = [a_text(seed) for seed in range(60)]

    assert sum(alike(text, copy(text)) for text in texts) == len(texts)


def test_different_texts_are_not_the_same():
    texts = [shingles(a_text(seed)) for seed in range(60)]

    assert not any(same(one, other) for one in texts for other in texts if one is not other)


def test_a_text_that_shares_a_quotation_is_another_story():
    quotation = a_text(5, 60)

    assert not same(shingles(a_text(1) + quotation), shingles(a_text(2) + quotation))


def test_texts_without_spaces_are_compared_by_characters():
    one = "港の潮位計は百年のあいだ同じ水を測り続けてきた。案内人たちはその横でコーヒーを飲む。"
    other = one.replace("コーヒー", "お茶")

    assert alike(one, other)
    assert not alike(one, "市場では朝早くから魚が並び、値段は天気によって毎日変わると店主は言う。")


def test_short_texts_are_never_the_same():
    text = a_text(1, MIN_SHINGLES + 1)

    assert len(shingles(text)) < MIN_SHINGLES
    assert bands(shingles(text)) == ()
    assert not same(shingles(text), shingles(text))


@given(texts, texts)
def test_being_the_same_goes_both_ways(one, other):
    ours, theirs = shingles(one), shingles(other)

    assert same(ours, theirs) == same(theirs, ours)
    assert same(ours, ours) == (len(ours) >= MIN_SHINGLES)


@given(st.frozensets(st.integers(0, 2**64 - 1), min_size=MIN_SHINGLES, max_size=200))
def test_bands_fit_a_column_and_depend_on_nothing_else(runs):
    found = bands(runs)

    assert len(found) == BANDS
    assert all(-(2**63) <= band < 2**63 for band in found)
    assert found == bands(frozenset(sorted(runs)))


def test_bands_are_the_same_in_every_process_and_version():
    text = "The gauge stands where the pilots drink their coffee in the morning and something"
    text += " stronger at night, and since the winter of the long ice it has never stopped."

    assert bands(shingles(text))[:2] == (4342611784815957850, -3864889410327526350)


# ---------------------------------------------------------------- pieces of a series


def piece(text, number=1, host="harbour.example", title="", days=0):
    return StoryText(
        shingles(text),
        f"https://{host}/{number}",
        title or f"Piece {number}",
        datetime(2026, 3, 1 + (days or number), tzinfo=UTC),
    )


FRAME = a_text(50, 200)
WEATHER = (
    "The weather for the harbour, told by the pilots at six. Wind from the {a}, {b} knots, in gusts"
    " {c}. The water has {d} degrees, the air {e}. Low water at {f}, high water at {g}. The ferries"
    " sail as planned. Small craft keep to the fairway, and listen on channel twelve. The next"
    " report comes at noon, as every day."
)


def weather(seed):
    chance = random.Random(seed)
    values = {name: chance.choice(("north", "east", "west")) for name in "a"}
    return WEATHER.format(**values, **{name: chance.randrange(2, 60) for name in "bcdefg"})


def test_recipes_with_a_shared_introduction_and_ending_are_stories_of_their_own():
    one, two = (piece(f"{FRAME} {a_text(n, 80)} {FRAME}", n) for n in (1, 2))

    assert same(one.runs, two.runs)
    assert not same_story(one, two, [one, two])


@pytest.mark.parametrize("title", ["", "Weather for the harbour"])
def test_reports_in_which_only_numbers_change_are_stories_of_their_own(title):
    days = [piece(weather(n), n, title=title) for n in (1, 2, 3)]

    for one in days:
        for other in days:
            assert same_story(one, other, days) is (one is other)


def test_what_a_series_repeats_does_not_count():
    """With a frame so long that nearly all is the same, only the third piece shows what repeats."""
    long = a_text(60, 4000)
    pieces = [piece(f"{long} {a_text(n, 40)}", n) for n in (1, 2, 3)]

    assert same_story(*pieces[:2])
    assert not same_story(pieces[0], pieces[1], pieces)


def test_one_site_that_publishes_a_story_again_tells_it_once():
    text = a_text(3, 400)

    assert same_story(piece(text, 1), piece(text, 2))
    assert same_story(piece(text, 1), piece(edited(text, 0.004), 2))
    assert same_story(
        piece(text, 1, title="A", days=4), piece(edited(text, 0.1), 2, title="A", days=4)
    )


def test_sites_of_their_own_are_compared_as_ever():
    text = a_text(4, 300)

    assert same_story(piece(text, 1), piece(edited(text, 0.1), 2, host="pier.example"))


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.harbour.example/x", "harbour.example"),
        ("http://harbour.example:8080", "harbour.example"),
        ("", ""),
        ("http://[::1", ""),
        ("mailto:x@harbour.example", ""),
    ],
)
def test_the_site_of_an_address(url, site):
    assert site_of(url) == site
