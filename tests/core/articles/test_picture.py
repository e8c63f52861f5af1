"""Which pictures are looked for, and when."""

from dataclasses import replace

import pytest

from digest.core.articles.article import Change, ImageLink
from digest.core.articles.picture import (
    MAX_PICTURE_TRIES,
    ImageState,
    is_picture_due,
    likely,
    picture_objection,
)
from tests.builders import an_image

AT = "https://harbour.example/img/"


def links(*names):
    return tuple(ImageLink(f"{AT}{name}") for name in names)


@pytest.mark.parametrize(
    "name",
    [
        *("logo.png", "site-logo.svg", "harbour_logo_2x.png", "icon-32.png", "favicon.ico"),
        *("avatar.jpg", "pixel.gif", "1x1.gif", "spacer.gif", "blank.png", "share-button.png"),
        *("Tracking%20Pixel.gif", "placeholder.jpg"),
    ],
)
def test_furniture_is_not_looked_at(name):
    assert likely(links(name)) == ()


@pytest.mark.parametrize(
    "name", ["tide.jpg", "logos-of-the-city.jpg", "catalogo.jpg", "silicone.jpg", "1x10.jpg", ""]
)
def test_everything_else_is(name):
    assert likely(links(name)) == links(name)


def test_each_is_looked_at_once_and_a_few_at_most():
    found = likely([*links("a", "b", "a"), ImageLink(f"{AT}b", "Words", "Ada"), *links("c", "d")])

    assert found == (*links("a"), ImageLink(f"{AT}b", "Words", "Ada"), *links("c"))


def asked(*names, **changes):
    state = ImageState(tuple(f"{AT}{name}" for name in names), an_image())
    return replace(state, **changes)


LOST = {"image": None, "why": "it is too small"}


@pytest.mark.parametrize(
    ("state", "named", "change", "due"),
    [
        (None, ["a"], Change.NEW, True),
        (None, ["a"], Change.SAME, True),  # it came in before pictures did
        (None, [], Change.NEW, False),
        (asked("a"), ["a"], Change.SAME, False),
        (asked("a"), ["a"], Change.EDITED, False),
        (asked("a"), ["b"], Change.SAME, True),
        (asked("a?sig=1"), ["a?sig=2"], Change.SAME, False),
        (asked("a?id=1"), ["a?id=2"], Change.EDITED, True),
        (asked("a"), ["a", "b"], Change.SAME, True),
        (asked("a"), [], Change.SAME, False),
        (asked("a"), [], Change.EDITED, True),  # it was taken away
        (asked(image=None), [], Change.EDITED, False),
        (asked("a", **LOST, tries=1), ["a"], Change.SAME, True),
        (asked("a", **LOST, tries=MAX_PICTURE_TRIES), ["a"], Change.SAME, False),
        (asked("a", **LOST, tries=MAX_PICTURE_TRIES), ["b"], Change.SAME, True),
    ],
)
def test_a_picture_is_looked_for_when_there_is_something_new(state, named, change, due):
    assert is_picture_due(state, links(*named), change) is due


@pytest.mark.parametrize(
    ("size", "is_kept"),
    [((240, 160), True), ((239, 160), False), ((240, 159), False), ((900, 300), True),
     ((901, 300), False), ((300, 901), False), ((1, 1), False)],
)  # fmt: skip
def test_tiny_ones_and_strips_are_none(size, is_kept):
    assert (picture_objection(*size) == "") is is_kept
