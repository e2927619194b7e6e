"""Alerts on Discord from the slash command to the silence after it, over real sockets, with restarts in between."""

from contextlib import ExitStack

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.runtime.delivery.loop import Delivery
from chatbot.store.database.db import StoreUnavailable
from chatbot.store.subscriptions import people
from tests.runtime.disk import broken
from tests.runtime.subscriptions.discord_server import (
    ALICE,
    HOUR,
    Server,
    delivering,
    labels,
    own,
    server,
    starting,
    title,
    words,
)

__all__ = ["server"]


async def interrupted(server: Server) -> None:
    """Send what is due; as soon as an alert is in its DM, nothing can be written down any more."""
    store = server.harness.services.store
    with ExitStack() as trouble:

        def fail(failpoint: str) -> None:
            if failpoint == "sent" and len(server.posts()) > 1:
                trouble.enter_context(broken(store))

        sending = Delivery(chat=server.chat, store=store, clock=server.clock, failpoint=fail)
        await sending.drain()


async def test_from_the_command_to_the_silence(server: Server) -> None:
    card = await server.subscribe(version="0.15.3")
    assert "0.15" in title(card)
    (confirmation,) = server.posts()
    assert "Alerts come here" in words(confirmation)
    await server.restart()
    await server.break_out()
    _, alert = server.posts()
    assert "is affected" in title(alert)
    assert "0.15.5" in words(alert)
    assert server.discord.world.posts(server.channel), "the channel hears it too"
    await server.restart()
    pressed = await server.discord.press_on(alert, starting(alert, "I upgraded to 0.15.5"), at=server.dm(), asker=ALICE)
    assert "0.15.5" in words(await pressed.answer())
    assert not pressed.private
    await server.restart()
    server.ferry.advisories[0].summary = "A mailbox name is never escaped"
    server.ferry.advisories[0].updated_at = server.clock.now
    for _ in range(3):
        await server.pass_by(HOUR)
    assert len(server.posts()) == 2
    assert len(server.discord.requests_to("POST", "/users/@me/channels")) == 1, "at the command, and never again"


async def test_a_person_who_upgraded_an_exact_version_gets_no_escalation(server: Server) -> None:
    await server.subscribe(version="0.15.3")
    (confirmation,) = server.posts()
    exactly = starting(confirmation, "Exactly 0.15.3")
    await (await server.discord.choose_on(confirmation, exactly, at=server.dm(), asker=ALICE)).answer()
    await server.break_out()
    _, alert = server.posts()
    assert title(alert).endswith("Your Ferry 0.15.3 is affected")
    other = starting(alert, "I upgraded to another")
    modal = await (await server.discord.press_on(alert, other, at=server.dm(), asker=ALICE)).answer()
    await server.restart()
    answer = await server.discord.submit(modal, {"version": "0.16.2"}, at=server.dm(), asker=ALICE, message=alert)
    assert "0.16.2" in words(await answer.answer())
    assert await own(server) == [("version", "0.16.2")]
    server.ferry.advisories[0].severity = "critical"
    server.ferry.advisories[0].updated_at = server.clock.now
    for _ in range(3):
        await server.pass_by(HOUR)
    assert len(server.posts()) == 2


async def test_a_subscriber_of_releases_is_not_offered_what_they_have(server: Server) -> None:
    await server.subscribe(version="0.15.3")
    (confirmation,) = server.posts()
    await (await server.discord.choose_on(confirmation, "As they come out", at=server.dm(), asker=ALICE)).answer()
    await server.break_out()
    titles = [title(post) for post in server.posts()]
    assert any(each.startswith("Ferry 0.15.5") for each in titles), "the release of the line"
    assert not any(each.startswith("Ferry 0.16.2") for each in titles), "of another line"
    assert not [post for post in server.posts() if "Alert me" in labels(post)]
    assert any("Alert me" in labels(post) for post in server.discord.world.posts(server.channel))


async def test_the_other_buttons_of_an_alert(server: Server) -> None:
    await server.subscribe(version="0.15.3")
    await server.break_out()
    _, alert = server.posts()
    for label, expected in (
        ("Remind me tomorrow", "tomorrow"),
        ("Mute this advisory", "mute"),
        ("Unsubscribe", "0.15"),
    ):
        await server.restart()
        pressed = await server.discord.press_on(alert, starting(alert, label), at=server.dm(), asker=ALICE)
        assert expected in words(await pressed.answer()).casefold()
    assert await own(server) == []


@pytest.mark.parametrize("attribute", ["closed_dms", "strangers"])
async def test_a_person_who_cannot_be_reached_any_more_is_notified_at_their_next_command(
    server: Server, attribute: str
) -> None:
    await server.subscribe(version="0.15.3")
    getattr(server.discord.world, attribute).add(ALICE["id"])
    before = len(server.discord.requests_to("POST", f"/channels/{server.dm()}/messages"))
    await server.break_out()
    for _ in range(6):
        await server.pass_by(HOUR)
    assert len(server.discord.requests_to("POST", f"/channels/{server.dm()}/messages")) == before + 1
    getattr(server.discord.world, attribute).clear()
    asked = await server.discord.slash("subscriptions", at=server.channel, asker=ALICE)
    assert "switched off" in words(await asked.answer()) or "shares a server" in words(await asked.answer())
    await server.pass_by()
    assert any("is affected" in title(post) for post in server.posts()), "what was kept from them comes now"
    async with server.harness.services.store.reading() as tx:
        person = await people.get(tx, RoomAddress(f"discord:user:{ALICE['id']}"))
    assert person is not None
    assert (person.trouble, person.lost_at) == ("", None)


async def test_an_alert_that_was_sent_and_could_not_be_written_down_is_not_sent_again(server: Server) -> None:
    await server.subscribe(version="0.15.3")
    server.deliver = interrupted
    with pytest.raises(StoreUnavailable):
        await server.break_out()
    assert len(server.posts()) == 2
    server.deliver = delivering
    await server.restart()
    for _ in range(3):
        await server.pass_by(HOUR)
    assert len(server.posts()) == 2
