"""What is to be done about line roles, as a table; and that what was done leaves nothing to do."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.core.line_roles.due import Steps, steps
from chatbot.core.line_roles.line_role import GRACE, LineRole, role_name
from chatbot.core.line_roles.wanted import has_ended, has_roles, lowest_pinged, supported_lines
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import Room, WatchFilter
from chatbot.core.support.current import unreadable
from chatbot.sources.support_policy.reader import read_policy
from tests.core import make

NOW = make.START
MAIL = ProjectId("mail")
SERVER = "discord:70"


def role(line: str, number: str = "", **more: object) -> LineRole:
    values: dict[str, object] = {"server": SERVER, "project": MAIL, "line": line, "role": number}
    return LineRole(**(values | more))  # type: ignore[arg-type]  # a table of mixed fields


STANDS = role("0.15", "515")
JUST = role("0.14", "514", retired_at=NOW - timedelta(days=1))
LONG = role("0.14", "514", retired_at=NOW - GRACE)
HALF = role("0.16")


@pytest.mark.parametrize(
    ("stored", "lines", "over", "expected"),
    [
        ([], ["0.16", "0.15"], [], Steps(make=(role("0.16"), role("0.15")))),
        ([STANDS], ["0.15"], [], Steps()),
        ([STANDS, HALF], ["0.16", "0.15"], [], Steps(make=(HALF,))),  # a crash came in between
        ([STANDS], [], ["0.15"], Steps(retire=(STANDS,))),
        ([STANDS], [], [], Steps()),  # nobody can tell any more whether it is supported
        ([JUST], [], ["0.14"], Steps()),
        ([JUST], ["0.14"], [], Steps(revive=(JUST,))),
        ([LONG], [], ["0.14"], Steps(over=(LONG,))),
        ([LONG], ["0.14"], [], Steps(revive=(LONG,))),
        ([HALF], [], ["0.16"], Steps(over=(HALF,))),
        ([role("0.15", "999")], ["0.15"], [], Steps(missing=(role("0.15", "999"),), make=(role("0.15"),))),
        ([role("0.15", "999")], [], ["0.15"], Steps(missing=(role("0.15", "999"),))),
        ([replace(JUST, role="999")], [], ["0.14"], Steps(missing=(replace(JUST, role="999"),))),
    ],
)
def test_what_is_due(stored: Sequence[LineRole], lines: Sequence[str], over: Sequence[str], expected: Steps) -> None:
    assert steps(SERVER, MAIL, stored, lines, lambda line: line in over, {"514", "515"}, NOW) == expected


def test_a_role_is_called_by_the_project_and_its_line() -> None:
    assert STANDS.name == role_name(MAIL, "0.15") == "mail 0.15"
    assert len(role_name(ProjectId("m" * 64), "1." * 60)) == 100


PAGE = """\
# Security policy

| Version | Supported | End |
|---|---|---|
| 0.16.x | ✅ | |
| 0.15.x | ✅ | 2030-03-31 |
| < 0.15 | ❌ | |
"""
TAGS = ("v0.13.2", "v0.14.1", "v0.15.3", "v0.15.5", "v0.16.2", "v0.17.0")
SNAPSHOT = make.snapshot([make.release(tag, make.START + n * make.DAY) for n, tag in enumerate(TAGS)])


@pytest.mark.parametrize(
    ("days", "supported", "over"),
    [
        (10, ["0.16", "0.15"], ["0.14", "0.13"]),  # 0.17 is newer than the page: neither
        (200, ["0.16"], ["0.15", "0.14", "0.13"]),
    ],
)
def test_the_lines_of_today_have_roles(days: int, supported: Sequence[str], over: Sequence[str]) -> None:
    policy, now = read_policy(PAGE), make.START + days * make.DAY
    assert list(supported_lines(SNAPSHOT, policy, now)) == supported
    names = ("0.17", "0.16", "0.15", "0.14", "0.13")
    assert [line for line in names if has_ended(SNAPSHOT, policy, line, now)] == over


@pytest.mark.parametrize("policy", [None, unreadable("The page is away."), read_policy("# Security\n\nMail us.\n")])
def test_where_nothing_can_be_read_no_line_is_supported_and_none_has_ended(policy: object) -> None:
    assert supported_lines(SNAPSHOT, policy, make.START) == ()  # type: ignore[arg-type]  # a table of policies
    assert not has_ended(SNAPSHOT, policy, "0.14", make.START)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("public", "line_roles", "events", "expected"),
    [
        (True, True, {"security"}, True),
        (True, True, {"releases", "policy"}, False),
        (True, False, {"security"}, False),
        (False, True, {"security"}, False),  # everybody in the server can read the names of roles
    ],
)
def test_which_rooms_have_roles(public: bool, line_roles: bool, events: set[str], expected: bool) -> None:
    room = replace(make.room("discord:1", WatchFilter(events=frozenset(events))), line_roles=line_roles)  # type: ignore[arg-type]  # some of them
    assert has_roles(replace(make.project, public=public), room) is expected


def test_a_role_is_pinged_from_the_least_severity_of_the_rooms_that_ping_it() -> None:
    def room(at: str, lowest: Severity, pinged: Severity, *, line_roles: bool = True) -> Room:
        watch_filter = WatchFilter(min_severity=lowest, mention_min_severity=pinged)
        return replace(make.room(at, watch_filter), line_roles=line_roles)

    high = room("discord:1", Severity.LOW, Severity.HIGH)
    medium = room("discord:2", Severity.MEDIUM, Severity.LOW)
    other = room("discord:3", Severity.LOW, Severity.LOW, line_roles=False)
    assert lowest_pinged(make.project, [high, other]) is Severity.HIGH
    assert lowest_pinged(make.project, [high, medium, other]) is Severity.MEDIUM
    assert lowest_pinged(make.project, [other]) is Severity.CRITICAL
