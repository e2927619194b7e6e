"""An announcing pass reads nothing twice, and parses nothing foreign while it holds the store."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId
from chatbot.demo.github.data import Repository
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.planner import Planner
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.store.database.db import StoreUnavailable
from tests.demo.make import advisory, release
from tests.runtime.harness import EVERYTHING, FERRY, MINUTE, open_harness, room
from tests.standins.clock import ManualClock

POLICY = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.0.x | yes |\n"


@contextmanager
def transactions() -> Iterator[list[list[tuple[str, str]]]]:
    """The statements of each transaction with their parameters, in order."""
    executed: list[list[tuple[str, str]]] = [[]]

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("BEGIN"):
            executed.append([])
        else:
            executed[-1].append((" ".join(statement.split()), repr(parameters)))

    sa.event.listen(sa.engine.Engine, "before_cursor_execute", note)
    try:
        yield executed
    finally:
        sa.event.remove(sa.engine.Engine, "before_cursor_execute", note)


@pytest.fixture
def ferry(clock: ManualClock) -> Repository:
    ferry = Repository(owner="harbour", name="ferry")
    ferry.releases = [release("v1.0.0", 1)]
    ferry.commit("SECURITY.md", POLICY, clock.now)
    return ferry


async def test_no_statement_runs_twice_in_a_pass_that_announces(
    clock: ManualClock, tmp_path: Path, ferry: Repository
) -> None:
    rooms = [room("console", EVERYTHING), room("console:2", EVERYTHING)]
    async with open_harness(ferry, clock, tmp_path / "bot.db", rooms) as harness:
        await harness.run_for(MINUTE)
        ferry.releases.append(release("v1.0.1", 0, created_at=clock.now, published_at=clock.now))
        ferry.advisories.append(advisory("GHSA-2222-2222-2222", 0, created_at=clock.now, published_at=clock.now))
        clock.advance(MINUTE)
        announced = 0
        for _ in range(2):  # the first time it is read, the second time it is settled
            clock.advance(MINUTE)
            for poller in harness.services.pollers:
                with transactions() as executed:
                    await poller.look()
                for transaction in executed:
                    repeated = [each for each, times in Counter(transaction).items() if times > 1]
                    assert repeated == [], poller.source.name
                    announced += any(each.startswith("INSERT INTO deliveries") for each, _ in transaction)
        assert announced > 0
        await harness.deliver()
        assert len(harness.chat.titles("console")) == 2


async def test_nothing_is_planned_from_a_page_that_was_not_parsed_before(
    clock: ManualClock, tmp_path: Path, ferry: Repository
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [room("console")]) as harness:
        await harness.run_for(MINUTE)
        services = harness.services
        reader = PolicyReader(services.reader, clock)  # as after a restart
        planner = Planner(
            store=services.store,
            newcomers=services.ingestor.planner.newcomers,
            reader=reader,
            failpoint=services.config.failpoint,
            settle=services.config.settle,
        )
        async with services.store.writing(ProjectId("ferry")) as tx:
            with pytest.raises(StoreUnavailable, match="has changed meanwhile"):
                await snapshot.load_prepared(tx, FERRY, reader)
        await planner.prepare(FERRY)
        async with services.store.writing(ProjectId("ferry")) as tx:
            assert (await snapshot.load_prepared(tx, FERRY, reader)).knowledge.policy is not None
