"""The letter that says that somebody was unsubscribed, for who left by a page.

A mail program's one click gets none: it is answered where it is made, and a message in return for
it is what people complain about.
"""

from datetime import datetime, timedelta

from starlette.background import BackgroundTask

from digest.actions import choose, letters
from digest.actions.subscribe import Link
from digest.app import App

ONCE_IN = timedelta(days=1)
"""Who has the link could leave and undo it all day long: that makes one letter."""
MOST = 10_000
"""Readers of whom that is remembered."""


class Farewell:
    """Says goodbye, once a day to each, where the config asks for it."""

    def __init__(self) -> None:
        self._said: dict[int, datetime] = {}

    def letter(self, app: App, link: Link) -> BackgroundTask | None:
        """What is to be done once the page is answered."""
        newsletters = app.settings.newsletter_values()
        newsletter = next((one for one in newsletters if one.slug == link.newsletter), None)
        if not app.settings.signup.goodbye or newsletter is None or not self._first(app, link):
            return None
        token = choose.undo_token(link.subscription, app.secret, app.clock())
        undo = f"{app.press.web_url}/undo/{token}"
        return BackgroundTask(letters.part, app.post, link.email, newsletter, undo)

    def _first(self, app: App, link: Link) -> bool:
        now, said = app.clock(), self._said.get(link.subscription)
        if said and now - said < ONCE_IN:
            return False
        if len(self._said) >= MOST:
            self._said.clear()
        self._said[link.subscription] = now
        return True
