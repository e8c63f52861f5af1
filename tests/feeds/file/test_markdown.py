"""Markdown with front matter, and what is wrong with it."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from digest.core.articles.article import Related
from digest.errors import ArticleError
from digest.feeds.file import markdown

BODY = "\n\nThe tide is out. Nobody minds at all.\n"


def read(front, body=BODY, zone=UTC):
    return markdown.read_markdown(f"---\n{front}\n---{body}", "a.md", zone)


@pytest.mark.parametrize(
    ("front", "field", "value"),
    [
        ("title: 1984", "title", "1984"),
        ("title: T\nauthor: Ada Park and Ben Ito", "authors", ("Ada Park", "Ben Ito")),
        ("title: T\nauthors: [Ada Park, {name: Ben Ito}]", "authors", ("Ada Park", "Ben Ito")),
        ("title: T\nbyline: By ada", "authors", ("ada",)),
        ("title: T\ndate: 2024-03-03", "published", datetime(2024, 3, 3, tzinfo=UTC)),
        ("title: T\ndate: March 3, 2024", "published", datetime(2024, 3, 3, tzinfo=UTC)),
        ("title: T\npublished: 2024-03-03 09:15", "published",
         datetime(2024, 3, 3, 9, 15, tzinfo=UTC)),
        ("title: T\ndate: 2024-03-03T09:15:00+02:00", "published",
         datetime(2024, 3, 3, 9, 15, tzinfo=timezone(timedelta(hours=2)))),
        ("title: T\nlink: https://a.example/x", "url", "https://a.example/x"),
        ("title: T\npermalink: /x", "url", ""),
        ("title: T\ndescription: Short.", "summary", "Short."),
        ("title: T\ntopic: World\ntags: a, b\ncategories: [c, World]", "categories",
         ("World", "c", "World", "a", "b")),
        ("title: T\nphoto-credit: Bo Wik", "photo_credit", "Bo Wik"),
        ("title: T\nrelated: [One, {title: Two, url: https://a.example}, https://b.example]",
         "related",
         (Related("One"), Related("Two", "https://a.example"),
          Related("https://b.example", "https://b.example"))),
    ],
)  # fmt: skip
def test_front_matter_fills_the_fields(front, field, value):
    assert getattr(read(front), field) == value


def test_a_day_without_a_time_begins_where_the_publication_is():
    berlin = ZoneInfo("Europe/Berlin")

    assert read("title: T\ndate: 2024-03-03", zone=berlin).published == datetime(
        2024, 3, 3, tzinfo=berlin
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\ntitle: a: b\n---\nx", "line 2: a value with a colon in it has to stand in quotes"),
        ("---\ntitle: ok\n\tdate: x\n---\nx", "line 3: a tab; indent with spaces"),
        ("---\ntitle: [a\n---\nx", "line 3:"),
        ("---\na: &x [1]\nb: *x\n---\nx", "line 3: aliases (*name) are not allowed"),
        ("---\n- a\n- b\n---\nx", "line 2: fields are expected, such as title: …"),
        ("---\ntitle: open\n\nThe rest.", "line 1: no closing ---"),
        ("---\ntitle: T\ndate: 2024-99-99\n---\nx", "line 3: '2024-99-99' is no date"),
        ("---\ntitle: T\ndate: next week\n---\nx", "line 3: 'next week' is no date"),
        ("---\ntitle: " + "a" * 20_000 + "\n---\nx", "line 1: longer than 16,000 characters"),
        ("---\na: " + "[" * 1_000 + "\n---\nx", "brackets nested far too deep"),
        ("+++\ntitle = 'T'\ndate = \n+++\nx", "line 3: Invalid value"),
        ("+++\ntitle = 'T'", "line 1: no closing +++"),
        ("---\ntitle: T\ndraft: true\n---\nx", "a draft (draft: true in its front matter)"),
    ],
)
def test_bad_front_matter_is_refused_with_its_line(text, reason):
    with pytest.raises(ArticleError) as caught:
        markdown.read_markdown(text, "a.md", UTC)

    assert reason in str(caught.value)


def test_a_line_of_dashes_at_the_top_is_no_front_matter():
    item = markdown.read_markdown(
        "---\n\n# A title\n\nThe tide is out. Nobody minds at all.", "a.md", UTC
    )

    assert item.title == "A title"


def test_the_first_heading_is_the_title_without_front_matter():
    item = markdown.read_markdown(
        f"A note of the editor\n\n## The title\n\n### Part{BODY}", "a.md", UTC
    )

    assert item.title == "The title"
    assert item.body_text.startswith("A note of the editor\n\nPart\n\nThe tide")


def test_an_article_about_code_may_be_mostly_code():
    code = "```python\n" + "import this\nreturn that;\n" * 40 + "```\n"

    item = markdown.read_markdown(f"# How to import{BODY}\n{code}", "a.md", UTC)

    assert item.body_html.count("return that;") == 40


def test_markdown_keeps_what_a_page_dump_must_not():
    text = f"# T\n{BODY}\n    code *here*\n\n[a][1] `b`\n\n[1]: https://a.example\n"

    html = markdown.read_markdown(text, "a.md", UTC).body_html

    assert "<pre><code>code *here*\n</code></pre>" in html
    assert '<a href="https://a.example">a</a> <code>b</code>' in html
