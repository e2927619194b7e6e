"""Keys in the query of configured addresses: whatever goes wrong there, nobody ever sees one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from chatbot.chats.console.format import to_text
from chatbot.core.model.ids import RoomAddress
from chatbot.core.queries.commands import CommandRequest
from chatbot.runtime.app import config_of
from chatbot.runtime.checks.sources import check_sources
from chatbot.runtime.ops.logs import blot_out
from chatbot.runtime.services import open_services
from chatbot.runtime.settings.settings import Settings, load
from tests.sources.web_server import open_web_server
from tests.standins.clock import ManualClock

KEYS = ("KEV-SECRET", "POLICY-SECRET", "OSV-SECRET", "API-SECRET", "WEB-SECRET")
CONFIG = """
database = "sqlite:///{folder}/bot.db"

[github]
api_url = "{url}?key=API-SECRET"
web_url = "{url}?key=WEB-SECRET"

[advisories]
kev_url = "{url}/kev.json?apikey=KEV-SECRET"
osv_url = "{url}/osv?KEY=OSV-SECRET"

[health]
deadman_url = "{url}/ping/DEADMAN-SECRET?state=STATE-SECRET"

[[projects]]
id = "p"
repository = "o/n"
packages = ["npm/tide"]
policy = "{url}/policy.md?token=POLICY-SECRET#FRAGMENT"
"""

ANSWERS: dict[str, Callable[[], web.StreamResponse]] = {
    "not there": lambda: web.Response(status=404),
    "refused": lambda: web.Response(status=403),
    "broken": lambda: web.Response(status=500),
    "empty": web.Response,
    "bytes": lambda: web.Response(body=b"\xff\xfe binary"),
    "other JSON": lambda: web.json_response({"vulnerabilities": "x", "vulns": 1}),
    "a page": lambda: web.Response(text="<!doctype html><html></html>", content_type="text/html"),
    "words": lambda: web.Response(text="# Security\n\nWrite to security@p.example.\n"),
    "a circle": lambda: web.Response(status=302, headers={"Location": ""}),
}


def settings_in(folder: Path, url: str) -> Settings:
    config = folder / "config.toml"
    config.write_text(CONFIG.format(folder=folder, url=url).replace("#FRAGMENT", ""))
    return load(config, {})


def kept_in(folder: Path) -> str:
    return "".join(file.read_bytes().decode("latin-1") for file in folder.glob("bot.db*"))


@pytest.mark.parametrize("answer", list(ANSWERS))
async def test_a_key_is_in_no_answer_no_log_and_no_store(answer: str, tmp_path: Path) -> None:
    async def act(_request: web.Request) -> web.StreamResponse:
        return ANSWERS[answer]()

    clock, text = ManualClock(), ""
    async with open_web_server(act) as stand:
        config = replace(config_of(settings_in(tmp_path, stand.url)), per_second=10_000)
        with capture_logs() as lines:
            async with open_services(config, clock) as services:
                await services.look_once()
                for command in ("status", "report", "policy", "supported"):
                    ask = CommandRequest(
                        command=command,
                        arguments={"version": "1"},
                        asker=RoomAddress("discord:user:1"),
                        asked_at=clock.now,
                    )
                    message = await services.answers.answer(ask)
                    text += repr(message) + to_text(message)
                text += repr(await check_sources(services, {}))
        assert any(request.query.get("apikey") == "KEV-SECRET" for request in stand.requests), "it was used"
    text += repr(lines)
    text += kept_in(tmp_path)
    assert not [key for key in KEYS if key in text]


async def test_a_server_that_is_not_there_shows_no_key_either(tmp_path: Path) -> None:
    clock = ManualClock()
    with capture_logs() as lines:
        async with open_services(config_of(settings_in(tmp_path, "http://127.0.0.1:9")), clock) as services:
            await services.look_once()
            message = await services.answers.answer(
                CommandRequest(command="status", asker=RoomAddress("discord:user:1"), asked_at=clock.now)
            )
    assert "127.0.0.1:9" in repr(message)
    assert not [key for key in KEYS if key in repr(lines) + repr(message)]


def test_every_key_in_an_address_is_kept_out_of_the_log(tmp_path: Path) -> None:
    hide = blot_out(settings_in(tmp_path, "http://h.example").secrets())
    words = " ".join((*KEYS, "STATE-SECRET", "h.example/ping/DEADMAN-SECRET"))
    line = hide(None, "", {"event": words})
    assert "SECRET" not in str(line), line
