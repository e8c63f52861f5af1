"""A publication in a folder: config, secret, store, articles and readers, as `digest init` and a
few imports leave them."""

from datetime import datetime, timedelta
from pathlib import Path

from digest.actions.message.message_factory import MessageFactory
from digest.app import App
from digest.config.load import load_config
from digest.config.packaged import packaged
from digest.render.message.edition import Renderer
from tests.builders import MONDAY, a_publication, a_sender
from tests.stock import empty_store, enrol, keep_article

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"

CONFIG = """\
[publication]
name = "The Harbour Review"
url = "https://harbour.example"
postal_address = "1 Quay Street, 20457 Hamburg"
timezone = "Europe/Berlin"

[mail]
transport = "{transport}"
from = "The Harbour Review <weekly@harbour.example>"
{mail}

[mail.smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
connections = 3

[web]
listen = "127.0.0.1:{port}"
url = "http://127.0.0.1:{port}"
secret = {{ file = "secret.key" }}

[archive]
articles = "{articles}"

[[newsletter]]
slug = "weekly"
title = "The Harbour Weekly"
{newsletter}
{more}
"""


def write_config(
    folder: Path,
    *,
    transport: str = "outbox",
    smtp_port: int = 2525,
    port: int = 8000,
    mail: str = "",
    newsletter: str = "",
    articles: str = "all",
    more: str = "",
) -> Path:
    """A config of ours; `mail`, `newsletter` and `more` are lines for those places.

    All `articles` are public, so that tests of lists need send nothing.
    """
    path = folder / "config.toml"
    text = CONFIG.format(
        transport=transport,
        smtp_port=smtp_port,
        port=port,
        mail=mail,
        newsletter=newsletter,
        articles=articles,
        more=more,
    )
    path.write_text(text, encoding="utf-8")
    return path


def found(folder: Path, store: bytes = b"", **config) -> Path:
    """A whole publication, with an empty store or this one; returns its config."""
    (folder / "secret.key").write_text(SECRET, encoding="utf-8")
    (folder / "digest.db").write_bytes(store or empty_store())
    return write_config(folder, **config)


def open_app(config: Path, now: datetime = MONDAY) -> App:
    """The app of a config, at a moment."""
    return App(load_config(config), clock=lambda: now)


def fill(app: App, *emails: str, titles: tuple[str, ...] = ("The tide gauge",)) -> list[int]:
    """Articles and readers for an edition on Monday; returns the ids of the articles."""
    kept = [keep_article(app.db, title, published=MONDAY - timedelta(days=2)) for title in titles]
    enrol(app.db, *(emails or ("ada@reader.example",)), now=MONDAY - timedelta(days=30))
    return [article.id for article in kept]


def a_press() -> MessageFactory:
    """What turns editions into messages, with the product's own templates."""
    return MessageFactory(
        renderer=Renderer([packaged("templates")]),
        publication=a_publication(),
        sender=a_sender(),
        secret=SECRET,
        web_url="http://127.0.0.1:8000",
    )


def write_article(
    folder: Path,
    title: str = "The tide gauge that never sleeps",
    *,
    by: str = "Mara Lind",
    on: str = "March 7, 2026",
    text: str = "The gauge stands where the pilots drink their coffee, and it has never stopped.",
) -> Path:
    """A page dump as this publication's articles come; named after its title."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{'-'.join(title.lower().split())}.txt"
    path.write_text(f"Written by [{by}](#) on {on}\n\n{title}\n\n{text}\n", encoding="utf-8")
    return path
