"""What waits for a room's digest, and until when."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from chatbot.core.announce import decide
from chatbot.core.announce.decide import Announce, Hold, Outcome, Skip, Wait
from chatbot.core.announce.messages import Verdict
from chatbot.core.announce.plan import plan
from chatbot.core.announce.plan_builder import Place
from chatbot.core.announce.policy_news import PolicyNews
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import DigestSchedule, WatchFilter
from tests.core import make

ONE = RoomAddress("discord:1")
NINE = DigestSchedule(every="daily", at=time(9), zone=UTC)
DIGEST = WatchFilter(digest=NINE)
READY = datetime(2030, 1, 5, 12, tzinfo=UTC)
ROUTINE = Announce("a new release", Lane.ROUTINE)


@pytest.mark.parametrize(
    ("outcome", "watch_filter", "last", "until"),
    [
        (ROUTINE, DIGEST, None, datetime(2030, 1, 6, 9, tzinfo=UTC)),
        (ROUTINE, DIGEST, datetime(2030, 1, 4, 9, tzinfo=UTC), datetime(2030, 1, 6, 9, tzinfo=UTC)),
        (ROUTINE, DIGEST, datetime(2030, 1, 6, 9, tzinfo=UTC), datetime(2030, 1, 7, 9, tzinfo=UTC)),  # it was too late
        (ROUTINE, WatchFilter(), None, None),
        (Announce("urgent", Lane.CRITICAL, Severity.CRITICAL), DIGEST, None, None),
        (Announce("a new security release", Lane.SECURITY, Severity.HIGH), DIGEST, None, None),
        (Skip("unwanted"), DIGEST, None, None),
        (Hold("it settles", READY), DIGEST, None, None),
    ],
)
def test_only_routine_news_waits(
    outcome: Outcome, watch_filter: WatchFilter, last: datetime | None, until: datetime | None
) -> None:
    after = decide.for_digest(outcome, watch_filter, READY, last)
    if until is None:
        assert after is outcome
    else:
        assert isinstance(after, Wait)
        assert after.until == until
        assert after.reason.startswith("it waits for the digest on Sunday, 6" if until.day == 6 else "it waits for")


def test_what_waits_needs_no_further_plan_and_shows_the_same_each_time() -> None:
    snapshot = make.snapshot([make.release("v0.15.6")])
    watches = [
        make.watch("discord:1", DIGEST),
        replace(make.watch("discord:2", DIGEST), introduce=frozenset({"release/mail/v0.15.6"})),
    ]
    steps = plan(snapshot, watches, {}, ["release/mail/v0.15.6"], now=make.START + make.DAY, settle=make.SETTLE)
    (message,) = steps.messages
    assert set(message.revisions) == {"discord:2"}, "what introduces a room waits for nothing"
    assert steps.replan_at is None
    later = plan(snapshot, watches, {}, ["release/mail/v0.15.6"], now=make.START + 9 * make.DAY, settle=make.SETTLE)
    assert later.decisions == steps.decisions


def test_a_prerelease_waits_from_its_promotion_on() -> None:
    tracked = make.known_release(make.release("v0.16.0"), promoted_at=make.START + 5 * make.DAY)
    steps = plan(
        make.snapshot([tracked]),
        [make.watch("discord:1", DIGEST)],
        {},
        ["release/mail/v0.16.0"],
        now=make.START + 5 * make.DAY,
        settle=make.SETTLE,
    )
    assert [item.reason for item in steps.decisions] == [
        "it waits for the digest on Monday, 7 January 2030 at 09:00 (UTC)"
    ]


def test_a_change_of_the_policy_waits_too() -> None:
    message = Message(title="Mail Server – security policy changed", tone=Tone.POLICY)
    news = PolicyNews("policy/mail/x", message, "d", make.START + make.DAY)
    watches = [make.watch("discord:1", DIGEST), make.watch("discord:2")]

    def planned(in_digest: frozenset[Place] = frozenset()) -> tuple[set[str], list[Verdict]]:
        steps = plan(
            make.snapshot([]),
            watches,
            {},
            (),
            now=make.START + make.DAY,
            settle=make.SETTLE,
            policy_news=news,
            in_digest=in_digest,
        )
        verdicts = [item.verdict for item in steps.decisions if item.room == "discord:1"]
        return {room for each in steps.messages for room in each.revisions}, verdicts

    assert planned() == ({"discord:2"}, ["hold"])
    assert planned(frozenset({(ONE, "policy/mail/x")})) == ({"discord:2"}, [])


def test_what_a_digest_lists_is_not_announced_again_and_settles_before_it_is_corrected() -> None:
    place = frozenset({(ONE, "release/mail/v0.15.6")})
    at = make.START + 3 * make.DAY
    quiet = make.known_release(make.release("v0.15.6"))
    changed = replace(quiet, changed_at=at, read_at=at)
    for tracked, verdict, again in ((quiet, "skip", None), (changed, "hold", at + make.SETTLE)):
        steps = plan(
            make.snapshot([tracked]),
            [make.watch("discord:1", DIGEST)],
            {},
            ["release/mail/v0.15.6"],
            now=at + timedelta(seconds=1),
            settle=make.SETTLE,
            in_digest=place,
        )
        assert steps.messages == ()
        assert [item.verdict for item in steps.decisions] == [verdict]
        assert steps.replan_at == again
