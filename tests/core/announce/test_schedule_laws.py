"""Whenever releases are planned, moved, cancelled and published: rooms show what became of each, and are told each change once."""

from collections import Counter
from collections.abc import Mapping, Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.core.announce.digest import digest, moment_facts
from chatbot.core.maintainers.schedule.phases import state
from chatbot.core.maintainers.schedule.planning import schedule_subject
from chatbot.core.model.severity import Severity
from tests.core import make
from tests.core.announce import test_laws as laws
from tests.core.history import Life, MaintainerPlans, MaintainerSays, Observed, Restart, Step, TimePasses
from tests.examples import scaled

FEW = settings(max_examples=scaled(10), deadline=None, suppress_health_check=[HealthCheck.too_slow])
HOUR = make.HOUR
SOON, LATER, LAST = (make.START + 10 * make.DAY + hours * HOUR for hours in (2, 50, 99))
CANDIDATE, FIX, BACKPORT, NEVER = "0.16.0", "0.15.5", "0.14.9", "0.17.0"
VERSIONS = (CANDIDATE, FIX, BACKPORT, NEVER)
EVENTS: Mapping[str, Sequence[Step]] = {
    "fix": laws.CHAINS["fix"],
    "backport": (Observed(laws.BACKPORT),),
    "raised": laws.CHAINS["raised"],
    "fix is planned": (MaintainerPlans(FIX, SOON), MaintainerPlans(FIX, LATER), MaintainerPlans(FIX)),
    "backport is planned": (
        MaintainerPlans(BACKPORT, SOON, Severity.MEDIUM),
        MaintainerPlans(BACKPORT, LATER, Severity.HIGH),
        MaintainerPlans(BACKPORT, LATER, Severity.CRITICAL),
    ),
    "it never comes": (
        MaintainerPlans(NEVER, LATER),
        MaintainerPlans(NEVER),
        MaintainerPlans(NEVER, LAST),
        MaintainerPlans(NEVER, LATER),
    ),
    "it is late": (MaintainerPlans(CANDIDATE, SOON),),
    "held for a time": (MaintainerSays("hold", "release/mail/v0.15.5"), MaintainerSays("now", "release/mail/v0.15.5")),
    "time": (TimePasses(HOUR + HOUR / 2), TimePasses(HOUR), TimePasses(26 * HOUR), TimePasses(50 * HOUR)),
}
RESTARTS: Mapping[str, Sequence[Step]] = {"restart": (Restart(),) * 4}


def lived(names: Sequence[str], pauses: Sequence[bool]) -> Life:
    life, rest = Life(laws.WATCHES), {name: iter(steps) for name, steps in {**EVENTS, **RESTARTS}.items()}
    for name, pause in zip(names, pauses, strict=True):
        life.live(next(rest[name]))
        if pause:
            life.settle()
    for _ in range(3):
        life.settle()
    return life


def told_of_plans(life: Life) -> Counter[tuple[str, str, str, str]]:
    """What was said of plans, how often: the room, the kind, and what it is about in which words."""
    return Counter(
        (str(room), each.kind, each.subject, each.digest)
        for each in life.messages
        for room in each.revisions
        if each.subject.startswith("schedule/") or " is planned for another time" in each.message.title
    )


def check_plans(life: Life) -> None:
    """Each room shows what became of what it was told of, and was told of each change after that once."""
    snapshot, scheduled = life.snapshot, life.snapshot.controls.scheduled
    replies = Counter(
        (room, each.message.title) for each in life.messages for room in each.revisions if each.kind == "reply"
    )
    for version, entry in scheduled.items():
        subject, release = schedule_subject(life.project.id, version), snapshot.look_up(version).release
        became = state(entry, life.now, is_released=release is not None)
        url = release.release.url if release is not None else ""
        shows = digest(["schedule", version, became, moment_facts(entry.at), str(entry.severity), url])
        news = [each for each in life.messages if each.subject == subject and each.kind == "new"]
        assert max(Counter(room for each in news for room in each.revisions).values(), default=0) <= 1
        words = [word for word in life.words if word.subject == version]
        for watch in laws.WATCHES:
            room, name = watch.room.address, f"Mail Server {version}"
            post = life.posted.get((room, subject))
            if post is None:
                assert became != "planned", "what lies ahead is shown everywhere"
                assert not any(name in title and "planned" in title for at, title in replies if at == room)
                continue
            assert post.digest == shows, f"{room} shows {version} as it was"
            cancelled = sum(word.action == "cancel" for word in words)
            first = next(each.notified_for for each in news if room in each.revisions)
            moves_before = max(int(each.removeprefix("moves:")) for each in first if each.startswith("moves:"))
            assert replies[room, f"{name} is planned for another time"] == entry.moves - moves_before
            assert replies[room, f"{name} is not planned any more"] <= cancelled
            assert replies[room, f"{name} is due within the hour"] <= 1 + entry.moves
            if became in ("planned", "cancelled"):
                assert f"{'cancelled' if became == 'cancelled' else 'moves'}:{entry.moves}" in post.notified_for


@FEW
@given(st.data())
def test_rooms_show_what_became_of_every_plan_and_are_told_of_each_change_once(data: st.DataObject) -> None:
    names = data.draw(laws.orders({**EVENTS, **RESTARTS}))
    life = lived(names, data.draw(st.lists(st.booleans(), min_size=len(names), max_size=len(names))))
    laws.check(life)
    check_plans(life)


@FEW
@given(st.data())
def test_a_restart_anywhere_changes_nothing(data: st.DataObject) -> None:
    names = data.draw(laws.orders(EVENTS))
    pauses = data.draw(st.lists(st.booleans(), min_size=len(names), max_size=len(names)))
    with_restarts, pauses_too = list(names), list(pauses)
    for _ in range(4):
        at = data.draw(st.integers(0, len(with_restarts)))
        with_restarts.insert(at, "restart")
        pauses_too.insert(at, False)
    once, again = lived(names, pauses), lived(with_restarts, pauses_too)
    assert told_of_plans(once) == told_of_plans(again)
    for watch in laws.WATCHES:
        assert once.shows(watch.room.address) == again.shows(watch.room.address)


@FEW
@given(laws.orders({name: EVENTS[name] for name in ("fix", "backport", "raised", "it never comes")}))
def test_every_order_of_facts_and_plans_ends_the_same(names: list[str]) -> None:
    in_order = sorted(names, key=list(EVENTS).index)
    one, other = lived(in_order, [True] * len(names)), lived(names, [False] * len(names))
    assert one.snapshot.controls.scheduled.keys() == other.snapshot.controls.scheduled.keys() == {NEVER}
    for watch in laws.WATCHES:
        first, second = one.shows(watch.room.address), other.shows(watch.room.address)
        subject = schedule_subject(one.project.id, NEVER)
        assert first[subject] == second[subject]


def test_these_lives_reach_every_state() -> None:
    names = [
        "fix is planned",
        "backport is planned",
        "it never comes",
        "it is late",
        "fix",
        "time",
        "raised",
        "backport",
    ]
    life = lived([name for name in names for _ in EVENTS[name]], [True] * sum(len(EVENTS[name]) for name in names))
    check_plans(life)
    titles = {each.message.title for each in life.messages}
    for version, words in ((BACKPORT, "released"), (CANDIDATE, "late"), (NEVER, "planned")):
        assert f"Mail Server {version} is {words}" in titles
    assert "Mail Server 0.17.0 is planned for another time" in titles
    assert "Mail Server 0.17.0 is not planned any more" in titles
    assert "Mail Server 0.16.0 is due within the hour" in titles
