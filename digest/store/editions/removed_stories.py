"""Editions that went out with stories that were removed since: what is still said of those."""

from sqlalchemy import select, update
from sqlmodel import col

from digest.core.articles.article import Visibility
from digest.core.message.fragments import SubjectLine
from digest.core.message.removed_stories import without_titles
from digest.store.articles import visibility
from digest.store.database.database import Tx
from digest.store.message import encoded_editions
from digest.store.tables.editions import EditionRow


def removed_of(tx: Tx, edition: int) -> frozenset[int]:
    """The articles of an edition that were removed."""
    found = visibility.withheld_of_edition(tx, edition)
    return frozenset(
        number for number, said in found.items() if said.visibility is Visibility.REMOVED
    )


def withheld_stories(tx: Tx, articles: list[int]) -> frozenset[int]:
    """Those of these articles that are hidden or removed."""
    return frozenset(visibility.withheld(tx, articles))


def blank_titles(tx: Tx, article: int) -> None:
    """Take the title of an article out of the subjects under which its editions are listed."""
    for edition, _ in visibility.editions_with(tx, article):
        row = tx.execute(
            select(col(EditionRow.subject), col(EditionRow.preheader)).where(
                col(EditionRow.id) == edition
            )
        ).one()
        entries = encoded_editions.story_entries(tx, edition)
        words = without_titles(SubjectLine(row.subject, row.preheader), entries, {article})
        tx.execute(
            update(EditionRow)
            .where(col(EditionRow.id) == edition)
            .values(subject=words.subject, preheader=words.preheader)
        )
