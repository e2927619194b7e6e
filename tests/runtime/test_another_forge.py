"""Another forge is one package and one line in the list: what is published there is announced, corrected and answered for."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.model.watches import Project
from chatbot.core.queries.commands import CommandRequest, Right
from chatbot.demo.github.data import Repository
from chatbot.runtime import forges
from tests.demo.make import release
from tests.runtime.harness import EVERYTHING, MINUTE, Harness, open_harness, room
from tests.standins.clock import ManualClock
from tests.standins.shelf.forge import Shelf

NEWS, HARBOUR = RoomAddress("console:kite"), "console:ferry"
KITE, FERRY = (
    Project(id=ProjectId("kite"), name="Kite", repository="harbour/kite"),
    Project(id=ProjectId("ferry"), name="Ferry", repository="harbour/ferry"),
)
POLICY = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.0.x | yes |\n| 0.9.x | no |\n"


class Folder:
    """What the project publishes."""

    def __init__(self, root: Path, clock: ManualClock) -> None:
        self.root, self.clock = root / KITE.repository, clock
        for name in ("releases", "advisories"):
            (self.root / name).mkdir(parents=True)
        (self.root / "SECURITY.md").write_text(POLICY)

    def release(self, tag: str) -> None:
        self._write("releases", tag, notes=f"What changed in {tag}.")

    def advisory(self, name: str, severity: str = "high") -> None:
        self._write(
            "advisories", name, title="A kite string leaks", severity=severity, range="< 1.0.1", patched="1.0.1"
        )

    def withdraw(self, name: str) -> None:
        (self.root / "advisories" / f"{name}.json").unlink()

    def _write(self, folder: str, name: str, **item: str) -> None:
        (self.root / folder / f"{name}.json").write_text(json.dumps({"at": self.clock.now.isoformat(), **item}))


async def _ask(harness: Harness, command: str, **arguments: str) -> Message:
    request = CommandRequest(
        command=command,
        arguments=arguments,
        asker=RoomAddress("console"),
        room=NEWS,
        rights=frozenset(Right) - {Right.MAINTAINER},  # maintainers see the sources of all projects that they keep
        asked_at=harness.clock.now,
    )
    return await harness.services.answers.answer(request)


async def test_what_is_published_on_another_forge_is_announced_corrected_and_answered_for(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path / "shelf", clock)
    monkeypatch.setattr(
        forges, "FORGES", [lambda parts: Shelf(tmp_path / "shelf", parts.clock), *forges.FORGES]
    )  # the one line
    folder.release("v0.9.0")
    folder.release("v1.0.0")
    ferry = Repository(owner="harbour", name="ferry")
    ferry.releases = [release("v7.0.0", 1)]
    rooms = [room(NEWS, EVERYTHING, [ProjectId("kite")]), room(HARBOUR, EVERYTHING, [ProjectId("ferry")])]
    async with open_harness(ferry, clock, tmp_path / "bot.db", rooms, project=KITE, beside=[(FERRY, ferry)]) as harness:
        await harness.run_for(MINUTE)
        assert harness.chat.titles(NEWS) == [], "what was there before is no news"

        clock.advance(timedelta(hours=1))
        folder.release("v1.0.1")
        await harness.run_for(MINUTE)
        assert harness.chat.titles(NEWS) == ["Kite 1.0.1"]

        clock.advance(timedelta(days=2))
        folder.advisory("SHELF-1")
        await harness.run_for(MINUTE)
        assert sorted(harness.chat.titles(NEWS)) == ["Kite 1.0.1", "Kite – A kite string leaks"]
        assert harness.chat.labels(NEWS)[0].startswith("Security release · ")

        affected = await _ask(harness, "affected", version="1.0.0")
        assert "SHELF-1" in repr(affected)
        assert "1.0.1" in repr(affected)
        assert affected.tone is Tone.WARNING
        assert "1.0.x" in repr(await _ask(harness, "supported", version="1.0.1"))
        assert "the slip under the door" in repr(await _ask(harness, "report"))
        assert "on the shelf" in repr(await _ask(harness, "why", id="SHELF-1"))
        for command in ("affected", "supported", "report", "why", "status", "policy", "latest"):
            assert "github" not in repr(await _ask(harness, command, version="1.0.0", id="v1.0.1")).casefold(), command

        folder.withdraw("SHELF-1")
        for _ in range(3):
            await harness.run_for(timedelta(minutes=11))
        assert "SHELF-1" not in repr(await _ask(harness, "affected", version="1.0.0"))
        assert harness.chat.titles(HARBOUR) == [], "the other forge's project goes on beside it"
        ferry.releases.append(release("v7.0.1", 0, created_at=clock.now, published_at=clock.now))
        await harness.run_for(MINUTE)
        assert harness.chat.titles(HARBOUR) == ["Ferry 7.0.1"]
        assert harness.world.requests_for(KITE.repository) == [], "nobody else is asked for it"
