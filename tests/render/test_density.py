"""A large edition says less about its last stories, and stays whole in every mail client."""

import re

import pytest

from digest.render.density import ROOM, fit
from digest.render.language import Phrases
from digest.render.layout import lay_out
from tests.builders import a_publication, an_article, an_edition, related
from tests.render.samples import printed

TOPICS = ("world", "science", "economy", "")


def an_edition_of(count: int):
    return an_edition(
        *(
            an_article(
                f"Story {n:03} about the water in the harbour",
                topic=TOPICS[n % 4],
                authors=(f"Writer {n % 9}",),
                summary=f"Summary {n:03}: what a harbour learns when it measures its water.",
                related=related(f"More on story {n:03}", "And more"),
            )
            for n in range(count)
        )
    )


def outline(layout) -> str:
    """A drawing whose size is easy to count: one line a fact."""
    return "\n".join(
        line
        for story in layout.stories
        for line in (story.title, story.summary, story.byline, *(r.title for r in story.related))
        if line
    )


def a_layout(count: int):
    return lay_out(an_edition_of(count), a_publication(), Phrases())


def test_what_fits_is_left_alone():
    layout = a_layout(9)

    assert fit(layout, outline) == outline(layout)


@pytest.mark.parametrize("room", range(600, 2000, 70))
def test_it_takes_no_more_away_than_it_has_to(room):
    layout = a_layout(12)
    full = outline(layout)

    drawing = fit(layout, outline, room)

    assert len(drawing) <= room
    longest = max(len(line) for line in full.splitlines()) * 3
    assert len(drawing) > room - longest or drawing == full
    assert drawing.splitlines()[:5] == full.splitlines()[:5]
    assert [t for t in drawing.splitlines() if t.startswith("Story")] == [
        story.title for story in layout.stories
    ]


def test_related_pieces_go_first_and_from_the_end():
    drawing = fit(a_layout(6), outline, len(outline(a_layout(6))) - 1)

    assert drawing.count("And more") == 5
    assert drawing.count("Summary") == 6
    assert not drawing.endswith("And more")


def test_an_edition_too_large_for_anything_is_as_thin_as_can_be():
    drawing = fit(a_layout(6), outline, 10)

    assert drawing.count("Story") == 6
    assert drawing.count("Summary") == drawing.count("By ") == 1


@pytest.mark.parametrize("count", [70, 110])
def test_a_large_edition_stays_below_the_size_where_mail_is_cut(count):
    message = printed(an_edition_of(count))

    assert ROOM * 0.9 < len(message.html.encode()) <= ROOM
    assert set(re.findall(r"Story \d+", message.html)) == {f"Story {n:03}" for n in range(count)}
    assert message.text.count("Summary") == count
    assert "Summary 000" in message.html
