"""Draws the pictures of the sample articles anew: python scripts/sample/draw.py."""

from math import cos, pi, sin
from pathlib import Path

from PIL import Image, ImageDraw

PLACE = Path(__file__).parent / "articles" / "img"
WIDTH, HEIGHT, FINE = 1200, 600, 2
"""Drawn larger than shown, so that edges become smooth."""


def canvas(colour: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), colour)
    return picture, ImageDraw.Draw(picture)


def wave(draw: ImageDraw.ImageDraw, height: int, swing: int, length: int, colour: str) -> None:
    """Everything below a wave."""
    line = [
        (x, (height + swing * sin(2 * pi * x / (length * FINE))) * FINE)
        for x in range(0, WIDTH * FINE + 8, 8)
    ]
    draw.polygon([*line, (WIDTH * FINE, HEIGHT * FINE), (0, HEIGHT * FINE)], fill=colour)


def disc(draw: ImageDraw.ImageDraw, x: int, y: int, radius: int, colour: str) -> None:
    box = tuple(FINE * side for side in (x - radius, y - radius, x + radius, y + radius))
    draw.ellipse(box, fill=colour)


def shape(draw: ImageDraw.ImageDraw, colour: str, *corners: tuple[int, int]) -> None:
    draw.polygon([(FINE * x, FINE * y) for x, y in corners], fill=colour)


def bar(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], colour: str) -> None:
    draw.rectangle(tuple(FINE * side for side in box), fill=colour)


def orchestra() -> Image.Image:
    """A ferry by night, and five lines of music for its wake."""
    picture, draw = canvas("#16243f")
    disc(draw, 930, 150, 70, "#f2dfa7")
    disc(draw, 900, 135, 62, "#16243f")
    shape(draw, "#c8553d", (240, 330), (860, 330), (800, 420), (300, 420))
    bar(draw, (320, 260, 760, 330), "#f4efe4")
    bar(draw, (400, 205, 640, 260), "#dcd3bf")
    for x in range(345, 745, 50):
        bar(draw, (x, 282, x + 26, 308), "#e9b44c")
    wave(draw, 415, 9, 240, "#24507a")
    for number in range(5):
        line = [
            (FINE * x, FINE * (465 + 24 * number + 7 * sin(x / 90))) for x in range(0, WIDTH + 8, 8)
        ]
        draw.line(line, fill="#9cc3dd", width=3 * FINE)
    for x, step in ((170, 1), (390, 3), (610, 0), (830, 2), (1030, 1)):
        disc(draw, x, round(477 + 24 * step + 7 * sin(x / 90)), 15, "#f4efe4")
    return picture


def sandbank() -> Image.Image:
    """Two shores, and a sandbank that is drawn where it was and where it is."""
    picture, draw = canvas("#8fc1c9")
    for height, colour in ((230, "#7fb3bf"), (330, "#6ba2b2"), (430, "#5a91a4")):
        wave(draw, height, 14, 400, colour)
    shape(draw, "#5c7a4d", (0, 0), (250, 0), (140, 600), (0, 600))
    shape(draw, "#a8693b", (1200, 0), (980, 0), (1090, 600), (1200, 600))
    for x, colour in ((430, "#a9cdcb"), (560, "#c4d3bd"), (700, "#ecd9a0")):
        draw.ellipse((FINE * (x - 150), FINE * 255, FINE * (x + 150), FINE * 365), fill=colour)
    for x, colour in ((655, "#5c7a4d"), (745, "#a8693b")):
        bar(draw, (x, 200, x + 5, 310), "#3b3a36")
        bar(draw, (x + 5, 200, x + 65, 240), colour)
    return picture


def moth() -> Image.Image:
    """A moth under a lamp, the wrong way up."""
    picture, draw = canvas("#2b2b3a")
    for radius, colour in ((330, "#3d3b44"), (240, "#55504c"), (150, "#7d7250"), (80, "#e8c95a")):
        disc(draw, 600, 150, radius, colour)
    bar(draw, (590, 0, 610, 90), "#15151d")
    shape(draw, "#15151d", (540, 120), (660, 120), (625, 85), (575, 85))
    for side in (-1, 1):
        far, near = side * 190, side * 150
        shape(draw, "#b9ada0", (600, 380), (600 + far, 330), (600 + near, 470), (600, 450))
        far, near = side * 120, side * 95
        shape(draw, "#8c7f73", (600, 395), (600 + far, 365), (600 + near, 440), (600, 435))
        disc(draw, 600 + side * 105, 398, 17, "#3b3a36")
        for turn in range(3):
            angle = pi / 2 + side * (0.35 + 0.18 * turn)
            end = (600 + 120 * cos(angle), 470 + 70 * sin(angle))
            draw.line([FINE * 600, FINE * 470, FINE * end[0], FINE * end[1]], "#b9ada0", 3 * FINE)
    draw.ellipse((FINE * 585, FINE * 360, FINE * 615, FINE * 480), fill="#5b5048")
    return picture


if __name__ == "__main__":
    PLACE.mkdir(exist_ok=True)
    for draw_it in (orchestra, sandbank, moth):
        small = draw_it().resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.save(PLACE / f"{draw_it.__name__}.jpg", quality=60, optimize=True, progressive=True)
