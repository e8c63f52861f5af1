"""What is sent while senders are killed: a signed edition for generated readers."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.actions.editions.publish import publish
from digest.app import App
from digest.config.load import load_config
from digest.mail import keys
from digest.store.database.database import Database
from scripts.benchmarks.sending import fill
from tests.publications import found
from tests.stock import keep_article

DOMAIN, SELECTOR = "harbour.example", "s1"
SIGNED = f"""
[mail.dkim]
domain = "{DOMAIN}"
selector = "{SELECTOR}"
key = {{ file = "dkim.pem" }}
"""
TEXT = "The gauge stands where the pilots drink their coffee, and it has never stopped. " * 12
STORIES = 6


class Publication:
    """An edition that is frozen for so many readers; `place` puts a copy of it into a folder."""

    def __init__(self, readers: int) -> None:
        self.readers = readers
        self.key = keys.generate(DOMAIN, SELECTOR, "rsa")
        self.dns = {self.key.record.name: self.key.record.value}
        with tempfile.TemporaryDirectory() as folder:
            app = App(load_config(self._found(Path(folder), b"", 1, True, 25)))
            now = datetime.now(UTC)
            for number in range(STORIES):
                body = {"body_html": f"<p>{TEXT}</p>", "body_text": f"{number} {TEXT}"}
                published = now - timedelta(days=1, hours=number)
                keep_article(app.db, f"Story {number}", published=published, **body)
            app.db.write(fill, readers)
            made = publish(app.db, app.factory, app.newsletter("weekly"), now, now)
            assert made.audience == readers, made
            self.edition = made.edition.id
            self.secret = app.secret
            copy = Path(folder) / "copy.db"
            app.db.copy_to(copy)
            app.db.close()
            self._store = copy.read_bytes()

    def place(self, folder: Path, connections: int, pipelining: bool, port: int) -> Path:
        """The same publication, new, in this folder; its config."""
        return self._found(folder, self._store, connections, pipelining, port)

    def open(self, config: Path) -> Database:
        """Its store."""
        return Database(config.parent / "digest.db")

    def _found(
        self, folder: Path, store: bytes, connections: int, pipelining: bool, port: int
    ) -> Path:
        keys.write_key(self.key, folder / "dkim.pem")
        config = found(folder, store, transport="smtp", smtp_port=port, more=SIGNED)
        config.write_text(
            config.read_text().replace(
                "connections = 3",
                f'connections = {connections}\npipelining = "{"auto" if pipelining else "off"}"',
            )
        )
        return config
