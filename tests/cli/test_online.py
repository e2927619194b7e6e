"""The commands that reach out: against a loopback GitHub, a Discord stand-in and a store of their own."""

import asyncio
import json
import signal
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.store import outbox
from chatbot.store.database.db import open_store
from tests.cli.process import environment, harbour, now
from tests.patience import PATIENCE
from tests.standins import forks
from tests.standins.discord import DiscordStandIn


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_question_is_answered_from_the_sources_and_nothing_is_recorded(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        ran = await there.type("ask", "/supported 1.0.1")
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.startswith("Ferry 1.0.1 is supported\n")
        ran = await there.type("ask", "suported 1")
        assert (ran.status, "Did you mean /supported 1.2.3?" in ran.out) == (0, True)
    assert files(tmp_path) == ["config.toml"]


async def test_what_could_not_be_read_is_no_answer(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        text = there.config.read_text()
    there.config.write_text(text)  # the GitHub it points to is gone
    for words in (["ask", "/latest"], ["preview", "v1.0.1"]):
        ran = await there.type(*words)
        assert (ran.status, ran.out) == (3, "")
        assert ran.err.startswith("harbour/ferry could not be read: ")
        assert len(ran.err.splitlines()) == 1


async def test_a_preview_says_what_would_be_posted_where_and_why(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        there.configure('[[rooms]]\naddress = "console"\nprojects = ["ferry"]\nevents = ["releases"]\n')
        ran = await there.type("preview", "v1.0.1", "--why")
        assert ran.status == 0
        assert ran.out.splitlines()[0] == "console: would be announced"
        assert ran.out.splitlines()[1].startswith("  announce: ")
        assert "Ferry 1.0.1" in ran.out
        discord = await there.type("preview", "1.0.1", "--as", "discord")
        assert json.loads(discord.out.partition("\n")[2])["embeds"]
        matrix = await there.type("preview", "v1.0.1", "--as", "matrix")
        assert json.loads(matrix.out.partition("\n")[2])["formatted_body"]
        document = json.loads((await there.type("preview", "v1.0.1", "--json")).out)
        assert [each["rooms"] for each in document] == [["console"]]
        assert [(each["verdict"], each["calls"]) for each in document] == [("announce", False)]
        assert "Ferry 1.0.1" in document[0]["payload"]
        unknown = await there.type("preview", "v9")
        assert (unknown.status, unknown.out) == (2, "")
        assert "no project has published 'v9'" in unknown.err
    assert not (tmp_path / "bot.db").exists()


async def test_rooms_that_see_the_same_are_shown_together(tmp_path: Path) -> None:
    table = '[[rooms]]\naddress = "{address}"\nprojects = ["ferry"]\nevents = ["{event}"]\n'
    rooms = [
        ("discord:1", "releases"), ("matrix:!a:example.org", "releases"), ("discord:2", "policy"),
        ("discord:3", "releases"), ("discord:4", "policy"),
    ]  # fmt: skip
    async with harbour(tmp_path) as there:
        accounts = '[discord]\ntoken = "t"\n[matrix]\nhomeserver = "http://127.0.0.1:9"\nuser_id = "@bot:example.org"\npassword = "p"\n'
        tables = "".join(table.format(address=address, event=event) for address, event in rooms)
        there.configure(accounts + tables.replace('"discord:3"', '"discord:3"  # #releases'))
        ran = await there.type("preview", "v1.0.1")
        assert ran.status == 0, ran.err
        assert [line for line in ran.out.splitlines() if line.endswith("announced")] == [
            "discord:1, matrix:!a:example.org, discord:3 (#releases): would be announced",
            "discord:2, discord:4: would not be announced",
        ]
        assert ran.out.count("Ferry 1.0.1") == 1
        assert "{" not in ran.out
        document = json.loads((await there.type("preview", "v1.0.1", "--json")).out)
        assert [each["rooms"] for each in document] == [
            ["discord:1", "discord:3"], ["matrix:!a:example.org"], ["discord:2", "discord:4"],
        ]  # fmt: skip
        assert "embeds" in document[0]["payload"]
        assert "formatted_body" in document[1]["payload"]
        assert document[2]["payload"] is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/help", "What you can ask me"),
        ("help", "What you can ask me"),
        ("", "Nothing was asked"),
        ("?", "What you can ask me"),
        ("help affected", "Which published advisories affect my version?"),
        ("/hlep", "I don't know “hlep”. Did you mean /help"),
        ("/affected", "Which version?"),
    ],
)
async def test_what_asks_about_no_project_needs_no_network(tmp_path: Path, line: str, words: str) -> None:
    async with harbour(tmp_path) as there:
        text = there.config.read_text()
    there.config.write_text(text)  # the GitHub it points to is gone
    ran = await there.type("ask", line)
    assert (ran.status, ran.err) == (0, "")
    assert words in ran.out


def words_of(output: str) -> list[str]:
    """Its lines, with one blank wherever there are more."""
    return [" ".join(line.split()) for line in output.splitlines()]


async def test_checking_online_says_of_each_thing_how_it_is(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there, DiscordStandIn() as discord:
        good = await there.type("check", "--online")
        assert (good.status, good.err) == (0, "")
        assert words_of(good.out)[:9] == [
            f"{there.config} is fine.",
            "",
            "The terminal",
            "✓ fine console: this terminal",
            "",
            "Sources",
            "✓ fine ferry: 2 releases, 0 advisories, SECURITY.md",
            "",
            "Tried 2 things online: all of it works.",
        ]
        page = good.out.partition("Policy of ferry: SECURITY.md of ")[2].splitlines()
        assert [" ".join(line.split()) for line in page[1:4]] == [
            "line state today the page says",
            "1.x supported 1.x | yes",
            "< 1 ended < 1 | no",
        ]
        offline = (await there.type("check")).out
        assert "Tried" not in offline
        news, staff = discord.room(name="news"), discord.world.add_channel(discord.world.add_guild(), name="staff")
        discord.world.guilds[discord.world.channels[staff]["guild_id"]]["roles"][0]["permissions"] = str(1 << 10)
        account = f'api_url = "{discord.api_url}"\ngateway_url = "{discord.gateway_url}"\n'
        rooms = "".join(
            f'[[rooms]]\naddress = "discord:{room}"\nprojects = ["ferry"]\n{more}'
            for room, more in ((news, ""), (staff, 'mention = "role:7"\n'), ("5", ""))
        )
        there.configure(f'[discord]\ntoken = "{discord.token}"\n{account}{rooms}')
        mixed = await there.type("check", "--online")
        assert mixed.status == 2
        assert words_of(mixed.out) == [
            f"{there.config} itself is fine.",
            "",
            "Discord",
            "✓ fine account chatbot (discord): the token works, in 2 servers",
            f"✓ fine #news (discord:{news}): can post, edit and read back",
            "",
            "Sources",
            "✓ fine ferry: 2 releases, 0 advisories, SECURITY.md",
            "",
            "Tried 5 things online: 2 need attention.",
        ]
        staff_line, lost_line = words_of(mixed.err)
        assert staff_line == (
            f"✗ wrong #staff (discord:{staff}): missing permissions: Send Messages, Embed Links, Read Message History; grant "
            "them to the bot's role in this channel. There is no role 7 on this server; copy its id from the server's settings "
            "in developer mode"
        )
        assert lost_line.startswith("✗ wrong discord:5: there is no channel with this id; correct it")
        text = there.config.read_text().replace(discord.token, "canary.discord.token")
        there.config.write_text(
            f'{text}[matrix]\nhomeserver = "http://127.0.0.1:9"\nuser_id = "@bot:example.org"\npassword = "canary-password"\n'
        )
        refused = await there.type("check", "--online")
        assert (refused.status, "canary" in refused.out + refused.err) == (2, False)
        assert len(refused.err.splitlines()) == 2, refused.err
        assert "✗ wrong  account discord: Discord refuses the bot's token" in refused.err
        assert "(3 rooms not tried)" in refused.err
        assert "? no answer  account matrix: " in refused.err
    assert not (tmp_path / "bot.db").exists()


async def test_one_wrong_token_is_one_line(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        there.config.write_text(
            there.config.read_text().replace("[github]", '[github]\ntoken = "not-a-token-of-the-world"')
        )
        ran = await there.type("check", "--online")
        assert ran.status == 2
        assert [line for line in ran.err.splitlines() if "renew github.token" in line] == ran.err.splitlines()
        assert len(ran.err.splitlines()) == 1
        assert "✓ fine  ferry" not in ran.out


async def test_a_network_out_of_reach_is_no_wrong_configuration(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        lines = there.config.read_text().splitlines()
        away = [line.partition(" =")[0] + ' = "http://127.0.0.1:9"' if "_url" in line else line for line in lines]
        there.config.write_text("\n".join(away) + "\n")
        ran = await there.type("check", "--online")
        assert ran.status == 3
        assert 1 <= len(ran.err.splitlines()) <= 4, ran.err
        assert all(line.startswith("? no answer") for line in ran.err.splitlines())
        assert "✓ fine  ferry" not in ran.out


async def test_a_message_is_tried_in_a_room_and_taken_away_again(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there, DiscordStandIn() as discord:
        unknown = await there.type("test-message", "discord:5")
        assert (unknown.status, unknown.out) == (2, "")
        assert (
            unknown.err
            == "Discord is not configured, so discord:5 cannot be reached: set its account in the configuration\n"
        )
        there.configure(
            f'[discord]\ntoken = "{discord.token}"\napi_url = "{discord.api_url}"\ngateway_url = "{discord.gateway_url}"\n'
        )
        room = discord.room(name="news")
        good = await there.type("test-message", f"discord:{room}")
        assert (good.status, good.err) == (0, "")
        assert words_of(good.out) == [
            "",
            f"discord:{room}",
            "✓ fine post: the message was accepted",
            "✓ fine read back: it was found in the room",
            "✓ fine edit: its words were replaced",
            "✓ fine remove: it is gone again",
            "",
            "Tried 4 things online: all of it works.",
        ]
        assert discord.world.posts(room) == []
        assert [request.body["flags"] for request in discord.requests if request.method == "POST"] == [1 << 12], (
            "silent"
        )
        lost = await there.type("test-message", "discord:5")
        assert (lost.status, words_of(lost.out)) == (2, ["", "Tried 1 thing online: 1 needs attention."])
        assert lost.err.startswith("✗ wrong  post: there is no channel with this id")
        terminal = await there.type("test-message", "console")
        assert (terminal.status, "This is a test" in terminal.out) == (0, True)
        person = await there.type("test-message", "discord:user:1")
        assert (person.status, "is not the address of a room" in person.err) == (2, True)
    away = await there.type("test-message", f"discord:{room}")  # nothing answers there any more
    assert (away.status, len(away.err.splitlines())) == (3, 1), away.err
    assert away.err.startswith("? no answer  log in: ")
    assert not (tmp_path / "bot.db").exists()


async def test_slash_commands_are_synced_once(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there, DiscordStandIn() as discord:
        ran = await there.type("discord", "sync")
        assert (ran.status, ran.err) == (2, "Discord is not configured; set discord.token or discord.token_file\n")
        there.configure(
            f'[discord]\ntoken = "{discord.token}"\napi_url = "{discord.api_url}"\ngateway_url = "{discord.gateway_url}"\n'
        )
        tried = await there.type("discord", "sync", "--dry-run")
        assert (tried.status, tried.err) == (0, "")
        assert "supported" in tried.out
        assert (await there.type("discord", "sync")).out == tried.out
        assert (await there.type("discord", "sync")).out == "The slash commands are up to date.\n"


async def test_deliveries_are_listed_retried_and_dropped(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        ran = await there.type("deliveries", "list")
        assert ran.status == 2
        assert "does not exist yet; start the bot once with chatbot run" in ran.err
        assert (await there.type("db", "upgrade")).status == 0
        assert (await there.type("deliveries", "list", "--json")).document == []
        assert (await there.type("deliveries", "list")).out == "No undelivered messages.\n"
        async with open_store(f"sqlite:///{tmp_path}/bot.db") as store, store.writing() as tx:
            message = Message(title="Ferry \x1b[2J1.0.2", tone=Tone.ROUTINE)
            planned_message = PlannedMessage(
                project=ProjectId("ferry"),
                subject="release/ferry/v1.0.2",
                kind="new",
                message=message,
                lane=Lane.ROUTINE,
                revisions={RoomAddress("console"): 1},
            )
            await outbox.add(tx, [planned_message], now())
        (listed,) = (await there.type("deliveries", "list", "--json")).document
        assert {key: listed[key] for key in ("state", "room", "subject", "kind", "lane", "attempts")} == {
            "state": "pending",
            "room": "console",
            "subject": "release/ferry/v1.0.2",
            "kind": "new",
            "lane": "routine",
            "attempts": 0,
        }
        number = str(listed["id"])
        words = await there.type("deliveries", "list", "--room", "console", "--state", "pending")
        heading, line, about = words.out.splitlines()
        assert heading == "number  state  room  title"
        assert line == f"{number}  pending  console  Ferry [2J1.0.2"
        assert about == "    new of release/ferry/v1.0.2; queued just now, not tried yet"
        assert (await there.type("deliveries", "list", "--state", "parked")).out == "No messages match.\n"
        assert (await there.type("deliveries", "drop", number)).out == f"{number} was dropped.\n"
        again = await there.type("deliveries", "drop", number)
        assert (again.status, again.out) == (2, "")
        assert again.err == f"{number} cannot be dropped: gone, sent or replaced; see chatbot deliveries list\n"
        assert (await there.type("deliveries", "retry", number)).out == f"{number} will be sent again.\n"
        async with open_store(f"sqlite:///{tmp_path}/bot.db") as store, store.writing() as tx:
            (claimed,) = await outbox.claim(tx, "console", now(), 9)
            await outbox.retry_at(tx, claimed, now(), "cut", doubtful=True)
            (claimed,) = await outbox.claim(tx, "console", now(), 9)
            await outbox.park(tx, claimed, "the room cannot be read so far back", now())
        assert (await there.type("deliveries", "retry", number, "--blind")).out == f"{number} will be sent again.\n"
        async with open_store(f"sqlite:///{tmp_path}/bot.db") as store, store.writing() as tx:
            (claimed,) = await outbox.claim(tx, "console", now(), 9)
            assert (claimed.doubtful, claimed.outgoing.first_attempt_at) == (False, None)
            await outbox.retry_at(tx, claimed, now(), "503", doubtful=False)
        assert len((await there.type("deliveries", "list", "--json")).document) == 1


async def test_a_store_that_is_none_is_a_failure_outside(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        (tmp_path / "bot.db").write_bytes(b"this is no database, but long enough to look like a file" * 99)
        ran = await there.type("deliveries", "list")
        assert (ran.status, ran.out) == (3, "")
        assert "database" in ran.err
        assert len(ran.err.splitlines()) == 1


async def test_a_test_message_that_is_told_to_end_is_removed(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there, DiscordStandIn(latency=0.3) as discord:
        room = discord.room(name="releases")
        there.configure(
            f'[discord]\ntoken = "{discord.token}"\napi_url = "{discord.api_url}"\ngateway_url = "{discord.gateway_url}"\n'
        )
        words = ("test-message", f"https://discord.com/channels/1/{room}", "--config", str(there.config))
        process = await forks.start(forks.CHATBOT, *words, cwd=tmp_path, env=environment(), stdout=PIPE, stderr=PIPE)
        async with asyncio.timeout(PATIENCE):
            await discord.until(lambda: bool(discord.world.posts(room)))
            process.send_signal(signal.SIGTERM)
            out, err = await process.communicate()
        assert (process.returncode, out) == (130, b"")
        assert err.decode() == "interrupted; the test message was removed\n"
        assert discord.world.posts(room) == []
