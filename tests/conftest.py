"""What all tests share: how log lines look, and that no test leaves its own way to others; the profiles of Hypothesis; the order."""

import gc
import logging
import os
import re
import sys
from collections.abc import Generator, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings
from structlog.typing import Processor

from chatbot.runtime.ops.logs import Aside
from tests.runtime.canaries import left_behind
from tests.standins import postgres
from tests.standins.clock import ManualClock
from tests.standins.discord.world import TOKEN
from tests.standins.loopback import HERE
from tests.standins.synapse import Synapse, synapse
from tests.timings import LENGTHY, TIMINGS

# Without the values of every variable, which take seconds to be laid out.
PROCESSORS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="%H:%M:%S"),
    structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
]
structlog.configure(processors=PROCESSORS)

HERE.install()

gc.disable()  # until everything is collected

# `make test` tries the same examples wherever it runs, and a busy machine may take its time for them; `make fuzz` looks for others.
settings.register_profile(  # `make check`: a third of the usual number, since `make fuzz` tries thousands
    "suite",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("short", settings.get_profile("suite"), max_examples=25)  # `make test`
settings.register_profile("long", max_examples=5_000, deadline=None, print_blob=True)
settings.load_profile("suite")  # --hypothesis-profile comes later, and wins


def pytest_xdist_auto_num_workers() -> int:
    """Over half of the time a test of the whole bot waits for a clock: five workers for two processors."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 5 * processors // 2 or 1


SLOW = 2.5  # seconds; `make timings` measures again
FOR_SOAK = 18.5  # seconds; longer ones stand in `make soak`, so that CI stays under its 20 minutes
SERVERS = frozenset({"homeserver", "postgres_server", "server", "installation"})
STARTS_PROCESSES = re.compile(
    r"create_subprocess_exec|subprocess\.run|standins import .*forks|bot_process|many_channels|tests\.cli\.process|synapse\(|running\(\) as"
)


def timings() -> dict[str, float]:
    """Seconds of the longest tests, by name, as `make timings` measured them: of parametrized ones, the longest."""
    rows = (line.split() for line in TIMINGS.read_text(encoding="utf-8").splitlines())
    return {name: float(seconds) for seconds, name in rows}


@cache
def starts_processes(path: Path) -> bool:
    return STARTS_PROCESSES.search(path.read_text(encoding="utf-8")) is not None


def needs_server(item: pytest.Function) -> bool:
    of_postgres = "postgres" in getattr(item, "callspec", _NOTHING).params.values()
    return of_postgres or not SERVERS.isdisjoint(item.fixturenames) or starts_processes(item.path)


_NOTHING = SimpleNamespace(params={})


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what takes long or needs a server, let others choose by that, and deal out what is left."""
    seconds = timings()
    for item in items:
        takes = seconds.get(getattr(item, "originalname", ""), 0.0)
        if takes >= SLOW:
            item.add_marker("slow")
        if takes >= FOR_SOAK:
            item.add_marker("soak")
        if takes >= LENGTHY:
            item.add_marker("lengthy")
        if isinstance(item, pytest.Function) and needs_server(item):
            item.add_marker("server")
    yield
    deal(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")), seconds)


def deal(items: list[pytest.Item], workers: int, seconds: Mapping[str, float]) -> None:
    """Give each worker its share of the longest tests first, so that at the end none waits for another: xdist cuts the list into
    as many pieces as there are workers."""
    lengthy = [item for item in items if item.get_closest_marker("lengthy")]
    lengthy.sort(key=lambda item: -seconds.get(getattr(item, "originalname", ""), 0.0))
    rest = [item for item in items if not item.get_closest_marker("lengthy")]
    size = -(-len(items) // workers)
    items.clear()
    for worker in range(workers):
        share = lengthy[worker::workers]
        items += [*share, *(rest.pop(0) for _ in range(min(len(rest), size - len(share))))]
    items += rest


def pytest_collection_finish() -> None:
    """The thousands of collected tests stay: the garbage collector need not go through them, now or again and again."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that reached for a host outside fails, whatever it made of the refusal; `@pytest.mark.outside(why)` may."""
    report = yield
    if (hosts := HERE.take()) and not item.get_closest_marker("outside"):
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid}: no test leaves the machine, and this one reached for {', '.join(sorted({*hosts}))}"
        )
    return report


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


# The tokens of the stand-ins, in the order in which a leak counts them.
SECRETS = ("test-token-of-the-reader", TOKEN)
SEARCH = 3.0  # seconds at the end of a run
_leaks: list[str] = []


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """What the tests left behind is searched for the stand-ins' tokens: by each worker, and told by the process above them."""
    folder = getattr(
        getattr(session.config, "_tmp_path_factory", None), "_basetemp", None
    )  # None: no test had a folder
    has_workers = session.config.getoption("numprocesses", None) and not hasattr(session.config, "workeroutput")
    if folder is not None and folder.is_dir() and not has_workers:
        _leaks.extend(left_behind(folder, SECRETS, seconds=SEARCH))
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["leaks"] = _leaks
    elif _leaks and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    _leaks.extend(getattr(node, "workeroutput", {}).get("leaks", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for leak in _leaks:
        terminalreporter.write_line(f"A SECRET WAS WRITTEN: {leak}", red=True)


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
