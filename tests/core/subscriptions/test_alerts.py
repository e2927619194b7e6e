"""What one person gets of one advisory: once each, only what got worse again, and the rest as silent edits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.core.delivery import Lane
from chatbot.core.model.facts import Advisory, Affected, Release
from chatbot.core.model.knowledge import Tracked
from chatbot.core.model.severity import Severity
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.alerts import Alerts, Situation
from chatbot.sources.support_policy.reader import read_policy
from tests.core import make
from tests.core.subscriptions.mailbox import Mailbox
from tests.core.subscriptions.people import ALICE, NOW, subscription

DAY = make.DAY
OLD = [
    make.release(tag, make.START - (9 - n) * DAY) for n, tag in enumerate(("v0.14.1", "v0.15.3", "v0.15.4", "v0.16.0"))
]
FIX, BACKPORT = make.release("v0.16.1", NOW), make.release("v0.15.5", NOW)
BUG = make.advisory(affected="< 0.16.1", patched="", severity=Severity.MEDIUM)
PAGE = read_policy(
    "# Security\n\n| Version | Supported |\n|---|---|\n| 0.16.x | ✅ |\n| 0.15.x | ✅ |\n| < 0.15 | ❌ |\n"
)


def world(*facts: Advisory | Release | Tracked[Advisory] | Tracked[Release]) -> ProjectSnapshot:
    """What is known: the old releases, read before anybody subscribed, and these."""
    releases = [make.known_release(item, make.START - 2 * DAY) for item in OLD]
    advisories: list[Tracked[Advisory]] = []
    for item in facts:
        if isinstance(item, Release):
            releases.append(make.known_release(item))
        elif isinstance(item, Advisory):
            advisories.append(make.known_advisory(item))
        elif isinstance(item.fact, Release):
            releases.append(item)
        else:
            advisories.append(item)
    return make.snapshot(releases, advisories)


def mailbox(*words: str, **more: object) -> Mailbox:
    return Mailbox(tuple(subscription(each, **more) for each in words), policy=PAGE)  # type: ignore[arg-type]  # a table


def kinds_of(box: Mailbox, snapshot: ProjectSnapshot, after: timedelta = timedelta()) -> list[tuple[str, bool]]:
    """What the person is sent: kind, and whether it makes a sound."""
    messages = box.receive(snapshot, NOW + after)
    return [(each.kind, each.kind != "edit" and each.message.loud) for each in messages]


NEW, EDIT, REPLY, QUIET = ("new", True), ("edit", False), ("reply", True), ("reply", False)


def test_several_subscriptions_that_match_give_one_message_that_names_them() -> None:
    box = mailbox("0.15.3", "0.14.1", "0.15.x", "0.16.x", "")
    assert kinds_of(box, world(BUG)) == [NEW]
    ((_, message),) = box.messages
    assert message.message.title == "Your Mail Server 0.14.1 and 0.15.3 are affected"
    assert "Also affected: your line 0.16." in make.lines_of(message.message)
    assert "0.14.1, 0.15.3, line 0.15, line 0.16 and Mail Server" in make.words(message.message)
    assert kinds_of(box, world(BUG)) == []


def test_nobody_is_alerted_of_what_does_not_concern_them() -> None:
    assert kinds_of(mailbox("0.16.1", "0.17.x"), world(BUG)) == []
    assert kinds_of(mailbox("", min_severity=Severity.HIGH), world(BUG)) == []
    assert kinds_of(Mailbox(()), world(BUG)) == []


@pytest.mark.parametrize(
    ("severity", "exploited", "lane"),
    [
        (Severity.CRITICAL, False, Lane.ALERT_URGENT),
        (Severity.LOW, True, Lane.ALERT_URGENT),
        (Severity.HIGH, False, Lane.ALERT_HIGH),
        (Severity.MEDIUM, False, Lane.ALERT),
        (Severity.UNKNOWN, False, Lane.ALERT),
    ],
)
def test_the_worse_it_is_the_sooner_it_goes_out(severity: Severity, exploited: bool, lane: Lane) -> None:
    box = mailbox("0.15.3")
    box.receive(world(replace(BUG, severity=severity, known_exploited=exploited)), NOW)
    assert [message.lane for _, message in box.messages] == [lane]


@pytest.mark.parametrize(
    ("change", "steps"),
    [
        ({"severity": Severity.HIGH}, [EDIT, REPLY]),
        ({"severity": Severity.LOW}, [EDIT]),
        ({"severity": Severity.UNKNOWN}, [EDIT]),
        ({"known_exploited": True}, [EDIT, REPLY]),
        ({"severity": Severity.HIGH, "known_exploited": True}, [EDIT, REPLY]),
        ({"summary": "Reads all files"}, [EDIT]),
        ({"affected": (Affected(range="< 0.16.2"),)}, [EDIT]),
        ({"affected": (Affected(range=">= 0.16.0, < 0.16.2"),)}, [EDIT]),  # no longer about 0.15.3
        ({"affected": (Affected(range="what came before"),)}, [EDIT]),
        ({"withdrawn_at": NOW}, [EDIT, QUIET]),
        ({"updated_at": NOW + DAY}, []),
    ],
)
def test_only_what_is_worse_makes_a_sound_and_the_rest_is_edited(
    change: dict[str, object], steps: list[tuple[str, bool]]
) -> None:
    box = mailbox("0.15.3")
    assert kinds_of(box, world(BUG)) == [NEW]
    assert kinds_of(box, world(replace(BUG, **change))) == steps  # type: ignore[arg-type]  # a table of mixed fields


def test_nothing_alerts_twice_however_often_it_changes_to_and_fro() -> None:
    box = mailbox("0.15.3")
    outside = replace(BUG, affected=(Affected(range=">= 0.16.0, < 0.16.1"),))
    worst = replace(BUG, severity=Severity.CRITICAL, known_exploited=True)
    taken_back = replace(BUG, withdrawn_at=NOW)
    for _ in range(3):
        for state in (BUG, worst, BUG, outside, worst, taken_back, worst):
            box.receive(world(state), NOW)
        for facts in ((worst, FIX), (worst,), (worst, FIX, BACKPORT)):
            box.receive(world(*facts), NOW)
    titles = [message.message.title for message in box.loud()]
    assert titles == [
        "Your Mail Server 0.15.3 is affected",
        "Severity raised to critical (was medium) and now known to be exploited: your Mail Server 0.15.3 is affected",
        "It stands again: your Mail Server 0.15.3 is affected",
        "Fixed in 0.16.1: your Mail Server 0.15.3 is affected",
    ]


def test_a_fix_is_announced_once_and_one_in_ones_own_line_once_more() -> None:
    box = mailbox("0.15.3")
    box.receive(world(BUG), NOW)
    assert box.messages[-1][1].message.headline.endswith("no fix yet")
    assert kinds_of(box, world(BUG, FIX)) == [EDIT, REPLY]
    words = make.lines_of(box.messages[-1][1].message)
    assert "What to do: Upgrade to 0.16.1. There is no fix in your line 0.15 yet." in words
    with_range = replace(BUG, affected=(Affected(range="< 0.15.5"), Affected(range=">= 0.16.0, < 0.16.1")))
    kinds = kinds_of(box, world(with_range, FIX, BACKPORT))
    assert kinds.count(REPLY) == 1
    last = box.loud()[-1].message
    assert last.title == "Fixed in 0.15.5: your Mail Server 0.15.3 is affected"
    assert "What to do: Upgrade to 0.15.5 (your line) or 0.16.1." in make.lines_of(last)


def test_a_newer_release_edits_no_alert() -> None:
    fixed = replace(BUG, affected=(Affected(range="< 0.15.5"),))
    box = mailbox("0.15.3")
    assert kinds_of(box, world(fixed, BACKPORT)) == [NEW]
    assert kinds_of(box, world(fixed, BACKPORT, make.release("v0.15.6", NOW), make.release("v0.17.0", NOW))) == []
    broken = make.advisory("GHSA-zzzz", affected="= 0.15.5", patched="0.15.6")
    box.receive(world(fixed, broken, BACKPORT, make.release("v0.15.6", NOW)), NOW, BUG.id)
    last = box.messages[-1][1]
    assert last.kind == "edit"
    assert "What to do: Upgrade to 0.15.6 (your line) or 0.16.0." in make.lines_of(last.message)


def test_a_person_who_upgraded_gets_nothing_more_about_it() -> None:
    box = mailbox("0.15.3")
    box.receive(world(BUG), NOW)
    box.upgrade(subscription("0.16.1", since=NOW + DAY), "0.15.3")
    worst = replace(BUG, severity=Severity.CRITICAL, known_exploited=True)
    assert kinds_of(box, world(worst, FIX), 2 * DAY) == []


def test_a_person_who_upgraded_to_what_is_affected_too_is_not_alerted_about_what_they_were_shown() -> None:
    box = mailbox("0.15.3")
    box.receive(world(BUG), NOW)
    box.upgrade(subscription("0.15.4", since=NOW + 2 * DAY), "0.15.3")
    assert kinds_of(box, world(BUG), 3 * DAY) == [EDIT]
    assert box.messages[-1][1].message.title == "Your Mail Server 0.15.4 is affected"
    assert kinds_of(box, world(replace(BUG, known_exploited=True)), 4 * DAY) == [EDIT, REPLY]


@pytest.mark.parametrize(
    ("change", "title"),
    [
        ({}, ""),
        ({"summary": "Reads all files"}, ""),
        (
            {"severity": Severity.CRITICAL},
            "Severity raised to critical (was medium): your Mail Server 0.15.3 is affected",
        ),
        ({"known_exploited": True}, "Now known to be exploited: your Mail Server 0.15.3 is affected"),
        ({"withdrawn_at": NOW}, ""),
    ],
)
def test_what_was_known_at_the_subscription_counts_as_alerted(change: dict[str, object], title: str) -> None:
    box = mailbox("0.15.3", since=NOW)
    assert kinds_of(box, world(BUG)) == []
    box.receive(world(replace(BUG, **change)), NOW + DAY)  # type: ignore[arg-type]  # a table of mixed fields
    assert [message.message.title for message in box.loud()] == ([title] if title else [])
    assert all(message.kind == "new" for message in box.loud())


def test_a_range_that_grows_to_include_somebody_alerts_and_one_that_held_them_does_not() -> None:
    narrow = replace(BUG, affected=(Affected(range=">= 0.16.0, < 0.16.1"),))
    box, inside = mailbox("0.15.3", since=NOW), mailbox("0.16.0", since=NOW)
    for each in (box, inside):
        assert kinds_of(each, world(narrow)) == []
    assert kinds_of(box, world(BUG), DAY) == [NEW]
    assert kinds_of(inside, world(BUG), DAY) == []


def test_a_narrower_subscription_is_alerted_that_it_is_in_the_range_now_and_a_wider_one_is_not() -> None:
    narrow = replace(BUG, affected=(Affected(range="= 0.15.4"),))
    box = mailbox("0.15.3", "0.15.x")
    assert kinds_of(box, world(narrow)) == [NEW]
    assert box.messages[-1][1].message.title == "Your Mail Server line 0.15 is affected"
    assert kinds_of(box, world(BUG)) == [EDIT, REPLY]
    assert box.messages[-1][1].message.title == "Its range includes you now: your Mail Server 0.15.3 is affected"
    assert kinds_of(mailbox_of(box, "0.15.3", "0.15.x", "0.16.x"), world(BUG)) == [EDIT, REPLY]


def mailbox_of(box: Mailbox, *words: str) -> Mailbox:
    box.subscriptions = tuple(subscription(each) for each in words)
    return box


def test_what_nobody_can_read_goes_to_everybody_in_doubt_and_says_so() -> None:
    vague = replace(BUG, affected=(Affected(range="all before the rewrite"),))
    box = mailbox("0.15.3")
    assert kinds_of(box, world(vague)) == [NEW]
    message = box.messages[-1][1].message
    assert message.title == "I can't tell whether your Mail Server 0.15.3 is affected"
    assert "The range “all before the rewrite” can't be read." in make.words(message)
    assert kinds_of(box, world(BUG)) == [EDIT, REPLY]
    assert kinds_of(box, world(vague)) == [EDIT, EDIT]
    assert kinds_of(box, world(BUG)) == [EDIT, EDIT]


def test_an_advisory_that_states_no_range_recommends_nothing() -> None:
    box = mailbox("0.15.3", "0.15.x")
    assert kinds_of(box, world(replace(BUG, affected=()), BACKPORT)) == [NEW]
    words = make.lines_of(box.messages[-1][1].message)
    assert "What to do: Please compare your version with the advisory." in words
    assert (
        "The advisory does not say which versions are affected. So you get this, whether it is about you or not."
        in words
    )


def test_a_mute_ends_all_messages_about_it_and_its_alert_is_still_corrected() -> None:
    box, other = mailbox("0.15.3"), mailbox("0.15.3")
    box.receive(world(BUG), NOW)
    for each in (box, other):
        each.mutes.add(BUG.id)
    worst = replace(BUG, severity=Severity.CRITICAL, known_exploited=True)
    assert kinds_of(box, world(worst)) == [EDIT]
    assert kinds_of(box, world(worst, FIX)) == [EDIT]
    assert kinds_of(box, world(replace(worst, withdrawn_at=NOW), FIX)) == [EDIT]
    assert kinds_of(other, world(worst)) == []


def test_a_withdrawal_strikes_the_alert_and_is_posted_once_without_a_ping() -> None:
    box, never = mailbox("0.15.3"), mailbox("0.15.3")
    box.receive(world(BUG), NOW)
    taken_back = world(replace(BUG, withdrawn_at=NOW))
    assert kinds_of(box, taken_back) == [EDIT, QUIET]
    assert kinds_of(never, taken_back) == []
    edit, reply = (message.message for _, message in box.messages[-2:])
    assert edit.struck
    assert edit.actions == ()
    assert reply.title == "Withdrawn: A crafted message reads files"
    removed = make.known_advisory(BUG, removal_confirmed=True)
    other = mailbox("0.15.3")
    other.receive(world(BUG), NOW)
    assert kinds_of(other, world(removed)) == [EDIT, QUIET]
    assert "does not say why" in make.words(other.messages[-1][1].message)


def test_the_ping_of_a_role_takes_the_place_of_that_lines_alert_and_of_no_other() -> None:
    assert kinds_of(mailbox("0.15.x", via="role"), world(BUG)) == []
    both = mailbox("0.15.x", via="role")
    both.subscriptions += (subscription("0.15.3"),)
    assert kinds_of(both, world(BUG)) == [NEW]
    assert "line 0.15" not in make.words(both.messages[-1][1].message)
    vague = replace(BUG, affected=(Affected(range="all before the rewrite"),))
    assert kinds_of(mailbox("0.15.x", via="role"), world(vague)) == [NEW]  # no role is pinged in doubt


def test_what_has_just_been_read_is_read_once_more_first_and_nothing_is_lost() -> None:
    fresh = make.known_advisory(BUG, NOW, read_at=NOW)
    box = replace(mailbox("0.15.3"), settle=make.SETTLE)
    snapshot = world(fresh)
    plan = box.plan(snapshot, snapshot.advisories[BUG.id], NOW)
    assert (plan.messages, plan.replan_at) == ((), NOW + make.SETTLE)
    assert kinds_of(box, world(make.known_advisory(BUG, NOW, read_at=NOW + make.SETTLE))) == [NEW]
    worse = replace(BUG, severity=Severity.HIGH)
    changed = {"changed_at": NOW + DAY, "read_at": NOW + DAY}
    snapshot = world(make.known_advisory(worse, NOW, **changed))
    plan = box.plan(snapshot, snapshot.advisories[BUG.id], NOW + DAY)
    assert (plan.messages, plan.replan_at) == ((), NOW + DAY + make.SETTLE)
    steady = make.known_advisory(worse, NOW, **{**changed, "read_at": NOW + 2 * DAY})
    assert kinds_of(box, world(steady)) == [EDIT, REPLY]


def test_a_fix_that_may_still_be_pulled_back_is_shown_once_it_was_read_again() -> None:
    box = replace(mailbox("0.15.3"), settle=make.SETTLE)
    box.receive(world(BUG), NOW)
    fresh = make.known_release(FIX, NOW, read_at=NOW)
    assert kinds_of(box, world(BUG, fresh)) == [EDIT]
    snapshot = world(BUG, fresh)
    assert box.plan(snapshot, snapshot.advisories[BUG.id], NOW).replan_at == NOW + make.SETTLE
    assert kinds_of(box, world(BUG, make.known_release(FIX, NOW, read_at=NOW + make.SETTLE))) == [REPLY]


def test_an_old_version_gets_the_news_of_its_line_and_not_what_was_published_before() -> None:
    only = replace(BUG, affected=(Affected(range="= 0.15.4"),))
    old = make.known_advisory(only, NOW - 30 * DAY)
    assert kinds_of(mailbox("0.15.3", unconfirmed=2, since=NOW - 60 * DAY), world(old)) == []
    box = mailbox("0.15.3", unconfirmed=2)
    assert kinds_of(box, world(make.known_advisory(only, NOW - DAY))) == [NEW]
    words = make.words(box.messages[-1][1].message)
    assert "You have not confirmed for 2 alerts that you still run 0.15.3" in words


def test_a_line_that_has_ended_also_gets_what_is_high_and_says_that_it_is_not_named() -> None:
    newer = replace(BUG, affected=(Affected(range=">= 0.16.0, < 0.16.1"),), severity=Severity.HIGH)
    box = mailbox("0.14.x")
    assert kinds_of(box, world(make.known_advisory(newer, NOW - DAY))) == [NEW]
    message = box.messages[-1][1].message
    assert "Its range does not include your line 0.14." in make.words(message)
    assert "Line 0.14 is out of support" in make.words(message)
    milder = make.known_advisory(replace(newer, severity=Severity.MEDIUM), NOW - DAY)
    assert kinds_of(mailbox("0.14.x"), world(milder)) == []


def test_an_alert_given_under_one_id_goes_on_under_the_next() -> None:
    cve = replace(BUG, id="CVE-2030-1", aliases=frozenset())
    box = mailbox("0.15.3")
    assert kinds_of(box, world(cve)) == [NEW]
    joined = replace(BUG, aliases=frozenset({"CVE-2030-1"}), severity=Severity.HIGH)
    assert kinds_of(box, world(joined)) == [EDIT, REPLY]
    assert {message.subject for _, message in box.messages if message.kind != "reply"} == {"alert/mail/CVE-2030-1"}


def test_two_alerts_of_what_turns_out_to_be_one_advisory_both_stay_true() -> None:
    """And what either of them said counts as said."""
    cve = replace(BUG, id="CVE-2030-1", aliases=frozenset(), known_exploited=True)
    box = mailbox("0.15.3")
    assert kinds_of(box, world(BUG, cve)) == [NEW, NEW]
    joined = replace(BUG, aliases=frozenset({"CVE-2030-1"}), known_exploited=True)
    assert kinds_of(box, world(joined)) == [EDIT, EDIT]
    worse = replace(joined, severity=Severity.HIGH)
    assert kinds_of(box, world(worse)) == [EDIT, EDIT, REPLY]
    assert kinds_of(box, world(replace(worse, withdrawn_at=NOW))) == [EDIT, EDIT, EDIT, QUIET]
    both = {f"alert/mail/{name}" for name in (BUG.id, "CVE-2030-1")}
    last = {message.subject: message.message for _, message in box.messages if message.subject in both}
    assert [message.struck for message in last.values()] == [True, True]


def test_equal_situations_have_equal_keys_and_equal_plans() -> None:
    snapshot = world(BUG)
    advisory = snapshot.advisories[BUG.id]
    alerts = Alerts(snapshot, PAGE, advisory, [(NOW - DAY, advisory)], NOW, timedelta())
    one = Situation(subscriptions=(subscription("0.15.3", id=1), subscription("0.16.x", id=2)))
    other = Situation(
        subscriptions=(
            subscription("0.16.x", id=8, since=make.START + DAY),
            subscription("0.15.3", id=9, confirmed_at=make.START + DAY),
        )
    )
    assert alerts.key(one) == alerts.key(other)
    assert alerts.plan(one) == alerts.plan(other)
    later = replace(one, subscriptions=tuple(replace(each, since=NOW) for each in one.subscriptions))
    assert alerts.key(later) != alerts.key(one)


def test_the_buttons_stand_in_their_order() -> None:
    fixed = replace(BUG, affected=(Affected(range="< 0.15.5"),))
    box = mailbox("0.15.3")
    box.receive(world(fixed, BACKPORT), NOW)
    actions = [(each.name, each.subject) for each in box.messages[-1][1].message.actions]
    assert actions == [
        ("upgraded", "0.15.5"),
        ("upgraded", "0.16.0"),
        ("upgraded", ""),
        ("snooze", BUG.id),
        ("mute", BUG.id),
        ("unsubscribe", "0.15.3"),
    ]
    assert str(ALICE) not in make.words(box.messages[-1][1].message)


def test_a_reminder_says_again_what_holds_and_there_is_none_of_what_is_over() -> None:
    box = mailbox("0.15.3")
    box.receive(world(BUG), NOW)

    def reminder(snapshot: ProjectSnapshot) -> str:
        advisory = snapshot.advisories[BUG.id]
        alerts = Alerts(snapshot, PAGE, advisory, box.revisions[BUG.id], NOW + DAY, timedelta())
        planned = alerts.remind(box.situation(advisory))
        return planned.message.title if planned is not None else ""

    assert reminder(world(BUG)) == "Reminder: your Mail Server 0.15.3 is affected"
    assert reminder(world(replace(BUG, withdrawn_at=NOW))) == ""
    assert reminder(world(replace(BUG, affected=(Affected(range="= 0.15.4"),)))) == ""
    box.mutes.add(BUG.id)
    assert reminder(world(BUG)) == ""
    box.mutes.clear()
    box.posted.clear()
    assert reminder(world(BUG)) == ""


def test_in_doubt_the_release_that_is_named_as_the_fix_is_safe() -> None:
    vague = replace(BUG, affected=(Affected(range="all before the rewrite", patched="0.15.5"),))
    for words, title in (("0.15.3", "0.15.3"), ("0.15.x", "line 0.15")):
        box = mailbox(words)
        box.receive(world(vague, BACKPORT), NOW)
        message = box.messages[-1][1].message
        assert message.title == f"I can't tell whether your Mail Server {title} is affected"
        assert "What to do: To be safe, upgrade to 0.15.5." in make.lines_of(message)


def test_a_line_where_only_prereleases_are_affected_is_shown_as_just_that() -> None:
    candidates = [make.release(f"v0.17.0-rc.{number}", NOW) for number in (1, 2, 3)]
    full = make.release("v0.17.0", NOW)
    early = replace(BUG, affected=(Affected(range=">= 0.17.0-rc.1, < 0.17.0-rc.3"),))
    box = mailbox("0.17.x")
    box.receive(world(early, *candidates, full), NOW)
    message = box.messages[-1][1].message
    assert message.title == "Prereleases of your Mail Server line 0.17 are affected"
    assert "Affected: 0.17.0-rc.1 to 0.17.0-rc.2" in make.lines_of(message)


def test_the_releases_of_a_line_are_named_in_runs() -> None:
    line = [make.release(f"v0.17.{number}", NOW) for number in range(12)]
    odd = Affected(range=" || ".join(f"= 0.17.{number}" for number in (0, 1, 2, 4, 6, 7, 9)))
    box = mailbox("0.17.x")
    box.receive(world(replace(BUG, affected=(odd,)), *line), NOW)
    assert "Affected: 0.17.0 to 0.17.2, 0.17.4, 0.17.6 to 0.17.7 and 0.17.9" in make.lines_of(
        box.messages[-1][1].message
    )


def test_a_fix_that_is_itself_affected_is_named_as_such() -> None:
    fixed = make.advisory(affected="< 0.15.5", patched="0.15.5", severity=Severity.MEDIUM)
    worse = make.advisory("GHSA-zzzz", affected="*", patched="")
    box = mailbox("0.15.3")
    box.receive(world(fixed, worse, BACKPORT), NOW, fixed.id)
    words = make.lines_of(box.messages[-1][1].message)
    assert (
        "What to do: 0.15.5 fixes it, and is affected by another advisory. There is no release without a known one yet."
        in words
    )


def test_a_fix_that_is_still_to_come_is_named() -> None:
    coming = replace(BUG, affected=(Affected(range="< 0.15.6 || >= 0.16.0, < 0.16.5", patched="0.15.6, 0.16.5"),))
    box = mailbox("0.15.3")
    box.receive(world(coming), NOW)
    words = make.lines_of(box.messages[-1][1].message)
    assert "What to do: It is to be fixed in 0.15.6, which is not released yet." in words
    newest = make.release("v0.16.5", NOW)
    box.receive(world(coming, newest), NOW)
    words = make.lines_of(box.messages[-1][1].message)
    assert (
        "What to do: Upgrade to 0.16.5. In your line 0.15 it is to be fixed in 0.15.6, which is not released yet."
        in words
    )


def test_what_is_out_of_support_is_advised_to_move() -> None:
    older = replace(BUG, affected=(Affected(range="< 0.14.3"),))
    last = make.release("v0.14.3", NOW)
    alone, other = mailbox("0.14.1"), mailbox("0.14.1")
    everything = make.advisory("GHSA-zzzz", affected=">= 0.15.0", patched="")
    alone.receive(world(older, last, everything), NOW, older.id)
    assert "What to do: Upgrade to 0.14.3. Your line 0.14 is out of support." in make.lines_of(
        alone.messages[-1][1].message
    )
    other.receive(world(older, last), NOW)
    words = "What to do: Upgrade to 0.16.0. Your line 0.14 is out of support; its last fix is 0.14.3."
    assert words in make.lines_of(other.messages[-1][1].message)


def test_an_advisory_that_was_not_read_whole_says_so() -> None:
    box = mailbox("0.15.3")
    box.receive(world(replace(BUG, unread="it has 9,000 entries")), NOW)
    words = "\n".join(make.lines_of(box.messages[-1][1].message))
    assert "I could not read all of this advisory: it has 9,000 entries." in words


def test_for_a_project_the_first_fix_is_announced_too() -> None:
    box = mailbox("")
    box.receive(world(BUG), NOW)
    naming = replace(BUG, affected=(Affected(range="< 0.16.1", patched="0.16.1"),))
    assert kinds_of(box, world(naming, FIX)) == [EDIT, REPLY]
    assert box.messages[-1][1].message.title.startswith("Fixed in 0.16.1: Mail Server – ")


def test_what_was_published_before_the_bot_came_is_no_news_to_subscribers() -> None:
    old = make.known_advisory(BUG, known_before=True)
    box = mailbox("0.15.3", since=make.START)
    assert kinds_of(box, world(old)) == []
    worse = make.known_advisory(replace(BUG, severity=Severity.CRITICAL), known_before=True)
    assert kinds_of(box, world(worse)) == [NEW]


def test_what_is_missing_from_its_listing_is_not_alerted_of() -> None:
    assert kinds_of(mailbox("0.15.3"), world(make.known_advisory(BUG, missing_since=NOW))) == []


def test_many_subscriptions_are_not_all_spelled_out() -> None:
    box = mailbox(*(f"0.13.{number}" for number in range(9)))
    box.receive(world(BUG), NOW)
    message = box.messages[-1][1].message
    assert message.title == "Your Mail Server 0.13.0, 0.13.1, 0.13.2 and 6 more are affected"
    assert "0.13.5 and 3 more" in make.words(message)


def test_a_withdrawal_after_the_upgrade_strikes_the_alert_and_is_not_posted() -> None:
    box = mailbox("0.15.3")
    box.receive(world(BUG), NOW)
    box.upgrade(subscription("0.16.1", since=NOW + DAY), "0.15.3")
    assert kinds_of(box, world(replace(BUG, withdrawn_at=NOW)), 2 * DAY) == [EDIT]
    message = box.messages[-1][1].message
    assert message.struck
    assert message.title == "Mail Server – A crafted message reads files"


def test_what_is_not_about_somebody_any_more_is_struck_once_it_is_withdrawn() -> None:
    box = mailbox("0.15.3")
    outside = replace(BUG, affected=(Affected(range="= 0.15.4"),), summary="")
    box.receive(world(BUG), NOW)
    assert kinds_of(box, world(outside)) == [EDIT]
    assert box.messages[-1][1].message.title == "Your Mail Server 0.15.3 is not affected any more"
    assert kinds_of(box, world(replace(outside, withdrawn_at=NOW))) == [EDIT]
    assert box.messages[-1][1].message.struck


def test_below_the_threshold_only_exploitation_is_news_to_those_who_were_alerted() -> None:
    box = mailbox("", min_severity=Severity.MEDIUM)
    assert kinds_of(box, world(BUG)) == [NEW]
    low = replace(BUG, severity=Severity.LOW)
    assert kinds_of(box, world(low)) == [EDIT]
    assert kinds_of(box, world(low, FIX)) == [EDIT]
    assert kinds_of(box, world(replace(low, known_exploited=True))) == [EDIT, REPLY]


def test_posts_are_a_part_of_the_key() -> None:
    box = mailbox("0.15.3")
    snapshot = world(BUG)
    advisory = snapshot.advisories[BUG.id]
    alerts = Alerts(snapshot, PAGE, advisory, [], NOW, timedelta())
    before = alerts.key(box.situation(advisory))
    box.receive(snapshot, NOW)
    assert alerts.key(box.situation(advisory)) != before


def test_a_line_without_numbers_leaves_everybody_in_doubt_and_ends_never() -> None:
    box = mailbox("main.x")
    assert kinds_of(box, world(BUG)) == [NEW]
    message = box.messages[-1][1].message
    assert message.title == "I can't tell whether your Mail Server line main is affected"
    assert "What to do: Please compare your version with the advisory." in make.lines_of(message)
    shown_before = mailbox("main.x", since=NOW)
    assert kinds_of(shown_before, world(BUG)) == []


def test_a_first_message_about_what_got_worse_is_about_what_is_concerned_now() -> None:
    """What was shown at the subscription and is out of the range by now is neither named nor edited into it."""
    box = mailbox("0.15.3", "0.15.4", since=NOW)
    assert kinds_of(box, world(BUG)) == []
    only = replace(BUG, affected=(Affected(range="= 0.15.4"),), known_exploited=True)
    assert kinds_of(box, world(only), DAY) == [NEW]
    assert box.messages[-1][1].message.title == "Now known to be exploited: your Mail Server 0.15.4 is affected"
    assert kinds_of(box, world(replace(BUG, known_exploited=True)), 2 * DAY) == [EDIT]


def test_a_person_who_upgraded_within_a_line_gets_nothing_more_about_what_is_behind_them() -> None:
    """Its severity may rise, the newest of the line may not be affected: until the range holds what they run now."""
    flaw = make.advisory("GHSA-line", affected=">= 0.15.0, < 0.15.5", patched="0.15.5", severity=Severity.MEDIUM)
    box = mailbox("0.15.x")
    assert kinds_of(box, world(flaw, BACKPORT)) == [NEW]
    upgraded = subscription("0.15.x", runs="0.15.5", runs_since=NOW + timedelta(hours=1))
    box.subscriptions = (upgraded,)
    worse = replace(flaw, severity=Severity.CRITICAL)
    assert kinds_of(box, world(worse, BACKPORT), 2 * DAY) == []
    assert kinds_of(box, world(replace(worse, known_exploited=True), BACKPORT), 3 * DAY) == []
    wider = make.advisory("GHSA-line", affected=">= 0.15.0, < 0.15.6", patched="0.15.6", severity=Severity.CRITICAL)
    assert ("reply", True) in kinds_of(box, world(wider, BACKPORT), 4 * DAY)


def test_what_comes_after_an_upgrade_is_about_the_whole_line_again() -> None:
    box = Mailbox((subscription("0.15.x", runs="0.15.5", runs_since=NOW - 30 * DAY),), policy=PAGE)
    later = make.advisory("GHSA-later", affected=">= 0.15.0, < 0.15.5", patched="0.15.5", at=NOW)
    assert kinds_of(box, world(later, BACKPORT)) == [NEW]
