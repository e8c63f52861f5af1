"""Pictures drawn for tests: nothing in them but shapes."""

import io
import struct
import zlib
from functools import cache

from PIL import Image, ImageDraw


def drawn(width: int = 900, height: int = 500, mode: str = "RGB") -> Image.Image:
    """A blue ground, and a yellow disc left of its middle."""
    picture = Image.new("RGB", (width, height), (30, 70, 140))
    size = min(width, height) // 2
    disc = (width // 4, height // 4, width // 4 + size, height // 4 + size)
    ImageDraw.Draw(picture).ellipse(disc, fill=(240, 200, 60))
    return picture.convert(mode)


def written(picture: Image.Image, kind: str = "JPEG", **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def jpeg(width: int = 900, height: int = 500, **options) -> bytes:
    return written(drawn(width, height), **options)


@cache
def png_bomb(width: int, height: int) -> bytes:
    """A PNG of so many white pixels, in a few hundred kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packer = zlib.compressobj(1)
    row = b"\0" + b"\xff" * (width // 8)
    rows = b"".join(packer.compress(row) for _ in range(min(height, 20_000))) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
