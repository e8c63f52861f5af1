"""Palettes that can be read, by day and by night."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from digest.core.message.theme import DARK, LIGHT, by_night, made, unreadable
from digest.core.text import colour

colours = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


def test_the_usual_palettes_can_be_read():
    assert list(unreadable(LIGHT)) == []
    assert list(unreadable(DARK)) == []


def test_a_colour_is_told_with_the_first_ground_that_it_fails_on_and_what_would_do():
    (found,) = unreadable(replace(LIGHT, accent="#f5a623"))

    assert (found.name, found.ground, colour.said(found.ratio)) == ("accent", "paper", "2.0:1")
    assert found.instead
    assert list(unreadable(replace(LIGHT, accent=found.instead))) == []


def test_a_colour_that_fails_in_boxes_only_is_told_too():
    barely = "#767676"  # 4.54 on white, less on the tint

    (found,) = unreadable(replace(LIGHT, accent=barely))

    assert found.ground == "tint"


@given(colours, colours)
def test_what_is_made_from_a_readable_ink_is_readable_itself(ink, paper):
    palette = made(ink, paper, LIGHT)
    if colour.worst(ink, (palette.paper, palette.tint, palette.page)) < colour.READABLE:
        return

    assert [one for one in unreadable(palette) if one.name != "accent"] == []


@given(colours)
def test_a_label_can_be_read_on_every_button(button):
    palette = replace(LIGHT, button=button)

    assert colour.contrast(palette.label, button) >= colour.READABLE


@given(colours)
def test_an_accent_is_lifted_for_the_night(accent):
    lifted = by_night(accent, DARK.paper, DARK.tint)

    assert list(unreadable(replace(DARK, accent=lifted))) == []


def test_the_usual_ink_and_paper_have_the_usual_palette():
    assert made(LIGHT.ink, LIGHT.paper, LIGHT) == LIGHT
