"""People subscribe on Discord, over real sockets, with restarts in between: cards, refusals, and DMs opened too fast."""

from tests.runtime.subscriptions.discord_server import ALICE, BEN, HOUR, Server, own, server, starting, words

__all__ = ["server"]


async def test_a_card_changes_in_place_in_the_dm_and_in_the_server(server: Server) -> None:
    asked = await server.discord.slash("subscribe", {"version": "0.15.3"}, at=server.channel, asker=ALICE)
    card = await asked.answer()
    assert asked.private
    (confirmation,) = server.posts()
    for message, at, choice in (
        (card, server.channel, "Exactly 0.15.3"),
        (card, server.channel, "The line 0.15"),
        (confirmation, server.dm(), "Exactly 0.15.3"),
    ):
        await server.restart()
        identifier = message["id"]
        chosen = await server.discord.choose_on(message, starting(message, choice), at=at, asker=ALICE)
        after = await chosen.answer()
        assert after["id"] == identifier
        assert starting(after, f"Alerts for: {choice}"), "the menu shows what holds now"
        assert not chosen.followups
    assert await own(server) == [("version", "0.15.3")]
    assert len(server.posts()) == 1
    changed = await server.discord.choose_on(confirmation, "Once a week", at=server.dm(), asker=ALICE)
    assert "Once a week" in starting(await changed.answer(), "Releases")
    foreign = await server.discord.choose_on(confirmation, "Never", at=server.channel, asker=BEN)
    await foreign.answer()
    assert foreign.private, "somebody else's choice changes no card"
    assert await own(server, BEN) == []
    assert "Once a week" in starting(server.posts()[0], "Releases")


async def test_a_person_who_takes_no_dms_learns_at_once_what_to_do(server: Server) -> None:
    server.discord.world.closed_dms.add(BEN["id"])
    asked = await server.discord.slash("subscribe", {"version": "0.15"}, at=server.channel, asker=BEN)
    refusal = await asked.answer()
    assert asked.private
    assert "Allow them" in words(refusal)
    assert await own(server, BEN) == []
    server.discord.world.closed_dms.clear()
    server.clock.advance(HOUR)
    await server.subscribe(BEN, version="0.15")
    assert await own(server, BEN) == [("line", "0.15")]
    assert "Alerts come here" in words(server.posts(BEN)[-1])


async def test_once_dms_are_opened_too_fast_people_learn_when_to_try_again(server: Server) -> None:
    server.discord.world.opening_refusal = (403, 40003, "You are opening direct messages too fast.")
    assert "6 hours" in words(await server.subscribe(version="0.15"))
    server.discord.world.opening_refusal = None
    await server.restart()
    server.clock.advance(HOUR)
    assert "5 hours" in words(await server.subscribe(BEN, version="0.15"))
    assert len(server.discord.requests_to("POST", "/users/@me/channels")) == 1
    assert await own(server) == await own(server, BEN) == []
    dm = server.discord.direct(BEN)  # which they opened themselves
    asked = await server.discord.slash("subscribe", {"version": "0.15", "project": "ferry"}, at=dm, asker=BEN)
    await asked.answer()
    assert await own(server, BEN) == [("line", "0.15")]
    assert len(server.discord.requests_to("POST", "/users/@me/channels")) == 1
