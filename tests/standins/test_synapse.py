"""The stand-in itself: accounts, rooms and a restart that forgets nothing."""

import pytest

from tests.standins.synapse import Refused, synapse


def test_a_room_survives_a_restart_with_limits() -> None:
    with synapse() as server:
        alice, bob = server.register("alice"), server.register("bob")
        room = alice.create_room(invite=[bob.id])
        bob.join(room)
        alice.say(room, "hello")
        server.restart(rc_message={"per_second": 0.1, "burst_count": 1})
        bob.say(room, "hi")
        with pytest.raises(Refused, match="429"):
            bob.say(room, "again")
        assert [e["content"]["body"] for e in alice.history(room) if e["type"] == "m.room.message"] == ["hello", "hi"]
