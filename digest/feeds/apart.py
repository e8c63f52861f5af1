"""Parses foreign feeds in a process of their own, with limits on time and memory.

The parser's time and memory are in the hands of whoever wrote the feed (a hundred kilobytes can
keep it busy for minutes), and a thread can't be stopped. A process that is done waits for the next
feed, for some minutes; one that took too much is gone, and another takes its place.
"""

import atexit
import pickle
import select
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, tzinfo
from threading import Lock
from typing import IO, TYPE_CHECKING, Any, cast

from digest.errors import ArticleError

if TYPE_CHECKING:
    from digest.feeds.entry import Parsed

MOST = 1_000
"""Entries of a feed that are taken, newest first."""
SECONDS = 20
"""Time that a feed may take."""
MEMORY = 1_000_000_000
"""Bytes that it may take, with the program itself."""

IDLE = 300
"""Seconds that a process waits for another feed before it ends by itself."""

_WORK = "from digest.feeds.apart import work; work()"
_idle: list["subprocess.Popen[bytes]"] = []
_lock = Lock()


def parse(
    body: bytes,
    source: str,
    url: str = "",
    content_type: str = "",
    zone: tzinfo = UTC,
    most: int = MOST,
    seconds: int = SECONDS,
) -> "Parsed":
    """Do as `feeds.parse.parse` does. Raises ArticleError also where it takes too much.

    Blocks; several threads may call it at once.
    """
    worker = _worker()
    try:
        pickle.dump((seconds, body, source, url, content_type, zone, most), _pipe(worker.stdin))
        _pipe(worker.stdin).flush()
        answer = pickle.load(_pipe(worker.stdout))  # noqa: S301  (from ourselves)
    except (EOFError, OSError, pickle.UnpicklingError):
        _end(worker)
        raise ArticleError(
            f"a feed that takes more than {seconds} s or {MEMORY // 1_000_000:,} MB to read"
        ) from None
    except BaseException:
        _end(worker)
        raise
    with _lock:
        _idle.append(worker)
    if isinstance(answer, str):
        raise ArticleError(answer)
    return cast("Parsed", answer)


def close(but: int = 0) -> None:
    """End the processes that wait, but so many: to start one takes as long as a large feed."""
    with _lock:
        waiting, _idle[:] = _idle[but:], _idle[:but]
    for worker in waiting:
        _end(worker)


def work() -> None:
    """Parse what comes on standard input, until it ends. The alarm ends us where we can't."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from digest.feeds.parse import parse

    with suppress(EOFError):
        while select.select([sys.stdin], [], [], IDLE)[0]:
            seconds, *job = pickle.load(sys.stdin.buffer)  # noqa: S301  (from ourselves)
            signal.alarm(seconds)
            try:
                answer: Any = parse(*job)
            except ArticleError as error:
                answer = str(error)
            except Exception:  # nobody could see it from here, and it must not stop the others
                answer = "a feed too broken to be read"
            signal.alarm(0)
            pickle.dump(answer, sys.stdout.buffer)
            sys.stdout.buffer.flush()


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
