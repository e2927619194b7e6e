"""What people do about alerts: they upgraded, want to be reminded, mute, or end it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.delivery import Lane, State
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Action, Message, Tone
from chatbot.store import outbox
from chatbot.store.subscriptions import alerts, mutes, snoozes
from tests.core.make import lines_of
from tests.looks import windlass as w
from tests.runtime.subscriptions.stage import ANN, BEN, OLA, ROOM, SNAPSHOT, Stage, dm_of

ID = w.CRITICAL.id
WINDLASS = w.WINDLASS.id


def text(message: Message) -> str:
    return "\n".join(lines_of(message))


async def alert(stage: Stage) -> None:
    """An alert is on its way to Ann."""
    actions = (Action("upgraded", "I upgraded", WINDLASS, "4.1.9"), Action("snooze", "Tomorrow", WINDLASS, ID))
    planned = PlannedMessage(
        project=WINDLASS,
        subject=alerts.subject_of(WINDLASS, ID),
        kind="new",
        message=Message(title="Your 4.1.8 is affected", tone=Tone.CRITICAL, actions=actions),
        lane=Lane.ALERT_URGENT,
        revisions={dm_of(ANN): 1},
        notified_for=frozenset({"severity:critical"}),
        digest="d",
    )
    async with stage.store.writing() as tx:
        await outbox.add(tx, [planned], stage.clock())


async def waiting(stage: Stage) -> int:
    async with stage.store.reading() as tx:
        counted = await outbox.counts(tx)
    return counted.get(State.PENDING, 0)


async def posted(stage: Stage) -> bool:
    async with stage.store.reading() as tx:
        return bool(await alerts.posted(tx, WINDLASS, ID, [dm_of(ANN)]))


# ---- upgraded ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "exact", "line", "after", "title"),
    [
        ("4.1.8", True, "upgraded 4.1.9", ("version", "4.1.9"), "Noted: you run Windlass 4.1.9"),
        ("4.1.8", True, "upgraded", ("version", "4.1.9"), "Noted: you run Windlass 4.1.9"),
        ("4.1.8", True, "upgraded 4.2.3", ("version", "4.2.3"), "Noted: you run Windlass 4.2.3"),
        ("4.1.8", True, "upgraded 4.2", ("version", "4.2.3"), "Noted: you run Windlass 4.2.3"),
        ("4.1.8", True, "upgraded v4.2.2", ("version", "4.2.2"), "Noted: you run Windlass 4.2.2"),
        ("4.1", False, "upgraded 4.1.9", ("line", "4.1"), "Noted: you run Windlass 4.1.9"),
        ("4.1", False, "upgraded", ("line", "4.1"), "Noted: you run Windlass 4.1.9"),
        ("4.1", False, "upgraded 4.2.3", ("line", "4.2"), "Noted: you run Windlass 4.2.3"),
    ],
)
async def test_the_subscription_follows(
    stage: Stage, before: str, *, exact: bool, line: str, after: tuple[str, str], title: str
) -> None:
    await stage.type(f"subscribe {before}")
    if exact:
        await stage.ask("choose-scope", {"id": "1", "value": f"version:{before}"})
    (old,) = await stage.own()
    stage.clock.advance(timedelta(days=3))
    answer = await stage.type(line)
    assert answer.title == title
    (new,) = await stage.own()
    assert (new.scope.kind, new.scope.name) == after
    moved = after != (old.scope.kind, old.scope.name)
    assert new.since == (stage.clock() if moved else old.since)
    assert (new.confirmed_at, new.unconfirmed) == (stage.clock(), 0)


async def test_an_upgrade_leaves_a_subscription_to_the_whole_project(stage: Stage) -> None:
    await stage.type("subscribe")
    before = await stage.own()
    assert (await stage.type("upgraded 4.2.3")).title == "Noted: you run Windlass 4.2.3"
    assert (await stage.type("upgraded")).title == "Which version do you run now?"
    assert await stage.own() == before


async def test_whether_the_new_version_is_affected_is_shown(stage: Stage) -> None:
    await stage.type("subscribe 4.1.8")
    bad = await stage.type("upgraded 4.2.2")
    assert bad.tone is Tone.WARNING
    assert "Right now: Windlass 4.2.2 is affected by 1 advisory: upgrade to 4.2.3" in text(bad)
    good = await stage.type("upgraded 4.2.3")
    assert good.tone is Tone.GOOD
    assert "Right now: No published advisory affects Windlass 4.2.3" in text(good)


@pytest.mark.parametrize("reaction", ["upgraded 4.1.9", f"mute {ID}", "unsubscribe all", "unsubscribe 4.1"])
async def test_a_reaction_ends_what_is_queued_for_it(stage: Stage, reaction: str) -> None:
    await stage.type("subscribe 4.1.8")
    await alert(stage)
    assert (await waiting(stage), await posted(stage)) == (1, True)
    await stage.type(reaction)
    assert await waiting(stage) == 0


@pytest.mark.parametrize("is_queued", [False, True])
async def test_only_what_was_on_its_way_is_said_to_be_dropped(stage: Stage, *, is_queued: bool) -> None:
    await stage.type("subscribe 4.1.8")
    if is_queued:
        await alert(stage)
    assert ("I dropped the alerts" in text(await stage.type("upgraded 4.1.9"))) is is_queued


async def test_a_version_that_was_never_published_moves_nothing(stage: Stage) -> None:
    await stage.type("subscribe 4.1.8")
    answer = await stage.type("upgraded 4.1.77")
    assert answer.title == "There is no release 4.1.77 of Windlass; the newest is 4.2.3"
    assert await stage.scopes() == [("line", "4.1")]


async def test_of_several_versions_the_one_of_the_line_follows_else_it_is_asked(stage: Stage) -> None:
    for number, version in enumerate(("4.1.8", "3.9.6"), 1):
        await stage.type(f"subscribe {version}")
        await stage.ask("choose-scope", {"id": str(number), "value": f"version:{version}"})
    await stage.type("upgraded 4.1.9")
    assert await stage.scopes() == [("version", "4.1.9"), ("version", "3.9.6")]
    question = await stage.type("upgraded 4.2.3")
    assert question.title == "Which of your versions is 4.2.3 now?"
    (menu,) = question.menus
    assert [option.label for option in menu.options] == ["Windlass 4.1.9", "Windlass 3.9.6"]
    await stage.ask(menu.name, {"id": menu.subject, "value": menu.options[1].value})
    assert await stage.scopes() == [("version", "4.1.9"), ("version", "4.2.3")]
    assert (await stage.type("upgraded")).title == "Which version do you run now?"


async def test_a_person_without_a_subscription_learns_how_to_get_one(stage: Stage) -> None:
    for line in ("upgraded 4.2.3", "upgraded", f"snooze {ID}", f"mute {ID}", "unsubscribe", "unsubscribe 4.1"):
        answer = await stage.type(line, BEN)
        assert answer.title == "You have no subscriptions"
        assert "/subscribe" in text(answer)


# ---- snooze and mute -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [ID, ID.lower(), "CVE-2031-40417", f"alert/windlass/{ID}"])
async def test_a_reminder_tomorrow(stage: Stage, name: str) -> None:
    await stage.type("subscribe 4.1.8")
    await alert(stage)
    answer = await stage.type(f"snooze {name}")
    assert answer.title == f"You are reminded of {ID} tomorrow"
    async with stage.store.reading() as tx:
        (snooze,) = await snoozes.of(tx, ANN)
    assert (snooze.project, snooze.advisory, snooze.due) == (WINDLASS, ID, w.NOW + timedelta(days=1))
    await stage.type("upgraded 4.1.9")
    async with stage.store.reading() as tx:
        assert await snoozes.of(tx, ANN) == []


async def test_nothing_is_posted_again_that_was_not_posted(stage: Stage) -> None:
    await stage.type("subscribe 4.1.8")
    assert (await stage.type(f"snooze {ID}")).title == f"I have not alerted you of {ID}"
    assert (await stage.type("snooze")).title == "Which advisory?"
    assert (await stage.type("snooze CVE-1999-0001")).title == "There is no advisory “CVE-1999-0001” of Windlass"


async def test_mute_and_back(stage: Stage) -> None:
    await stage.type("subscribe 4.1.8")
    muted = await stage.type("mute CVE-2031-40417")
    assert muted.title == f"{ID} is muted"
    (undo,) = muted.actions
    assert (undo.name, undo.subject) == ("unmute", ID)
    async with stage.store.reading() as tx:
        assert await mutes.who(tx, WINDLASS, [ID], [ANN, BEN]) == {ANN}
    await stage.ask("unmute", {"project": undo.project, "id": undo.subject})
    async with stage.store.reading() as tx:
        assert await mutes.of(tx, ANN) == []


# ---- unsubscribe ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["4.1", "4.1.x", "v4.1", "4.1.8", "#1", "4.1 windlass"])
async def test_one_ends_by_each_of_its_names(stage: Stage, name: str) -> None:
    await stage.type("subscribe 4.1.8")
    await stage.type("subscribe 4.2")
    answer = await stage.type(f"unsubscribe {name}")
    assert answer.title == "No more alerts for Windlass 4.1.x"
    assert await stage.scopes() == [("line", "4.2")]


async def test_which_one_is_asked_where_there_are_several(stage: Stage) -> None:
    await stage.type("subscribe 4.1")
    await stage.type("subscribe")
    question = await stage.type("unsubscribe")
    assert question.title == "Which subscription should end?"
    (menu,) = question.menus
    assert [option.label for option in menu.options] == [
        "Windlass 4.1.x",
        "all of Windlass (high and critical)",
        "All of them",
    ]
    assert "/unsubscribe windlass" in text(question)
    await stage.ask(menu.name, {"id": menu.subject, "value": menu.options[1].value})
    assert await stage.scopes() == [("line", "4.1")]
    assert (await stage.type("unsubscribe")).title == "No more alerts for Windlass 4.1.x"
    assert await stage.own() == []


async def test_what_was_not_subscribed_to_does_not_end(stage: Stage) -> None:
    await stage.type("subscribe 4.1")
    answer = await stage.type("unsubscribe 4.2")
    assert answer.title == "You have not subscribed to “4.2”"
    assert await stage.scopes() == [("line", "4.1")]
    assert (await stage.type("unsubscribe project:nowhere")).title == "You have not subscribed to “nowhere”"


async def test_a_project_that_is_no_longer_watched_is_listed_and_can_be_ended(stage: Stage) -> None:
    await stage.type("subscribe 4.1")
    await stage.type("subscribe 4.2")
    stage.projects = []
    assert "no longer watched here" in text(await stage.type("subscriptions"))
    assert (await stage.type("unsubscribe 4.2")).title == "No more alerts for windlass 4.2.x"
    assert "no longer watched here" in text(await stage.type("subscriptions"))
    assert (await stage.type("unsubscribe")).title == "No more alerts for windlass 4.1.x"


async def test_a_reaction_about_a_project_without_a_subscription_says_so(stage: Stage) -> None:
    other = replace(w.WINDLASS, id=ProjectId("capstan"), name="Capstan")
    stage.projects, stage.snapshots = [w.WINDLASS, other], {WINDLASS: SNAPSHOT, other.id: SNAPSHOT}
    await stage.type("subscribe 4.1")
    answer = await stage.type("upgraded 4.2.3 capstan")
    assert answer.title == "You have no subscription to Capstan"
    assert "/subscribe 4.2.3" in text(answer)
    assert await stage.scopes() == [("line", "4.1")]
    assert (await stage.type(f"mute {ID} capstan")).title == f"There is no advisory “{ID}” here"
    await stage.type("subscribe 4.2 capstan")
    elsewhere = RoomAddress("discord:5")
    for line in ("upgraded 4.2.3", "upgraded"):
        assert (await stage.type(line, room=elsewhere)).title == "Which project?"
    assert (await stage.type("upgraded 4.2.3")).title == "Noted: you run Windlass 4.2.3"  # this room's project


async def test_which_of_several_is_asked_about_words_that_name_two(stage: Stage) -> None:
    other = replace(w.WINDLASS, id=ProjectId("capstan"), name="Capstan")
    stage.projects, stage.snapshots = [w.WINDLASS, other], {WINDLASS: SNAPSHOT, other.id: SNAPSHOT}
    for project in ("windlass", "capstan"):
        await stage.type(f"subscribe 4.1 {project}")
    assert (await stage.type("unsubscribe 4.1", dm=True)).title == "Which subscription should end?"
    assert (await stage.type("unsubscribe 4.1")).title == "No more alerts for Windlass 4.1.x"  # this room's project
    assert (await stage.type("unsubscribe 4.1 capstan")).title == "No more alerts for Capstan 4.1.x"


async def test_the_list(stage: Stage) -> None:
    assert (await stage.type("subscriptions")).title == "You have no subscriptions"
    await stage.type("subscribe 4.1")
    assert (await stage.type("subscriptions")).title == "You get alerts for Windlass 4.1.x"
    await stage.type("subscribe")
    both = await stage.type("subscriptions")
    assert lines_of(both)[:3] == [
        "You have 2 subscriptions",
        "• Windlass 4.1.x – every advisory that affects a release of 4.1.x",
        "• all of Windlass (high and critical) – high and critical advisories, and those that state no severity",
    ]
    (menu,) = both.menus
    card = await stage.ask(menu.name, {"id": menu.subject, "value": menu.options[0].value})
    assert card.title == "You get alerts for Windlass 4.1.x"


@pytest.mark.parametrize("line", ["!subscriptions", "!unsubscribe 4.1", "!upgraded 4.2.3", "!mute CVE-2031-40417"])
async def test_without_a_dm_a_public_room_reads_only_that_there_is_nothing(stage: Stage, line: str) -> None:
    answer = await stage.type(line, OLA, room=ROOM)
    assert (answer.title, answer.private) == ("You have no subscriptions", False)
    await stage.type("!subscribe 4.1", OLA, room=ROOM)
    assert (await stage.type(line, OLA, room=ROOM)).private
