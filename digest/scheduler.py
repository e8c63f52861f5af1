"""Heartbeats: a clock that asks again and again what is due.

What is due is a question to the store, so nothing is lost when this process ends, nothing is
doubled when two run, and a beat that comes late does what the earlier one would have done.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from digest.actions.delivery.deliver import deliver
from digest.actions.delivery.tally import Tally
from digest.actions.editions.publish_due import Event, publish_due
from digest.actions.sources.ingest import Report, ingest
from digest.actions.transactional.trial_reminders import send_trial_reminders
from digest.app import App, now
from digest.core.articles.article import Change
from digest.core.delivery.state import DeliveryState
from digest.core.newsletters.newsletter import Newsletter
from digest.errors import DigestError

STOP_SECONDS = 30.0
"""Seconds that what is in flight has to finish in, once we are told to stop."""
CUT_OFF = 10.0
"""Seconds to write down what was cut off after that."""
DELIVER_SECONDS = 10
REMIND_MINUTES = 5
FIRST_REST, LONGEST_REST = timedelta(seconds=20), timedelta(minutes=5)
"""How long a mail server that is in trouble is left in peace: doubled each time. One that refuses
our login would lock us out for asking again every ten seconds."""

Beat = Literal["publish", "deliver", "ingest", "remind"]

log = structlog.get_logger()


class Scheduler:
    """The clock and the actions that run on it. `live` gives the app of now, for each beat anew."""

    def __init__(self, live: Callable[[], App]) -> None:
        self._live = live
        # In memory, so that it knows nothing that the store doesn't. A beat is never too late,
        # many missed ones are one, and none starts while the one before it runs.
        self._clock = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        # It warns of every beat that finds the one before still running, which is the plan, and
        # of errors, which we tell ourselves.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._said: dict[str, str] = {}
        self._rest = timedelta(0)
        self._resting: tuple[App, datetime] | None = None
        self.faults: Counter[str] = Counter()
        """How often each action failed."""

    def start(self, *, publish: bool = True) -> None:
        """Begin at once, in the running event loop: deliver only, without `publish`."""
        self._clock.add_job(
            self.beat, IntervalTrigger(seconds=DELIVER_SECONDS), id="deliver", args=["deliver"]
        )
        if publish:
            on_the_minute = CronTrigger(minute="*", timezone=UTC)
            self._clock.add_job(self.beat, on_the_minute, id="publish", args=["publish"])
            self._clock.add_job(self.beat, on_the_minute, id="ingest", args=["ingest"])
            now_and_then = CronTrigger(minute=f"*/{REMIND_MINUTES}", timezone=UTC)
            self._clock.add_job(self.beat, now_and_then, id="remind", args=["remind"])
            self._now("ingest")
        self._now("publish" if publish else "deliver")
        self._clock.start()

    async def stop(self, grace: float = STOP_SECONDS) -> bool:
        """Begin nothing more, wait for what runs; False if `grace` seconds weren't enough.

        Then it is cut off, and every message that may have gone out is named as uncertain.
        """
        self._stopping.set()
        if self._clock.running:
            self._clock.pause()
        # APScheduler cancels what runs when it shuts down, even if told to wait: so wait before.
        late = await _finished(self._running, grace)
        for task in late:
            task.cancel()
        await _finished(late, CUT_OFF)
        if self._clock.running:
            self._clock.shutdown(wait=False)
            await asyncio.sleep(0)  # it ends on the loop's next turn
        return not late

    def _now(self, beat: Beat) -> None:
        """Let the next beat come at once."""
        self._clock.modify_job(beat, next_run_time=now())

    async def beat(self, name: Beat) -> None:
        """Do what is due, once, unless we are stopping. Never fails: that is in `faults`."""
        if self._stopping.is_set():
            return
        task = asyncio.current_task()
        assert task
        self._running.add(task)
        actions = {
            "publish": self._publish,
            "deliver": self._deliver,
            "ingest": self._ingest,
            "remind": self._remind,
        }
        try:
            await self._guarded(name, actions[name])
        finally:
            self._running.discard(task)

    async def _guarded(self, name: str, action: Callable[[], Awaitable[None]]) -> None:
        """Run an action. If it fails, that is counted and said once, and the next beat comes."""
        try:
            await action()
        except Exception as fault:
            # Whatever it is: a clock that stopped would be noticed only when no mail comes.
            self.faults[name] += 1
            if self._changed(name, f"{type(fault).__name__}: {fault}"):
                explained = isinstance(fault, DigestError)
                log.exception(name, why=str(fault), exc_info=not explained)
        else:
            if self._changed(name, ""):
                log.info(name, what="works again")

    def _changed(self, name: str, fault: str) -> bool:
        """Whether this differs from what was said last; empty means that all is well."""
        if self._said.get(name, "") == fault:
            return False
        self._said[name] = fault
        return True

    async def _publish(self) -> None:
        app = await asyncio.to_thread(self._live)
        for newsletter in app.settings.newsletter_values():
            if not self._stopping.is_set():
                # Each on its own: a template that one can't use must not hold up the others.
                one = partial(self._publish_one, app, newsletter)
                await self._guarded(f"publish {newsletter.slug}", one)
        if self._clock.running:
            self._now("deliver")

    async def _publish_one(self, app: App, newsletter: Newsletter) -> None:
        events = await asyncio.to_thread(
            publish_due, app.db, app.factory, [newsletter], app.clock()
        )
        for event in events:
            _tell(event)

    async def _ingest(self) -> None:
        app = await asyncio.to_thread(self._live)
        wanted = app.settings.feed_values()
        if not wanted:
            return
        fetcher = app.fetcher()
        work = asyncio.ensure_future(
            ingest(app.context(fetcher), wanted, app.clock(), only_due=True)
        )
        told = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                return  # nothing is lost: what is not done yet is read again
            for report in work.result():
                self._tell_feed(report)
        finally:
            told.cancel()
            work.cancel()
            await asyncio.wait({work})
            await fetcher.close()

    def _tell_feed(self, report: Report) -> None:
        """A feed's trouble is said when it begins and when it ends."""
        if self._changed(f"feed {report.url}", report.why):
            if report.why:
                log.warning("ingest", feed=report.url, why=report.why)
            else:
                log.info("ingest", feed=report.url, what="works again")
        counts = {change.value: count for change, count in report.counts.items() if count}
        if report.counts[Change.NEW] or report.counts[Change.EDITED]:
            log.info("ingest", feed=report.url, **counts)
        notes = " · ".join(report.notes)
        if self._changed(f"notes {report.url}", notes) and notes:
            log.info("ingest", feed=report.url, notes=notes)

    async def _deliver(self) -> None:
        app = await asyncio.to_thread(self._live)
        if self._resting and app is self._resting[0] and app.clock() < self._resting[1]:
            return  # with another config it is worth a try at once
        tally = await deliver(app.post, stop=self._stopping)
        self._report(tally)
        if tally.trouble:
            self._rest = min(max(2 * self._rest, FIRST_REST), LONGEST_REST)
            self._resting = (app, app.clock() + self._rest)
        elif tally.counts.get(DeliveryState.SENT):
            self._rest, self._resting = timedelta(0), None
        await app.tell_admin(self._stopping, troubled=bool(tally.trouble))

    async def _remind(self) -> None:
        app = await asyncio.to_thread(self._live)
        settings = app.settings
        told = await send_trial_reminders(
            app.post, settings.trial.value(), settings.newsletter_values(), stop=self._stopping
        )
        if told:
            log.info("remind", **told)

    def _report(self, tally: Tally) -> None:
        if tally.unsure:
            log.warning("deliver", uncertain=tally.unsure, way_out="digest settle EDITION")
        if tally.counts or tally.finished:
            log.info("deliver", **tally.counts, finished=tally.finished)
        if tally.trouble:
            self.faults["mail"] += 1
            if self._changed("mail", tally.trouble):
                log.error("mail", why=tally.trouble)
        elif tally.counts.get(DeliveryState.SENT) and self._changed("mail", ""):
            log.info("mail", what="works again")


def _tell(event: Event) -> None:
    """A moment that has no edition needs somebody's eye; one that has is good news."""
    level = log.warning if event.what in {"held", "asked", "skipped", "draft"} else log.info
    level(
        "publish",
        newsletter=event.newsletter,
        at=event.at.isoformat(),
        what=str(event.what),
        why=event.why,
        edition=event.edition,
    )


async def _finished(tasks: set[asyncio.Task[None]], seconds: float) -> set[asyncio.Task[None]]:
    """Wait for these; returns those that are still running."""
    if not tasks:
        return set()
    _, late = await asyncio.wait(tasks, timeout=seconds)
    return late
