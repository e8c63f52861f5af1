"""Say what is configured, what is due next, and what is wrong or worth knowing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from digest.actions.operations.dkim_keys import signing_keys
from digest.actions.operations.signing_key import expect_right_key
from digest.actions.readers.unknown_preferences import lost_choices
from digest.config.secrets import Secret
from digest.config.settings import Settings
from digest.core.newsletters.newsletter import Newsletter, shared_topics
from digest.core.newsletters.timetable import next_slots
from digest.dependencies import print_faults
from digest.errors import DigestError
from digest.mail.keys import GOOD_BITS, SigningKey
from digest.render.lint.findings import Finding
from digest.render.words.language import is_known_language
from digest.store.articles import articles
from digest.store.database.database import Database
from digest.store.readers import subscribers

Proof = Callable[[Newsletter], Sequence[Finding]]
BARE_SINCE = timedelta(days=30)
"""Articles of so long ago may come into an edition yet."""
SHORTEST_KEY = 16
"""Characters that the key of the links needs at least, so that nobody guesses it."""
FREE_MAIL = frozenset(
    {"gmail.com", "googlemail.com", "yahoo.com", "aol.com", "outlook.com", "hotmail.com"}
    | {"live.com", "icloud.com", "me.com", "gmx.de", "gmx.net", "web.de", "mail.ru", "proton.me"}
)
"""Domains that ask the world to refuse mail in their name from other servers."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """When a newsletter goes out next (UTC), and to how many; None where the store is shut."""

    newsletter: Newsletter
    next: tuple[datetime, ...]
    readers: int | None


@dataclass(frozen=True, slots=True)
class Findings:
    """How things stand. `wrong` must be mended before anything goes out; `notes` are to know."""

    articles: int | None
    outlooks: tuple[Outlook, ...]
    wrong: tuple[str, ...]
    notes: tuple[str, ...]
    keys: tuple[SigningKey, ...] = ()
    """What emails are signed with here."""


def check(
    settings: Settings,
    now: datetime,
    open_store: Callable[[], Database],
    templates: Callable[[], None],
    languages: Sequence[str],
    proof: Proof = lambda _: (),
) -> Findings:
    """Look at everything that an edition needs.

    `templates` raises for one that can't be used; `languages` are those that we have words in.
    `proof` looks over what a newsletter makes of articles that are nobody's.
    """
    wrong = [*_secrets(settings), *_fault(templates)]
    shown = {} if wrong else dict(_shown(proof, settings.newsletter_values()))
    wrong += [said for said, hard in shown.items() if hard]
    count, readers, lost = None, dict[str, int](), list[str]()
    keys: tuple[SigningKey, ...] = ()
    try:
        keys = signing_keys(settings)
    except DigestError as fault:
        wrong.append(str(fault))
    try:
        db = open_store()
        db.check()
        count = db.read(articles.count)
        readers = {n.slug: db.read(subscribers.count_active, n.slug) for n in settings.newsletters}
        lost = [*lost_choices(db, settings.newsletter_values()), *_without_link(db, now)]
        if not settings.web.secret.missing:
            expect_right_key(db, settings.web.secret)
    except DigestError as fault:
        wrong.append(str(fault))
    outlooks = tuple(
        Outlook(
            newsletter,
            next_slots(newsletter.schedule, ZoneInfo(newsletter.timezone), now, 3),
            readers.get(newsletter.slug),
        )
        for newsletter in settings.newsletter_values()
    )
    notes = [*_empty(count, readers), *lost, *_language(settings, languages)]
    notes += _overlaps(settings.newsletter_values())
    notes += [said for said, hard in shown.items() if not hard]
    notes += [*_notes(settings), *_signed(settings, keys), *print_faults()]
    return Findings(count, outlooks, tuple(dict.fromkeys(wrong)), tuple(notes), keys)


def _shown(proof: Proof, newsletters: tuple[Newsletter, ...]) -> Iterator[tuple[str, bool]]:
    """What these newsletters' messages suffer from, and whether that is hard."""
    for one in newsletters:
        try:
            for finding in proof(one):
                yield f"{one.slug}: {finding}", finding.hard
        except DigestError as fault:
            yield str(fault), True


def _empty(count: int | None, readers: dict[str, int]) -> Iterator[str]:
    if count == 0:
        yield "there are no articles yet: `digest import FOLDER` takes them in"
    for slug, number in readers.items():
        if number == 0:
            yield f"{slug} has no readers yet: `digest subscribers import FILE.csv` adds some"


def _without_link(db: Database, now: datetime) -> Iterator[str]:
    if number := db.read(articles.count_without_link, now - BARE_SINCE):
        have = (
            "1 article of the last 30 days has"
            if number == 1
            else (f"{number:,} articles of the last 30 days have")
        )
        yield (
            f"{have} no link: a mail shows their first sentences, and readers can't go on. Give"
            " them their address (`url:` in front matter)"
        )


def _overlaps(newsletters: Sequence[Newsletter]) -> Iterator[str]:
    """Newsletters that take from the same topics, and what readers of both get."""
    for one, other in combinations(newsletters, 2):
        shared = shared_topics(one, other)
        once = [each.slug for each in (one, other) if not each.repeats]
        if shared == () or not once:
            continue
        topics = "all topics" if shared is None else ", ".join(shared)
        yield (
            f"{one.slug} and {other.slug} take from the same topics ({topics}). Who reads both gets"
            f" a story from the one that has it first, and not again: {' and '.join(once)}"
            f" {'leaves' if len(once) == 1 else 'leave'} it out for them. With repeats = true"
            " a newsletter sends it all the same"
        )


def _fault(prove: Callable[[], None]) -> Iterator[str]:
    try:
        prove()
    except DigestError as fault:
        yield str(fault)


def _secrets(settings: Settings) -> Iterator[str]:
    """Secrets that this config needs and that can't be had."""
    key, smtp = settings.web.secret, settings.mail.smtp
    if key.missing:
        yield key.missing
    elif len(key.reveal()) < SHORTEST_KEY:
        yield (
            f"{key.place}: {key.key}: is too short to be safe ({SHORTEST_KEY} characters at"
            " least); delete the file and let `digest init` make one"
        )
    logins = [one.password for one in smtp.servers if one.username]
    for password in logins if settings.mail.transport == "smtp" else ():
        if password.missing:
            yield password.missing
        elif not password.reveal():
            yield f"{password.place}: {password.key}: is empty, but there is a username"


def _notes(settings: Settings) -> Iterator[str]:
    yield from _mail(settings)
    yield from _web(settings)
    yield from _permissions(settings)
    for rule in settings.topic_rules():
        if not (rule.keywords or rule.authors or rule.urls):
            yield f"topic {rule.slug} has no keywords, authors or urls: nothing falls under it"


def _language(settings: Settings, languages: Sequence[str]) -> Iterator[str]:
    language = settings.publication.language
    if language.partition("-")[0] in languages:
        return
    dates = "dates are written in it" if is_known_language(language) else "and so are dates"
    yield (
        f'publication.language is "{language}": the words around your articles are in English, for'
        f" there is no catalogue of it (there are {', '.join(languages)}); {dates}"
    )


def _mail(settings: Settings) -> Iterator[str]:
    if settings.mail.transport == "outbox":
        yield (
            'mail.transport is "outbox": nothing leaves this machine, emails become files in'
            f' {settings.outbox_path()}. To really send, set it to "smtp"'
        )
        return
    domain = settings.sender().domain
    if domain in FREE_MAIL:
        yield (
            f"mail.from is at {domain}: most mailboxes refuse such mail from other servers."
            " Send from a domain of your own"
        )
    if not settings.publication.postal_address:
        yield "publication.postal_address is empty: many countries require one in every mailing"


def _signed(settings: Settings, keys: tuple[SigningKey, ...]) -> Iterator[str]:
    sender = settings.sender().domain
    for key in keys:
        if key.weak:
            yield (
                f"the key {key.selector} has {key.bits} bits: make one of {GOOD_BITS} with"
                " `digest dkim keygen --selector NAME`, under a new name"
            )
    domains = {key.domain for key in keys}
    for domain in domains:
        if not f".{sender}".endswith(f".{domain}") and not f".{domain}".endswith(f".{sender}"):
            yield (
                f"mail.dkim.domain is {domain}, and mail.from is at {sender}: for DMARC the"
                f" signature must be of the sender's own domain"
            )


def _web(settings: Settings) -> Iterator[str]:
    url = settings.web.url
    host = urlsplit(url).hostname or ""
    if _only_here(host):
        yield (
            f"web.url is {url}: readers elsewhere can't open the links in their emails, not even"
            " to unsubscribe. Before you send to them, make it an https address that they reach"
        )
    elif url.startswith("http:"):
        yield f"web.url is {url}: one-click unsubscribe in Gmail and others needs https"


def _only_here(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return not address.is_global


def _permissions(settings: Settings) -> Iterator[str]:
    mail, web = settings.mail, settings.web
    kept = [*(one.password for one in mail.smtp.servers), web.secret, web.admin_password]
    if mail.dkim:
        kept += [secret for _, secret in mail.dkim.keys]
    inline = [secret.key for secret in kept if secret.inline]
    if inline and _open_to_others(settings.path):
        yield (
            f"{settings.path} holds {' and '.join(inline)} and other users of this machine can"
            f" read it: chmod 600 {settings.path}, or keep secrets outside of it"
        )
    yield from (
        f"{secret.file} ({secret.key}) can be read by other users of this machine:"
        f" chmod 600 {secret.file}"
        for secret in kept
        if _file_open_to_others(secret)
    )


def _file_open_to_others(secret: Secret) -> bool:
    return secret.file is not None and _open_to_others(secret.file)


def _open_to_others(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & 0o077)
    except OSError:
        return False
