"""Premailer, run over one element of each kind instead of all of them.

Within the dialect of base styles (see dialect.py) a rule looks at the tag, the classes and the
ancestors of an element, at nothing else. So elements that are alike in these get the same style,
and fifty cards of an edition are inlined as one. Which kinds an edition has hardly ever changes:
inline.py keeps their styles.
"""

import logging
import os
import threading
from functools import lru_cache
from typing import Any, NamedTuple

from lxml import etree

from digest.errors import TemplateError

_OPTIONS = {
    # Written by hand where a client needs them; premailer would write height="auto" and floats.
    "disable_basic_attributes": ["align", "valign", "bgcolor", "width", "height"],
    "strip_important": False,
    "disable_validation": True,
    "align_floating_images": False,
    "remove_unset_properties": False,
    "allow_network": False,
    "allow_loading_external_files": False,
    "cssutils_logging_level": logging.CRITICAL,
}
# The caches of cssutils and premailer aren't made for threads.
_one_at_a_time = threading.Lock()


class ElementKind(NamedTuple):
    """What base styles see of an element; `parent` is the place of its parent's kind, or -1."""

    parent: int
    tag: str
    classes: str | None
    style: str | None


def sort_by_kind(root: Any) -> tuple[dict[Any, int], tuple[ElementKind, ...]]:
    """The place of its kind for every element of a document, and the kinds, parents first."""
    kinds: dict[tuple[int, str, str | None, str | None], int] = {}
    places: dict[Any, int] = {None: -1}
    for element in root.iter(etree.Element):
        get = element.get
        kind = (places[element.getparent()], element.tag, get("class"), get("style"))
        places[element] = kinds.setdefault(kind, len(kinds))
    del places[None]
    return places, tuple(ElementKind(*kind) for kind in kinds)


def inlined_styles(kinds: tuple[ElementKind, ...], sheets: tuple[str, ...]) -> tuple[str, ...]:
    """The style attribute of each kind, its own and that of the sheets together."""
    samples: list[Any] = []
    for kind in kinds:
        tag = kind.tag if kind.tag.isalnum() else "x"  # no rule can name <o:p>
        sample = etree.Element(tag) if kind.parent < 0 else _child(samples[kind.parent], tag)
        for name, value in (("class", kind.classes), ("style", kind.style)):
            if value:
                sample.set(name, value)
        samples.append(sample)
    document = samples[0]
    for encoded in sheets:
        _child(document, "style").text = encoded
    with _one_at_a_time:
        _premailer()(document, **_OPTIONS).transform()
    if document.find("style") is not None:
        raise TemplateError("base styles: a rule is left over that can't be inlined")
    return tuple(sample.get("style", "") for sample in samples)


def _child(parent: Any, tag: str) -> Any:
    return etree.SubElement(parent, tag)


@lru_cache(maxsize=1)
def _premailer() -> Any:
    """Premailer's class. Imported on first use: it brings requests and cssutils."""
    os.environ.setdefault("PREMAILER_CACHE_MAXSIZE", "8192")  # read once, at import
    import cssutils
    import cssutils.util
    from premailer import Premailer

    # cssutils fetches every @import on its own, from files too; allow_network doesn't reach it.
    cssutils.util._defaultFetcher = lambda url: (None, b"")
    cssutils.ser.prefs.minimizeColorHash = False  # some clients read six digits only
    return Premailer
