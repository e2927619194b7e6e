"""What a sync says, without a server: gaps, newcomers, invitations, departures, and nonsense."""

import json
from typing import Any

import pytest

from chatbot.chats.matrix.reference import Reference, can_be_named
from chatbot.chats.matrix.rooms import Room, Tracked
from chatbot.chats.matrix.sync import Gap, understand
from chatbot.core.text.json_values import read_json

US = "@us:hs"
JOINED = {"type": "m.room.member", "state_key": US, "sender": US, "content": {"membership": "join"}, "event_id": "$j"}


def message(name: str) -> dict[str, Any]:
    return {
        "type": "m.room.message",
        "sender": "@a:hs",
        "event_id": f"${name}",
        "content": {"msgtype": "m.text", "body": name},
    }


def joined(*events: Any, **timeline: Any) -> dict[str, Any]:
    return {"next_batch": "s2", "rooms": {"join": {"!r": {"timeline": {"events": list(events), **timeline}}}}}


def names(answer: dict[str, Any], rooms_before: Tracked) -> list[str]:
    return [event["content"]["body"] for _, event in understand(answer, rooms_before, US).events]


@pytest.mark.parametrize("depth", [150, 600, 950, 5_000])
def test_state_of_any_depth_is_read_and_written_down(depth: int) -> None:
    """Who may set the levels of a room must not end the sync of all rooms."""
    levels = {
        "type": "m.room.power_levels",
        "state_key": "",
        "sender": "@a:hs",
        "content": {"users": {"@a:hs": 100}, "x": "?"},
    }
    raw = json.dumps(joined(JOINED, levels, message("after"))).replace('"?"', "[" * depth + "]" * depth).encode()
    answer = read_json(raw)
    assert isinstance(answer, dict)
    changes = understand(answer, IN, US)
    assert json.dumps(changes.rooms["!r"].facts())
    assert changes.rooms["!r"].may_redact("@a:hs")
    assert [event["event_id"] for _, event in changes.events] == ["$after"]


IN = Tracked({"!r": Room(id="!r")})


def test_a_newcomer_reads_only_what_is_posted_from_then_on() -> None:
    answer = joined(message("before"), JOINED, message("after"), limited=True, prev_batch="p")
    changes = understand(answer, Tracked(), US)
    assert ([event["event_id"] for _, event in changes.events], changes.gaps) == (["$after"], ())
    assert names(answer, Tracked({"!r": Room(id="!r", left=True)})) == ["after"]


def test_a_cut_timeline_is_a_gap() -> None:
    changes = understand(joined(message("last"), limited=True, prev_batch="p"), IN, US)
    assert changes.gaps == (Gap(room="!r", before="p", behind=message("last")),)
    assert names(joined(message("a"), message("b")), IN) == ["a", "b"]


def test_state_and_nonsense_are_no_messages() -> None:
    answer = joined(JOINED, "text", 5, {"type": "m.room.message", "state_key": "", "content": {}}, message("a"))
    assert names(answer, IN) == ["a"]
    assert (
        understand({"next_batch": "s", "rooms": {"join": {"!r": {"timeline": [], "state": None}}}}, IN, US).events == ()
    )
    assert understand({"next_batch": "s", "rooms": None}, IN, US).rooms == {}


def test_an_invitation_and_a_departure() -> None:
    invite = {
        "type": "m.room.member",
        "state_key": US,
        "sender": "@a:hs",
        "content": {"membership": "invite", "is_direct": True},
    }
    changes = understand(
        {"next_batch": "s", "rooms": {"invite": {"!i": {"invite_state": {"events": [invite]}}}, "leave": {"!r": {}}}},
        IN,
        US,
    )
    assert (changes.rooms["!i"].invited_by, changes.rooms["!i"].direct) == ("@a:hs", "@a:hs")
    assert changes.rooms["!r"].left


def member(sender: str, *, direct: bool = False) -> dict[str, Any]:
    content = {"membership": "invite", "is_direct": direct}
    return {"type": "m.room.member", "state_key": US, "sender": sender, "content": content}


def invited(*events: dict[str, Any]) -> Room:
    invitation = {"!i": {"invite_state": {"events": list(events)}}}
    return understand({"next_batch": "s", "rooms": {"invite": invitation}}, IN, US).rooms["!i"]


def test_an_invitation_of_two_people_is_of_nobody() -> None:
    """The state that comes with it is written by the inviter's server."""
    for events in ((member("@admin:hs", direct=True), member("@eve:evil")), (member("@eve:evil"), member("@admin:hs"))):
        assert (invited(*events).invited_by, invited(*events).direct) == ("unknown", "")
    assert invited(member("@a:hs"), member("@a:hs")).invited_by == "@a:hs"
    assert invited().invited_by == "unknown"


def test_nothing_of_an_invitation_outlives_it() -> None:
    def state(kind: str, **content: Any) -> dict[str, Any]:
        return {"type": kind, "state_key": "", "sender": "@eve:evil", "content": content}

    forged = (
        state("m.room.create", room_version="12", predecessor={"room_id": "!r"}),
        state("m.room.power_levels", users={"@eve:evil": 100}),
        state("m.room.tombstone", replacement_room="!trap"),
        state("m.room.encryption", algorithm="x"),
        member("@eve:evil", direct=True),
    )
    room = invited(*forged)
    assert room == Room(id="!i", direct="@eve:evil", predecessor="!r", invited_by="@eve:evil")
    entered = {"next_batch": "s", "rooms": {"join": {"!i": {"timeline": {"events": [JOINED]}}}}}
    assert understand(entered, Tracked({"!i": room}), US).rooms["!i"] == Room(id="!i", direct="@eve:evil")


def test_a_room_that_we_never_were_in_is_forgotten() -> None:
    create = {"type": "m.room.create", "state_key": "", "sender": "@eve:evil", "content": {}}
    answer = {"next_batch": "s", "rooms": {"leave": {"!x": {"state": {"events": [create]}}}}}
    assert understand(answer, IN, US).rooms["!x"].is_forgotten
    assert not understand(answer, Tracked({"!x": Room(id="!x")}), US).rooms["!x"].is_forgotten


@pytest.mark.parametrize(
    ("direct", "joined", "invited", "is_direct"),
    [("@a:hs", 2, 0, True), ("@a:hs", 1, 1, True), ("@a:hs", 1, 0, True), ("@a:hs", 3, 0, False), ("@a:hs", 2, 1, False),
     ("@a:hs", 1, 2, False), ("@a:hs", 0, 0, False), ("", 2, 0, False)],
)  # fmt: skip
def test_only_one_to_one_is_direct(direct: str, joined: int, invited: int, is_direct: bool) -> None:
    assert Room(id="!r", direct=direct, joined=joined, invited=invited).is_direct is is_direct


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
        assert Reference.parse(str(reference)) == reference
    assert Reference.parse("$bare") == Reference(room="", event="$bare")


def test_ids_that_would_break_the_line_are_refused() -> None:
    assert can_be_named("!r:hs", "$e")
    for bad in ("", "$a b", "$a\nb", "$" + "x" * 300):
        assert not can_be_named(bad)
