"""Projects that are not public: for whoever left the room they do not exist, by any command, from that moment."""

import pytest

from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.delivery import Lane, State
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.model.watches import Project
from chatbot.store import outbox
from chatbot.store.subscriptions import alerts
from tests.core.make import lines_of
from tests.looks import windlass as w
from tests.runtime.subscriptions.stage import BEN, CHANNEL, SNAPSHOT, Stage, dm_of, room_of

KEEL = Project(
    id=ProjectId("keel"), name="Keel", repository="hidden/keel", public=False, maintainers=("discord:user:9",)
)
CELLAR, ATTIC = RoomAddress("discord:2002"), RoomAddress("discord:2003")
MIRA = RoomAddress("discord:user:9")


@pytest.fixture
async def cellar(stage: Stage) -> Stage:
    """Ben subscribed in the room of a private project, and to a public one."""
    stage.projects = [w.WINDLASS, KEEL]
    stage.snapshots = {w.WINDLASS.id: SNAPSHOT, KEEL.id: SNAPSHOT}
    stage.rooms = [room_of(CHANNEL), room_of(CELLAR, KEEL)]
    await stage.type("subscribe 4.2", BEN)
    assert (await stage.type("subscribe 4.1", BEN, room=CELLAR)).title == "You get alerts for Keel 4.1.x"
    return stage


def text(message: Message) -> str:
    return "\n".join(lines_of(message)).casefold()


COMMANDS = [
    ("subscribe", {"version": "4.2", "project": "keel"}),
    ("subscriptions", {}),
    ("unsubscribe", {"version": "4.1", "project": "keel"}),
    ("unsubscribe", {"version": "#2"}),
    ("unsubscribe", {"version": "4.1"}),
    ("upgraded", {"version": "4.1.9", "project": "keel"}),
    ("snooze", {"id": "GHSA-none", "project": "keel"}),
    ("mute", {"id": w.CRITICAL.id, "project": "keel"}),
    ("choose-scope", {"id": "2 4.1.8", "value": "version:4.1.8"}),
    ("choose-releases", {"id": "2", "value": "now"}),
    ("choose-subscription", {"value": "2"}),
    ("choose-end", {"value": "2"}),
    ("choose-moved", {"id": "4.1.9", "value": "2"}),
    ("my-data", {}),
]


@pytest.mark.parametrize("is_silent", [False, True])
@pytest.mark.parametrize(("command", "arguments"), COMMANDS)
async def test_no_command_names_it_to_who_left(
    cellar: Stage, command: str, arguments: dict[str, str], *, is_silent: bool
) -> None:
    """Also while the chat can't tell: then nothing ends, and nothing is named."""
    cellar.members.departures, cellar.members.is_silent = {(BEN, CELLAR)}, is_silent
    answer = await cellar.ask(command, arguments, BEN, dm=True)
    assert "keel" not in text(answer).replace("“keel”", "")  # but what they typed themselves
    assert await cellar.scopes(BEN) == [("line", "4.2"), *([("line", "4.1")] if is_silent else [])]


@pytest.mark.parametrize(("command", "arguments"), COMMANDS[:7])
async def test_it_is_answered_like_a_project_that_there_is_not(
    cellar: Stage, command: str, arguments: dict[str, str]
) -> None:
    cellar.members.departures = {(BEN, CELLAR)}
    await cellar.type("subscriptions", BEN, dm=True)  # the end itself is said once, and names nothing
    answer = await cellar.ask(command, arguments, BEN, dm=True)
    if "project" in arguments:
        mine = await cellar.ask(command, arguments | {"project": "keal"}, BEN, dm=True)
        assert text(answer).replace("keel", "keal") == text(mine)
    assert "has ended" not in text(answer)


async def test_the_end_is_said_once_without_a_name(cellar: Stage) -> None:
    cellar.members.departures = {(BEN, CELLAR)}
    answer = await cellar.type("subscriptions", BEN, dm=True)
    assert lines_of(answer)[1] == "A subscription has ended: You are no longer in the channel where you made it."
    assert "A subscription has ended" not in "\n".join(lines_of(await cellar.type("subscriptions", BEN, dm=True)))


async def test_in_the_room_itself_all_goes_on(cellar: Stage) -> None:
    cellar.members.is_silent = True
    assert (await cellar.type("subscribe 4.2", BEN, room=CELLAR)).title == "You get alerts for Keel 4.2.x"
    cellar.members.is_silent = False
    assert "Keel 4.1.x" in "\n".join(lines_of(await cellar.type("subscriptions", BEN, dm=True)))
    assert (await cellar.type("subscribe 4 keel", MIRA, dm=True)).title == "You get alerts for Keel 4.x"
    cellar.members.departures = {(MIRA, CELLAR)}
    assert "Keel" in "\n".join(lines_of(await cellar.type("subscriptions", MIRA, dm=True)))


async def test_subscribing_again_in_another_room_is_to_be_in_that_one(cellar: Stage) -> None:
    cellar.rooms = [*cellar.rooms, room_of(ATTIC, KEEL)]
    await cellar.type("subscribe 4.1", BEN, room=ATTIC)
    cellar.members.departures = {(BEN, CELLAR)}
    assert "Keel 4.1.x" in "\n".join(lines_of(await cellar.type("subscriptions", BEN, dm=True)))
    assert [each.home for each in await cellar.own(BEN)] == [CHANNEL, ATTIC]
    cellar.members.departures = {(BEN, ATTIC)}
    await cellar.type("subscriptions", BEN, dm=True)
    assert await cellar.scopes(BEN) == [("line", "4.2")]


@pytest.mark.parametrize(
    "line", ["subscriptions", "unsubscribe", "unsubscribe 4.1", "upgraded 4.1.9", "mute GHSA-none"]
)
async def test_nobody_reads_that_they_have_none_while_theirs_cannot_be_shown(cellar: Stage, line: str) -> None:
    await cellar.type("unsubscribe 4.2", BEN)
    cellar.members.is_silent = True
    assert (await cellar.type(line, BEN, dm=True)).title == "I can't show your subscription right now"
    assert await cellar.scopes(BEN) == [("line", "4.1")]


async def test_while_its_room_is_not_configured_nothing_is_named_and_nothing_ends(cellar: Stage) -> None:
    rooms, cellar.rooms = cellar.rooms, [room_of(CHANNEL), room_of(CELLAR), room_of(ATTIC, KEEL)]
    answer = await cellar.type("subscriptions", BEN, room=CELLAR)
    assert "keel" not in text(answer)
    assert answer.fields[-1].label == "1 subscription not shown"
    cellar.rooms = rooms
    answer = await cellar.type("subscriptions", BEN, dm=True)
    assert ("keel" in text(answer), [each.label for each in answer.fields]) == (True, [])


async def test_who_has_only_such_ones_reads_that_they_have_one(cellar: Stage) -> None:
    await cellar.type("unsubscribe 4.2", BEN)
    cellar.members.is_silent = True
    answer = await cellar.type("subscriptions", BEN, dm=True)
    assert answer.title == "I can't show your subscription right now"
    assert "whether you are still in the channel where you made it" in text(answer)


async def test_who_ends_everything_ends_what_cannot_be_shown_too(cellar: Stage) -> None:
    cellar.members.is_silent = True
    answer = await cellar.type("unsubscribe all", BEN, dm=True)
    assert answer.title == "Ended: 2 subscriptions"
    assert "keel" not in text(answer)
    assert await cellar.own(BEN) == []


async def test_what_was_queued_about_it_is_not_sent(cellar: Stage) -> None:
    alert = PlannedMessage(
        project=KEEL.id,
        subject=alerts.subject_of(KEEL.id, w.CRITICAL.id),
        kind="new",
        message=Message(title="Your 4.1.8 is affected", tone=Tone.CRITICAL),
        lane=Lane.ALERT_URGENT,
        revisions={dm_of(BEN): 1},
    )
    async with cellar.store.writing() as tx:
        await outbox.add(tx, [alert], cellar.clock())
    cellar.members.departures = {(BEN, CELLAR)}
    await cellar.type("subscriptions", BEN, dm=True)
    async with cellar.store.reading() as tx:
        assert not (await outbox.counts(tx)).get(State.PENDING)
