"""Under which topics the articles stand, written down."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, update
from sqlmodel import col

from digest.core.articles.article import Article, Topic
from digest.core.articles.learning import HAND
from digest.core.articles.topic_classifier import TOPIC_SET_BY_HAND
from digest.store.database.bulk_insert import table_insert
from digest.store.database.database import Tx, changed
from digest.store.tables.articles import ArticleRow, ArticleTopicRow

_INTO_TOPICS = table_insert(ArticleTopicRow)


def file_new(tx: Tx, filed: Iterable[tuple[int, Iterable[Topic]]]) -> None:
    """Put articles that stand nowhere yet under their topics, the strongest first."""
    rows = [
        {
            "article_id": article_id,
            "topic": topic.slug,
            "position": position,
            "score": topic.score,
            "why": topic.why,
        }
        for article_id, topics in filed
        for position, topic in enumerate(topics)
    ]
    if rows:
        tx.execute(_INTO_TOPICS, rows)


def file(tx: Tx, article_id: int, topics: Iterable[Topic]) -> None:
    """Put an article under these topics and no others."""
    tx.execute(delete(ArticleTopicRow).where(col(ArticleTopicRow.article_id) == article_id))
    file_new(tx, [(article_id, topics)])


def set_topics(tx: Tx, article_id: int, slugs: Sequence[str]) -> None:
    """Give an article these topics for good: neither imports nor rules change them."""
    file(tx, article_id, [Topic(slug, 1.0, TOPIC_SET_BY_HAND) for slug in slugs])
    _filed_by(tx, article_id, HAND)


def refile_articles(tx: Tx, found: Iterable[Article], mark: str) -> None:
    """Keep what was newly decided about these articles; what a person set meanwhile stays."""
    for article in found:
        query = update(ArticleRow).where(
            col(ArticleRow.id) == article.id, col(ArticleRow.topics_by) != HAND
        )
        if changed(tx.execute(query.values(topics_by=mark))):
            file(tx, article.id, article.topics)


def give_to_rules(tx: Tx, article_id: int) -> None:
    """Let the rules decide about an article again."""
    file(tx, article_id, ())
    _filed_by(tx, article_id, "")


def _filed_by(tx: Tx, article_id: int, mark: str) -> None:
    tx.execute(update(ArticleRow).where(col(ArticleRow.id) == article_id).values(topics_by=mark))
