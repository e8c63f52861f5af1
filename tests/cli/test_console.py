"""What commands share: moments, JSON and progress."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest

from digest.cli.console import at_option, emit, json_option, parse_moment, progress
from digest.core.delivery.state import DeliveryState
from digest.errors import UsageError
from tests.publications import found

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-30T07:30", "2026-11-30T06:30"),
        ("2026-11-30 07:30:15", "2026-11-30T06:30:15"),
        ("2026-07-01", "2026-06-30T22:00"),
        ("2026-11-30T07:30Z", "2026-11-30T07:30"),
        ("2026-11-30T07:30-05:00", "2026-11-30T12:30"),
        ("2026-03-29T02:30", "2026-03-29T01:30"),  # left out: half past three
        ("2026-10-25T02:30", "2026-10-25T00:30"),  # twice: the first
    ],
)
def test_a_moment_is_meant_in_the_newsletters_zone(text, instant):
    assert parse_moment(text).utc(BERLIN) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "next monday", "30.11.2026", "07:30", "2026-02-30", "9" * 99])
def test_nonsense_is_no_moment(text):
    with pytest.raises(UsageError) as error:
        parse_moment(text)
    assert str(error.value) == (
        f"'{text}' is no moment; write it like 2026-11-30T07:30, in the newsletter's time zone,"
        " or with an offset like 2026-11-30T07:30+01:00"
    )


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31T23:59-23:59"])
def test_a_moment_beyond_every_calendar_is_refused(text):
    with pytest.raises(UsageError, match="too far"):
        parse_moment(text)


def test_the_options_reach_the_command(capsys):
    @click.command
    @at_option
    @json_option
    def show(at, as_json):
        click.echo(f"{at and at.utc(BERLIN)} {as_json}")

    show.main(["--json", "--at", "2026-11-30T07:30"], standalone_mode=False)
    show.main([], standalone_mode=False)
    assert capsys.readouterr().out == "2026-11-30 06:30:00+00:00 True\nNone False\n"


@dataclass(frozen=True)
class Thing:
    at: datetime
    name: str


def test_answers_become_json(capsys):
    emit(
        {
            "things": (Thing(datetime(2026, 11, 30, tzinfo=UTC), "Füße"),),
            "state": DeliveryState.SENT,
            "path": Path("a/b"),
            "slugs": frozenset({"b", "a"}),
            "took": timedelta(minutes=1),
        }
    )
    out = capsys.readouterr().out
    assert "Füße" in out
    assert json.loads(out) == {
        "things": [{"at": "2026-11-30T00:00:00+00:00", "name": "Füße"}],
        "state": "sent",
        "path": "a/b",
        "slugs": ["a", "b"],
        "took": 60.0,
    }


def test_progress_in_a_log_is_ten_plain_lines_and_never_on_standard_output(capsys):
    with progress("sending", 1000) as advance:
        for _ in range(1000):
            advance(1)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [f"sending: {n}00 of 1000" for n in range(1, 11)]


def test_progress_of_little_work_is_no_line_in_a_log(capsys):
    for total in (0, 3, 99):
        with progress("sending", total) as advance:
            advance(total)
    assert capsys.readouterr().err == ""


def test_progress_on_a_terminal_is_a_bar_that_vanishes(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with progress("sending", 3) as advance:
        advance(3)
    assert "of 3" not in capsys.readouterr().err


def test_a_terminal_that_lacks_letters_gets_their_numbers_and_no_traceback(tmp_path, digest):
    letters = "Mara “Łódź” 😀"
    config = found(tmp_path)
    digest("--config", config, "subscribers", "add", "ada@reader.example", "--name", letters)

    def said(*words):
        return subprocess.run(
            [sys.executable, "-m", "digest", "--config", config, "subscribers", *words],
            env=os.environ | {"PYTHONIOENCODING": "latin-1"},
            capture_output=True,
            check=True,
        ).stdout

    assert b"ada@reader.example (Mara \\u201c" in said("show", "ada@reader.example")
    assert json.loads(said("show", "ada@reader.example", "--json").decode())["name"] == letters
    assert letters in said("export").decode()
