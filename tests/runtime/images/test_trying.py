"""What `chatbot check --online` finds wrong with the images that are configured."""

from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.core.images.reference import parse_image
from chatbot.core.model.ids import ProjectId
from chatbot.demo.github.data import Repository
from chatbot.ports import Batch
from chatbot.runtime.checks.sources import check_sources
from chatbot.runtime.images.trying import check_images
from tests.demo.make import release
from tests.runtime.harness import FERRY, open_harness
from tests.standins.clock import ManualClock
from tests.standins.registry.server import Registry, serve

IMAGE = "harbour/ferry"
BOTH = ("linux/amd64", "linux/arm64")


@pytest.mark.parametrize(
    ("image", "problem"),
    [
        ("{host}/harbour/ferry:{tag}", None),
        ("{host}/harbour/ferry:{version}", "is not there yet. It is an image of the newest release, v1.0.0: check"),
        ("{host}/harbour/ferry:{tag}-alpine", "is there (linux/amd64), without linux/arm64. It is an image of"),
        ("{host}/harbour/secret:{tag}", "is not public, or does not exist"),
        ("{host}/harbour/ferry:{line}", "is not there yet"),
        ("127.0.0.1:1/harbour/ferry:{tag}", "the connection was refused"),
    ],
)
async def test_the_images_of_the_newest_release_are_asked_for(
    tmp_path: Path, ferry: Repository, clock: ManualClock, image: str, problem: str | None
) -> None:
    registry = Registry(private={"harbour/secret": "no token"})
    ferry.releases.append(release("v1.1.0-rc.1", 2, prerelease=True))
    registry.repository(IMAGE).push("v1.0.0", BOTH)
    registry.repository(IMAGE).push("v1.0.0-alpine", BOTH[:1])
    async with serve(registry) as host:
        project = replace(FERRY, images=(parse_image(image.replace("{host}", host), BOTH),))
        async with open_harness(ferry, clock, tmp_path / "bot.db", [], project=project) as harness:
            batches: dict[ProjectId, list[Batch]] = {}
            (source,) = await check_sources(harness.services, batches)
            assert (source.verdict, source.subject) == ("fine", "ferry")
            (result,) = await check_images([project], batches, harness.services.images.registries, clock)
    assert str(problem or "is there (linux/amd64, linux/arm64)") in result.line
    assert result.line.startswith("ferry: ")
    assert result.verdict == ("fine" if problem is None else "away" if "refused" in problem else "wrong")
