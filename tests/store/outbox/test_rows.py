"""What many rooms have of their own is computed once, and is the same for fewer of them."""

import pytest

from chatbot.core.announce.messages import MessageKind, PlannedMessage, announcement_id, delivery_key
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.store.outbox.rows import address

SUBJECT = "release/ferry/v1.0.1"
ROOMS = [RoomAddress(f"discord:{number}") for number in (3, 1, 2)] + [RoomAddress("matrix:dm:!a:hs.test")]


def planned(kind: MessageKind = "new") -> PlannedMessage:
    return PlannedMessage(
        project=ProjectId("ferry"),
        subject=SUBJECT,
        kind=kind,
        message=Message(title="Ferry 1.0.1", tone=Tone.GOOD),
        lane=Lane.ROUTINE,
        revisions=dict.fromkeys(ROOMS, 1),
    )


def test_each_room_has_its_own_ids() -> None:
    first = address(planned())
    assert first.rooms == sorted(ROOMS)
    assert first.chats == ["discord", "discord", "discord", "matrix"]
    assert first.names == [announcement_id(room, SUBJECT) for room in first.rooms]
    assert first.keys == [delivery_key(announcement_id(room, SUBJECT), 1, "new", room) for room in first.rooms]


@pytest.mark.parametrize("others", [set(), {ROOMS[0]}, {ROOMS[3], ROOMS[1]}, set(ROOMS), {RoomAddress("discord:9")}])
def test_rooms_that_have_one_are_left_out(others: set[RoomAddress]) -> None:
    fewer = address(planned()).without(others)
    assert fewer.rooms == sorted(set(ROOMS) - others)
    assert fewer.keys == [delivery_key(announcement_id(room, SUBJECT), 1, "new", room) for room in fewer.rooms]


def test_an_edit_has_no_new_rows() -> None:
    assert address(planned("edit")).rooms == ()
