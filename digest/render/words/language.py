"""How a language writes dates, numbers, lists of names and the words around the stories."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from gettext import NullTranslations
from typing import TYPE_CHECKING, Literal

from digest.core.newsletters.timetable import Schedule, describe
from digest.render.words.archive_phrases import ArchivePhrases
from digest.render.words.catalogue import SOURCE
from digest.render.words.page_phrases import PagePhrases
from digest.render.words.phrase import Phrase
from digest.render.words.plain_text import apart

if TYPE_CHECKING:
    from babel import Locale


@lru_cache(maxsize=32)
def _locale(language: str) -> "Locale":
    """The locale of a BCP 47 tag, else of its language; if that is unknown, British English."""
    from babel import Locale, UnknownLocaleError  # its import is slow

    tag = language.replace("_", "-")
    for one in (tag, tag.partition("-")[0]):
        if one not in {"", SOURCE}:  # English without a country has month and day in American order
            with suppress(UnknownLocaleError, ValueError):
                return Locale.parse(one, sep="-")
    return Locale.parse("en_GB")


def direction(language: str) -> str:
    """Which way the language is written: "rtl" or "ltr"."""
    return str(_locale(language).text_direction)


@lru_cache(maxsize=512)
def long_date(day: date, language: str) -> str:
    """The day as the language writes it, e.g. "9 March 2026"."""
    return _written(day, language, "long")


def full_date(day: date, language: str) -> str:
    """The day with its weekday, e.g. "Monday, 9 March 2026"."""
    return _written(day, language, "full")


@lru_cache(maxsize=4096)
def _decimal(number: int, language: str) -> str:
    from babel.numbers import format_decimal

    return format_decimal(number, locale=_locale(language))


def _written(day: date, language: str, width: Literal["long", "full"]) -> str:
    from babel.dates import format_date

    return format_date(day, format=width, locale=_locale(language))


@lru_cache(maxsize=512)
def _list(names: tuple[str, ...], language: str) -> str:
    from babel.lists import format_list

    return format_list(names, locale=_locale(language))


def is_known_language(language: str) -> bool:
    """Whether we know how the language writes dates; else they are written as in English."""
    return bool(_locale(language).language == language.partition("-")[0])


@dataclass(frozen=True)
class Phrases(PagePhrases, ArchivePhrases):
    """Every word of ours that a reader sees, in the publication's language.

    The English stands here; other languages have catalogues (see catalogue.py). `language` writes
    the dates and numbers; `words` are those of its catalogue, and `spoken` says whose that is:
    "en" where there is none. What is filled in keeps its own direction (see text.apart).
    """

    language: str = SOURCE
    words: NullTranslations = field(default_factory=NullTranslations)
    spoken: str = SOURCE

    contents = Phrase("In this issue")
    more = Phrase("More stories")
    related = Phrase("Related")
    listen = Phrase("Listen")
    subscribe = Phrase("Become a subscriber")
    for_subscribers = Phrase("For subscribers")
    corrected = Phrase("Corrected since")
    read_lead = Phrase("Read the lead story")
    leave = Phrase("Unsubscribe")
    newsletters = Phrase("Newsletters")
    untitled = Phrase("Untitled")

    refused = Phrase("This can’t be done here")
    refused_way_out = Phrase("Please go back, and open the link once more.")
    unavailable = Phrase("Not available at the moment")
    unavailable_way_out = Phrase("Nothing was changed. Please try again in a minute.")
    our_fault = Phrase("Something went wrong here")
    our_fault_way_out = Phrase(
        "It is our mistake, and it was written down. Please try again later."
    )
    missing = Phrase("There is nothing here")
    missing_way_out = Phrase("The address may be mistyped, or what stood here is gone.")
    left = Phrase("You are unsubscribed")
    of_a_preview = Phrase("This link is from a preview")
    of_a_preview_means = Phrase(
        "It unsubscribes nobody. In the message that a reader gets, the link is their own."
    )
    unknown_link = Phrase("This link doesn’t work")
    unknown_link_way_out = Phrase(
        "Perhaps the end of it was cut off. Open the unsubscribe link in the newest message that"
        " you got, or answer to that message and ask to be taken off the list."
    )

    @property
    def dir(self) -> str:
        """Which way the language is written: "rtl" or "ltr"."""
        return direction(self.language)

    def text(self, source: str, **values: str) -> str:
        """A phrase, with these values in place of {their names}."""
        return self.words.gettext(source).format(**self._apart(values))

    def plural(self, one: str, many: str, count: int, **values: str) -> str:
        """A phrase in the form that goes with a number, which may be in it as {count}."""
        phrase = self.words.ngettext(one, many, count)
        return phrase.format(count=self.number(count), **self._apart(values))

    def day(self, moment: datetime) -> str:
        """The day of a moment, as the language writes it."""
        return long_date(moment.date(), self.language)

    def number(self, number: int) -> str:
        """With its thousands apart, e.g. "12,345"."""
        return _decimal(number, self.language)

    def apart(self, text: str) -> str:
        """A text of somebody else's, fit to stand in one of our phrases."""
        return apart(text, self.dir)

    def _apart(self, values: dict[str, str]) -> dict[str, str]:
        return {name: self.apart(value) for name, value in values.items()}

    def _listed(self, names: Sequence[str]) -> str:
        spoken = self.language if self.language[:2] == self.spoken[:2] else self.spoken
        return _list(tuple(map(self.apart, names)), spoken)

    def names(self, authors: Sequence[str]) -> str:
        """All of them in a row, e.g. "Ada Ferrer, Bo Lin and Cy Okafor"."""
        return self._listed(authors) if len(authors) > 1 else "".join(authors)

    def by(self, names: str) -> str:
        """Who wrote it, e.g. "By Ada Ferrer"."""
        return self.text("By {names}", names=names)

    def also(self, title: str) -> str:
        """What else there is, where a message is announced."""
        return self.text("Also: {title}", title=title)

    def more_in(self, section: str) -> str:
        """Above the stories of a section that stand as one line each."""
        return self.text("More in {section}", section=section)

    def corrected_on(self, date: str, note: str) -> str:
        """What was wrong in a piece, and since when it isn't."""
        return self.text("Corrected on {date}: {note}", date=date, note=note)

    def photo(self, name: str) -> str:
        """Under a picture: who took it."""
        return self.text("Photo: {name}", name=name)

    def sponsored(self, name: str) -> str:
        """Above what somebody pays for."""
        return self.text("Sponsored by {name}", name=name)

    def labelled(self, label: str) -> str:
        """A label before what it is about, on a line of its own."""
        return self.text("{label}:", label=label)

    def stories(self, count: int) -> str:
        """How many there are, e.g. "4 stories"."""
        return self.plural("{count} story", "{count} stories", count)

    def minutes(self, count: int) -> str:
        """How long it takes, e.g. "4 min read"."""
        return self.plural("{count} min read", "{count} min read", count)

    def reason(self, newsletter: str, publication: str) -> str:
        """Why the reader gets this."""
        if newsletter == publication:
            return self.text(
                "You are reading this because you subscribed to {newsletter}.",
                newsletter=newsletter,
            )
        return self.text(
            "You are reading this because you subscribed to {newsletter} by {publication}.",
            newsletter=newsletter,
            publication=publication,
        )

    def sent_to(self, email: str) -> str:
        """Whose copy it is."""
        return self.text("Sent to {email}.", email=email)

    def issue(self, newsletter: str, date: str) -> str:
        """Which edition this is, where there is little else to say."""
        return self.text("{newsletter}, {date}", newsletter=newsletter, date=date)

    def leave_question(self, newsletter: str) -> str:
        """Asked before a reader leaves."""
        return self.text("Unsubscribe from {newsletter}?", newsletter=newsletter)

    def leave_means(self, email: str) -> str:
        """What leaving does."""
        return self.text("{email} will get no more of it, from now on and for good.", email=email)

    def left_means(self, email: str, newsletter: str) -> str:
        """What leaving did."""
        return self.text(
            "{email} gets no more mail from {newsletter}. A message that is on its way already"
            " may still arrive.",
            email=email,
            newsletter=newsletter,
        )

    def schedule(self, schedule: Schedule) -> str:
        """When a newsletter goes out, e.g. "every Monday and Thursday at 07:30"."""
        if self.spoken == SOURCE:
            return describe(schedule)
        if schedule.every == "cron":
            return self.text("by its own timetable")
        time = f"{schedule.at:%H:%M}"
        if schedule.every == "week":
            names = _locale(self.language).days["format"]["wide"]
            days = self._listed([names[day] for day in schedule.weekdays])
            return self.text("every {days} at {time}", days=days, time=time)
        if schedule.every == "month":
            days = self._listed([str(day) for day in schedule.monthdays])
            return self.text("on the {days} of the month at {time}", days=days, time=time)
        return self.text("every day at {time}", time=time)
