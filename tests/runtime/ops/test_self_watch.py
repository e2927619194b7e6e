"""The bot reads what is published about itself: with a forge over sockets, and never with a token that is for another one."""

from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from chatbot.core.model.ids import ProjectId
from chatbot.demo.github.data import Repository
from chatbot.runtime.ops.self_watch import Origin, SelfWatch, origin_of
from chatbot.store import knowledge
from tests.demo.make import advisory, release
from tests.runtime.harness import Harness, open_harness, room
from tests.standins.clock import START, ManualClock
from tests.standins.github.faults import status

REASON = "the bot itself needs an upgrade"


@pytest.fixture
def ferry() -> Repository:
    of = Repository(owner="harbour", name="ferry", description="Stands for the bot's own repository")
    of.releases = [release(f"v1.{minor}.0", minor + 1) for minor in range(5)]
    of.advisories = [advisory("GHSA-2222-2222-2222", 5)]
    of.commit(
        "SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.4.x | yes |\n| < 1.4 | no |\n", START
    )
    return of


def itself(harness: Harness, running: str) -> SelfWatch:
    config = harness.services.config
    return SelfWatch(harness.services, Origin(config.api_url, config.web_url, "harbour/ferry"), running)


async def look(watch: SelfWatch) -> tuple[bool, list[str], list[str]]:
    with capture_logs() as lines:
        was_all_read = await watch.look()
    reasons = [line["reason"] for line in lines if line["event"] == REASON]
    return was_all_read, reasons, [line["event"] for line in lines if line["log_level"] == "warning"]


async def test_what_is_wrong_with_the_version_that_runs_is_logged(ferry: Repository, tmp_path: Path) -> None:
    async with open_harness(ferry, ManualClock(), tmp_path / "bot.db", [room("console")]) as harness:
        was_all_read, reasons, _ = await look(itself(harness, "1.0.0"))
        assert was_all_read
        assert [reason for reason in reasons if "gets no security fixes any more: upgrade to 1.4.0" in reason]
        assert [reason for reason in reasons if "is 4 releases behind: upgrade to 1.4.0" in reason]
        assert list(harness.services.answers.itself) == reasons, "`/status` has the same"
        assert await look(itself(harness, "1.4.0")) == (True, [], [])
        assert not harness.services.answers.itself
        async with harness.services.store.reading() as tx:
            assert not (await knowledge.load(tx, ProjectId("chatbot"))).releases, "nothing of it is in the bot's store"


async def test_what_could_not_be_read_is_no_good_news(ferry: Repository, tmp_path: Path) -> None:
    async with open_harness(ferry, ManualClock(), tmp_path / "bot.db", [room("console")]) as harness:
        harness.world.faults.lay("/repos/*/releases*", status(502))
        was_all_read, _, events = await look(itself(harness, "1.4.0"))
        assert not was_all_read
        harness.services.answers.itself = ("it has an advisory",)
        await look(itself(harness, "1.4.0"))
        assert harness.services.answers.itself == ("it has an advisory",), "what could not be read is not gone"
        assert "not all that is published about the bot itself could be read" in events


@pytest.mark.parametrize(
    ("urls", "repository"),
    [
        (["Homepage, https://example.org", "Source, https://github.com/harbour/ferry"], "harbour/ferry"),
        (["source, https://github.com/harbour/ferry.git"], "harbour/ferry"),
        (["Source, https://github.com/harbour/ferry/"], "harbour/ferry"),
        (["Source, https://git.example.org/harbour/ferry"], "harbour/ferry"),
        (["Source, https://elsewhere.example/harbour/ferry"], None),
        (["Source, http://github.com/harbour/ferry"], None),
        (["Source, https://github.com/harbour"], None),
        (["Source"], None),
        (["Documentation, https://github.com/harbour/ferry"], None),
        ([], None),
    ],
)
async def test_where_it_is_published(
    urls: list[str], repository: str | None, ferry: Repository, tmp_path: Path
) -> None:
    async with open_harness(ferry, ManualClock(), tmp_path / "bot.db", [room("console")]) as harness:
        config = replace(
            harness.services.config, api_url="https://git.example.org/api/v3", web_url="https://git.example.org"
        )
    origin = origin_of(urls, config)
    assert (origin.repository if origin else None) == repository
    if origin is not None:
        assert (origin.api_url == config.api_url) == ("git.example.org" in urls[-1])


async def test_the_token_of_another_forge_is_not_sent(ferry: Repository, tmp_path: Path) -> None:
    async with open_harness(ferry, ManualClock(), tmp_path / "bot.db", [room("console")]) as harness:
        services = harness.services
        origin = Origin(services.config.api_url, services.config.web_url, "harbour/ferry")
        services.config = replace(
            services.config, token=lambda: "ghp_of_another", api_url="https://git.example.org/api/v3"
        )
        assert await SelfWatch(services, origin, "1.4.0").look()
        assert harness.world.requests
        assert not [each for each in harness.world.requests if each.headers.get("Authorization")]
