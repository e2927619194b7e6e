"""Follow-ups: what is said in a reply, to whom it pings, once in a room, and how earlier ones are corrected."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from chatbot.core.announce.audience import Watch
from chatbot.core.announce.follow_up import RECENT
from chatbot.core.announce.messages import Plan, PlannedMessage
from chatbot.core.announce.plan import plan
from chatbot.core.delivery import Lane
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.knowledge import Tracked
from chatbot.core.model.message import Mention, Tone
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import WatchFilter
from tests.core import make

DAY, START, SETTLE = make.DAY, make.START, make.SETTLE
ROLE = Mention("role", "7")
SECURITY = WatchFilter(events=frozenset({"security"}), mention=ROLE)
BROKEN = make.release("v0.15.4", START - 9 * DAY)
FIX = make.release("v0.15.5", START + 5 * DAY)
HIGH = make.advisory(at=START + DAY)
RAISED = replace(HIGH, severity=Severity.CRITICAL)
ADVISORY = f"advisory/mail/{HIGH.id}"
Fact = Release | Tracked[Release]


@dataclass
class Rooms:
    """Rooms that follow the facts, one plan after the other."""

    watches: Sequence[Watch] = (make.watch("discord:1", SECURITY),)
    posted: make.PostedThere = field(default_factory=dict)

    def learn(self, advisory: Advisory | Tracked[Advisory], *releases: Fact) -> list[PlannedMessage]:
        """Plan what follows from the facts as they are now, post it, and return it."""
        steps = self.planned(advisory, *releases)
        self.posted = make.carry_out(steps, self.posted)
        assert self.planned(advisory, *releases).messages == (), "a plan that was carried out leaves nothing to post"
        return list(steps.messages)

    def planned(self, advisory: Advisory | Tracked[Advisory], *releases: Fact) -> Plan:
        snapshot = make.snapshot([BROKEN, *releases], [advisory])
        names = [f"release/mail/{tag}" for tag in snapshot.releases] + [ADVISORY]
        return plan(snapshot, self.watches, self.posted, names, now=START + 9 * DAY, settle=SETTLE)


def replies(messages: Sequence[PlannedMessage]) -> list[PlannedMessage]:
    return [each for each in messages if each.kind == "reply"]


def corrected(messages: Sequence[PlannedMessage]) -> list[PlannedMessage]:
    """The edits of earlier replies."""
    return [each for each in messages if each.kind == "edit" and each.subject.startswith("follow-up/")]


WITHDRAWN = replace(HIGH, withdrawn_at=START + 6 * DAY)


@pytest.mark.parametrize(
    ("after", "releases", "title", "pings"),
    [
        (RAISED, (), "Severity raised to critical (was high): A crafted message reads files", True),
        (replace(HIGH, known_exploited=True), (), "Now known to be exploited: A crafted message reads files", True),
        (
            replace(RAISED, known_exploited=True),
            (),
            "Severity raised to critical (was high) and now known to be exploited: A crafted message reads files",
            True,
        ),
        (HIGH, (FIX,), "Fixed in 0.15.5: A crafted message reads files", False),
        (RAISED, (FIX,), "Severity raised to critical (was high) and fixed in 0.15.5: A crafted message reads files", True),
        (WITHDRAWN, (), "Withdrawn: A crafted message reads files", False),
        (replace(WITHDRAWN, severity=Severity.CRITICAL), (FIX,), "Withdrawn: A crafted message reads files", False),
        (make.known_advisory(HIGH, removal_confirmed=True), (), "Withdrawn: A crafted message reads files", False),
        (replace(HIGH, severity=Severity.LOW), (), None, False),
        (replace(HIGH, summary="A message reads files"), (), None, False),
    ],
)  # fmt: skip
def test_what_changed_is_posted_in_one_reply(
    after: Advisory | Tracked[Advisory], releases: Sequence[Fact], title: str | None, pings: bool
) -> None:
    rooms = Rooms()
    rooms.learn(HIGH)
    messages = rooms.learn(after, *releases)
    follow_ups = replies(messages)
    assert [each.message.title for each in follow_ups] == ([] if title is None else [title])
    assert [each.message.mentions for each in messages] == [
        (ROLE,) if each in follow_ups and pings else () for each in messages
    ]
    assert all(each.message.loud == pings and each.parent == ADVISORY for each in follow_ups)
    assert replies(rooms.learn(HIGH)) == replies(rooms.learn(after, *releases)) == [], "each reason once"


def test_what_got_worse_pings_only_where_the_severity_does() -> None:
    quiet = replace(SECURITY, mention_min_severity=Severity.CRITICAL)
    rooms = Rooms([make.watch("discord:1", quiet), make.watch("discord:2", SECURITY)])
    rooms.learn(replace(HIGH, severity=Severity.LOW))
    follow_ups = replies(rooms.learn(HIGH))
    assert {room: each.message.mentions for each in follow_ups for room in each.revisions} == {
        "discord:1": (),
        "discord:2": (ROLE,),
    }
    assert [each.lane for each in follow_ups] == [Lane.SECURITY] * 2


def test_earlier_replies_are_corrected_with_the_announcement() -> None:
    rooms = Rooms()
    rooms.learn(HIGH)
    (raised,) = replies(rooms.learn(RAISED))
    assert "Fix: 0.15.5, not released yet" in make.lines_of(raised.message)
    other_fix = replace(RAISED, affected=(replace(HIGH.affected[0], patched="0.15.5, 0.14.9"),))
    (with_both,) = corrected(rooms.learn(other_fix))
    assert "Fix: 0.15.5 and 0.14.9, not released yet" in make.lines_of(with_both.message), "a fix that is named later"
    rooms.learn(RAISED)
    (fixed,) = corrected(rooms.learn(RAISED, FIX))
    assert (fixed.subject, fixed.revisions, fixed.message.mentions) == (raised.subject, {"discord:1": 4}, ())
    assert "Upgrade: 0.15.x → 0.15.5" in make.lines_of(fixed.message)
    assert not any(line.startswith("Fix: ") for line in make.lines_of(fixed.message))
    taken_back = corrected(rooms.learn(replace(RAISED, withdrawn_at=START + 6 * DAY), FIX))
    assert len(taken_back) == 2
    assert all(each.message.struck and each.message.tone is Tone.WITHDRAWN for each in taken_back)
    again = corrected(rooms.learn(RAISED, FIX))
    assert [each.message.struck for each in again] == [False] * 3
    assert "Published again: A crafted message reads files" in [each.message.title for each in again]


def test_a_severity_that_is_lowered_again_edits_the_reply_about_its_rise() -> None:
    rooms = Rooms()
    rooms.learn(HIGH)
    rooms.learn(RAISED)
    (reply,) = corrected(rooms.learn(replace(HIGH, severity=Severity.MEDIUM)))
    assert reply.message.title == "Severity raised to critical (was high): A crafted message reads files"
    assert "lowered to medium" in make.words(reply.message)


def test_a_fix_that_is_taken_back_is_not_offered_any_more() -> None:
    rooms = Rooms()
    rooms.learn(HIGH)
    rooms.learn(HIGH, FIX)
    (reply,) = corrected(rooms.learn(HIGH, make.known_release(FIX, removal_confirmed=True)))
    assert reply.message.title == "Its fix was taken back: A crafted message reads files"
    assert "0.15.5" not in make.words(reply.message)


def test_a_fix_that_is_settling_is_not_shown_yet_and_not_forgotten() -> None:
    rooms = Rooms()
    rooms.learn(HIGH)
    fresh = make.known_release(FIX, at=START + 8 * DAY, read_at=START + 8 * DAY)
    steps = rooms.planned(HIGH, fresh)
    assert replies(steps.messages) == []
    assert steps.replan_at is not None
    rooms.posted = make.carry_out(steps, rooms.posted)
    assert [each.message.title for each in replies(rooms.learn(HIGH, FIX))] == [
        "Fixed in 0.15.5: A crafted message reads files"
    ]


def test_a_room_that_is_shown_the_fixing_release_needs_no_reply_about_it() -> None:
    rooms = Rooms([make.watch("discord:1")])
    rooms.learn(HIGH)
    messages = rooms.learn(HIGH, FIX)
    assert [(each.kind, each.subject) for each in messages] == [
        ("edit", ADVISORY),
        ("new", "release/mail/v0.15.5"),
    ]


def test_a_removed_release_is_announced_in_a_quiet_reply_and_corrected_when_it_is_back() -> None:
    rooms = Rooms([make.watch("discord:1")])
    rooms.learn(HIGH, FIX)
    removal = make.known_release(FIX, removal_confirmed=True, missing_since=START + 8 * DAY)
    follow_ups = {each.parent: each.message for each in replies(rooms.learn(HIGH, removal))}
    message = follow_ups["release/mail/v0.15.5"]
    assert (message.title, message.loud) == ("Mail Server 0.15.5 was removed", False)
    back = corrected(rooms.learn(HIGH, FIX))
    assert [each.message.title for each in back] == ["Mail Server 0.15.5 is published again"]
    assert replies(rooms.learn(HIGH, removal)) == []


@pytest.mark.parametrize(
    ("template", "age", "follow_ups"),
    [(1, RECENT + timedelta(days=1), 0), (1, timedelta(days=1), 1), (2, RECENT + timedelta(days=1), 1)],
)
def test_what_an_older_program_struck_long_ago_is_not_posted_again(
    template: int, age: timedelta, follow_ups: int
) -> None:
    rooms = Rooms()
    rooms.learn(HIGH)
    rooms.posted = {place: replace(each, template=template) for place, each in rooms.posted.items()}
    assert len(replies(rooms.learn(replace(HIGH, withdrawn_at=START + 9 * DAY - age)))) == follow_ups


def test_a_post_of_an_older_program_says_nothing_of_a_fix_that_it_may_have_shown() -> None:
    rooms = Rooms()
    rooms.learn(HIGH)
    rooms.posted = {
        place: replace(each, notified_for=each.notified_for - {"no fix"}) for place, each in rooms.posted.items()
    }
    assert replies(rooms.learn(HIGH, FIX)) == []
