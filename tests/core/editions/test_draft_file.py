"""A draft as a file: what is written down and changed is what the edits do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.editions.apply_edits import apply_edits
from digest.core.editions.draft_file import DraftFileError, draft_to_toml, edits_of_toml
from digest.core.editions.selection import Pick
from tests.builders import a_newsletter, an_article, an_edition

SOME = [
    an_article(f"Story {number}", id=number, authors=(f"Author {number}",), words=number)
    for number in range(1, 6)
]
EDITION = an_edition(*SOME)
KNOWN = {9: Pick(an_article("Brought", id=9), "", "")}


def stories(text):
    head, *parts = text.split("\n[[story]]\n")
    return head, parts


def test_a_file_that_nobody_changed_means_nothing():
    assert edits_of_toml(EDITION, draft_to_toml(EDITION, 1)) == []


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_comes_back_as_it_was(title, intro):
    edition = an_edition(
        an_article(title, id=1), newsletter=a_newsletter(intro=intro.replace("\r", ""))
    )
    assert edits_of_toml(edition, draft_to_toml(edition, 1)) == []


@given(st.permutations(range(5)), st.integers(1, 5), st.booleans())
def test_the_edits_of_a_file_make_the_draft_that_it_shows(places, keep, bring):
    head, parts = stories(draft_to_toml(EDITION, 1))
    wanted = [parts[place] for place in places[:keep]]
    wanted += ['number = 9\nsection = ""\n'] * bring
    text = "\n[[story]]\n".join([head, *wanted])

    edits = edits_of_toml(EDITION, text)

    after = apply_edits(EDITION, edits, KNOWN)
    assert after.vain == ()
    numbers = [int(part.split("\n")[0].removeprefix("number = ")) for part in wanted]
    assert after.edition.lead.id == numbers[0]
    by_section: dict[str, list[int]] = {}
    sections = {one.id: part.slug for part in EDITION.sections for one in part.articles}
    sections[EDITION.lead.id] = EDITION.lead_topic
    for number in numbers[1:]:
        by_section.setdefault(sections.get(number, ""), []).append(number)
    assert {
        section.slug: [one.id for one in section.articles] for section in after.edition.sections
    } == by_section


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\n[[story]]\n", "\n[[story\n", "this is no TOML: "),
        ("number = 1\n", "", "needs number = the number of its article"),
        ("number = 1\n", "number = 2\n", "article 2 is there twice"),
        ('form = "full"', "form = 3", "form must be a text"),
        ("\n[[story]]\n", "\ncolour = 1\n[[story]]\n", "means nothing here"),
        ('note = ""', 'notes = ""', "notes means nothing here"),
    ],
)
def test_a_fault_is_named(old, new, said):
    text = draft_to_toml(EDITION, 1)
    where = text.replace(old, new) if old == "number = 1\n" else text.replace(old, new, 1)
    with pytest.raises(DraftFileError, match=said.replace("[", r"\[")):
        edits_of_toml(EDITION, where)


def test_a_file_without_a_story_is_refused():
    with pytest.raises(DraftFileError, match="no story is left"):
        edits_of_toml(EDITION, 'intro = "x"')
