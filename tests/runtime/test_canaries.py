"""No secret of the configuration stands in anything that the bot writes, and no name in what is meant for a bug report."""

import asyncio
import base64
import json
import signal
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.runtime.bot_process import BotHarness, open_bot
from tests.runtime.canaries import leaks, left_behind
from tests.standins import forks
from tests.standins.synapse import Synapse

# What the operator keeps to himself besides the tokens that the stand-ins know.
CANARIES = {
    "webhook": "canary-webhook-Zx81-secret",
    "reports": "canary-reports-Qw72-secret",
    "pickle": "canary-pickle-Lm63-secret",
    "deadman": "canary-deadman-Tr54-key",
    "query": "canary-query-Vb45-key",
}
COMMANDS = (
    ("check",),
    ("check", "--online"),
    ("doctor",),
    ("doctor", "report.txt"),
    ("ask", "/status"),
    ("preview", "v1.0.1", "--why"),
    ("deliveries", "list", "--json"),
    ("db", "backup", "backup.db"),
    ("db", "export", "export.db"),
)


def _with_canaries(there: BotHarness) -> None:
    text = there.config.read_text()
    text = text.replace("[discord]\n", f'webhook_secret = "{CANARIES["webhook"]}"\n[discord]\n')
    text = text.replace("[web]\n", f'pickle_key = "{CANARIES["pickle"]}"\n[web]\n')
    there.config.write_text(
        f'{text}\n[reports]\ntoken = "{CANARIES["reports"]}"\n'
        f'[health]\ndeadman_url = "http://127.0.0.1:9/{CANARIES["deadman"]}"\n'
        f'[advisories]\nkev_url = "http://127.0.0.1:9/kev.json?key={CANARIES["query"]}"\n'
    )


async def _type(there: BotHarness, *words: str) -> None:
    """Run one command to its end; what it writes is kept in a file."""
    with (there.folder / f"written-{'-'.join(words).replace('/', '')}.txt").open("wb") as out:
        all_words = (*words, "--config", str(there.config))
        process = await forks.start(forks.CHATBOT, *all_words, cwd=there.folder, stdout=out, stderr=out)
        async with asyncio.timeout(PATIENCE):
            await process.wait()


def _keep(there: BotHarness, name: str, document: object) -> None:
    (there.folder / name).write_text(json.dumps(document, default=str), encoding="utf-8")


async def test_nothing_that_is_written_holds_a_secret(homeserver: Synapse, tmp_path: Path) -> None:
    async with open_bot(tmp_path, homeserver) as there:
        _with_canaries(there)
        await there.start()
        await there.baseline()
        there.publish("v1.0.1")
        await there.until_shown(["1.0.1"])
        answers = [await (await there.discord.slash("status", {}, at=there.channel)).answer()]

        there.world.tokens.clear()  # GitHub takes the token no more: errors are logged
        await there.until(lambda: "answered 401" in there.log.read_text(), "the refusal is logged")
        good = there.config.read_text()
        there.config.write_text(good.replace("token =", "tokken =", 1))  # a secret under a name that is none
        assert there.process is not None
        there.process.send_signal(signal.SIGHUP)
        await there.until(
            lambda: "the configuration was not reloaded" in there.log.read_text(), "the mistake is logged"
        )
        await _type(there, "doctor", "mistaken.txt")
        there.config.write_text(good)
        for words in COMMANDS:
            await _type(there, *words)
        assert await there.end(signal.SIGTERM) == 0

        _keep(there, "written-discord.json", [*there.discord.world.posts(there.channel), *answers])
        _keep(there, "written-matrix.json", there.reader.history(there.room))
        access = [file.read_text() for file in (tmp_path / "matrix-store").glob("*.json")]
        secrets = [*CANARIES.values(), "test-token-of-the-reader", there.discord.token, *_given_secrets(access)]
        assert len(secrets) > len(CANARIES) + 2, "the token that Matrix gave is among them"
        places = {"config.toml", "matrix-store"}
        assert leaks(tmp_path, secrets, apart_from=places) == []
        assert leaks(tmp_path, secrets), "they are found where they belong, so they would be elsewhere"

        report = (tmp_path / "report.txt").read_text()
        assert "ferry" not in report.lower(), "no name of a project"
        for name in ("harbour", there.channel, there.room, there.bot, homeserver.url, str(tmp_path)):
            assert name not in report
        for part in (
            "## Versions",
            "github.token = set",
            "tables of version",
            "announcements: ",
            "401",
            "## Last log lines",
        ):
            assert part in report
        assert "github.tokken: unknown setting" in (tmp_path / "mistaken.txt").read_text()
        assert (tmp_path / "report.txt").stat().st_mode & 0o777 == 0o600


def _given_secrets(documents: list[str]) -> list[str]:
    """What the store of the account keeps: the token that was given at the login, and the keys."""
    pairs = [pair for text in documents for pair in _pairs(json.loads(text))]
    return [value for key, value in pairs if key in ("access_token", "master", "self_signing", "user_signing")]


def _pairs(tree: dict[str, object]) -> list[tuple[str, str]]:
    inner = [pair for value in tree.values() if isinstance(value, dict) for pair in _pairs(value)]
    return [*inner, *((key, value) for key, value in tree.items() if isinstance(value, str))]


@pytest.mark.parametrize(
    "form", [str.encode, lambda text: base64.b64encode(text.encode()), lambda text: text.encode().hex().encode()]
)
def test_the_search_finds_a_secret_in_any_form(form: object, tmp_path: Path) -> None:
    (tmp_path / "some.db").write_bytes(b"before" + form("canary-of-the-search-1234") + b"after")  # type: ignore[operator]
    assert leaks(tmp_path, ["canary-of-the-search-1234"])
    assert not leaks(tmp_path, ["canary-of-the-search-1234"], apart_from=["some.db"])


@pytest.mark.parametrize(
    "name", ["bot.db", "bot.db.log.1", "bot.db.before-upgrade-20261128T081500Z", "deep/er/report.txt"]
)
def test_a_secret_that_a_test_run_leaves_behind_is_seen(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"before canary-left-behind after")
    assert left_behind(tmp_path, ["another", "canary-left-behind"], seconds=5) == [f"{name}: secret 1"]
    assert not left_behind(tmp_path, ["another"], seconds=5)


@pytest.mark.parametrize("name", ["config.toml", "matrix-store/device.json", "discord-token"])
def test_a_secret_where_it_belongs_is_no_leak(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"canary-left-behind")
    assert not left_behind(tmp_path, ["canary-left-behind"], seconds=5)
