"""One of every email that is no edition."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.core.delivery.progress import Failure, Progress
from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from digest.core.message.single_email import Letter
from digest.core.readers.trial_expiry import Reminder
from digest.core.transactional.admin_notice import Notice, NoticeKind
from digest.render.message import admin_notices, letters
from digest.render.message.build_context import build_context
from digest.render.message.letters import Button, Content, Latest, SignupRequest
from digest.render.words.language import Phrases
from tests.builders import MONDAY, a_newsletter, a_publication, an_article, an_edition
from tests.render.samples import RENDERER, WEB_URL

BERLIN = ZoneInfo("Europe/Berlin")
WHY = {
    NoticeKind.HELD: "only 2 of at least 5 articles (min_articles)",
    NoticeKind.SKIPPED: "it is 9 h late, and the limit is 6 h",
    NoticeKind.ASKED: "it is 9 h late",
    NoticeKind.PAUSED: "48 of the first 50 messages were refused: 550 5.7.1 blocked by policy",
    NoticeKind.REFUSED: "club.example refuses our mail: 550 5.7.26 not authenticated",
    NoticeKind.STUCK: "535 5.7.8 login refused",
}


def printed(content: Content, language: str = "en", **publication) -> Letter:
    of = a_publication(language=language, **publication)
    return RENDERER.letter(content, of, RENDERER.phrases(language))


def a_confirmation(say: Phrases, **changes) -> Content:
    at = datetime(2026, 3, 4, 18, 5, tzinfo=BERLIN)
    asked = SignupRequest(("The Harbour Weekly", "Tides"), at, changes.pop("origin", "203.0.113.7"))
    url = "https://read.harbour.example/confirm/12.c2lnbmVk"
    return letters.confirmation(say, a_publication(**changes), asked, url)


def a_welcome(say: Phrases, *, first: bool = False) -> Content:
    of = a_publication(language=say.language)
    lead = an_article("The ferry that kept two towns talking", words=900)
    story = build_context(an_edition(lead), of, say, WEB_URL).lead
    return letters.welcome(
        say,
        a_publication(),
        a_newsletter(),
        MONDAY.astimezone(BERLIN) + timedelta(days=7),
        None if first else Latest(story, "https://read.harbour.example/archive/weekly/41"),
        (
            Button(say.choose, "https://read.harbour.example/preferences/7.c2lnbmVk"),
            Button(say.leave, "https://read.harbour.example/unsubscribe/7.c2lnbmVk"),
        ),
    )


def a_goodbye(say: Phrases) -> Content:
    undo = "https://read.harbour.example/preferences/7.c2lnbmVk"
    return letters.goodbye(say, a_publication(), "The Harbour Weekly", "ada@reader.example", undo)


def a_trial(say: Phrases) -> Content:
    reminder = Reminder(timedelta(days=7))
    links = (
        Button(say.choose, "https://read.harbour.example/preferences/7.c2lnbmVk"),
        Button(say.leave, "https://read.harbour.example/unsubscribe/7.c2lnbmVk"),
    )
    of = a_publication(subscribe_url="https://harbour.example/subscribe")
    return letters.trial(say, of, "The Harbour Weekly", date(2026, 3, 31), reminder, links)


TO_READERS = {
    "confirmation": a_confirmation,
    "welcome": a_welcome,
    "goodbye": a_goodbye,
    "trial": a_trial,
}


def a_progress(**counts: int) -> Progress:
    of = dict.fromkeys(DeliveryState, 0) | {DeliveryState(k): n for k, n in counts.items()}
    return Progress(
        now=MONDAY + timedelta(hours=1),
        edition=12,
        newsletter="weekly",
        at=MONDAY,
        state=EditionState.SENDING,
        why="",
        subject="The tide gauge",
        counts=of,
        uncertain=tuple(f"reader{n}@reader.example" for n in range(of[DeliveryState.UNCERTAIN])),
        failed=tuple(
            Failure(f"gone{n}@reader.example", "550 5.1.1 no such user")
            for n in range(of[DeliveryState.FAILED])
        ),
    )


def a_notice(kind: NoticeKind, **changes) -> Notice:
    counts = {"sent": 11_902, "failed": 2, "uncertain": 3, "skipped": 4}
    if kind in {NoticeKind.PAUSED, NoticeKind.STUCK, NoticeKind.REFUSED}:
        counts = {"sent": 2, "failed": 48, "pending": 11_861}
    if kind is NoticeKind.UNCERTAIN:
        counts = {"sent": 11_902, "uncertain": 3}
    plain = Notice(
        key=f"{kind} 12",
        kind=kind,
        newsletter="weekly",
        at=MONDAY,
        why=WHY.get(kind, ""),
        edition=12,
        progress=a_progress(**counts),
        took=timedelta(minutes=17),
    )
    return replace(plain, **changes)


def a_letter_about(kind: NoticeKind, **changes) -> Letter:
    return printed(admin_notices.content(a_notice(kind, **changes), a_newsletter()))
