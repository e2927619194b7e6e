"""In whatever order facts come in, rooms end with the same announcements in the same words, and nobody is pinged twice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.core.announce import summary
from chatbot.core.announce.audience import Watch
from chatbot.core.announce.decide import Announce
from chatbot.core.announce.digest import digest, same_facts
from chatbot.core.announce.render.follow_up import follow_up_facts
from chatbot.core.announce.subject import Subject, find
from chatbot.core.model.facts import Affected
from chatbot.core.model.message import Mention, Message, Paragraph, Text
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import WatchFilter
from tests.core import make
from tests.core.history import Life, Observed, Restart, Step, Vanished
from tests.examples import scaled

DAY, START = make.DAY, make.START
ROLE = Mention("role", "7")
SECURITY_ONLY = "discord:security"
FILTERS = {
    "discord:all": WatchFilter(),
    "discord:mention": WatchFilter(mention=ROLE),
    SECURITY_ONLY: WatchFilter(events=frozenset({"security"}), mention=ROLE),
    "discord:high": WatchFilter(min_severity=Severity.HIGH, mention=ROLE, mention_min_severity=Severity.LOW),
    "discord:prereleases": WatchFilter(prereleases=True),
    "discord:releases": WatchFilter(events=frozenset({"releases"}), mention=ROLE),
}
WATCHES = [make.watch(room, watch_filter) for room, watch_filter in FILTERS.items()]

FIX = make.release("v0.15.5", START + 2 * DAY)
NAMING = replace(FIX, notes=(Paragraph((Text("Fixes GHSA-aaaa-bbbb-cccc."),)),))
BACKPORT = make.release("v0.14.9", START + 3 * DAY)
CANDIDATE = make.release("v0.16.0", START + 4 * DAY, prerelease=True)
PULLED = make.release("v0.15.6", START + 1.5 * DAY)
REWORDED = make.release("v0.15.6", START + 1.5 * DAY, "Fixes more.")
FOUND_AT_FIRST = make.advisory("GHSA-aaaa-bbbb-cccc", Severity.MEDIUM, at=START + 5 * DAY)
RAISED = replace(FOUND_AT_FIRST, severity=Severity.HIGH, updated_at=START + 6 * DAY)
CALMED = replace(FOUND_AT_FIRST, updated_at=START + 7 * DAY)
RAISED_AGAIN = replace(RAISED, updated_at=START + 8 * DAY)
EXPLOITED = replace(RAISED, known_exploited=True, updated_at=START + 8 * DAY)
ELSEWHERE = make.advisory(
    "OSV-2030-1", Severity.UNKNOWN, aliases=frozenset({"GHSA-aaaa-bbbb-cccc"}), at=START - DAY, summary="reads files"
)
TAKEN_BACK = make.advisory("GHSA-dddd-eeee-ffff", Severity.HIGH, affected="< 0.14.9", patched="0.14.9", at=START + DAY)
WITHDRAWN = replace(TAKEN_BACK, withdrawn_at=START + 6 * DAY, updated_at=START + 6 * DAY)
BY_CVE = make.advisory("CVE-2030-9", Severity.HIGH, affected="< 0.13.5", patched="", at=START + 5 * DAY)
BY_GHSA = make.advisory("GHSA-gggg-hhhh-iiii", Severity.HIGH, affected="< 0.13.5", patched="", at=START + 5 * DAY)
JOINED = replace(BY_GHSA, aliases=frozenset({"CVE-2030-9"}), updated_at=START + 6 * DAY)
CLAIM = make.release("v0.13.8", START + 2 * DAY, "Fixes GHSA-gggg-hhhh-iiii.")
SILENT = make.release("v0.13.8", START + 2 * DAY, "Fixes nothing.")

CHAINS: Mapping[str, Sequence[Step]] = {
    "fix": (Observed(FIX), Observed(NAMING)),
    "backport": (Observed(BACKPORT),),
    "promotion": (Observed(CANDIDATE), Observed(replace(CANDIDATE, prerelease=False))),
    "pulled": (Observed(PULLED), Observed(REWORDED), Vanished("v0.15.6"), Vanished("v0.15.6", confirmed=True)),
    "raised": (Observed(FOUND_AT_FIRST), Observed(RAISED), Observed(EXPLOITED)),
    "twin": (Observed(ELSEWHERE, "OSV"),),
    "withdrawn": (Observed(TAKEN_BACK), Observed(WITHDRAWN)),
    "by cve": (Observed(BY_CVE, "OSV"),),
    "joined": (Observed(BY_GHSA), Observed(JOINED)),
    "claim": (Observed(CLAIM), Observed(SILENT)),
    "restart": (Restart(), Restart()),
    "other source": (Observed(BACKPORT, "GitHub again"), Observed(TAKEN_BACK, "GitHub again")),
}


def lived(names: Sequence[str], chains: Mapping[str, Sequence[Step]], pauses: Sequence[bool]) -> Life:
    """A life in which each step is the next of the chain that is named."""
    life = Life(WATCHES)
    rest = {name: iter(steps) for name, steps in chains.items()}
    for name, pause in zip(names, pauses, strict=True):
        life.live(next(rest[name]))
        if pause:
            life.settle()
    for _ in range(3):
        life.settle()
    return life


def orders(chains: Mapping[str, Sequence[Step]]) -> st.SearchStrategy[list[str]]:
    return st.permutations([name for name, steps in chains.items() for _ in steps])


def _names_it(subject: Subject, watch: Watch, posted: Mapping[str, str]) -> bool:
    """Whether a room for security alone has an announcement that names this release."""
    fixed = [] if subject.advisory else subject.snapshot.fixed_by(subject.name)
    return "releases" not in watch.room.watch_filter.events and any(
        f"advisory/mail/{advisory.id}" in posted
        and subject.name in [item.release.tag for item in subject.snapshot.fixing(advisory)]
        for advisory in fixed
    )


def check(life: Life) -> None:
    """Each room shows what its filter lets through, and every announcement shows the newest facts."""
    snapshot = life.snapshot
    assert not life.holds
    for watch in WATCHES:
        posted = life.shows(watch.room.address)
        listed = {subject for (room, subject) in summary.listed(life.posted) if room == watch.room.address}
        for name in [f"release/mail/{tag}" for tag in snapshot.releases] + [
            f"advisory/mail/{name}" for name in snapshot.advisories
        ]:
            subject = find(snapshot, name)
            assert subject is not None
            is_wanted = isinstance(subject.outcome(watch.room.watch_filter, make.SETTLE), Announce)
            is_kept_back = bool(subject.control.retracted) or subject.control.skipped
            if is_wanted and not is_kept_back and subject.news_to(watch):
                assert name in posted or name in listed or _names_it(subject, watch, posted), (
                    f"{watch.room.address} misses {name}"
                )
            assert not (name in posted and name in listed), f"{watch.room.address} shows {name} twice"
            if name in posted:
                assert posted[name] == subject.digest, f"{watch.room.address} shows old words of {name}"
            posts = [
                life.posted[watch.room.address, each]
                for each in subject.names
                if (watch.room.address, each) in life.posted
            ]
            for twin in posts[1:]:
                assert subject.advisory is not None
                alias = twin.subject.removeprefix("advisory/mail/")
                assert twin.digest == digest(same_facts(subject.advisory, alias))

    for message in life.posted.values():
        parent = next((item.subject for item in life.posted.values() if item.announcement == message.parent), "")
        if parent and not parent.startswith("schedule/"):
            about = find(snapshot, parent)
            assert about is not None
            assert message.digest == digest(follow_up_facts(about, message.notified_for)), "a reply has old words"
        if message.subject.startswith("summary/"):
            names = {reason.removeprefix("lists:") for reason in message.notified_for if reason.startswith("lists:")}
            assert message.digest == summary.summary_digest(snapshot, names), "a summary has old words"


# 25 lives in `make test`, many more in `make fuzz`: each takes a tenth of a second.
LIVELY = settings(
    max_examples=scaled(25),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@LIVELY
@given(st.data())
def test_whatever_the_order_and_the_pauses_rooms_show_what_is_true(data: st.DataObject) -> None:
    names = data.draw(orders(CHAINS))
    pauses = data.draw(st.lists(st.booleans(), min_size=len(names), max_size=len(names)))
    check(lived(names, CHAINS, pauses))


@LIVELY
@given(orders(CHAINS))
def test_every_order_ends_with_the_same_announcements(names: list[str]) -> None:
    in_order = [name for name, steps in CHAINS.items() for _ in steps]
    always = [True] * len(names)
    one, other = lived(in_order, CHAINS, always), lived(names, CHAINS, always)
    for room in FILTERS:
        first, second = one.shows(room), other.shows(room)
        first = {subject: digest for subject, digest in first.items() if not subject.startswith("follow-up/")}
        second = {subject: digest for subject, digest in second.items() if not subject.startswith("follow-up/")}
        if room == SECURITY_ONLY:  # keeps a release announced while its evidence stood; in other orders it never stood
            first = {subject: digest for subject, digest in first.items() if subject in second}
            second = {subject: digest for subject, digest in second.items() if subject in first}
        assert first == second


MANY: Mapping[str, Sequence[Step]] = {
    **{f"v0.12.{number}": (Observed(make.release(f"v0.12.{number}", START + number * DAY)),) for number in range(7)},
    **{
        f"v0.3.{number}": (
            Observed(make.release(f"v0.3.{number}", START + number * DAY, created_at=START - 900 * DAY)),
        )
        for number in range(2)
    },
    "fix": CHAINS["fix"],
    "promotion": CHAINS["promotion"],
    "pulled": CHAINS["pulled"],
    "raised": CHAINS["raised"],
    "withdrawn": (
        Observed(replace(TAKEN_BACK, affected=(Affected(range="< 0.12.3", patched="0.12.3"),))),
        Observed(WITHDRAWN),
    ),
}


@LIVELY
@given(st.data())
def test_many_releases_at_once_are_listed_and_the_list_is_edited(data: st.DataObject) -> None:
    names = data.draw(orders(MANY))
    pauses = data.draw(st.lists(st.sampled_from([False, False, False, True]), min_size=len(names), max_size=len(names)))
    check(lived(names, MANY, pauses))


GROWING = {name: CHAINS[name] for name in ("fix", "backport", "promotion", "raised", "twin", "restart")}


@LIVELY
@given(orders(GROWING))
def test_where_nothing_is_taken_back_rooms_for_security_alone_end_equal_too(names: list[str]) -> None:
    in_order = [name for name, steps in GROWING.items() for _ in steps]
    always = [True] * len(names)
    one, other = lived(in_order, GROWING, always), lived(names, GROWING, always)
    first, second = one.shows(SECURITY_ONLY), other.shows(SECURITY_ONLY)
    for subject in set(first) ^ set(
        second
    ):  # a release that came before its advisory, or a reply, which says what changed
        assert subject.startswith(("release/", "follow-up/"))
    assert {each: first[each] for each in first if each in second} == {
        each: second[each] for each in first if each in second
    }


@LIVELY
@given(st.data())
def test_an_escalation_pings_once_and_never_for_what_the_first_message_shows(data: st.DataObject) -> None:
    chains = {
        **CHAINS,
        "raised": (Observed(FOUND_AT_FIRST), Observed(RAISED), Observed(CALMED), Observed(RAISED_AGAIN)),
    }
    names = data.draw(orders(chains))
    pauses = data.draw(st.lists(st.booleans(), min_size=len(names), max_size=len(names)))
    life = lived(names, chains, pauses)
    assert all(times == 1 for times in life.sentences.values())
    event = {"advisory/mail/GHSA-aaaa-bbbb-cccc", "release/mail/v0.15.5"}
    pings = Counter(
        (room, planned_message.subject if planned_message.kind == "reply" else "the event")
        for planned_message in life.messages
        for room in planned_message.revisions
        if planned_message.message.mentions
        and (planned_message.kind == "reply" or life.snapshot.canonical(planned_message.subject) in event)
    )
    assert set(pings.values()) <= {1}, "the advisory and the release that fixes it ping once, each follow-up once"


@LIVELY
@given(orders(CHAINS))
def test_an_edit_pings_nobody_and_no_room_gets_news_twice(names: list[str]) -> None:
    life = lived(names, CHAINS, [True] * len(names))
    news: Counter[tuple[str, str]] = Counter()
    for planned_message in life.messages:
        if planned_message.kind == "edit":
            assert not planned_message.message.mentions
        if planned_message.kind == "new":
            news.update((room, planned_message.subject) for room in planned_message.revisions)
    assert set(news.values()) <= {1}


@pytest.mark.parametrize("pause", [True, False])
def test_a_burst_of_edits_becomes_one(pause: bool) -> None:
    life = Life([make.watch()])
    life.live(Observed(FIX))
    for _ in range(2):
        life.settle()
    life.now += timedelta(days=3)
    for words in ("one", "two", "three"):
        life.live(Observed(make.release("v0.15.5", START + 2 * DAY, words)))
        if pause:
            life.settle()
    life.settle()
    assert sum(planned_message.kind == "edit" for planned_message in life.messages) == (3 if pause else 1)


@LIVELY
@given(orders(CHAINS))
def test_what_reads_differently_has_another_digest(names: list[str]) -> None:
    """A digest of the facts covers all that a reader sees: else a correction would never be posted."""
    life, rest = Life(WATCHES), {name: iter(steps) for name, steps in CHAINS.items()}
    messages: dict[str, Message] = {}
    for name in names:
        life.live(next(rest[name]))
        subject_ids = [f"release/mail/{tag}" for tag in life.snapshot.releases]
        subject_ids += [f"advisory/mail/{name}" for name in life.snapshot.advisories]
        for subject in filter(None, (find(life.snapshot, name) for name in subject_ids)):
            assert messages.setdefault(subject.digest, subject.message) == subject.message
