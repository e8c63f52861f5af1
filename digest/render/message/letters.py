"""Letters to readers: what they say. How they look is in templates/email.

Nothing that a visitor typed stands in them but the address they go to: whoever fills in somebody
else's address must not be able to send them a message of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from ipaddress import ip_address

from digest.core.articles.correction import Correction
from digest.core.newsletters.newsletter import Newsletter, Publication
from digest.core.readers.trial_expiry import Reminder, dated
from digest.core.text import prose
from digest.render.message.template_context import Story
from digest.render.words.language import Phrases, full_date
from digest.render.words.links import followable_url

LETTER_FOLDERS = (
    *("confirmation", "welcome", "goodbye", "correction", "trial"),
    *("held", "waiting", "paused", "uncertain", "finished"),
)
"""Their folders in templates/email: to readers, and to the admin."""


@dataclass(frozen=True, slots=True)
class Button:
    """The one thing that there is to do."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a letter says, top to bottom. `name` is its folder in templates/email.

    `facts` are labels with their values, `items` lines of a list, `commands` what an admin may
    type. `story` is an article shown like in an edition. `small` stands at the end in small print,
    `reason` and `links` at the foot.
    """

    name: str
    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    reason: str
    button: Button | None = None
    facts: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()
    commands: tuple[tuple[str, str], ...] = ()
    story: Story | None = None
    small: tuple[str, ...] = ()
    links: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """What every email's frame asks of its contents: language and direction."""

    lang: str
    dir: str
    start: str = field(init=False)
    end: str = field(init=False)

    def __post_init__(self) -> None:
        sides = ("right", "left") if self.dir == "rtl" else ("left", "right")
        object.__setattr__(self, "start", sides[0])
        object.__setattr__(self, "end", sides[1])


@dataclass(frozen=True, slots=True)
class SignupRequest:
    """That somebody asked for newsletters: which, when (local time) and from which IP address.

    An `origin` that is no IP address is left out, whatever it is.
    """

    newsletters: tuple[str, ...]
    at: datetime
    origin: str = ""


def confirmation(say: Phrases, publication: Publication, asked: SignupRequest, url: str) -> Content:
    """Asks whether the owner of an address wants what was asked for in their name."""
    wanted = say.names(asked.newsletters)
    when = say.text("{date}, {time}", date=_day(say, asked.at), time=f"{asked.at:%H:%M}")
    facts = [(say.text("Asked for"), wanted), (say.text("When"), when)]
    if _is_ip(asked.origin):
        facts.append((say.text("From the IP address"), asked.origin))
    return Content(
        name="confirmation",
        subject=say.text("Please confirm: {newsletters}", newsletters=wanted),
        heading=say.text("One click, and it comes"),
        paragraphs=(
            say.text(
                "Somebody, hopefully you, asked for {newsletters} to be sent to this address.",
                newsletters=wanted,
            ),
            say.text("If it was you, please say so. Before that, nothing is sent."),
        ),
        button=Button(say.text("Yes, send it to me"), url),
        facts=tuple(facts),
        small=(
            say.text("It was not you? Then you need not do anything, and nothing more will come."),
        ),
        reason=say.text(
            "You got this because your address was entered at {publication}.",
            publication=publication.name,
        ),
    )


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest edition of a newsletter: its lead story, and where all of it can be read."""

    lead: Story
    url: str


def welcome(
    say: Phrases,
    publication: Publication,
    newsletter: Newsletter,
    next_at: datetime | None,
    latest: Latest | None,
    links: Sequence[Button],
) -> Content:
    """Greets a new reader: when it comes, and what the newest edition had.

    `next_at` is in the newsletter's time zone.
    """
    facts = [(say.text("Comes"), say.schedule(newsletter.schedule))]
    if next_at:
        facts.append((say.text("Next edition"), _day(say, next_at)))
    first = say.text("From now on you get {newsletter}.", newsletter=newsletter.title)
    until = say.text("Until the next edition, this is what the latest one began with:")
    return Content(
        name="welcome",
        subject=say.text("Welcome to {newsletter}", newsletter=newsletter.title),
        heading=say.text("Welcome"),
        paragraphs=(first, until) if latest else (first,),
        facts=tuple(facts),
        story=latest.lead if latest else None,
        button=Button(say.text("Read the latest edition"), latest.url) if latest else None,
        small=(
            say.text("Add our address to your contacts, and no edition ends up among the spam."),
        ),
        reason=say.reason(newsletter.title, publication.name),
        links=tuple(links),
    )


def goodbye(
    say: Phrases, publication: Publication, newsletter: str, email: str, undo: str
) -> Content:
    """Says that somebody was unsubscribed, and how to undo it if that was a mistake."""
    return Content(
        name="goodbye",
        subject=say.text("You are unsubscribed from {newsletter}", newsletter=newsletter),
        heading=say.left,
        paragraphs=(
            say.left_means(email, newsletter),
            say.text("If that was a mistake, or somebody else did it, you can undo it."),
        ),
        button=Button(say.text("Undo it"), undo),
        reason=say.text("You got this one message because your subscription has ended."),
    )


def trial(
    say: Phrases,
    publication: Publication,
    newsletter: str,
    until: date,
    reminder: Reminder,
    links: Sequence[Button],
) -> Content:
    """Says that a reader's tier ends with a day, in the admin's words where there are any."""
    day = full_date(until, say.language)
    ours = (
        say.text("Until then you get everything that is for subscribers."),
        say.text(
            "After that, {newsletter} comes as before; of what is for subscribers it has a few"
            " words.",
            newsletter=newsletter,
        ),
    )
    own = dated(reminder.text, day).split("\n\n") if reminder.text else []
    subject = dated(reminder.subject, day) or say.text("Your trial ends on {date}", date=day)
    url = followable_url(publication.subscribe_url) or followable_url(publication.url)
    return Content(
        name="trial",
        subject=subject,
        heading=subject,
        paragraphs=tuple(filter(None, map(prose.one_line, own))) or ours,
        button=Button(say.text("Stay a subscriber"), url) if url else None,
        facts=((say.text("Last day"), day),),
        reason=say.reason(newsletter, publication.name),
        links=tuple(links),
    )


def correction(
    say: Phrases,
    publication: Publication,
    newsletter: str,
    wrong: Correction,
    links: Sequence[Button],
) -> Content:
    """Says what was wrong in a piece that a reader got."""
    title = prose.one_line(wrong.title) or say.untitled
    url = followable_url(wrong.url)
    return Content(
        name="correction",
        subject=say.text("Correction: {title}", title=title),
        heading=say.text("A correction"),
        paragraphs=(
            say.text("You got “{title}” from us before it was corrected.", title=title),
            prose.one_line(wrong.note),
        ),
        button=Button(say.text("Read the corrected piece"), url) if url else None,
        reason=say.reason(newsletter, publication.name),
        links=tuple(links),
    )


def _day(say: Phrases, moment: datetime) -> str:
    return full_date(moment.date(), say.language)


def _is_ip(origin: str) -> bool:
    try:
        ip_address(origin)
    except ValueError:
        return False
    return True
