"""What a piece of work costs, whatever the machine: CPU time of this thread beside that of a bare loop in the same process.

A bound is written in seconds of the machine on which it was measured. On a slower one, or where neighbours take the processor's cache and a
share of its clock, the bare loop takes longer too and the bound grows with it. What is over its bound is tried again: the least of
several attempts is what the work costs, the rest was the machine.
"""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import TypeVar

T = TypeVar("T")

_ROUNDS = 20_000
_LOOP = 0.0008  # seconds of a bare loop of so many rounds, where the bounds were measured
_ATTEMPTS = 5


def assert_cheap(work: Callable[[], T], bound: float, about: object = "") -> T:
    """Do the work. Fails where even the cheapest of five attempts took more than `bound` seconds."""
    least = float("inf")
    for _ in range(_ATTEMPTS):
        seconds, value = cpu(work)
        if seconds < bound:
            return value
        least = min(least, seconds / slowdown())
        if least < bound:
            return value
    raise AssertionError(f"it takes {least:.3f} s of CPU and may take {bound} s: {about!r}"[:2_000])


def cpu(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds of this thread that the work takes, without those of collecting what other tests left behind; what it returns."""
    with without_garbage_collection():
        began = time.thread_time()
        value = work()
        return time.thread_time() - began, value


def slowdown() -> float:
    """How many times as long as where the bounds were measured everything takes here and now; 1 at least."""
    return max(1.0, median(_bare_loop() for _ in range(5)) / _LOOP)


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _bare_loop() -> float:
    began, total = time.thread_time(), 0
    for number in range(_ROUNDS):
        total += number % 7
    return time.thread_time() - began
