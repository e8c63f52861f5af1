"""Edits of a draft: each does what it says, whatever came before, and the rest stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.editions.apply_edits import apply_edits
from digest.core.editions.draft_edit import DraftEdit, EditKind
from digest.core.editions.edition import StoryLength
from digest.core.editions.selection import Pick
from tests.builders import an_article, an_edition

SOME = [
    an_article(f"Story {number}", id=number, authors=(f"Author {number % 3}",), words=number)
    for number in range(1, 7)
]
OTHER = an_article("Brought in", id=9, words=50)
KNOWN = {9: Pick(OTHER, "", "an editor brought it in")}


def edited(*edits):
    return apply_edits(an_edition(*SOME), edits, KNOWN)


def order(*edits):
    return [one.id for one in edited(*edits).edition.articles]


def test_without_edits_nothing_changes():
    assert edited().edition == an_edition(*SOME)


def test_the_lead_can_be_dropped_and_the_biggest_story_takes_its_place():
    lead = an_edition(*SOME).lead.id
    left = [one for one in SOME if one.id != lead]

    after = edited(DraftEdit(EditKind.DROP, lead)).edition

    assert after.lead.id == max(left, key=lambda one: one.words).id
    assert lead not in [one.id for one in after.articles]


def test_a_story_moves_to_its_place_in_another_section_and_others_stay():
    slug = an_edition(*SOME).sections[0].slug
    before = order()

    after = order(DraftEdit(EditKind.MOVE, before[-1], section=slug, place=1))

    assert after == [before[0], before[-1], *before[1:-1]]


def test_a_new_section_is_made_for_what_moves_there():
    after = edited(DraftEdit(EditKind.MOVE, order()[2], section="sports")).edition

    assert [one.id for one in after.sections[-1].articles] == [order()[2]] or "sports" in {
        section.slug for section in after.sections
    }


def test_form_note_title_and_texts_are_of_this_edition_only():
    lead = order()[0]
    after = edited(
        DraftEdit(EditKind.FORM, lead, text="short"),
        DraftEdit(EditKind.NOTE, lead, text="More next week."),
        DraftEdit(EditKind.TITLE, lead, text="Another"),
        DraftEdit(EditKind.INTRO, text="Hello"),
    ).edition

    assert after.lengths == {lead: StoryLength.SHORT}
    assert after.notes == {lead: "More next week."}
    assert after.lead.title == "Another"
    assert after.newsletter.intro == "Hello"
    assert after.lead.content_hash == an_edition(*SOME).lead.content_hash


def test_what_is_not_there_is_named_and_the_rest_is_done():
    gone = DraftEdit(EditKind.TITLE, 77, text="x")

    after = edited(gone, DraftEdit(EditKind.BRING, 9))

    assert after.vain == ((gone, "article 77 is not in the draft"),)
    assert after.edition.articles[-1] == OTHER
    assert after.brought == {9}


NUMBERS = st.sampled_from([*range(1, 7), 9, 77])
EDITS = st.one_of(
    st.builds(
        DraftEdit,
        st.sampled_from([EditKind.PIN, EditKind.DROP, EditKind.BRING, EditKind.LEAD]),
        NUMBERS,
    ),
    st.builds(
        DraftEdit,
        st.just(EditKind.MOVE),
        NUMBERS,
        section=st.sampled_from([None, "", "sports"]),
        place=st.sampled_from([None, 1, 2, 20]),
    ),
)


@given(st.lists(EDITS, max_size=12))
def test_no_story_is_ever_there_twice_or_lost_but_by_a_drop(edits):
    after = apply_edits(an_edition(*SOME), edits, KNOWN)

    numbers = [one.id for one in after.edition.articles]
    dropped = {one.article for one in edits if one.kind is EditKind.DROP}
    assert len(numbers) == len(set(numbers)) >= 1
    assert {one.id for one in SOME} - dropped <= set(numbers) <= {*range(1, 7), 9}
    assert all(section.articles for section in after.edition.sections)


@pytest.mark.parametrize("place", [1, 2, 3])
def test_pinned_is_first_in_its_section(place):
    number = order()[place]

    after = edited(DraftEdit(EditKind.PIN, number)).edition

    assert any(section.articles[0].id == number for section in after.sections)
