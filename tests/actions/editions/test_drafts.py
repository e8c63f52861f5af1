"""A draft is drawn up, compared with what there is now, and drawn up anew."""

from dataclasses import replace

import pytest

from digest.actions.editions.drafts import changes_since, find_draft, redraw
from digest.actions.editions.preview import preview
from digest.actions.editions.publish import next_draft, publish
from digest.core.articles.article import Visibility, Withheld
from digest.core.editions.edition import EditionState
from digest.errors import UsageError
from digest.store.articles import visibility
from digest.store.editions import drafts, editions
from tests.builders import MONDAY, a_newsletter, a_publication
from tests.stock import enrol, keep_article


@pytest.fixture
def drafted(db, factory):
    keep_article(db, "The tide gauge", authors=("Ada",))
    keep_article(db, "The last ferry", authors=("Ben",))
    enrol(db, "ada@reader.example")
    return next_draft(db, factory, a_newsletter(), MONDAY, MONDAY)[1]


def test_nothing_has_changed_right_after_it_was_drawn_up(db, factory, drafted):
    changes = changes_since(db, factory, a_newsletter(), drafted)

    assert changes is not None
    assert (bool(changes), str(changes)) == (False, "")


def test_what_is_approved_is_byte_for_byte_what_the_preview_showed(db, factory, drafted):
    shown = preview(db, factory, a_newsletter(), MONDAY, MONDAY)
    keep_article(db, "The tide gauge", authors=("Ada",), body_html="<p>Other.</p>", body_text="x")
    changed = a_newsletter(intro="A new greeting")

    publish(db, factory, changed, MONDAY, MONDAY, as_is=True)

    sent = preview(db, factory, changed, MONDAY, MONDAY)
    assert sent.plan.kept is not None
    assert sent.plan.kept.state is EditionState.FROZEN
    assert sent.envelope.message == shown.envelope.message


def test_another_look_is_named(db, factory, drafted):
    other = replace(factory, publication=a_publication(postal_address="2 Quay Street"))

    changes = changes_since(db, other, a_newsletter(), drafted)

    assert str(changes) == "the look changed"


def test_with_too_little_for_an_edition_it_stays_as_it_is(db, factory, drafted):
    for number in (1, 2):
        db.write(visibility.withhold, number, Withheld(Visibility.HIDDEN, "ada", MONDAY))

    with pytest.raises(UsageError, match="stays as it is"):
        redraw(db, factory, a_newsletter(), drafted, MONDAY)

    assert db.read(editions.by_id, drafted.id) == drafted


def test_a_draft_of_another_version_can_be_drawn_up_anew(db, factory, drafted):
    db.write(drafts.forget_drawn, drafted.id)

    assert changes_since(db, factory, a_newsletter(), drafted) is None
    with pytest.raises(UsageError, match="--redraw"):
        find_draft(db, drafted)
    redrawn = redraw(db, factory, a_newsletter(), drafted, MONDAY)
    assert redrawn.changes is None
    assert len(find_draft(db, redrawn.kept).edited.edition.articles) == 2
