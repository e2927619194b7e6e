"""Which rooms share a planned message, which are served by a bridge, and who is pinged."""

import pytest

from chatbot.core.announce.audience import bridge_for, by_filter, with_mention
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Mention, Message, Tone
from chatbot.core.model.watches import Room, WatchFilter
from tests.core import make

QUIET = WatchFilter(prereleases=True)


def test_rooms_that_want_the_same_are_together_in_their_order() -> None:
    one, two, three = make.watch("discord:1"), make.watch("discord:2", QUIET), make.watch("discord:3")
    assert by_filter([one, two, three]) == {WatchFilter(): [one, three], QUIET: [two]}


ONE, TWO, THREE = (
    make.room("discord:1"),
    make.room("matrix:!2:x", bridged_with=("discord:1",)),
    make.room("discord:3"),
)
FOUR = make.room("discord:4", bridged_with=("discord:5",))
FIVE = make.room("discord:5")


@pytest.mark.parametrize(("room", "other"), [(ONE, None), (TWO, ONE), (THREE, None), (FOUR, None), (FIVE, FOUR)])
def test_of_bridged_rooms_the_first_in_the_configuration_gets_the_message(room: Room, other: Room | None) -> None:
    assert bridge_for(room, [ONE, TWO, THREE, FOUR, FIVE]) is other


def test_a_room_that_is_not_configured_is_bridged_with_nothing() -> None:
    assert bridge_for(make.room("discord:9"), [ONE, TWO]) is None


@pytest.mark.parametrize(
    ("mention", "ping", "mentions"),
    [(Mention("room"), True, (Mention("room"),)), (Mention("room"), False, ()), (None, True, ()), (None, False, ())],
)
def test_only_the_room_s_own_mention_is_made(
    mention: Mention | None, ping: bool, mentions: tuple[Mention, ...]
) -> None:
    message = Message(title="x", tone=Tone.ROUTINE, mentions=(Mention("user", "9"),))
    assert with_mention(message, WatchFilter(mention=mention), ping=ping).mentions == mentions


@pytest.mark.parametrize(
    ("address", "chat", "place"),
    [("discord:1", "discord", "1"), ("matrix:!a:b.c", "matrix", "!a:b.c"), ("console", "console", "")],
)
def test_addresses(address: str, chat: str, place: str) -> None:
    assert (RoomAddress(address).chat, RoomAddress(address).place) == (chat, place)
