"""`digest lint`: what mail programs, readers and spam filters would find wrong with a message."""

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from digest.cli.console import (
    Invocation,
    Moment,
    at_option,
    count_of,
    emit,
    heading,
    json_option,
    say,
)

if TYPE_CHECKING:
    from digest.actions.editions.lint import Linted
    from digest.app import App
    from digest.render.lint.findings import Finding

PLACES_SHOWN = 3
"""Places of one fault that are listed; --json has all."""


@click.command()
@click.argument("target", metavar="[EDITION | NEWSLETTER | FILE.eml]", required=False)
@at_option
@click.option("--list", "listing", is_flag=True, help="Say what is checked, and why.")
@json_option
@click.pass_obj
def lint(
    asked: Invocation, target: str | None, at: Moment | None, *, listing: bool, as_json: bool
) -> int:
    """Look for faults in a message: an edition's, a file's, or of what is due next.

    Without an argument it is the next planned edition of each newsletter. Ends with 1 if a fault
    is so hard that the message must not be sent.
    """
    if listing:
        _list(as_json)
        return 0
    looked = list(_looked(asked, target, at))
    if as_json:
        emit({"ok": not any(one.hard for one in looked), "linted": [_row(one) for one in looked]})
    else:
        for one in looked:
            _tell(one)
    return 1 if any(one.hard for one in looked) else 0


def _looked(asked: Invocation, target: str | None, at: Moment | None) -> "Iterator[Linted]":
    from digest.actions.editions.lint import lint_edition, lint_file

    if target and (Path(target).is_file() or target.endswith(".eml")):
        yield lint_file(Path(target))
        return
    app = asked.app()
    if target and target.isdecimal():
        yield lint_edition(app.db, app.factory, int(target), app.clock())
        return
    yield from _planned(app, target, at)


def _planned(app: "App", target: str | None, at: Moment | None) -> "Iterator[Linted]":
    from digest.actions.editions.lint import lint_next
    from digest.core.newsletters.timetable import next_slots

    newsletters = [app.newsletter(target)] if target else app.settings.newsletter_values()
    for one in newsletters:
        zone = ZoneInfo(one.timezone)
        moment = at.utc(zone) if at else next_slots(one.schedule, zone, app.clock(), 1)[0]
        yield lint_next(app.db, app.factory, one, moment, app.clock())


def _row(one: "Linted") -> dict[str, Any]:
    return {
        "what": one.what,
        "why_not": one.why,
        "findings": [finding_row(finding) for finding in one.findings],
    }


def finding_row(finding: "Finding") -> dict[str, Any]:
    """A finding in JSON."""
    return {
        "id": finding.id,
        "severity": severity(finding.hard),
        "expected": finding.what,
        "where": finding.where,
        "line": finding.line,
        "remedy": finding.remedy,
    }


def severity(hard: bool) -> str:
    """How bad it is, in a word."""
    return "hard" if hard else "warning"


def _tell(one: "Linted") -> None:
    if one.why:
        say(f"Nothing to look at: {one.why}")
        return
    hard = sum(finding.hard for finding in one.findings)
    found = [count_of(hard, "hard fault")] if hard else []
    if warnings := len(one.findings) - hard:
        found.append(count_of(warnings, "warning"))
    say(f"{heading(one.what)}: {', '.join(found) or 'no fault found'}")
    for line in finding_lines(one.findings):
        say(line)


def finding_lines(findings: "Iterable[Finding]") -> Iterator[str]:
    """Findings in lines: those of one check together, its first places."""
    for (_, hard), group in groupby(findings, key=lambda finding: (finding.id, finding.hard)):
        same = list(group)
        yield f"  {severity(hard):7}  {same[0].id:3}  expected: {same[0].what}"
        for one in same[:PLACES_SHOWN]:
            place = f"line {one.line}: {one.where}" if one.line else one.where
            yield f"{'':16}found:    {textwrap.shorten(place, 90)}"
        if len(same) > PLACES_SHOWN:
            yield f"{'':16}          and {len(same) - PLACES_SHOWN:,} more (--json lists them)"
        yield f"{'':16}do:       {same[0].remedy}"


def _list(as_json: bool) -> None:
    from digest.render.lint.lint import CHECKS, ELSEWHERE

    if as_json:
        checks = [
            {"id": c.id, "severity": severity(c.hard), "expected": c.what, "why": c.why}
            | {"remedy": c.remedy}
            for c in CHECKS
        ]
        emit({"checks": checks, "elsewhere": [one._asdict() for one in ELSEWHERE]})
        return
    for check in CHECKS:
        say(f"{check.id:4} {severity(check.hard):8} {check.what}")
        say(f"{'':14}{check.why}")
    say("\nLeft to scripts/quality, which has a browser:")
    for one in ELSEWHERE:
        say(f"{one.id:4} {one.what} ({one.by})")
