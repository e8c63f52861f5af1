"""Lines that say who and when, and lines that only look like it."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from digest.feeds.article import dates
from digest.feeds.article.byline import author_names_in, byline

MARCH_3 = datetime(2024, 3, 3, tzinfo=UTC)
AT_9_15 = datetime(2024, 3, 3, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "authors", "published"),
    [
        ("Written by Ada Park on March 3, 2024", ["Ada Park"], MARCH_3),
        ("By Ada Park", ["Ada Park"], None),
        ("by Ada Park", ["Ada Park"], None),
        ("BY ADA PARK", ["ADA PARK"], None),
        ("*By Ada Park*", ["Ada Park"], None),
        ("By: Ada Park", ["Ada Park"], None),
        ("Author: Ada Park", ["Ada Park"], None),
        ("By Ada Park and Ben Ito", ["Ada Park", "Ben Ito"], None),
        ("By Ada Park, Ben Ito, and Mara Faro", ["Ada Park", "Ben Ito", "Mara Faro"], None),
        ("By Ada Park & Ben Ito with Mara Faro", ["Ada Park", "Ben Ito", "Mara Faro"], None),
        ("Ada Park, Ben Ito | March 3, 2024", ["Ada Park", "Ben Ito"], MARCH_3),
        ("Ada Park — 2024-03-03", ["Ada Park"], MARCH_3),
        ("By Ada Park, March 3, 2024", ["Ada Park"], MARCH_3),
        ("By Ada Park (3 March 2024)", ["Ada Park"], MARCH_3),
        ("March 3, 2024 by Ada Park", ["Ada Park"], MARCH_3),
        ("By Ada Park • March 3, 2024 • 5 min read", ["Ada Park"], MARCH_3),
        ("World | By Ada Park | Updated March 4, 2024 | Published March 3, 2024",
         ["Ada Park"], MARCH_3),
        ("By Ada Park, Staff Writer", ["Ada Park"], None),
        ("By Ada Park, Science Editor, and Ben Ito", ["Ada Park", "Ben Ito"], None),
        ("By Ada Park for The Skerry Post", ["Ada Park"], None),
        ("By Ada Park in Berlin", ["Ada Park"], None),
        ("By Ada Park, Reuters", ["Ada Park"], None),
        ("By Ada Park, PhD, and Ben O'Neil", ["Ada Park", "Ben O'Neil"], None),
        ("By John Smith, Jr.", ["John Smith Jr."], None),
        ("By Ludwig van Aalst and Juan de la Cruz", ["Ludwig van Aalst", "Juan de la Cruz"], None),
        ("By the Associated Press", ["the Associated Press"], None),
        ("March 3, 2024", [], MARCH_3),
        ("Published on Sunday, 3 March 2024", [], MARCH_3),
        ("Published: March 3, 2024 | Updated: March 9, 2024", [], MARCH_3),
        ("Updated March 3, 2024", [], MARCH_3),
        ("By Ada Park · 02/03/2024", ["Ada Park"], None),
    ],
)  # fmt: skip
def test_a_byline_names_its_authors_and_date(line, authors, published):
    said = byline(line, UTC)

    assert said is not None
    assert (list(said.authors), said.published) == (authors, published)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "By",
        "————",
        "By noon the crowd had grown.",
        "By March 3, 2024 the wall was open.",
        "By Hook or by Crook",
        "By the numbers: what a wall costs",
        "On Sunday, March 3, 2024, the wall fell",
        "The wall fell on March 3, 2024",
        "Berlin, March 3, 2024",
        "Ada Park, March 3, 2024, and other days that Ben Ito would rather forget",
        "Ada Park",
        "By and by the boats came home",
        "By " + "Ada Park, " * 60,
    ],
)
def test_a_line_of_the_article_is_no_byline(line):
    assert byline(line, UTC) is None


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("March 3, 2024", MARCH_3),
        ("Mar. 3 2024", MARCH_3),
        ("Sunday, March 3rd, 2024", MARCH_3),
        ("3 March 2024", MARCH_3),
        ("3rd of March, 2024", MARCH_3),
        ("2024-03-03", MARCH_3),
        ("2024/03/03", MARCH_3),
        ("2024年3月3日", MARCH_3),
        ("03.03.2024", MARCH_3),
        ("3/3/2024", MARCH_3),
        ("2/27/2024", datetime(2024, 2, 27, tzinfo=UTC)),
        ("27/2/2024", datetime(2024, 2, 27, tzinfo=UTC)),
        ("March 3, 2024 at 9:15 a.m.", AT_9_15),
        ("March 3, 2024 9:15", AT_9_15),
        ("March 3, 2024, 12:15 AM", AT_9_15.replace(hour=0)),
        ("March 3, 2024, 9 pm", datetime(2024, 3, 3, 21, tzinfo=UTC)),
        ("2024-03-03T09:15:00Z", AT_9_15),
        ("2024-03-03T09:15:00.123+00:00", AT_9_15),
        ("3 March 2024, 10:15 CET", AT_9_15),
        ("March 3, 2024 4:15 AM EST", AT_9_15),
        ("2024-03-03 14:45 +0530", AT_9_15),
        ("2/3/2024", None),
        ("February 30, 2024", None),
        ("2024-13-01", None),
        ("March 3, 2024 25:15", None),
        ("March 2024", None),
        ("March 3, 0001", None),
        ("the 3rd", None),
    ],
)
def test_a_date_is_read_or_left_alone(text, when):
    assert dates.parse_date(text, UTC) == when


def test_a_day_begins_at_midnight_where_the_publication_is():
    assert dates.parse_date("March 3, 2024", ZoneInfo("Asia/Tokyo")) == datetime(
        2024, 3, 3, tzinfo=timezone(timedelta(hours=9))
    )


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Ada Park; Ben Ito", ("Ada Park", "Ben Ito")),
        ("Ada Park, Ada Park", ("Ada Park",)),
        ("山田太郎", ("山田太郎",)),
        ("ada", ()),
        ("the crowd", ()),
        ("Ada Park said no. Then she left", ()),
        ("https://a.example", ()),
    ],
)
def test_names_are_told_from_other_words(text, people):
    assert author_names_in(text) == people
