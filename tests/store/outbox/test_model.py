"""The outbox against a world that takes messages, loses them, refuses them and dies: in the end every room shows everything once."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chatbot.core.delivery import INITIAL, LAST, Lane, State, may_move
from chatbot.core.model.ids import ProjectId
from chatbot.store import outbox
from chatbot.store.database.columns import metadata
from chatbot.store.database.db import Store, open_store
from chatbot.store.outbox import Claimed, backoff, deliveries
from chatbot.store.outbox.deliveries import Listed
from tests.standins import postgres
from tests.store.make import NOW, message, planned_message

ROOMS = ("discord:1", "discord:2")
MOVED = sa.Table("moved", sa.MetaData(), sa.Column("old", sa.Text), sa.Column("new", sa.Text))
_SQLITE_LOG = (
    "CREATE TRIGGER began AFTER INSERT ON deliveries BEGIN INSERT INTO moved VALUES ('', NEW.state); END",
    """CREATE TRIGGER moved AFTER UPDATE OF state ON deliveries WHEN OLD.state <> NEW.state
    BEGIN INSERT INTO moved VALUES (OLD.state, NEW.state); END""",
)
_POSTGRES_LOG = (
    """CREATE FUNCTION log_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO moved VALUES (CASE WHEN TG_OP = 'INSERT' THEN '' ELSE OLD.state END, NEW.state); RETURN NULL; END $$""",
    "CREATE TRIGGER began AFTER INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION log_move()",
    """CREATE TRIGGER moved AFTER UPDATE OF state ON deliveries FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION log_move()""",
)
Value = TypeVar("Value")
Run = Callable[[Coroutine[Any, Any, Value]], Value]


@dataclass
class World:
    """What the rooms really show: by key, in the order it arrived; and the words of each message now."""

    arrived: list[tuple[str, str, str]] = field(default_factory=list)  # room, key, kind
    words: dict[str, str] = field(default_factory=dict)  # reference → words

    def take(self, claimed: Claimed) -> str:
        out = claimed.outgoing
        if out.replaces:
            assert out.replaces in self.words, "an edit of what is not there"
            self.words[out.replaces] = out.message.title
            return out.replaces
        assert claimed.kind != "edit", "an edit without its message would be said as new"
        if (reference := self.find(claimed)) is not None:
            assert claimed.doubtful, "said again without looking"
            return reference
        self.arrived.append((out.room, out.key, claimed.kind))
        self.words[out.key] = out.message.title
        return out.key

    def find(self, claimed: Claimed) -> str | None:
        return claimed.outgoing.key if claimed.outgoing.key in self.words else None


class Machine(RuleBasedStateMachine):
    """One bot, two rooms, and an operator who retries what was parked."""

    store: Store
    run: Run[Any]

    def __init__(self) -> None:
        super().__init__()
        self.world, self.now = World(), NOW
        self.flying: list[Claimed] = []
        self.said: dict[str, tuple[int, str]] = {}  # subject → revision, newest words
        self.order: list[tuple[int, str]] = []  # lane, subject: as they were first said
        self.keys: dict[tuple[str, str, int], str] = {}
        self.unordered: set[str] = set()  # what was parked or changed its lane
        self.asked: dict[int, datetime] = {}  # until when the chat asked to wait with a delivery
        self.operator = False  # a person insisted meanwhile

    @initialize()
    def empty(self) -> None:
        async def wipe() -> None:
            async with self.store.writing() as tx:
                for table in (*metadata.sorted_tables, MOVED):
                    await tx.run(table.delete())

        self.run(wipe())

    def act(self, deed: Callable[..., Coroutine[Any, Any, Value]], *arguments: Any, **keywords: Any) -> Value:
        async def whole() -> Value:
            async with self.store.writing(ProjectId("p")) as tx:
                return await deed(tx, *arguments, **keywords)

        value: Value = self.run(whole())
        return value

    @rule(lane=st.sampled_from(Lane))
    def plan_something_new(self, lane: Lane) -> None:
        name = f"v{len(self.said)}"
        self.act(outbox.add, [planned_message(name, ROOMS, lane=lane)], self.now)
        self.said[name] = (1, f"{name} r1 new")
        self.order.append((lane.value, name))

    @precondition(lambda self: self.said)
    @rule(which=st.integers(0, 99), lane=st.sampled_from((Lane.ROUTINE, Lane.SECURITY)), worse=st.booleans())
    def plan_a_correction(self, which: int, lane: Lane, worse: bool) -> None:
        name = sorted(self.said)[which % len(self.said)]
        revision = self.said[name][0] + 1
        self.said[name] = (revision, f"{name} r{revision} edit")
        steps = [planned_message(name, ROOMS, "edit", revision=revision, lane=lane)]
        if worse:
            steps.append(planned_message(name, ROOMS, "reply", revision=revision, lane=lane, words=message("worse")))
        self.unordered.add(name)
        self.act(outbox.add, steps, self.now)

    @rule(limit=st.integers(1, 4), lowest=st.sampled_from((Lane.SECURITY, LAST)))
    def claim(self, limit: int, lowest: Lane = LAST) -> None:
        for claimed in self.act(outbox.claim, "discord", self.now, limit, lowest):
            assert claimed.lane <= lowest
            assert self.asked.pop(claimed.id, self.now) <= self.now or self.operator, "not before the chat said"
            key = self.keys.setdefault((claimed.outgoing.announcement, claimed.kind, claimed.id), claimed.outgoing.key)
            assert key == claimed.outgoing.key
            self.flying.append(claimed)

    @rule()
    def claim_all_and_see_that_nothing_waits_for_an_edit(self) -> None:
        """What is due and first in its room and lane is taken; an edit that failed keeps nothing else from being first."""
        self.claim(50)
        places = {claimed.place for claimed in self.flying}
        first: dict[tuple[str, int], Listed] = {}
        for item in self.act(deliveries.listing, [State.PENDING, State.DOUBTFUL]):
            if item.kind != "edit" or not item.attempts:
                first.setdefault((item.room, item.lane.value), item)
        late = [item for place, item in first.items() if place not in places and item.due <= self.now]
        assert late == []

    @precondition(lambda self: self.flying)
    @rule(
        which=st.integers(0, 9),
        outcome=st.sampled_from(("sent", "lost", "asked to wait", "cut before", "cut after", "refused", "parked")),
    )
    def land(self, which: int, outcome: str) -> None:
        claimed = self.flying.pop(which % len(self.flying))
        if outcome in ("sent", "cut after"):
            reference = self.world.take(claimed)
        again = self.now + timedelta(seconds=7)
        match outcome:
            case "sent":
                self.act(outbox.record_sent, [(claimed, reference)], self.now)
            case "lost":
                self.act(outbox.retry_at, claimed, again, "502", doubtful=False)
            case "asked to wait":
                not_before = self.now + timedelta(hours=1)
                self.act(outbox.retry_at, claimed, again, "429", doubtful=False, not_before=not_before)
                self.asked[claimed.id] = not_before
            case "cut before" | "cut after":
                self.act(outbox.retry_at, claimed, again, "cut off", doubtful=True)
            case "refused" if claimed.doubtful or self.world.find(claimed) is None:
                self.act(outbox.refuse, claimed, again, "gone")
            case "parked" if claimed.doubtful or self.world.find(claimed) is None:
                self.act(outbox.park, claimed, "too long", self.now)
                self.unordered.update(self.said)  # what follows a parked message goes on before it
            case _:
                self.act(outbox.record_sent, [(claimed, self.world.take(claimed))], self.now)

    @rule(arrived=st.booleans())
    def die(self, arrived: bool) -> None:
        for claimed in self.flying:
            if arrived:
                self.world.take(claimed)
        self.flying.clear()
        self.act(outbox.recover, "discord", self.now)

    @rule()
    def end_an_outage(self) -> None:
        self.act(backoff.reset, "discord", self.now)

    @rule(hours=st.sampled_from((1, 30)))
    def set_the_clock_back(self, hours: int) -> None:
        self.now -= timedelta(hours=hours)
        self.asked.clear()
        self.act(backoff.clamp_future_times, "discord", self.now)

    @rule(seconds=st.sampled_from((1, 10, 4000)))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def retry_what_is_parked(self) -> None:
        parked = self.act(deliveries.listing, [State.PARKED])
        self.operator = self.operator or bool(parked)
        self.act(deliveries.retry, [item.id for item in parked], self.now)

    @invariant()
    def every_state_was_reached_by_a_move_of_the_table(self) -> None:
        moves = self.run(self._moves())
        assert bool(moves) == bool(self.said), "nobody wrote down the moves"
        for old, new in moves:
            if old:
                assert may_move(State(old), State(new)), f"{old} became {new}"
            else:
                assert State(new) in INITIAL, f"a delivery began {new}"

    async def _moves(self) -> list[tuple[str, str]]:
        async with self.store.reading() as tx:
            return [(row.old, row.new) for row in await tx.rows(sa.select(MOVED).distinct())]

    @invariant()
    def at_most_one_is_under_way_in_a_room_and_lane(self) -> None:
        places = [claimed.place for claimed in self.flying]
        assert len(places) == len(set(places))

    def teardown(self) -> None:
        for _ in range(200):
            while self.flying:
                self.land(0, "sent")
            self.now += timedelta(hours=2)
            self.retry_what_is_parked()
            self.claim(50)
            if not self.flying and not self.act(outbox.counts):
                break
        assert self.act(outbox.counts) == {}, "something can never be said"
        for room in ROOMS:
            self._judge(room)

    def _judge(self, room: str) -> None:
        there = [(key, kind) for at, key, kind in self.world.arrived if at == room]
        assert len(there) == len(set(there)), "said twice"
        titles = [self.world.words[key] for key, kind in there if kind == "new" and self.world.words[key] != "worse"]
        assert sorted(titles) == sorted(words for _, words in self.said.values())
        names = [title.split()[0] for title in titles]
        for lane in Lane:
            expected = [name for of, name in self.order if of == lane and name not in self.unordered]
            assert [name for name in names if name in expected] == expected, "out of order"


async def _log_moves(store: Store) -> None:
    """Let the database itself write down every change of a state."""
    async with store.writing() as tx:
        await tx.run(sa.schema.CreateTable(MOVED))
        for statement in _POSTGRES_LOG if store.postgres else _SQLITE_LOG:
            await tx.run(sa.text(statement))


def _machine(at: Store, runner: asyncio.Runner) -> type[Machine]:
    class Here(Machine):
        store = at
        run = staticmethod(runner.run)

    return Here


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, asyncio.Runner]]:
    with asyncio.Runner() as runner:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path}/chatbot.db"
        else:
            url = runner.run(postgres.new_database(request.getfixturevalue("postgres_server")))
        stack = AsyncExitStack()
        store = runner.run(stack.enter_async_context(open_store(url)))
        runner.run(_log_moves(store))
        yield store, runner
        runner.run(stack.aclose())


def _live(place: tuple[Store, asyncio.Runner], examples: int, steps: int) -> None:
    store, runner = place
    run_state_machine_as_test(
        _machine(store, runner),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[
                phase for phase in Phase if phase is not Phase.shrink
            ],  # each step is a transaction: shrinking takes minutes
        ),
    )


def test_in_the_end_every_room_shows_everything_once(place: tuple[Store, asyncio.Runner]) -> None:
    _live(place, examples=8 if place[0].postgres else 25, steps=25)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_in_a_thousand_lives_every_room_shows_everything_once(place: tuple[Store, asyncio.Runner]) -> None:
    _live(place, examples=300 if place[0].postgres else 1000, steps=30)
