"""From [theme] to the values that templates use."""

import struct
import zlib
from hashlib import sha256

import pytest

from digest.config.load import load_config
from digest.core.message.theme import DARK, LIGHT, STACKS, Logo, Theme
from digest.errors import ConfigError
from tests.config.test_messages import GOOD


@pytest.fixture
def settings(tmp_path):
    """A function from the lines of [theme] to the settings."""

    def read(lines: str):
        file = tmp_path / "config.toml"
        file.write_text(f"{GOOD}\n[theme]\n{lines}", encoding="utf-8")
        return load_config(file)

    return read


def picture() -> bytes:
    """A PNG of one grey dot."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\x80")),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def test_without_a_table_it_looks_as_usual(settings):
    theme = settings("").theme_value()

    assert theme.light == LIGHT
    assert (theme.headings, theme.words) == (STACKS["serif"], STACKS["sans"])
    assert theme.logo is None
    assert {**vars_of(theme.dark), "accent": ""} == {**vars_of(DARK), "accent": ""}


def vars_of(palette):
    return {name: getattr(palette, name) for name in type(palette).__slots__}


def test_one_colour_is_enough_for_day_and_night(settings):
    theme = settings('accent = "#A3152A"').theme_value()

    assert theme.light.accent == "#a3152a"
    assert theme.dark.accent == "#f29aa7"  # the same crimson, lifted to be read on dark paper


def test_ink_and_paper_make_the_colours_that_are_not_given(settings):
    theme = settings('ink = "#2b1d0e"\npaper = "#fff8ee"\nline = "#c0b090"').theme_value()

    assert theme.light.line == "#c0b090"
    assert theme.light.button == "#2b1d0e"
    assert theme.light.tint not in {LIGHT.tint, "#fff8ee"}
    assert theme.dark.tint == DARK.tint


def test_the_night_has_colours_of_its_own(settings):
    theme = settings('[theme.dark]\naccent = "#ffcc66"\npaper = "#000000"').theme_value()

    assert (theme.dark.accent, theme.dark.paper) == ("#ffcc66", "#000000")
    assert theme.light == LIGHT


def test_fonts_order_and_density_are_read(settings):
    theme = settings(
        'heading_font = "slab"\ntext_font = "book"\norder = ["sections", "lead"]\n'
        'density = "titles"'
    ).theme_value()

    assert (theme.headings, theme.words) == (STACKS["slab"], STACKS["book"])
    assert (theme.order, theme.density) == (("sections", "lead"), "titles")


def test_a_logo_on_the_web_is_linked_to(settings):
    theme = settings('[theme.logo]\nimage = "https://p.example/l.png"\nwidth = 180').theme_value()

    assert theme.logo == Logo("https://p.example/l.png", "P", 180, 0)


def test_a_logo_in_a_file_has_an_address_that_changes_with_it(settings, tmp_path):
    tmp_path.joinpath("logo.png").write_bytes(picture())
    name = f"{sha256(picture()).hexdigest()[:12]}.png"

    theme = settings('[theme.logo]\nimage = "logo.png"\nalt = "A gull"').theme_value()

    assert theme.logo == Logo(f"http://127.0.0.1:8000/logo/{name}", "A gull", 200, 0)


def test_a_logo_that_would_weigh_down_every_message_is_refused(settings, tmp_path):
    tmp_path.joinpath("logo.png").write_bytes(picture() + b"\0" * 1_000_000)

    with pytest.raises(ConfigError, match=r"theme\.logo\.image: is too large: 1,000,0\d\d bytes"):
        settings('[theme.logo]\nimage = "logo.png"')


def test_a_folder_for_templates_has_to_be_there(settings, tmp_path):
    with pytest.raises(ConfigError, match=r"theme\.templates: there is no folder .*/looks"):
        settings('templates = "looks"')

    tmp_path.joinpath("looks").mkdir()

    assert settings('templates = "looks"').template_folders() == (tmp_path / "looks",)


def test_a_plain_theme_is_the_one_without_a_table(settings):
    usual = settings("").theme_value()

    assert usual == Theme(dark=usual.dark)
