"""Rooms from raw state: who may do what in the versions 10 to 12, and what else a room's state says."""

from typing import Any

import pytest

from chatbot.chats.matrix.rooms import CREATOR, Room, Tracked

US, ANN, BEN, EVE = "@us:hs", "@ann:hs", "@ben:hs", "@eve:hs"


def state(kind: str, content: dict[str, Any], sender: str = ANN, key: str = "") -> dict[str, Any]:
    return {"type": kind, "state_key": key, "sender": sender, "content": content}


def room_of(version: str, *events: dict[str, Any], **create: Any) -> Room:
    room = Room(id="!r:hs").apply(state("m.room.create", {"room_version": version, **create}), US)
    for event in events:
        room = room.apply(event, US)
    return room


def levels(**content: Any) -> dict[str, Any]:
    return state("m.room.power_levels", content)


@pytest.mark.parametrize("version", ["10", "11"])
def test_in_older_rooms_the_creator_is_a_user_like_others(version: str) -> None:
    assert room_of(version).level(ANN) == 100
    assert room_of(version, levels(users={BEN: 50})).level(ANN) == 0
    assert room_of(version, creator=BEN).level(BEN) == 100


@pytest.mark.parametrize("version", ["12", "org.matrix.hydra.11"])
def test_in_newer_rooms_creators_stand_above_all(version: str) -> None:
    room = room_of(version, levels(users={BEN: 100, ANN: 0}), additional_creators=[EVE, 7])
    assert (room.level(ANN), room.level(EVE), room.level(BEN)) == (CREATOR, CREATOR, 100)


@pytest.mark.parametrize(
    "version", ["13", "org.example.next", "org.matrix.msc3757.10", "org.matrix.msc3757.11", "", "012", "12 "]
)
def test_in_rooms_of_unknown_versions_creators_have_what_is_written_down(version: str) -> None:
    assert room_of(version, levels(users={BEN: 100, ANN: 0}), additional_creators=[EVE]).level(ANN) == 0
    assert room_of(version, levels(users={BEN: 100}), additional_creators=[EVE]).level(EVE) == 0
    assert room_of(version).level(ANN) == 0
    assert not room_of(version, levels(users={BEN: 100})).is_admin(ANN)


@pytest.mark.parametrize(("name", "shown"), [("Releases", "Releases"), ("x" * 999, "x" * 100), (7, ""), (None, "")])
def test_a_room_is_called_what_its_members_call_it(name: object, shown: str) -> None:
    assert room_of("11", state("m.room.name", {"name": name})).name == shown


def test_a_person_taken_out_of_the_levels_has_none() -> None:
    room = room_of("11", levels(users={ANN: 100, BEN: 50}), levels(users={ANN: 100}))
    assert not room.may_redact(BEN)
    assert room.may_redact(ANN)


@pytest.mark.parametrize(
    ("content", "user", "may"),
    [
        ({"users": {BEN: 50}}, BEN, (True, True, True, True)),
        ({"users": {BEN: 49}}, BEN, (True, False, False, False)),
        ({"users": {BEN: "50"}}, BEN, (True, True, True, True)),
        ({"users": {BEN: True}, "events_default": 1}, BEN, (False, False, False, False)),
        ({"users": {BEN: []}, "users_default": "x"}, BEN, (True, False, False, False)),
        ({"events": {"m.room.message": 60}, "users": {BEN: 50}}, BEN, (False, True, True, True)),
        ({"notifications": {"room": 0}, "redact": 0, "state_default": 0}, EVE, (True, True, False, False)),
        ({"notifications": [], "users": None, "events": 5}, EVE, (True, False, False, False)),
    ],
)  # fmt: skip
def test_levels(content: dict[str, Any], user: str, may: tuple[bool, bool, bool, bool]) -> None:
    room = room_of("11", levels(**content))
    assert (room.may_send(user), room.may_ping_room(user), room.may_redact(user), room.is_admin(user)) == may


def test_a_room_stays_encrypted() -> None:
    room = room_of(
        "11", state("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}), state("m.room.encryption", {})
    )
    assert room.encrypted


def test_a_room_is_a_dm_only_with_two_members() -> None:
    invited = Room(id="!r:hs", joined=2).apply(
        state("m.room.member", {"membership": "invite", "is_direct": True}, ANN, US), US
    )
    assert (invited.direct, invited.is_direct) == (ANN, True)
    crowd = Room.from_facts("!r:hs", {**invited.facts(), "joined": 3})
    assert not crowd.is_direct
    ours = Room(id="!r:hs").apply(state("m.room.member", {"membership": "invite", "is_direct": True}, US, BEN), US)
    assert (ours.direct, ours.other) == (BEN, "invite")
    assert ours.apply(state("m.room.member", {"membership": "leave"}, BEN, BEN), US).other == "leave"


def test_facts_are_kept_and_read() -> None:
    room = room_of(
        "12",
        levels(users={BEN: 50}),
        state("m.room.tombstone", {"replacement_room": "!new"}),
        predecessor={"room_id": "!old"},
    )
    assert (room.successor, room.closed_by, room.predecessor) == ("!new", ANN, "!old")
    assert Room.from_facts("!r:hs", room.facts()) == room
    assert Room.from_facts("!r:hs", {"of_a_later_version": 1}) == Room(id="!r:hs")


@pytest.mark.parametrize("content", [{"predecessor": []}, {"room_version": None}, {"additional_creators": "x"}])
def test_strange_state_is_no_crash(content: dict[str, Any]) -> None:
    assert (
        room_of("12", state("m.room.create", content), state("m.room.tombstone", {"replacement_room": 5})).successor
        == ""
    )


def test_the_dm_that_people_are_in_comes_first() -> None:
    rooms = [Room(id=f"!{other}:hs", direct=ANN, other=other, joined=1) for other in ("leave", "join", "invite")]
    rooms.append(Room(id="!z:hs", direct=ANN, other="join", left=True))
    result = Tracked({room.id: room for room in rooms}).direct_with(ANN)
    assert result is not None
    assert result.id == "!join:hs"
    assert Tracked().direct_with(ANN) is None


@pytest.mark.parametrize(
    ("content", "messages", "milliseconds"),
    [
        ({}, 100, 604_800_000),
        ({"rotation_period_msgs": 5, "rotation_period_ms": 86_400_000}, 5, 86_400_000),
        ({"rotation_period_msgs": 0, "rotation_period_ms": 1}, 1, 3_600_000),
        ({"rotation_period_msgs": -5, "rotation_period_ms": -5}, 1, 3_600_000),
        ({"rotation_period_msgs": 10**30, "rotation_period_ms": 10**30}, 10_000, 52 * 604_800_000),
        ({"rotation_period_msgs": "5", "rotation_period_ms": True}, 100, 604_800_000),
        ({"rotation_period_msgs": 5.5, "rotation_period_ms": None}, 100, 604_800_000),
    ],
)
def test_how_long_a_room_key_is_used(content: dict[str, Any], messages: int, milliseconds: int) -> None:
    room = room_of("11", state("m.room.encryption", content))
    assert (room.encrypted, room.rotate_messages, room.rotate_ms) == (True, messages, milliseconds)
    assert Room.from_facts(room.id, room.facts()) == room


def test_no_line_of_the_log_says_who_has_a_dm_with_us() -> None:
    assert Room(id="!a:example.org").in_logs == "!a:example.org"
    assert Room(id="!a:example.org", direct="@alice:example.org").in_logs == "a DM"
