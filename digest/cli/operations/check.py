"""`digest check`: what is configured, in plain words."""

import asyncio
import textwrap
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from digest.cli.console import Invocation, emit, heading, json_option, note, say

_WRAP = textwrap.TextWrapper(
    98,
    initial_indent="  - ",
    subsequent_indent="    ",
    break_long_words=False,  # they are paths and addresses, to be copied whole
    break_on_hyphens=False,
)

WRONG = "Wrong, and to be mended first:"

if TYPE_CHECKING:
    from digest.actions.operations.check import Findings, Outlook
    from digest.app import App
    from digest.config.settings import Settings
    from digest.core.newsletters.newsletter import Approval
    from digest.core.newsletters.timetable import Late
    from digest.core.operations.dns_policy import Reach


@click.command()
@click.option(
    "--network",
    is_flag=True,
    help="Also try feeds and mail servers, and look for SPF, DKIM and DMARC. Mails nobody.",
)
@json_option
@click.pass_obj
def check(asked: Invocation, *, network: bool, as_json: bool) -> int:
    """Say what is configured, what is due next, and what is wrong.

    Ends with 0 if an edition could go out, 1 if something must be mended first, 2 if the config
    itself can't be used.
    """
    from digest.dependencies import REQUIRED, import_faults

    if broken := tuple(import_faults(REQUIRED)):  # nothing else could be found out without them
        if as_json:
            emit({"ok": False, "wrong": broken})
        else:
            say(heading(WRONG))
            _say_each(broken)
        return 1
    from digest.actions.editions.lint import lint_specimen
    from digest.actions.operations.check import check as look

    app = asked.app()
    settings, now = app.settings, app.clock()
    found = look(
        settings,
        now,
        lambda: app.db,
        lambda: app.renderer.check(*settings.newsletter_values()),
        app.renderer.languages(),
        lambda newsletter: lint_specimen(app.factory, newsletter, now),
    )
    reached = _probed(app) if network else None
    if as_json:
        emit(_answer(settings, found, reached))
    else:
        _tell(settings, found, now)
        _tell_network(reached)
    return 1 if found.wrong or any(one.health == "wrong" for one in reached or ()) else 0


def _probed(app: "App") -> "list[Reach]":
    """What the net says of us."""
    from digest.actions.operations.probe_network import probe

    note("Looking at feeds, mail servers and the DNS; nobody is mailed ...")

    async def look() -> "list[Reach]":
        ways = app.ways()
        try:
            return await probe(app.settings, ways, app.clock())
        finally:
            await ways.fetcher.close()

    return asyncio.run(look())


def _answer(
    settings: "Settings", found: "Findings", reached: "list[Reach] | None"
) -> dict[str, Any]:
    from digest.core.newsletters.timetable import describe

    return {
        "ok": not found.wrong and all(one.health != "wrong" for one in reached or ()),
        "config": settings.path,
        "publication": settings.publication.name,
        "from": settings.sender().address,
        "transport": settings.mail.transport,
        "pace": settings.limits().told(),
        "signed": [{"algorithm": key.algorithm, "record": key.record.name} for key in found.keys],
        "store": settings.store_path(),
        "articles": found.articles,
        "web": settings.web.url,
        "newsletters": [
            {
                "slug": outlook.newsletter.slug,
                "title": outlook.newsletter.title,
                "schedule": describe(outlook.newsletter.schedule),
                "timezone": outlook.newsletter.timezone,
                "next": outlook.next,
                "topics": _topics(outlook),
                "readers": outlook.readers,
            }
            for outlook in found.outlooks
        ],
        "wrong": found.wrong,
        "notes": found.notes,
        "network": None if reached is None else [_reach(one) for one in reached],
    }


def _reach(one: "Reach") -> dict[str, Any]:
    return {"what": one.what, "health": one.health, "says": one.says}


def _tell(settings: "Settings", found: "Findings", now: datetime) -> None:
    sender = settings.sender()
    say(heading(settings.publication.name))
    say(f"  from        {sender.name} <{sender.address}>")
    say(f"  emails      {_way_out(settings)}")
    for line in settings.limits().told() or ["as fast as the server takes it"]:
        if settings.mail.transport == "smtp":
            say(
                textwrap.fill(line, 98, initial_indent="  pace        ", subsequent_indent=" " * 14)
            )
    for line in _signed(settings, found):
        say(f"  signed      {line}")
    say(f"  articles    {_number(found.articles)} in {settings.store_path()}")
    say(f"  pages       {settings.web.url}, served on {settings.web.listen}")
    for outlook in found.outlooks:
        _newsletter(settings, outlook)
    say()
    say(_due_next(found, now))
    _list(WRONG, found.wrong)
    _list("Worth knowing:", found.notes)


def _tell_network(reached: "list[Reach] | None") -> None:
    if reached is None:
        return
    say()
    say(heading("Over the network:"))
    for one in reached:
        word = {"good": "", "wrong": "WRONG: ", "unknown": "not known: "}[one.health]
        say(_WRAP.fill(f"{one.what}: {word}{one.says}"))


def _newsletter(settings: "Settings", outlook: "Outlook") -> None:
    from digest.core.newsletters.timetable import describe

    newsletter = outlook.newsletter
    zone = ZoneInfo(newsletter.timezone)
    first, *others = outlook.next
    say()
    say(f"{heading(newsletter.title)} ({newsletter.slug})")
    say(f"  goes out    {describe(newsletter.schedule)}, {newsletter.timezone} time")
    say(f"  next        {_local(first, zone)}")
    for moment in others:
        say(f"              {_local(moment, zone)}")
    if hours := settings.limits().hours.get(newsletter.slug):
        say(f"  sent        only from {hours.opens:%H:%M} to {hours.closes:%H:%M}")
    say(f"  when late   {_late(newsletter.late)}")
    if newsletter.approval.policy != "auto":
        say(f"  approval    {_approval(newsletter.approval)}")
    say(f"  topics      {', '.join(_topics(outlook)) or 'none; everything in one list'}")
    say(f"  readers     {_number(outlook.readers)}")


def _way_out(settings: "Settings") -> str:
    smtp = settings.mail.smtp
    if settings.mail.transport == "outbox":
        return f"written to {settings.outbox_path()}; nobody is mailed"
    servers = (
        f"{one.host}:{one.port} ({one.security})" + (f" as {one.username}" if one.username else "")
        for one in smtp.servers
    )
    return f"sent through {', '.join(servers)}"


def _pace(settings: "Settings") -> list[str]:
    """What holds a send back; nothing to say where files are written."""
    if settings.mail.transport == "outbox":
        return []
    return settings.limits().told() or ["as fast as the server takes it"]


def _signed(settings: "Settings", found: "Findings") -> list[str]:
    """With which keys, and what must be in the DNS for it."""
    if settings.mail.dkim is None:
        here = settings.mail.transport == "outbox"
        return [] if here else ["not here; that is for your mail server"]
    return [
        f"{key.algorithm} with {key.record.name}, which must be in the DNS" for key in found.keys
    ] or ["not yet"]


def _topics(outlook: "Outlook") -> list[str]:
    """The sections of the newsletter, in their order."""
    newsletter = outlook.newsletter
    names = {rule.slug: rule.name for rule in newsletter.topics}
    return [names[slug] for slug in newsletter.rules.topics or names]


def _late(late: "Late") -> str:
    from digest.core.newsletters.timetable import span

    return {
        "send": "it is sent however late it is",
        "send_until": f"it is sent up to {span(late.limit)} late, then skipped",
        "skip": "it is skipped",
        "ask": "it waits for you",
    }[late.policy]


def _approval(approval: "Approval") -> str:
    from digest.core.newsletters.timetable import span

    if approval.policy == "required":
        return "it waits as a draft until you say yes"
    return f"it waits as a draft for {span(approval.delay)}, then goes by itself"


def _number(count: int | None) -> str:
    return "not known" if count is None else f"{count:,}"


def _due_next(found: "Findings", now: datetime) -> str:
    from digest.core.newsletters.timetable import span

    soonest = min(found.outlooks, key=lambda outlook: outlook.next[0])
    at = soonest.next[0]
    zone = ZoneInfo(soonest.newsletter.timezone)
    return f"Due next: {soonest.newsletter.slug}, {_local(at, zone)}, in {span(at - now)}."


def _local(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def _list(title: str, lines: tuple[str, ...]) -> None:
    if not lines:
        return
    say()
    say(heading(title))
    _say_each(lines)


def _say_each(lines: tuple[str, ...]) -> None:
    for line in lines:
        say(_WRAP.fill(line))
