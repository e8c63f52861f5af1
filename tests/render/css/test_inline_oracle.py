"""Inlining judged by somebody else: css-inline, which shares no code with what we use."""

import re

import css_inline
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from digest.render.css.css_subset import clashes, faults
from digest.render.css.inline import inline
from digest.render.lint.findings import declarations
from tests.builders import MARK, a_publication, an_edition
from tests.examples import examples
from tests.render.samples import RENDERER, WEB_URL, a_full_edition, printed

OTHER = css_inline.CSSInliner(load_remote_stylesheets=False)
TAGS = ("b", "i", "div")
CLASSES = ("a", "b", "c")
VALUES = {
    "color": ("#000001", "#000002"),
    "margin": ("0", "1px 2px"),
    "padding": ("3px", "4px 5px"),
    "font-size": ("16px", "17px"),
    "line-height": ("1.5", "20px"),
    "border-top": ("1px solid #000003", "2px solid #000004"),
    "font-family": ("Georgia, serif", "Segoe UI, Arial"),
    "mso-hide": ("all", "none"),
}

simple = st.builds(
    lambda tag, classes: (tag + "".join(f".{one}" for one in classes)) or ".a",
    st.sampled_from(("", *TAGS)),
    st.lists(st.sampled_from(CLASSES), max_size=2, unique=True),
)
selector = st.lists(simple, min_size=1, max_size=3).map(" ".join)
body = st.dictionaries(st.sampled_from(sorted(VALUES)), st.integers(0, 1), min_size=1).map(
    lambda chosen: " ".join(f"{name}: {VALUES[name][n]};" for name, n in chosen.items())
)
rule = st.builds(
    lambda selectors, body: f"{', '.join(selectors)} {{ {body} }}",
    st.lists(selector, min_size=1, max_size=2),
    body,
)
encoded = st.lists(rule, min_size=1, max_size=8).map("\n".join)
element = st.recursive(
    st.just("x"),
    lambda inner: st.builds(
        lambda tag, classes, style, inside: (
            f'<div><{tag} class="{" ".join(classes)}"{style}>{"".join(inside)}</{tag}></div>'
        ),
        st.sampled_from(("div", "b", "i")),
        st.lists(st.sampled_from(CLASSES), max_size=3, unique=True),
        st.sampled_from(("", "", ' style="color:#00000f"')),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=12,
)


def looks(html: str) -> list[dict[str, str]]:
    """What each element of the body is told, by attribute."""
    root = etree.fromstring(html, etree.HTMLParser())
    return [
        {name: "".join(value.split()) for name, value in declarations(e.get("style", "")).items()}
        for e in root.find("body").iter(etree.Element)
        if e.tag != "tbody"  # HTML 5 adds it, and no rule of ours is about it
    ]


@settings(max_examples=examples(60))
@given(encoded, st.lists(element, min_size=1, max_size=4))
def test_within_the_dialect_another_inliner_tells_every_element_the_same(css, elements):
    assert faults(css) == ()
    html = (
        f"<!DOCTYPE html><html><head><title>T</title><style>{css}</style></head>"
        f"<body>{''.join(elements)}</body></html>"
    )

    assert looks(inline(html)) == looks(OTHER.inline(html))


def by_the_other(html: str) -> str:
    """A draft as css-inline makes it; the styles that stay are kept away from it."""
    kept = re.findall(r'<style data-premailer="ignore">.*?</style>', html, re.DOTALL)
    assert kept
    for one in kept:
        html = html.replace(one, "")
    return OTHER.inline(html).replace("</head>", f"{''.join(kept)}</head>")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_another_inliner_tells_every_element_of_an_edition_the_same(language):
    publication = a_publication(language=language)
    draft = RENDERER.draft(a_full_edition(), publication, MARK, WEB_URL).rendered.proof()

    ours, theirs = (
        looks(printed(a_full_edition(), publication).html),
        looks(by_the_other(draft.html)),
    )

    assert len(ours) > 100
    assert ours == theirs
    assert not any(clashes(look) for look in ours)


@pytest.mark.browser
@pytest.mark.parametrize("view", [{"width": 800}, {"width": 375, "dark": True}])
def test_a_browser_shows_what_another_inliner_makes_the_same(show, view):
    from tests.render.message.test_browser import STYLES

    edition = an_edition(*a_full_edition().articles)
    draft = RENDERER.draft(edition, a_publication(), MARK, WEB_URL).rendered.proof()

    ours, theirs = (
        show(html, **view).evaluate(STYLES)
        for html in (printed(edition).html, by_the_other(draft.html))
    )

    assert len(ours) > 60
    assert ours == theirs
