"""A replay plans what the running bot would have planned, and says what was shown, corrected and silent."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.model.facts import Advisory, PolicyPage, Release
from chatbot.core.model.knowledge import TrackedPolicy
from chatbot.core.model.message import Mention
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import WatchFilter
from chatbot.core.replay import replay as replaying
from chatbot.core.replay.history import History
from chatbot.core.replay.replay import Replay, replay
from chatbot.core.replay.telling import late_advisories, telling
from chatbot.core.replay.words import because_words, line_of, name_of, sums
from chatbot.core.support.policy import Policy
from chatbot.runtime.trial.published import tracked_page
from chatbot.sources.support_policy.reader import read_policy
from tests.core import make
from tests.core.history import Life, Observed
from tests.examples import scaled

START, DAY = make.START, make.DAY
ROOM = make.room(watch_filter=WatchFilter(mention=Mention("room")))


def at(days: float) -> datetime:
    return START + days * DAY


def replayed(*facts: Release | Advisory, since: float = 0, until: float = 400) -> Replay:
    history = History(
        project=make.project,
        releases=[fact for fact in facts if isinstance(fact, Release)],
        advisories=[fact for fact in facts if isinstance(fact, Advisory)],
        since=at(since),
        read_at=at(until),
    )
    return replay(history, ROOM)


def kinds(story: Replay) -> list[tuple[str, str]]:
    """What happened, without the project: `new 0.15.5`."""
    return [(each.kind, name_of(story, each.subject)) for each in story.happenings]


def lines(story: Replay) -> list[str]:
    return [line_of(story, each) for each in story.happenings]


def test_an_advisory_that_comes_late_corrects_what_was_posted() -> None:
    story = replayed(make.release("v0.15.5", at(10)), make.advisory(at=at(13)))
    assert kinds(story) == [("new", "0.15.5"), ("new", "GHSA-aaaa-bbbb-cccc"), ("edit", "0.15.5")]
    assert lines(story)[2] == (
        "GHSA-aaaa-bbbb-cccc came 3 days later: the post of 11 January is corrected, and now says “Security release · High”"
    )
    (late,) = late_advisories(story)
    assert (late.advisory.id, late.release.release.tag, late.after) == ("GHSA-aaaa-bbbb-cccc", "v0.15.5", 3 * DAY)


def test_an_advisory_of_the_same_hour_is_not_late() -> None:
    story = replayed(make.release("v0.15.5", at(10)), make.advisory(at=at(10) + make.HOUR))
    assert late_advisories(story) == []
    assert "is corrected: “Patch release” is now “Security release · High”" in lines(story)[2]


def test_what_was_there_before_is_no_news_but_counts() -> None:
    story = replayed(make.release("v0.16.0", at(1)), make.release("v0.15.5", at(10)), since=5)
    assert kinds(story) == [("new", "0.15.5")]
    assert lines(story) == [
        "Patch release · Backport, not the newest – for those who stay on 0.15.x; the newest release is 0.16.0"
    ]


def test_what_is_silent_says_why() -> None:
    story = replayed(
        make.release("v0.15.0-rc.1", at(1), prerelease=True),
        make.release("nightly", at(2)),
        make.release("v0.15.0", at(3)),
    )
    assert kinds(story) == [("silent", "0.15.0-rc.1"), ("silent", "nightly"), ("new", "0.15.0")]
    assert lines(story)[:2] == ["silent: prereleases are off in this room", "silent: its tag is not a version"]
    assert because_words(sums(story).silent) == (
        "1 because prereleases are off in this room and 1 because its tag is not a version"
    )


def test_a_withdrawal_is_told_when_it_came() -> None:
    advisory = make.advisory(at=at(10), withdrawn_at=at(20))
    story = replayed(make.release("v0.15.5", at(10)), advisory)
    withdrawn = [each for each in story.happenings if each.at == at(20)]
    assert {each.kind for each in withdrawn} == {"edit", "reply"}
    assert any("crossed out, as it was withdrawn" in line_of(story, each) for each in withdrawn)
    (reply,) = (each for each in withdrawn if each.kind == "reply")
    assert line_of(story, reply) == "a reply says: Withdrawn: A crafted message reads files"
    assert reply.before == at(10)


def test_a_fix_that_comes_later_is_told() -> None:
    story = replayed(make.release("v0.15.4", at(1)), make.advisory(at=at(10)), make.release("v0.15.5", at(20)))
    assert kinds(story)[-2:] == [("edit", "GHSA-aaaa-bbbb-cccc"), ("new", "0.15.5")]
    assert lines(story)[-2].startswith("the post of 11 January is corrected: Upgrade: ")


def test_what_one_poll_brings_is_planned_at_once() -> None:
    minute = timedelta(minutes=1)
    together = [make.release(f"v{number}.0.0", at(10) + number * minute / 10) for number in range(1, 8)]
    story = replayed(*together)
    assert kinds(story) == [("new", "several")]
    assert lines(story) == ["Mail Server – 7 new releases"]
    assert telling(story) == frozenset()


def test_a_ping_is_said() -> None:
    story = replayed(make.release("v0.15.5", at(10)), make.advisory(at=at(13)))
    assert lines(story)[1] == "Security advisory · High: A crafted message reads files, pings"
    assert sums(story).pings == 1


def test_the_telling_ones_are_few_whatever_there_is() -> None:
    facts: list[Release | Advisory] = []
    for number in range(12):
        facts.append(make.release(f"v0.15.{number}", at(number * 5)))
        facts.append(make.release(f"v0.14.{number}", at(number * 5 + 1)))
        facts.append(
            make.advisory(
                f"GHSA-aaaa-bbbb-{number:04d}",
                Severity.MEDIUM if number != 7 else Severity.CRITICAL,
                affected=f"= 0.15.{number - 1}",
                patched=f"0.15.{number}",
                at=at(number * 5 + 3),
            )
        )
    story = replayed(*facts)
    chosen = [story.happenings[place] for place in sorted(telling(story))]
    assert [(each.kind, name_of(story, each.subject)) for each in chosen] == [
        ("new", "GHSA-aaaa-bbbb-0007"),
        ("edit", "0.15.7"),
        ("new", "0.15.11"),
        ("new", "0.14.11"),
    ]


def test_a_history_that_is_too_long_is_cut_at_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "MOST_MOMENTS", 10)
    story = replayed(*(make.release(f"v1.{number}.0", at(number + 1)) for number in range(30)))
    assert (len(story.happenings), story.passed_over, story.since) == (10, 20, at(21))


def test_nothing_published_is_nothing_told() -> None:
    story = replayed(make.release("v1.0.0", at(1)), since=5)
    assert (story.happenings, story.passed_over) == ((), 0)
    assert list(story.snapshot.releases) == ["v1.0.0"]


POLICY = "# Security\n\n| Version | Supported |\n|---|---|\n"


def page(rows: str, days: float) -> tuple[TrackedPolicy, Policy]:
    text = POLICY + rows
    policy = read_policy(text)
    return tracked_page(PolicyPage(project=make.project.id, text=text, committed_at=at(days)), policy, at(days)), policy


def test_a_change_of_the_policy_is_announced_on_its_day() -> None:
    pages = [page("| 0.14.x | yes |\n", 1), page("| 0.15.x | yes |\n| 0.14.x | no |\n", 20)]
    history = History(
        project=make.project,
        releases=[make.release("v0.15.0", at(10)), make.release("v0.15.1", at(30))],
        advisories=[],
        since=at(5),
        read_at=at(400),
        pages=[*pages, page("| 0.15.x | yes |\n", 900)],
    )
    story = replay(history, ROOM)
    assert kinds(story) == [("new", "0.15.0"), ("new", "policy"), ("new", "0.15.1")]
    assert story.happenings[1].at == at(20)
    assert lines(story)[1].startswith("Security policy changed: 0.1")
    assert sums(story).policies == 1
    assert 1 in telling(story)


def lived(facts: Sequence[Release | Advisory]) -> Sequence[PlannedMessage]:
    """The same facts read one by one, as the running bot reads them."""
    life = Life([make.watch(watch_filter=ROOM.watch_filter, since=START)], now=START)
    for fact in sorted(facts, key=lambda fact: fact.published_at):
        life.now = fact.published_at + replaying.POLL
        life.live(Observed(fact))
        life.settle()
    return life.messages


@settings(max_examples=scaled(40), deadline=None)
@given(
    releases=st.lists(
        st.tuples(st.sampled_from(("0.14", "0.15", "1.0")), st.integers(0, 3)), min_size=1, max_size=6, unique=True
    ),
    advisories=st.lists(st.integers(0, 5), max_size=3, unique=True),
    order=st.randoms(use_true_random=False),
)
def test_a_replay_shows_what_the_running_bot_would_have_shown(
    releases: list[tuple[str, int]], advisories: list[int], order: random.Random
) -> None:
    facts: list[Release | Advisory] = [make.release(f"v{line}.{number}") for line, number in releases]
    for number in advisories:
        line, patch = releases[number % len(releases)]
        facts.append(
            make.advisory(f"GHSA-aaaa-bbbb-000{number}", affected=f"< {line}.{patch}", patched=f"{line}.{patch}")
        )
    order.shuffle(facts)
    dated = [
        replace(fact, published_at=at(day + 1))
        if isinstance(fact, Release)
        else replace(fact, published_at=at(day + 1), updated_at=at(day + 1))
        for day, fact in enumerate(facts)
    ]
    happenings, planned = replayed(*dated).happenings, lived(dated)
    posted = [(each.kind, each.subject, each.message.mentions) for each in happenings if each.message is not None]
    lived_through = [(each.kind, each.parent or each.subject, each.message.mentions) for each in planned]
    assert Counter(each for each in posted if each[0] != "edit") == Counter(
        each for each in lived_through if each[0] != "edit"
    )
    stands = {each.subject: each.message for each in happenings if each.message is not None and each.kind != "reply"}
    assert stands == {each.subject: each.message for each in planned if each.kind != "reply"}
