"""Contrast by WCAG, and the nearest colour that can be read."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from digest.core.text import colour

colours = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", "21.0:1"),
        ("#777777", "#ffffff", "4.4:1"),  # 4.478: the famous grey that is not enough
        ("#767676", "#ffffff", "4.5:1"),
        ("#f5a623", "#ffffff", "2.0:1"),
        ("#0000ff", "#ffffff", "8.5:1"),
        ("#123456", "#123456", "1.0:1"),
    ],
)
def test_contrast_is_that_of_wcag_and_never_rounded_up(one, other, ratio):
    assert colour.said(colour.contrast(one, other)) == ratio
    assert colour.contrast(one, other) == colour.contrast(other, one)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#abc", "got '#abc'; write '#aabbcc'"),
        ("0B57D0", "got '0B57D0'; write '#0b57d0'"),
        ("#0b57d0ff", "got '#0b57d0ff'"),
        ("crimson", "got 'crimson'"),
        ("", "got ''"),
    ],
)
def test_what_is_no_colour_is_refused_with_the_way_to_write_it(text, message):
    with pytest.raises(ValueError, match="six digits") as refused:
        colour.parse_colour(text)

    assert str(refused.value).endswith(message)


def test_a_colour_is_kept_in_lower_case():
    assert colour.parse_colour(" #0B57D0 ") == "#0b57d0"


@given(colours, st.lists(colours, min_size=1, max_size=3))
def test_a_readable_shade_is_readable_everywhere_or_there_is_none(shade, grounds):
    found = colour.readable(shade, grounds)

    assert found is None or colour.worst(found, grounds) >= colour.READABLE


@given(colours, colours)
def test_on_one_ground_there_always_is_one(shade, ground):
    assert colour.readable(shade, [ground])


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(colours, colours)
def test_what_can_be_read_stays_as_it_is(shade, ground):
    assume(colour.contrast(shade, ground) >= colour.READABLE)

    assert colour.readable(shade, [ground]) == shade


def test_the_nearest_shade_keeps_its_hue():
    assert colour.readable("#f5a623", ["#ffffff"]) == "#a56a08"  # still orange, only darker
    assert colour.readable("#0b57d0", ["#1b1e22"], 7) == "#77a9f8"  # still blue, only lighter


def test_no_shade_can_be_read_on_grounds_too_far_apart():
    assert colour.readable("#ff0000", ["#000000", "#777777"]) is None


def test_a_mixture_lies_between():
    assert colour.mixed("#000000", "#ffffff", 0.2) == "#cccccc"
    assert colour.mixed("#102030", "#ffffff", 1) == "#102030"
