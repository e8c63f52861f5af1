"""What commands share: reaching the app, printing, progress, and reading moments."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from digest.errors import UsageError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from digest.app import App

F = TypeVar("F", bound=Callable[..., Any])
FINISHING = "Finishing what is in flight. Once more aborts; nothing would be sent twice."
"""What is said at the first Ctrl-C, SIGTERM or end of the terminal."""


@dataclass(frozen=True)
class Invocation:
    """What was said before the verb. Commands get it by `@click.pass_obj`."""

    config: str | None = None

    def app(self) -> "App":
        """The app of the config that was named, or else found. Raises ConfigError.

        Raises DependencyError first where a package is missing, so that no work stops half way.
        """
        from digest.dependencies import require_dependencies

        require_dependencies()
        from digest.app import load

        return load(self.config)


# ---------------------------------------------------------------- printing


def say(line: str = "") -> None:
    """Print a line of the answer."""
    click.echo(line)


def note(line: str) -> None:
    """Print a line beside the answer, on standard error."""
    click.echo(line, err=True)


def count_of(number: int, thing: str) -> str:
    """How many there are: "1 reader", "1,200 readers"."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def heading(text: str) -> str:
    """Bold on a terminal."""
    return click.style(text, bold=True)


def json_option(command: F) -> F:
    """Give a command `--json`, as the parameter `as_json`."""
    option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    return option(command)


def emit(answer: object) -> None:
    """Print an answer as JSON: dataclasses as objects, moments in ISO 8601, sets in order."""
    import json

    ascii_only = (sys.stdout.encoding or "").lower() not in {"utf-8", "utf8"}
    click.echo(json.dumps(answer, default=to_json, ensure_ascii=ascii_only, indent=2))


def to_json(value: Any) -> object:
    """What JSON has no word for, as something it has."""
    from dataclasses import asdict, is_dataclass
    from datetime import date, time, timedelta

    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, set | frozenset):
        return sorted(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)


# ---------------------------------------------------------------- progress

WORTH_A_LINE = 100
"""Steps from which a log is told how far it has come."""


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show how far long work has come, on standard error; yields a function that counts steps.

    A bar on a terminal; elsewhere a plain line for every tenth, unless there is little to do.
    """
    if not sys.stderr.isatty():
        yield _Tenths(label, total).advance
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda steps: bar.advance(task, steps)


class _Tenths:
    """Progress for logs and pipes."""

    def __init__(self, label: str, total: int) -> None:
        self._label, self._total = label, total
        self._done = self._said = 0

    def advance(self, steps: int) -> None:
        """Count, and say so if another tenth is done."""
        self._done += steps
        tenth = 10 * self._done // self._total if self._total >= WORTH_A_LINE else 0
        if tenth > self._said:
            self._said = tenth
            note(f"{self._label}: {self._done} of {self._total}")


# ---------------------------------------------------------------- moments


@dataclass(frozen=True)
class Moment:
    """A moment as it was typed: it may lack its zone."""

    typed: datetime

    def utc(self, zone: "ZoneInfo") -> datetime:
        """The instant, in UTC; without an offset the time is one of this zone.

        A time that a clock change leaves out moves forward; of two, the first is meant.
        """
        aware = self.typed if self.typed.tzinfo else self.typed.replace(tzinfo=zone, fold=0)
        return aware.astimezone(UTC)


def parse_moment(text: str) -> Moment:
    """Read ISO 8601: 2026-11-30T07:30, 2026-11-30 07:30, 2026-11-30, with or without offset.

    Raises UsageError for everything else.
    """
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"'{text}' is no moment; write it like 2026-11-30T07:30, in the newsletter's time"
            " zone, or with an offset like 2026-11-30T07:30+01:00"
        ) from None
    if not 1970 < typed.year < 2200:
        raise UsageError(f"'{text}' is too far from now")
    return Moment(typed)


def at_option(command: F) -> F:
    """Give a command `--at WHEN`, as the parameter `at`: a Moment or None."""
    option = click.option(
        "--at",
        metavar="WHEN",
        callback=lambda _ctx, _param, text: None if text is None else parse_moment(text),
        help="Act as if it were then (ISO 8601; without an offset in the newsletter's zone).",
    )
    return option(command)


def whose() -> str:
    """Who is at the terminal, for what a person sets: their name on this machine."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name
        return "somebody at the terminal"
