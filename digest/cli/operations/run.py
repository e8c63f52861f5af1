"""`digest run`, `serve` and `work`: digest as a process that stays."""

import asyncio
import errno
import signal
import socket
from contextlib import closing
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from digest.cli.console import FINISHING, Invocation, heading, note, say
from digest.errors import DigestError

if TYPE_CHECKING:
    from datetime import datetime

    from digest.app import App
    from digest.config.settings import Settings
    from digest.core.newsletters.newsletter import Newsletter
    from digest.live_app import Live

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@click.command()
@click.pass_obj
def run(asked: Invocation) -> int:
    """Do everything on schedule: publish, deliver, and serve the web pages.

    Ctrl-C or SIGTERM finishes what is in flight and ends; a second one aborts. Several may run on
    one store: each edition is made once and each message sent once.
    """
    return _stay(asked, web=True, deliver=True, publish=True)


@click.command()
@click.pass_obj
def serve(asked: Invocation) -> int:
    """Serve only the web pages; `digest run` or `digest work` beside it sends."""
    return _stay(asked, web=True)


@click.command()
@click.pass_obj
def work(asked: Invocation) -> int:
    """Only deliver what is due, again and again: no web pages, no new editions."""
    return _stay(asked, deliver=True)


def _stay(
    asked: Invocation, *, web: bool = False, deliver: bool = False, publish: bool = False
) -> int:
    from digest import log
    from digest.live_app import Live

    app = asked.app()
    app.prove()
    with closing(app.db) as db:
        db.check()
        door = _listen(app.settings) if web else None
        log.start()
        _greet(app, web=web, deliver=deliver, publish=publish)
        well = asyncio.run(_until_told(Live(app), door, deliver=deliver, publish=publish))
    return 0 if well else 1


async def _until_told(
    live: "Live", door: socket.socket | None, *, deliver: bool, publish: bool
) -> bool:
    """Run until a signal comes; False if something had to be cut off, or ended by itself."""
    from digest.scheduler import STOP_SECONDS, Scheduler
    from digest.web.app import site
    from digest.web.http.server import server

    told = _on_signals()
    scheduler, pages = Scheduler(live), server(site(live))
    tasks: list[asyncio.Task[object]] = [asyncio.create_task(told.wait())]
    if door:
        tasks.append(asyncio.create_task(pages.serve([door])))
    if deliver:
        scheduler.start(publish=publish)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        # The pages answer until the mail is done: somebody may want to leave just then.
        in_time = await scheduler.stop()
        pages.should_exit = True
    await asyncio.gather(*tasks[1:])
    if not in_time:
        note(f"Cut off after {STOP_SECONDS:.0f} s; `digest status` names what is uncertain.")
    return in_time and told.is_set()


def _on_signals() -> asyncio.Event:
    """Set at the first signal; the second one ends the process where it stands."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()

    def tell() -> None:
        told.set()
        for one in SIGNALS:
            loop.remove_signal_handler(one)
            signal.signal(one, signal.SIG_DFL)
        note(FINISHING)

    for one in SIGNALS:
        loop.add_signal_handler(one, tell)
    return told


def _listen(settings: "Settings") -> socket.socket:
    from digest.web.http.server import open_listener

    try:
        return open_listener(settings.web.listen)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "it is taken, perhaps by another digest" if taken else error.strerror
        place = settings.source.place(("web", "listen"))
        raise DigestError(
            f"{place}: web.listen: can't listen on {settings.web.listen}: {why};"
            " end the other program or choose another port"
        ) from None


def _greet(app: "App", *, web: bool, deliver: bool, publish: bool) -> None:
    settings, now = app.settings, app.clock()
    say(heading(settings.publication.name))
    if web:
        say(f"  pages     {settings.web.url}, served on {settings.web.listen}")
    if deliver:
        say(f"  emails    {_way_out(settings)}")
    if publish:
        if settings.feeds:
            say(f"  feeds     {len(settings.feeds)}, each when it is due; see digest feeds")
        for newsletter in settings.newsletter_values():
            say(f"  {newsletter.slug.ljust(9)} {_next(newsletter, now)}")
    say("Ctrl-C ends it; what is in flight is finished first.")


def _way_out(settings: "Settings") -> str:
    if settings.mail.transport == "outbox":
        return f"written to {settings.outbox_path()}; nothing leaves this machine"
    servers = settings.mail.smtp.servers
    return f"sent through {', '.join(f'{one.host}:{one.port} ({one.security})' for one in servers)}"


def _next(newsletter: "Newsletter", now: "datetime") -> str:
    from digest.core.newsletters.timetable import describe, next_slots

    zone = ZoneInfo(newsletter.timezone)
    (at,) = next_slots(newsletter.schedule, zone, now, 1)
    local = at.astimezone(zone)
    when = f"{local:%a} {local.day} {local:%b %Y, %H:%M}"
    return f"{describe(newsletter.schedule)}; next {when} ({newsletter.timezone})"
