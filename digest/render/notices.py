"""Letters to the admin. They are in English, like the commands and the log that they speak of."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from digest.core.delivery import DeliveryState
from digest.core.newsletter import Newsletter
from digest.core.notice import FAULTY, Kind, Notice
from digest.core.timetable import span
from digest.render.letters import Content
from digest.render.text import apart

NAMED = 50
"""At most so many addresses stand in a letter; `digest status` has all."""

_REASON = "You get this because your address is in mail.notices of the configuration."


def content(notice: Notice, newsletter: Newsletter) -> Content:
    """What to write about it. Times are in the newsletter's time zone."""
    write = _LETTERS[notice.kind]
    return write(notice, _Names(newsletter, notice))


class _Names:
    """What a letter calls things by."""

    def __init__(self, newsletter: Newsletter, notice: Notice) -> None:
        local = notice.at.astimezone(ZoneInfo(newsletter.timezone))
        self.title = apart(newsletter.title, "ltr")
        self.slug = newsletter.slug
        self.day = f"{local:%A}, {local.day} {local:%B %Y, %H:%M}"
        self.moment = f"--at {local:%Y-%m-%dT%H:%M}"
        self.edition = f"Edition {notice.edition} of {self.title}"
        approval = newsletter.approval
        self.delay = span(approval.delay) if approval.policy == "auto_after" else ""
        self.facts = (("Newsletter", self.title), ("Its moment", self.day))
        self.send = f"digest send {newsletter.slug} {self.moment}"
        self.lint = f"digest lint {newsletter.slug} {self.moment}"
        self.plan = f"digest plan {newsletter.slug} {self.moment}"


def _held(notice: Notice, names: _Names) -> Content:
    if notice.why.startswith(FAULTY):
        return _faulty(notice, names)
    return Content(
        name="held",
        subject=f"{names.title}: there was too little for an edition",
        heading="No edition went out",
        paragraphs=(
            f"There was too little for it: {notice.why}.",
            "Nobody got anything. What there is waits for the next edition.",
        ),
        facts=names.facts,
        commands=(
            ("What there is, and why the rest is not in", names.plan),
            ("When there is more: make and send it after all", names.send),
        ),
        reason=_REASON,
    )


def _faulty(notice: Notice, names: _Names) -> Content:
    return Content(
        name="held",
        subject=f"{names.title}: an edition could not go out",
        heading="No edition went out",
        paragraphs=(
            "Its message has a fault that no reader should get:"
            f" {notice.why.removeprefix(FAULTY)}.",
            "Nobody got anything. Its articles wait for the next edition.",
        ),
        facts=names.facts,
        commands=(
            ("All that is wrong with it", names.lint),
            ("When it is mended: make and send it after all", names.send),
        ),
        reason=_REASON,
    )


def _skipped(notice: Notice, names: _Names) -> Content:
    return Content(
        name="held",
        subject=f"{names.title}: an edition was left out",
        heading="An edition was left out",
        paragraphs=(
            f"Its moment came late: {notice.why}.",
            "Nobody got anything. Its articles wait for the next edition.",
        ),
        facts=names.facts,
        commands=(("To send it all the same", names.send),),
        reason=_REASON,
    )


def _asked(notice: Notice, names: _Names) -> Content:
    return Content(
        name="waiting",
        subject=f"{names.title}: send the late edition?",
        heading="Send it, though it is late?",
        paragraphs=(
            f"Its moment came late ({notice.why}), and you want to be asked.",
            "Unless you do something, it is not sent.",
        ),
        facts=names.facts,
        commands=(("What would go out", names.plan), ("To send it", names.send)),
        reason=_REASON,
    )


def _draft(notice: Notice, names: _Names) -> Content:
    by_itself = (
        f"It goes out by itself {names.delay} after it was made, unless you cancel it."
        if names.delay
        else "It goes out when you approve it, not before."
    )
    return Content(
        name="waiting",
        subject=f"{names.title}: a draft waits for you",
        heading="A draft waits for you",
        paragraphs=("The next edition is made, and nobody has got it yet.", by_itself),
        facts=names.facts,
        commands=(
            ("Look at it", f"digest preview {names.slug} {names.moment} --open"),
            ("Send it", names.send),
            ("Never send it", f"digest cancel {notice.edition}"),
        ),
        reason=_REASON,
    )


def _paused(notice: Notice, names: _Names) -> Content:
    return Content(
        name="paused",
        subject=f"{names.title}: edition {notice.edition} is paused",
        heading="An edition is paused",
        paragraphs=(
            f"{names.edition} stopped: {notice.why}.",
            "Nobody gets anything more of it until you say so; nobody is lost, and nobody gets it"
            " twice.",
        ),
        facts=(*names.facts, *_numbers(notice)),
        commands=(
            ("What happened to whom", f"digest status {notice.edition}"),
            ("To go on", f"digest resume {notice.edition}"),
            ("To give it up", f"digest cancel {notice.edition}"),
        ),
        reason=_REASON,
    )


def _refused(notice: Notice, names: _Names) -> Content:
    return Content(
        name="paused",
        subject=f"{names.title}: a provider refuses your mail",
        heading="A provider refuses your mail",
        paragraphs=(
            f"While edition {notice.edition} of {names.title} was sent: {notice.why}.",
            "It is left alone for an hour, and longer each time that it refuses again; its other"
            " readers wait, and everybody else gets theirs. What it says tells you what it wants,"
            " e.g. a signature, a record in your DNS, or fewer complaints.",
        ),
        facts=(*names.facts, *_numbers(notice)),
        commands=(
            ("Whether your server and your DNS are in order", "digest check --network"),
            ("To try again at once, when it is mended", names.send),
            ("Who waits, and who failed", f"digest status {notice.edition}"),
        ),
        reason=_REASON,
    )


def _stuck(notice: Notice, names: _Names) -> Content:
    return Content(
        name="paused",
        subject=f"{names.title}: edition {notice.edition} doesn’t get on",
        heading="The mail server takes nothing",
        paragraphs=(
            f"{names.edition} doesn’t get on. The last that was heard: {notice.why}.",
            "It is tried again and again, and goes on by itself when the server does. Nobody is"
            " lost, and nobody gets it twice.",
        ),
        facts=(*names.facts, *_numbers(notice)),
        commands=(
            ("How far it is", f"digest status {notice.edition}"),
            ("Whether the settings are right", "digest check"),
        ),
        reason=_REASON,
    )


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
    more = len(lines) - NAMED
    return (*lines[:NAMED], f"and {more:,} more") if more > 0 else lines


_LETTERS: dict[Kind, Callable[[Notice, _Names], Content]] = {
    Kind.HELD: _held,
    Kind.SKIPPED: _skipped,
    Kind.ASKED: _asked,
    Kind.DRAFT: _draft,
    Kind.PAUSED: _paused,
    Kind.REFUSED: _refused,
    Kind.STUCK: _stuck,
    Kind.UNCERTAIN: _uncertain,
    Kind.FINISHED: _finished,
}
