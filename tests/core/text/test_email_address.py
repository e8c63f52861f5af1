import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.text import email_address

LOCAL = st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9_+-]+)*", fullmatch=True)
DOMAIN = st.from_regex(r"([a-zA-Z0-9]([a-z-]{0,9}[A-Z0-9])?\.){1,3}[a-z]{2,9}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("mara", "has no @"),
        ("mara@", "has nothing after the @"),
        ("@harbour.example", "has nothing before the @"),
        ("mara lind@harbour.example", "has a space in it"),
        ("mara\t@harbour.example", "has a tab in it"),
        ("mara@harbour\x00.example", "has a NUL in it"),
        ("a@b.example\r\nRCPT TO:x@y.example", "has a line break in it"),
        ("a@b.example\r\nRCPT TO:<x@y.example>", "holds < or >"),
        ("Mara Lind <mara@harbour.example>", "give only the address, without a name"),
        ('"mara lind"@harbour.example', "has a quoted part"),
        ("mara@lind@harbour.example", "has more than one @"),
        ("mara,lind@harbour.example", 'has "," before the @'),
        ("mara(editor)@harbour.example", 'has "(" before the @'),
        (".mara@harbour.example", "has a dot at the wrong place before the @"),
        ("mara.@harbour.example", "has a dot at the wrong place before the @"),
        ("ma..ra@harbour.example", "has a dot at the wrong place before the @"),
        ("mara@harbour.example.", "has a dot at the wrong place after the @"),
        ("mara@harbour..example", "has a dot at the wrong place after the @"),
        ("mara@[192.0.2.1]", "has a number instead of a domain"),
        ("mara@192.0.2.1", "has a number instead of a domain"),
        ("mara@harbour", 'has a domain without a dot ("harbour")'),
        ("mara@har_bour.example", "has a domain that can't exist"),
        ("mara@-harbour.example", "has a domain that can't exist"),
        ("mara@xn--zzzzzzzz.example", "has a domain that can't exist"),
        ("a" * 65 + "@harbour.example", "is too long before the @"),
        ("ä" * 33 + "@harbour.example", "is too long before the @"),
        ("a@" + "b" * 64 + ".example", "is too long after the @"),
        ("a@" + "b.c" * 200 + ".example", "is too long"),
        ("a" * 64 + "@" + "b.c" * 62 + ".example", "is too long (254 octets"),
        ("mara\u200b@harbour.example", "has an invisible character in it (U+200B)"),
        ("mara\u202e@harbour.example", "has an invisible character in it (U+202E)"),
        ("mara\ud800@harbour.example", "has an invisible character in it (U+D800)"),
        ("mara\u0085@harbour.example", "has an invisible character in it (U+0085)"),
    ],
)
def test_what_can_not_be_stored_is_refused_with_a_plain_reason(text, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        email_address.parse_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "mara@harbour.example",
        "Mara.Lind+weekly@Harbour.Example",
        "o'brien@harbour.example",
        "mara@localhost",
        "mära@harbour.example",
        "mara@häfen.example",
        "用户@例え.example",
        "a@xn--hfen-loa.example",
        "1@2.example",
        "a" * 64 + "@harbour.example",
    ],
)
def test_a_good_address_keeps_its_spelling(text):
    assert str(email_address.parse_address(f" {text} ")) == text


def test_an_address_is_kept_in_one_normal_form():
    assert str(email_address.parse_address("ma\u0308ra@harbour.example")) == "mära@harbour.example"


@pytest.mark.parametrize(
    "spelling",
    [
        "Mara@Häfen.example",
        "mara@HÄFEN.example",
        "MARA@ha\u0308fen.example",
        "mara@xn--hfen-loa.example",
        "mara@XN--HFEN-LOA.example",
        "mara@häfen.example.",
        "mara@häfen。example",
        " mara@häfen.example\n",
    ],
)
def test_spellings_of_one_address_have_one_key(spelling):
    assert email_address.address_key(spelling) == "mara@xn--hfen-loa.example"


def test_different_readers_have_different_keys():
    assert (
        len(
            {
                email_address.address_key(f"{local}@a.example")
                for local in ("mara", "m.ara", "mara+x")
            }
        )
        == 3
    )


def test_smtp_is_told_the_domain_in_ascii_and_the_local_part_untouched():
    assert email_address.wire("Mara@Häfen.example") == "Mara@xn--hfen-loa.example"
    assert email_address.wire("straße@straße.example") == "straße@xn--strae-oqa.example"
    assert email_address.wire("Mara@Harbour.Example") == "Mara@Harbour.Example"


def test_only_a_local_part_beyond_ascii_needs_smtputf8():
    assert email_address.needs_smtputf8("mära@harbour.example")
    assert not email_address.needs_smtputf8("mara@häfen.example")


@given(LOCAL, DOMAIN)
def test_the_quick_way_and_the_careful_way_agree(local, domain):
    email = f"{local}@{domain}"
    try:
        parsed = email_address.parse_address(email)
    except ValueError:
        with pytest.raises(ValueError, match=r"^(has|is) "):
            email_address.wire(email)
        return
    assert str(parsed) == email
    assert email_address.wire(email).lower() == email_address.address_key(email) == email.lower()


@given(st.text())
def test_whatever_is_accepted_is_safe_on_a_command_line(text):
    try:
        told = email_address.wire(text)
    except ValueError:
        return
    assert told.count("@") == 1
    assert not set(told) & set('<>()[],;:\\" \r\n\t\0')
    assert told.rpartition("@")[2].isascii()


@given(st.text())
def test_the_key_never_raises_and_is_its_own_key(text):
    once = email_address.address_key(text)
    assert email_address.address_key(once) == once


@given(LOCAL, DOMAIN)
def test_the_key_of_a_good_address_ignores_case(local, domain):
    email = f"{local}@{domain}"
    assert email_address.address_key(email.upper()) == email_address.address_key(email.lower())


EDGY = st.text("aZ1_+.-@\nxn", max_size=12)


@given(
    st.lists(st.builds("{}@{}.{}".format, EDGY, EDGY, st.text("ab1-\n.", max_size=4)), min_size=1)
)
def test_what_is_usual_at_a_glance_is_so_at_a_closer_look(emails):
    keys = email_address.usual_keys(emails)
    if keys is not None:
        assert [str(email_address.parse_address(email)) for email in emails] == emails
        assert keys == [email_address.address_key(email) for email in emails]


@pytest.mark.parametrize(
    ("emails", "usual"),
    [
        (["Mara.Lind+news@harbour-side.co.example", "a@b.ex"], True),
        (["a@b.ex", "a..b@c.ex"], False),
        (["a@b.ex", ".a@c.ex"], False),
        (["a.@b.ex"], False),
        (["a@-b.ex"], False),
        (["a@b-.ex"], False),
        (["a@b..ex"], False),
        (["a@xn--b.ex"], False),
        (["a@b.1x"], False),
        (["a@b.ex\nc@d.ex"], False),
        (["a@b.ex", ""], False),
        (["ä@b.ex"], False),
        (["a" * 60 + "@b.ex"], False),
    ],
)
def test_only_what_is_beyond_doubt_is_usual(emails, usual):
    assert (email_address.usual_keys(emails) is not None) is usual
