"""Whatever an article holds, the message stays whole and the words appear as they are."""

from dataclasses import replace

import html5lib
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.core.articles.article import Related
from digest.core.text import prose
from digest.render.message.build_context import NAME_LIMIT, TITLE_LIMIT
from tests.builders import MARK, a_newsletter, a_publication, an_article, an_edition
from tests.examples import examples
from tests.render.samples import printed

NASTY = (
    "{{ 7*7 }}",
    "{% raw %}",
    "{# gone? #}",
    "</style><script>alert(1)</script>",
    "</title></head><body>",
    "--><!-- <![endif]-->",
    "]]>",
    "\r\nBcc: everybody@else.example",
    "👩🏽‍🚀🧑‍🧑‍🧒",
    "x" * 500,
    "مرحبا بالعالم",
    "\u202eesrever",
    "\ud800",
    "\x00\x1b[31m",
    '" onmouseover="alert(1)',
    "' --",
    "&amp;&lt;&nbsp;&#0;",
    "<a href=''>",
    "%0d%0a =?utf-8?q?=0A?=",
    "__UNSUBSCRIBE__ *|X|* %%x%%",
    "\u2028\u0085\u00a0",
)
characters = st.characters(exclude_categories=())
lines = st.lists(st.sampled_from(NASTY) | st.text(characters, max_size=40), max_size=4).map(
    lambda parts: " ".join(("A", *parts, "Z"))
)
_PLAIN = an_edition(
    an_article("A Z", summary="A Z", related=(Related("A Z"),)),
    an_article("B Z", summary="A Z", url=""),
)


def skeleton(html: str) -> list[str]:
    """The tags of a document as a browser sees them."""
    return [e.tag for e in html5lib.parse(html, namespaceHTMLElements=False).iter()]


def words(html: str, path: str) -> str:
    root = html5lib.parse(html, namespaceHTMLElements=False)
    return " ".join("".join(root.find(path).itertext()).split())


@settings(max_examples=examples(60), deadline=None)
@given(title=lines, author=lines, summary=lines, more=lines)
def test_any_text_appears_as_it_is_in_a_whole_document(title, author, summary, more):
    lead, second = _PLAIN.articles
    edition = an_edition(
        replace(lead, title=title, authors=(author,), summary=summary, related=(Related(more),)),
        replace(second, title=more, authors=(author,), summary=summary),
    )

    message = printed(edition)

    shown = prose.shorten(prose.one_line(title), TITLE_LIMIT)
    assert skeleton(message.html) == skeleton(printed(_PLAIN).html)
    assert words(message.html, ".//h2") == words(message.html, ".//title") == shown
    assert message.subject == shown
    assert prose.shorten(prose.one_line(author), NAME_LIMIT) in words(message.html, ".//body")
    assert message.html.count(MARK) == message.text.count(MARK) == 3  # the address, two links


def test_a_title_that_looks_like_a_template_is_shown_not_run():
    message = printed(an_edition(an_article("{{ 7*7 }} {% raw %} {{ lead.title }}")))

    assert message.subject == "{{ 7*7 }} {% raw %} {{ lead.title }}"
    assert "{{ 7*7 }} {% raw %}" in message.html
    assert "{{ 7*7 }} {% raw %}" in message.text


def test_a_title_can_not_close_the_style_sheet_or_the_document():
    message = printed(an_edition(an_article("</style></body><!-- <b>bold</b>")))

    assert "&lt;/style&gt;&lt;/body&gt;&lt;!-- &lt;b&gt;bold" in message.html
    assert message.html.endswith("</body>\n</html>") or message.html.endswith("</body></html>")


def test_a_link_that_runs_something_is_no_link():
    article = an_article(
        "Plain words", url="javascript:alert(1)", related=(Related("More", "data:x"),)
    )

    message = printed(an_edition(article))

    assert "javascript:" not in message.html + message.text
    assert "data:x" not in message.html + message.text
    assert "Plain words" in message.html


def test_the_words_of_the_config_are_escaped_too():
    publication = a_publication(name="Fish & <Chips>", postal_address='1 "Quay" <Street>')
    newsletter = a_newsletter(title="<b>Weekly</b>", intro="Salt & <vinegar>")

    html = printed(an_edition(newsletter=newsletter), publication).html

    assert "Fish &amp; &lt;Chips&gt;" in html
    assert "&lt;b&gt;Weekly&lt;/b&gt;" in html
    assert "Salt &amp; &lt;vinegar&gt;" in html
    assert '1 "Quay" &lt;Street&gt;' in html
