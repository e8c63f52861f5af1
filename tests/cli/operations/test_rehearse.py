"""`digest rehearse`, with a sender that is a real process and really killed."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import MONDAY, is_refused
from tests.test_reference import COMMANDS, first_column, section

READERS = [f"reader{n}@reader.example" for n in range(9)]
AT = ("--at", MONDAY)


def everything(home):
    """Every row of the store, its bytes, and the files beside it."""
    with closing(sqlite3.connect("digest.db")) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what others wrote before
        rows = list(store.iterdump())
    beside = [path for path in home.rglob("*") if not path.name.startswith("digest.db-")]
    return rows, Path("digest.db").read_bytes(), sorted(beside)


@pytest.mark.slow
def test_it_adds_up_and_nothing_of_ours_is_touched(digest, home, publication):
    publication(*READERS)
    before = everything(home)

    done = digest("rehearse", "weekly", *AT, "--json").answer

    assert (done["adds_up"], done["wrong"], done["trouble"]) == (True, [], "")
    assert (done["readers"], done["kills"], done["sent_before"]) == (9, 1, False)
    assert sum(one["readers"] for one in done["mishaps"]) == 3
    assert sum(done["counts"].values()) == 9
    assert done["left"] in READERS
    assert done["counts"]["uncertain"] == len(done["uncertain"]) <= done["most_extra"] <= 3
    assert set(done["arrived"]) <= set(done["uncertain"])
    assert done["counts"]["sent"] >= 4  # of nine, of whom three meet a mishap
    _, _, table = section(COMMANDS, "### `digest rehearse`").partition("In JSON:")
    assert list(done) == first_column(table)
    assert everything(home) == before


@pytest.mark.slow
def test_it_says_in_words_what_was_done_and_what_became_of_it(digest, publication):
    publication(*READERS, transport="smtp", smtp_port=9)  # nobody listens there

    done = digest("rehearse", "weekly", *AT)

    assert done.code == 0, done.err
    assert "Mon 2026-03-09 07:30, “The tide gauge”, for 9 readers." in done.out
    for words in (
        "1 reader taken, but the answer was lost",
        "the sender was killed when most was sent, and started again",
        "after a real crash\n    `digest settle 1` decides",
        "left while the sender was down",
        "It adds up: everybody was mailed once, or is named with the reason.",
    ):
        assert words in done.out
    assert "nobody is mailed" in done.err


@pytest.mark.slow
def test_what_a_real_send_would_meet_is_met(digest, home, publication):
    """A rehearsal that can't work ends with 1 and the reason."""
    publication(*READERS, mail='bounce_address = ""')
    config = home / "config.toml"
    signed = '[mail.dkim]\ndomain = "harbour.example"\nselector = "s1"\n'
    config.write_text(config.read_text() + signed + 'key = { env = "NO_SUCH_KEY" }\n')

    done = digest("rehearse", "weekly", *AT)

    assert done.code != 0
    assert "NO_SUCH_KEY" in done.err
    assert "Traceback" not in done.err


def test_without_anything_to_send_it_says_so(digest, publication):
    publication(*READERS, titles=())
    ended = digest("rehearse", "weekly", *AT)
    assert is_refused(ended, "weekly: there is nothing to rehearse: ", code=1)


def test_without_readers_it_says_so(digest, publication):
    publication()
    ended = digest("rehearse", "weekly", *AT)
    assert is_refused(ended, "weekly: there is nobody to send it to", code=1)
