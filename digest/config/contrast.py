"""Colours of the config that can't be read where they stand, by day and by night."""

from collections.abc import Iterator

from digest.config.faults import ConfigFault, Raw
from digest.config.theme import palettes
from digest.core.message.theme import Palette, Unreadable, unreadable
from digest.core.text import colour


def contrasts(raw: Raw) -> Iterator[ConfigFault]:
    """Each of them with its measured contrast, and a shade that would do."""
    table = raw.get("theme")
    if not isinstance(table, dict):
        return
    for above, given, palette in zip(
        (("theme",), ("theme", "dark")), (table, table.get("dark")), palettes(table), strict=True
    ):
        given = given if isinstance(given, dict) else {}
        found = {one.name: one for one in unreadable(palette)}
        for name, fault in found.items():
            if name in {"text", "muted"} - given.keys() and "ink" in found:
                continue  # it was made from the ink, and is told with it
            # A colour that isn't in the file can only have become unreadable by its ground.
            key = name if name in given else fault.ground
            yield ConfigFault((*above, key), _told(fault, palette, own=key == name))


def _told(found: Unreadable, palette: Palette, *, own: bool) -> str:
    shade, ground = getattr(palette, found.name), getattr(palette, found.ground)
    which = "" if own else f"{found.name} "
    fault = (
        f"{which}{shade} on {ground} is {colour.said(found.ratio)};"
        f" text needs {colour.said(colour.READABLE)}"
    )
    if not found.instead:
        return f"{fault}, and no shade of it has that"
    return f"{fault}. {found.instead} would do" + ("" if own else f" for {found.name}")
