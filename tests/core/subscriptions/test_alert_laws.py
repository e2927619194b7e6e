"""Laws of alerts, whatever the tags, ranges and orders of events are."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.core.announce.digest import digest
from chatbot.core.model.facts import Advisory, Affected, Release
from chatbot.core.model.severity import Severity
from chatbot.core.subscriptions import reasons
from chatbot.core.subscriptions.alerting.occasion import Occasion
from chatbot.core.subscriptions.alerting.showing import alert_facts
from chatbot.core.subscriptions.alerts import Alerts, Situation
from chatbot.core.subscriptions.matching import concern, is_severe
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.core.versions.version import line_of
from tests.core import make
from tests.core.advisories.test_exposure import ADVISORIES, NAMED_VERSIONS
from tests.core.announce.test_laws import CHAINS, orders
from tests.core.history import Life, Observed, Step
from tests.core.releases.test_tag_properties import lists
from tests.core.subscriptions.mailbox import Mailbox
from tests.core.subscriptions.people import NOW, subscription
from tests.examples import scaled

SEVERITIES = st.sampled_from(list(Severity))
LIVELY = settings(max_examples=scaled(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])


def about_something(data: st.DataObject, releases: Sequence[Release], names: Sequence[str]) -> Scope:
    """A version that was published or not, a line of something that was, or the project."""
    snapshot = make.snapshot(releases)
    versions = [item.version for item in snapshot.releases.values() if item.version is not None]
    candidates = [Scope("project"), *(Scope("version", name) for name in names)]
    candidates += [Scope("version", version.tag) for version in versions]
    candidates += [Scope("line", f"{version.package} {line_of(version)}".strip()) for version in versions]
    return data.draw(st.sampled_from(candidates))


@LIVELY
@given(lists(), ADVISORIES, st.lists(NAMED_VERSIONS, max_size=3), st.data())
def test_one_message_for_each_advisory_that_concerns_somebody_and_none_for_others(
    releases: Sequence[Release], advisories: Sequence[Advisory], names: Sequence[str], data: st.DataObject
) -> None:
    severe = [replace(each, severity=data.draw(SEVERITIES)) for each in advisories]
    snapshot = make.snapshot(releases, severe)
    scopes = {about_something(data, releases, names) for _ in range(data.draw(st.integers(1, 4)))}
    theirs = tuple(
        replace(subscription(), scope=each, min_severity=data.draw(SEVERITIES.filter(lambda one: one != "unknown")))
        for each in sorted(scopes)
    )
    box = Mailbox(theirs)
    messages = box.receive(snapshot, NOW)
    assert {message.kind for message in messages} <= {"new"}
    expected = {
        f"alert/mail/{advisory.id}"
        for advisory in snapshot.advisories.values()
        for each in theirs
        if is_severe(advisory, each.min_severity) and concern(snapshot, advisory, each.scope) != "no"
    }
    times = Counter(message.subject for message in messages)
    assert times.keys() == expected
    assert set(times.values()) <= {1}
    assert all(message.message.loud for message in messages)


BUG = make.advisory(severity=Severity.MEDIUM, affected="< 0.15.5", patched="")
STATES = st.lists(
    st.builds(
        lambda severity, exploited, affected, withdrawn, summary: replace(
            BUG,
            severity=severity,
            known_exploited=exploited,
            affected=(Affected(range=affected),),
            withdrawn_at=NOW if withdrawn else None,
            summary=summary,
        ),
        SEVERITIES,
        st.booleans(),
        st.sampled_from(["< 0.15.5", "= 0.15.4", ">= 0.16.0", "what came before", "*"]),
        st.sampled_from([False, False, False, True]),
        st.sampled_from(["It reads files", "It reads all files"]),
    ),
    min_size=1,
    max_size=8,
)
FIXES = st.lists(st.lists(st.sampled_from(["v0.15.5", "v0.15.6", "v0.16.2"]), unique=True), min_size=8, max_size=8)
ABOUT = st.lists(st.sampled_from(["0.15.3", "0.15.4", "0.14.1", "0.15.x", "0.16.x", ""]), min_size=1, unique=True)
OLD = [
    make.known_release(make.release(tag), make.START - make.DAY) for tag in ("v0.14.1", "v0.15.3", "v0.15.4", "v0.16.0")
]


@LIVELY
@given(STATES, FIXES, ABOUT, st.integers(0, 3))
def test_each_reason_makes_a_sound_once_and_the_alert_shows_what_holds(
    states: Sequence[Advisory], fixes: Sequence[Sequence[str]], about: Sequence[str], since: int
) -> None:
    """However it goes to and fro: the same reason never alerts twice, edits and withdrawals are silent, and what a person
    has is what holds."""
    theirs = tuple(subscription(words, since=make.START + since * make.DAY) for words in about)
    box = Mailbox(theirs)
    for number, (state, tags) in enumerate(zip(states, fixes, strict=False)):
        when = NOW + number * make.DAY
        released = [make.known_release(make.release(tag)) for tag in tags]
        snapshot = make.snapshot([*OLD, *released], [state])
        for message in box.receive(snapshot, when):
            silent = message.kind == "edit" or "withdrawn" in message.notified_for
            assert silent or message.message.loud
            assert not (message.message.loud and "withdrawn" in message.notified_for and message.kind == "reply")
    counted = Counter(
        reason
        for message in box.loud()
        if message.kind == "reply"
        for reason in message.notified_for
        if not reason.startswith(reasons.RAISED_FROM)
    )
    assert set(counted.values()) <= {1}
    firsts = [message for _, message in box.messages if message.kind == "new"]
    assert len(firsts) <= 1
    told_first = frozenset[str]().union(*(message.notified_for for message in firsts))
    assert not told_first & counted.keys()
    shows_what_holds(box, theirs, states[: len(fixes)], fixes)


def shows_what_holds(
    box: Mailbox, theirs: Sequence[Subscription], states: Sequence[Advisory], fixes: Sequence[Sequence[str]]
) -> None:
    post = box.posted.get(f"alert/mail/{BUG.id}")
    if post is None:
        return
    released = [make.known_release(make.release(tag)) for tag in fixes[len(states) - 1]]
    snapshot = make.snapshot([*OLD, *released], [states[-1]])
    occasion = Occasion(snapshot, None, snapshot.advisories[BUG.id], NOW, timedelta())
    showing = occasion.showing(theirs, post.notified_for)
    if showing.main or showing.former or showing.withdrawn:
        assert post.digest == digest(alert_facts(showing))


@LIVELY
@given(STATES, FIXES, ABOUT)
def test_a_mute_makes_no_sound(
    states: Sequence[Advisory], fixes: Sequence[Sequence[str]], about: Sequence[str]
) -> None:
    box = Mailbox(tuple(subscription(words) for words in about))
    for number, (state, tags) in enumerate(zip(states, fixes, strict=False)):
        released = [make.known_release(make.release(tag)) for tag in tags]
        messages = box.receive(make.snapshot([*OLD, *released], [state]), NOW + number * make.DAY)
        if box.mutes:
            assert {message.kind for message in messages} <= {"edit"}
        box.mutes.add(BUG.id)


EVENTS: Mapping[str, Sequence[Step]] = {
    **{name: CHAINS[name] for name in ("fix", "backport", "promotion", "raised", "twin", "restart", "other source")},
    "old": tuple(Observed(make.release(tag, make.START)) for tag in ("v0.14.1", "v0.15.3")),
}


def lived(names: Sequence[str], pauses: Sequence[bool], about: Sequence[str]) -> Mailbox:
    """Somebody who subscribed before all of it, and hears of each step."""
    life = Life([])
    box = Mailbox(tuple(subscription(words) for words in about), settle=make.SETTLE)
    rest = {name: iter(steps) for name, steps in EVENTS.items()}
    for name, pause in zip(names, pauses, strict=True):
        life.live(next(rest[name]))
        box.receive(life.snapshot, life.now)
        if pause:
            life.settle()
            box.receive(life.snapshot, life.now)
    for _ in range(3):
        life.settle()
        box.receive(life.snapshot, life.now)
    return box


@settings(LIVELY, max_examples=scaled(8))  # a life takes a second
@given(orders(EVENTS), st.data(), st.sampled_from([("0.15.3",), ("0.14.1", "0.15.x"), ("",)]))
def test_whatever_the_order_somebody_ends_with_the_same(
    names: list[str], data: st.DataObject, about: Sequence[str]
) -> None:
    pauses = data.draw(st.lists(st.booleans(), min_size=len(names), max_size=len(names)))
    in_order = [name for name, steps in EVENTS.items() for _ in steps]
    one, other = lived(in_order, [True] * len(names), about), lived(names, pauses, about)
    for box in (one, other):
        advisory = box.last.advisories["GHSA-aaaa-bbbb-cccc"]
        post = box.situation(advisory).posted
        assert post is not None
        assert {"severity:high", "exploited", "fix"} <= post.notified_for
        assert {reason for reason in post.notified_for if reason.startswith(reasons.AFFECTS)}
        occasion = Occasion(box.last, None, advisory, NOW, timedelta())
        assert post.digest == digest(alert_facts(occasion.showing(box.subscriptions, post.notified_for)))


@LIVELY
@given(STATES, ABOUT, ABOUT, st.lists(st.integers(0, 9), min_size=8, max_size=8))
def test_equal_keys_have_equal_plans(
    states: Sequence[Advisory], about: Sequence[str], others: Sequence[str], days: Sequence[int]
) -> None:
    snapshot = make.snapshot(OLD, [states[-1]])
    wordings = [(make.START + number * make.DAY, each) for number, each in enumerate(states)]
    alerts = Alerts(snapshot, None, snapshot.advisories[BUG.id], wordings, NOW, timedelta())
    situations = [
        Situation(
            subscriptions=tuple(
                subscription(words, since=make.START + days[n] * make.DAY, id=n) for n, words in enumerate(each)
            )
        )
        for each in (about, others, list(reversed(about)))
    ]
    for one in situations:
        for other in situations:
            if alerts.key(one) == alerts.key(other):
                assert alerts.plan(one) == alerts.plan(other)


@LIVELY
@given(STATES, st.sampled_from(["0.15.3", "0.14.1", "0.15.x", ""]), st.lists(st.integers(0, 9), min_size=2, max_size=9))
def test_between_two_moments_it_makes_no_difference_when_somebody_subscribed(
    states: Sequence[Advisory], about: str, days: Sequence[int]
) -> None:
    """So a fan-out computes once for all of them, and looks at nothing but that time."""
    wordings = [(make.START + (2 * number + 1) * make.DAY, state) for number, state in enumerate(states)]
    snapshot = make.snapshot(OLD, [states[-1]])
    alerts = Alerts(snapshot, None, snapshot.advisories[BUG.id], wordings, NOW, timedelta())
    keys: dict[int, set[object]] = {}
    for day in days:
        theirs = subscription(about, since=make.START + 2 * day * make.DAY)
        keys.setdefault(bisect_left(alerts.moments(theirs), theirs.since), set()).add(
            alerts.key(Situation(subscriptions=(theirs,)))
        )
    assert all(len(alike) == 1 for alike in keys.values())
