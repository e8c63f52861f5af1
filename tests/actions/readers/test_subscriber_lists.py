"""Lists in and out: the quick way in is the careful way, and what goes out comes back the same."""

import codecs
import io
import sqlite3
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from digest.actions.readers import subscriber_lists
from digest.actions.readers.export_list import export_csv
from digest.actions.readers.subscribe import UnsubscribeLink, remove_subscriber, show, unsubscribe
from digest.actions.readers.subscriber_lists import (
    ListOptions,
    import_list,
    rehearse_list,
)
from digest.core.readers import subscriber_csv
from digest.core.readers.reader import Enrolment
from digest.core.readers.subscriber_csv import csv_columns, readers
from digest.core.text.csv_rows import CsvRow, RowBlock, read_blocks
from digest.store.newsletters import slots
from digest.store.readers import bulk_subscribe, subscriber_settings
from digest.store.readers.bulk_insert import ADDED
from tests.builders import CALENDAR, MONDAY, calendar
from tests.examples import examples
from tests.publications import SECRET
from tests.stock import enrol, freeze, new_store, states

LATER = MONDAY + timedelta(days=1)
FEW = settings(
    max_examples=examples(25),
    phases=set(Phase) - {Phase.shrink},  # each example makes stores: that would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def bring(db, folder, content, *slugs):
    """Import a list; what happened to each row, by line."""
    path = folder / "readers.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    told = []
    done = import_list(
        path,
        db,
        ListOptions(slugs or ["weekly"], SECRET),
        calendar(LATER),
        told=lambda line, *row: told.append((line, *row)),
    )
    return done, told


HELD = (
    "SELECT key, email, name, tier, topics, authors, added, chosen, format, paused_until, catch_up,"
    " said, said_by_list FROM subscriber ORDER BY id",
    "SELECT key, newsletter_id, status, since, until, cadence FROM subscription JOIN subscriber"
    " ON subscriber.id = subscriber_id ORDER BY newsletter_id, subscription.id",
    "SELECT key, scope, why, reason, at FROM suppression ORDER BY key, scope",
)


def contents(db):
    """All that is in the store about readers, but for the numbers of its rows."""
    connection = sqlite3.connect(db.path)
    try:
        return [connection.execute(query).fetchall() for query in HELD]
    finally:
        connection.close()


# ---------------------------------------------------------------- monsters

WHOLE = "ada@reader.example"
MONSTERS = {
    "no at": (b"email\nada.reader.example\n", "has no @"),
    "an smtp command": (b'email\n"a@b.c\r\nRCPT TO:<x>"\n', "holds < or >"),
    "a line break": (b'email\n"a@b.example\r\nx"\n', "has a line break in it"),
    "a nul": (b"email\na\0@b.example\n", "has a NUL in it"),
    "a long local part": (b"email\n" + b"x" * 65 + b"@b.example\n", "too long before the @"),
    "a trailing dot": (b"email\na.@b.example\n", "a dot at the wrong place before the @"),
    "a trailing dot after": (b"email\na@b.example.\n", "a dot at the wrong place after the @"),
    "a quoted local part": (b'email\n"""a b""@c.example"\n', "has a quoted part before the @"),
    "a name around it": (b'email\n"Ada <ada@b.example>"\n', "give only the address"),
    "two": (b'email\n"a@b.example, c@d.example"\n', "has a space in it"),
    "a number for a domain": (b"email\na@127.0.0.1\n", "has a number instead of a domain"),
    "a bracket": (b"email\na@[127.0.0.1]\n", "a number instead of a domain"),
    "invisible": ("email\na\u200b@b.example\n".encode(), "has an invisible character"),
    "right to left": ("email\na\u202e@b.example\n".encode(), "has an invisible character"),
    "an emoji domain": ("email\na@b😀.example\n".encode(), "has a domain that can't exist"),
    "a line of ten megabytes": (b"email\n" + b"x" * 10_000_000 + b"\n", "is too long"),
    "a cell of many lines": (b'email\n"' + b"x\n" * 5_000 + b'"\n', "never closed"),
    "never closed": (b'email,name\na@b.example,"Ada\n', "never closed"),
    "who never confirmed": (b"email,status\na@b.example,pending\n", "not confirmed yet"),
    "nothing": (b"email,name\n,Ada\n", "no address in the column email"),
    "lost letters": (b"email\nz\xc3\xb6e@b.example\nj\xfcrgen@b.example\n", "save as UTF-8"),
}


@pytest.mark.parametrize("name", MONSTERS)
def test_a_monster_costs_its_own_row_and_is_named(db, tmp_path, name):
    content, reason = MONSTERS[name]
    done, told = bring(db, tmp_path, content + f"{WHOLE}\n".encode())

    assert done.rejections >= 1
    assert reason in done.rejected[0].reason
    assert all(row.reason.isprintable() and len(row.reason) < 300 for row in done.rejected)
    assert show(db, WHOLE)
    assert [row[2] for row in told].count("rejected") == done.rejections
    assert told[-1][1:3] == (WHOLE, "added")


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + b"email\n" + WHOLE.encode() + b"\n",
        codecs.BOM_UTF16_LE + f"email\n{WHOLE}\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + f"email;name\n{WHOLE};Zoë\n".encode("utf-16-be"),
        f"\ufeffE-Mail;email\nx;{WHOLE}\n".encode(),
        f'"email","name"\r"{WHOLE}","Ada ""the tide"" Quay"\r'.encode(),
        f"email|name\n{WHOLE}|Ada\n".encode(),
    ],
    ids=["bom", "utf-16 le", "utf-16 be", "bom twice", "cr and quotes", "pipes"],
)
def test_a_list_of_any_program_is_read(db, tmp_path, content):
    done, _ = bring(db, tmp_path, content)
    assert (done.counts[Enrolment.ADDED], done.rejected) == (1, ())


def test_emoji_and_names_from_right_to_left_come_in_whole(db, tmp_path):
    names = {"a@b.example": "Ada 😀👩‍🚀", "c@b.example": "עדה רציף", "d@b.example": "آدا الميناء"}
    rows = "".join(f"{email},{name}\n" for email, name in names.items())
    bring(db, tmp_path, f"email,name\n{rows}")
    assert {email: show(db, email).name for email in names} == names
    out = io.StringIO()
    export_csv(db, out, CALENDAR)
    assert all(name in out.getvalue() for name in names.values())


# ---------------------------------------------------------------- the reader's own choices


def choose(db, topics, authors):
    db.write(subscriber_settings.set_preferences, WHOLE, topics, authors, MONDAY)


def test_what_a_reader_chose_on_their_page_no_list_changes(db, tmp_path):
    enrol(db, WHOLE)
    choose(db, ["culture"], [])

    done, told = bring(
        db, tmp_path, f"email,name,topics,authors\n{WHOLE},Ada,world;economy,Mara Lind\n"
    )

    ada = show(db, WHOLE)
    assert (ada.name, ada.topics, ada.authors) == ("Ada", ("culture",), ())
    assert ada.chosen == MONDAY
    assert done.kept == 1
    why = "topics and authors stay as the reader chose on their page"
    assert told == [(2, WHOLE, "updated", f"new: name; {why}")]
    assert bring(db, tmp_path, f"email,topics\n{WHOLE},world\n")[1][0][2] == "unchanged"


def test_a_reader_who_chose_to_have_everything_keeps_that_too(db, tmp_path):
    enrol(db, WHOLE)
    choose(db, [], [])
    bring(db, tmp_path, f"email,topics\n{WHOLE},world\n")
    assert show(db, WHOLE).topics == ()


def test_what_a_list_chose_another_list_may_change(db, tmp_path):
    bring(db, tmp_path, f"email,topics\n{WHOLE},world\n")
    done, _ = bring(db, tmp_path, f"email,topics\n{WHOLE},culture\n")
    assert (show(db, WHOLE).topics, done.kept) == (("culture",), 0)


def rests(db):
    """Until when Ada gets nothing, whether she catches up, and whether a list says so."""
    ada = show(db, WHOLE)
    (listed,) = db.read(lambda tx: tx.execute(text("SELECT said_by_list FROM subscriber")).one())
    return ada.paused_until and ada.paused_until.isoformat(), ada.catch_up, bool(listed)


def test_a_list_says_how_often_when_and_how_as_a_reader_does(db, tmp_path):
    enrol(db, WHOLE)
    row = f"{WHOLE},monthly,2026-04-01,yes,short"
    done, told = bring(db, tmp_path, f"email,cadence,paused_until,catch_up,format\n{row}\n")

    ada = show(db, WHOLE)
    assert (ada.subscriptions[0].cadence, ada.format, ada.said) == ("monthly", "short", LATER)
    assert rests(db) == ("2026-03-31T22:00:00+00:00", True, True)
    assert (ada.chosen, done.kept) == (None, 0)
    assert told == [(2, WHOLE, "updated", "new: cadence, break, format")]
    again = f"email,cadence,paused_until,catch_up,format\n{row}\n{WHOLE},,,,\n"
    assert [row[2] for row in bring(db, tmp_path, again)[1]] == ["unchanged", "unchanged"]
    bring(db, tmp_path, f"email,paused_until\n{WHOLE},2026-01-01\n")
    assert rests(db) == (LATER.isoformat(), True, True)


def test_a_break_by_a_list_takes_hold_of_what_is_prepared(db, tmp_path):
    enrol(db, WHOLE, "ben@reader.example")
    freeze(db)
    bring(db, tmp_path, f"email,paused_until\n{WHOLE},2026-04-01\n")
    assert states(db) == {WHOLE: "skipped", "ben@reader.example": "pending"}


def test_a_break_that_readers_began_or_ended_themselves_no_list_changes(db, tmp_path):
    enrol(db, WHOLE)
    stale = f"email,paused_until\n{WHOLE},2026-04-01\n"
    bring(db, tmp_path, stale)
    db.write(subscriber_settings.end_pause, WHOLE, LATER + timedelta(hours=1))

    done, told = bring(db, tmp_path, stale)

    ended = (LATER + timedelta(hours=1)).isoformat()
    assert rests(db) == (ended, False, False)
    assert told == [(2, WHOLE, "unchanged", "break stays as the reader chose on their page")]
    assert done.kept == 1
    until = LATER + timedelta(days=5)
    db.write(subscriber_settings.set_pause, WHOLE, until, "", LATER, catch_up=True)
    bring(db, tmp_path, f"email,paused_until,cadence\n{WHOLE},2026-01-01,monthly\n")
    assert rests(db) == (until.isoformat(), True, False)
    assert show(db, WHOLE).subscriptions[0].cadence == "every"


def test_a_break_of_a_list_that_readers_move_is_theirs(db, tmp_path):
    enrol(db, WHOLE)
    stale = f"email,paused_until\n{WHOLE},2026-04-01\n"
    bring(db, tmp_path, stale)
    db.write(
        subscriber_settings.set_pause, WHOLE, LATER + timedelta(days=5), "", LATER, catch_up=True
    )
    bring(db, tmp_path, stale)
    assert rests(db) == ((LATER + timedelta(days=5)).isoformat(), True, False)


def test_an_export_says_what_is_usual_too_so_that_it_takes_back_what_another_list_said(
    db, tmp_path
):
    enrol(db, WHOLE)
    bring(db, tmp_path, f"email,cadence\n{WHOLE},weekly:monthly\n", "weekly", "daily")
    before = told_again(db)
    bring(db, tmp_path, f"email,cadence,format\n{WHOLE},second,text\n", "weekly", "daily")

    bring(db, tmp_path, before, "weekly", "daily")

    ada = show(db, WHOLE)
    assert [one.cadence for one in ada.subscriptions] == ["monthly", "every"]
    assert ada.format == "full"


def test_how_often_and_how_stay_for_whom_has_saved_their_page(db, tmp_path):
    enrol(db, WHOLE)
    choose(db, [], [])
    list_ = f"email,topics,cadence,format\n{WHOLE},world,second,text\n"
    _, told = bring(db, tmp_path, list_)
    ada = show(db, WHOLE)
    assert (ada.subscriptions[0].cadence, ada.format, ada.said) == ("every", "full", None)
    why = "topics, cadence and format stay as the reader chose on their page"
    assert told == [(2, WHOLE, "unchanged", why)]


@pytest.mark.parametrize(
    "said",
    [
        *("name=Ada Quay", "topics=world", "authors=Mara Lind", "tier=free"),
        *("tier_until=2026-12-31", "cadence=second", "paused_until=2026-04-01", "format=short"),
    ],
)
def test_whatever_one_thing_a_list_says_anew_is_taken_in_and_named(db, tmp_path, said):
    column, value = said.split("=")
    bring(db, tmp_path, f"email,name,tier\n{WHOLE},Ada,gold\n")
    for happened in ("updated", "unchanged"):
        _, told = bring(db, tmp_path, f"email,{column}\n{WHOLE},{value}\n")
        assert told[0][2] == happened
    assert f",{value}" in told_again(db)


def told_again(db):
    out = io.StringIO()
    export_csv(db, out, CALENDAR)
    return out.getvalue()


def test_the_same_list_may_be_for_another_newsletter(db, tmp_path):
    bring(db, tmp_path, f"email\n{WHOLE}\n", "weekly")
    _, told = bring(db, tmp_path, f"email\n{WHOLE}\n", "weekly", "daily")
    assert told == [(2, WHOLE, "updated", "joins daily")]


# ---------------------------------------------------------------- the quick way and the careful one

CELLS = """\
|Ada|Ada  Quay|'x|'=1|=1|Zoë|O'Brien|e\u0301| x|world;culture|Lind, Mara;|a,b|-x|\ufeffA|Ada \
|\u200b|\u00a0|😀| """
EMAILS = """\
ada@reader.example|ADA@Reader.example|ben.q+1@x-y.example|'+c@reader.example|| cy@reader.example\
|a..b@reader.example|a@b|ü@b.example|a@xn--bcher-kva.example|a@bücher.example|a@-b.example\
|a@b-.example|a@b.e1|_@b.example|a-@b.example|.a@b.example|a.@b.example|a@b..example|o'b@c.example\
|a@b.c"""
CELL = st.sampled_from([*CELLS.split("|"), "a|b", "|x", "x|"])
EMAIL = st.sampled_from([*EMAILS.split("|"), f"{'x' * 64}@b.example", f"{'x' * 65}@b.example"])
STATUS = st.sampled_from(["", "active", " Confirmed", "unsubscribed", "left", "what"])
CADENCES = ["", "every", "'Monthly", "weekly:second", "every; daily:monthly", "often", "monthly:"]
DAYS = ["", "2026-03-01", "2026-03-10", " '2026-04-01", "2027-03-11", "2028-01-01", "soon"]
YES = ["", "yes", "NO", "maybe"]
FORMATS = ["", "full", "Short", "text", "html"]
RHYTHM = tuple(map(st.sampled_from, (CADENCES, DAYS, YES, FORMATS)))
ROW = st.tuples(EMAIL, CELL, CELL, CELL, CELL, STATUS, st.just(""), *RHYTHM)
GOOD = st.tuples(
    EMAIL,
    CELL,
    CELL,
    CELL,
    CELL,
    STATUS,
    st.just(""),
    *(st.sampled_from(some) for some in (CADENCES[:5], DAYS[:5], YES[:3], FORMATS[:4])),
)
GOODS = st.lists(GOOD, max_size=12)
HEADER = ",".join(subscriber_csv.CSV_COLUMNS) + "\n"
ROWS = st.lists(ROW, max_size=12)


def both_ways(cells):
    """What reading these rows by the block gives, and what reading them singly does."""
    of = csv_columns(HEADER)
    slow, quick = subscriber_csv.Readers(), subscriber_csv.Readers()
    subscriber_csv._read_block(quick, RowBlock(2, [list(row) for row in cells]), of, CALENDAR)
    for line, row in enumerate(cells, 2):
        if any(cell.strip() for cell in row):
            subscriber_csv._read_row(
                slow, CsvRow(line, line, dict(zip(of.names, row, strict=False))), CALENDAR
            )
    return [(one.readers, one.lines, one.bad) for one in (quick, slow)]


@given(ROWS, st.integers(0, 12))
def test_reading_by_the_block_gives_what_reading_row_by_row_gives(table, width):
    quick, slow = both_ways([list(row)[: width or 11] for row in table])
    assert quick == slow


@pytest.mark.parametrize("place", range(11))
def test_no_odd_cell_is_taken_for_a_plain_one(place):
    for cell in [
        *CELLS.split("|"),
        "a|b",
        "|x",
        "x|",
        "|'=1",
        *EMAILS.split("|"),
        *CADENCES,
        *DAYS,
        *YES,
    ]:
        row = [WHOLE, "Ada", "world", "", "free", "active", "", "monthly", "2026-04-01", "", ""]
        row[place] = cell
        quick, slow = both_ways([row])
        assert quick == slow, cell


@FEW
@given(GOODS, GOODS, st.lists(st.sampled_from(["weekly", "daily"]), min_size=1, unique=True))
def test_entering_many_at_once_comes_to_the_same_as_one_by_one(
    tmp_path_factory, before, table, slugs
):
    """Also with some who are known already, some who left, and some who may not be mailed; and
    with a list that comes again.
    """
    outcomes = []
    for quick in (True, False):
        db = new_store(tmp_path_factory.mktemp("store"))
        results = []
        for turn, rows in enumerate((before, table, before)):
            found = [reader for part in read(rows) for reader in part.readers]
            if quick:
                results += db.write(bulk_subscribe.enrol_all, found, slugs, MONDAY)
            else:
                results += [
                    one for reader in found for one in db.write(carefully, reader, slugs, MONDAY)
                ]
            if turn == 0 and found:
                remove_subscriber(db, found[0].email, MONDAY)
                unsubscribe(db, UnsubscribeLink(1, "", "weekly", left=False), MONDAY)
                choose_some(db, [one.key for one in found])
        outcomes.append((results, contents(db)))
        db.close()
    (quickly, held), (slowly, same) = outcomes
    assert quickly == slowly
    assert held == same


def choose_some(db, keys):
    """What some of them do on their page."""
    for key in keys[1::3]:
        db.write(subscriber_settings.end_pause, key, MONDAY)
        db.write(subscriber_settings.set_preferences, key, [], [], MONDAY)
    for key in keys[2::3]:
        until = MONDAY + timedelta(days=9)
        db.write(subscriber_settings.set_pause, key, until, "they paused", MONDAY, catch_up=True)


def carefully(tx, reader, slugs, now):
    ids = {slug: slots.know(tx, slug, now)[0] for slug in slugs}
    (step,) = bulk_subscribe._enrol(tx, {reader.key: reader}, ids, now).values()
    return [ADDED if step.result is Enrolment.ADDED else step.told()]


def read(table):
    lines = [",".join(f'"{cell}"' for cell in row) + "\n" for row in table]
    return readers(lines, csv_columns(HEADER), CALENDAR)


@given(st.text(st.sampled_from('ab,"\n\r;'), max_size=60), st.integers(1, 5))
def test_blocks_of_any_size_hold_the_same_rows(noise, size):
    of = csv_columns("email,name\n")
    lines = io.StringIO(noise, newline="").readlines()

    def flat(together):
        found = []
        for part in read_blocks(lines, of, together):
            if isinstance(part, CsvRow):
                found.append((part.line, part.fault or dict(part.cells)))
            else:
                found += [
                    (line, dict(zip(of.names, cells, strict=False)))
                    for line, cells in enumerate(part.cells, part.line)
                    if any(cell.strip() for cell in cells)
                ]
        return found

    assert flat(size) == flat(1) == flat(1000)


# ---------------------------------------------------------------- out, and in again


@FEW
@given(GOODS, GOODS, st.booleans())
def test_an_export_into_a_new_store_and_out_again_is_the_same_bytes(
    tmp_path_factory, table, others, leaves
):
    """Whatever lists and readers themselves chose, for each of their newsletters."""
    here, there = (new_store(tmp_path_factory.mktemp("store")) for _ in range(2))
    for rows, slugs in ((table, ["weekly", "daily"]), (others, ["weekly"])):
        for part in read(rows):
            here.write(bulk_subscribe.enrol_all, part.readers, slugs, MONDAY)
    choose_some(here, [one.key for part in read(table) for one in part.readers])
    if leaves:
        unsubscribe(here, UnsubscribeLink(1, "", "weekly", left=False), MONDAY)
    first, second = io.StringIO(), io.StringIO()
    export_csv(here, first, calendar(LATER))

    done, _ = bring(there, there.path.parent, first.getvalue(), "weekly", "daily")
    export_csv(there, second, calendar(LATER))

    assert done.rejected == ()
    assert second.getvalue() == first.getvalue()
    here.close()
    there.close()


def test_a_rehearsal_says_what_comes_and_leaves_the_store_as_it_is(db, tmp_path, monkeypatch):
    monkeypatch.setattr(
        subscriber_lists, "LINES_PER_COMMIT", 2
    )  # so that one reader is met in two transactions
    enrol(db, "ben@reader.example")
    path = tmp_path / "some.csv"
    path.write_text(
        f"email,name\n{WHOLE},Ada\nben@reader.example,Ben\nx\n{WHOLE},Ada\n{WHOLE},Ada Quay\n"
    )
    before = contents(db)

    told, really, options = [], [], ListOptions(["weekly"], SECRET)
    dry = rehearse_list(path, db, options, calendar(LATER), told=lambda *row: told.append(row))

    assert contents(db) == before
    done = import_list(path, db, options, calendar(LATER), told=lambda *row: really.append(row))
    assert (dry, told) == (done, really)
    assert [row[2] for row in told] == ["added", "updated", "rejected", "unchanged", "updated"]
