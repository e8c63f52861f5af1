"""Measuring: rows, and times taken in turns."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One comparison. `ratio` is in our favour above 1 for rates, below 1 for times."""

    what: str
    ours: str
    peer: str
    ratio: float
    goal: str


def measure(run: Callable[[], object], rounds: int) -> float:
    """The median of so many runs, in seconds."""
    run()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def alternate(
    one: Callable[[], None], other: Callable[[], None], rounds: int
) -> tuple[float, float]:
    """The medians of both, measured in turns, so that a slow moment hits both."""
    one()
    other()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for run, took in zip((one, other), times, strict=True):
            start = time.perf_counter()
            run()
            took.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])
