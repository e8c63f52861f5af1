import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from digest.core.message import signed_token

SECRET = "correct horse battery staple"
ids = st.integers(min_value=0, max_value=2**63 - 1)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"


@given(ids, st.sampled_from(["unsubscribe", "confirm", "preferences"]))
def test_a_token_gives_its_id_back(number, purpose):
    assert (
        signed_token.verify(purpose, signed_token.sign(purpose, number, SECRET), SECRET) == number
    )


@given(ids)
def test_a_token_needs_no_encoding_anywhere_and_fits_on_a_line(number):
    signed = signed_token.sign("unsubscribe", number, SECRET)
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,75}", signed)
    assert not signed.startswith(".")


@given(ids)
def test_a_token_is_good_for_one_purpose_only(number):
    assert (
        signed_token.verify("confirm", signed_token.sign("unsubscribe", number, SECRET), SECRET)
        is None
    )


@given(ids)
def test_a_token_of_another_secret_is_refused(number):
    assert (
        signed_token.verify("confirm", signed_token.sign("confirm", number, "another"), SECRET)
        is None
    )


@given(ids, st.data())
def test_a_truncated_token_is_refused(number, data):
    signed = signed_token.sign("unsubscribe", number, SECRET)
    length = data.draw(st.integers(0, len(signed) - 1))
    assert signed_token.verify("unsubscribe", signed[:length], SECRET) is None


@given(ids, st.data())
def test_a_token_with_any_character_changed_is_refused(number, data):
    signed = signed_token.sign("unsubscribe", number, SECRET)
    place = data.draw(st.integers(0, len(signed) - 1))
    other = data.draw(st.sampled_from([c for c in ALPHABET if c != signed[place]]))
    forged = signed[:place] + other + signed[place + 1 :]
    assert signed_token.verify("unsubscribe", forged, SECRET) is None


def test_a_token_has_one_spelling_though_its_last_character_holds_spare_bits():
    signed = signed_token.sign("unsubscribe", 7, SECRET)
    accepted = [c for c in ALPHABET if signed_token.verify("unsubscribe", signed[:-1] + c, SECRET)]
    assert accepted == [signed[-1]]


@given(ids, ids)
def test_the_signature_of_one_id_does_not_fit_another(number, other):
    signature = signed_token.sign("unsubscribe", number, SECRET).partition(".")[2]
    expected = number if number == other else None
    assert signed_token.verify("unsubscribe", f"{other}.{signature}", SECRET) == expected


@given(st.one_of(st.text(), st.binary(), st.integers(), st.none(), st.lists(st.text())))
def test_anything_malformed_is_simply_no_token(junk):
    assert signed_token.verify("unsubscribe", junk, SECRET) is None


@pytest.mark.parametrize("suffix", ["\n", " ", "=", "\0", "A" * 1_000_000])
def test_nothing_may_follow_a_token(suffix):
    signed = signed_token.sign("unsubscribe", 7, SECRET)
    assert signed_token.verify("unsubscribe", signed + suffix, SECRET) is None


@pytest.mark.parametrize("spelling", ["07", "+7", "٧", " 7", "7_0"])
def test_an_id_has_one_spelling(spelling):
    signature = signed_token.sign("unsubscribe", 7, SECRET).partition(".")[2]
    assert signed_token.verify("unsubscribe", f"{spelling}.{signature}", SECRET) is None


@pytest.mark.parametrize(
    ("purpose", "number", "secret"),
    [("x", 1, ""), ("", 1, "s"), ("x", -1, "s"), ("x", 10**19, "s")],
)
def test_signing_needs_an_id_a_purpose_and_a_secret(purpose, number, secret):
    with pytest.raises(ValueError, match=r"no id|needs a secret"):
        signed_token.sign(purpose, number, secret)


@given(ids, st.text(max_size=40).filter(lambda text: signed_token.keys_of(text) == [text]))
def test_a_token_is_what_itsdangerous_signs(number, secret):
    signer = Signer(
        secret, salt="digest/unsubscribe", key_derivation="hmac", digest_method=hashlib.sha256
    )
    expected = signer.sign(str(number)).decode()
    assert signed_token.sign("unsubscribe", number, secret) == expected
