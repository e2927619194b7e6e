"""Figures beside the least possible ones: `python -m bench` prints all of them, `python -m bench NAME` one. Asserts nothing.

Each is measured in a process of its own, so that its memory and its CPU time are its own.
"""

import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial

import structlog

from bench import arrival, fanout, hops, lanes, outbox, quiet, reading, subscribers, trial
from tests.chats.matrix import fanout as matrix_fanout

FIGURES: Mapping[str, Callable[[], None]] = {
    "quiet": quiet.main,
    "reading": reading.main,
    "arrival": arrival.main,
    "hops": hops.main,
    "fanout": fanout.main,
    "fanout-matrix": matrix_fanout.main,
    "subscribers": subscribers.main,
    "lanes": lanes.on_discord,
    "lanes-matrix": lanes.on_matrix,
    "trial": trial.main,
    "outbox": partial(outbox.main, "sqlite"),
    "outbox-postgresql": partial(outbox.main, "postgresql"),
}


def main() -> int:
    errors_only = structlog.make_filtering_bound_logger(40)  # figures are what is wanted
    structlog.configure(wrapper_class=errors_only)
    if sys.argv[1:]:
        for name in sys.argv[1:]:
            FIGURES[name]()
        return 0
    return max(subprocess.run([sys.executable, "-m", "bench", name], check=False).returncode for name in FIGURES)


if __name__ == "__main__":
    sys.exit(main())
