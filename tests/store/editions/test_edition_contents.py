"""A draft's contents are replaced as a whole, by one at a time, and only while it is a draft."""

from digest.core.editions.edition import EditionState
from digest.store.editions import audience, edition_contents, editions
from digest.store.message import encoded_editions
from tests.builders import MONDAY, a_selection
from tests.stock import contents, keep_article


def make(db, now=MONDAY):
    return db.write(
        edition_contents.make_edition, "weekly", MONDAY, contents(), planned=False, now=now
    )


def test_a_draft_is_rewritten_once_for_each_revision(db):
    draft = make(db)
    article = keep_article(db, "Another story")

    fresh = contents(a_selection(article))
    written = db.write(edition_contents.rewrite_draft, draft.id, 1, fresh, MONDAY)
    late = db.write(edition_contents.rewrite_draft, draft.id, 1, contents(), MONDAY)

    assert written is not None
    assert (written.revision, late) == (2, None)
    assert [one[0] for one in db.read(editions.choices, draft.id)] == [article.id]
    assert db.read(encoded_editions.encoded_edition, draft.id).html == fresh.encoded.html


def test_what_is_frozen_is_never_rewritten(db):
    draft = make(db)
    db.write(audience.fix_audience, draft.id, MONDAY)

    assert db.write(edition_contents.rewrite_draft, draft.id, 1, contents(), MONDAY) is None


def test_a_cancelled_draft_gives_way_to_another_by_hand(db):
    draft = make(db)
    states = (EditionState.DRAFT,)
    db.write(editions.move, draft.id, states, EditionState.CANCELLED, "by hand", MONDAY)

    again = make(db)

    assert (again.id, again.state, again.revision) == (draft.id, EditionState.DRAFT, 2)
