"""What is left of an edition without some of its stories."""

from hypothesis import given
from hypothesis import strategies as st

from digest.core.message.fragments import SubjectLine
from digest.core.message.removed_stories import without_stories, without_titles
from digest.core.message.story_choice import Choice, StoryEntry, StoryForm

FORMS = st.lists(st.sampled_from([None, StoryForm.CARD, StoryForm.TITLE]), min_size=1, max_size=8)


def entries(count):
    return [
        StoryEntry(n, f"Title {n}", 0, n, "", (), (), words=100, minutes=1) for n in range(count)
    ]


@given(forms=FORMS, removed=st.sets(st.integers(0, 7)))
def test_nothing_removed_is_left_and_there_is_one_lead(forms, removed):
    choice = Choice((StoryForm.LEAD, *forms), flags=("pitch",))
    stories = entries(len(forms) + 1)

    left = without_stories(choice, stories, removed)

    expected = [place for place in choice.places if place not in removed]
    if left is None:
        assert expected == []
        return
    assert list(left.places) == expected
    assert left.forms.count(StoryForm.LEAD) == 1
    assert left.flags == choice.flags


def test_a_longer_title_is_taken_out_whole():
    stories = [
        StoryEntry(1, "Fog", 0, 0, "", (), (), words=1, minutes=1),
        StoryEntry(2, "Fog and ice", 0, 1, "", (), (), words=1, minutes=1),
    ]

    words = without_titles(SubjectLine("Fog and ice", "Fog · Rain", "On Fog"), stories, {1, 2})

    assert words == SubjectLine("…", "… · Rain", "On …")
