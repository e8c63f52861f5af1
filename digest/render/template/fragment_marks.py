"""Where the fragments of an edition begin, for its templates."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from markupsafe import Markup, escape

from digest.core.message.fragments import Fragment
from digest.core.message.story_choice import LABELS, MAIL
from digest.errors import TemplateError


def fragment_mark(mark: str, *label: object) -> Markup:
    """Where a fragment begins. Raises ValueError for a label that no message has."""
    if label[0] not in LABELS:
        raise ValueError(f'there is no cut "{label[0]}"; there are {", ".join(sorted(LABELS))}')
    return Markup(f"<!--{mark} {' '.join([str(one) for one in label])}-->")  # noqa: S704 - our own label


def _counts(
    mark: str,
    safe: Callable[[str], str],
    label: str,
    phrase: Callable[[int], object],
    most: int,
    first: int = 1,
    before: str = "",
) -> Markup:
    """A fragment for each number that a count can come to, with the phrase for it.

    Templates call it `counts`: one call instead of hundreds is a third of the time of an edition.
    """
    fragment_mark(mark, label.partition(" ")[0])
    pieces = [
        f"<!--{mark} {label} {n}-->{safe(before + str(phrase(n)))}" for n in range(first, most + 1)
    ]
    return Markup("".join(pieces))  # noqa: S704 - escaped where it has to be


def html(mark: str) -> dict[str, object]:
    """What only the HTML part sees."""
    counts = partial(_counts, mark, lambda text: str(escape(text)))
    return {"email": f"{mark}ADDRESSZ", "counts": counts}


def text_marks(mark: str) -> dict[str, object]:
    """What only the text part sees."""
    return {"email": f"{mark}EMAILZ", "counts": partial(_counts, mark, str)}


def expect_slots(mark: str, name: str, part: Sequence[Fragment]) -> None:
    """Every message offers the way out, and every slot is one that can be filled."""
    if not any(f"{mark}UNSUBSCRIBEZ" in one.text for one in part if one.label in {"all", MAIL}):
        raise TemplateError(f"{name}: has no unsubscribe link; print {{{{ unsubscribe_url }}}}")
    known = re.compile(
        rf"{mark}(?:UNSUBSCRIBE|PREFERENCES|READ|EMAIL|ADDRESS|SUBJECT|PREHEADER|INTRO)Z"
    )
    for one in part:
        if len(known.findall(one.text)) != one.text.count(mark):
            raise TemplateError(
                f"{name}: cuts or changes {{{{ unsubscribe_url }}}}, preferences_url,"
                " archive_url, email, subject, preheader or intro"
            )
