"""Subscribing: what is stored, the card, the first DM, and what happens where none opens."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import Project
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.subscriptions.subscription import MOST
from chatbot.ports import ChatRefused, ChatUnavailable
from tests.core.make import lines_of
from tests.looks import windlass as w
from tests.runtime.subscriptions.stage import ANN, BEN, CHANNEL, OLA, ROOM, SNAPSHOT, Stage, dm_of, room_of

CAPSTAN = Project(id=ProjectId("capstan"), name="Capstan", repository="windlass-example/capstan")
SECRET = replace(CAPSTAN, id=ProjectId("keel"), name="Keel", public=False, maintainers=("discord:user:9",))
MIRA = RoomAddress("discord:user:9")
CELLAR = RoomAddress("discord:2002")


def text(message: Message) -> str:
    return "\n".join(lines_of(message))


def chosen(message: Message) -> list[str]:
    return [option.value for menu in message.menus for option in menu.options if option.chosen]


@pytest.mark.parametrize(
    ("line", "scope", "severity", "title"),
    [
        ("subscribe 4.1", ("line", "4.1"), Severity.LOW, "You get alerts for Windlass 4.1.x"),
        ("subscribe 4.1.x", ("line", "4.1"), Severity.LOW, "You get alerts for Windlass 4.1.x"),
        ("subscribe 4.1.8", ("line", "4.1"), Severity.LOW, "You get alerts for Windlass 4.1.x"),
        ("subscribe v4.1.8 windlass", ("line", "4.1"), Severity.LOW, "You get alerts for Windlass 4.1.x"),
        ("subscribe 3.9", ("line", "3.9"), Severity.LOW, "You get alerts for Windlass 3.9.x"),
        ("subscribe 4", ("line", "4"), Severity.LOW, "You get alerts for Windlass 4.x"),
        ("subscribe", ("project", ""), Severity.HIGH, "You get alerts for all of Windlass (high and critical)"),
    ],
)
async def test_a_line_is_the_default(
    stage: Stage, line: str, scope: tuple[str, str], severity: Severity, title: str
) -> None:
    answer = await stage.type(line)
    assert answer.title == title
    assert answer.private
    (subscription,) = await stage.own()
    assert (subscription.scope.kind, subscription.scope.name) == scope
    assert (subscription.min_severity, subscription.releases) == (severity, "never")
    assert (subscription.since, subscription.confirmed_at, subscription.home) == (w.NOW, w.NOW, CHANNEL)


async def test_the_version_that_was_named_is_one_choice_away(stage: Stage) -> None:
    card = await stage.type("subscribe 4.1.8")
    assert chosen(card) == ["line:4.1", "never"]
    assert [option.value for option in card.menus[0].options][:2] == ["line:4.1", "version:4.1.8"]
    menu = card.menus[0]
    stage.clock.advance(timedelta(minutes=1))
    again = await stage.ask(menu.name, {"project": menu.project, "id": menu.subject, "value": "version:4.1.8"})
    assert chosen(again) == ["version:4.1.8", "never"]
    (subscription,) = await stage.own()
    assert (subscription.scope.kind, subscription.scope.name, subscription.since) == (
        "version",
        "4.1.8",
        w.NOW + timedelta(minutes=1),
    )
    other = again.menus[1]
    now = await stage.ask(other.name, {"project": other.project, "id": other.subject, "value": "now"})
    assert chosen(now) == ["version:4.1.8", "now"]
    assert (await stage.own())[0].releases == "now"
    back = await stage.ask(menu.name, {"id": menu.subject, "value": "line:4.1"})
    assert chosen(back) == ["line:4.1", "now"]
    assert await stage.scopes() == [("line", "4.1")]


@pytest.mark.parametrize("value", ["project:critical", "project:medium", "project:low"])
async def test_everything_from_a_severity_on(stage: Stage, value: str) -> None:
    card = await stage.type("subscribe 4.1.8")
    changed = await stage.ask("choose-scope", {"id": card.menus[0].subject, "value": value})
    assert chosen(changed) == [value, "never"]
    (subscription,) = await stage.own()
    assert (subscription.scope.kind, subscription.min_severity) == ("project", value.partition(":")[2])


async def test_what_affects_the_version_now_and_what_would_have_alerted_is_shown(stage: Stage) -> None:
    words = text(await stage.type("subscribe 4.1.8"))
    assert "Right now: Windlass 4.1.8 is affected by 1 advisory: upgrade to 4.1.9" in words
    assert "In the last 12 months you would have had 2 alerts:" in words
    assert "Share links open every folder of their owner (critical, 20 May 2031)" in words


async def test_an_ended_line_can_be_subscribed_to_and_is_named_as_ended(stage: Stage) -> None:
    words = text(await stage.type("subscribe 3.9.6"))
    assert "Line 3.9 is out of support" in words
    assert await stage.scopes() == [("line", "3.9")]


@pytest.mark.parametrize(
    ("line", "title", "near"),
    [
        ("subscribe 4.1.99", "There is no release 4.1.99 of Windlass; the newest is 4.2.3", "/subscribe 4.1.9"),
        ("subscribe 7", "There is no release 7 of Windlass; the newest is 4.2.3", "/subscribe 4.2.3"),
        ("subscribe 4.7.x", "There is no 4.7 release line of Windlass; the newest release is 4.2.3", "Known lines"),
        ("subscribe banana", "“banana” doesn't look like a version", "Try 4.2.3."),
    ],
)
async def test_what_was_never_published_is_not_subscribed_to(stage: Stage, line: str, title: str, near: str) -> None:
    answer = await stage.type(line)
    assert answer.title == title
    assert near in text(answer)
    assert await stage.own() == []
    assert stage.dms["discord"].attempts == 0


# ---- the first DM --------------------------------------------------------------------------------------------------------


async def test_the_first_dm_is_the_confirmation_and_the_only_one(stage: Stage) -> None:
    card = await stage.type("subscribe 4.1.8")
    ((person, greeting, key),) = stage.dms["discord"].greeted
    assert person == ANN
    assert key
    assert "Alerts come here. You can read this, so they reach you." in text(greeting)
    assert "In the last 12 months you would have had 2 alerts:" in text(greeting)
    assert "I have just sent you a DM" in text(card)
    assert greeting.menus == card.menus
    stored = await stage.person()
    assert stored is not None
    assert stored.dm == dm_of(ANN)
    second = await stage.type("subscribe 4.2")
    assert "DM" not in text(second)
    assert len(stage.dms["discord"].greeted) == 1
    assert await stage.scopes() == [("line", "4.1"), ("line", "4.2")]


async def test_asked_in_the_dm_the_answer_is_the_confirmation(stage: Stage) -> None:
    answer = await stage.type("subscribe 4.1", dm=True)
    assert "Alerts come here. You can read this, so they reach you." in text(answer)
    assert stage.dms["discord"].attempts == 0
    stored = await stage.person()
    assert stored is not None
    assert stored.dm == dm_of(ANN)


async def test_where_a_room_shows_all_to_all_the_card_comes_into_the_dm(stage: Stage) -> None:
    answer = await stage.type("!subscribe 4.1.8", OLA, room=ROOM)
    assert (answer.title, answer.private) == ("You get alerts for Windlass 4.1.x", True)
    ((_, greeting, _),) = stage.dms["matrix"].greeted
    assert (greeting.title, greeting.menus) == ("Alerts come here", ())
    assert "4.1" not in text(greeting)
    assert (await stage.type("!subscribe 4.2", OLA, room=ROOM)).private


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ChatRefused("You don't accept DMs from me. Allow them."), "You don't accept DMs from me. Allow them."),
        (ChatUnavailable("503", timedelta(minutes=7)), "Please try again in 7 minutes"),
        (ChatUnavailable("503", timedelta(hours=5)), "Please try again in 5 hours"),
        (ChatUnavailable("503"), "Please try again in 1 minute"),
    ],
)
async def test_a_refused_dm_is_answered_at_once_and_nothing_is_stored(stage: Stage, error: Exception, why: str) -> None:
    stage.dms["discord"].failures = [error]
    answer = await stage.type("subscribe 4.1")
    assert answer.title == "I can't send you alerts yet, so I stored nothing"
    assert why in text(answer)
    assert "Security news of Windlass is announced in this channel as well." in text(answer)
    assert await stage.own() == []
    assert await stage.person() is None
    assert (await stage.type("subscribe 4.1")).title == "You get alerts for Windlass 4.1.x"


async def test_a_refusal_on_matrix_is_posted_in_the_room_where_no_dm_is(stage: Stage) -> None:
    stage.dms["matrix"].failures = [ChatRefused("Open a chat with me, then send: subscribe 4.1 windlass")]
    answer = await stage.type("!subscribe 4.1", OLA, room=ROOM)
    assert "Open a chat with me" in text(answer)
    assert "Or send me this in a DM: !subscribe 4.1 windlass" in text(answer)
    assert not answer.private


async def test_an_error_of_ours_leaves_nothing_behind(stage: Stage) -> None:
    stage.dms["discord"].failures = [RuntimeError("a bug")]
    with pytest.raises(RuntimeError):
        await stage.type("subscribe 4.1")
    assert await stage.own() == []


async def test_one_person_tries_a_closed_dm_a_few_times_only(stage: Stage) -> None:
    stage.dms["discord"].failures = [ChatRefused("closed") for _ in range(10)]
    titles = [text(await stage.type("subscribe 4.1")) for _ in range(5)]
    assert stage.dms["discord"].attempts == 3
    assert "I tried several times just now. Please try again in 1 minute." in titles[-1]
    stage.clock.advance(timedelta(minutes=1))
    await stage.type("subscribe 4.1")
    assert stage.dms["discord"].attempts == 4


async def test_a_chat_without_dms_alerts_nobody(stage: Stage) -> None:
    del stage.dms["discord"]
    assert (await stage.type("subscribe 4.1")).title == "There are no alerts here"
    assert await stage.own() == []


async def test_what_kept_messages_away_is_answered_first_and_tried_again(stage: Stage) -> None:
    await stage.type("subscribe 4.1")
    await stage.suspend("Your DM takes no messages from me")
    answer = await stage.type("subscriptions")
    first = answer.fields[0]
    assert (first.label, lines_of(answer)[1]) == (
        "Your alerts had stopped",
        "Your alerts had stopped: Your DM takes no messages from me. They come again from now on.",
    )
    assert [message.title for _, message, _ in stage.dms["discord"].greeted][-1] == "Alerts reach you here again"
    stored = await stage.person()
    assert stored is not None
    assert stored.trouble == ""
    assert (await stage.type("subscriptions")).fields[0].label == "Alerts"


async def test_what_still_keeps_them_away_is_answered_again(stage: Stage) -> None:
    await stage.type("subscribe 4.1")
    await stage.suspend("Your DM takes no messages from me")
    stage.dms["discord"].failures = [ChatRefused("Still closed"), ChatRefused("And still")]
    for words in ("Still closed", "And still"):
        answer = await stage.type("subscriptions")
        assert lines_of(answer)[1] == f"Your alerts have stopped: {words}."
        stored = await stage.person()
        assert stored is not None
        assert stored.trouble == words
    assert await stage.scopes() == [("line", "4.1")]


async def test_a_dm_that_was_closed_is_open_where_they_write_in_it(stage: Stage) -> None:
    await stage.type("subscribe 4.1")
    await stage.suspend("Your DM takes no messages from me")
    answer = await stage.type("subscriptions", dm=True)
    assert answer.fields[0].label == "Your alerts had stopped"
    assert len(stage.dms["discord"].greeted) == 1


async def test_any_command_in_the_dm_says_what_kept_messages_away(stage: Stage) -> None:
    await stage.type("subscribe 4.1")
    answer = Message(title="Windlass 4.2.x gets security fixes", tone=Tone.GOOD)
    ask = CommandRequest(command="supported", asker=ANN, room=CHANNEL, asked_at=stage.clock())
    in_dm = replace(ask, room=NOWHERE, dm=dm_of(ANN))
    assert await stage.commands.meet(in_dm, answer) == answer
    await stage.suspend("Your DM takes no messages from me")
    assert await stage.commands.meet(ask, answer) == answer  # others read along
    first, *_ = (await stage.commands.meet(in_dm, answer)).fields
    assert first.label == "Your alerts had stopped"
    assert await stage.commands.meet(in_dm, answer) == answer


@pytest.mark.parametrize(
    ("asker", "command", "is_told"),
    [
        (ANN, "report", True),  # only they see the answer
        (ANN, "affected", False),
        (BEN, "report", False),
        (OLA, "report", False),  # in a room of Matrix everybody reads along
    ],
)
async def test_in_a_room_it_is_told_where_nobody_else_reads_it(
    stage: Stage, asker: RoomAddress, command: str, *, is_told: bool
) -> None:
    for person, room in ((ANN, CHANNEL), (BEN, CHANNEL), (OLA, ROOM)):
        await stage.type("subscribe 4.1", person, room=room)
    for person in (ANN, OLA):
        await stage.suspend("Your DM takes no messages from me", person)
    answer = Message(title="Report it privately", tone=Tone.ANSWER)
    ask = CommandRequest(command=command, asker=asker, room=CHANNEL, asked_at=stage.clock())
    labels = [each.label for each in (await stage.commands.meet(ask, answer)).fields]
    assert labels == (["Your alerts have stopped"] if is_told else [])


# ---- how many, and of what -----------------------------------------------------------------------------------------------


async def test_twenty_and_no_more(stage: Stage) -> None:
    projects = [replace(CAPSTAN, id=ProjectId(f"p{number}"), name=f"P{number}") for number in range(MOST + 1)]
    stage.projects, stage.rooms = projects, [room_of(CHANNEL, *projects)]
    stage.snapshots = {project.id: SNAPSHOT for project in projects}
    for project in projects[:MOST]:
        await stage.type(f"subscribe 4.1 {project.id}")
    answer = await stage.type(f"subscribe 4.1 {projects[-1].id}")
    assert answer.title == "You have 20 subscriptions, and more are not possible"
    assert len(await stage.own()) == MOST
    assert (await stage.type("subscribe 4.1 p3")).title == "You get alerts for P3 4.1.x"
    assert (await stage.type("subscribe 4.1 p3", BEN)).title == "You get alerts for P3 4.1.x"


async def test_the_same_twice_is_one_and_keeps_its_settings(stage: Stage) -> None:
    card = await stage.type("subscribe 4.1.8")
    await stage.ask("choose-releases", {"id": card.menus[1].subject, "value": "now"})
    stage.clock.advance(timedelta(days=1))
    await stage.type("subscribe 4.1")
    (subscription,) = await stage.own()
    assert (subscription.releases, subscription.since) == ("now", w.NOW)
    assert subscription.confirmed_at == w.NOW + timedelta(days=1)
    await stage.ask("choose-scope", {"id": card.menus[0].subject, "value": "version:4.1.8"})
    await stage.type("subscribe 4.1.8")
    assert await stage.scopes() == [("version", "4.1.8")]


async def test_which_project_is_asked_where_there_are_several(stage: Stage) -> None:
    stage.projects = [w.WINDLASS, CAPSTAN]
    stage.snapshots = {w.WINDLASS.id: SNAPSHOT, CAPSTAN.id: SNAPSHOT}
    here = await stage.type("subscribe 4.1")
    assert here.title == "You get alerts for Windlass 4.1.x"  # this room watches only one
    elsewhere = await stage.type("subscribe 4.1", BEN, room=RoomAddress("discord:5"))
    assert elsewhere.title == "Which project?"
    assert "/subscribe 4.1 capstan" in text(elsewhere)
    assert await stage.own(BEN) == []


async def test_a_private_project_exists_in_its_room_for_its_maintainer_and_for_who_has_it(stage: Stage) -> None:
    stage.projects = [w.WINDLASS, SECRET]
    stage.snapshots = {w.WINDLASS.id: SNAPSHOT, SECRET.id: SNAPSHOT}
    stage.rooms = [room_of(CHANNEL), room_of(CELLAR, SECRET)]
    unknown = "There is no project “keel” here."
    for dm in (True, False):
        assert unknown in text(await stage.type("subscribe 4.1 keel", BEN, dm=dm))
    inside = await stage.type("subscribe 4.1", BEN, room=CELLAR)
    assert inside.title == "You get alerts for Keel 4.1.x"
    assert [each.home for each in await stage.own(BEN)] == [CELLAR]
    later = await stage.type("subscribe 4.2 keel", BEN, dm=True)
    assert later.title == "You get alerts for Keel 4.2.x"
    assert [each.home for each in await stage.own(BEN)] == [CELLAR, CELLAR]
    assert unknown in text(await stage.type("subscribe 4.1 keel", ANN, dm=True))
    assert (await stage.type("subscribe 4.1 keel", MIRA, dm=True)).title == "You get alerts for Keel 4.1.x"


# ---- ids of others -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "value"),
    [
        ("choose-scope", "version:4.1.8"),
        ("choose-releases", "now"),
        ("choose-subscription", "1"),
        ("choose-end", "1"),
        ("choose-moved", "1"),
    ],
)
@pytest.mark.parametrize("who", [BEN, OLA])
async def test_nobody_reaches_what_others_subscribed_to(
    stage: Stage, command: str, value: str, who: RoomAddress
) -> None:
    await stage.type("subscribe 4.1")
    before = await stage.own()
    answer = await stage.ask(command, {"id": "1 4.1.8", "value": value}, who)
    assert (answer.title, answer.tone) == ("You don't have this subscription any more", Tone.UNSURE)
    button = await stage.ask("unsubscribe", {"version": "#1"}, who)
    assert button.title in {"You have no subscriptions", "You don't have this subscription any more"}
    assert await stage.own() == before


@pytest.mark.parametrize(
    "value", ["", "line:", "line:99", "version:99.9", "version:", "x:y", "project", "now", "line:4.1\x00"]
)
async def test_a_forged_choice_changes_nothing(stage: Stage, value: str) -> None:
    await stage.type("subscribe 4.2")
    for command in ("choose-scope", "choose-releases"):
        if (command, value) != ("choose-releases", "now") and (command, value) != ("choose-scope", "project"):
            before = await stage.own()
            await stage.ask(command, {"id": "1", "value": value})
            after = await stage.own()
            assert [(each.scope, each.releases) for each in after] == [(each.scope, each.releases) for each in before]
