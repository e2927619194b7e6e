"""What all tests share: how log lines look, and that no test leaves its own way to others; the profiles of Hypothesis; the order."""

import gc
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings
from structlog.typing import Processor

from chatbot.runtime.ops.logs import Aside
from tests.standins import postgres
from tests.standins.clock import ManualClock
from tests.standins.synapse import Synapse, synapse

# Without the values of every variable, which take seconds to be laid out.
PROCESSORS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="%H:%M:%S"),
    structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
]
structlog.configure(processors=PROCESSORS)

# `make test` tries the same examples wherever it runs, and a busy machine may take its time for them; `make fuzz` looks for others.
settings.register_profile(
    "suite", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", max_examples=5_000, deadline=None, print_blob=True)
settings.load_profile("suite")  # --hypothesis-profile comes later, and wins


def pytest_xdist_auto_num_workers() -> int:
    """Half of the time a test of the whole bot waits for a clock: twice as many workers as processors."""
    return 2 * len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2 * (os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with few tests come first: among them are those that take minutes, and at the end no worker waits for another."""
    many = Counter(item.path for item in items)
    items.sort(key=lambda item: many[item.path])


def pytest_collection_finish() -> None:
    """The thousands of collected tests stay: the garbage collector need not go through them again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """A test that has set logging up as the bot does leaves nothing of it to the next one."""
    if structlog.get_config()["processors"] is PROCESSORS:
        return
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, Aside)]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(logging.WARNING)
    structlog.reset_defaults()
    structlog.configure(processors=PROCESSORS)
    for name, module in list(sys.modules.items()):
        if name.startswith("chatbot"):
            for value in list(vars(module).values()):
                if type(value).__name__ == "BoundLoggerLazyProxy":
                    vars(value).pop("bind", None)  # a logger that was used keeps the way that it had then


@pytest.fixture(scope="session")
def homeserver() -> Iterator[Synapse]:
    """One homeserver for the whole run of a worker; each test has users and rooms of its own."""
    with synapse() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """One PostgreSQL for the whole run of a worker; each test has databases of its own."""
    with postgres.running() as server:
        yield server


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()
