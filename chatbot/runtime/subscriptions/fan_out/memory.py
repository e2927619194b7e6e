"""Memory while many people are gone through."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 100_000  # objects made since the last look, where the interpreter has 700


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Let the interpreter look for garbage seldom: a fan-out makes some hundred thousand objects, and all go when their slice is
    written. Looking through them again and again took a fifth of its time, and others waited for their writes."""
    before = gc.get_threshold()
    gc.set_threshold(_MANY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
