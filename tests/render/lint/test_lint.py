"""Our own editions pass every check, and every check can fail."""

import re
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.core.message.compose import EncodedVariant, ListHeaders, compose, encode
from digest.core.message.fragments import Rendering
from digest.core.message.mime import encoded_words
from digest.render.lint.lint import CHECKS, ELSEWHERE, lint_message, parse_message
from tests.builders import (
    MARK,
    MONDAY,
    a_publication,
    a_recipient,
    a_sender,
    an_article,
    an_edition,
    related,
)
from tests.examples import examples
from tests.render.samples import WEB_URL, a_full_edition, printed


def sent(rendering: Rendering) -> bytes:
    """One reader's message, as it is sent."""
    wire = encode(rendering, a_sender(), ListHeaders("weekly", "Weekly", "1:weekly"))
    link = f"{WEB_URL}/unsubscribe/"
    return compose(EncodedVariant(wire), a_recipient(), a_sender(), link, MONDAY).message


_PRINTED = printed(a_full_edition())
GOOD = replace(
    _PRINTED,
    html=re.sub(f"{MARK}(UNSUBSCRIBE|PREFERENCES)Z", "7.signed", _PRINTED.html),
    text=re.sub(f"{MARK}(UNSUBSCRIBE|PREFERENCES)Z", "7.signed", _PRINTED.text),
)
HEAD = sent(_PRINTED).partition(b"\r\n\r\n")[0].decode()


def findings(html=GOOD.html, text=GOOD.text, subject=GOOD.subject, head=HEAD):
    """What is found in a message of these parts."""
    message = message_from_bytes(f"{head}\r\n\r\n".encode())
    boundary = message.get_boundary()
    (word,) = {line for line in head.split("\r\n") if line.startswith("Subject: ")} or {"-"}
    head = head.replace(word, f"Subject: {' '.join(encoded_words(subject))}")
    parts = "".join(
        f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n{body}\r\n"
        for kind, body in (("plain", text), ("html", html))
    )
    return lint_message(f"{head}\r\n\r\n{parts}--{boundary}--\r\n".encode())


def ids(**parts):
    return {finding.id for finding in findings(**parts)}


@pytest.mark.parametrize(
    "edition",
    [
        a_full_edition(),
        an_edition(an_article(topic="world"), an_article("Two", topic="world")),
        an_edition(an_article(), an_article("Ship's log", url="", authors=(), dated=False)),
    ],
)
@pytest.mark.parametrize("language", ["en", "he"])
def test_what_we_print_has_no_fault(edition, language):
    message = printed(edition, a_publication(language=language))

    assert lint_message(sent(message)) == []


def swap(old: str, new: str, count: int = 1):
    assert old in GOOD.html
    return {"html": GOOD.html.replace(old, new, count)}


def add(html: str):
    return swap("</h1>", f"</h1>{html}")


FAULTS = {
    "D1": lambda: swap("<!DOCTYPE html>", ""),
    "D2": lambda: swap('<html lang="en"', "<html"),
    "D3": lambda: swap('dir="ltr"', ""),
    "D4": lambda: swap('<div lang="en"', "<div"),
    "D5": lambda: {"html": GOOD.html.replace("<div", "<div dir='' ", 1)},
    "D6": lambda: swap('<meta charset="utf-8">', ""),
    "D7": lambda: swap(f"<title>{GOOD.subject}", "<title>"),
    "D8": lambda: swap("initial-scale=1", "initial-scale=1, user-scalable=no"),
    "D9": lambda: swap('"color-scheme"', '"other"'),
    "D10": lambda: swap("x-apple-disable", "x-other"),
    "D11": lambda: swap("telephone=no", "telephone=yes"),
    "D12": lambda: swap("PixelsPerInch>96", "PixelsPerInch>72"),
    "A1": lambda: swap('role="presentation"', ""),
    "A2": lambda: add("<h1>Another</h1>"),
    "A3": lambda: add("<h4>Deep</h4>"),
    "A4": lambda: add('<img src="https://x.example/a.png" width="1">'),
    "A5": lambda: add('<a href="https://x.example/"><img alt="" src="https://x.example/a"></a>'),
    "A6": lambda: add('<a href="https://x.example/"></a>'),
    "A7": lambda: add('<a href="https://x.example/">Click here</a>'),
    "A8": lambda: add('<p style="font-size:11px">Small print</p>'),
    "A9": lambda: add(f'<p style="font-size:14px">{"Words. " * 30}</p>'),
    "A10": lambda: add('<p id="part-1">Twice</p>'),
    "A11": lambda: add('<p tabindex="3">First</p>'),
    "A12": lambda: swap('role="article"', ""),
    "S1": lambda: add(f"<p>{'x' * 103_000}</p>"),
    "S2": lambda: add(f"<p>{'x' * 80_000}</p>"),
    "S3": lambda: swap("@media print{", f"@media print{{.a{{color:#{'1' * 17_000} !important}}"),
    "S4": lambda: add("<style>.ink{}</style>"),
    "S5": lambda: add("<script>1</script>"),
    "S6": lambda: add("<div>" * 70 + "x" + "</div>" * 70),
    "C1": lambda: add('<p style="padding:0;padding-left:1px">x</p>'),
    "C2": lambda: add('<p style="color:#000000 !important">x</p>'),
    "C3": lambda: swap(" !important", "!important"),
    "C4": lambda: swap("<style>:root", "<style>/* note */:root"),
    "C5": lambda: add('<p style="background-image:url(https://x.example/a.png)">x</p>'),
    "C6": lambda: add('<p style="display:flex">x</p>'),
    "C7": lambda: swap("@media print{", "@media print{@media (color){.a{margin:0 !important}}"),
    "C8": lambda: swap("@media (max-width", "@media (min-width", 99),
    "C9": lambda: swap("[data-ogsc]", "[data-x]", 99),
    "C10": lambda: swap("@media print", "@media tv"),
    "C11": lambda: swap("@media print{", "@media print{.ink{color:#000000}"),
    "C12": lambda: add("<p style='color:#000000'>x</p>"),
    "C13": lambda: add('<p class="unheard-of">x</p>'),
    "M1": lambda: add("<!--[if mso]>"),
    "M2": lambda: swap('width="600"', 'width="100%"'),
    "M3": lambda: add("<![if !mso]>x<![endif]>"),
    "I1": lambda: add('<img alt="" src="https://x.example/a.png" width="50%">'),
    "I2": lambda: add('<img alt="" src="https://x.example/a.png" width="1" height="auto">'),
    "I3": lambda: add('<img alt="" src="http://x.example/a.png" width="1">'),
    "I4": lambda: add('<img alt="" src="https://x.example/a.webp" width="1">'),
    "I5": lambda: add('<img alt="" src="https://x.example/a.png" width="1">'),
    "I6": lambda: add('<img alt="" src="https://x.example/a.png" width="1" srcset="b.png 2x">'),
    "L1": lambda: add('<a href="/about">About us</a>'),
    "L2": lambda: add('<a href="#nowhere">Down there</a>'),
    "L3": lambda: add('<a href="https://x.example/{{ token }}">Yours</a>'),
    "L4": lambda: {"html": GOOD.html.replace("nsubscribe", "")},
    "L5": lambda: {"html": GOOD.html.replace("/preferences/", "/")},
    "L6": lambda: {"html": GOOD.html.replace("/archive/", "/past/").replace("browser", "frame")},
    "L7": lambda: add('<a href="https://x.example/"><table><tr><td>x</td></tr></table></a>'),
    "P1": lambda: swap("display:none;max-height", "display:block;max-height"),
    "P2": lambda: swap("Also: ", "Also: " + "and " * 40, 9),
    "P3": lambda: swap("display:none;max-height", "display:none;font-size:1px;max-height"),
    "P4": lambda: add("\u200b" * 151),
    "T1": lambda: {"text": "Unsubscribe"},
    "T2": lambda: {"text": GOOD.text.replace("https://harbour.example/related/1", "")},
    "T3": lambda: {"text": GOOD.text + "<b>bold</b> &nbsp;"},
    "T4": lambda: {"text": GOOD.text.replace("nsubscribe", "")},
    "S7": lambda: {"text": GOOD.text + "x" * 999},
    "S8": lambda: {"text": GOOD.text + "Ä"},
    "L8": lambda: add('<a href="https://x.example/*|NAME|*">Yours</a>'),
    "T5": lambda: {"head": HEAD.replace("multipart/alternative", "multipart/mixed")},
    "H1": lambda: {"head": HEAD.replace("List-Unsubscribe=One-Click", "no")},
    "H2": lambda: {"head": HEAD.replace("List-Id", "X-List-Id")},
    "H5": lambda: {"head": HEAD.replace("Date:", "From: x@y.example\r\nX-Date:")},
    "H3": lambda: {"subject": "x" * 71},
    "H4": lambda: {"subject": "two\nlines"},
}  # fmt: skip


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_finds_its_fault(check):
    assert check.id in ids(**FAULTS[check.id]())


def test_what_we_make_passes_every_check():
    document = parse_message(sent(_PRINTED))
    assert [check.id for check in CHECKS if list(check.findings(document))] == []


def test_hard_findings_come_first_and_say_what_to_do():
    found = findings(html=GOOD.html.replace("<!DOCTYPE html>", "").replace("lang=", "x="))

    assert [f.hard for f in found] == sorted((f.hard for f in found), reverse=True)
    assert "D1" in [f.id for f in found if f.hard]
    assert all(f.what and f.where and f.remedy for f in found)


def test_a_finding_has_its_line():
    html = GOOD.html.replace("<body", "\n\n<body", 1).replace("</h1>", "</h1><h4>Deep</h4>")

    (deep,) = [f for f in findings(html=html) if f.id == "A3"]
    (markup,) = [f for f in findings(text=GOOD.text + "\n<b>") if f.id == "T3"]

    assert deep.where == '<h4> "Deep"'
    assert "<h4>Deep" in html.split("\n")[deep.line - 1]
    assert markup.line == (GOOD.text + "\n<b>").count("\n") + 1


def test_every_check_of_the_checklist_is_here_or_somebody_elses():
    letters = {"D": 12, "A": 12, "S": 7, "C": 13, "I": 6, "L": 7, "P": 4, "M": 3, "T": 4, "H": 3}
    wanted = {f"{letter}{n}" for letter, count in letters.items() for n in range(1, count + 1)}

    assert len(wanted) == 71
    assert wanted <= {check.id for check in CHECKS}
    assert {"A13", "A14", "A15", "C14", "C15", "X1", "X2", "X3", "X4", "X5"} <= {
        one.id for one in ELSEWHERE
    }
    assert len({check.id for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\0\xff\r\n<<<>>>&&&",
        b"Subject: =?x-no-such?q?=00?=\nContent-Type: text/html; charset=x-none\n\n\xff<p",
        b"Content-Type: multipart/alternative; boundary=b\n\n--b\n--b--",
        b"Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n!",
    ],
)
def test_a_broken_message_is_findings_not_a_crash(message):
    assert {"D1", "H1", "T5"} <= {f.id for f in lint_message(message) if f.hard}


def test_a_message_that_any_program_wrote_can_be_read():
    message = message_from_bytes(sent(_PRINTED), policy=policy.SMTP)
    html = message.get_body(("html",))
    assert html is not None
    html.set_content(html.get_content(), subtype="html", charset="utf-8", cte="base64")

    found = {f.id for f in lint_message(bytes(message))}

    assert found <= {"S8"}


NASTY = st.text(min_size=1, max_size=60) | st.sampled_from(
    [
        "\u200b\u200d",
        "👨\u200d👩\u200d👧 at sea",
        "</style></title><script>x</script>",
        "<![endif]--> <!--[if mso]>",
        "{{ unsubscribe_url }} {% if %} {# #} %%UNSUB%% *|X|* [[x]] __TOKEN__",
        "=?utf-8?q?x?=\r\nBcc: x@reader.example",
        "x" * 500,
        f"{MARK[:8]}0123456789abcdefUNSUBSCRIBEZ",
    ]
)


@settings(max_examples=examples(25), deadline=None)
@given(title=NASTY, words=NASTY, path=NASTY)
def test_nothing_in_an_article_stops_an_edition(title, words, path):
    lead, other = (
        an_article(
            title,
            url=f"https://harbour.example/{number}/{path}",
            authors=(words,),
            summary=words,
            related=related(title, url=f"https://{path}.example"),
        )
        for number in (1, 2)
    )

    found = lint_message(sent(printed(an_edition(lead, replace(other, id=2, key="other")))))

    assert [f for f in found if f.hard] == []


@settings(max_examples=examples(25), deadline=None)
@given(st.binary(max_size=400), st.integers(0, 3000), st.integers(0, 400))
def test_no_bytes_at_all_end_the_checks(junk, place, length):
    whole = sent(_PRINTED)

    assert lint_message(junk)
    assert isinstance(lint_message(whole[:place] + junk + whole[place + length :]), list)
