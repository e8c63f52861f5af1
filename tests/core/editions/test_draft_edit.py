"""Every kind of edit is applied: none is a name alone."""

import pytest

from digest.core.editions.apply_edits import apply_edits
from digest.core.editions.draft_edit import DraftEdit, EditKind
from digest.core.editions.selection import Pick
from tests.builders import an_article, an_edition

ONE, TWO, THREE = (an_article(f"Story {n}", id=n, authors=(f"Author {n}",)) for n in (1, 2, 3))


@pytest.mark.parametrize("kind", EditKind)
def test_each_kind_does_something(kind):
    edition = an_edition(ONE, TWO)
    article = {EditKind.BRING: 3, EditKind.DROP: 2}.get(kind, edition.articles[1].id)
    text = "short" if kind is EditKind.FORM else "Other words"
    section = "sports" if kind is EditKind.MOVE else None

    after = apply_edits(
        edition, [DraftEdit(kind, article, text, section)], {3: Pick(THREE, "", "by hand")}
    )

    assert after.vain == ()
    assert after.edition != edition
