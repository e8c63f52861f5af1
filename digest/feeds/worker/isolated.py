"""Reads what is foreign in a process of its own, with limits on time and memory.

How much of both it takes to read a feed, a page or a picture is in the hands of whoever made it (a
hundred kilobytes can keep a parser busy for minutes), and a thread can't be stopped. A process that
is done waits for the next one, for some minutes; one that took too much is gone, and another takes
its place.
"""

import atexit
import pickle
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, tzinfo
from threading import Lock
from typing import IO, TYPE_CHECKING, Any, cast

from digest.dependencies import explain_import_error
from digest.errors import ArticleError, DependencyError
from digest.feeds.feed.limit_entries import MOST_ENTRIES

if TYPE_CHECKING:
    from digest.core.articles.article import Item
    from digest.feeds.feed.entry import Parsed
    from digest.feeds.html.resize_image import Pair

PARSE_TIMEOUT_SECONDS = 20
"""Time that one of them may take."""
MEMORY = 1_000_000_000
"""Bytes that it may take, with the program itself."""

IDLE = 300
"""Seconds that a process waits for another feed before it ends by itself."""

_WORK = "from digest.feeds.worker.isolated import serve_requests; serve_requests()"
_idle: list["subprocess.Popen[bytes]"] = []
_lock = Lock()


def parse_feed_isolated(
    body: bytes,
    source: str,
    url: str = "",
    content_type: str = "",
    zone: tzinfo = UTC,
    most: int = MOST_ENTRIES,
    seconds: int = PARSE_TIMEOUT_SECONDS,
) -> "Parsed":
    """Do as `feeds.feed.parse.parse_feed` does. Raises ArticleError also where it takes too much.

    Blocks; several threads may call it at once. So do the others here.
    """
    return cast("Parsed", _done("feed", seconds, body, source, url, content_type, zone, most))


def read_html_page_isolated(
    body: bytes,
    source: str,
    url: str,
    content_type: str = "",
    zone: tzinfo = UTC,
    seconds: int = PARSE_TIMEOUT_SECONDS,
) -> "Item":
    """Do as `feeds.page.page.fetched` does. Raises ArticleError also where it takes too much."""
    return cast("Item", _done("page", seconds, body, source, url, content_type, zone))


def resize_image_isolated(data: bytes, seconds: int = PARSE_TIMEOUT_SECONDS) -> "Pair":
    """Do as `resize_image.resize_image` does. Raises ArticleError also where it takes too much."""
    return cast("Pair", _done("picture", seconds, data))


def _done(kind: str, seconds: int, *job: object) -> object:
    worker = _worker()
    try:
        pickle.dump((kind, seconds, job), _pipe(worker.stdin))
        _pipe(worker.stdin).flush()
        answer = pickle.load(_pipe(worker.stdout))  # noqa: S301  (from ourselves)
    except (EOFError, OSError, pickle.UnpicklingError):
        _end(worker)
        raise ArticleError(_too_much(kind, seconds)) from None
    except BaseException:
        _end(worker)
        raise
    with _lock:
        _idle.append(worker)
    if isinstance(answer, str):
        raise ArticleError(answer)
    if isinstance(answer, DependencyError):
        raise answer
    return answer


def _too_much(kind: str, seconds: int) -> str:
    return f"a {kind} that takes more than {seconds} s or {MEMORY // 1_000_000:,} MB to read"


def close(but: int = 0) -> None:
    """End the processes that wait, but so many: to start one takes as long as a large feed."""
    with _lock:
        waiting, _idle[:] = _idle[but:], _idle[:but]
    for worker in waiting:
        _end(worker)


def serve_requests() -> None:
    """Read what comes on standard input, until it ends. The alarm ends us where we can't."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with suppress(EOFError):
        while select.select([sys.stdin], [], [], IDLE)[0]:
            kind, seconds, job = pickle.load(sys.stdin.buffer)  # noqa: S301  (from ourselves)
            signal.alarm(seconds)
            answer = _answer(kind, seconds, job)
            signal.alarm(0)
            pickle.dump(answer, sys.stdout.buffer)
            sys.stdout.buffer.flush()


def _answer(kind: str, seconds: int, job: tuple[Any, ...]) -> object:
    """What was read; a str says why it can't be, a DependencyError why nothing of its kind can."""
    try:
        read = _reader(kind)
    except ImportError as error:
        return DependencyError(explain_import_error(error) or str(error))
    try:
        return read(*job)
    except ArticleError as error:
        return str(error)
    except MemoryError:
        return _too_much(kind, seconds)
    except Exception:  # nobody could see it from here, and it must not stop the others
        return f"a {kind} too broken to be read"


def _reader(kind: str) -> Callable[..., object]:
    """What reads this kind; each takes a while to import, and few processes need them all."""
    if kind == "feed":
        from digest.feeds.feed.parse import parse_feed

        return parse_feed
    if kind == "page":
        from digest.feeds.page.page import fetched

        return fetched
    from digest.feeds.html.resize_image import resize_image

    return resize_image


def _worker() -> "subprocess.Popen[bytes]":
    with _lock:
        while _idle:
            waiting = _idle.pop()
            if waiting.poll() is None:
                return waiting
            _end(waiting)
    return subprocess.Popen(  # noqa: S603  (ourselves; -P: nothing is imported from where we stand)
        [sys.executable, "-P", "-c", _WORK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the one who waits
    )


def _end(worker: "subprocess.Popen[bytes]") -> None:
    worker.kill()
    with suppress(OSError):
        worker.communicate()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


atexit.register(close)
