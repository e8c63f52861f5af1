"""Colours as #rrggbb, and whether one can be read on another (WCAG 2.2, 1.4.3)."""

import colorsys
import re
from collections.abc import Iterable, Sequence
from math import floor

READABLE = 4.5
"""What text of any size needs; large text would do with 3, but it shares its colours."""

_HEX = re.compile(r"#[0-9a-f]{6}")
_STEPS = 200
"""Between a colour and black or white, when a readable one is looked for."""


def parse_colour(text: str) -> str:
    """A colour in lower case. Raises ValueError with a sentence that can follow a key's name."""
    colour = text.strip().lower()
    if _HEX.fullmatch(colour):
        return colour
    short = re.fullmatch(r"#?([0-9a-f]{3}|[0-9a-f]{6})", colour)
    hint = ""
    if short:
        digits = short[1] if len(short[1]) == 6 else "".join(2 * digit for digit in short[1])
        hint = f"; write '#{digits}'"
    raise ValueError(f"must be a colour of six digits such as \"#0b57d0\", got '{text}'{hint}")


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def said(ratio: float) -> str:
    """A ratio for people, never rounded up to what it isn't: `4.4:1`."""
    return f"{floor(ratio * 10) / 10:.1f}:1"


def worst(colour: str, grounds: Sequence[str]) -> float:
    """The lowest contrast of a colour with what it stands on."""
    return min(contrast(colour, ground) for ground in grounds)


def readable(colour: str, grounds: Sequence[str], needed: float = READABLE) -> str | None:
    """The colour itself if it can be read on all of these, else the nearest that can.

    Nearest means: the same hue, only lighter or darker. None if there is no such colour, as on
    grounds that are themselves black and white.
    """
    if worst(colour, grounds) >= needed:
        return colour
    for step in range(1, _STEPS + 1):
        found = [
            shade
            for shade in (_moved(colour, -step / _STEPS), _moved(colour, step / _STEPS))
            if worst(shade, grounds) >= needed
        ]
        if found:
            return found[0]
    return None


def mixed(one: str, other: str, share: float) -> str:
    """So much (0 to 1) of the first colour in the second."""
    parts = zip(_parts(one), _parts(other), strict=True)
    return _hex(a * share + b * (1 - share) for a, b in parts)


def _moved(colour: str, by: float) -> str:
    """Lighter or darker by so much of the whole scale (-1 to 1); hue and saturation stay."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parts(colour))
    return _hex(colorsys.hls_to_rgb(hue, min(max(lightness + by, 0), 1), saturation))


def _luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    linear = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in _parts(colour)
    )
    return sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return red, green, blue


def _hex(parts: Iterable[float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
