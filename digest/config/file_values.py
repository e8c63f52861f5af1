"""Reading a value of the config that names a file or folder beside it.

Every function raises ValueError with a sentence that can follow the key's name.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from digest.config.fields import one_line_text, shown_value
from digest.config.fields import web_url as web_address

_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif"}
"""The kinds of picture that every mail program shows."""
MAX_PICTURE_BYTES = 1_000_000
"""Bytes of a picture that stands in every message."""


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture on the web, or a file; `name` is what a file is called there."""

    url: str = ""
    file: Path | None = None
    name: str = ""

    def at(self, web_url: str) -> str:
        """Its address, where our own pages have this one."""
        return self.url or f"{web_url}/logo/{self.name}"


def picture(value: object, folder: Path) -> PictureFile:
    """An https address, or a picture file, whose name on the web changes with what is in it."""
    given = one_line_text(value)
    if "://" in given:
        url = web_address(given)
        if not url.startswith("https:"):
            raise ValueError(f"must be an https address: mail programs refuse {shown_value(given)}")
        return PictureFile(url=url)
    file = folder / Path(given).expanduser()
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ValueError(
            f"must be an https address or a picture; {file} can't be read: {error.strerror}"
        ) from None
    kind = next((kind for start, kind in _SIGNATURES.items() if content.startswith(start)), None)
    if kind is None:
        raise ValueError(f"must be a PNG, JPEG or GIF, which {shown_value(given)} is not")
    if len(content) > MAX_PICTURE_BYTES:
        raise ValueError(f"is too large: {len(content):,} bytes, of at most {MAX_PICTURE_BYTES:,}")
    return PictureFile(file=file, name=f"{hashlib.sha256(content).hexdigest()[:12]}.{kind}")


def folder_or_empty(value: object, folder: Path) -> str:
    """A folder that is there, or nothing."""
    given = one_line_text(value)
    if given and not (folder / Path(given).expanduser()).is_dir():
        raise ValueError(f"there is no folder {folder / Path(given).expanduser()}")
    return given
