"""Lists of readers: what a row says, and that a list written is a list read."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.core.message.story_choice import Format
from digest.core.readers.cadence import Cadence
from digest.core.readers.reader import (
    FOREVER,
    NewReader,
    Reader,
    Subscription,
    SubscriptionStanding,
    Suppression,
    Wants,
)
from digest.core.readers.subscriber_csv import CSV_COLUMNS, csv_columns, read_row
from digest.core.readers.subscriber_csv_writer import write_row
from digest.core.text.csv_rows import FORMULA, MAX_ROW_CHARS, MOST_LINES, read_rows
from tests.builders import CALENDAR, MONDAY
from tests.stock import a_reader

EVERY = Cadence.EVERY


def kept(reader: NewReader, *suppressions: Suppression) -> Reader:
    """The reader as the store has them."""
    wants = reader.wants
    rest = wants.rest
    return Reader(
        email=reader.email,
        name=reader.name,
        tier=reader.tier,
        topics=reader.topics,
        authors=reader.authors,
        added=MONDAY,
        subscriptions=(
            Subscription(
                1, "weekly", reader.standing, MONDAY, None, dict(wants.cadences).get("", EVERY)
            ),
        ),
        suppressions=suppressions,
        format=wants.format or Format.FULL,
        paused_until=rest.until if rest else MONDAY - timedelta(days=1),
        catch_up=bool(rest and rest.catch_up),
    )


def as_exported(reader):
    """An export has every column: it says of a tier also that it has no end, and what is usual."""
    said = reader.wants
    rest = said.rest if said.rest and said.rest.until else None
    rest = rest and replace(rest, catch_up=bool(rest.catch_up))
    wants = Wants(said.cadences or (("", EVERY),), rest, said.format or Format.FULL)
    return reader._replace(tier_until=FOREVER if reader.tier else None, wants=wants)


def read(text: str):
    """The rows of a list, as (line, cells or the fault)."""
    first, *others = text.splitlines(keepends=True)
    return [
        (row.line, row.fault or dict(row.cells)) for row in read_rows(others, csv_columns(first))
    ]


# ---------------------------------------------------------------- one row


def test_a_row_with_an_address_is_enough():
    assert read_row({"email": " Ada@Reader.example "}, CALENDAR) == NewReader(
        email="Ada@Reader.example", key="ada@reader.example"
    )


def test_a_row_says_all_that_we_hold():
    row = {
        "email": "ada@reader.example",
        "name": " Ada \u200b Quay ",
        "topics": "world; science ;",
        "authors": "Mara Lind;Lind, Mara",
        "tier": "subscriber",
        "status": " Unsubscribed ",
    }
    assert read_row(row, CALENDAR) == a_reader(
        name="Ada Quay",
        topics=("world", "science"),
        authors=("Mara Lind", "Lind, Mara"),
        tier="subscriber",
        standing=SubscriptionStanding.UNSUBSCRIBED,
    )


def test_a_list_in_one_cell_may_use_commas():
    assert read_row({"email": "a@b.example", "topics": "world, science"}, CALENDAR).topics == (
        "world",
        "science",
    )


@pytest.mark.parametrize("status", ["", "active", "Subscribed", "enabled", " CONFIRMED "])
def test_who_is_active_gets_mail(status):
    assert (
        read_row({"email": "a@b.example", "status": status}, CALENDAR).standing
        is SubscriptionStanding.ACTIVE
    )


@pytest.mark.parametrize("status", ["unsubscribed", "left", "Blocklisted", "bounced", "inactive"])
def test_who_is_gone_gets_none(status):
    assert (
        read_row({"email": "a@b.example", "status": status}, CALENDAR).standing
        is SubscriptionStanding.UNSUBSCRIBED
    )


@pytest.mark.parametrize("status", ["maybe", "0", "cleansed", "active?"])
def test_a_status_that_we_do_not_know_is_not_guessed(status):
    with pytest.raises(ValueError, match="is unknown; use active or unsubscribed"):
        read_row({"email": "a@b.example", "status": status}, CALENDAR)


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("", "no address in the column email"),
        ("   ", "no address in the column email"),
        ("henrik.at.lighthouse.test", '"henrik.at.lighthouse.test" has no @'),
        ("a@b.c\r\nRCPT TO:<x>", '"a@b.c RCPT TO:<x>" holds < or >'),
        ("a@b.c\r\nRCPT TO:x", "has a line break in it"),
        ("a\0@b.example", "has a NUL in it"),
        ("m\ufffdller@b.example", "has a letter that could not be read; save as UTF-8"),
        ("Ada <ada@reader.example>", "give only the address"),
        ("x" * 65 + "@b.example", "64 octets"),
        ("a@b.example.", "has a dot at the wrong place after the @"),
        ('"a b"@c.example', "has a quoted part"),
        ("a@b", "has a domain without a dot"),
        ("a@" + "b" * 5000, "is too long"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason_on_one_line(email, reason):
    with pytest.raises(ValueError, match=r".") as refused:
        read_row({"email": email}, CALENDAR)
    assert reason in str(refused.value)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 250


# ---------------------------------------------------------------- there and back

HOSTILE = st.text(
    st.one_of(
        st.sampled_from("=+-@\t\r\n'\",;\0 ‮\u200b\ufeff\ufffdé"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=12,
)
READERS = st.builds(
    lambda row: read_row({"email": "ada@reader.example"} | row, CALENDAR),
    st.fixed_dictionaries(
        dict.fromkeys(("name", "topics", "authors", "tier"), HOSTILE),
        optional={
            "status": st.sampled_from(["active", "unsubscribed"]),
            "cadence": st.sampled_from(["", "every", "Second", "monthly"]),
            "paused_until": st.sampled_from(["", "2026-03-09", "2026-03-10", "2027-03-10"]),
            "catch_up": st.sampled_from(["", "yes", "No"]),
            "format": st.sampled_from(["", "full", "SHORT", "text"]),
        },
    ),
)


@given(READERS)
@example(a_reader(authors=("Lind, Mara",)))
@example(a_reader(name="'=cmd()"))
@example(a_reader(name="'"))
@example(a_reader(name="''+1"))
def test_a_reader_written_is_a_reader_read(reader):
    assert read_row(write_row(kept(reader), CALENDAR), CALENDAR) == as_exported(reader)


@given(st.lists(READERS, max_size=5))
def test_a_list_written_as_csv_has_one_line_a_reader_and_reads_back(readers):
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(write_row(kept(reader), CALENDAR) for reader in readers)

    text = out.getvalue()
    assert text.count("\r\n") == text.count("\n") == text.count("\r") == len(readers) + 1
    assert [read_row(cells, CALENDAR) for _, cells in read(text)] == list(map(as_exported, readers))


@given(HOSTILE, HOSTILE)
@example("Ada\nQuay", "Mara\r\nLind")
@example("=1+1", "@SUM(A1)")
def test_no_cell_is_a_formula_or_breaks_its_line_whatever_the_store_holds(name, author):
    reader = replace(kept(a_reader()), name=name, authors=(author,), tier=name)
    for cell in write_row(reader, CALENDAR).values():
        assert not cell.startswith(FORMULA)
        assert not {"\r", "\n"} & set(cell)


def test_an_address_may_begin_with_a_plus():
    row = write_row(kept(a_reader("+news@reader.example")), CALENDAR)
    assert row["email"] == "'+news@reader.example"
    assert read_row(row, CALENDAR).email == "+news@reader.example"


def test_whoever_may_not_be_mailed_is_written_as_gone():
    dead = Suppression("", "550 no such user", MONDAY)
    assert write_row(kept(a_reader(), dead), CALENDAR)["status"] == "unsubscribed"
    assert write_row(kept(a_reader()), CALENDAR)["status"] == "active"


# ---------------------------------------------------------------- the columns


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("email,name", ","),
        ("email;name;tier\r\n", ";"),
        ("Name\t E-mail\tEMAIL ", "\t"),
        ("email", ","),
    ],
)
def test_the_delimiter_is_that_of_the_first_line(header, delimiter):
    found = csv_columns(header)
    assert found.delimiter == delimiter
    assert "email" in found.names


def test_columns_that_mean_nothing_are_named():
    assert csv_columns("email,shoe size,,Name").unknown == ("shoe size",)


@pytest.mark.parametrize("header", ["", "\n", "a@b.example,Ada", "# digest", "adress,name"])
def test_a_first_line_without_email_is_refused(header):
    with pytest.raises(ValueError, match="must name the columns, email among them"):
        csv_columns(header)


def test_a_column_that_is_there_twice_is_refused():
    with pytest.raises(ValueError, match="names the column email more than once"):
        csv_columns("email,name,E-mail,Email")


def test_text_in_another_encoding_is_told():
    with pytest.raises(ValueError, match="save it as CSV in UTF-8"):
        csv_columns("e\0m\0a\0i\0l\0")


# ---------------------------------------------------------------- the rows


def test_rows_have_the_line_on_which_they_begin():
    text = 'email,name\n\n1@b.example,"Ada\nQuay"\n,\n2@b.example\n'
    assert read(text) == [
        (3, {"email": "1@b.example", "name": "Ada\nQuay"}),
        (6, {"email": "2@b.example"}),
    ]


def test_cells_beyond_the_columns_are_passed_over():
    assert read("email\na@b.example,x,y\n") == [(2, {"email": "a@b.example"})]


NEVER_CLOSED = "a quotation mark is opened here and never closed"


@pytest.mark.parametrize("below", [0, 1, MOST_LINES, 3 * MOST_LINES])
def test_a_quotation_mark_that_is_never_closed_costs_one_row(below):
    others = [f"{n}@b.example\n" for n in range(below)]
    found = read("".join(["email\n", 'x@b.example,"Ada\n', *others]))

    assert found[0] == (2, NEVER_CLOSED)
    assert found[1:] == [(n + 3, {"email": f"{n}@b.example"}) for n in range(below)]


def test_a_line_that_is_absurdly_long_costs_one_row():
    text = f"email\n{'x' * MAX_ROW_CHARS}@b.example\na@b.example\n"
    assert read(text) == [
        (2, "this line is too long to be a reader"),
        (3, {"email": "a@b.example"}),
    ]


NOISE = st.text(st.sampled_from("a@.,;'\"\r\n\0"), max_size=40)


@given(NOISE)
def test_whatever_the_lines_are_rows_come_in_order_and_never_overlap(noise):
    end = 1
    for row in read_rows(io.StringIO(noise, newline=""), csv_columns("email")):
        assert end < row.line <= row.end
        end = row.end
    assert end <= 1 + len(io.StringIO(noise, newline="").readlines())


@given(NOISE.map(lambda text: text.replace('"', "")))
def test_without_quotation_marks_every_line_speaks_for_itself(noise):
    text = f"{noise}\nada@b.example\n"
    *_, last = read_rows(io.StringIO(text, newline=""), csv_columns("email"))
    assert last.cells == {"email": "ada@b.example"}
