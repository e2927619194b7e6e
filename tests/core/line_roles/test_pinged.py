"""Which roles of release lines security news pings: tables over advisories, releases and rooms."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from chatbot.core.announce.audience import Watch
from chatbot.core.announce.messages import Plan
from chatbot.core.announce.plan import plan
from chatbot.core.line_roles.pinged import Pinged
from chatbot.core.model.facts import Advisory, Affected
from chatbot.core.model.message import Mention
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import WatchFilter
from tests.core import make

DAY, START = make.DAY, make.START
TAGS = ("v0.13.2", "v0.14.1", "v0.15.3", "v0.15.4", "v0.16.2")
OLD = [make.release(tag, START - (9 - n) * DAY) for n, tag in enumerate(TAGS)]
ROLES = {"0.14": "14", "0.15": "15", "0.16": "16"}
OTHER_ROLES = {"0.15": "215"}
HIGH = make.advisory(affected=">= 0.15.0, < 0.15.5", at=START + DAY)
ADVISORY = f"advisory/mail/{HIGH.id}"


def ids(mentions: Sequence[Mention]) -> list[str]:
    return [f"{each.kind}:{each.id}" for each in mentions]


@pytest.mark.parametrize(
    ("advisory", "pinged"),
    [
        (HIGH, ["role:15"]),
        (make.advisory(affected="< 0.15.5"), ["role:15", "role:14"]),
        (make.advisory(affected="< 0.17"), ["role:16", "role:15", "role:14"]),
        (make.advisory(affected="= 0.13.2", patched="0.13.3"), []),
        (make.advisory(affected=">= 0.15.4, < 0.15.5"), ["role:15"]),  # one version of the line is enough
        (
            make.advisory(affected=">= 0.15.7, < 0.15.9", patched="0.15.9"),
            [],
        ),  # nothing of the line was published in it
        (
            make.advisory(affected="all with the plug-in", patched=""),
            ["role:16", "role:15", "role:14"],
        ),  # nobody can tell
        (make.advisory(affected="", patched=""), ["role:16", "role:15", "role:14"]),  # no range at all
        (replace(HIGH, withdrawn_at=START + 2 * DAY), []),
        (
            replace(
                HIGH,
                affected=(
                    Affected(range="= 0.14.1", patched="0.14.2"),
                    Affected(range="= 0.16.2", patched="0.16.3"),
                ),
            ),
            ["role:16", "role:14"],
        ),
    ],
)
def test_a_role_is_pinged_where_its_line_has_an_affected_version(advisory: Advisory, pinged: Sequence[str]) -> None:
    snapshot = make.snapshot(OLD, [advisory])
    assert ids(Pinged(snapshot).by_advisories([advisory], ROLES)) == pinged


def watch(at: str, roles: Mapping[str, str], watch_filter: WatchFilter | None = None) -> Watch:
    return Watch(make.room(at, watch_filter), START, line_roles=roles)


def planned(
    advisory: Advisory, *watches: Watch, posted: make.PostedThere | None = None, touched: Sequence[str] = (ADVISORY,)
) -> Plan:
    return plan(make.snapshot(OLD, [advisory]), watches, posted or {}, touched, now=START + 9 * DAY, settle=make.SETTLE)


def mentions_of(steps: Plan) -> dict[tuple[str, str], list[str]]:
    """(room, kind) → whom the message pings there."""
    return {(room, each.kind): ids(each.message.mentions) for each in steps.messages for room in each.revisions}


@pytest.mark.parametrize(
    ("severity", "from_severity", "pinged"),
    [
        (Severity.HIGH, Severity.HIGH, ["role:7", "role:15"]),
        (Severity.MEDIUM, Severity.HIGH, []),
        (Severity.MEDIUM, Severity.LOW, ["role:7", "role:15"]),
        (Severity.UNKNOWN, Severity.LOW, []),
        (Severity.CRITICAL, Severity.CRITICAL, ["role:7", "role:15"]),
    ],
)
def test_the_room_s_own_mention_stays_and_its_severity_holds_for_roles(
    severity: Severity, from_severity: Severity, pinged: Sequence[str]
) -> None:
    room = WatchFilter(mention=Mention("role", "7"), mention_min_severity=from_severity)
    steps = planned(replace(HIGH, severity=severity), watch("discord:1", ROLES, room))
    assert mentions_of(steps) == {("discord:1", "new"): pinged}


def test_a_room_without_a_mention_of_its_own_pings_its_roles() -> None:
    steps = planned(HIGH, watch("discord:1", ROLES), watch("discord:2", {}), watch("discord:3", OTHER_ROLES))
    assert mentions_of(steps) == {
        ("discord:1", "new"): ["role:15"],
        ("discord:2", "new"): [],
        ("discord:3", "new"): ["role:215"],
    }
    assert len({id(each.message.body) for each in steps.messages}) == 1, "they share one rendering"


def test_a_role_that_is_also_the_room_s_mention_is_named_once() -> None:
    room = WatchFilter(mention=Mention("role", "15"))
    assert mentions_of(planned(HIGH, watch("discord:1", ROLES, room))) == {("discord:1", "new"): ["role:15"]}


def test_an_edit_pings_nobody_and_what_got_worse_pings_again() -> None:
    there = watch("discord:1", ROLES)
    posted = make.carry_out(planned(HIGH, there), {})
    reworded = planned(replace(HIGH, summary="Other words"), there, posted=posted)
    assert mentions_of(reworded) == {("discord:1", "edit"): []}
    wider = replace(HIGH, affected=(Affected(range=">= 0.14.0, < 0.15.5", patched="0.15.5"),))
    worse = planned(wider, there, posted=posted)
    assert mentions_of(worse) == {("discord:1", "edit"): [], ("discord:1", "reply"): ["role:15", "role:14"]}
    posted = make.carry_out(worse, posted)
    assert planned(wider, there, posted=posted).messages == ()
    milder = planned(replace(wider, known_exploited=True, severity=Severity.LOW), there, posted=posted)
    assert mentions_of(milder)["discord:1", "reply"] == [], "below the severity from which the room pings"


@pytest.mark.parametrize(
    ("fixed", "pinged"),
    [
        ([], ["role:15"]),  # out of band, for what no advisory says yet
        ([make.advisory(affected="< 0.15.5", at=START - 4 * DAY)], ["role:15", "role:14"]),
    ],
)
def test_a_security_release_pings_the_lines_that_need_it(fixed: Sequence[Advisory], pinged: Sequence[str]) -> None:
    fix = make.release("v0.15.5", START + 2 * DAY)
    snapshot = make.snapshot([*OLD, fix], fixed, make.declared({} if fixed else {"v0.15.5": "outofband"}))
    room = WatchFilter(mention_min_severity=Severity.LOW)
    steps = plan(
        snapshot,
        [watch("discord:1", ROLES, room)],
        {},
        ["release/mail/v0.15.5"],
        now=START + 9 * DAY,
        settle=make.SETTLE,
    )
    new = [each for each in steps.messages if each.subject == "release/mail/v0.15.5"]
    assert [ids(each.message.mentions) for each in new] == [pinged]
