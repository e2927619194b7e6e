"""With digests among the events, in any order and through any restart: rooms end with the same news, each once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.core.announce.decide import Announce
from chatbot.core.announce.subject import find
from chatbot.core.digests.contents import item_of
from chatbot.core.model.watches import DigestSchedule, WatchFilter
from tests.core import make
from tests.core.announce.test_laws import CHAINS, FILTERS, orders
from tests.core.history import Life
from tests.examples import scaled

DAILY = DigestSchedule(every="daily", at=time(9), zone=UTC)
WEEKLY = DigestSchedule(every="weekly", at=time(9), zone=ZoneInfo("America/New_York"))
DIGESTS = {
    "discord:all": None,
    "discord:daily": DAILY,
    "discord:weekly": WEEKLY,
    "discord:prereleases": DAILY,
    "discord:releases": DAILY,
}
WATCHES = [
    make.watch(room, replace(FILTERS.get(room, WatchFilter()), digest=digest)) for room, digest in DIGESTS.items()
]
PAUSES = [timedelta(), 2 * make.SETTLE, timedelta(hours=7), timedelta(days=1), timedelta(days=4)]
LIVELY = settings(max_examples=scaled(10), deadline=None, suppress_health_check=[HealthCheck.too_slow])


def lived(names: Sequence[str], pauses: Sequence[timedelta]) -> Life:
    """A life with pauses, in which digests become due; at its end two weeks pass."""
    life = Life(WATCHES)
    rest = {name: iter(steps) for name, steps in CHAINS.items()}
    for name, pause in zip(names, pauses, strict=True):
        life.live(next(rest[name]))
        if pause:
            life.settle(pause)
    for days in (1, 8, 8):
        life.settle(timedelta(days=days))
    return life


def pauses(number: int) -> st.SearchStrategy[list[timedelta]]:
    return st.lists(st.sampled_from(PAUSES), min_size=number, max_size=number)


def news_in(life: Life, room: str) -> set[str]:
    """The subjects that a room shows, singly, in a digest or in a summary."""
    digest = {subject for at, subject in life.in_digest if at == room}
    return {name for name in chain(life.shows(room), digest) if name.startswith(("release/", "advisory/"))}


@LIVELY
@given(st.data())
def test_every_room_shows_each_piece_of_news_once_as_it_stands(data: st.DataObject) -> None:
    names = data.draw(orders(CHAINS))
    life = lived(names, data.draw(pauses(len(names))))
    snapshot = life.snapshot
    assert not life.holds
    assert set(life.digests.values()) <= {1}
    for watch in WATCHES:
        room = watch.room.address
        singly, digest = set(life.shows(room)), {subject for at, subject in life.in_digest if at == room}
        assert not singly & digest, "the same is shown twice"
        for name in [f"release/mail/{tag}" for tag in snapshot.releases]:
            subject = find(snapshot, name)
            assert subject is not None
            if isinstance(subject.outcome(watch.room.watch_filter, make.SETTLE), Announce) and subject.news_to(watch):
                assert name in singly | digest, f"{room} misses {name}"
            if name in digest:
                assert life.in_digest[room, name] == item_of(subject, announced=False).digest, "a digest has old words"
            if name in singly:
                assert life.shows(room)[name] == subject.digest


@LIVELY
@given(st.data())
def test_a_digest_hides_nothing_that_a_room_without_one_shows(data: st.DataObject) -> None:
    names = data.draw(orders(CHAINS))
    life = lived(names, data.draw(pauses(len(names))))
    expected = news_in(life, "discord:all")
    for room in ("discord:daily", "discord:weekly"):
        missed = expected - news_in(life, room)
        removed = {f"release/mail/{tag}" for tag, item in life.knowledge.releases.items() if item.removal_confirmed}
        assert missed <= removed, f"{room} misses {missed}"  # what was withdrawn before its digest was never news there
        assert news_in(life, room) <= expected


@LIVELY
@given(st.data())
def test_security_never_waits_for_a_digest(data: st.DataObject) -> None:
    names = data.draw(orders(CHAINS))
    life = Life(WATCHES)
    rest = {name: iter(steps) for name, steps in CHAINS.items()}
    for name in names:
        life.live(next(rest[name]))
        life.settle()
        life.settle()
        waiting = {subject for _, subject in life.holds}
        tags = {tag for tag, item in life.snapshot.releases.items() if item.security}
        assert not waiting & {f"release/mail/{tag}" for tag in tags}
        assert not {name for name in waiting if name.startswith("advisory/")}
