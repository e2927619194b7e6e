"""What `check --online` tries: also rooms that the configuration does not name, because they watch by command."""

from pathlib import Path

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.watching.room_watch import RoomWatch
from chatbot.runtime.checks.online import check_online, watched_by_command
from chatbot.runtime.settings.settings import load
from chatbot.store import room_watches
from chatbot.store.database.db import open_store
from tests.standins.clock import START
from tests.standins.discord import DiscordStandIn

NOWHERE_THERE = "http://127.0.0.1:9"


async def test_rooms_that_watch_by_command_are_checked_too(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bot.db"
    async with DiscordStandIn() as discord:
        by_file, by_command = discord.room(name="file"), discord.room(name="command")
        async with open_store(url) as store, store.writing() as tx:
            watch = RoomWatch(room=RoomAddress(f"discord:{by_command}"), project=ProjectId("ferry"), began_at=START)
            await room_watches.put(tx, watch)
        config = tmp_path / "config.toml"
        config.write_text(
            f'database = "{url}"\n[github]\napi_url = "{NOWHERE_THERE}"\nweb_url = "{NOWHERE_THERE}"\n'
            f'[discord]\ntoken = "{discord.token}"\napi_url = "{discord.api_url}"\ngateway_url = "{discord.gateway_url}"\n'
            f'[advisories]\nosv_url = "{NOWHERE_THERE}"\n[[projects]]\nid = "ferry"\nrepository = "harbour/ferry"\n'
            f'[[rooms]]\naddress = "discord:{by_file}"\nprojects = ["ferry"]\n'
        )
        tried = await check_online(load(config, {}), lambda: START)
    assert [each.called for each in tried.groups["Discord"]] == [
        "chatbot (discord)", f"#file (discord:{by_file})", f"#command (discord:{by_command})",
    ]  # fmt: skip


async def test_a_database_that_is_none_or_not_there_yet_is_no_reason_to_fail(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database" * 99)
    for name in ("broken.db", "missing.db"):
        assert await watched_by_command(f"sqlite:///{tmp_path / name}") == ()
    assert not (tmp_path / "missing.db").exists()
