"""Several articles in one file, and one article that looks like several."""

from datetime import UTC

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from digest.feeds.article.reject_non_articles import non_article_reason
from digest.feeds.file import markdown, text_page
from tests.feeds.file.test_text_page_properties import BODIES, NAMES, SLOW, TITLES, letters, page

FIRST = "The ferry is late again. Nobody on the pier minds, because the tea is hot and it is free."
SECOND = "The bakery has run out of flour. Its owner blames the mill, and the mill blames the wind."
THIRD = "The choir has lost its tenor. He was last seen on the ferry, with a cup of tea and a map."


def titles(*blocks):
    return [item.title for item in text_page.read_text_pages("\n\n".join(blocks), "page.txt", UTC)]


@pytest.mark.parametrize(
    "heads",
    [
        [("Ferry Is Late", "By Ada Park"), ("Bread Runs Out", "By Ben Ito")],
        [("By Ada Park", "Ferry Is Late"), ("By Ben Ito", "Bread Runs Out")],
        [("Ferry Is Late", "Ada Park | 2024-03-03"), ("Bread Runs Out", "Ben Ito | 2024-03-04")],
        [("Ferry Is Late", "By Ada Park\n2024-03-03"), ("Bread Runs Out", "By Ben Ito\n2024-3-3")],
        [("Ferry Is Late", "Von Ada Park"), ("---", "Bread Runs Out", "Von Ben Ito")],
        [("Ferry Is Late", "By Ada Park"), ("* * *", "LOCAL", "Bread Runs Out", "By Ada Park")],
        [("# Ferry Is Late", "By Ada Park"), ("# Bread Runs Out", "By Ben Ito")],
    ],
)  # fmt: skip
def test_a_headline_with_its_byline_begins_another_article(heads):
    assert titles(*heads[0], FIRST, *heads[1], SECOND) == ["Ferry Is Late", "Bread Runs Out"]


def test_three_articles_keep_their_own_parts():
    page = ["Ferry Is Late", "By Ada Park", FIRST, "Photo: Ines Rowe", "Related articles:"]
    page += ["[The Pier](https://a.example/pier)", "Bread Runs Out", "By Ben Ito", SECOND]
    page += ["Subscribe to our newsletter", "[Sign up](#)", "Tenor Missing", "By Cara Uhl", THIRD]

    ferry, bread, tenor = text_page.read_text_pages("\n\n".join(page), "page.txt", UTC)

    assert [link.title for link in ferry.related] == ["The Pier"]
    assert (ferry.photo_credit, bread.photo_credit) == ("Ines Rowe", "")
    assert [item.body_text for item in (ferry, bread, tenor)] == [FIRST, SECOND, THIRD]
    assert [item.authors for item in (ferry, bread, tenor)] == [
        ("Ada Park",), ("Ben Ito",), ("Cara Uhl",)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "between",
    [
        ["By Ada Park"],
        ["By Ada Park on March 3, 2024"],
        ["Ferry Is Late", "By Ada Park"],
        ["What comes next", "By Ada Park"],
        ["By Ada Park", "What comes next"],
        ["---", "By Ada Park", "What comes next"],
        ["---", "By Ada Park"],
        ["---", "What comes next"],
        ["By Ben Ito"],
        ["Additional reporting by Ben Ito."],
        ["Photo by Ben Ito", "By Ada Park"],
        ["By noon the crowd had grown"],
    ],
)
def test_a_page_break_or_a_subheading_begins_none(between):
    assert titles("Ferry Is Late", "By Ada Park", FIRST, *between, SECOND) == ["Ferry Is Late"]


def test_a_byline_in_the_middle_of_a_sentence_begins_none():
    broken = ["The ferry is late again, and the people on the pier have", "By Ada Park"]
    page = ["Ferry Is Late", "By Ada Park", *broken, "begun to sing in three parts.", SECOND]

    (item,) = text_page.read_text_pages("\n\n".join(page), "page.txt", UTC)

    assert "Ada" not in item.body_text
    assert "the pier have begun to sing" in item.body_text
    assert item.body_html.count("<p>") == 2


def test_a_paragraph_that_is_whole_is_not_joined_to_the_next_at_a_page_break():
    page = ["Ferry Is Late", "By Ada Park", FIRST, "By Ada Park", "eBooks are late, too, it seems."]

    (item,) = text_page.read_text_pages("\n\n".join(page), "page.txt", UTC)

    assert item.body_html.count("<p>") == 2


@pytest.mark.parametrize(
    "listed",
    [
        ["Bread Runs Out", "By Ben Ito"],
        ["Bread Runs Out", "By Ben Ito", "The mill is blamed."],
        ["[Bread Runs Out](https://a.example/bread)", "By Ben Ito", SECOND],
    ],
)
def test_a_list_of_other_articles_begins_none(listed):
    page = ["Ferry Is Late", "By Ada Park", FIRST, "More stories:", *listed]

    assert titles(*page) == ["Ferry Is Late"]


def test_markdown_may_hold_several_but_not_below_front_matter():
    page = f"# Ferry\n\nBy Ada Park\n\n{FIRST}\n\n# Bread\n\nBy Ben Ito\n\n{SECOND}\n"

    two = markdown.read_markdowns(page, "page.md", UTC)
    one = markdown.read_markdowns(f"---\nauthor: Ada Park\n---\n{page}", "page.md", UTC)

    assert [item.title for item in two] == ["Ferry", "Bread"]
    assert [item.title for item in one] == ["Ferry"]


@SLOW
@given(TITLES, NAMES, BODIES, st.integers(0, 8))
def test_an_article_with_its_byline_repeated_anywhere_stays_one(title, name, body, place):
    byline = f"By {name} on March 3, 2024"
    text = page(title, byline, [*body[:place], byline, *body[place:]])
    assume(not non_article_reason(text))

    (item,) = text_page.read_text_pages(text, "page.txt", UTC)

    assert letters(item.body_text) == letters(
        text_page.read_text_page(text, "page.txt", UTC).body_text
    )


@SLOW
@given(TITLES, TITLES, BODIES, BODIES)
def test_no_word_is_lost_between_two_articles(one, other, first, second):
    text = page(one, "By Ada Park", first, other, "By Ben Ito", *second)
    assume(not non_article_reason(text))

    found = text_page.read_text_pages(text, "page.txt", UTC)

    told = "".join(letters(item.title + item.body_text) for item in found)
    assert all(letters(part) in told for part in (*first, *second))
