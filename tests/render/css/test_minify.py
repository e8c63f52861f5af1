"""Shorter, and not otherwise different."""

import pytest
from lxml import etree

from digest.render.css import minify


def closed(body: str) -> str:
    root = etree.fromstring(f"<body>{body}</body>", etree.HTMLParser())
    minify.close_gaps(root)
    document: str = etree.tostring(root.find("body"), method="html", encoding="unicode")
    return document[6:-7]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<div>\n<p>a</p>\n<p>b</p>\n</div>", "<div><p>a</p><p>b</p></div>"),
        ("<p>\n<b>a</b>\n<i>b</i>\n</p>", "<p><b>a</b> <i>b</i></p>"),
        ("<p><b>\n<i>a</i></b></p>", "<p><b> <i>a</i></b></p>"),
        ("<p>a\n<b>b</b>\n c</p>", "<p>a\n<b>b</b>\n c</p>"),
        ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "<ul><li>a</li> <li>b</li></ul>"),
        ("<p>a</p><!-- x -->\n<p>b</p>", "<p>a</p><!-- x --><p>b</p>"),
        ("<b>a</b><!-- x -->\n<b>b</b>", "<b>a</b><!-- x --> <b>b</b>"),
        ("<p>\u00a0</p><p>a</p>\u00a0<p>b</p>", "<p>\u00a0</p><p>a</p>\u00a0<p>b</p>"),
        ("<pre>\n<b>a</b>\n <i>b</i>\n</pre>\n<p>c", "<pre>\n<b>a</b>\n <i>b</i>\n</pre><p>c</p>"),
        (
            '<div style="display:inline-block">a</div>\n<div style="display:inline-block">b</div>',
            '<div style="display:inline-block">a</div> <div style="display:inline-block">b</div>',
        ),
        (
            '<div style="white-space:pre-wrap"><b>a</b>\n  <b>b</b></div>',
            '<div style="white-space:pre-wrap"><b>a</b>\n  <b>b</b></div>',
        ),
    ],
)
def test_only_white_space_that_nobody_sees_goes(body, shown):
    assert closed(body) == shown


@pytest.mark.parametrize(
    ("css", "short"),
    [
        ("a { b: c ; d: e; }\n\n.f ,  g { h: i }", "a{b:c;d:e}.f,g{h:i}"),
        (
            "@media a and (b: 6px) { a { b: c !important; } }",
            "@media a and (b:6px){a{b:c !important}}",
        ),
        ('[title="a: b;  c"] , u + .d { x: "  " }', '[title="a: b;  c"],u + .d{x:"  "}'),
        ("/* a */ b { /* c */ }", "b{}"),
        ("a :hover { b: c }", "a :hover{b:c}"),
    ],
)
def test_style_sheets_lose_what_means_nothing(css, short):
    assert minify.minify(css) == short


def test_style_attributes_lose_their_spaces_but_not_within_quotes():
    style = "font-family: Segoe UI, 'A,  b: c', serif; padding: 0 1px;"

    assert minify.compact(style) == "font-family:Segoe UI,'A,  b: c',serif;padding:0 1px"
