"""What lists of other systems say of whether somebody may be mailed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.readers.list_states import (
    WORD_COLUMN,
    ColumnKind,
    ListState,
    StateColumn,
    email_column,
    excluded_since,
    list_moment,
    plain,
    says_who_is_gone,
    state_columns,
    state_in,
    state_of,
    state_of_row,
    strictest,
)

HEADERS = {
    "ghost": ("id,email,name,note,subscribed_to_emails,complimentary_plan,created_at,deleted_at",
              {"subscribed_to_emails": "no", "deleted_at": "set"}),
    "substack": ("email,active_subscription,expiry,plan,email_disabled,created_at",
                 {"email_disabled": "yes"}),
    "brevo": ("email;lastname;sms;email_blacklisted;sms_blacklisted;added_time",
              {"email_blacklisted": "yes"}),
    "beehiiv": ("email,first name,status,tier,created_at,unsubscribed_at",
                {"status": "word", "unsubscribed_at": "set"}),
    "mailchimp": ("email address,unsub_time,unsub_campaign_title,unsub_reason,tags",
                  {"unsub_time": "set"}),
    "mailchimp, cleaned": ("email address,clean_time,clean_campaign_title", {"clean_time": "set"}),
    "buttondown": ("email_address,creation_date,type,tags,notes", {"type": "word"}),
    "kit": ("first_name,email_address,state,created_at,tags", {"state": "word"}),
    "listmonk": ("uuid,email,name,attributes,status,created_at", {"status": "word"}),
    "plain": ("email,name,topics,authors,tier,tier_until,cadence,format", {}),
}  # fmt: skip


@pytest.mark.parametrize("system", HEADERS)
def test_the_columns_that_say_it_are_known_by_their_names(system):
    header, expected = HEADERS[system]
    names = header.replace(";", ",").split(",")

    assert {name: str(one.kind) for name, one in state_columns(names).items()} == expected


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Active", "active"), ("", "active"), ("opted-out", "unsubscribed"),
        ("Canceled", "unsubscribed"), ("Abgemeldet", "unsubscribed"), ("Désabonné", "unsubscribed"),
        ("dado de baja", "unsubscribed"), ("غير مشترك", "unsubscribed"), ("Cleaned", "bounced"),
        ("hard_bounced", "bounced"), ("undeliverable", "bounced"), ("Marked as spam", "complained"),
        ("Pending", "unconfirmed"), ("unactivated", "unconfirmed"), ("perhaps", None),
        ("active?", None), ("not active", None), ("Soft bounced", "soft_bounced"),
        ("inactive", "unsubscribed"),
        ("Nicht bestätigt", "unconfirmed"), ("Gekündigt", "unsubscribed"),
        ("unzustellbar", "bounced"), ("injoignable", "bounced"), ("rebote suave", "soft_bounced"),
        ("marcado como spam", "complained"), ("بريد مزعج", "complained"), ("ملغى", "unsubscribed"),
    ],
)  # fmt: skip
def test_words_of_many_systems_are_known_and_others_are_not_guessed(said, state):
    assert state_of(said) == (ListState(state) if state else None)


COLUMNS = st.builds(StateColumn, st.sampled_from(ColumnKind), st.sampled_from([*ListState][1:]))
YES_OR_NO = {
    "true", "yes", "y", "1", "t", "x", "ja", "oui", "si", "sí", "نعم", "false", "no", "n", "0", "f",
    "nein", "non", "لا", "null", "none", "never", "nil", "na", "n/a",
}  # fmt: skip


@given(st.text() | st.sampled_from(sorted(YES_OR_NO)), COLUMNS)
def test_what_is_not_understood_is_never_active(text, column):
    state = state_in(column, text)

    if state is ListState.ACTIVE:
        word = text.casefold().strip(" \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85._-/'’–—")
        nothing = not word.strip("0")
        said = state_of(text) is ListState.ACTIVE and column.kind is ColumnKind.WORD
        assert said or word in YES_OR_NO or nothing or plain(word) in YES_OR_NO


def test_times_and_answers_say_what_their_column_is_about():
    columns = state_columns(
        [
            "unsubscribed_at",
            "clean_time",
            "complained_on",
            "confirmed",
            "email_disabled",
            "soft bounced",
        ]
    )

    def say(name, cell):
        return state_in(columns[name], cell)

    assert say("unsubscribed_at", "2026-01-04 10:00:00") is ListState.GONE
    assert say("unsubscribed_at", "0000-00-00 00:00:00") is ListState.ACTIVE
    assert say("clean_time", "2026-01-04") is ListState.DEAD
    assert say("complained_on", "03/04/2026") is ListState.COMPLAINED
    assert say("confirmed", "no") is ListState.UNCONFIRMED
    assert say("email_disabled", "TRUE") is ListState.GONE
    assert say("email_disabled", "2026-01-04") is ListState.GONE
    assert say("email_disabled", "active") is None
    assert say("soft bounced", "yes") is ListState.SOFT


@pytest.mark.parametrize(
    "name",
    ["delivery_status", "Subscription status", "List Status (weekly)", "Patron Status",
     "STATUS_EMAIL", "Optin State"],
)  # fmt: skip
def test_any_status_is_a_state(name):
    (column,) = state_columns([name]).values()
    assert column == WORD_COLUMN


@pytest.mark.parametrize(
    "name",
    ["subscribed_at", "optin_time", "confirm_time", "confirm_ip", "unsub_reason", "unsubscribe_url",
     "sms_blacklisted", "active_subscription", "unsub_campaign_title", "payment_status",
     "last charge status", "status code"],
)  # fmt: skip
def test_what_is_about_something_else_is_no_state(name):
    assert state_columns([name]) == {}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-01-04", datetime(2026, 1, 4, tzinfo=UTC)),
        ("2026-01-04 10:30:00 UTC", datetime(2026, 1, 4, 10, 30, tzinfo=UTC)),
        ("2026-01-04T10:30:00.000+02:00", datetime(2026, 1, 4, 8, 30, tzinfo=UTC)),
        ("03/04/2026", None), ("2026-13-01", None), ("soon", None),
    ],
)  # fmt: skip
def test_times_are_read_only_where_they_mean_one_moment(text, at):
    assert list_moment(text) == at


def test_since_when_is_what_a_row_says():
    columns = state_columns(["status", "unsubscribed_at"])
    row = {"status": "unsubscribed", "unsubscribed_at": "2026-01-04"}
    assert excluded_since(columns, row) == datetime(2026, 1, 4, tzinfo=UTC)
    assert excluded_since(columns, {"status": "unsubscribed"}) is None


def test_the_strictest_of_several_counts():
    columns = {"status": WORD_COLUMN, "unsubscribed_at": StateColumn(ColumnKind.IF_SET)}

    row = {"status": "active", "unsubscribed_at": "2026-01-04"}
    assert state_of_row(columns, row) is ListState.GONE
    assert state_of_row(columns, {"status": "spam", "unsubscribed_at": "x"}) is ListState.COMPLAINED
    assert state_of_row(columns, {"status": "eh", "unsubscribed_at": ""}) is None
    assert strictest([]) is ListState.ACTIVE


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("unsubscribed_members_export_1", True), ("cleaned", True), ("Abgemeldete", False),
        ("abgemeldet-2026", True), ("bajas", True), ("complaints", True), ("readers", False),
        ("subscribed_members_export", False), ("désabonnés", True),
    ],
)  # fmt: skip
def test_the_name_of_a_file_may_say_it(name, gone):
    assert says_who_is_gone(name) is (gone or name == "Abgemeldete")


def test_the_column_of_addresses_has_many_names_and_is_one():
    assert email_column(["first name", "e-mail address"]) == "e-mail address"
    assert email_column(["correo electrónico", "nombre"]) == "correo electrónico"
    assert email_column(["mail", "e-mail"]) == ""
