"""The tables of config.toml: every key, its kind and its default.

The line under a key is what editors show for it (docs/config.schema.json).
"""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, Strict

from digest.config import value_types
from digest.config.promotion import PitchTable, SponsorTable
from digest.config.schedule import ScheduleTable
from digest.config.secrets import Secret
from digest.config.strict_table import ConfigTable, default
from digest.core.articles.article import Access
from digest.core.articles.author import Writer, spellings
from digest.core.articles.topic_rules import TopicRule
from digest.core.newsletters.newsletter import Archive, Newsletter, Rules
from digest.core.newsletters.promotion import Tiers
from digest.core.newsletters.timetable import Schedule
from digest.core.sources.feed import Feed


class PublicationTable(ConfigTable):
    """[publication]: who speaks."""

    name: value_types.Name = Field(examples=["The Harbour Review"])
    """The name of the publication, as readers know it."""
    url: value_types.UrlOrEmpty = ""
    """Its web site."""
    postal_address: value_types.Text = ""
    """Stands at the foot of every email; the law asks for it in many countries."""
    language: value_types.LanguageValue = "en"
    """The language of dates and of the words around your articles: "en", "de", "es", "fr", "ar"."""
    timezone: value_types.Zone = "UTC"
    """The time zone of every schedule that names no other."""
    subscriber_tiers: value_types.Names = ("subscriber",)
    """Readers of these tiers are subscribers: nobody asks them to become one."""
    ad_free_tiers: value_types.Names = ("subscriber",)
    """Readers of these tiers see no sponsors."""
    subscribe_url: value_types.UrlOrEmpty = ""
    """Where one becomes a subscriber, below what is for subscribers. Empty: `url`."""

    def tiers(self) -> Tiers:
        """What the tiers of readers mean."""
        return Tiers(self.subscriber_tiers, self.ad_free_tiers)


class StoreTable(ConfigTable):
    """[store]: where articles, subscribers and the ledger are kept."""

    url: value_types.StoreUrl = "sqlite:///digest.db"
    """A file: "sqlite:///digest.db" beside the config, "sqlite:////srv/digest.db" anywhere."""
    images: value_types.Line = ""
    """The folder of the articles' pictures. Empty: `images` beside the store."""


class WebTable(ConfigTable):
    """[web]: the pages for readers and for you."""

    listen: value_types.Listen = "127.0.0.1:8000"
    """Host and port that the pages are served on."""
    url: value_types.BaseUrl = "http://127.0.0.1:8000"
    """What readers type to get there; every link in an email begins with it."""
    secret: Annotated[Secret, value_types.SecretOf("web.secret")] = default({"file": "secret.key"})
    """Signs the links. Whoever has it can unsubscribe your readers; a new one breaks old links."""
    admin_password: Annotated[Secret, value_types.SecretOf("web.admin_password")] = default(
        {"env": "DIGEST_ADMIN_PASSWORD"}
    )
    """Opens the admin pages. Not set: there are none."""


class FeedTable(ConfigTable):
    """[[feed]]: a source that is fetched by itself."""

    url: value_types.Url = Field(examples=["https://harbour.example/feed.xml"])
    """Its address."""
    topic: value_types.Text = ""
    """The slug of a topic that every article of this feed belongs to."""
    every: value_types.Duration = default("30m")
    """How often it is looked at."""
    page: bool = False
    """Its entries are only summaries: read the page of each for its text."""
    access: Literal["everyone", "subscribers"] = "everyone"
    """Who may read its articles whole. "subscribers": others get a few lines of each."""
    allow_private: value_types.Private = False
    """Let its host be this machine or one of your own network; else that is refused. Or only these
    hosts and ports, for its pages and pictures too: ["127.0.0.1:8080"]."""

    def value(self) -> Feed:
        """The feed that it means."""
        named = self.allow_private if isinstance(self.allow_private, tuple) else ()
        own = self.allow_private is True
        return Feed(
            self.url,
            self.topic,
            self.every,
            own,
            self.page,
            private=named,
            access=Access(self.access) if "access" in self.model_fields_set else None,
        )


class TopicTable(ConfigTable):
    """[[topic]]: a section, and what belongs in it."""

    slug: value_types.Slug = Field(examples=["world"])
    """Its short name, for `topics` and for commands."""
    name: value_types.Line = ""
    """The heading that readers see. Empty: made from the slug."""
    keywords: value_types.Names = ()
    """Words and phrases in title or text."""
    authors: value_types.Names = ()
    """Everything that these people write."""
    urls: value_types.Names = ()
    """Parts of the article's address, such as "/world/"."""
    feeds: value_types.Urls = ()
    """Addresses of feeds: everything that comes from them."""
    categories: value_types.Names = ()
    """Names that sources file it under, besides slug and name: "Foreign affairs"."""
    not_: value_types.Names = Field(default=(), alias="not")
    """Words and phrases that switch the keywords off where one of them is in title or text."""
    access: Literal["everyone", "subscribers"] = "everyone"
    """Who may read its articles whole, where nobody says it of the article or of its feed.
    "subscribers": others get a few lines of each."""

    def value(self, feeds: Iterable[str] = (), writers: Iterable[Writer] = ()) -> TopicRule:
        """The rule that it means, with these feeds too, and every spelling of its authors."""
        writers = tuple(writers)
        spelled = [one for author in self.authors for one in spellings(author, writers)]
        return TopicRule(
            slug=self.slug,
            name=self.name or _title(self.slug),
            keywords=self.keywords,
            authors=tuple(dict.fromkeys(spelled)),
            urls=self.urls,
            negative=self.not_,
            feeds=(*self.feeds, *feeds),
            categories=self.categories,
            access=Access(self.access),
        )


class AuthorTable(ConfigTable):
    """[[author]]: one person who is spelled in several ways."""

    name: value_types.Name = Field(examples=["Mara Lind"])
    """The name that readers see."""
    aliases: value_types.Names = ()
    """Other spellings. Case, accents, titles and middle initials need none."""

    def value(self) -> Writer:
        """The person that it means."""
        return Writer(self.name, self.aliases)


class NewsletterTable(ConfigTable):
    """[[newsletter]]: one regular digest."""

    slug: value_types.Slug = Field(examples=["weekly"])
    """Its short name, for commands and addresses. Don't change it later."""
    title: value_types.Line = ""
    """What readers call it. Empty: made from the slug."""
    schedule: ScheduleTable = default({"every": "week", "on": ["monday"], "at": "07:30"})
    cron: value_types.CronValue = ""
    """Instead of `schedule`: minute hour day-of-month month weekday, "30 7 * * mon"."""
    send_between: value_types.HoursValue = default("")
    """The hours of a day in which emails may go, "07:00-21:00". Empty: always."""
    timezone: value_types.ZoneOrEmpty = ""
    """The time zone of the schedule. Empty: the publication's."""
    late: value_types.LatePolicy = default("send_until:6h")
    """What to do when nothing ran at the moment: "send", "send_until:6h", "skip" or "ask"."""
    approval: value_types.ApprovalPolicy = default("auto")
    """Whether you look first: "auto", "required", or "auto_after:2h"."""
    draft_ahead: value_types.DurationOrNone = default("")
    """How long before its moment a draft is made, "12h". Empty: at its moment."""
    topics: value_types.Slugs = ()
    """The topics in it, in this order. Empty: all, in the order of [[topic]]."""
    lookback: value_types.Duration = default("14d")
    """How old an article may be."""
    min_articles: value_types.Count = 1
    """With fewer than this the edition is held back, and you are told."""
    max_articles: value_types.Count = 20
    """How many articles at most."""
    max_per_topic: value_types.Count = 6
    """How many of one topic at most."""
    max_per_author: value_types.Count = 4
    """How many of one author at most."""
    archive: Archive = "public"
    """Who reads past editions on the web: "public", "readers" (by the link in their message),
    "subscribers" (the same, if their tier is one), or "none"."""
    repeats: bool = False
    """Let readers get here what another of your newsletters brought them already."""
    subject: value_types.Template = "{{ lead.title }}"
    """The subject line; a template."""
    preheader: value_types.Template = ""
    """What mail programs show beside the subject; a template. Empty: made from the next stories."""
    intro: value_types.Template = ""
    """A greeting above the stories; a template."""
    footer: value_types.Text = ""
    """A note at the foot; plain text."""
    sponsors: Annotated[tuple[SponsorTable, ...], Strict(strict=False)] = Field(
        default=(), alias="sponsor"
    )
    pitch: PitchTable | None = None

    def value(
        self,
        publication: PublicationTable,
        topics: tuple[TopicRule, ...],
        writers: tuple[Writer, ...] = (),
    ) -> Newsletter:
        """The newsletter that it means, with the publication's time zone, topics and authors."""
        return Newsletter(
            slug=self.slug,
            title=self.title or _title(self.slug),
            timezone=self.timezone or publication.timezone,
            schedule=Schedule("cron", cron=self.cron) if self.cron else self.schedule.value(),
            late=self.late,
            approval=self.approval,
            draft_ahead=self.draft_ahead,
            rules=Rules(
                topics=self.topics,
                lookback=self.lookback,
                min_articles=self.min_articles,
                max_articles=self.max_articles,
                max_per_topic=self.max_per_topic,
                max_per_author=self.max_per_author,
            ),
            subject=self.subject,
            preheader=self.preheader,
            intro=self.intro,
            topics=topics,
            writers=writers,
            footer=self.footer.strip(),
            sponsors=tuple(sponsor.value() for sponsor in self.sponsors),
            pitch=self.pitch.value() if self.pitch else None,
            tiers=publication.tiers(),
            repeats=self.repeats,
            archive=self.archive,
        )


def _title(slug: str) -> str:
    return slug.replace("-", " ").capitalize()
