"""Articles as nobody would write them, from the file to the message as it is sent."""

from email import message_from_bytes, policy

import html5lib
import pytest

from digest.core.articles.article import Article
from digest.core.message.compose import EncodedVariant, ListHeaders, compose
from digest.core.message.encoded_edition import encode_fragments, standard
from digest.core.text import prose
from digest.feeds.file import files
from digest.render.lint.lint import lint_message
from digest.render.message.build_context import TITLE_LIMIT
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
from tests.render.samples import RENDERER, WEB_URL

TITLES = {
    "500 characters": " ".join(["Herring"] * 63)[:500],
    "500 without a space": "Donaudampfschifffahrt" * 24,
    "emoji": "The tide 🌊 and the 👩🏽‍🚀 who reads it 🧑‍🧑‍🧒",
    "a template": "{{ lead.title }} {% raw %} {# gone #} ${7*7} <%= 7 %>",
    "the end of the styles": "</style></head></title><script>alert(1)</script>",
    "a new line": "Herring\r\nBcc: everybody@else.example\r\n\r\nand salt",
    "an encoded word": "=?utf-8?q?Bcc=3A_everybody=40else=2Eexample?= and salt",
    "tokens of other systems": "*|UNSUB|* %%email%% [[url]] __URL__ {{{x}}}",
    "from right to left": "المدّ 42 \u202eevil\u202c",
    "markup": "<b>Herring</b> & <i>salt</i> &amp; &lt;b&gt;",
    "a comment": "--> herring <!-- <![endif]-->",
    "only blanks": " \t\u2028 ",
}


def parsed(edition):
    """The finished message of an edition by another parser, its HTML too."""
    setting = RENDERER.render(edition, a_publication(), MARK, WEB_URL)
    encoded = encode_fragments(
        setting.rendered, a_sender(), ListHeaders("weekly", "Weekly", "1:weekly")
    )
    link = f"{WEB_URL}/unsubscribe/"
    octets = compose(
        EncodedVariant(standard(encoded)), a_recipient(), a_sender(), link, MONDAY
    ).message
    message = message_from_bytes(octets, policy=policy.default)
    text, html = (part.get_content() for part in message.iter_parts())
    return octets, message, text, html5lib.parse(html, namespaceHTMLElements=False)


def words(element) -> str:
    return " ".join("".join(element.itertext()).split())


def hard(octets: bytes) -> list[str]:
    return [f"{one.id} {one.where}" for one in lint_message(octets) if one.hard]


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_a_title_is_whole_in_the_header_and_in_both_parts(title):
    ordinary = an_article("An ordinary title", topic="science", authors=("Bo Lin",))
    octets, message, text, root = parsed(
        an_edition(an_article(title, topic="world", words=9000), ordinary)
    )

    shown = prose.shorten(prose.one_line(title), TITLE_LIMIT) or "Untitled"
    # In a header "=?" could be taken for an encoded word by a careless program, so it is parted.
    assert message["Subject"] == shown.replace("=?", "= ?")
    assert set(message.keys()) & {"Bcc", "bcc"} == set()
    assert words(root.find(".//title")) == shown
    assert shown in [words(heading) for heading in root.iter("h2")]
    assert shown.split()[0] in text
    assert [e.tag for e in root.iter("script")] == []
    assert "An ordinary title" in [words(heading) for heading in root.iter("h3")]
    assert hard(octets) == []


BODY = """\
<!doctype html><title>The long pier</title><article><h1>The long pier</h1>
<p>By Mara Lind</p>
<p>It goes on and on, says the keeper, and nobody has ever been at the end of it.</p>
{}
<p>And then it stops.</p></article>
"""
BODIES = {
    "nested tables": "<table><tr><td>" * 90 + "deep" + "</td></tr></table>" * 90,
    "scripts": "<script>alert(1)</script><p onclick='alert(2)'>A click.</p>"
    "<a href='javascript:alert(3)'>Here</a><svg onload=alert(4)></svg><iframe src=x></iframe>",
    "100 images": "".join(f'<img src="https://harbour.example/{n}.jpg">' for n in range(100)),
    "styles": "<style>* { display: none }</style><p style='position:fixed'>Over it all.</p>",
    "forms": "<form action=https://else.example><input name=card><button>Pay</button></form>",
    "what is never closed": "<div><b><p><table><tr><td><a href='https://h.example'>" * 40,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_adds_only_its_first_words_to_a_message(body, tmp_path):
    file = tmp_path / "pier.html"
    file.write_text(BODY.format(body), encoding="utf-8")
    (item,) = files.read_file(file)
    plain = an_article("An ordinary title", topic="world")
    article = an_article(item.title, body_html=item.body_html, body_text=item.body_text, summary="")

    octets, _, text, root = parsed(an_edition(plain, article))

    assert "It goes on and on, says the keeper" in text
    assert hard(octets) == []
    allowed = {"https://harbour.example", "https://read.harbour.example"}
    links = [a.get("href") for a in root.iter("a") if (a.get("href") or "#")[0] != "#"]
    assert {"/".join(link.split("/")[:3]) for link in links} <= allowed
    for tag in ("script", "iframe", "form", "svg", "input"):
        assert [e.tag for e in root.iter(tag)] == []


WITHOUT = {
    "an author": {"authors": ()},
    "a date": {"dated": False},
    "a summary": {"summary": "", "body_text": "", "words": 0},
    "an address": {"url": ""},
    "a picture": {"image": None},
    "a topic": {"topics": ()},
    "anything": {
        "authors": (),
        "dated": False,
        "summary": "",
        "body_text": "",
        "words": 0,
        "url": "",
        "topics": (),
    },
}


def without(title: str, **changes) -> Article:
    return an_article(title, topic="" if "topics" in changes else "world", **changes)


@pytest.mark.parametrize("missing", WITHOUT.values(), ids=WITHOUT)
def test_what_an_article_lacks_leaves_no_gap(missing):
    pieces = [without("The first", **missing), without("The second", **missing)]

    for edition in (an_edition(*pieces), an_edition(pieces[0])):
        octets, _, text, root = parsed(edition)
        assert hard(octets) == []
        assert all(words(e) for tag in ("p", "h1", "h2", "h3", "h4", "li") for e in root.iter(tag))
        assert "None" not in text
        assert " ·  · " not in text
        assert "By \n" not in text


def test_a_topic_of_one_and_a_topic_of_two_hundred_stand_in_one_edition():
    many = [
        an_article(f"Number {n} of a long series", topic="world", authors=(f"Writer {n % 70}",))
        for n in range(200)
    ]
    octets, _, text, root = parsed(
        an_edition(
            an_article("The lead", topic="world"), *many, an_article("Alone", topic="science")
        )
    )

    titles = {words(e) for tag in ("h3", "h4") for e in root.iter(tag)}
    shown = titles & {article.title for article in many}
    assert len(shown) > 120  # the others come again; see core.message.size_budget
    assert all(title in text for title in shown)
    assert hard(octets) == []


def test_a_writer_of_two_hundred_pieces_and_a_piece_of_two_hundred_writers():
    many = [an_article(f"Number {n}", topic="world", authors=("Ada Ferrer",)) for n in range(60)]
    crowd = tuple(f"Writer Number{n}" for n in range(200))

    octets, _, _, root = parsed(
        an_edition(*many, an_article("All of us", topic="world", authors=crowd))
    )

    assert [words(e) for e in root.iter("h3")].count("Ada Ferrer") == 1
    assert hard(octets) == []


def test_a_hundred_related_pieces_are_cut_to_a_few():
    edition = an_edition(an_article(topic="world", related=related(*map(str, range(100)))))

    octets, _, _, root = parsed(edition)

    assert len(list(root.iter("li"))) == 6
    assert hard(octets) == []
