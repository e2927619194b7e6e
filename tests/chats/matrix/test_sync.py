"""What a sync says, without a server: gaps, newcomers, invitations, departures, and nonsense."""

from typing import Any

from chatbot.chats.matrix.reference import Reference, can_be_named
from chatbot.chats.matrix.rooms import Known, Room
from chatbot.chats.matrix.sync import Gap, understand

US = "@us:hs"
JOINED = {"type": "m.room.member", "state_key": US, "sender": US, "content": {"membership": "join"}, "event_id": "$j"}


def said(name: str) -> dict[str, Any]:
    return {
        "type": "m.room.message",
        "sender": "@a:hs",
        "event_id": f"${name}",
        "content": {"msgtype": "m.text", "body": name},
    }


def joined(*events: Any, **timeline: Any) -> dict[str, Any]:
    return {"next_batch": "s2", "rooms": {"join": {"!r": {"timeline": {"events": list(events), **timeline}}}}}


def names(answer: dict[str, Any], known: Known) -> list[str]:
    return [event["content"]["body"] for _, event in understand(answer, known, US).said]


IN = Known({"!r": Room(id="!r")})


def test_a_newcomer_hears_only_what_is_said_from_then_on() -> None:
    answer = joined(said("before"), JOINED, said("after"), limited=True, prev_batch="p")
    told = understand(answer, Known(), US)
    assert ([event["event_id"] for _, event in told.said], told.gaps) == (["$after"], ())
    assert names(answer, Known({"!r": Room(id="!r", left=True)})) == ["after"]


def test_a_cut_timeline_is_a_gap() -> None:
    told = understand(joined(said("last"), limited=True, prev_batch="p"), IN, US)
    assert told.gaps == (Gap(room="!r", before="p", behind=said("last")),)
    assert names(joined(said("a"), said("b")), IN) == ["a", "b"]


def test_state_and_nonsense_are_no_messages() -> None:
    answer = joined(JOINED, "text", 5, {"type": "m.room.message", "state_key": "", "content": {}}, said("a"))
    assert names(answer, IN) == ["a"]
    assert (
        understand({"next_batch": "s", "rooms": {"join": {"!r": {"timeline": [], "state": None}}}}, IN, US).said == ()
    )
    assert understand({"next_batch": "s", "rooms": None}, IN, US).rooms == {}


def test_an_invitation_and_a_departure() -> None:
    invite = {
        "type": "m.room.member",
        "state_key": US,
        "sender": "@a:hs",
        "content": {"membership": "invite", "is_direct": True},
    }
    told = understand(
        {"next_batch": "s", "rooms": {"invite": {"!i": {"invite_state": {"events": [invite]}}}, "leave": {"!r": {}}}},
        IN,
        US,
    )
    assert (told.rooms["!i"].invited_by, told.rooms["!i"].direct) == ("@a:hs", "@a:hs")
    assert told.rooms["!r"].left


def test_the_number_of_members_is_kept() -> None:
    answer = {"next_batch": "s", "rooms": {"join": {"!r": {"summary": {"m.joined_member_count": 3}}}}}
    assert understand(answer, IN, US).rooms["!r"].joined == 3


def test_references_read_back() -> None:
    for reference in (
        Reference(room="!r:hs", event="$e"),
        Reference(room="!r:hs", event="$e", thread="$t"),
        Reference(room="!r:hs", event="$e", asker="@a:hs"),
        Reference(room="!r:hs", event="$e", thread="$t", asker="@a:hs"),
    ):
        assert Reference.read(str(reference)) == reference
    assert Reference.read("$bare") == Reference(room="", event="$bare")


def test_ids_that_would_break_the_line_are_refused() -> None:
    assert can_be_named("!r:hs", "$e")
    for bad in ("", "$a b", "$a\nb", "$" + "x" * 300):
        assert not can_be_named(bad)
