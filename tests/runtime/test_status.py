"""What `/status` and `/why` tell about rooms: the truth, and about other rooms only to those who keep them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.checks.result import CheckResult
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import CommandRequest, Right
from chatbot.demo.github.data import Repository
from chatbot.ports import ChatRefused, ChatUnavailable, MessageRejected
from tests.core import make
from tests.demo.make import release
from tests.runtime.harness import FERRY, Harness, open_harness, room
from tests.standins.clock import START, ManualClock

KEEPER = RoomAddress("discord:user:7")
PROJECT = replace(FERRY, maintainers=(KEEPER,), maintainers_room=RoomAddress("console:keepers"))
ROOMS = [room("console:harbour"), room("console:cellar")]
WHY = "the bot may not write there"
EVERYBODY = frozenset({Right.EVERYONE})


@pytest.fixture
def ferry() -> Repository:
    return Repository(owner="harbour", name="ferry", releases=[release("v1.0.0", 1), release("v1.1.0", 2)])


async def _ask(harness: Harness, command: str, who: Mapping[str, object], **arguments: str) -> Message:
    values = {"asker": RoomAddress("discord:user:1"), "rights": EVERYBODY, **who}
    request = CommandRequest(command=command, arguments=arguments, asked_at=harness.clock.now, **values)  # type: ignore[arg-type]  # a table of mixed fields
    harness.services.answers.room_name = lambda at: f"#{at.partition(':')[2]}"
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
        ({"room": "console:harbour"}, ["#harbour"]),
        ({"room": "console:elsewhere"}, []),
        ({"room": ""}, []),
        ({"room": "console:harbour", "asker": KEEPER}, ["#harbour"]),
        ({"room": "", "asker": KEEPER}, ["#cellar", "#harbour"]),
        ({"room": "console:keepers", "asker": KEEPER}, ["#cellar", "#harbour"]),
        ({"room": "console", "rights": frozenset(Right)}, ["#cellar", "#harbour"]),
    ],
)
async def test_rooms_that_refuse_are_reported(
    who: dict[str, object], names: list[str], ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, project=PROJECT) as harness:
        before = await _ask(harness, "status", who)
        assert (before.title, before.tone) == ("1 problem needs attention", Tone.WARNING)  # nothing was read yet
        await _refused(harness, ferry)
        answer_lines = make.lines_of(await _ask(harness, "status", who))
        assert answer_lines[0].endswith("attention")
        assert "Waiting: 2 messages, the oldest since" in answer_lines[1]
        lines = sorted(line for line in answer_lines if "takes no messages: " in line)
        assert lines == [f"• {at} takes no messages: {WHY} (1 waiting)" for at in names]
        assert any("take no messages; " in line or "takes no messages; " in line for line in answer_lines) is (
            len(names) < 2
        )


async def test_all_is_well_again_once_they_take_messages(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, project=PROJECT) as harness:
        await harness.run_for()
        assert (await _ask(harness, "status", {})).tone is Tone.GOOD


async def test_a_chat_that_is_stopped_is_reported_with_the_reason(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, project=PROJECT) as harness:
        await harness.run_for()
        harness.services.answers.stopped = lambda: {"discord": "its token is refused"}
        answer = await _ask(harness, "status", {})
        assert answer.tone is Tone.WARNING
        assert "• Discord is stopped: its token is refused" in make.lines_of(answer)


async def test_why_in_one_room_names_no_bridged_room(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    bridged = [ROOMS[0], replace(ROOMS[1], bridged_with=(RoomAddress("console:harbour"),))]
    async with open_harness(ferry, clock, tmp_path / "bot.db", bridged, project=PROJECT) as harness:
        await harness.run_for()
        ferry.releases.append(release("v1.2.0", 0, created_at=clock.now, published_at=clock.now))
        await harness.run_for()
        answers = {
            who: "\n".join(
                make.lines_of(await _ask(harness, "why", {"room": at, "asker": RoomAddress(who)}, id="v1.2.0"))
            )
            for who, at in (("discord:user:1", "console:cellar"), (KEEPER, "console:keepers"))
        }
        assert "a room that is bridged with this one shows it" in answers["discord:user:1"]
        assert "harbour" not in answers["discord:user:1"]
        assert "#cellar: not announced, because it is bridged with #harbour, which shows it" in answers[KEEPER]


async def test_the_operator_at_the_terminal_sees_all_rooms(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, project=PROJECT) as harness:
        await harness.run_for()
        ferry.releases.append(release("v1.2.0", 0, created_at=clock.now, published_at=clock.now))
        await harness.run_for()
        who = {"room": "console", "asker": RoomAddress("console:user"), "rights": frozenset(Right)}
        text = "\n".join(make.lines_of(await _ask(harness, "why", who, id="v1.2.0")))
        assert "Ferry 1.2.0 was announced in all 2 rooms that were watching" in text
        assert "#cellar and #harbour: announced on " in text
        assert "read once more" not in text


async def test_a_room_whose_name_nobody_knows_is_still_no_raw_address(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, project=PROJECT) as harness:
        await harness.run_for()
        ferry.releases.append(release("v1.2.0", 0, created_at=clock.now, published_at=clock.now))
        await harness.run_for()
        request = CommandRequest(
            command="why", arguments={"id": "v1.2.0"}, asker=KEEPER, rights=EVERYBODY, asked_at=clock.now
        )
        text = "\n".join(make.lines_of(await harness.services.answers.answer(request)))
        assert "the terminal cellar and the terminal harbour: announced" in text


async def test_what_is_tried_again_is_reported_with_the_reason(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS[:1], project=PROJECT) as harness:
        await harness.run_for()
        ferry.releases.append(release("v1.2.0", 0, created_at=clock.now, published_at=clock.now))
        harness.chat.failures += [ChatUnavailable("it answered 502")]
        await harness.run_for(timedelta(seconds=31))
        answer = await _ask(harness, "status", {})
        assert answer.tone is Tone.WARNING
        assert "• 1 message could not be sent yet and is tried again: it answered 502" in make.lines_of(answer)


BROKEN = {
    "console": (
        START,
        [
            CheckResult(kind="account", chat="console", subject="console", right=("it works",)),
            CheckResult(kind="room", chat="console", subject="console:harbour", right=("can post",)),
            CheckResult(
                kind="room", chat="console", subject="console:cellar", wrong=("missing permissions: Embed Links",)
            ),
            CheckResult(kind="room", chat="console", subject="console:elsewhere", wrong=("it is of another project",)),
        ],
    )
}


@pytest.mark.parametrize(
    ("who", "may_see"),
    [
        ({"room": "console:harbour"}, False),
        ({"room": "console:cellar"}, False),
        ({"room": ""}, False),
        ({"room": "console:harbour", "asker": KEEPER}, False),
        ({"room": "", "asker": KEEPER}, True),
        ({"room": "console:keepers", "asker": KEEPER}, True),
        ({"room": "console", "rights": frozenset(Right)}, True),
    ],
)
async def test_a_broken_room_is_told_to_maintainers_before_the_release(
    who: dict[str, object], may_see: bool, ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, project=PROJECT) as harness:
        await harness.run_for()
        harness.services.answers.checks = BROKEN
        harness.services.answers.itself = ("version 1.0 of the bot itself is 3 releases behind",)
        answer = await _ask(harness, "status", who)
        lines = make.lines_of(answer)
        assert ("• Version 1.0 of the bot itself is 3 releases behind" in lines) is may_see
        assert ("• #cellar: missing permissions: Embed Links" in lines) is may_see
        assert (answer.tone is Tone.WARNING) is may_see
        assert any(line.startswith("Checked: 2 ") for line in lines) is may_see
        assert ("Chats: the terminal works" in lines) is may_see
        assert any(line.startswith("• Ferry: advisories on GitHub: last read ") for line in lines) is may_see
        assert not [line for line in lines if "of another project" in line]


async def test_a_chat_that_was_not_looked_at_is_not_called_well(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    rooms = [*ROOMS, room("discord:1"), room("matrix:#a:b.c")]
    async with open_harness(ferry, clock, tmp_path / "bot.db", rooms, project=PROJECT) as harness:
        await harness.run_for()
        harness.services.answers.checks = BROKEN
        harness.services.answers.stopped = lambda: {"discord": "its token is refused"}
        lines = make.lines_of(await _ask(harness, "status", {"room": "", "asker": KEEPER}))
        assert "Chats: the terminal works, Matrix not checked yet" in lines


async def test_a_cause_that_other_rooms_share_is_told_of_ones_own(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, project=PROJECT) as harness:
        await harness.run_for()
        rooms = ["console:elsewhere", "console:harbour", "console:cellar"]
        away = [CheckResult(kind="room", chat="console", subject=each, away="it answered 503") for each in rooms]
        harness.services.answers.checks = {"console": (START, away)}
        lines = make.lines_of(await _ask(harness, "status", {"room": "", "asker": KEEPER}))
        assert "• #harbour: it answered 503 (and 1 more room for the same reason)" in lines
        assert any(line.startswith("Checked: 2 ") for line in lines)


async def test_a_room_that_refuses_is_named_once(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS, project=PROJECT) as harness:
        await _refused(harness, ferry)
        harness.services.answers.checks = BROKEN
        lines = make.lines_of(await _ask(harness, "status", {"room": "", "asker": KEEPER}))
        assert len([line for line in lines if "#cellar" in line]) == 1


async def test_what_waits_for_a_person_is_named_to_maintainers(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", ROOMS[:1], project=PROJECT) as harness:
        await harness.run_for()
        ferry.releases.append(release("v1.2.0", 0, created_at=clock.now, published_at=clock.now))
        harness.chat.failures += [MessageRejected("it is at fault")]
        await harness.run_for(timedelta(seconds=31))
        needed = "1 message needs the operator: see chatbot deliveries"
        ours = make.lines_of(await _ask(harness, "status", {"room": "", "asker": KEEPER}))
        assert f"• {needed} (#harbour: Ferry 1.2.0)." in ours
        assert f"• {needed}." in make.lines_of(await _ask(harness, "status", {"room": "console:harbour"}))
