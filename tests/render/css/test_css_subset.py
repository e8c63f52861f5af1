"""What a base stylesheet may hold, and where it is wrong."""

import re

import pytest

from digest.errors import TemplateError
from digest.render.css import css_subset


def test_templates_may_compute_values_and_hold_comments():
    css = '{# why #}\n.a { text-align: {{ start }}; padding: {{ "0 1px" if x else "1px 0" }}; }'

    assert list(css_subset.faults(css)) == []


def test_a_fault_has_the_line_of_its_own_declaration():
    css = "{# two\nlines #}\n.a {\n  margin: 0;\n  color: #fff;\n}\n.b:hover { margin: 0; }\n"

    assert [line for line, _ in css_subset.faults(css)] == [5, 7]


def test_check_names_file_line_and_what_is_wrong():
    with pytest.raises(TemplateError, match=r"base\.css:2: color: write colours with six digits"):
        css_subset.check_css_subset("p { margin: 0; }\np { color: #abc; }", "base.css")


@pytest.mark.parametrize(
    ("properties", "pairs"),
    [
        ({"padding", "padding-left"}, [("padding", "padding-left")]),
        ({"border", "border-top"}, [("border", "border-top")]),
        ({"border-top", "border-bottom", "border-radius", "border-collapse"}, []),
        ({"font-size", "font-weight", "line-height"}, []),
        ({"background-color", "margin", "text-decoration"}, []),
    ],
)
def test_a_shorthand_clashes_with_its_own_longhands_only(properties, pairs):
    assert css_subset.clashes(properties) == pairs


@pytest.mark.parametrize(
    ("css", "html", "fault"),
    [
        ("p { margin: 0; }\n.a { margin-left: 1px; }", '<p class="a">', "margin-left meet on <p"),
        (".b { padding-top: 0; } .a { padding: 0; }", '<{{ x }} class="a b">', 'class="a b">'),
        (".a { padding: 0; } td.b { padding-top: 0; }", '<td class="a{{ y }} b">', "on <td"),
        (".b .a { border: 0; } i { border-top: 0; }", '<i id="{{ ">" }}" class="a">', "border-top"),
    ],
)
def test_rules_that_mix_shorthand_and_longhand_on_one_element_are_refused(css, html, fault):
    with pytest.raises(TemplateError, match=rf"base\.css:\d: .*{re.escape(fault)}"):
        css_subset.check_css_subset(css, "base.css", [html])


@pytest.mark.parametrize(
    "html", ['<p class="c"><i class="a">', "{# <p class='a'> #}<div class=\"a\">", ""]
)
def test_rules_that_never_meet_may_differ(html):
    assert list(css_subset.meetings("p { margin: 0; } .a { margin-left: 1px; }", [html])) == []


@pytest.mark.parametrize(
    "css",
    [
        "p:not(.a) { margin: 0; }",
        "p:is(.a, .b) { margin: 0; }",
        'a[title="x,y"] { margin: 0; }',
        "@font-face { font-family: X; }",
        "@media (max-width: 600px) { .a { margin: 0; } }",
        "p { margin: 0 !important; }",
        "p { color: #abc; }",
        "p { color: #11223344; }",
        "p { margin: 1in; }",
        "p { margin: .5em; }",
        "p { width: fit-content(3px); }",
        "p { background-image: linear-gradient(red, blue); }",
        "p { color: \\72 ed; }",
        "p { --ink: #000000; }",
        "P { margin: 0; }",
        "p, { margin: 0; }",
        "p ~ p { margin: 0; }",
        "<!-- p { margin: 0; }",
    ],
)
def test_what_is_outside_of_the_dialect_is_found(css):
    assert {line for line, _ in css_subset.faults(css)} == {1}


def test_what_is_inside_is_not():
    css = "td.far, .a .b p { margin: 0 -0.5px; color: #0a1b2c; line-height: 1.5; width: 100%; }"

    assert list(css_subset.faults(css)) == []
