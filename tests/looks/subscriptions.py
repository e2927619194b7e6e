"""What subscribers of Windlass are answered: cards, the confirmation, lists, reactions, refusals."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from chatbot.core.digests.personal import when_words
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message
from chatbot.core.model.severity import Severity
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.subscriptions import ageing, past
from chatbot.core.subscriptions.answers import listing, reactions, refusals
from chatbot.core.subscriptions.answers.card import Holding, card, confirmation, proof, with_dm
from chatbot.core.subscriptions.moving import running
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.core.subscriptions.wishes import read_wish
from tests.looks import windlass as w
from tests.looks.answers import EVERYTHING, context

ANN = RoomAddress("discord:user:1")
NAMES = {w.WINDLASS.id: w.WINDLASS.name}


def theirs(scope: Scope, **more: object) -> Subscription:
    values: dict[str, object] = {"id": 7, "person": ANN, "project": w.WINDLASS.id, "scope": scope}
    return Subscription(**(values | {"since": w.NOW, "confirmed_at": w.NOW} | more))  # type: ignore[arg-type]  # a table of mixed fields


def holding(of: Subscription, version: str = "", *, is_new: bool = True) -> Holding:
    desk = context({})
    return Holding(
        version=version,
        past=past.in_the_last_year(EVERYTHING, of, w.NOW) if is_new else None,
        now=past.now(EVERYTHING, of),
        list_at=when_words(ZoneInfo("Europe/Berlin")),
        notes=(ageing.step(EVERYTHING, desk.policy, of, w.NOW),),
    )


LINE = theirs(Scope("line", "4.1"))
EXACT = theirs(Scope("version", "4.1.8"), id=8, releases="weekly")
ENDED = theirs(Scope("line", "3.9"), id=9)
WHOLE = theirs(Scope("project"), id=10, min_severity=Severity.HIGH, releases="now")


def _moved(desk: QueryContext, version: str, after: Subscription) -> Message:
    reference = running(desk, version)
    assert not isinstance(reference, Message)
    return reactions.now_runs(desk, reference, after, True)


def _answers() -> Iterator[tuple[str, str, Message]]:
    desk = context({})
    on_line = card(desk, LINE, holding(LINE, "4.1.8"))
    yield "card-of-a-line", "/subscribe 4.1.8", with_dm(on_line)
    yield "card-confirmation", "", confirmation(on_line)
    yield "card-proof", "", proof(on_line)
    yield "card-of-a-version", "", card(desk, EXACT, holding(EXACT, is_new=False))
    yield "card-of-an-ended-line", "/subscribe 3.9", card(desk, ENDED, holding(ENDED))
    yield "card-of-a-project", "/subscribe", card(desk, WHOLE, holding(WHOLE))
    for name, line in (("unknown-version", "4.1.99"), ("not-a-version", "banana")):
        wish = read_wish(desk, line)
        assert isinstance(wish, Message)
        yield f"subscribe-{name}", f"/subscribe {line}", wish
    yield "subscriptions", "/subscriptions", listing.listing([LINE, EXACT, ENDED, WHOLE], NAMES, "/")
    yield "subscriptions-none", "/subscriptions", listing.none_yet("/")
    yield "unsubscribe-which", "/unsubscribe", listing.which_to_end([LINE, WHOLE], NAMES, "/")
    yield "unsubscribe", "/unsubscribe 4.1", listing.end_answer([LINE], NAMES, 1, "/")
    yield "unsubscribe-all", "/unsubscribe all", listing.end_answer([LINE, WHOLE], NAMES, 0, "/")
    yield "upgraded", "/upgraded 4.1.9", _moved(desk, "4.1.9", theirs(Scope("version", "4.1.9")))
    yield "upgraded-vulnerable", "/upgraded 4.2.2", _moved(desk, "4.2.2", theirs(Scope("version", "4.2.2")))
    yield "upgraded-which", "/upgraded 4.2.3", listing.which_moved("4.2.3", [EXACT, ENDED], NAMES)
    yield "snooze", "/snooze", reactions.remind(w.CRITICAL, w.NOW + timedelta(days=1))
    yield "mute", "/mute CVE-2031-40417", reactions.muted(desk, w.CRITICAL)
    others = [refusals.own_dm("/subscribe 4.1.8 windlass")]
    refusal = refusals.unreachable("You don't accept DMs from me. Allow them in the server's privacy settings.", others)
    yield "subscribe-refused", "/subscribe 4.1.8", refusal
    yield "subscribe-too-many", "/subscribe 4.1.8", refusals.too_many("/")
    back = refusals.told_first(on_line, "Your DM took no messages from me", is_over=True)
    yield "card-after-trouble", "/subscriptions", back
    yield "subscriptions-not-shown", "/subscriptions", refusals.with_hidden(on_line, 2, "channel")
    yield "subscriptions-none-shown", "/subscriptions", refusals.only_hidden(1, "channel")


SUBSCRIPTIONS: Mapping[str, tuple[str, Message]] = {
    f"answer-{name}": (line, replace(message, answer=True)) for name, line, message in _answers()
}
