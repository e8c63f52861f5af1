"""Builds the parts from the settings and hands them over. The only place with a clock."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest.errors import ConfigError, DigestError

if TYPE_CHECKING:
    import asyncio

    from digest.actions.delivery.context import DeliveryContext
    from digest.actions.delivery.mailer import Mailer
    from digest.actions.message.message_factory import MessageFactory
    from digest.actions.operations.probe_network import ProbeTargets
    from digest.actions.sources.ingest import IngestContext
    from digest.config.settings import Settings
    from digest.core.editions.web_access import PublicArticles
    from digest.core.newsletters.newsletter import Newsletter
    from digest.feeds.http.fetch import Fetcher
    from digest.mail.dkim import Signer
    from digest.mail.relays import Relays
    from digest.render.message.edition import Renderer
    from digest.store.articles.images import Gallery
    from digest.store.database.database import Database


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
        from digest.store.database.database import Database

        return Database(self.settings.store_path())

    @cached_property
    def gallery(self) -> "Gallery":
        """The folder of the articles' pictures."""
        from digest.store.articles.images import Gallery

        return Gallery(self.settings.images_path())

    def public_articles(self) -> "PublicArticles":
        """Which articles everybody may see now."""
        return self.settings.public_articles(self.clock())

    @cached_property
    def renderer(self) -> "Renderer":
        """The templates. Raises TemplateError."""
        from digest.config.packaged import packaged
        from digest.render.message.edition import Renderer

        settings = self.settings
        return Renderer(
            [*settings.template_folders(), packaged("templates")], settings.theme_value()
        )

    @cached_property
    def factory(self) -> "MessageFactory":
        """What turns editions into messages."""
        from digest.actions.message.message_factory import MessageFactory

        return MessageFactory(
            renderer=self.renderer,
            publication=self.settings.publication_value(),
            sender=self.settings.sender(),
            secret=self.secret,
            web_url=self.settings.web.url.rstrip("/"),
            sign=self.signer,
        )

    @cached_property
    def signer(self) -> "Signer | None":
        """What signs messages; None where the mail server does. Raises ConfigError."""
        if self.settings.mail.dkim is None:  # cryptography takes a while to import
            return None
        from digest.actions.operations.dkim_keys import signer

        return signer(self.settings)

    def fetcher(self) -> "Fetcher":
        """What goes out to the web; says who we are and whom to ask about us."""
        from importlib.metadata import version

        from digest.core.sources.robots_txt import AGENT
        from digest.feeds.http.fetch import Fetcher

        contact = self.settings.publication.url
        return Fetcher(f"{AGENT}/{version('digest')}" + (f" (+{contact})" if contact else ""))

    def ways(self) -> "ProbeTargets":
        """How the net is reached, to look whether it is as a send needs it."""
        from digest.actions.operations.probe_network import ProbeTargets
        from digest.mail.connect import Server
        from digest.mail.lookup import Lookup

        lookup, servers = None, list[Server]()
        with suppress(DigestError):
            lookup = Lookup()
        with suppress(DigestError):  # a password that is missing is told elsewhere
            servers = self.relays.servers if self.settings.mail.transport == "smtp" else []
        return ProbeTargets(self.fetcher(), servers, lookup)

    def context(self, fetcher: "Fetcher") -> "IngestContext":
        """Where the articles of feeds come in."""
        from digest.actions.sources.ingest import IngestContext

        settings = self.settings
        zone = ZoneInfo(settings.publication.timezone)
        return IngestContext(self.db, fetcher, self.gallery, settings.topic_rules(), zone)

    @cached_property
    def secret(self) -> str:
        """What signs the links. Raises ConfigError if it is missing, or isn't that of the store."""
        from digest.actions.operations.signing_key import expect_right_key

        return expect_right_key(self.db, self.settings.web.secret)

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
        from digest.mail.relays import RelayMailer
        from digest.mail.smtp import SmtpMailer

        connection = partial(
            SmtpMailer,
            pipelining=mail.smtp.pipelining == "auto",
            recycle_after=mail.smtp.messages_per_connection,
        )
        return RelayMailer(self.relays, connection)

    @cached_property
    def relays(self) -> "Relays":
        """The mail servers, and how they are. Raises ConfigError for a password that is missing."""
        from digest.actions.delivery.connection_slots import at_server
        from digest.config.rate_values import rate_of
        from digest.mail.connect import Server
        from digest.mail.relays import Relay, Relays

        servers = self.settings.mail.smtp.servers
        rates = [rate_of(table.rate) if len(servers) > 1 else None for table in servers]
        return Relays(
            [
                Relay(
                    Server(
                        host=table.host,
                        port=table.port,
                        security=table.security,
                        username=table.username,
                        password=table.password.reveal() if table.username else "",
                    ),
                    table.weight,
                    gap=rate.gap.total_seconds() if rate else 0.0,
                    book=at_server(self, f"{table.host}:{table.port}", rate) if rate else None,
                )
                for table, rate in zip(servers, rates, strict=True)
            ]
        )

    @property
    def post(self) -> "DeliveryContext":
        """What carries messages."""
        from digest.actions.delivery.context import DeliveryContext

        return DeliveryContext(
            db=self.db,
            factory=self.factory,
            mailers=self.mailer,
            clock=self.clock,
            connections=self.connections,
            resend=self.settings.mail.uncertain == "resend_once",
            limits=self.settings.limits(),
        )

    async def tell_admin(
        self, stop: "asyncio.Event | None" = None, *, troubled: bool = True
    ) -> None:
        """Send what there is to tell to mail.notices, as notify_admin does. Raises nothing."""
        mail = self.settings.mail
        if mail.notices:
            from digest.actions.transactional.notify_admin import notify

            newsletters = {n.slug: n for n in self.settings.newsletter_values()}
            resend = mail.uncertain == "resend_once"
            await notify(
                self.post,
                mail.notices,
                newsletters,
                resend=resend,
                troubled=troubled,
                stop=stop,
            )

    def prove(self) -> None:
        """Make everything but the store, so that a fault shows now and not at the next edition.

        Raises DigestError.
        """
        self.renderer.check(*self.settings.newsletter_values())
        assert self.factory
        if self.settings.mail.transport == "smtp":
            assert self.relays

    def renewed(self) -> "App":
        """The app of the config file as it is now, on the same open store. Raises DigestError."""
        from digest.config.load import load_config

        path = self.settings.path
        fresh = replace(self, settings=load_config(path))
        if fresh.settings.store_path() != self.settings.store_path():
            place = fresh.settings.source.place(("store", "url"))
            raise ConfigError(f"{place}: store.url changed; that takes a restart")
        vars(fresh)["db"] = self.db
        fresh.prove()
        return fresh


def load(config: str | None) -> App:
    """Read the config that the command named, or else found. Raises ConfigError."""
    from digest.config.load import find_config, load_config

    return App(load_config(find_config(config)))
