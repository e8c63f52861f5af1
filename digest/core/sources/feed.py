"""A feed's state, what came of fetching it, and when it is fetched next."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from digest.core.articles.article import Access

LONGEST_REST = timedelta(days=1)
"""The longest pause after failures, unless the feed's own interval is longer."""
LONGEST_WISH = timedelta(days=7)
"""The longest pause that a server may ask for."""
_DOUBLINGS = 10
_MAY_BE_NEW = 10
_JITTER = 0.1  # of the pause, at most


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server sent. `body` is decompressed; `url` is where it was found in the end.

    `moved_to` is the address that the server wants to be asked at from now on, or "".
    """

    body: bytes
    content_type: str
    etag: str
    last_modified: str
    url: str
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The server has nothing newer than what it sent last (304)."""

    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing usable came; `why` is a clause for people. `gone`: there will be nothing more (410).

    `retry_after` is how long the server asked to be left in peace, `status` its answer, if any.
    """

    why: str
    retry_after: timedelta | None = None
    gone: bool = False
    status: int = field(default=0, compare=False)

    @property
    def is_trouble(self) -> bool:
        """Whether the server can't answer now, rather than says no."""
        return not 400 <= self.status < 500 or self.status == 429


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of its last answer, so that it need not send the same again."""

    etag: str = ""
    last_modified: str = ""


NOTHING_KNOWN = Validators()


@dataclass(frozen=True, slots=True)
class Feed:
    """A source as the config names it. `topic` is the slug of every article's topic, or "".

    `allow_private`: its host may be in a private network. `private` names hosts that may, with or
    without their ports, whatever on them the feed leads to. `page`: its entries are summaries, and
    the page of each is read. `by_hand`: somebody named it, and it may as well be one page. `access`
    is that of all that it holds.
    """

    url: str
    topic: str = ""
    every: timedelta = timedelta(minutes=30)
    allow_private: bool = False
    page: bool = False
    by_hand: bool = False
    private: tuple[str, ...] = ()
    access: Access | None = None


FetchOutcome = Fetched | Unchanged | Failed


@dataclass(frozen=True, slots=True)
class FeedState:
    """What we know of a feed. `url` is its address in the config, and its identity.

    `next_fetch` None: as soon as possible, or never again if it is `gone`. `errors` counts the
    failures since the last good fetch; `etag` and `last_modified` belong to the last body.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    next_fetch: datetime | None = None
    last_good: datetime | None = None
    last_error: str = ""
    errors: int = 0
    moved_to: str = ""
    gone: bool = False

    @property
    def address(self) -> str:
        """Where to ask: the config's address, or where the server moved it to."""
        return self.moved_to or self.url


def first_sight(place: int, now: datetime) -> datetime:
    """Return the date of an undated entry in a feed that is read for the first time at `now`.

    `place` counts the undated ones from 0, as the feed has them. The first ten may be new; the
    others were there before anybody looked, a week apart, say: else years of articles would be of
    today.
    """
    return now - timedelta(weeks=max(0, place - _MAY_BE_NEW + 1))


def is_feed_due(state: FeedState, now: datetime) -> bool:
    """Whether a feed is to be fetched now."""
    return not state.gone and (state.next_fetch is None or state.next_fetch <= now)


def next_fetch(
    state: FeedState, outcome: FetchOutcome, every: timedelta, now: datetime
) -> FeedState:
    """Return the state after a fetch at `now`, of a feed that is looked at every so often.

    After failures the pause doubles, up to a day. No pause is shorter than the server asked for,
    and each is lengthened by up to a tenth, by the feed's address: feeds that were added together
    don't stay together. A feed that moved is asked at its own address again once that fails.
    """
    if isinstance(outcome, Failed):
        errors = state.errors + 1
        failed = replace(state, last_error=outcome.why, errors=errors, gone=outcome.gone)
        if state.moved_to:
            failed = replace(failed, moved_to="", etag="", last_modified="")
        doubled = every * 2 ** min(errors - 1, _DOUBLINGS)
        pause = max(min(doubled, max(LONGEST_REST, every)), outcome.retry_after or timedelta(0))
        at = None if outcome.gone else now + _spread(pause, state.url, errors)
        return replace(failed, next_fetch=at)
    good = replace(
        state,
        next_fetch=now + _spread(every, state.url, 0),
        last_good=now,
        last_error="",
        errors=0,
        moved_to=outcome.moved_to or state.moved_to,
        gone=False,
    )
    if isinstance(outcome, Fetched):
        good = replace(good, etag=outcome.etag, last_modified=outcome.last_modified)
    return good


def _spread(pause: timedelta, url: str, turn: int) -> timedelta:
    """Lengthen a pause by up to a tenth: the same for the same feed and turn."""
    digest = hashlib.sha256(f"{turn} {url}".encode(errors="replace")).digest()
    return pause * (1 + _JITTER * int.from_bytes(digest[:4]) / 2**32)
