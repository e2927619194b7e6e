"""Plans at one time: announcements, edits, replies, skips with their reasons, and which rooms share one planned message."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.announce.audience import Watch
from chatbot.core.announce.messages import Plan
from chatbot.core.announce.plan import plan
from chatbot.core.announce.policy_news import PolicyNews
from chatbot.core.delivery import Lane
from chatbot.core.model.facts import Advisory, Credit, Release
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.knowledge import Tracked
from chatbot.core.model.message import Mention, Message, Paragraph, Text, Tone
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import Room, WatchFilter
from chatbot.core.snapshot import ProjectSnapshot
from tests.core import make

DAY, START, SETTLE = make.DAY, make.START, make.SETTLE
ROLE = Mention("role", "7")
CALLED = WatchFilter(mention=ROLE)
FIX = make.release("v0.15.5", START + DAY)
HIGH = make.advisory(at=START + 4 * DAY)
RELEASE, ADVISORY = "release/mail/v0.15.5", f"advisory/mail/{HIGH.id}"


def planned(
    snapshot: ProjectSnapshot,
    *touched: str,
    watches: Sequence[Watch] | None = None,
    posted: make.PostedThere | None = None,
    policy_news: PolicyNews | None = None,
) -> Plan:
    here = watches if watches is not None else [make.watch("discord:1")]
    return plan(snapshot, here, posted or {}, touched, now=START, settle=SETTLE, policy_news=policy_news)


def reasons(steps: Plan) -> dict[tuple[str, str], tuple[str, str]]:
    return {(item.room, item.subject): (item.verdict, item.reason) for item in steps.decisions}


def pings_of(steps: Plan) -> list[tuple[str, str, Lane, Mapping[RoomAddress, int]]]:
    return [
        (planned_message.subject, planned_message.kind, planned_message.lane, planned_message.revisions)
        for planned_message in steps.messages
    ]


def test_a_release_is_announced_in_each_room() -> None:
    steps = planned(make.snapshot([FIX]), RELEASE, watches=[make.watch("discord:1"), make.watch("discord:2")])
    assert pings_of(steps) == [(RELEASE, "new", Lane.ROUTINE, {"discord:1": 1, "discord:2": 1})]
    assert reasons(steps)["discord:2", RELEASE] == ("announce", "a new release")


def test_a_release_to_a_thousand_rooms_is_one_planned_message_with_one_rendering() -> None:
    rooms = [make.watch(f"discord:{number}") for number in range(1000)]
    with_mention = [make.watch(f"matrix:!{number}:x", CALLED) for number in range(10)]
    steps = planned(
        make.snapshot([FIX], [replace(HIGH, published_at=START - DAY)]), RELEASE, watches=rooms + with_mention
    )
    new = [planned_message for planned_message in steps.messages if planned_message.subject == RELEASE]
    assert [len(planned_message.revisions) for planned_message in new] == [1000, 10]
    assert len({id(planned_message.message.body) for planned_message in new}) == 1
    assert [planned_message.message.mentions for planned_message in new] == [(), (ROLE,)]


def test_the_advisory_comes_days_later() -> None:
    """One new message that pings, one edit that does not, and no second announcement of the release."""
    there = [make.watch("discord:1", CALLED)]
    posted = make.carry_out(planned(make.snapshot([FIX]), RELEASE, watches=there), {})
    steps = planned(make.snapshot([FIX], [HIGH]), ADVISORY, watches=there, posted=posted)
    assert pings_of(steps) == [
        (ADVISORY, "new", Lane.SECURITY, {"discord:1": 1}),
        (RELEASE, "edit", Lane.ROUTINE, {"discord:1": 2}),
    ]
    assert [planned_message.message.mentions for planned_message in steps.messages] == [(ROLE,), ()]
    assert steps.messages[1].message.label == "Security release · High"


@pytest.mark.parametrize(
    ("facts", "since", "reason"),
    [
        ([make.known_release(FIX)], START + 2 * DAY, "it was published before this room began to watch the project"),
        ([make.known_release(FIX)], START + DAY, "a new release"),  # in the same second
        (
            [make.known_release(FIX, known_before=True)],
            START,
            "it was published before this room began to watch the project",
        ),
        ([make.known_release(FIX, known_before=True, promoted_at=START + DAY)], START, "a new release"),
        ([make.known_release(FIX, promoted_at=START + 3 * DAY)], START + 2 * DAY, "a new release"),
    ],
)
def test_what_is_news(facts: Sequence[Tracked[Release]], since: datetime, reason: str) -> None:
    watch = replace(make.watch("discord:1"), since=since)
    steps = planned(make.snapshot(facts), RELEASE, watches=[watch])
    assert reasons(steps)["discord:1", RELEASE][1] == reason


def test_the_newest_may_be_announced_once_and_pings_nobody() -> None:
    watch = Watch(make.room("discord:1", CALLED), START + 9 * DAY, frozenset({RELEASE}))
    snapshot = make.snapshot([make.known_release(FIX, known_before=True)], [replace(HIGH, published_at=START - DAY)])
    steps = planned(snapshot, RELEASE, watches=[watch])
    assert [(planned_message.subject, planned_message.message.mentions) for planned_message in steps.messages] == [
        (RELEASE, ())
    ]


def test_a_fact_that_is_settling_is_planned_again() -> None:
    fresh = make.known_release(FIX, read_at=START + 2 * DAY)
    steps = planned(make.snapshot([fresh]), RELEASE)
    assert steps.messages == ()
    assert steps.replan_at == START + 2 * DAY + SETTLE
    assert reasons(steps)["discord:1", RELEASE][0] == "hold"


def test_an_edit_waits_until_it_was_read_again() -> None:
    posted = make.carry_out(planned(make.snapshot([FIX]), RELEASE), {})
    edited = make.known_release(make.release("v0.15.5", START + DAY, "More."), changed_at=START + 3 * DAY)
    steps = planned(make.snapshot([edited]), RELEASE, posted=posted)
    assert steps.messages == ()
    assert steps.replan_at == START + 3 * DAY + SETTLE
    later = planned(make.snapshot([replace(edited, read_at=START + 4 * DAY)]), RELEASE, posted=posted)
    assert pings_of(later) == [(RELEASE, "edit", Lane.ROUTINE, {"discord:1": 2})]


def test_what_is_shown_already_is_skipped_with_a_reason() -> None:
    posted = make.carry_out(planned(make.snapshot([FIX]), RELEASE), {})
    steps = planned(make.snapshot([FIX]), RELEASE, posted=posted)
    assert steps == Plan(decisions=steps.decisions)
    assert reasons(steps)["discord:1", RELEASE] == ("skip", "this room shows its newest words")


@pytest.mark.parametrize(
    ("worse", "lane", "sentence"),
    [
        (replace(HIGH, severity=Severity.CRITICAL), Lane.CRITICAL, "Its severity is now critical; it was high."),
        (replace(HIGH, known_exploited=True), Lane.CRITICAL, "It is now known to be exploited."),
        (make.advisory(affected="< 0.15.6", at=HIGH.published_at), Lane.SECURITY, "More versions are affected than announced before, 0.15.5 among them."),
    ],
)  # fmt: skip
def test_what_got_worse_is_an_edit_and_a_reply_that_pings(worse: Advisory, lane: Lane, sentence: str) -> None:
    there = [make.watch("discord:1", CALLED)]
    releases = [replace(FIX, published_at=START - DAY)]
    posted = make.carry_out(planned(make.snapshot(releases, [HIGH]), ADVISORY, watches=there), {})
    steps = planned(make.snapshot(releases, [worse]), ADVISORY, watches=there, posted=posted)
    assert pings_of(steps) == [
        (ADVISORY, "edit", Lane.SECURITY, {"discord:1": 2}),
        (steps.messages[-1].subject, "reply", lane, {"discord:1": 1}),
    ]
    assert steps.messages[-1].parent == ADVISORY
    assert [planned_message.message.mentions for planned_message in steps.messages] == [(), (ROLE,)]
    assert reasons(steps)["discord:1", ADVISORY] == ("escalate", sentence)


def test_a_room_whose_threshold_an_escalation_reaches_gets_the_advisory_as_new() -> None:
    there = [make.watch("discord:1", replace(CALLED, min_severity=Severity.HIGH))]
    low = replace(HIGH, severity=Severity.LOW)
    quiet = planned(make.snapshot([], [low]), ADVISORY, watches=there)
    assert quiet.messages == ()
    steps = planned(make.snapshot([], [HIGH]), ADVISORY, watches=there)
    assert pings_of(steps) == [(ADVISORY, "new", Lane.SECURITY, {"discord:1": 1})]
    assert steps.messages[0].message.mentions == (ROLE,)


@pytest.mark.parametrize(
    "taken_back",
    [
        make.known_advisory(replace(HIGH, withdrawn_at=START + 5 * DAY)),
        make.known_advisory(HIGH, removal_confirmed=True),
    ],
)
def test_a_withdrawal_crosses_out_and_unbinds(taken_back: Tracked[Advisory]) -> None:
    posted = make.carry_out(planned(make.snapshot([FIX], [HIGH]), RELEASE, ADVISORY), {})
    steps = planned(make.snapshot([FIX], [taken_back]), ADVISORY, posted=posted)
    assert [
        (planned_message.subject, planned_message.kind, planned_message.message.struck)
        for planned_message in steps.messages
    ] == [
        (ADVISORY, "edit", True),
        (RELEASE, "edit", False),
        (steps.messages[2].subject, "reply", False),
    ]
    assert steps.messages[1].message.tone is Tone.ROUTINE
    assert (steps.messages[2].parent, steps.messages[2].message.loud) == (ADVISORY, False)
    back = planned(make.snapshot([FIX], [HIGH]), ADVISORY, posted=make.carry_out(steps, posted))
    assert [
        (planned_message.subject, planned_message.kind, planned_message.message.struck)
        for planned_message in back.messages
    ] == [
        (ADVISORY, "edit", False),
        (RELEASE, "edit", False),
        (steps.messages[2].subject, "edit", False),
    ]


def test_an_advisory_posted_under_another_id_is_not_posted_again() -> None:
    by_cve = make.advisory("CVE-2030-1", at=START + 4 * DAY)
    posted = make.carry_out(planned(make.snapshot([FIX], [by_cve]), RELEASE, "advisory/mail/CVE-2030-1"), {})
    both = make.snapshot([FIX], [by_cve, replace(HIGH, aliases=frozenset({"CVE-2030-1"}))])
    steps = planned(both, ADVISORY, posted=posted)
    assert [(planned_message.subject, planned_message.kind) for planned_message in steps.messages] == [
        ("advisory/mail/CVE-2030-1", "edit"),
        (RELEASE, "edit"),  # it names the advisory by its other id now
    ]


def test_two_that_prove_to_be_one_leave_one() -> None:
    by_cve = make.advisory("CVE-2030-1", at=START + 4 * DAY)
    apart = make.snapshot([], [by_cve, HIGH])
    posted = make.carry_out(planned(apart, ADVISORY, "advisory/mail/CVE-2030-1"), {})
    assert len(posted) == 2
    together = make.snapshot([], [by_cve, replace(HIGH, aliases=frozenset({"CVE-2030-1"}))])
    steps = planned(together, "advisory/mail/CVE-2030-1", posted=posted)
    assert [
        (planned_message.subject, planned_message.kind, planned_message.message.struck)
        for planned_message in steps.messages
    ] == [
        (ADVISORY, "edit", False),
        ("advisory/mail/CVE-2030-1", "edit", True),
    ]
    again = planned(together, "advisory/mail/CVE-2030-1", posted=make.carry_out(steps, posted))
    assert again.messages == ()


EARLY = make.room("discord:1", WatchFilter(events=frozenset({"security", "policy"})))
LATE = make.room("matrix:!2:x", bridged_with=("discord:1",))
LAST = make.room("matrix:!3:x", bridged_with=("matrix:!2:x",))
ALONE = make.room("discord:9", WatchFilter(prereleases=True))


@pytest.mark.parametrize(
    ("subject", "rooms"),
    [
        (ADVISORY, {"discord:1", "discord:9"}),  # the bridge brings it to the others
        (RELEASE, {"matrix:!2:x", "discord:9"}),  # the first room does not watch releases, so the next one gets it
    ],
)
def test_bridged_rooms_get_a_message_once(subject: str, rooms: set[str]) -> None:
    there = [Watch(room, START) for room in (EARLY, LATE, LAST, ALONE)]
    snapshot = make.snapshot([FIX], [replace(HIGH, affected=())])
    steps = planned(snapshot, subject, watches=there)
    assert {at for planned_message in steps.messages for at in planned_message.revisions} == rooms
    silent = {at: item.reason for item in steps.decisions if item.verdict == "skip" for at in [item.room]}
    assert silent[LAST.address].startswith("it is bridged with matrix:!2:x")
    again = planned(snapshot, subject, watches=there, posted=make.carry_out(steps, {}))
    assert again.messages == ()


def test_what_was_posted_in_a_room_before_it_was_bridged_is_edited() -> None:
    posted = make.carry_out(planned(make.snapshot([FIX]), RELEASE, watches=[Watch(LATE, START)]), {})
    there = [Watch(replace(EARLY, watch_filter=WatchFilter()), START), Watch(LATE, START)]
    edited = make.release("v0.15.5", START + DAY, "More.")
    steps = planned(make.snapshot([edited]), RELEASE, watches=there, posted=posted)
    assert [(planned_message.kind, set(planned_message.revisions)) for planned_message in steps.messages] == [
        ("new", {"discord:1"}),
        ("edit", {"matrix:!2:x"}),
    ]


NEWS = PolicyNews("policy/mail/x", Message(title="Policy", tone=Tone.POLICY), "d", START + DAY)


@pytest.mark.parametrize(
    ("room", "since", "reason"),
    [
        (make.room("discord:1"), START, "the policy changed"),
        (make.room("discord:1"), START + 2 * DAY, "it was published before this room began to watch the project"),
        (make.room("discord:1", WatchFilter(events=frozenset({"security"}))), START, "this room does not watch policy changes"),
    ],
)  # fmt: skip
def test_a_change_of_the_policy(room: Room, since: datetime, reason: str) -> None:
    there = [replace(Watch(room, START), since=since)]
    steps = planned(make.snapshot(), watches=there, policy_news=NEWS)
    assert reasons(steps)["discord:1", "policy/mail/x"][1] == reason
    again = planned(make.snapshot(), watches=there, posted=make.carry_out(steps, {}), policy_news=NEWS)
    assert again.messages == ()


def test_a_change_of_the_policy_crosses_a_bridge_once() -> None:
    there = [Watch(room, START) for room in (EARLY, LATE)]
    steps = planned(make.snapshot(), watches=there, policy_news=NEWS)
    assert [planned_message.revisions for planned_message in steps.messages] == [{"discord:1": 1}]
    again = planned(make.snapshot(), watches=there, posted=make.carry_out(steps, {}), policy_news=NEWS)
    assert again.messages == ()


@pytest.mark.parametrize(
    "subject", ["policy/mail", "release/mail/v9", "advisory/mail/none", "release/web/v0.15.5", "x"]
)
def test_a_subject_that_does_not_exist_plans_nothing(subject: str) -> None:
    assert planned(make.snapshot([FIX]), subject).messages == ()


def test_the_same_facts_give_the_same_plan() -> None:
    one, two = (planned(make.snapshot([FIX], [HIGH]), RELEASE, ADVISORY) for _ in range(2))
    assert one == two


EVIL = st.sampled_from(
    ["@everyone", "@here", "<@&7>", "<@1>", "@room", "<@&987>", "matrix.to/#/@alice:x", "everyone", "@@", "\u202e@room"]
) | st.text(max_size=30)


@given(EVIL, EVIL, EVIL, EVIL)
def test_no_foreign_text_pings_anybody(notes: str, name: str, summary: str, login: str) -> None:
    release = make.release("v0.15.5", START + DAY, notes, name=name)
    hostile = replace(
        HIGH,
        published_at=START - DAY,
        summary=summary,
        credits=(Credit(login=login),),
        cwes=(summary,),
        description=(Paragraph((Text(notes),)),),
    )
    snapshot = make.snapshot([release], [hostile])
    for watch_filter, mentions in ((WatchFilter(), set[Mention]()), (CALLED, {ROLE})):
        steps = planned(snapshot, RELEASE, ADVISORY, watches=[make.watch("discord:1", watch_filter)])
        assert steps.messages
        assert {
            mention for planned_message in steps.messages for mention in planned_message.message.mentions
        } <= mentions


def test_what_proves_to_be_below_a_room_s_threshold_is_edited_without_a_ping() -> None:
    there = [make.watch("discord:1", replace(CALLED, min_severity=Severity.HIGH, mention_min_severity=Severity.LOW))]
    posted = make.carry_out(
        planned(make.snapshot([], [replace(HIGH, severity=Severity.UNKNOWN)]), ADVISORY, watches=there), {}
    )
    steps = planned(make.snapshot([], [replace(HIGH, severity=Severity.LOW)]), ADVISORY, watches=there, posted=posted)
    assert pings_of(steps) == [(ADVISORY, "edit", Lane.SECURITY, {"discord:1": 2})]
    raised = planned(make.snapshot([], [HIGH]), ADVISORY, watches=there, posted=make.carry_out(steps, posted))
    assert [planned_message.kind for planned_message in raised.messages] == ["edit", "reply"]
    assert raised.messages[1].message.mentions == (ROLE,)
