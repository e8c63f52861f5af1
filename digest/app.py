"""Builds the parts from the settings and hands them over. The only place with a clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.actions.deliver import Mailer
    from digest.actions.press import Press
    from digest.config.settings import Settings
    from digest.core.newsletter import Newsletter
    from digest.render.edition import Renderer
    from digest.store.database import Database


def now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class App:
    """The parts, each made when it is first asked for."""

    settings: "Settings"
    clock: Callable[[], datetime] = now

    @cached_property
    def db(self) -> "Database":
        """The open store. Raises StoreError."""
        from digest.store.database import Database

        return Database(self.settings.store_path())

    @cached_property
    def renderer(self) -> "Renderer":
        """The templates. Raises TemplateError."""
        from digest.config.packaged import packaged
        from digest.render.edition import Renderer

        return Renderer([packaged("templates")])

    @cached_property
    def press(self) -> "Press":
        """What turns editions into messages."""
        from digest.actions.press import Press

        return Press(
            renderer=self.renderer,
            publication=self.settings.publication_value(),
            sender=self.settings.sender(),
            secret=self.secret,
            web_url=self.settings.web.url.rstrip("/"),
        )

    @cached_property
    def secret(self) -> str:
        """What signs the links. Raises ConfigError if it is missing."""
        return self.settings.web.secret.reveal()

    def newsletter(self, slug: str) -> "Newsletter":
        """A newsletter of the config. Raises UsageError naming the ones there are."""
        return self.settings.newsletter(slug)

    @property
    def connections(self) -> int:
        """How many connections to the mail server a send opens."""
        mail = self.settings.mail
        return mail.smtp.connections if mail.transport == "smtp" else 1

    def mailer(self) -> "Mailer":
        """One connection to where mail goes."""
        mail = self.settings.mail
        if mail.transport == "outbox":
            from digest.mail.outbox import Outbox

            return Outbox(self.settings.outbox_path())
        from digest.mail.smtp import SmtpMailer

        return SmtpMailer(
            host=mail.smtp.host,
            port=mail.smtp.port,
            security=mail.smtp.security,
            username=mail.smtp.username,
            password=mail.smtp.password.reveal() if mail.smtp.username else "",
        )


def load(config: str | None) -> App:
    """Read the config that the command named, or else found. Raises ConfigError."""
    from digest.config.load import find, load

    return App(load(find(config)))
