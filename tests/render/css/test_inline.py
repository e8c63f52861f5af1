"""Styles go into attributes, and nothing else changes."""

import socket

import pytest

from digest.errors import TemplateError
from digest.render.css.inline import inline

FRAME = "<!DOCTYPE html><html><head><title>T</title>{head}</head><body>{body}</body></html>"


def inlined(css: str, body: str, head: str = "") -> str:
    return inline(FRAME.format(head=f"<style>{css}</style>{head}", body=body))


def test_a_class_becomes_a_style():
    assert '<p style="color:#112233">x</p>' in inlined(".a { color: #112233; }", '<p class="a">x')


def test_the_more_specific_rule_wins_and_the_later_of_equal_ones():
    css = ".a .b { color: #000001; } .b { color: #000002; } .c { color: #000003; }"

    html = inlined(css, '<div class="a"><p class="b">1</p></div><p class="b c">2</p>')

    assert '<p style="color:#000001">1' in html
    assert '<p style="color:#000003">2' in html


def test_kept_styles_stay_as_they_are_but_smaller():
    kept = """<style data-premailer="ignore">
      @media (max-width: 600px) { .a { width: 100% !important; } }
      a:hover { color: #000000 }
      [data-ogsc] .a { color: #ffffff !important; }
    </style>"""

    html = inlined(".a { width: 300px; }", '<p class="a">x</p>', kept)

    assert "@media (max-width:600px){.a{width:100% !important}}" in html
    assert "a:hover{color:#000000}[data-ogsc] .a{color:#ffffff !important}" in html
    assert '<p class="a" style="width:300px">' in html


def test_no_attribute_is_written_that_the_template_has_not():
    css = "td { width: 50%; height: auto; text-align: left; background-color: #ffffff; }"

    html = inlined(css, '<table><tr><td valign="top">x</td></tr></table>')

    assert '<td valign="top" style="' in html
    assert not any(attribute in html for attribute in ("bgcolor", "width=", "height=", ' align="'))


def test_colours_keep_their_six_digits():
    assert "background-color:#ffffff" in inlined("p { background-color: #ffffff; }", "<p>x</p>")


def test_conditional_comments_for_outlook_stay_byte_for_byte():
    comment = '<!--[if mso]><table width="600"><tr><td><![endif]-->'

    assert comment in inlined("p { margin: 0; }", f"{comment}<p>x</p>")


def test_words_and_their_spaces_stay():
    body = "<p>one <b>two</b> <i>three</i>\n<u>four</u></p><pre>a\n  <b>b</b>\n  c</pre>"

    html = inlined("p { margin: 0; }", body)

    assert "one <b>two</b> <i>three</i> <u>four</u></p>" in html
    assert "<pre>a\n  <b>b</b>\n  c</pre>" in html


@pytest.mark.parametrize(
    "css",
    [
        "p:hover { color: #000000; }",
        "* { margin: 0; }",
        "a[href] { color: #000000; }",
        "#top { color: #000000; }",
        "p > b { color: #000000; }",
        "@media print { p { color: #000000; } }",
        '@import url("http://127.0.0.1:9/x.css");',
        "p { color: #000000 !important; }",
        "p { color: #fff; }",
        "p { color: rgb(0 0 0 / 50%); }",
        "p { padding: 0; padding-left: 4px; }",
        "p { margin: 0; margin: 1px; }",
        "p { font-size: 1rem; }",
        'p { font-family: "Segoe UI"; }',
        "p { width: calc(1px + 1px); }",
        "p { display: flex; }",
        "p { color }",
        "/* note */ p { margin: 0; }",
        "p { margin: 0;",
        "p { b { margin: 0; } }",
    ],
)
def test_styles_that_premailer_would_lose_or_change_are_refused(css):
    with pytest.raises(TemplateError, match="base styles, line 1"):
        inlined(css, '<p id="top">x</p>')


def test_rules_that_mix_shorthand_and_longhand_on_one_element_are_refused():
    css = "p { padding: 10px; } .x { padding-left: 5px; }"

    assert "padding-left:5px" in inlined(css, '<p>1</p><b class="x">2</b>')
    with pytest.raises(TemplateError, match='padding and padding-left meet on <p class="x">'):
        inlined(css, '<p class="x">1</p>')


def test_nothing_is_fetched_whatever_a_style_asks_for(monkeypatch, tmp_path):
    def refuse(*_):
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    secret = tmp_path / "secret.css"
    secret.write_text("p { color: #123456; }")
    asks = f'@import url("{secret.as_uri()}");@import url(http://127.0.0.1:9/x.css);'

    html = inlined(
        "p { margin: 0; }",
        f'<p style="background:url({secret.as_uri()})">x</p>',
        f'<style data-premailer="ignore">{asks}</style>'
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
    )

    import cssutils

    cssutils.parseString(asks)
    assert "#123456" not in html


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="https://x.example"><table><tr><td>x</td></tr></table></a>', "came out empty"),
        ("<div>" * 80 + "deep" + "</div>" * 80, "more than 60 elements"),
        ("<table><tr><td>" * 120 + "deep" + "</td></tr></table>" * 120, "more than 60 elements"),
        ("<p>x</p><!-- never closed <h2>gone</h2>", "1 <h2> became 0"),
        ("<p>x</p><p title='never closed>gone</p>", "the end of the page got lost"),
    ],
)
def test_what_a_parser_loses_is_found(body, fault):
    with pytest.raises(TemplateError, match=fault):
        inlined("p { margin: 0; }", body)


@pytest.mark.parametrize("nasty", ["\ud800", "\x00", "\x0b", "\x1b", "\udfff\ud800"])
def test_no_character_cuts_the_document_off(nasty):
    html = inlined("p { margin: 0; }", f"<p>before {nasty} after</p><p>the end</p>")

    assert "after" in html
    assert "the end" in html


@pytest.mark.parametrize("document", ["", "  ", "<html></html>"])
def test_a_page_without_a_body_is_refused(document):
    with pytest.raises(TemplateError, match="no body"):
        inline(document)


def test_it_begins_with_the_doctype_however_the_template_writes_it():
    html = inline("<!-- first --><!doctype html><html><head></head><body><p>x</p></body></html>")

    assert html.startswith("<!DOCTYPE html>\n<")
