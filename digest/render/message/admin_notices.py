"""Letters to the admin. They are in English, like the commands and the log that they speak of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionReason
from digest.core.newsletters.newsletter import Newsletter
from digest.core.newsletters.timetable import span
from digest.core.transactional.admin_notice import FAULTY, Notice, NoticeKind
from digest.render.message.letters import Content
from digest.render.words.plain_text import apart

MAX_ADDRESSES_IN_LETTER = 50
"""At most so many addresses stand in a letter; `digest status` has all."""

_REASON = "You get this because your address is in mail.notices of the configuration."


def content(notice: Notice, newsletter: Newsletter) -> Content:
    """What to write about it. Times are in the newsletter's time zone."""
    names = _Names(newsletter, notice)
    if notice.kind in _WITH_NAMES:
        return _WITH_NAMES[notice.kind](notice, names)
    faulty = notice.kind is NoticeKind.HELD and notice.reason is EditionReason.FAULTY
    return _fill(_FAULTY_FORM if faulty else _FORMS[notice.kind], notice, names)


class _Names:
    """What a letter calls things by."""

    def __init__(self, newsletter: Newsletter, notice: Notice) -> None:
        local = notice.at.astimezone(ZoneInfo(newsletter.timezone))
        self.title = apart(newsletter.title, "ltr")
        self.slug = newsletter.slug
        self.why = notice.why.removeprefix(FAULTY)
        self.number = notice.edition
        self.day = f"{local:%A}, {local.day} {local:%B %Y, %H:%M}"
        self.moment = f"--at {local:%Y-%m-%dT%H:%M}"
        self.edition = f"Edition {notice.edition} of {self.title}"
        approval = newsletter.approval
        self.approved = {
            "auto": "It goes out at its moment, unless you cancel it.",
            "auto_after": f"It goes out by itself {span(approval.delay)} after it was made, unless"
            " you cancel it.",
            "required": "It goes out when you approve it, not before.",
        }[approval.policy]
        self.facts = (("Newsletter", self.title), ("Its moment", self.day))
        self.send = f"digest send {newsletter.slug} {self.moment}"
        self.lint = f"digest lint {newsletter.slug} {self.moment}"
        self.plan = f"digest plan {newsletter.slug} {self.moment}"
        self.status = f"digest status {notice.edition}"


@dataclass(frozen=True, slots=True)
class _Form:
    """A letter with names in braces: those of _Names. With `numbers`, how far the edition is."""

    name: str
    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    commands: tuple[tuple[str, str], ...]
    numbers: bool = False


def _fill(form: _Form, notice: Notice, names: _Names) -> Content:
    values = vars(names)
    return Content(
        name=form.name,
        subject=form.subject.format_map(values),
        heading=form.heading,
        paragraphs=tuple(one.format_map(values) for one in form.paragraphs),
        facts=(*names.facts, *(_numbers(notice) if form.numbers else ())),
        commands=tuple((what, one.format_map(values)) for what, one in form.commands),
        reason=_REASON,
    )


_FAULTY_FORM = _Form(
    name="held",
    subject="{title}: an edition could not go out",
    heading="No edition went out",
    paragraphs=(
        "Its message has a fault that no reader should get: {why}.",
        "Nobody got anything. Its articles wait for the next edition.",
    ),
    commands=(
        ("All that is wrong with it", "{lint}"),
        ("When it is mended: make and send it after all", "{send}"),
    ),
)
_FORMS = {
    NoticeKind.HELD: _Form(
        name="held",
        subject="{title}: there was too little for an edition",
        heading="No edition went out",
        paragraphs=(
            "There was too little for it: {why}.",
            "Nobody got anything. What there is waits for the next edition.",
        ),
        commands=(
            ("What there is, and why the rest is not in", "{plan}"),
            ("When there is more: make and send it after all", "{send}"),
        ),
    ),
    NoticeKind.SKIPPED: _Form(
        name="held",
        subject="{title}: an edition was left out",
        heading="An edition was left out",
        paragraphs=(
            "Its moment came late: {why}.",
            "Nobody got anything. Its articles wait for the next edition.",
        ),
        commands=(("To send it all the same", "{send}"),),
    ),
    NoticeKind.ASKED: _Form(
        name="waiting",
        subject="{title}: send the late edition?",
        heading="Send it, though it is late?",
        paragraphs=(
            "Its moment came late ({why}), and you want to be asked.",
            "Unless you do something, it is not sent.",
        ),
        commands=(("What would go out", "{plan}"), ("To send it", "{send}")),
    ),
    NoticeKind.DRAFT: _Form(
        name="waiting",
        subject="{title}: a draft waits for you",
        heading="A draft waits for you",
        paragraphs=("The next edition is made, and nobody has got it yet.", "{approved}"),
        commands=(
            ("Look at it", "digest preview {slug} {moment} --open"),
            ("Change it", "digest edit {slug} {moment}"),
            ("Approve it", "digest publish {slug} {moment}"),
            ("Never send it", "digest cancel {number}"),
        ),
    ),
    NoticeKind.PAUSED: _Form(
        name="paused",
        subject="{title}: edition {number} is paused",
        heading="An edition is paused",
        paragraphs=(
            "{edition} stopped: {why}.",
            "Nobody gets anything more of it until you say so; nobody is lost, and nobody gets it"
            " twice.",
        ),
        commands=(
            ("What happened to whom", "{status}"),
            ("To go on", "digest resume {number}"),
            ("To give it up", "digest cancel {number}"),
        ),
        numbers=True,
    ),
    NoticeKind.REFUSED: _Form(
        name="paused",
        subject="{title}: a provider refuses your mail",
        heading="A provider refuses your mail",
        paragraphs=(
            "While edition {number} of {title} was sent: {why}.",
            "It is left alone for an hour, and longer each time that it refuses again; its other"
            " readers wait, and everybody else gets theirs. What it says tells you what it wants,"
            " e.g. a signature, a record in your DNS, or fewer complaints.",
        ),
        commands=(
            ("Whether your server and your DNS are in order", "digest check --network"),
            ("To try again at once, when it is mended", "{send}"),
            ("Who waits, and who failed", "{status}"),
        ),
        numbers=True,
    ),
    NoticeKind.STUCK: _Form(
        name="paused",
        subject="{title}: edition {number} doesn’t get on",
        heading="The mail server takes nothing",
        paragraphs=(
            "{edition} doesn’t get on. The last that was heard: {why}.",
            "It is tried again and again, and goes on by itself when the server does. Nobody is"
            " lost, and nobody gets it twice.",
        ),
        commands=(
            ("How far it is", "{status}"),
            ("Whether the settings are right", "digest check"),
        ),
        numbers=True,
    ),
}


# ---------------------------------------------------------------- letters with readers in them


def _uncertain(notice: Notice, names: _Names) -> Content:
    who = notice.progress.uncertain if notice.progress else ()
    several = f"{len(who)} messages" if len(who) > 1 else "One message"
    settle = f"digest settle {notice.edition}"
    return Content(
        name="uncertain",
        subject=f"{names.title}: nobody knows whether {several.lower()} arrived",
        heading=f"{several} may or may not have arrived",
        paragraphs=(
            f"While {names.edition[0].lower()}{names.edition[1:]} was sent, the connection broke"
            " after a message was handed over and before the server said that it has it.",
            "Nothing is sent twice by itself. You may ask these readers, look into the server’s"
            " log, or leave it as it is.",
        ),
        facts=names.facts,
        items=_some(who),
        commands=(
            ("They have it", f"{settle} --sent"),
            ("They don’t, and need not", f"{settle} --failed"),
            ("Send them a second copy", f"{settle} --resend"),
            ("Only one of them", f"{settle} {who[0] if who else 'ADDRESS'} --resend"),
        ),
        reason=_REASON,
    )


def _finished(notice: Notice, names: _Names) -> Content:
    failed = notice.progress.failed if notice.progress else ()
    sent = notice.progress.counts[DeliveryState.SENT] if notice.progress else 0
    readers = "1 reader" if sent == 1 else f"{sent:,} readers"
    took = (("It took", span(notice.took)),) if notice.took >= timedelta(minutes=1) else ()
    return Content(
        name="finished",
        subject=f"{names.title}: sent to {readers}",
        heading=f"Sent to {readers}",
        paragraphs=(f"{names.edition} is done.",),
        facts=(*names.facts, *_numbers(notice), *took),
        items=_some(tuple(f"{one.email}: {one.why}" for one in failed)),
        commands=(("All there is to know", f"digest status {notice.edition}"),),
        reason=_REASON,
    )


def _numbers(notice: Notice) -> tuple[tuple[str, str], ...]:
    """How many of each there are, without those that are none."""
    if notice.progress is None:
        return ()
    counts = notice.progress.counts
    numbers = (
        ("Readers", notice.progress.audience),
        ("Accepted by the mail server", counts[DeliveryState.SENT]),
        ("Still to be sent", notice.progress.open),
        ("Failed", counts[DeliveryState.FAILED]),
        ("Uncertain", counts[DeliveryState.UNCERTAIN]),
        ("Left out (they unsubscribed, or may not be mailed)", counts[DeliveryState.SKIPPED]),
    )
    return tuple((label, f"{number:,}") for label, number in numbers if number)


def _some(lines: tuple[str, ...]) -> tuple[str, ...]:
    more = len(lines) - MAX_ADDRESSES_IN_LETTER
    return (*lines[:MAX_ADDRESSES_IN_LETTER], f"and {more:,} more") if more > 0 else lines


_WITH_NAMES: dict[NoticeKind, Callable[[Notice, _Names], Content]] = {
    NoticeKind.UNCERTAIN: _uncertain,
    NoticeKind.FINISHED: _finished,
}
