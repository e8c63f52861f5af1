"""Less about each story where an edition would be too large: mail clients cut a long message off.

What goes first is the related pieces of the last story, what goes last is the byline of the
first one under the lead. The lead, every title and every link stay; so does the text part.
"""

from collections.abc import Callable
from dataclasses import replace

from digest.render.layout import Layout, Story

ROOM = 90_000
"""Bytes of HTML to stay under. Gmail cuts at 102,400, and a relay's link tracking adds to ours."""

_STEPS: tuple[Callable[[Story], Story], ...] = (
    lambda story: replace(story, related=()),
    lambda story: replace(story, summary=""),
    lambda story: replace(story, byline="", facts=""),
)


def fit(layout: Layout, draw: Callable[[Layout], str], room: int = ROOM) -> str:
    """The first drawing that fits, thinned from its end; the thinnest one if none does."""
    drawing = draw(layout)
    if _fits(drawing, room):
        return drawing
    for step in _STEPS:
        thinnest = _thinned(layout, step, layout.count - 1)
        drawing = draw(thinnest)
        if _fits(drawing, room):
            return _least(layout, step, draw, room) or drawing
        layout = thinnest
    return drawing


def _least(
    layout: Layout, step: Callable[[Story], Story], draw: Callable[[Layout], str], room: int
) -> str:
    """The drawing with the fewest stories thinned that fits, "" if it takes all of them."""
    best, low, high = "", 1, layout.count - 1
    while low < high:
        middle = (low + high) // 2
        drawing = draw(_thinned(layout, step, middle))
        if _fits(drawing, room):
            best, high = drawing, middle
        else:
            low = middle + 1
    return best


def _thinned(layout: Layout, step: Callable[[Story], Story], last: int) -> Layout:
    """The layout with a step taken for so many of its last stories, never for the lead."""
    left = layout.count - 1 - last
    blocks = []
    for block in layout.blocks:
        bylines = []
        for byline in block.bylines:
            kept, left = byline.stories[: max(left, 0)], left - len(byline.stories)
            thin = map(step, byline.stories[len(kept) :])
            bylines.append(replace(byline, stories=(*kept, *thin)))
        blocks.append(replace(block, bylines=tuple(bylines)))
    return replace(layout, blocks=tuple(blocks))


def _fits(drawing: str, room: int) -> bool:
    return len(drawing.encode()) <= room
