"""The app for as long as a process runs: a changed config counts at once, an invalid one never."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from digest.app import App
from digest.errors import DigestError

SETTLED = timedelta(seconds=2)
"""A config that was changed more recently may still be half written."""


class Live:
    """The app for as long as the process runs: called, it gives that of the newest valid config.

    A config that became invalid is reported once, and the last good one stays in force. Whoever
    holds an app goes on with it unchanged. Safe to call from several threads.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._stamp = _stamp(app.settings.path)
        self._looking = Lock()

    def __call__(self) -> App:
        """The app of now; costs a look at the file."""
        if self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        return self._app

    def _look(self) -> None:
        path = self._app.settings.path
        stamp = _stamp(path)
        if stamp == self._stamp or (stamp and abs(self._app.clock() - stamp[0]) < SETTLED):
            return
        self._stamp = stamp
        import structlog  # commands that end soon don't pay for it

        log = structlog.get_logger()
        listening = self._app.settings.web.listen
        try:
            self._app = self._app.renewed()
        except DigestError as fault:
            log.warning("config.kept", why=str(fault), so="the last good config stays in force")
        else:
            log.info("config.changed", file=str(path))
            if self._app.settings.web.listen != listening:
                log.warning("config.changed", key="web.listen", so="it takes a restart")


def _stamp(path: Path) -> tuple[datetime, int, int] | None:
    """What differs once a file was changed; None if it isn't there."""
    with suppress(OSError):
        stat = path.stat()
        return datetime.fromtimestamp(stat.st_mtime, UTC), stat.st_size, stat.st_ino
    return None
