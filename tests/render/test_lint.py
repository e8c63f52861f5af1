"""Our own editions pass every check, and every check can fail."""

from dataclasses import replace

import pytest

from digest.render.lint import CHECKS, lint
from tests.builders import MARK, a_publication, an_article, an_edition
from tests.render.samples import a_full_edition, printed

_PRINTED = printed(a_full_edition())
GOOD = replace(
    _PRINTED,
    html=_PRINTED.html.replace(f"{MARK}UNSUBSCRIBEZ", "7.signed"),
    text=_PRINTED.text.replace(f"{MARK}UNSUBSCRIBEZ", "7.signed"),
)


def ids(html=GOOD.html, text=GOOD.text, subject=GOOD.subject):
    return {finding.id for finding in lint(html, text, subject)}


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

    assert lint(message.html, message.text, message.subject) == []


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
    "C8": lambda: swap("@media (max-width", "@media (min-width"),
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
    "L7": lambda: add('<a href="https://x.example/"><table><tr><td>x</td></tr></table></a>'),
    "P1": lambda: swap("display:none;max-height", "display:block;max-height"),
    "P2": lambda: swap("Also: ", "Also: " + "and " * 40, 9),
    "P3": lambda: swap("display:none;max-height", "display:none;font-size:1px;max-height"),
    "P4": lambda: add("\u200b" * 151),
    "T1": lambda: {"text": "Unsubscribe"},
    "T2": lambda: {"text": GOOD.text.replace("https://harbour.example/related/1", "")},
    "T3": lambda: {"text": GOOD.text + "<b>bold</b> &nbsp;"},
    "T4": lambda: {"text": GOOD.text.replace("nsubscribe", "")},
    "H3": lambda: {"subject": "x" * 71},
    "H4": lambda: {"subject": "two\nlines"},
}  # fmt: skip


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_finds_its_fault(check):
    assert check.id in ids(**FAULTS[check.id]())


def test_hard_findings_come_first_and_say_what_to_do():
    found = lint(GOOD.html.replace("<!DOCTYPE html>", "").replace("lang=", "x="), GOOD.text, "S")

    assert [f.hard for f in found] == sorted((f.hard for f in found), reverse=True)
    assert found[0].id == "D1"
    assert all(f.what and f.where and f.remedy for f in found)


def test_ids_are_unique():
    assert len({check.id for check in CHECKS}) == len(CHECKS) >= 60


def test_a_broken_message_is_findings_not_a_crash():
    assert "D1" in ids(html="")
    assert "D1" in ids(html="\x00<<<>>>&&&")
