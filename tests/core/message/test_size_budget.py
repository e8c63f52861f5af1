"""A large message says less about its last stories, and fits."""

import re
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.message.compose import EncodedVariant, ListHeaders, compose
from digest.core.message.encoded_edition import Scale, encode_fragments, join_fragments
from digest.core.message.size_budget import ROOM, fit, weigh
from digest.core.message.story_choice import Choice, StoryForm, choose_places
from tests.builders import (
    MARK,
    MONDAY,
    a_publication,
    a_recipient,
    a_sender,
    an_article,
    an_edition,
    an_entry,
    related,
)
from tests.render.samples import RENDERER, WEB_URL

CAMPAIGN = ListHeaders("weekly", "The Harbour Weekly", "20260309:weekly")
BYTES = {"card": 100, "text": 60, "title": 30, "line": 10}
TOPICS = ("world", "science", "economy", "")


def entries(count):
    """Every fourth story shares its author's heading with the one after it."""
    return tuple(an_entry(n, group=n - (n % 4 == 1), section=n // 3) for n in range(count))


def weights(count):
    lead = {f"lead {place}": 200 for place in range(count)}
    return lead | {
        f"{manner} {place} {form}": size
        for manner in ("solo", "grouped")
        for place in range(count)
        for form, size in BYTES.items()
    }


def code(count, room):
    known = entries(count)
    return fit(known, weights(count), choose_places(known, 2**count - 1), room=room).code


def test_what_fits_is_left_alone():
    assert code(4, 500) == "Lccc"


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (499, "Lcct"),
        (420, "Lctt"),
        (380, "Lttt"),
        (379, "Ltti"),
        (290, "Liii"),
        (289, "Liil"),
        (230, "Llll"),
    ],
)
def test_it_goes_from_the_last_story_up_and_step_by_step(room, expected):
    assert code(4, room) == expected


def test_what_does_not_fit_as_a_line_is_left_for_the_next_time():
    assert code(4, 215) == "Ll--"
    assert code(4, 1) == "L---"


@given(count=st.integers(1, 12), room=st.integers(0, 1500), mask=st.integers(1))
def test_it_fits_and_takes_no_more_away_than_it_has_to(count, room, mask):
    known, heavy = entries(count), weights(count)
    full = choose_places(known, mask % 2**count or 1)

    fitted = fit(known, heavy, full, room=room)

    assert fitted.lead == full.lead
    assert set(fitted.places) <= set(full.places)
    if room >= 200:
        assert weigh(known, heavy, fitted) <= room
    if fitted != full and room >= 300:
        assert weigh(known, heavy, fitted) > room - 100


def an_edition_of(count: int):
    return an_edition(
        *(
            an_article(
                f"Story {n:03} about the water in the harbour",
                topic=TOPICS[n % 4],
                authors=(f"Writer {n % 9}",),
                summary=f"Summary {n:03}: what a harbour learns when it measures its water.",
                related=related(f"More on story {n:03}", "And more"),
            )
            for n in range(count)
        )
    )


@pytest.mark.parametrize("count", [70, 110, 220])
def test_every_message_stays_below_the_size_where_mail_is_cut(count):
    setting = RENDERER.render(an_edition_of(count), a_publication(), MARK, WEB_URL)
    encoded = encode_fragments(setting.rendered, a_sender(), CAMPAIGN)
    variant = EncodedVariant(join_fragments(encoded, encoded.choice, encoded.words))
    recipient = a_recipient(unsubscribe="x" * 75)
    sent = compose(variant, recipient, a_sender(), f"{WEB_URL}/unsubscribe/", MONDAY)

    message = message_from_bytes(sent.message, policy=policy.default)
    text, html = (part.get_content() for part in message.iter_parts())

    assert ROOM * 0.9 < len(html.encode()) <= ROOM
    shown = {f"Story {encoded.entries[place].title[6:9]}" for place in encoded.choice.places}
    assert set(re.findall(r"Story \d+", html)) == shown
    assert text.count("Summary") == len(shown)
    assert len(shown) == count if count < 200 else len(shown) > 140


def test_the_size_is_known_before_the_message_is_made():
    setting = RENDERER.render(an_edition_of(20), a_publication(), MARK, WEB_URL)
    encoded = encode_fragments(setting.rendered, a_sender(), CAMPAIGN)

    for mask in (1, 0b10, 0b1011, 2**20 - 1):
        choice = choose_places(encoded.entries, mask)
        words = setting.words(choice)
        size = len(setting.rendered.proof(choice, words).html.encode())
        assert size <= Scale(encoded).weigh(choice, words) <= size + 600


@given(st.lists(st.sampled_from([None, *StoryForm]), min_size=1), st.sets(st.sampled_from("abc")))
def test_a_choice_reads_back_from_its_code(forms, flags):
    choice = Choice(tuple(forms), tuple(sorted(flags)))
    assert Choice.read(choice.code) == choice
