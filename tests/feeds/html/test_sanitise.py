"""Untrusted HTML: nothing of it may act, and no word of it may go."""

from html import escape
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.html.sanitise import clean_blocks, html_to_text, sanitise_html

ALLOWED = {
    *("p", "br", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "hr"),
    *("a", "em", "strong", "code", "sub", "sup", "s"),
}

# Each is one way in which markup has been made to run a script, load something or look like ours.
PAYLOADS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text y=9>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table>",
    "<math href='javascript:alert(1)'>x</math>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    "<a href='java&#x09;script:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='/\\evil.example'>x</a>",
    "<a href='https:evil.example'>x</a>",
    "<a href='https://a.example/\" onmouseover=\"alert(1)'>x</a>",
    "<a href=\"https://a.example/?<script>alert(1)</script>\">x</a>",
    "<a href='https://a.example' onclick='alert(1)' style='top:0' class='b' id='x'>x</a>",
    "<a name='x' href='#x'>x</a>",
    "<iframe src='https://evil.example'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data='evil.swf'></object><embed src='evil.swf'>",
    "<form action='https://evil.example'><input name=password><button>Go</button></form>",
    "<style>*{background:url(https://evil.example)}</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example/'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<textarea></textarea><script>alert(1)</script>",
    "<title><img src=x onerror=alert(1)></title>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<!--<img src=x onerror=alert(1)>-->",
    "<!--[if mso]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><?php echo 1 ?>",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<table background='javascript:alert(1)'><tr><td>x</table>",
    "<isindex action=javascript:alert(1)>",
    "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "<x onclick=alert(1)>click</x>",
    "<b/onclick=alert(1)//>x",
    "<p title='\x00<script>'>x",
    "<pre>\n\n<b onmouseover=alert(1)>x</b></pre>",
]  # fmt: skip


class Reader(HTMLParser):
    """Collects every element and attribute, and all text."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text, self.other = set(), [], "", []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, *pair) for pair in attrs]

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.other.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def seen(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def is_harmless(html):
    found = seen(html)
    links = [value.lower() for tag, name, value in found.attributes]
    return (
        found.tags <= ALLOWED
        and {(tag, name) for tag, name, _ in found.attributes} <= {("a", "href")}
        and all(link.startswith(("http://", "https://", "mailto:")) for link in links)
        and not found.other
        and nh3.clean(html, tags=ALLOWED, attributes={"a": {"href"}}, link_rel=None)
        == html.replace("\xa0", "&nbsp;")
    )


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("around", ["{}", "<p>before {} after</p>", "<ul><li>{}</ul>", "<b>{}"])
def test_no_payload_gets_through(payload, around):
    cleaned = sanitise_html(around.format(payload))

    assert is_harmless(cleaned)
    assert sanitise_html(cleaned) == cleaned


TAGS = sorted(ALLOWED | {"div", "td", "table", "q", "h1", "svg", "span"})
ATOMS = st.one_of(
    st.text(max_size=8),
    st.sampled_from([" ", "\n", "&nbsp;", "&lt;", "&amp;", "<", ">", '"', "'", "word", "<!--"]),
    st.sampled_from([f"<{tag}>" for tag in TAGS]),
    st.sampled_from([f"</{tag}>" for tag in TAGS]),
    st.sampled_from(['<a href="https://a.example/?a=1&amp;b=<2>">', '<a href="#">', "<p class=x>"]),
)
FRAGMENTS = st.lists(ATOMS, max_size=25).map("".join)


@given(FRAGMENTS)
def test_cleaned_html_is_safe_and_a_fixpoint(fragment):
    cleaned = sanitise_html(fragment)

    assert is_harmless(cleaned)
    assert sanitise_html(cleaned) == cleaned
    assert "\n".join(block.html for block in clean_blocks(fragment)) == cleaned


@given(st.lists(st.text("abc de é雨<>&\"'", min_size=1, max_size=20), max_size=6))
def test_no_word_of_plain_paragraphs_is_lost(paragraphs):
    html = "".join(f"<div>{escape(text)}</div>" for text in paragraphs)

    assert html_to_text(sanitise_html(html)).split() == " ".join(paragraphs).split()


@pytest.mark.parametrize(
    ("untrusted", "cleaned"),
    [
        ("<h1>One</h1>", "<h2>One</h2>"),
        ("<h6>Six</h6>", "<h4>Six</h4>"),
        ("bare <i>words</i>", "<p>bare <em>words</em></p>"),
        ("<div>a<div>b</div>c</div>", "<p>a</p>\n<p>b</p>\n<p>c</p>"),
        ("a<br>b<br><br>c", "<p>a<br>b</p>\n<p>c</p>"),
        ("<p> a  <b> b </b>\n c </p>", "<p>a <strong>b</strong> c</p>"),
        ("<p></p><p>&nbsp;</p><p><b> </b></p>x<ul><li></li></ul>", "<p>x</p>"),
        ("<b><p>a</p></b>", "<p><strong>a</strong></p>"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "<ul><li>a<br>b</li></ul>"),
        ("<ol><li>a<ul><li>b</ul></ol>", "<ol><li>a<ul><li>b</li></ul></li></ol>"),
        ("<li>orphan", "<p>orphan</p>"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "<p>a · b</p>\n<p>c</p>"),
        ("<dl><dt>a<dd>b</dl>", "<p>a</p>\n<p>b</p>"),
        ("<hr>a<hr><hr>b<hr>", "<p>a</p>\n<hr>\n<p>b</p>"),
        ("<q>so</q> <s>no</s>", "<p>“so” <s>no</s></p>"),
        ("<a href='#'>to <em>nowhere</em></a>", "<p>to <em>nowhere</em></p>"),
        ("<a href='/about'>us</a>", "<p>us</p>"),
        ("<a href='mailto:a@b.example'>write</a>", '<p><a href="mailto:a@b.example">write</a></p>'),
        ("<pre>\n  a\n  b\n</pre>", "<pre>  a\n  b\n</pre>"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>",
         "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>"),
        ("x\u202ey\u200bz\x00\ud800", "<p>xyz</p>"),
        ("x&#x202e;y &#8203;z", "<p>xy z</p>"),
    ],
)  # fmt: skip
def test_all_html_becomes_the_same_few_blocks(untrusted, cleaned):
    assert sanitise_html(untrusted) == cleaned


def test_nesting_is_bounded_and_its_words_are_kept():
    nested = sanitise_html("<blockquote>word " * 50)

    assert nested.count("<blockquote>") == 8
    assert nested.count("word") == 50
    assert sanitise_html("<div><ul><li>word " * 5_000).count("word") == 5_000


def test_plain_text_has_a_blank_line_between_paragraphs():
    html = (
        "<h1>A</h1><p>b<br>c &amp; <em>d</em></p><ul><li>e</li><li>f</li></ul><hr><pre>g\n h</pre>"
    )

    assert html_to_text(sanitise_html(html)) == "A\n\nb\nc & d\n\ne\n\nf\n\ng\n h"


def test_a_block_knows_its_links_also_those_that_lead_nowhere():
    (block,) = clean_blocks(
        "<p><a href='#'>One <b>story</b></a> · <a href='https://x.example'>Two</a></p>"
    )

    assert [(link.title, link.url) for link in block.links] == [
        ("One story", ""),
        ("Two", "https://x.example"),
    ]
    assert block.linked
    assert not clean_blocks("<p>See <a href='#'>this</a></p>")[0].linked
