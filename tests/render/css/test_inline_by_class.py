"""One element of each kind stands for all of them."""

import html5lib
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from digest.render.css.inline import inline
from digest.render.css.inline_by_class import _OPTIONS, _premailer, sort_by_kind
from tests.examples import examples

CLASSES = ("", "a", "b", "a b", "c", "b c")
STYLES = ("", "color:#00000a", "margin:1px;color:#00000b")
_VALUES = st.sampled_from(
    ("color:#000001", "color:#000002", "margin:0", "margin:3px", "font-size:16px")
)
_simple = st.sampled_from(("div", "p", "b", "span", ".a", ".b", ".c", "p.a", "div.b", ".a.b"))
_rules = st.builds(
    lambda selectors, value: f"{','.join(selectors)}{{{value}}}",
    st.lists(st.lists(_simple, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=2),
    _VALUES,
)


def element(tag, classes, style, children):
    attributes = (f' class="{classes}"' if classes else "") + (f' style="{style}"' if style else "")
    return f"<{tag}{attributes}>x{''.join(children)}</{tag}>"


_trees = st.recursive(
    st.just(""),
    lambda inner: st.builds(
        element,
        st.sampled_from(("div", "span", "b")),
        st.sampled_from(CLASSES),
        st.sampled_from(STYLES),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)


@settings(max_examples=examples(150), deadline=None)
@given(css=st.lists(_rules, max_size=6).map("\n".join), body=_trees)
def test_the_result_is_that_of_premailer_over_every_element(css, body):
    source = f"<html><head><style>{css}</style></head><body><p>x</p>{body}</body></html>"
    root = etree.fromstring(source, etree.HTMLParser())
    _premailer()(root, **_OPTIONS).transform()

    expected = [e.get("style", "").replace("; ", ";") for e in root.iter("*")]
    ours = html5lib.parse(inline(source), namespaceHTMLElements=False)

    assert [e.get("style", "") for e in ours.iter()] == expected


def test_fifty_cards_are_a_handful_of_kinds():
    card = '<div class="card"><h3><a href="{0}">{0}</a></h3><p>{0}</p></div>'
    body = "".join(card.format(n) for n in range(50))

    members, kinds = sort_by_kind(etree.fromstring(f"<body>{body}</body>", etree.HTMLParser()))

    assert len(members) == 2 + 50 * 4
    assert [kind.tag for kind in kinds] == ["html", "body", "div", "h3", "a", "p"]


def test_elements_of_other_vocabularies_are_left_as_they_are():
    html = "<html><head><style>p{margin:0}</style></head><body><o:p>x</o:p><p>y</p></body></html>"

    assert '<o:p>x</o:p><p style="margin:0">y</p>' in inline(html)
