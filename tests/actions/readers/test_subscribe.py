"""Lists of readers as the world writes them, and who they bring in."""

import codecs
import csv
import io
import time
import tracemalloc
from datetime import timedelta

import pytest

from digest.actions.readers import subscriber_lists
from digest.actions.readers.export_list import export_csv
from digest.actions.readers.subscribe import (
    UnsubscribeLink,
    add_subscriber,
    remove_subscriber,
    show,
    subscription_of_link,
    unsubscribe,
)
from digest.actions.readers.subscriber_lists import ListOptions, import_list
from digest.core.message.signed_token import sign
from digest.core.readers.reader import Enrolment, SubscriptionStanding
from digest.core.readers.subscriber_csv import BadRow
from digest.errors import DigestError, UsageError
from digest.store.readers import bulk_subscribe, subscribers
from tests.builders import CALENDAR, MONDAY, calendar
from tests.stock import a_reader, enrol

SECRET = "a secret of the tests, long enough"
LATER = MONDAY + timedelta(days=1)


@pytest.fixture
def bring(db, tmp_path):
    """Import a list, given as text or bytes."""

    def import_(content, *newsletters):
        path = tmp_path / "readers.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return import_list(
            path, db, ListOptions(newsletters or ["weekly"], SECRET), calendar(LATER)
        )

    return import_


def count(done) -> dict[str, int]:
    return {result.name.lower(): number for result, number in done.counts.items() if number}


def emails(db) -> list[str]:
    return [one.email for one in db.read(lambda tx: list(subscribers.all_subscribers(tx)))]


def standing(db, email: str) -> SubscriptionStanding:
    (one,) = show(db, email).subscriptions
    return one.standing


def link(db, subscription=1) -> UnsubscribeLink:
    """What the link in a reader's message stands for."""
    found = subscription_of_link(db, sign("unsubscribe", subscription, SECRET), SECRET)
    assert found is not None
    return found


def leave_by_link(db):
    unsubscribe(db, link(db), LATER)


# ---------------------------------------------------------------- files as they come

UMLAUTS = "email,name\r\njürgen@bücher.example,Jürgen Groß\r\nada@reader.example,Ada\r\n"


@pytest.mark.parametrize(
    "content",
    [
        UMLAUTS.encode(),
        UMLAUTS.encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + UMLAUTS.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + UMLAUTS.encode("utf-16-be"),
        UMLAUTS.encode("cp1252"),
        UMLAUTS.replace(",", ";").encode(),
        UMLAUTS.replace(",", "\t").encode(),
        UMLAUTS.replace("\r\n", "\n").encode(),
        UMLAUTS.replace("\r\n", "\r").encode(),
        UMLAUTS.rstrip().encode(),
        UMLAUTS.replace("email,name", '"Email" , NAME').encode(),
        UMLAUTS.replace("Jürgen Groß", '"Jürgen\r\nGroß"').encode(),
    ],
    ids=[
        "utf8",
        "bom",
        "utf16le",
        "utf16be",
        "cp1252",
        "semicolons",
        "tabs",
        "lf",
        "cr",
        "no-end",
        "spaced-header",
        "broken",
    ],
)
def test_a_list_is_read_however_it_was_saved(bring, db, content):
    done = bring(content)

    assert (count(done), done.rejected) == ({"added": 2}, ())
    assert emails(db) == ["jürgen@bücher.example", "ada@reader.example"]
    assert show(db, "jürgen@bücher.example").name == "Jürgen Groß"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the first line must name the columns, email among them"),
        (b"ada@reader.example,Ada\nben@reader.example,Ben\n", "it is 'ada@reader.example,Ada'"),
        (b"# digest\n\nOne good email a week.\n", "must name the columns"),
        (b"email,name,email\nada@reader.example,Ada,x\n", "names the column email more than once"),
        (UMLAUTS.encode("utf-16-le"), "save it as CSV in UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0", "must name the columns"),
        (b"x" * 20_000_000, "must name the columns"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_its_first_line(bring, db, content, reason):
    with pytest.raises(UsageError, match=r"readers\.csv:1: ") as refused:
        bring(content)

    assert reason in str(refused.value)
    assert len(str(refused.value)) < 400
    assert emails(db) == []


def test_a_bad_row_is_named_with_its_line_and_the_rest_goes_on(bring, db):
    done = bring(
        "email,name,status\n"
        "ada@reader.example,Ada\n"
        "not an address,Nobody\n"
        '"a@b.c\r\nRCPT TO:<x>",Mallory\n'
        ",Nameless\n"
        "\n"
        "ben@reader.example,Ben,pending\n"
        "c\0leo@reader.example,Cleo\n"
        "dora@reader.example,Dora,active,and,more\n"
    )

    assert count(done) == {"added": 2}
    assert emails(db) == ["ada@reader.example", "dora@reader.example"]
    assert done.rejected == (
        BadRow(3, '"not an address" has a space in it', "not an address"),
        BadRow(
            4,
            '"a@b.c RCPT TO:<x>" holds < or >: give only the address, without a name'
            " (the row goes on to line 5: is a quotation mark not closed?)",
            "a@b.c RCPT TO:<x>",
        ),
        BadRow(6, "no address in the column email"),
        BadRow(
            8,
            "not confirmed yet: nothing is sent to them, and they may still join",
            "ben@reader.example",
        ),
        BadRow(9, '"cleo@reader.example" has a NUL in it', "cleo@reader.example"),
    )


GOOD = "".join(f"reader{n}@reader.example,{'x' * 2000}\n" for n in range(40))


def test_an_address_of_bytes_that_are_no_utf8_is_not_guessed(bring, db):
    # All else beyond ASCII is UTF-8, so the odd byte is no letter of Windows-1252.
    text = f"email,name\n{GOOD}ada@reader.example,Zoë Groß\n"
    done = bring(text.encode() + b"j\xfcrgen@reader.example\n")

    assert count(done) == {"added": 41}
    assert show(db, "ada@reader.example").name == "Zoë Groß"
    ((line, reason),) = [(row.line, row.reason) for row in done.rejected]
    assert line == 43
    assert "could not be read; save as UTF-8" in reason


def test_the_encoding_is_that_of_the_whole_list_however_late_it_shows(bring, db):
    done = bring(f"email,name\n{GOOD}ada@reader.example,Zoë Groß\n".encode("cp1252"))

    assert count(done) == {"added": 41}
    assert show(db, "ada@reader.example").name == "Zoë Groß"


def test_a_line_of_ten_megabytes_costs_one_row_and_little_time_or_memory(bring, db):
    content = b"email,name\nada@reader.example,Ada\n" + b"," * 10_000_000 + b"\n"
    content += b'"' + b"x" * 10_000_000 + b'"\nben@reader.example,Ben\n'

    began = time.process_time()
    tracemalloc.start()
    done = bring(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert emails(db) == ["ada@reader.example", "ben@reader.example"]
    assert [row.line for row in done.rejected] == [3, 4]
    assert time.process_time() - began < 10
    assert peak < 5_000_000


def test_a_list_longer_than_one_transaction_counts_every_line(db, tmp_path, monkeypatch):
    monkeypatch.setattr(subscriber_lists, "LINES_PER_COMMIT", 10)
    path = tmp_path / "readers.csv"
    path.write_text("email\n" + "".join(f"reader{n}@reader.example\n" for n in range(25)) + "x\n")
    steps: list[int] = []

    done = import_list(path, db, ListOptions(["weekly"], SECRET), calendar(LATER), steps.append)

    assert count(done) == {"added": 25}
    assert [step for step in steps if step] == [11, 10, 6]  # with the header and what was no reader


def test_columns_that_mean_nothing_are_told(bring):
    assert bring("email,shoe size\nada@reader.example,38\n").ignored == ("shoe size",)


@pytest.mark.parametrize("path", ["nowhere.csv", ".", "file.csv/x"])
def test_a_list_that_cannot_be_opened_is_one_message(db, tmp_path, path):
    (tmp_path / "file.csv").touch()
    with pytest.raises(UsageError, match="can't be read: "):
        import_list(tmp_path / path, db, ListOptions(["weekly"], SECRET), calendar(LATER))


# ---------------------------------------------------------------- who is in it


def test_a_list_again_changes_nothing(bring, db):
    text = "email,name,tier\nada@reader.example,Ada,free\nben@reader.example,,\n"
    bring(text)
    assert count(bring(text)) == {"unchanged": 2}


def test_a_list_brings_up_to_date_what_it_says_and_keeps_the_rest(bring, db):
    bring("email,name,tier,topics\nada@reader.example,Ada,free,world\n")

    done = bring("email,name,tier\nADA@reader.example,Ada Quay,\n")

    assert count(done) == {"updated": 1}
    ada = show(db, "ada@reader.example")
    assert (ada.name, ada.tier, ada.topics) == ("Ada Quay", "free", ("world",))


def test_two_spellings_of_an_address_are_one_reader(bring, db):
    done = bring("email\nleser@bücher.example\nLESER@xn--bcher-kva.example\nLeser@BÜCHER.example\n")
    assert count(done) == {"added": 1, "unchanged": 2}
    assert emails(db) == ["leser@bücher.example"]


def test_a_reader_may_be_named_twice_far_apart_or_at_once(bring, db, monkeypatch):
    monkeypatch.setattr(bulk_subscribe, "KNOWN_READERS_PER_QUERY", 3)
    names = ["", "Ada", "Ada", "Ada Quay", ""]
    rows = [
        f"ada@reader.example,{name}\nreader{n}@reader.example,\n" for n, name in enumerate(names)
    ]

    done = bring("email,name\n" + "".join(rows))

    assert count(done) == {"added": 6, "updated": 2, "unchanged": 2}
    assert show(db, "ada@reader.example").name == "Ada Quay"
    assert db.read(subscribers.count_active, "weekly") == 6


def test_one_list_may_be_for_several_newsletters(bring, db):
    bring("email\nada@reader.example\n", "weekly", "daily")
    bring("email\nada@reader.example\nben@reader.example\n", "daily")

    assert [one.newsletter for one in show(db, "ada@reader.example").subscriptions] == [
        "weekly",
        "daily",
    ]
    assert db.read(subscribers.count_active, "weekly") == 1
    assert db.read(subscribers.count_active, "daily") == 2


def test_whom_a_list_calls_unsubscribed_is_kept_as_gone(bring, db):
    text = "email,status\nada@reader.example,unsubscribed\nben@reader.example,active\n"
    done = bring(text)

    assert count(done) == {"added": 1, "gone": 1}
    assert standing(db, "ada@reader.example") is SubscriptionStanding.UNSUBSCRIBED
    assert db.read(subscribers.count_active, "weekly") == 1
    assert count(bring("email\nada@reader.example\n")) == {"gone": 1}


def test_a_list_may_end_a_subscription(bring, db):
    enrol(db, "ada@reader.example")
    assert count(bring("email,status\nada@reader.example,unsubscribed\n")) == {"updated": 1}
    assert standing(db, "ada@reader.example") is SubscriptionStanding.UNSUBSCRIBED


@pytest.mark.parametrize(
    "row", ["ada@reader.example,active", "ADA@READER.EXAMPLE,subscribed", "ada@reader.example,"]
)
def test_who_left_by_their_link_stays_gone_whatever_a_list_says(bring, db, row):
    enrol(db, "ada@reader.example")
    leave_by_link(db)

    assert count(bring(f"email,status\n{row}\n")) == {"gone": 1}

    assert standing(db, "ada@reader.example") is SubscriptionStanding.UNSUBSCRIBED
    assert db.read(subscribers.count_active, "weekly") == 0


def test_who_was_removed_comes_back_to_no_newsletter(bring, db):
    enrol(db, "ada@reader.example")
    remove_subscriber(db, "ada@reader.example", LATER)

    assert count(bring("email\nada@reader.example\n", "weekly", "daily")) == {"gone": 1}

    assert {one.standing for one in show(db, "ada@reader.example").subscriptions} == {
        SubscriptionStanding.UNSUBSCRIBED
    }


def test_who_left_one_newsletter_may_join_another(db):
    enrol(db, "ada@reader.example")
    leave_by_link(db)

    assert add_subscriber(db, a_reader(), ["daily"], LATER, SECRET) is Enrolment.UPDATED

    weekly, daily = show(db, "ada@reader.example").subscriptions
    assert (weekly.newsletter, weekly.standing) == ("weekly", SubscriptionStanding.UNSUBSCRIBED)
    assert (daily.newsletter, daily.standing) == ("daily", SubscriptionStanding.ACTIVE)


def test_adding_who_left_changes_nothing_at_all(db):
    enrol(db, "ada@reader.example")
    leave_by_link(db)
    before = show(db, "ada@reader.example")

    with pytest.raises(DigestError, match=r"left earlier .*so nothing was changed"):
        add_subscriber(db, a_reader(name="Ada"), ["daily", "weekly"], LATER, SECRET)

    assert show(db, "ada@reader.example") == before


@pytest.mark.parametrize("way", [show, lambda db, email: remove_subscriber(db, email, LATER)])
def test_an_address_that_nobody_has_is_one_message(db, way):
    with pytest.raises(UsageError, match=r"ada@reader\.example: no such subscriber"):
        way(db, "ada@reader.example")


# ---------------------------------------------------------------- out again


def test_what_is_exported_is_what_was_imported(bring, db):
    text = (
        "email,name,topics,authors,tier,status,tier_until,cadence,paused_until,catch_up,format\r\n"
        'ada@reader.example,"O\'Brien, Ada",world;science,,subscriber,active,2026-12-31,every,,,'
        "full\r\n"
        'ben@reader.example,\'=1+1,,"Lind, Mara;",free,unsubscribed,,monthly,2026-04-01,yes,'
        "text\r\n"
        "'+c@reader.example,,,,,active,,second,2027-03-10,no,short\r\n"
    )
    bring(text)
    out = io.StringIO()

    assert export_csv(db, out, CALENDAR) == 3

    assert out.getvalue() == text
    assert show(db, "ben@reader.example").name == "=1+1"
    assert [row["email"] for row in csv.DictReader(io.StringIO(out.getvalue()))] == [
        "ada@reader.example",
        "ben@reader.example",
        "'+c@reader.example",
    ]


def test_everybody_is_exported_however_many_are_read_at_once(db, monkeypatch):
    monkeypatch.setattr(subscribers, "READERS_PER_QUERY", 3)
    enrol(db, *(f"reader{n}@reader.example" for n in range(7)))
    remove_subscriber(db, "reader4@reader.example", LATER)
    out = io.StringIO()

    assert export_csv(db, out, CALENDAR) == 7

    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert [row["email"] for row in rows] == [f"reader{n}@reader.example" for n in range(7)]
    assert [row["status"] == "unsubscribed" for row in rows].index(True) == 4
