"""What `/status` and `/why` tell about rooms: the truth, and about other rooms only to those who keep them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import CommandRequest, Right
from chatbot.demo.github.data import Repository
from chatbot.ports import ChatRefused
from tests.core import make
from tests.demo.make import release
from tests.runtime.harness import FERRY, Harness, open_harness, room
from tests.standins.clock import ManualClock

KEEPER = "discord:user:7"
PROJECT = replace(FERRY, maintainers=(KEEPER,), maintainers_room="console:keepers")
ROOMS = [room("console:harbour"), room("console:cellar")]
WHY = "the bot may not write there"
EVERYBODY = frozenset({Right.EVERYONE})


@pytest.fixture
def ferry() -> Repository:
    return Repository(owner="harbour", name="ferry", releases=[release("v1.0.0", 1), release("v1.1.0", 2)])


async def _ask(harness: Harness, command: str, who: Mapping[str, object], **arguments: str) -> Message:
    values = {"asker": "discord:user:1", "rights": EVERYBODY, **who}
    request = CommandRequest(command=command, arguments=arguments, asked_at=harness.clock.now, **values)  # type: ignore[arg-type]  # a table of mixed fields
    return await harness.services.answers.answer(request)


async def _refused(harness: Harness, ferry: Repository) -> None:
    """Both rooms refuse what is to be said in them."""
    await harness.run_for()
    ferry.releases.append(release("v1.2.0", 0, created_at=harness.clock.now, published_at=harness.clock.now))
    harness.chat.failures += [ChatRefused(WHY), ChatRefused(WHY)]
    await harness.run_for()


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ({"room": "console:harbour"}, ["console:harbour"]),
        ({"room": "console:elsewhere"}, []),
        ({"room": ""}, []),
        ({"room": "console:harbour", "asker": KEEPER}, ["console:harbour"]),
        ({"room": "", "asker": KEEPER}, ["console:cellar", "console:harbour"]),
        ({"room": "console:keepers", "asker": KEEPER}, ["console:cellar", "console:harbour"]),
        ({"room": "console", "rights": frozenset(Right)}, ["console:cellar", "console:harbour"]),
    ],
)
async def test_rooms_that_refuse_are_told(
    who: dict[str, object], names: list[str], ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, project=PROJECT) as harness:
        before = await _ask(harness, "status", who)
        assert (before.title, before.tone) == ("Some of it needs attention", Tone.WARNING)  # nothing was read yet
        await _refused(harness, ferry)
        answer_lines = make.lines_of(await _ask(harness, "status", who))
        assert answer_lines[0] == "Some of it needs attention"
        assert "Rooms that take no messages: 2; waiting for them: 2 messages" in answer_lines
        lines = sorted(line for line in answer_lines if "takes no messages: " in line)
        assert lines == [f"• {at} takes no messages: {WHY} (1 waiting)" for at in names]


async def test_all_is_well_again_once_they_take_messages(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, project=PROJECT) as harness:
        await harness.run_for()
        assert (await _ask(harness, "status", {})).tone is Tone.GOOD


async def test_a_chat_that_is_stopped_is_told_with_the_reason(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, project=PROJECT) as harness:
        await harness.run_for()
        harness.services.answers.stopped = lambda: {"discord": "its token is refused"}
        answer = await _ask(harness, "status", {})
        assert answer.tone is Tone.WARNING
        assert "• discord is stopped: its token is refused" in make.lines_of(answer)


async def test_why_in_one_room_names_no_bridged_room(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    bridged = [ROOMS[0], replace(ROOMS[1], bridged_with=("console:harbour",))]
    async with open_harness(ferry, clock, tmp_path / "bot.db", bridged, project=PROJECT) as harness:
        await harness.run_for()
        ferry.releases.append(release("v1.2.0", 0, created_at=clock.now, published_at=clock.now))
        await harness.run_for()
        answers = {
            who: "\n".join(make.lines_of(await _ask(harness, "why", {"room": at, "asker": who}, id="v1.2.0")))
            for who, at in (("discord:user:1", "console:cellar"), (KEEPER, "console:keepers"))
        }
        assert "another room that is bridged with this one says it" in answers["discord:user:1"]
        assert "console:harbour" not in answers["discord:user:1"]
        assert "console:harbour" in answers[KEEPER]


async def test_the_operator_at_the_terminal_sees_all_rooms(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, project=PROJECT) as harness:
        await harness.run_for()
        ferry.releases.append(release("v1.2.0", 0, created_at=clock.now, published_at=clock.now))
        await harness.run_for()
        who = {"room": "console", "asker": "console:user", "rights": frozenset(Right)}
        text = "\n".join(make.lines_of(await _ask(harness, "why", who, id="v1.2.0")))
        assert "in console:harbour: announced" in text
        assert "in console:cellar: announced" in text
        assert "waited" not in text
