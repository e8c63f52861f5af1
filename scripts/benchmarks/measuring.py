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


def measure(
    run: Callable[[], object], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> float:
    """The median of so many runs, in seconds of a clock."""
    run()
    return statistics.median(seconds(run, clock) for _ in range(rounds))


def seconds(run: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """How long one run takes, in seconds of a clock."""
    start = clock()
    run()
    return clock() - start


def alternate(
    one: Callable[[], None],
    other: Callable[[], None],
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """The medians of both, measured in turns, so that a slow moment hits both."""
    one()
    other()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for run, took in zip((one, other), times, strict=True):
            took.append(seconds(run, clock))
    return statistics.median(times[0]), statistics.median(times[1])
