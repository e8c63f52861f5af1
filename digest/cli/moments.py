"""The moment that a command is about."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest.cli.console import (
    Moment,
)

if TYPE_CHECKING:
    from datetime import datetime

    from digest.app import App
    from digest.core.newsletters.newsletter import Newsletter


def when(app: "App", newsletter: "Newsletter", at: Moment | None) -> "datetime":
    """The moment that a command is about: --at, else of an unfinished edition, else now."""
    from digest.actions.editions.publish import moment_to_publish

    typed = at.utc(ZoneInfo(newsletter.timezone)) if at else None
    return moment_to_publish(app.db, newsletter, typed, app.clock())
