"""Everything that config.toml says, checked, and as the values that the core works with."""

from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PrivateAttr, Strict

from digest.config.archive import ArchiveTable
from digest.config.mail import MailTable
from digest.config.origin import Source
from digest.config.signup import SignupTable
from digest.config.strict_table import ConfigTable, default
from digest.config.tables import (
    AuthorTable,
    FeedTable,
    NewsletterTable,
    PublicationTable,
    StoreTable,
    TopicTable,
    WebTable,
)
from digest.config.theme import ThemeTable
from digest.config.trial import TrialTable
from digest.core.articles.author import Writer
from digest.core.articles.topic_rules import TopicRule
from digest.core.delivery.rate_limit import Hours, Limits
from digest.core.editions.web_access import PublicArticles, public_articles
from digest.core.message.compose import Sender
from digest.core.message.theme import Theme
from digest.core.newsletters.newsletter import Newsletter, Publication
from digest.core.sources.feed import Feed
from digest.core.text import email_address
from digest.errors import UsageError


class Settings(ConfigTable):
    """The whole config. Made by `digest.config.load.load_config`."""

    publication: PublicationTable = default({})
    store: StoreTable = default({})
    mail: MailTable = default({})
    web: WebTable = default({})
    signup: SignupTable = default({})
    archive: ArchiveTable = default({})
    trial: TrialTable = default({})
    theme: ThemeTable = default({})
    feeds: Annotated[tuple[FeedTable, ...], Strict(strict=False)] = Field(default=(), alias="feed")
    topics: Annotated[tuple[TopicTable, ...], Strict(strict=False)] = Field(
        default=(), alias="topic"
    )
    authors: Annotated[tuple[AuthorTable, ...], Strict(strict=False)] = Field(
        default=(), alias="author"
    )
    newsletters: Annotated[tuple[NewsletterTable, ...], Strict(strict=False)] = Field(
        default=(), alias="newsletter"
    )
    _source: Source = PrivateAttr(default_factory=Source)

    def model_post_init(self, context: Any, /) -> None:
        """Remember the file."""
        if context is not None:
            self._source = context

    @property
    def source(self) -> Source:
        """The file that this was read from."""
        return self._source

    @property
    def path(self) -> Path:
        """The config file, as the user named it."""
        return self._source.path

    def store_path(self) -> Path:
        """The SQLite file, absolute."""
        return self._source.folder / self.store.url.removeprefix("sqlite:///")

    def images_path(self) -> Path:
        """The folder of the articles' pictures, absolute."""
        if self.store.images:
            return self._source.folder / Path(self.store.images).expanduser()
        return self.store_path().parent / "images"

    def outbox_path(self) -> Path:
        """The folder of the transport "outbox", absolute."""
        return self._source.folder / Path(self.mail.outbox).expanduser()

    def publication_value(self) -> Publication:
        """Who speaks."""
        table = self.publication
        return Publication(
            name=table.name,
            url=table.url,
            postal_address=table.postal_address,
            language=table.language,
            timezone=table.timezone,
            subscribe_url=table.subscribe_url,
        )

    def theme_value(self) -> Theme:
        """How its emails look."""
        return self.theme.value(self.publication.name, self.web.url)

    def template_folders(self) -> tuple[Path, ...]:
        """The folder of the publication's own templates, absolute, if there is one."""
        named = self.theme.templates
        return (self._source.folder / Path(named).expanduser(),) if named else ()

    def topic_rules(self) -> tuple[TopicRule, ...]:
        """Every [[topic]], in the order of the config, with the feeds that name it."""
        return tuple(
            topic.value([f.url for f in self.feeds if f.topic == topic.slug], self.writers())
            for topic in self.topics
        )

    def feed_values(self) -> tuple[Feed, ...]:
        """Every [[feed]], each address once, in the order of the config."""
        return tuple({feed.url: feed.value() for feed in reversed(self.feeds)}.values())[::-1]

    def writers(self) -> tuple[Writer, ...]:
        """Every [[author]], in the order of the config."""
        return tuple(author.value() for author in self.authors)

    def newsletter_values(self) -> tuple[Newsletter, ...]:
        """Every [[newsletter]], in the order of the config."""
        rules = self.topic_rules()
        writers = self.writers()
        return tuple(n.value(self.publication, rules, writers) for n in self.newsletters)

    def public_articles(self, now: datetime) -> PublicArticles:
        """Which articles everybody may see at a moment."""
        return public_articles(self.newsletter_values(), self.archive.articles, now)

    def newsletter(self, slug: str) -> Newsletter:
        """One newsletter. Raises UsageError naming the nearest one, or all there are."""
        known = {newsletter.slug: newsletter for newsletter in self.newsletter_values()}
        if slug in known:
            return known[slug]
        close = get_close_matches(slug.lower(), known, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"the config has {', '.join(known)}"
        raise UsageError(f"there is no newsletter '{slug}'; {hint}")

    def limits(self) -> Limits:
        """Everything that keeps a sender from going as fast as it can."""
        relay, mailboxes = self.mail.limits()
        home = self.publication.timezone
        return Limits(
            relay=relay,
            mailboxes=mailboxes,
            warm_up=self.mail.pace.warm_up if self.mail.transport == "smtp" else 0,
            zone=home,
            hours={
                one.slug: Hours(*one.send_between, one.timezone or home)
                for one in self.newsletters
                if one.send_between
            },
        )

    def sender(self) -> Sender:
        """Who the messages are from; without a name in `from` it is the publication's."""
        name, email = self.mail.from_
        return Sender(
            name=name or self.publication.name,
            address=email,
            reply_to=self.mail.reply_to,
            bounce_address=self.mail.bounce_address or email,
            domain=email_address.wire(email).rpartition("@")[2].lower(),
        )
