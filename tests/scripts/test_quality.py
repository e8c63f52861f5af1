"""The judges of scripts/quality find what is there to find."""

import json
from collections import Counter

import pytest
from lxml import etree

from scripts.judges import browser as chrome
from scripts.judges.compatibility import found, score
from scripts.judges.editions import ABOUT, editions
from scripts.quality import JUDGES, Verdict, judged, page


def feature(slug: str, *answers: str):
    versions = {str(n): answer for n, answer in enumerate(answers)}
    return {"slug": slug, "stats": {"some-client": {"ios": versions}}}


@pytest.fixture
def data(tmp_path):
    """Four clients; one of them knows margins partly, two don't know tables."""
    known = [
        feature("css-margin", "y", "y", "y", "a #1"),
        feature("html-table", "y", "y", "n", "n"),
        feature("css-font-size", "n", "n", "n", "n"),
    ]
    file = tmp_path / "caniemail.json"
    file.write_text(json.dumps({"data": known}))
    return file


def test_the_score_takes_off_the_worst_share_of_each_kind(data):
    html = (
        '<html><head><title>T</title></head><body><p style="margin:0;font-size:9px">x</p>'
        '<p style="margin:0">x</p><table></table><table></table></body></html>'
    )

    points, partly, never = score(html, data)

    # 6 elements below <html> but for its head; 2 with margins, 2 tables
    assert points == round(100 - 100 * 2 / 6 * 1 / 4 - 100 * 2 / 6 * 2 / 4, 1)
    assert (partly, never) == ("css-margin costs 8.3", "html-table costs 16.7")


def test_features_are_known_by_the_names_that_caniemail_gives_them():
    html = """<body><h2 style="margin:1px 50%"><a href="#x">x</a></h2><ul></ul>
        <td bgcolor="#000000" style="width:calc(1px + 2em) !important"></td>
        <img src="a.webp" width="3"><style>a:hover{margin:0}
        @media (max-width:600px){.a{margin:0}}@media print{a{margin:0}}
        @media (prefers-color-scheme:dark){a{margin:0}}</style></body>"""

    names = found(etree.fromstring(html, etree.HTMLParser()))

    wanted = {
        "html-h1-h6": 1,
        "html-anchor-links": 1,
        "html-lists": 1,
        "image-webp": 1,
        "css-margin": 1,
        "css-background-color": 1,
        "css-width": 2,
        "css-unit-px": 2,
        "css-unit-percent": 1,
        "css-unit-em": 1,
        "css-unit-calc": 1,
        "css-important": 1,
        "css-pseudo-class-hover": 1,
        "css-at-media": 2,
        "css-at-media-prefers-color-scheme": 1,
    }
    assert Counter({name: names[name] for name in wanted}) == Counter(wanted)


def test_the_editions_are_what_they_are_called():
    longest, shortest, arabic = editions(["longest", "shortest", "right-to-left"])

    assert len(longest.html) > 80_000
    assert longest.draft.count("<h4") == longest.html.count("<h4") > 100
    assert shortest.html.count("<h3") == 0
    assert '<html lang="ar" dir="rtl"' in arabic.html
    assert {one.name for one in (longest, shortest, arabic)} <= set(ABOUT)


def test_who_is_missing_is_named_and_stops_nobody(monkeypatch, tmp_path):
    monkeypatch.setattr("scripts.quality.TOOLS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    (edition,) = editions(["shortest"])

    verdicts = {one.judge: one for one in judged(edition, None, list(JUDGES))}

    assert set(verdicts) == set(JUDGES)
    missing = {judge for judge, one in verdicts.items() if one.good is None}
    assert missing == set(JUDGES) - {"lint", "size"}
    assert verdicts["lint"] == Verdict("lint", verdicts["lint"].figure, True)


def test_a_figure_that_misses_its_goal_stands_out_in_the_page():
    text = page({"demo": [Verdict("axe", "0 / 0 / 0", True), Verdict("mailpit", "70", False)]}, "1")

    assert "0 / 0 / 0 |" in text
    assert "| **70** |" in text
    assert "SpamAssassin's local rules: -0.5 or less | not asked |" in text


@pytest.mark.browser
def test_the_browser_sees_what_is_wrong(browser):
    def within(style: str, words: str = "A gull") -> str:
        return (
            f'<!DOCTYPE html><html lang="en"><head><title>T</title>{style}</head>'
            f"<body><main>{words}</main></body></html>"
        )

    good, grey = within(""), within("<style>main{color:#dddddd}</style>")
    wide = within("", '<div style="width:500px">x</div>')
    image = '<img src="https://x.example/a.png" width="{0}" style="display:block" alt="A gull">'

    assert chrome.changed_by_inlining(browser, good, good) == (2, [0, 0, 0, 0, 0])
    assert chrome.changed_by_inlining(browser, good, grey) == (2, [1, 1, 1, 1, 1])
    assert chrome.faults_by_axe(browser, good) == [[], [], []]
    assert chrome.faults_by_axe(browser, grey)[0] == ["color-contrast: ['main']"]
    assert (chrome.sideways(browser, good), chrome.sideways(browser, wide)) == (0, 188)
    assert chrome.collapsed_images(browser, within("", image.format(100))) == 0
    assert chrome.collapsed_images(browser, within("", image.format(0))) == 1
