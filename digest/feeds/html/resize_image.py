"""Pictures made fit for a message: decoded, cropped, made small, and written anew.

Whoever made the file decides what decoding it takes, so `isolated` does this. What comes out is
ours alone: no place names, no camera, no thumbnail of what was cut away.
"""

import hashlib
import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageFile, ImageOps, ImageStat, UnidentifiedImageError

from digest.core.articles.picture import SMALL, WIDE, picture_objection
from digest.errors import ArticleError

IMAGE_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
"""What is decoded. Pillow knows forty more, some of them by programs that it starts."""
MOST_PIXELS = 40_000_000

_WIDE_MOST, _SMALL_MOST = 120_000, 10_000
"""Bytes of a file, unless that would cost too much of what is to be seen."""
_QUALITIES = (70, 60, 50, 40)
_UPWARDS = (0.5, 0.35)  # where a crop keeps to: faces and skies are in the upper part


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture in its two files, JPEG; `stem` is a name made of what is in them.

    `width` and `height` are the pixels of the wide one.
    """

    stem: str
    width: int
    height: int
    wide: bytes
    small: bytes


def resize_image(data: bytes) -> Pair:
    """Make the two files of a picture. Raises ArticleError with the reason if it is none."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint switches it on when it is imported
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)
            with Image.open(io.BytesIO(data), formats=IMAGE_FORMATS) as opened:
                picture = _decoded(opened)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise ArticleError(f"it is too large: over {MOST_PIXELS:,} pixels") from None
    except UnidentifiedImageError:
        raise ArticleError(_refusal(data)) from None
    except (OSError, SyntaxError, ValueError, TypeError, EOFError, IndexError, KeyError):
        raise ArticleError("it is damaged") from None
    width = min(WIDE[0], picture.width, 2 * picture.height)
    wide = ImageOps.fit(picture, (width, width // 2), Image.Resampling.LANCZOS, 0, _UPWARDS)
    small = ImageOps.fit(picture, SMALL, Image.Resampling.LANCZOS, 0, _UPWARDS)
    files = _written(wide, _WIDE_MOST), _written(small, _SMALL_MOST)
    stem = hashlib.sha256(b"".join(files)).hexdigest()[:20]
    return Pair(stem, wide.width, wide.height, *files)


def _decoded(opened: Image.Image) -> Image.Image:
    """Decode the first frame of a picture, upright, opaque and in sRGB."""
    if reason := picture_objection(*opened.size):
        raise ArticleError(reason)
    if opened.width * opened.height > MOST_PIXELS:
        raise Image.DecompressionBombError
    opened.draft("RGB", (2 * WIDE[0], 2 * WIDE[0]))  # JPEG: no more pixels than needed
    profile = opened.info.get("icc_profile")
    picture = ImageOps.exif_transpose(opened)
    if picture.mode in {"P", "PA", "LA", "RGBA", "RGBa", "La"} or "transparency" in picture.info:
        shown = picture.convert("RGBA")
        picture = Image.new("RGBA", shown.size, "white")
        picture.alpha_composite(shown)
    picture = _in_srgb(picture, profile)
    if all(high - low < 8 for low, high in ImageStat.Stat(picture.resize((32, 32))).extrema):
        raise ArticleError("it is of one colour")
    return picture


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the same colours without a profile: the files have none."""
    if profile and picture.mode in {"RGB", "CMYK", "L"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            made = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            made = None
        if made is not None:
            return made
    if picture.mode.startswith(("I", "F")):  # sixteen bits a pixel, which a plain turn would clip
        picture = picture.convert("F").point(lambda value: value / 256)
        return picture.convert("L").convert("RGB")
    return picture.convert("RGB")


def _written(picture: Image.Image, most: int) -> bytes:
    """Return the picture as JPEG, as good as it can be in so many bytes."""
    picture.info.clear()
    content = b""
    for quality in _QUALITIES:
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, progressive=True, optimize=True)
        content = file.getvalue()
        if len(content) <= most:
            break
    return content


def _refusal(data: bytes) -> str:
    start = data[:1000].lstrip().lower()
    if b"<svg" in start:
        return "it is an SVG drawing, which mail programs don't show"
    if start.startswith((b"<!doctype html", b"<html")):
        return "it is a web page, not a picture"
    return "it is no picture that we can read" if data else "it is empty"
