"""Checks of the message around its HTML: header, parts, plain text, lines."""

import re
from collections.abc import Iterable, Iterator

from digest.core.message import mime
from digest.render.lint.findings import LEAVING, Check, Document, FindingPlace, around, unless

SUBJECT_ROOM = 70
"""Characters that most inboxes show of a subject."""
LONGEST_LINE = 998
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ONE_CLICK = "List-Unsubscribe=One-Click"
_NEEDED = ("from", "date", "message-id", "subject")


def _missing_in_text(d: Document) -> Iterable[str]:
    written = set(d.text.split())
    targets = {a.get("href"): None for a in d.links if a.get("href").startswith("http")}
    return [target for target in targets if target not in written]


def _no_way_out(d: Document) -> Iterable[str]:
    found = "unsubscribe" in d.text.lower() or any(a.get("href") in d.text for a in d.leave)
    return unless(found, "the text part")


def _no_one_click(d: Document) -> Iterator[str]:
    if not re.search(r"<https?://[^<>\s]+>", d.header(LEAVING)):
        yield "List-Unsubscribe"
    if d.header("list-unsubscribe-post") != _ONE_CLICK:
        yield "List-Unsubscribe-Post"


def _long_lines(d: Document) -> Iterator[FindingPlace]:
    lines = d.source.split(b"\n")
    if max(map(len, lines)) <= LONGEST_LINE:
        return
    for number, line in enumerate(lines, 1):
        if len(line.rstrip(b"\r")) > LONGEST_LINE:
            yield FindingPlace(
                f"{len(line):,} octets: {line[:30].decode('ascii', 'replace')}", number
            )


def _odd_headers(d: Document) -> Iterator[str]:
    for name in _NEEDED:
        times = len(d.headers.get(name, ()))
        if times != 1:
            yield f"{times} of {name.title()}"


CHECKS = (
    Check(
        "S7",
        f"no line has more than {LONGEST_LINE} octets",
        "RFC 5322, 2.1.1: servers refuse or break such a message",
        "encode the parts in quoted-printable or base64",
        _long_lines,
        hard=True,
    ),
    Check(
        "S8",
        "no server has to change the message on its way",
        "what is changed on the way breaks its signature, or its text",
        "send 7-bit lines of at most 76 characters, ended by CR LF, none beginning with a dot",
        lambda d: mime.flaws(d.source),
    ),
    Check(
        "T1",
        "the text part has more than 200 characters",
        "readers without HTML see only this; filters compare the two parts",
        "write the stories into body.txt",
        lambda d: unless(len(d.text) > 200, f"{len(d.text)} characters"),
    ),
    Check(
        "T2",
        "the text part has every link of the HTML part",
        "readers of the text want to read the stories, too",
        "print the address on a line of its own",
        _missing_in_text,
    ),
    Check(
        "T3",
        "the text part has no markup",
        "nobody turns tags and entities into anything there",
        "use plain text in body.txt",
        lambda d: around(d.text, r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?>|&(?:[a-z]+|#\d+);"),
    ),
    Check(
        "T4",
        "readers of the text part can leave",
        "who can't leave complains",
        "print {{ unsubscribe_url }} in body.txt",
        _no_way_out,
        hard=True,
    ),
    Check(
        "T5",
        "the message is plain text and HTML, in this order, or plain text alone",
        "RFC 2046, 5.1.4: programs show the last part that they understand",
        "send multipart/alternative of text/plain and text/html",
        lambda d: unless(
            d.text_only or d.kinds == ("multipart/alternative", "text/plain", "text/html"),
            ", ".join(d.kinds),
        ),
        hard=True,
    ),
    Check(
        "H1",
        "readers can leave with one click of their mail program",
        "RFC 8058; Gmail and Yahoo ask it of everybody who sends in bulk",
        f"send List-Unsubscribe with a web address, and List-Unsubscribe-Post: {_ONE_CLICK}",
        _no_one_click,
        hard=True,
    ),
    Check(
        "H2",
        "the message says which list it is of",
        "RFC 2919: readers sort by it, and servers count by it",
        "send List-Id",
        lambda d: unless(re.search(r"<[^<>\s]+\.[^<>\s]+>", d.header("list-id")), "List-Id"),
    ),
    Check(
        "H3",
        f"the subject has at most {SUBJECT_ROOM} characters",
        "inboxes cut a longer one off",
        "shorten subject of the newsletter, or the title that it prints",
        lambda d: unless(len(d.subject) <= SUBJECT_ROOM, f"{len(d.subject)} characters"),
    ),
    Check(
        "H4",
        "the subject is one line that says something",
        "an empty one looks like a mistake, a control character like an attack",
        "set subject of the newsletter",
        lambda d: unless(d.subject.strip() and not _CONTROL.search(d.subject), repr(d.subject)),
        hard=True,
    ),
    Check(
        "H5",
        "From, Date, Message-ID and Subject are there once",
        "RFC 5322, 3.6: Gmail refuses mail where one is missing or double",
        "send each of them once",
        _odd_headers,
        hard=True,
    ),
)
