"""Editions that went out with stories that were hidden or removed since: what is still said."""

from collections.abc import Set
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlmodel import col

from digest.core.message.fragments import SubjectLine
from digest.core.message.removed_stories import without_titles
from digest.core.message.story_choice import StoryEntry
from digest.store.articles import visibility
from digest.store.database.database import Tx
from digest.store.message import encoded_editions
from digest.store.tables.articles import ArticleWithheldRow
from digest.store.tables.editions import EditionArticleRow, EditionRow


def withheld_of(tx: Tx, edition: int) -> frozenset[int]:
    """The articles of an edition that are hidden or removed by now."""
    return frozenset(visibility.withheld_of_edition(tx, edition))


@dataclass(frozen=True, slots=True)
class WithheldTitles:
    """What must not be said of an edition: the titles of these of its stories."""

    entries: tuple[StoryEntry, ...]
    articles: frozenset[int]

    def blank(self, words: SubjectLine) -> SubjectLine:
        """The words of the edition without these titles."""
        return without_titles(words, self.entries, self.articles)


def withheld_titles(tx: Tx, editions: Set[int]) -> dict[int, WithheldTitles]:
    """Those of these editions that carry what is hidden or removed by now."""
    rows = tx.execute(
        select(col(EditionArticleRow.edition_id), col(EditionArticleRow.article_id))
        .join(
            ArticleWithheldRow,
            col(ArticleWithheldRow.article_id) == col(EditionArticleRow.article_id),
        )
        .where(col(EditionArticleRow.taken))
    )
    found: dict[int, set[int]] = {}
    for edition, article in rows:
        if edition in editions:
            found.setdefault(edition, set()).add(article)
    return {
        edition: WithheldTitles(
            encoded_editions.story_entries(tx, edition), frozenset(withheld_articles)
        )
        for edition, withheld_articles in found.items()
    }


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
