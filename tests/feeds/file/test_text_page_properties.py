"""What must hold for every page dump, whatever the article says."""

import re
from datetime import UTC, datetime

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from digest.errors import ArticleError
from digest.feeds.article.reject_non_articles import non_article_reason
from digest.feeds.file import text_page
from tests.examples import examples

WORDS = st.sampled_from(
    [
        "harbour",
        "ferry",
        "snake_case",
        "2*3",
        "4>3",
        "#7",
        "[sic]",
        "<b>salt</b>",
        "U.S.",
        "R&D",
        "don't",
        "f**l",
        "km/h",
        "1984",
        "Zürich",
        "naïve",
        "été",
        "3.5",
        "(once)",
        "“twice”",
        "__init__",
        "a*b",
        "a_b",
        "*starred*",
        "e-mail",
        "support",
        "subscription",
        "members",
        "issue",
        "Dr.",
        "you",
        "we",
        "our",
        "50%",
        "~9",
        "`quoted`",
        "x^2",
        "\\n",
        "!",
        "**",
        "_",
        "-",
        "+",
        "=",
        "|",
        "@ubs",
        "C:\\Temp",
    ]
)
OPENINGS = st.sampled_from(
    [
        "The",
        "Nobody",
        "In",
        "1984.",
        "2.",
        "- no",
        "#1",
        "> they",
        "“We",
        "Ada",
        "[1]:",
        "    We",
        "*",
    ]
)
ENDINGS = st.sampled_from([".", "?", "!", ".”", "..."])
NAMES = st.sampled_from(["Ada Park", "Ben Ito", "Juan de la Cruz", "Mary-Ann O'Neil", "J. R. Faro"])
TITLES = st.sampled_from(
    [
        "A bridge too short",
        "Who owns the ice?",
        "Support for the ferry grows",
        "The U.S. buys a quay",
    ]
)
BYLINES = st.sampled_from(
    [
        "By {names}",
        "Written by {names} on March 3, 2024",
        "{names} | March 3, 2024",
        "By {names}\nMarch 3, 2024",
        "**By [{names}](#)** · 2024-03-03",
        "by {names} (3 March 2024)",
    ]
)
PITCHES = st.sampled_from(
    [
        "Subscribe to the Skerry Post\n\nGet exclusive digital access to every story!\n\n"
        "[Subscribe](#)\n\nWhat's Included?\n\n- 24 Issues Per Year\n- Cancel anytime",
        "Support our journalism\n\nFor $5 a month, you keep our reporters in boots.\n\n"
        "[Donate now](#)",
        "[Sign up](https://post.example/join)",
        "Sign up for our newsletter.",
        "Already a subscriber? [Log in](#)",
        "Become a member today\n\nJoin 20,000 readers. Cancel anytime.",
    ]
)
PITCHED = re.compile(
    "Skerry|exclusive|Included|Issues Per|anytime|journalism|boots|Donate|Sign up|Already|20,000"
)


@st.composite
def sentences(draw):
    words = draw(st.lists(WORDS, min_size=6, max_size=30))
    return " ".join([draw(OPENINGS), "water", *words, "was here"]) + draw(ENDINGS)


@st.composite
def paragraphs(draw):
    return " ".join(draw(st.lists(sentences(), min_size=1, max_size=4)))


BODIES = st.lists(paragraphs(), min_size=1, max_size=8)
SLOW = settings(
    max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow], deadline=None
)


def page(title, byline, body, *rest):
    return "\n\n".join([title, byline, *body, *rest])


def letters(text):
    """The letters and digits of a text: what is left when marks are not what it is about."""
    text = re.sub(r"</?(?:em|strong)>", "", text)
    return re.sub(r"[\W_]+", "", text)


@SLOW
@given(TITLES, BYLINES, st.lists(NAMES, min_size=1, max_size=3, unique=True), BODIES)
def test_no_word_of_the_article_is_lost(title, byline, names, body):
    text = page(title, byline.format(names=", ".join(names)), body)
    assume(not non_article_reason(text))

    item = text_page.read_text_page(text, "page.txt", UTC)

    assert (item.title, item.authors) == (title, tuple(names))
    assert letters(item.body_text) == letters(" ".join(body))


@SLOW
@given(TITLES, BODIES, PITCHES, st.integers(0, 8))
def test_no_pitch_stays_and_nothing_around_it_goes(title, body, pitch, place):
    text = page(title, "By Ada Park", [*body[:place], pitch, *body[place:]])
    assume(not non_article_reason(text))
    assume("\n\n- no" not in text)  # a dash below the list of a pitch goes on with that list

    item = text_page.read_text_page(text, "page.txt", UTC)

    assert not PITCHED.search(item.body_text)
    assert letters(item.body_text) == letters(" ".join(body))


TWO_PARTS = ["- no water was here.", "    We water was here.", "- no water was here."]
"""The first point of this list has a second paragraph, that is a line of its own in its text."""

LONG_PARTS = [part.replace("water", "water" + " harbour" * 5) for part in TWO_PARTS]
"""The same with lines as long as paragraphs: read again, they are paragraphs."""


@SLOW
@given(TITLES, st.lists(NAMES, min_size=1, max_size=3, unique=True), BODIES)
@example("A bridge too short", ["Ada Park"], [part * 3 for part in TWO_PARTS])
@example("A bridge too short", ["Ada Park"], LONG_PARTS)
def test_an_article_written_out_and_read_again_is_the_same(title, names, body):
    byline = f"Written by {', '.join(names)} on March 3, 2024"
    text = page(title, byline, [re.sub(r"[\\*_`]", "", paragraph) for paragraph in body])
    assume(not non_article_reason(text))
    first = text_page.read_text_page(text, "page.txt", UTC)

    again = text_page.read_text_page(page(first.title, byline, [first.body_text]), "page.txt", UTC)

    assert again.title == title
    assert again.authors == tuple(names)
    assert again.published == datetime(2024, 3, 3, tzinfo=UTC)
    # A text has no marks of its lists, so where their lines break may change; no word may.
    assert again.body_text.split() == first.body_text.split()


@given(st.text(max_size=400))
def test_any_text_is_an_article_or_has_a_reason(text):
    try:
        item = text_page.read_text_page(text, "page.txt", UTC)
    except ArticleError as error:
        reason = str(error)
    else:
        reason = item.title and item.body_text and item.body_html

    assert reason
