"""`digest subscribers`: readers in and out."""

import csv
import json
import resource
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.cli.conftest import is_refused
from tests.publications import found

LIST = """\
email,name,topics,authors,tier,status
ada@reader.example,Ada Quay,world;science,Mara Lind,subscriber,active
nobody at all,Nobody,,,,
ben@reader.example,"=HYPERLINK(""x"")",,,free,
cleo@reader.example,,,,,unsubscribed
"""
DAILY = '[[newsletter]]\nslug = "daily"\ntitle = "The Harbour Daily"'


@pytest.fixture(autouse=True)
def _place(home):
    found(home, more=DAILY)
    (home / "readers.csv").write_text(LIST)


def test_a_list_is_taken_in_and_counted(digest):
    ended = digest("subscribers", "import", "readers.csv")

    assert ended.code == 0
    assert ended.out == (
        "2 added, 0 updated, 0 unchanged, 1 rejected\n1 left earlier and stays unsubscribed\n"
    )
    assert ended.err.splitlines() == [
        'readers.csv:3: "nobody at all" has a space in it',
    ]


def test_the_answer_in_json_counts_and_names(digest):
    assert digest("subscribers", "import", "readers.csv", "--json").answer == {
        "added": 2,
        "updated": 0,
        "unchanged": 0,
        "left_earlier": 1,
        "newsletters": [
            {"newsletter": slug, "joined": 2, "left": 0, "stayed_out": 1}
            for slug in ("weekly", "daily")
        ],
        "kept_choices": 0,
        "kept_out": 0,
        "waiting": 0,
        "rejections": 1,
        "rejected": [
            {
                "line": 3,
                "reason": '"nobody at all" has a space in it',
                "address": "nobody at all",
            }
        ],
        "ignored_columns": [],
        "other_newsletters": [],
        "dry_run": False,
    }
    again = digest("subscribers", "import", "readers.csv", "--json").answer
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, 3)


def test_every_row_is_in_the_report_with_what_happened_and_why(digest, home):
    digest("subscribers", "add", "ben@reader.example")
    (home / "readers.csv").write_text(LIST + "=1+1@,x\n")

    ended = digest("subscribers", "import", "readers.csv", "--report", "report.csv")

    assert ended.code == 0
    text = (home / "report.csv").read_text(encoding="utf-8-sig")
    assert list(csv.reader(text.splitlines())) == [
        ["line", "address", "happened", "reason"],
        ["2", "ada@reader.example", "added", ""],
        ["3", "nobody at all", "rejected", '"nobody at all" has a space in it'],
        ["4", "ben@reader.example", "updated", "new: name, tier"],
        ["5", "cleo@reader.example", "left earlier", "the list says that they unsubscribed"],
        ["6", "'=1+1@", "rejected", '"=1+1@" has nothing after the @'],
    ]


def test_a_dry_run_says_what_an_import_would_do_and_does_nothing(digest, home):
    digest("subscribers", "add", "ben@reader.example")
    twice = LIST + "ADA@reader.example,Ada Quay,,,,unsubscribed\n"
    (home / "readers.csv").write_text(twice)
    before = digest("subscribers", "export").out

    dry = digest("subscribers", "import", "readers.csv", "--dry-run", "--json", "--report", "a.csv")

    assert digest("subscribers", "export").out == before
    real = digest("subscribers", "import", "readers.csv", "--json", "--report", "b.csv")
    assert dry.answer == real.answer | {"dry_run": True}
    assert (home / "a.csv").read_bytes() == (home / "b.csv").read_bytes()
    said = digest("subscribers", "import", "readers.csv", "--dry-run").out
    assert said.startswith("would be: 0 added, ")


def test_a_report_that_cannot_be_written_is_one_message_and_imports_nobody(digest):
    ended = digest("subscribers", "import", "readers.csv", "--report", "nowhere/x.csv")
    assert is_refused(ended, "nowhere/x.csv: can't be written: No such file or directory")
    assert digest("subscribers", "export", "--json").answer == []


def test_of_very_many_bad_rows_the_first_are_told_and_all_are_counted(digest, home):
    (home / "readers.csv").write_text("email\n" + "nobody\n" * 1200 + "ada@reader.example\n")
    ended = digest("subscribers", "import", "readers.csv")
    assert ended.out == "1 added, 0 updated, 0 unchanged, 1200 rejected\n"
    assert "and 200 more: --report FILE.csv names them all" in ended.err


def test_columns_that_mean_nothing_are_named(digest, home):
    (home / "readers.csv").write_text("email,shoe size\nada@reader.example,38\n")
    ended = digest("subscribers", "import", "readers.csv")
    assert "readers.csv:1: nothing is known of these columns: shoe size\n" in ended.err


def test_cadences_of_newsletters_that_a_list_is_not_taken_in_for_are_named(digest, home):
    rows = "a@b.example,monthly;daily:second\nb@b.example,nightly:second\n"
    (home / "readers.csv").write_text(f"email,cadence\n{rows}")
    ended = digest("subscribers", "import", "readers.csv", "--newsletter", "weekly")
    assert ended.err == (
        "readers.csv: this import is for weekly; it leaves out the cadences for: daily, nightly\n"
    )
    rows = digest("subscribers", "export", "--json").answer
    assert [(row["email"], row["cadence"], row["newsletters"]) for row in rows] == [
        ("a@b.example", "monthly", "weekly=active"),
        ("b@b.example", "every", "weekly=active"),
    ]


def test_nothing_but_bad_rows_ends_with_1(digest, home):
    (home / "readers.csv").write_text("email\nnobody\n")
    assert digest("subscribers", "import", "readers.csv").code == 1


@pytest.mark.parametrize("content", ["", "ada@reader.example\n", "# Readers\n\nemail\n"])
def test_a_file_without_columns_is_no_list(digest, home, content):
    (home / "readers.csv").write_text(content)
    ended = digest("subscribers", "import", "readers.csv")
    assert ended.code == 2
    assert ended.out == ""
    assert "readers.csv:1: the first line must name the columns" in ended.err


@pytest.mark.parametrize(
    ("path", "why"), [("nowhere.csv", "No such file"), (".", "Is a directory")]
)
def test_a_list_that_cannot_be_read_is_one_message(digest, path, why):
    assert is_refused(digest("subscribers", "import", path), f"{path}: can't be read", why)


def test_a_list_may_be_for_one_newsletter(digest):
    digest("subscribers", "import", "readers.csv", "--newsletter", "daily")
    reader = digest("subscribers", "show", "ada@reader.example", "--json").answer
    assert [one["newsletter"] for one in reader["subscriptions"]] == ["daily"]


@pytest.mark.parametrize("verb", [("import", "readers.csv"), ("add", "ada@reader.example")])
def test_an_unknown_newsletter_is_answered_with_the_nearest(digest, verb):
    assert is_refused(
        digest("subscribers", *verb, "--newsletter", "weekyl"),
        "there is no newsletter 'weekyl'; did you mean 'weekly'?",
    )


def test_one_reader_is_added_to_every_newsletter_or_to_one(digest):
    ended = digest("subscribers", "add", "Ada@Reader.example", "--name", "Ada")
    assert (ended.code, ended.out) == (0, "Ada@Reader.example: added (weekly, daily)\n")
    again = digest("subscribers", "add", "ada@reader.example", "--newsletter", "daily")
    assert again.out == "ada@reader.example: unchanged (daily)\n"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ada.reader.example", '"ada.reader.example" has no @'),
        ("ada@reader", "has a domain without a dot"),
        ("a@b.c\r\nRCPT TO:<x>", "holds < or >"),
        ("", "no address"),
    ],
)
def test_a_bad_address_is_refused_with_the_reason(digest, address, why):
    assert is_refused(digest("subscribers", "add", address), why)


def test_a_reader_is_shown_with_all_that_is_held(digest):
    digest("subscribers", "import", "readers.csv", "--newsletter", "weekly")

    ended = digest("subscribers", "show", "ADA@reader.example")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[:4] == [
        "ada@reader.example (Ada Quay)",
        "  tier: subscriber",
        "  topics: world, science",
        "  authors: Mara Lind",
    ]
    assert lines[5].startswith("  weekly: active since ")
    answer = digest("subscribers", "show", "ada@reader.example", "--json").answer
    assert set(answer) == {
        *(
            "email",
            "name",
            "tier",
            "tier_until",
            "topics",
            "authors",
            "added",
            "format",
            "paused_until",
            "catch_up",
            "subscriptions",
            "suppressions",
            "held",
        )
    }
    assert set(answer["subscriptions"][0]) == {"newsletter", "status", "since", "until", "cadence"}


def test_who_is_removed_gets_nothing_more_and_the_record_says_why(digest):
    digest("subscribers", "import", "readers.csv")

    ended = digest("subscribers", "remove", "ada@reader.example")

    assert (ended.code, ended.out) == (0, "ada@reader.example: gets nothing more\n")
    again = digest("subscribers", "import", "readers.csv", "--json").answer
    assert again["left_earlier"] == 1
    shown = digest("subscribers", "show", "ada@reader.example").out
    assert "not to be mailed by any newsletter: removed by hand" in shown
    ended = digest("subscribers", "add", "ada@reader.example")
    assert is_refused(ended, "left earlier", "so nothing was changed", code=1)


def test_who_is_forgotten_is_erased_and_what_is_not_ours_is_said(digest):
    digest("subscribers", "import", "readers.csv")
    shown = digest("subscribers", "show", "ada@reader.example", "--json").answer
    assert shown["held"]["subscriber"][0]["email"] == "ada@reader.example"

    ended = digest("subscribers", "remove", "ada@reader.example", "--forget")

    assert (ended.code, ended.out) == (0, "ada@reader.example: forgotten, and gets nothing more\n")
    assert "backups, logs, the files of an outbox" in ended.err
    assert "ada" not in digest("subscribers", "export").out
    again = digest("subscribers", "import", "readers.csv", "--json").answer
    assert again["left_earlier"] == 1
    ended = digest("subscribers", "show", "ada@reader.example")
    assert is_refused(ended, "ada@reader.example: was forgotten")
    assert digest("subscribers", "remove", "ada@reader.example", "--forget").code == 0


@pytest.mark.parametrize("verb", ["show", "remove"])
def test_an_unknown_address_is_one_message(digest, verb):
    ended = digest("subscribers", verb, "nobody@reader.example")
    assert is_refused(ended, "nobody@reader.example: no such subscriber")


def test_the_export_is_a_list_that_a_spreadsheet_may_open_and_an_import_reads(digest, home):
    digest("subscribers", "import", "readers.csv")

    ended = digest("subscribers", "export")

    assert ended.out.splitlines() == [
        "email,name,topics,authors,tier,status,tier_until,cadence,paused_until,catch_up,format",
        "ada@reader.example,Ada Quay,world;science,Mara Lind,subscriber,active,,every,,,full",
        'ben@reader.example,"\'=HYPERLINK(""x"")",,,free,active,,every,,,full',
        "cleo@reader.example,,,,,unsubscribed,,every,,,full",
    ]
    assert digest("subscribers", "export", "--out", "x.csv").out == "3 readers written to x.csv\n"
    answer = digest("subscribers", "import", "x.csv", "--json").answer
    assert (answer["unchanged"], answer["rejected"]) == (3, [])
    assert digest("subscribers", "export", "--json").answer[0]["email"] == "ada@reader.example"


def test_an_export_that_cannot_be_written_is_one_message(digest):
    ended = digest("subscribers", "export", "--out", "nowhere/x.csv")
    assert is_refused(ended, "nowhere/x.csv: can't be written: No such file or directory")


def test_a_store_that_is_locked_is_one_message(digest, home, monkeypatch):
    from digest.store.database import database

    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    monkeypatch.setattr(database.Database.__init__, "__defaults__", (0.1,))
    holder = sqlite3.connect(home / "digest.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        ended = digest("subscribers", "import", "readers.csv", "--json")
    finally:
        holder.close()

    assert ended.code == 1
    assert ended.out == ""
    assert "another program holds the store" in ended.err
    assert "Traceback" not in ended.err
    assert json.loads(digest("subscribers", "export", "--json").out) == []


def test_a_disk_that_takes_no_more_is_one_message(home):
    (home / "readers.csv").write_text(
        "email\n" + "".join(f"r{n}@reader.example\n" for n in range(9000))
    )
    before = (home / "digest.db").read_bytes()

    ended = subprocess.run(
        [sys.executable, "-m", "digest", "subscribers", "import", "readers.csv"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (250_000, 250_000)),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "digest.db: the disk " in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
    assert (home / "digest.db").read_bytes() == before


def test_a_reader_is_shown_with_their_rhythm(digest, home):
    from digest.app import App
    from digest.config.load import load_config
    from digest.core.message.story_choice import Format
    from digest.core.readers.cadence import Cadence
    from digest.store.readers import subscriber_settings

    digest("subscribers", "add", "ada@reader.example", "--newsletter", "weekly")
    app = App(load_config(home / "config.toml"))
    ada, until = "ada@reader.example", datetime(2999, 1, 1, tzinfo=UTC)
    app.db.write(subscriber_settings.set_cadence, 1, Cadence.MONTHLY, until)
    app.db.write(subscriber_settings.set_format, ada, Format.TEXT)
    app.db.write(subscriber_settings.set_pause, ada, until, "", until, catch_up=True)
    app.db.close()

    shown = digest("subscribers", "show", ada)

    assert "  format: text\n" in shown.out
    assert "  break: they paused until 2999-01-01; they catch up after it\n" in shown.out
    assert shown.out.rstrip().endswith(", once a month")
    answer = digest("subscribers", "show", ada, "--json").answer
    assert (answer["format"], answer["catch_up"]) == ("text", True)
    assert answer["subscriptions"][0]["cadence"] == "monthly"


@pytest.mark.parametrize(
    "rows",
    [
        "email,status\nada@reader.example,active\nbo@reader.example,perhaps\n",
        "email,state\nada@reader.example,active\nbo@reader.example,perhaps\n",
        "email,subscribed_to_emails\nada@reader.example,true\nbo@reader.example,perhaps\n",
    ],
)
def test_a_state_that_is_not_understood_stops_the_import_before_anybody_is_added(
    digest, home, rows
):
    (home / "readers.csv").write_text(rows)

    ended = digest("subscribers", "import", "readers.csv")

    assert ended.code == 2
    assert 'has "perhaps" (1)' in ended.err
    assert digest("subscribers", "export").out.count("@") == 0


@pytest.mark.parametrize(
    "rows",
    [
        "email,subscribed_to_emails,deleted_at\n{}false,\n", "email,email_disabled\n{}true\n",
        "EMAIL;EMAIL_BLACKLISTED\n{}Yes\n", "email,status,unsubscribed_at\n{}active,2026-01-04\n",
        "Email Address,UNSUB_TIME\n{}2026-01-04 10:00:00\n", "email_address,type\n{}complained\n",
        "first_name,email_address,state\nAda,{}cancelled\n", "E-Mail,Status\n{}Abgemeldet\n",
    ],
)  # fmt: skip
def test_who_left_elsewhere_is_not_mailed_and_a_later_list_changes_nothing(digest, home, rows):
    separator = ";" if ";" in rows else ","
    (home / "theirs.csv").write_text(rows.format(f"ada@reader.example{separator}"))
    (home / "later.csv").write_text("email\nada@reader.example\n")

    for name in ("theirs.csv", "later.csv"):
        assert digest("subscribers", "import", name).code == 0, name
        assert ",active" not in digest("subscribers", "export").out


def test_a_file_that_is_named_after_who_left_waits_for_a_word(digest, home):
    (home / "unsubscribed.csv").write_text("email\nada@reader.example\n")

    ended = digest("subscribers", "import", "unsubscribed.csv")
    assert (ended.code, "--as unsubscribed" in ended.err) == (2, True)

    assert digest("subscribers", "import", "unsubscribed.csv", "--as", "unsubscribed").code == 0
    assert ",active" not in digest("subscribers", "export").out
