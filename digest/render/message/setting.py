"""An edition that was rendered, before it is encoded."""

from collections.abc import Callable
from dataclasses import dataclass

from digest.core.message.fragments import RenderedFragments, SubjectLine
from digest.core.message.story_choice import Choice


@dataclass(frozen=True, slots=True)
class Setting:
    """An edition in type, and the words of each message that can be made of it."""

    rendered: RenderedFragments
    words: Callable[[Choice], SubjectLine]
    chosen: Callable[..., Choice]
    """(mask, tier="") to the choice of these places for a reader of that tier."""
