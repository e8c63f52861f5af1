"""When a newsletter is due: slots in its own time zone, right over both clock changes."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Schedule:
    """The local moments at which an edition is due.

    every = "day": each day at `at`. every = "week": on these `weekdays` (0 = Monday) at `at`.
    every = "month": on these `monthdays` (1 to 31; a day that a month lacks falls on its last
    day) at `at`. every = "cron": the five fields of crontab(5), weekdays by name, kept in `cron`.
    """

    every: Literal["day", "week", "month", "cron"]
    at: time = time(7, 30)
    weekdays: tuple[int, ...] = ()
    monthdays: tuple[int, ...] = ()
    cron: str = ""


@dataclass(frozen=True, slots=True)
class Late:
    """What to do with a slot that passed while nothing ran: send, send until a limit, skip, ask."""

    policy: Literal["send", "send_until", "skip", "ask"]
    limit: timedelta = timedelta(0)
