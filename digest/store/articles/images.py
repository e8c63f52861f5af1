"""The pictures of articles: what is known of them, and their files.

The files lie in a folder, since a message's pictures are asked for by readers for years and by
nobody else. They are named by what is in them, never changed, and never taken away: an edition
that went out goes on showing its own.
"""

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import select, update
from sqlmodel import col

from digest.core.articles.article import Image
from digest.core.articles.picture import ImageState
from digest.errors import StoreError
from digest.store.database.database import Tx
from digest.store.tables.sources import ArticleImageRow

IMAGE_IDS_PER_QUERY = 500
"""Identifiers in one IN (…)."""

_NAME = re.compile(r"[0-9a-f]{20}-(?:wide|small)\.jpg")


class Gallery:
    """The folder of the files. Safe to use from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, name: str, content: bytes) -> None:
        """Put a file there, whole or not at all. Raises StoreError."""
        assert _NAME.fullmatch(name)
        path = self._folder / name
        if path.exists():
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self._folder, prefix=".new-", delete=False) as file:
                written = Path(file.name)
                try:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                    written.chmod(0o644)
                    written.replace(path)
                finally:
                    written.unlink(missing_ok=True)
            self._settle()
        except OSError as error:
            raise StoreError(
                f"{self._folder}: a picture can't be kept there: {error.strerror}"
            ) from error

    def open(self, name: str) -> bytes | None:
        """The content of a file; None if there is none, or if that is no name of ours."""
        if not _NAME.fullmatch(name):
            return None
        with suppress(OSError):
            return (self._folder / name).read_bytes()
        return None

    def _settle(self) -> None:
        """See that what was put there is there also after a power failure."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def image_states(tx: Tx, article_ids: Sequence[int]) -> dict[int, ImageState]:
    """What is known of the pictures of these articles, by their numbers."""
    found: dict[int, ImageState] = {}
    for start in range(0, len(article_ids), IMAGE_IDS_PER_QUERY):
        chunk = article_ids[start : start + IMAGE_IDS_PER_QUERY]
        rows = tx.execute(
            select(ArticleImageRow).where(col(ArticleImageRow.article_id).in_(chunk))
        ).scalars()
        found |= {row.article_id: _state(row) for row in rows}
    return found


def save_image_state(tx: Tx, article_id: int, state: ImageState) -> None:
    """Write down what came of looking for a picture."""
    image = state.image or Image("", 0, 0)
    before = tx.get(ArticleImageRow, article_id)
    tx.merge(
        ArticleImageRow(
            preview_until=before.preview_until if before else None,
            article_id=article_id,
            asked=list(state.asked),
            stem=image.stem,
            width=image.width,
            height=image.height,
            alt=image.alt,
            credit=image.credit,
            why=state.why,
            tries=state.tries,
        )
    )


def allow_preview(tx: Tx, article_ids: Sequence[int], until: datetime) -> None:
    """Show the pictures of these articles until then, though no edition has them yet."""
    for start in range(0, len(article_ids), IMAGE_IDS_PER_QUERY):
        chunk = article_ids[start : start + IMAGE_IDS_PER_QUERY]
        tx.execute(
            update(ArticleImageRow)
            .where(col(ArticleImageRow.article_id).in_(chunk))
            .values(preview_until=until)
        )


def _state(row: ArticleImageRow) -> ImageState:
    image = Image(row.stem, row.width, row.height, row.alt, row.credit) if row.stem else None
    return ImageState(tuple(row.asked), image, row.why, row.tries)
