"""What was learned about topics: one row, always the newest."""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlmodel import col

from digest.core.articles.learning import NOTHING_LEARNED, Learned, pack, unpack
from digest.store.database.database import Tx
from digest.store.tables.articles import LearnedRow


@dataclass(frozen=True, slots=True)
class Lesson:
    """When it was learned: under which rules, and how many articles there were."""

    mark: str = ""
    rules: str = ""
    articles: int = 0


def last(tx: Tx) -> Lesson:
    """The last lesson, without what it taught; an empty one if there was none."""
    row = tx.execute(
        select(col(LearnedRow.mark), col(LearnedRow.rules), col(LearnedRow.articles))
    ).first()
    return Lesson(*row) if row else Lesson()


def last_learned(tx: Tx) -> Learned:
    """What the last lesson taught."""
    content = tx.execute(select(col(LearnedRow.content))).scalar()
    return NOTHING_LEARNED if content is None else unpack(content)


def save_learned(tx: Tx, learned: Learned, rules: str, articles: int) -> None:
    """Put a new lesson in the place of the last one."""
    tx.execute(delete(LearnedRow))
    tx.add(LearnedRow(mark=learned.mark, rules=rules, articles=articles, content=pack(learned)))
