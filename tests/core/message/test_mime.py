import locale
import quopri
import re
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.core.message import mime
from tests.builders import MARK

SLOT = f"{MARK}UNSUBSCRIBEZ"
BERLIN_SUMMER = timezone(timedelta(hours=2))

CRUEL = (
    "=?utf-8?q?a=0ABcc=3A_evil=40x=2Ey?=",
    "Hello\r\nBcc: evil@x.example",
    "Hello\nBcc: evil@x.example",
    "Hello\rBcc: evil@x.example",
    "Hello\r\n\r\nbody",
    "a\u2028Bcc: evil@x.example",
    "a\x85Bcc: evil@x.example",
    "=\u202e?utf-8?q?x?=",
    "\ud83d alone",
    "\ud83d\ude00 a pair",
)
text = st.one_of(st.text(), st.sampled_from(CRUEL), st.text(alphabet="=?utf-8Bq \r\n:é\u202e"))


def decoded(line: bytes) -> str:
    """What a reader's program shows for a header line, read without our code."""
    value = line.decode("ascii").partition(":")[2].replace("\r\n", "").strip()
    return str(make_header(decode_header(value)))


def unencoded(body: bytes) -> str:
    return quopri.decodestring(body).decode().replace("\r\n", "\n")


def is_one_field(line: bytes, field: str) -> bool:
    """Whether these bytes are exactly one header field, however it is folded."""
    return bool(re.fullmatch(rb"%b: [ -~]+(\r\n [ -~]+)*\r\n" % field.encode(), line))


# ---------------------------------------------------------------- bodies


def test_a_body_says_what_the_text_said():
    prose = "Grüße aus dem Hafen = eins\n\n  港の新聞\t\nund Schluss  "
    assert unencoded(mime.quoted_printable(prose, MARK)) == prose


def test_readable_text_stays_readable():
    assert mime.quoted_printable("The tide gauge.\nIt never sleeps.\n", MARK) == (
        b"The tide gauge.\r\nIt never sleeps.\r\n"
    )


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_becomes_crlf(ending):
    assert mime.quoted_printable(f"one{ending}two", MARK) == b"one\r\ntwo"


@pytest.mark.parametrize(
    ("line", "encoded"),
    [
        (".", b"=2E"),
        ("..", b"=2E."),
        (".hidden", b"=2Ehidden"),
        ("From here", b"=46rom here"),
        ("trailing ", b"trailing=20"),
        ("trailing\t", b"trailing=09"),
        ("a=b", b"a=3Db"),
        ("bell\a and NUL\0", b"bell and NUL"),
        ("\ud83d\ude00", b"=F0=9F=98=80"),
        ("\ud83d!", b"=EF=BF=BD!"),
    ],
)
def test_what_could_be_changed_on_the_way_is_encoded(line, encoded):
    assert mime.quoted_printable(line, MARK) == encoded


@given(st.text(alphabet="ab .=\tFromé\n\r.港") | st.text())
@example("F" * 75 + "From here " * 40)
@example("." * 400)
@example("é" * 400)
@example(" " * 400)
def test_any_text_survives_the_wire(prose):
    body = mime.quoted_printable(prose, MARK)
    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 76
    assert not any(
        line.startswith((b".", b"From ")) or line.endswith((b" ", b"\t")) for line in lines
    )
    assert re.fullmatch(rb"[\t -~\r\n]*", body)
    assert body.count(b"\r") == body.count(b"\n") == body.count(b"\r\n")
    expected = re.sub("\r\n?", "\n", prose)
    expected = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", expected)
    expected = expected.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert unencoded(body) == expected


@given(
    st.lists(st.text(alphabet="ab .=\té\n"), min_size=2, max_size=6),
    st.from_regex(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,74}", fullmatch=True),
)
def test_any_token_may_stand_in_a_slot_without_encoding_again(pieces, token):
    filled = mime.quoted_printable(SLOT.join(pieces), MARK).replace(SLOT.encode(), token.encode())
    assert unencoded(filled) == token.join(pieces)
    assert max(map(len, filled.split(b"\r\n"))) <= 76
    assert b"\n." not in b"\n" + filled


def test_a_slot_stands_alone_between_soft_breaks():
    body = mime.quoted_printable(f"Leave: <https://x.example/u/{SLOT}> now", MARK)
    assert body == b"Leave: <https://x.example/u/=\r\n%b=\r\n> now" % SLOT.encode()


def test_two_slots_may_touch():
    body = mime.quoted_printable(SLOT * 2, MARK)
    assert body == b"%b=\r\n%b" % (SLOT.encode(), SLOT.encode())


@pytest.mark.parametrize("mark", ["", "short", "with space", "x" * 41, "mark.mark", "märkmärk"])
def test_a_mark_that_would_need_encoding_is_refused(mark):
    with pytest.raises(ValueError, match="a mark is"):
        mime.quoted_printable("text", mark)


# ---------------------------------------------------------------- header text


def test_plain_words_stay_plain():
    assert mime.unstructured("Subject", "The tide gauge") == b"Subject: The tide gauge\r\n"


def test_a_long_subject_folds_at_spaces():
    subject = (
        "The tide gauge that never sleeps, and eleven more stories from the harbour and beyond"
    )
    line = mime.unstructured("Subject", subject)
    assert max(map(len, line.split(b"\r\n"))) <= 78
    assert line.replace(b"\r\n ", b" ") == f"Subject: {subject}\r\n".encode()


def test_only_the_words_that_need_it_are_encoded():
    assert mime.unstructured("Subject", "The Straße and its end") == (
        b"Subject: The =?utf-8?q?Stra=C3=9Fe?= and its end\r\n"
    )


def test_the_shorter_encoding_is_chosen():
    assert b"?q?" in mime.unstructured("Subject", "Überlegungen")
    assert b"?b?" in mime.unstructured("Subject", "港の新聞")


def test_a_word_too_long_for_any_line_is_encoded():
    line = mime.unstructured("Subject", "w" * 500)
    assert max(map(len, line.split(b"\r\n"))) <= 76
    assert decoded(line) == "w" * 500


def shown(prose: str) -> str:
    """What is meant to be left of any text in a header."""
    return mime.clean_header(prose)


@given(text)
@example("é " * 100)
@example("é " + "b" * 51)  # would make a line of 77
@example("a" * 61 + " é " + "b" * 60)
@example("👩‍👩‍👧 " * 30)
def test_free_text_is_one_field_that_shows_what_was_written(prose):
    line = mime.unstructured("Subject", prose)
    if shown(prose):
        assert is_one_field(line, "Subject")
        assert decoded(line) == shown(prose)
    most = 76 if b"=?" in line else 78
    assert max(map(len, line.split(b"\r\n"))) <= most


@given(text)
def test_every_encoded_word_is_whole(prose):
    for word in re.findall(rb"=\?\S+\?=", mime.unstructured("Subject", prose)):
        assert len(word) <= 75
        [(part, charset)] = decode_header(word.decode())
        assert part.decode(charset)  # no character is cut in two


@given(text)
def test_cleaning_leaves_one_visible_line(prose):
    cleaned = mime.clean_header(prose)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", cleaned)
    assert "=?" not in cleaned
    assert not re.search(r"[\ud800-\udfff]", cleaned)
    assert mime.clean_header(cleaned) == cleaned


# ---------------------------------------------------------------- mailboxes


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("", b"From: weekly@harbour.example\r\n"),
        ("The Harbour Review", b"From: The Harbour Review <weekly@harbour.example>\r\n"),
        ("John Q. Public", b'From: "John Q. Public" <weekly@harbour.example>\r\n'),
        ('Say "no" \\', b'From: "Say \\"no\\" \\\\" <weekly@harbour.example>\r\n'),
        ("Lind, Mara", b'From: "Lind, Mara" <weekly@harbour.example>\r\n'),
        ("x <evil@x.example>,", b'From: "x <evil@x.example>," <weekly@harbour.example>\r\n'),
        ("Jürgen", b"From: =?utf-8?q?J=C3=BCrgen?= <weekly@harbour.example>\r\n"),
    ],
)
def test_a_mailbox_is_quoted_or_encoded_only_where_needed(name, line):
    assert mime.mailbox_header("From", name, "weekly@harbour.example") == line


def test_the_domain_of_a_mailbox_is_written_in_ascii():
    line = mime.mailbox_header("To", "", "mara@häfen.example")
    assert line == b"To: mara@xn--hfen-loa.example\r\n"


def test_a_mailbox_refuses_what_is_no_address():
    with pytest.raises(ValueError, match="holds < or >"):
        mime.mailbox_header("To", "", "a@b.example\r\nBcc: <x@y.example>")


@given(text)
@example('"' * 80)
@example("Mara Lind " * 20)
@example("é.,<>@" * 30)
def test_any_name_gives_exactly_one_mailbox(name):
    line = mime.mailbox_header("From", name, "weekly@harbour.example")
    assert is_one_field(line, "From")
    assert max(map(len, line.split(b"\r\n"))) <= 78
    parsed = message_from_bytes(line + b"\r\n", policy=policy.default)
    assert list(parsed.keys()) == ["From"]
    [mailbox] = parsed["From"].addresses
    assert mailbox.addr_spec == "weekly@harbour.example"


@given(st.from_regex(r"[A-Za-zéü港 .,'\"\\()<>@-]{1,60}", fullmatch=True))
@example("港" * 40)
def test_a_name_is_shown_as_it_was_written(name):
    line = mime.mailbox_header("From", name, "weekly@harbour.example")
    assert name_shown(line) == mime.clean_header(name)


def name_shown(line):
    """The name in a mailbox by RFC 2047, 6.2: white space between encoded words is not shown.

    Python's own reader of addresses shows it, before 3.12.
    """
    unfolded = line.decode("ascii").removeprefix("From: ").replace("\r\n", "")
    shown = unfolded.removesuffix(">").removesuffix("weekly@harbour.example").removesuffix(" <")
    if shown.startswith('"'):
        return shown[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return str(make_header(decode_header(shown)))


# ---------------------------------------------------------------- verbatim, phrases, dates


def test_a_verbatim_line_is_never_folded():
    url = "<https://harbour.example/unsubscribe/" + "x" * 300 + ">"
    assert mime.verbatim("List-Unsubscribe", url) == f"List-Unsubscribe: {url}\r\n".encode()


@pytest.mark.parametrize("value", ["", "a\r\nb", "a\nb", "é", "a\0", " a", "a ", "a  b", "a\tb"])
def test_a_verbatim_line_takes_only_visible_ascii(value):
    with pytest.raises(ValueError, match="visible ASCII"):
        mime.verbatim("List-Id", value)


def test_a_verbatim_line_that_is_too_long_is_refused():
    with pytest.raises(ValueError, match="longer than a line of mail"):
        mime.verbatim("List-Id", "x" * 995)


@pytest.mark.parametrize("field", ["", "Bcc:", "X\r\nBcc", "X Y", "Ä"])
def test_a_field_needs_a_proper_name(field):
    for line in (mime.unstructured, mime.verbatim):
        with pytest.raises(ValueError, match="no header field"):
            line(field, "x")


def test_a_phrase_that_ascii_can_not_hold_is_left_out():
    assert mime.phrase("The Harbour Weekly") == "The Harbour Weekly"
    assert mime.phrase("The Harbour, Weekly") == '"The Harbour, Weekly"'
    assert mime.phrase("Häfen") == mime.phrase("") == ""


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 3, 9, 6, 30, tzinfo=UTC), "Mon, 09 Mar 2026 06:30:00 +0000"),
        (datetime(2026, 7, 5, 7, 3, 9, tzinfo=BERLIN_SUMMER), "Sun, 05 Jul 2026 07:03:09 +0200"),
        (
            datetime(2026, 12, 31, 23, 59, 59, tzinfo=timezone(-timedelta(hours=3, minutes=30))),
            "Thu, 31 Dec 2026 23:59:59 -0330",
        ),
    ],
)
def test_a_date_is_written_as_mail_wants_it(moment, written):
    assert mime.date(moment) == written


@given(
    st.datetimes(min_value=datetime(1900, 1, 1)),
    st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)
def test_a_written_date_reads_back(naive, zone):
    moment = naive.replace(microsecond=0, tzinfo=zone)
    assert parsedate_to_datetime(mime.date(moment)) == moment


def test_a_date_does_not_depend_on_the_locale():
    before = locale.setlocale(locale.LC_TIME)
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"):
        try:
            locale.setlocale(locale.LC_TIME, name)
            break
        except locale.Error:
            continue
    try:
        assert mime.date(datetime(2026, 3, 9, tzinfo=UTC)).startswith("Mon, 09 Mar")
    finally:
        locale.setlocale(locale.LC_TIME, before)


def test_a_date_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        mime.date(datetime(2026, 3, 9))


# ---------------------------------------------------------------- flaws

SOUND = b"Subject: hello\r\n\r\nGood morning.\r\n"


@pytest.mark.parametrize(
    ("message", "flaw"),
    [
        (SOUND.replace(b"\r\n\r\n", b"\r\n\n"), "bare CR or LF"),
        (SOUND.replace(b"Good", b"Go\rod"), "bare CR or LF"),
        (SOUND.replace(b"Good", b"Go\n\rod"), "bare CR or LF"),
        (SOUND.replace(b"Good", b"\0"), "NUL"),
        (SOUND.replace(b"Good", "é".encode()), "7-bit"),
        (SOUND.replace(b"Good", b"." * 70), "begins with a dot"),
        (SOUND.replace(b"Good", b"x" * 77), "longer than 76"),
        (SOUND.replace(b"hello", b"x" * 999), "longer than 998"),
        (SOUND.rstrip(), "the last line has no end"),
    ],
)
def test_a_flaw_is_named(message, flaw):
    assert any(flaw in found for found in mime.flaws(message))


def test_a_sound_message_has_no_flaws():
    assert mime.flaws(SOUND) == ()


@pytest.mark.parametrize(
    "lines",
    [b"", b"a", b"a\n", b"a\r", b"a\r\n\nb\r\n", b".\r\n", b"a\r\n.b\r\n", b"a\rb\r\n", b"a\r\nb"],
)
def test_lines_that_smtp_would_have_to_change_are_known(lines):
    assert not mime.is_wire_ready(lines)
    assert mime.is_wire_ready(b"a\r\n" + b"b.\r\n")
