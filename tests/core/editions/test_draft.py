"""What changed since a draft was drawn up, counted and in words."""

from dataclasses import replace
from datetime import timedelta

from digest.core.articles.article import Access
from digest.core.editions.draft import DrawnDraft, draft_changes
from digest.core.editions.selection import Pick
from tests.builders import MONDAY, a_newsletter, an_article, an_edition

ONE, TWO, THREE = (an_article(f"Story {number}", id=number) for number in (1, 2, 3))


def changes(now, drawn=None, dropped=(), brought=None, readers=2):
    drawn = drawn or DrawnDraft(an_edition(ONE, TWO), {}, {}, MONDAY, 2)
    return draft_changes(drawn, frozenset(dropped), now, brought or {}, readers)


def test_nothing_changed():
    found = changes(an_edition(ONE, TWO))

    assert not found
    assert str(found) == ""


def test_stories_texts_and_readers_are_counted():
    other = replace(TWO, title="Another", access=Access.SUBSCRIBERS)
    now = an_edition(other, THREE, newsletter=a_newsletter(intro="Hello"))

    found = changes(now, readers=1)

    assert str(found) == (
        "1 story and the intro changed, 1 story is new, 1 story would no longer be in it,"
        " 1 reader fewer"
    )
    assert [(one.article, one.title, one.parts, one.title_now) for one in found.changed] == [
        (2, "Story 2", ("title", "access"), "Another")
    ]
    assert [one.id for one in found.new] == [3]
    assert [one.id for one in found.gone] == [1]


def test_readers_alone_make_no_other_message():
    found = changes(an_edition(ONE, TWO), readers=40)

    assert not found
    assert str(found) == "38 readers more"


def test_what_was_dropped_counts_no_more():
    assert not changes(an_edition(ONE, replace(TWO, title="x")), dropped={2})


def test_what_was_brought_in_counts_too():
    drawn = DrawnDraft(an_edition(ONE), {}, {}, MONDAY, 2, brought={3: Pick(THREE, "", "")})

    assert not changes(an_edition(ONE), drawn, brought={3: Pick(THREE, "", "")})
    now = {3: Pick(replace(THREE, summary="Other words."), "", "")}
    assert changes(an_edition(ONE), drawn, brought=now).changed[0].parts == ("summary",)
    assert changes(an_edition(ONE), drawn).gone == (THREE,)


def test_what_earlier_editions_had_does_not_count():
    drawn = DrawnDraft(an_edition(ONE, TWO), {}, {}, MONDAY, 2)
    later = replace(an_edition(ONE, TWO, THREE), carried={3: MONDAY - timedelta(days=7)})

    assert not changes(later, drawn)


def test_too_little_for_an_edition_is_all_gone():
    assert {one.id for one in changes(None).gone} == {1, 2}
