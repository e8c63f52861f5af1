"""How an edition looks, in pictures that are the same wherever they are taken.

`pytest tests/render/message/test_pictures.py --update-golden` takes them anew; look at them.
Words are set in squares (tests/render/squares.py): docs/pictures shows real letters.
"""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from tests.builders import a_publication
from tests.render.samples import a_full_edition, printed
from tests.render.squares import font_face

pytestmark = pytest.mark.browser

GOLDEN = Path(__file__).parents[1] / "golden" / "pictures"
VIEWS: dict[str, dict[str, Any]] = {
    "desktop": {"width": 800},
    "phone": {"width": 375},
    "dark": {"width": 375, "dark": True},
    "no-images": {"width": 375, "images": False},
    "no-styles": {"width": 375, "styles": False},
    "right-to-left": {"width": 375, "language": "ar"},
}
SHADES = 40
"""Of 255: what smoothing an edge otherwise may change a pixel by, and a new colour exceeds."""
ROOM = 0.0002
"""The part of all pixels that may differ: less than one line between two stories."""


@pytest.fixture
def take(tab):
    """A picture of HTML as a reader sees it: take(html, width, …)."""

    def take(html: str, width: int, *, dark=False, images=True, styles=True) -> Image.Image:
        if not styles:
            html = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
        page = tab(width, 600, dark=dark)
        page.route("**/*", lambda route: route.fulfill(body=PAINT) if images else route.abort())
        page.set_content(html.replace("</head>", f"{font_face(html)}</head>"))
        assert page.evaluate("document.fonts.ready.then(all => [...all].map(one => one.status))")
        with Image.open(io.BytesIO(page.screenshot(full_page=True))) as taken:
            picture: Image.Image = taken.convert("RGB")
            return picture

    return take


def _paint() -> bytes:
    """What stands for every photograph."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "#4a7c6f").save(file, "PNG")
    return file.getvalue()


PAINT = _paint()


def of_the_edition(take, *, width: int, language: str = "en", **view) -> Image.Image:
    html = printed(a_full_edition(), a_publication(language=language)).html
    picture: Image.Image = take(html, width, **view)
    return picture


def unlike(one: Image.Image, other: Image.Image) -> str:
    """In what two pictures differ, "" if they look the same."""
    if one.size != other.size:
        return f"{one.size} and {other.size} pixels"
    apart = ImageChops.difference(one, other).split()
    most = ImageChops.lighter(ImageChops.lighter(apart[0], apart[1]), apart[2])
    differing = most.point(lambda shade: 255 if shade > SHADES else 0)
    share = differing.histogram()[255] / (one.width * one.height)
    return f"{share:.3%} of the pixels, within {differing.getbbox()}" if share > ROOM else ""


@pytest.mark.parametrize("view", VIEWS)
def test_an_edition_looks_as_agreed(take, view, request):
    file = GOLDEN / f"{view}.png"
    taken = of_the_edition(take, **VIEWS[view])
    if request.config.getoption("--update-golden"):
        file.parent.mkdir(exist_ok=True)
        taken.quantize(160).save(file, optimize=True)

    assert unlike(taken, Image.open(file).convert("RGB")) == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("padding:20px 0 22px", "padding:21px 0 22px"),
        ("font-size:20px", "font-size:21px"),
        ("color:#33383d", "color:#5a6068"),
        ("border-bottom:3px solid #14171a", "border-bottom:3px solid #6a7a9a"),
        ("text-align:center", "text-align:left"),
        ("font-weight:bold", "font-weight:normal"),
    ],
)
def test_a_change_of_looks_is_seen(take, old, new):
    html = printed(a_full_edition()).html
    assert old in html

    assert unlike(take(html, 375), take(html.replace(old, new), 375))
