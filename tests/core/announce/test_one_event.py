"""One event, one message where possible: an advisory and the releases that fix it, in whatever order they come."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.message import Mention
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import WatchFilter
from tests.core import make
from tests.core.history import Life, Observed, Restart, Step, Vanished

DAY, START = make.DAY, make.START
ROLE = Mention("role", "7")
FILTERS = {
    "security": WatchFilter(events=frozenset({"security"}), mention=ROLE),
    "both": WatchFilter(mention=ROLE),
    "releases": WatchFilter(events=frozenset({"releases"}), mention=ROLE),
    "critical": WatchFilter(events=frozenset({"security"}), min_severity=Severity.CRITICAL, mention=ROLE),
}
BROKEN = [make.release("v2.0.9", START - 9 * DAY), make.release("v2.1.1", START - 8 * DAY)]
ADVISORY = make.advisory(affected=">= 2.1.0, < 2.1.2", patched="2.1.2", at=START + 2 * DAY)
BOTH_LINES = replace(
    ADVISORY,
    affected=(
        *ADVISORY.affected,
        *make.advisory(affected=">= 2.0.0, < 2.0.10", patched="2.0.10").affected,
    ),
)
FIX = make.release("v2.1.2", START + 2 * DAY)
BACKPORT = make.release("v2.0.10", START + 2 * DAY)
MONTH_LATER = make.release("v2.1.2", START + 32 * DAY)
CANDIDATE = make.release("v2.1.2-rc.1", START + 2 * DAY, "Fixes GHSA-aaaa-bbbb-cccc.", prerelease=True)
PAUSE = "pause"


def lived(steps: Sequence[Step | str]) -> Life:
    life = Life([make.watch(room, watch_filter) for room, watch_filter in FILTERS.items()])
    for old in BROKEN:
        life.knowledge = replace(
            life.knowledge, releases={**life.knowledge.releases, old.tag: make.known_release(old, known_before=True)}
        )
    for step in steps:
        if isinstance(step, str):
            life.settle()
        else:
            life.live(step)
    for _ in range(3):
        life.settle()
    return life


def posts(life: Life) -> Mapping[str, list[str]]:
    """What came into each room: `A` the advisory, a version for a release, `reply`; `!` for a ping. Edits are left out."""
    rooms: dict[str, list[str]] = {room: [] for room in FILTERS}
    for planned in life.messages:
        if planned.kind == "edit":
            continue
        name = "reply" if planned.kind == "reply" else "A" if planned.subject.startswith("advisory/") else ""
        name = name or planned.subject.rpartition("/v")[2]
        for room in planned.revisions:
            rooms[room].append(name + "!" * bool(planned.message.mentions))
    return rooms


def observe(fact: Release | Advisory) -> Observed:
    return Observed(fact)


@pytest.mark.parametrize(
    ("steps", "security", "both"),
    [
        pytest.param([observe(FIX), observe(ADVISORY)], ["A!"], ["A!", "2.1.2"], id="in one batch"),
        pytest.param([observe(ADVISORY), observe(FIX)], ["A!"], ["A!", "2.1.2"], id="in one batch, the advisory first"),
        pytest.param([observe(FIX), PAUSE, observe(ADVISORY)], ["A!"], ["2.1.2", "A!"], id="the release first"),
        pytest.param(
            [observe(ADVISORY), PAUSE, observe(FIX)], ["A!", "reply"], ["A!", "2.1.2"], id="the advisory first"
        ),
        pytest.param(
            [observe(ADVISORY), PAUSE, observe(MONTH_LATER)], ["A!", "reply"], ["A!", "2.1.2"], id="fixed a month later"
        ),
        pytest.param(
            [observe(BOTH_LINES), observe(BACKPORT), observe(FIX)],
            ["A!"],
            ["A!", "2.0.10", "2.1.2"],
            id="two lines at once",
        ),
        pytest.param(
            [observe(BOTH_LINES), PAUSE, observe(FIX), PAUSE, observe(BACKPORT)],
            ["A!", "reply"],
            ["A!", "2.1.2", "2.0.10"],
            id="a backport that comes later is an edit",
        ),
        pytest.param(
            [observe(FIX), PAUSE, Restart(), observe(ADVISORY), PAUSE, Restart()],
            ["A!"],
            ["2.1.2", "A!"],
            id="restarts",
        ),
        pytest.param([observe(CANDIDATE), observe(ADVISORY)], ["A!"], ["A!"], id="a prerelease is named, and no post"),
        pytest.param(
            [observe(FIX), Vanished("v2.1.2"), observe(ADVISORY), PAUSE, observe(FIX)],
            ["A!", "reply"],
            ["A!", "2.1.2"],
            id="a release that waits for confirmation",
        ),
        pytest.param([observe(FIX)], [], ["2.1.2"], id="nothing says that it is about security"),
    ],
)
def test_the_advisory_leads_and_pings_once(
    steps: Sequence[Step | str], security: Sequence[str], both: Sequence[str]
) -> None:
    rooms = posts(lived(steps))
    assert (rooms["security"], rooms["both"]) == (security, both)


def test_the_advisory_that_a_room_for_security_alone_is_shown_names_every_fix() -> None:
    life = lived([observe(BOTH_LINES), observe(BACKPORT), observe(FIX)])
    (advisory,) = [each.message for each in life.messages if each.kind == "new" and "security" in each.revisions]
    assert all(version in make.words(advisory) for version in ("2.0.10", "2.1.2"))


def test_a_room_that_is_not_shown_the_advisory_is_shown_the_release() -> None:
    """By its threshold, or since it was published before the room began."""
    old = replace(BOTH_LINES, published_at=START - DAY)
    assert posts(lived([observe(old), PAUSE, observe(FIX)]))["security"] == ["2.1.2!"]
    critical = posts(lived([observe(ADVISORY), PAUSE, observe(FIX)]))["critical"]
    assert critical == [], "neither the advisory nor what fixes it reaches the threshold"
    raised = posts(
        lived([observe(ADVISORY), PAUSE, observe(FIX), PAUSE, observe(replace(ADVISORY, severity=Severity.CRITICAL))])
    )
    assert raised["critical"] == ["A!"]


def test_a_release_pings_for_what_it_fixes_beside_the_advisory_that_leads() -> None:
    unseen = make.advisory(
        "GHSA-gggg-hhhh-iiii", Severity.CRITICAL, affected="< 2.1.2", patched="2.1.2", at=START - 3 * DAY
    )
    later = make.release("v2.1.2", START + 5 * DAY)
    assert posts(lived([observe(unseen), observe(ADVISORY), PAUSE, observe(later)]))["both"] == ["A!", "2.1.2!"]
