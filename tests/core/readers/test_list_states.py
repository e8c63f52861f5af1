"""What lists of other systems say of whether somebody may be mailed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.readers.list_states import (
    ListState,
    StateColumn,
    email_column,
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
              {"email_blacklisted": "yes", "sms_blacklisted": "yes"}),
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

    assert {name: str(kind) for name, kind in state_columns(names).items()} == expected


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Active", "active"), ("", "active"), ("opted-out", "unsubscribed"),
        ("Canceled", "unsubscribed"), ("Abgemeldet", "unsubscribed"), ("Désabonné", "unsubscribed"),
        ("dado de baja", "unsubscribed"), ("غير مشترك", "unsubscribed"), ("Cleaned", "bounced"),
        ("hard_bounced", "bounced"), ("undeliverable", "bounced"), ("Marked as spam", "complained"),
        ("Pending", "unconfirmed"), ("unactivated", "unconfirmed"), ("perhaps", None),
        ("active?", None), ("not active", None), ("soft", None),
    ],
)  # fmt: skip
def test_words_of_many_systems_are_known_and_others_are_not_guessed(said, state):
    assert state_of(said) == (ListState(state) if state else None)


@given(st.text(), st.sampled_from(StateColumn))
def test_what_is_not_understood_is_never_active(text, column):
    state = state_in(column, text)

    if state is ListState.ACTIVE:
        known = state_of(text) is ListState.ACTIVE
        assert (
            known
            or text.casefold().strip(" \t\r\n._-/'’")
            in {
                "true",
                "yes",
                "y",
                "1",
                "t",
                "x",
                "ja",
                "oui",
                "si",
                "sí",
                "نعم",
                "false",
                "no",
                "n",
                "0",
                "f",
                "nein",
                "non",
                "لا",
                "null",
            }
            or not any(one.isalnum() for one in text)
            or column is not StateColumn.WORD
        )


def test_the_strictest_of_several_counts():
    columns = {"status": StateColumn.WORD, "unsubscribed_at": StateColumn.GONE_IF_SET}

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
