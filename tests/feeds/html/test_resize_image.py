"""Pictures from anywhere, made fit for a message."""

import io
import re
import struct

import pytest
from PIL import Image, ImageCms

from digest.errors import ArticleError
from digest.feeds.html.resize_image import resize_image
from tests.pictures import drawn, jpeg, png_bomb, written

BLUE, YELLOW, WHITE = (30, 70, 140), (240, 200, 60), (255, 255, 255)


def opened(content):
    return Image.open(io.BytesIO(content))


def near(pixel, colour):
    return all(abs(a - b) < 25 for a, b in zip(pixel, colour, strict=True))


def why(data):
    with pytest.raises(ArticleError) as error:
        resize_image(data)
    return str(error.value)


def test_a_picture_becomes_two_small_files_named_by_what_is_in_them():
    data = jpeg(3000, 2000)

    made = resize_image(data)

    wide, small = opened(made.wide), opened(made.small)
    assert (wide.format, wide.size, small.size) == ("JPEG", (1200, 600), (240, 160))
    assert (made.width, made.height) == (1200, 600)
    assert wide.info["progressive"]
    assert len(made.wide) < 120_000
    assert len(made.small) < 10_000
    assert re.fullmatch("[0-9a-f]{20}", made.stem)
    assert resize_image(data) == made
    assert resize_image(jpeg(3000, 1900)).stem != made.stem


@pytest.mark.parametrize(
    ("size", "wide"),
    [((900, 500), (900, 450)), ((640, 640), (640, 320)), ((1200, 500), (1000, 500)),
     ((300, 700), (300, 150)), ((240, 160), (240, 120))],
)  # fmt: skip
def test_nothing_is_made_larger_than_it_was(size, wide):
    assert opened(resize_image(jpeg(*size)).wide).size == wide


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_what_the_web_shows_is_decoded(kind):
    made = opened(resize_image(written(drawn(600, 400), kind)).small)

    assert near(made.convert("RGB").getpixel((90, 70)), YELLOW)
    assert near(made.convert("RGB").getpixel((5, 5)), BLUE)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "LA", "RGBA", "I;16"])
def test_every_kind_of_pixel_becomes_a_colour(mode):
    picture = drawn(600, 400, "L" if mode == "I;16" else mode)
    if mode == "I;16":
        picture = Image.frombytes(
            "I;16", picture.size, bytes(b for p in picture.tobytes() for b in (p, p))
        )
    made = opened(resize_image(written(picture, "JPEG" if mode == "CMYK" else "PNG")).small)

    dark, bright = made.convert("L").getpixel((5, 5)), made.convert("L").getpixel((90, 70))
    assert made.mode == "RGB"
    assert bright - dark > 90


def test_what_is_transparent_is_white():
    picture = drawn(600, 400, "RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 600, 80))

    assert near(opened(resize_image(written(picture, "PNG")).small).getpixel((5, 5)), WHITE)


def test_the_first_frame_of_a_moving_picture_stands_for_it():
    frames = [drawn(600, 400), Image.new("RGB", (600, 400), "red")]
    data = written(frames[0], "GIF", save_all=True, append_images=frames[1:])

    assert near(opened(resize_image(data).small).getpixel((90, 70)), YELLOW)


def test_a_picture_stands_upright_and_tells_nothing_of_its_maker():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "Canary Cameras"
    exif.get_ifd(0x8825)[2] = (53.0, 32.0, 1.0)
    data = jpeg(1000, 600, exif=exif, comment=b"canary comment")

    made = resize_image(data)

    assert b"anary" in data
    for content in (made.wide, made.small):
        assert b"anary" not in content
        assert not opened(content).getexif()
        assert set(opened(content).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density",
                                             "progressive", "progression"}  # fmt: skip
    assert (made.width, made.height) == (600, 300)  # of 600 × 1000, upright


def test_colours_stay_what_their_profile_says():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    plain = resize_image(jpeg())
    broken = resize_image(jpeg(icc_profile=b"no profile at all"))
    foreign = resize_image(jpeg(icc_profile=profile.tobytes()))

    assert broken == plain
    assert foreign == plain
    assert b"ICC_PROFILE" not in plain.wide


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
         "it is an SVG drawing, which mail programs don't show"),
        (b"<?xml version='1.0'?>\n<!-- x --><svg/>",
         "it is an SVG drawing, which mail programs don't show"),
        (b"<!DOCTYPE html><p>Log in", "it is a web page, not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 900 500\n",
         "it is no picture that we can read"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is damaged"),
        (b"GIF89a", "it is no picture that we can read"),
        (b"just words", "it is no picture that we can read"),
        (jpeg(1, 1), "it is too small: 1 × 1 pixels"),
        (jpeg(1200, 90), "it is too small: 1,200 × 90 pixels"),
        (jpeg(1200, 200), "it is a strip: 1,200 × 200 pixels"),
        (jpeg(240, 900), "it is a strip: 240 × 900 pixels"),
        (written(Image.new("RGB", (600, 400), "white"), "PNG"), "it is of one colour"),
        (png_bomb(30_000, 30_000), "it is too large: over 40,000,000 pixels"),
        (png_bomb(8_000, 7_000), "it is too large: over 40,000,000 pixels"),
        (written(drawn(), "PNG")[:900], "it is damaged"),
    ],
)  # fmt: skip
def test_what_is_no_picture_for_an_article_is_refused_with_the_reason(data, said):
    assert why(data) == said


def test_a_head_that_promises_more_than_there_is_costs_nothing():
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65000, 65000)

    assert why(bytes(data)) == "it is too large: over 40,000,000 pixels"


def test_a_busy_picture_costs_no_more_than_a_quiet_one():
    noise = Image.effect_noise((1400, 800), 60).convert("RGB")
    noise = Image.blend(noise.resize((350, 200)).resize(noise.size), drawn(1400, 800), 0.3)

    made = resize_image(written(noise, quality=95))

    assert len(made.wide) < 130_000
    assert len(made.small) < 12_000


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_half_a_picture_is_none_or_half_of_one(kind):
    whole = written(drawn(), kind)
    said = set()
    for twelfth in range(12):
        try:
            resize_image(whole[: len(whole) * twelfth // 12])
        except ArticleError as error:
            said.add(str(error))
    assert said <= {"it is damaged", "it is no picture that we can read", "it is empty"}
    assert said
