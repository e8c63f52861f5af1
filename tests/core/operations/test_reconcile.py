from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.delivery.state import DeliveryState
from digest.core.message.compose import EncodedVariant, ListHeaders, compose, encode
from digest.core.message.signed_token import sign, verify
from digest.core.operations.fault_plan import MISHAPS, assign_faults
from digest.core.operations.reconcile import Copy, LedgerCheck, LedgerRow, audit, read_copy
from tests.builders import MONDAY, a_recipient, a_rendering, a_sender

SECRET = "a secret of the tests, long enough"
ADA = LedgerRow(1, "ada@reader.example", DeliveryState.SENT)
BEN = LedgerRow(2, "ben@reader.example", DeliveryState.SENT)


def token(subscription):
    return sign("unsubscribe", subscription, SECRET)


def a_copy(row, **changes):
    plain = Copy(
        reader=row.email,
        begun=MONDAY,
        message_id=f"<1.{row.subscription}@harbour.example>",
        tokens=frozenset({token(row.subscription)}),
        addresses=frozenset({row.email, "weekly@harbour.example"}),
    )
    return replace(plain, **changes)


def audited(rows, copies, most=0):
    return audit(rows, copies, whose=lambda one: verify("unsubscribe", one, SECRET), most=most)


def wrong(rows, copies, most=0):
    return {check: who for check, who in audited(rows, copies, most).wrong.items() if who}


def test_everybody_once_adds_up():
    found = audited([ADA, BEN], [a_copy(BEN), a_copy(ADA)])
    assert found.adds_up
    assert (found.readers, found.reached, found.copies, found.extra) == (2, 2, 2, 0)
    assert found.counts == {DeliveryState.SENT: 2}


@pytest.mark.parametrize(
    ("row", "copies", "check"),
    [
        (ADA, 0, LedgerCheck.LOST),
        (ADA, 2, LedgerCheck.TWICE),
        (replace(ADA, state=DeliveryState.UNCERTAIN), 2, LedgerCheck.TWICE),
        (replace(ADA, state=DeliveryState.FAILED), 1, LedgerCheck.DENIED),
        (replace(ADA, state=DeliveryState.SKIPPED), 1, LedgerCheck.DENIED),
        (replace(ADA, state=DeliveryState.IN_DATA), 0, LedgerCheck.UNFINISHED),
        (replace(ADA, state=DeliveryState.DEFERRED), 0, LedgerCheck.UNFINISHED),
        (replace(ADA, state=DeliveryState.SENT, resends=1), 3, LedgerCheck.TWICE),
    ],
)
def test_a_ledger_that_says_other_than_the_server_is_found_out(row, copies, check):
    found = audited([row], [a_copy(row)] * copies, most=1)
    assert found.wrong[check] == (row.email,)
    assert not found.adds_up


@pytest.mark.parametrize(
    ("row", "copies"),
    [
        (replace(ADA, state=DeliveryState.UNCERTAIN), 0),
        (replace(ADA, state=DeliveryState.UNCERTAIN), 1),
        (replace(ADA, state=DeliveryState.FAILED), 0),
        (replace(ADA, state=DeliveryState.SKIPPED), 0),
        (replace(ADA, resends=1), 1),
        (replace(ADA, resends=1), 2),
        (replace(ADA, state=DeliveryState.UNCERTAIN, resends=1), 2),
    ],
)
def test_what_the_ledger_owns_up_to_adds_up(row, copies):
    assert audited([row], [a_copy(row)] * copies, most=1).adds_up


def test_more_that_is_uncertain_than_the_kills_explain_does_not_add_up():
    rows = [replace(one, state=DeliveryState.UNCERTAIN) for one in (ADA, BEN)]
    assert audited(rows, [], most=2).adds_up
    assert not audited(rows, [], most=1).adds_up
    twice = [replace(one, resends=1) for one in (ADA, BEN)]
    copies = [a_copy(one) for one in twice] * 2
    assert audited(twice, copies, most=2).adds_up
    assert not audited(twice, copies, most=1).adds_up


def test_what_begins_after_a_reader_left_is_found_and_what_was_under_way_is_not():
    left = replace(ADA, left=MONDAY)
    assert audited([left], [a_copy(left)]).adds_up
    late = a_copy(left, begun=MONDAY + timedelta(seconds=1))
    assert wrong([left], [late]) == {LedgerCheck.LEFT: (ADA.email,)}


@pytest.mark.parametrize(
    "changes",
    [
        {"tokens": frozenset({token(2)})},
        {"tokens": frozenset({token(1), token(2)})},
        {"tokens": frozenset()},
        {"tokens": frozenset({sign("unsubscribe", 1, "another secret")})},
        {"addresses": frozenset({BEN.email})},
    ],
)
def test_a_message_with_anothers_link_or_address_is_found(changes):
    assert wrong([ADA, BEN], [a_copy(ADA, **changes), a_copy(BEN)]) == {
        LedgerCheck.FOREIGN: (ADA.email,)
    }


def test_a_message_to_nobody_of_ours_is_found():
    stranger = LedgerRow(9, "zoe@reader.example", DeliveryState.SENT)
    assert wrong([ADA], [a_copy(ADA), a_copy(stranger)]) == {
        LedgerCheck.STRANGER: (stranger.email,)
    }


def test_a_second_copy_must_be_the_same_message_and_no_two_readers_share_one():
    twice = replace(ADA, resends=1)
    other = a_copy(ADA, message_id="<another@harbour.example>")
    assert wrong([twice], [a_copy(ADA), other], most=1) == {LedgerCheck.UNLIKE: (ADA.email,)}
    same = a_copy(BEN, message_id=a_copy(ADA).message_id)
    assert wrong([ADA, BEN], [a_copy(ADA), same]) == {LedgerCheck.UNLIKE: (BEN.email,)}


def test_a_real_message_is_read_with_its_links_and_addresses():
    recipient = a_recipient(email=ADA.email, unsubscribe=token(1))
    list_headers = ListHeaders("weekly", "The Harbour Weekly", "20260309:weekly")
    variant = EncodedVariant(encode(a_rendering(), a_sender(), list_headers))
    link = "https://harbour.example/unsubscribe/"
    envelope = compose(variant, recipient, a_sender(), link, MONDAY)
    found = read_copy(envelope.rcpt_to, MONDAY, envelope.message)
    assert found.tokens == {token(1)}
    assert found.message_id == envelope.message_id
    assert {ADA.email, "weekly@harbour.example"} <= found.addresses
    assert audited([ADA], [found]).adds_up


@pytest.mark.parametrize("around", [b"/", b"\r\n", b"=\r\n", b"=", b'"', b" "])
def test_links_and_addresses_are_found_wherever_they_stand(around):
    message = b"x" + around + token(12).encode() + around + b"Bo.B+1@Reader.example" + around
    found = read_copy("bo@reader.example", MONDAY, message)
    assert found.tokens == {token(12)}
    assert found.addresses == {"bo.b+1@reader.example"}


def test_what_only_looks_like_a_link_is_none():
    signature = token(1).partition(".")[2]
    looks = (f"a1.{signature}", f"01.{signature}", f"1.{signature}A", f"1.{signature[1:]}")
    for one in looks:
        assert read_copy("bo@reader.example", MONDAY, one.encode()).tokens == frozenset(), one


def test_mishaps_are_for_a_third_at_most_and_always_the_same():
    for count in (1, 2, 3, 12, 1000):
        readers = [f"reader{n}@reader.example" for n in range(count)]
        given = assign_faults(readers)
        assert given == assign_faults(readers[::-1])
        assert len(given) <= count // 3
    assert set(given.values()) == set(MISHAPS)
