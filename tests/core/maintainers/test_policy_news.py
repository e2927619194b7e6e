"""A change of the policy page, as it waits for maintainers, is approved, held, skipped, or told together with a later one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.core.announce.audience import Watch
from chatbot.core.announce.messages import Plan
from chatbot.core.announce.plan import plan
from chatbot.core.announce.policy_news import PolicyNews
from chatbot.core.maintainers.controls import fold
from chatbot.core.maintainers.word import Action, Word
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.model.watches import WatchFilter
from tests.core import make
from tests.core.announce.test_for_digest import DIGEST

OPS = RoomAddress("discord:9")
ONE, TWO = "policy/mail/one", "policy/mail/two"
CARD = {ONE: "card/mail/policy/one", TWO: "card/mail/policy/two"}
TITLE = "Mail Server – security policy changed"
NEWS = PolicyNews(ONE, Message(title=TITLE, tone=Tone.POLICY), "d1", make.START + make.DAY)


def planned(
    news: PolicyNews = NEWS,
    *actions: Action,
    posted: make.PostedThere | None = None,
    watches: Sequence[Watch] = (),
    cards_arrive: bool = True,
    days: float = 1,
) -> Plan:
    empty = make.snapshot([])
    project = replace(empty.project, announce="approve", maintainers_room=OPS)
    words = [
        Word(action=action, subject=news.subject, by=RoomAddress("discord:user:1"), at=make.START) for action in actions
    ]
    return plan(
        replace(empty, project=project, controls=fold(words)),
        watches or [make.watch("discord:1")],
        posted or {},
        (),
        now=make.START + timedelta(days=days),
        settle=make.SETTLE,
        policy_news=news,
        cards_arrive=cards_arrive,
    )


def messages(steps: Plan) -> list[tuple[str, str, str]]:
    return [(each.subject, each.kind, each.message.title) for each in steps.messages]


def verdicts(steps: Plan) -> list[tuple[str, str]]:
    return [(each.subject, each.verdict) for each in steps.decisions]


def test_it_waits_and_its_card_asks() -> None:
    steps = planned()
    assert verdicts(steps) == [(ONE, "hold")]
    assert messages(steps) == [(CARD[ONE], "new", f"Announce {TITLE}?")]
    assert [action.name for action in steps.messages[0].message.actions] == ["approve", "skip"]
    again = planned(posted=make.carry_out(steps, {}))
    assert messages(again) == []
    nudged = planned(posted=make.carry_out(steps, {}), days=3)
    assert [(kind, title) for _, kind, title in messages(nudged)] == [("reply", f"{TITLE} still waits for your word")]


@pytest.mark.parametrize(
    ("action", "verdict", "title"),
    [
        ("now", "announce", f"{TITLE} is announced"),
        ("hold", "hold", f"{TITLE} is held"),
        ("skip", "skip", f"{TITLE} is not announced"),
    ],
)
def test_a_word_decides(action: Action, verdict: str, title: str) -> None:
    card = make.carry_out(planned(), {})
    steps = planned(NEWS, action, posted=card)
    assert verdicts(steps) == [(ONE, verdict)]
    assert (CARD[ONE], "edit", title) in messages(steps)
    assert ((ONE, "new", TITLE) in messages(steps)) is (verdict == "announce")
    assert messages(planned(NEWS, action, posted=make.carry_out(steps, card))) == []


def test_where_nobody_can_be_asked_it_goes_out() -> None:
    assert (ONE, "new", TITLE) in messages(planned(cards_arrive=False))


def test_a_room_with_a_digest_gets_it_with_the_next_one_after_the_word() -> None:
    steps = planned(NEWS, "now", watches=[make.watch("discord:1", DIGEST), make.watch("discord:2")])
    assert [(each.room, each.verdict) for each in steps.decisions] == [("discord:1", "hold"), ("discord:2", "announce")]


def test_a_room_that_came_later_is_not_told_and_one_that_waits_is() -> None:
    late, early = (replace(make.watch(room), since=make.START + 5 * make.DAY) for room in ("discord:1", "discord:2"))
    news = replace(NEWS, waiting=frozenset({(early.room.address, ONE)}))
    steps = planned(news, "now", watches=[late, early])
    assert {(each.room, each.verdict) for each in steps.decisions} == {("discord:1", "skip"), ("discord:2", "announce")}
    quiet = make.watch("discord:3", WatchFilter(events=frozenset({"security"})))
    assert [each.verdict for each in planned(watches=[quiet]).decisions] == ["skip"]


@pytest.mark.parametrize("is_taken_back", [False, True])
def test_a_later_change_takes_the_place_of_one_that_waits(is_taken_back: bool) -> None:
    posted = make.carry_out(planned(), {})
    message = None if is_taken_back else NEWS.message
    waiting = frozenset({(RoomAddress("discord:1"), ONE)})
    steps = planned(PolicyNews(TWO, message, "d2", NEWS.read_at, waiting), posted=posted)
    closed = (CARD[ONE], "edit", f"No room waits for {TITLE} any more")
    expected = [closed] if is_taken_back else [closed, (CARD[TWO], "new", f"Announce {TITLE}?")]
    assert messages(steps) == expected
    assert dict(verdicts(steps)) == ({ONE: "skip"} if is_taken_back else {ONE: "skip", TWO: "hold"})
