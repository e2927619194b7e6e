"""A private project does not exist outside the rooms that hear it: not in an answer, not as one types, not behind a button."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from chatbot.chats.discord.components.carried import custom_id, read_button
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Tone
from chatbot.core.model.watches import Project
from chatbot.core.queries.commands import COMMANDS, CommandRequest, Right
from chatbot.core.queries.suggest import Suggestion
from chatbot.core.watching.options import OPTIONS
from chatbot.demo.github.data import Credit, Release, Repository, Vulnerability
from chatbot.ports import ChatRefused
from tests.demo.make import advisory
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.standins.clock import START, ManualClock

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = Project(
    id=ProjectId("lantern"),
    name="Lantern",
    repository="smugglers/lantern",
    public=False,
    maintainers=("matrix:@mira:example.org", "discord:role:9"),
    bugs_url="https://bugs.lantern.example",
)
ROOMS = [room("console:harbour"), room("console:cellar", projects=[ProjectId("lantern")])]
GHSA, CVE, TAG = "GHSA-9999-9999-9999", "CVE-2031-9999", "v7.7.7"
TRACES = ("lantern", "smugglers", "7.7", "9999", "wick", "oilcan")  # words that only the private project has
EVERY_RIGHT = frozenset(Right) - {Right.MAINTAINER}  # that a chat grants; this one the terminal alone, to its operator

Who = dict[str, object]

OUTSIDERS: list[Who] = [
    {"room": "", "asker": "discord:user:1"},
    {"room": "console:harbour", "asker": "discord:user:1"},
    {"room": "console:elsewhere", "asker": "matrix:@ola:example.org"},
    {"room": "console:harbour", "asker": "matrix:@mira:example.org.evil.example"},
    {"room": "console:harbour", "asker": "discord:user:1", "also": ("discord:role:90",), "rights": EVERY_RIGHT},
]
INSIDERS: list[Who] = [
    {"room": "console:cellar", "asker": "discord:user:1"},
    {"room": "console:harbour", "asker": "matrix:@mira:example.org"},
    {"room": "", "asker": "discord:user:1", "also": ("discord:role:9",)},
]


def _lines() -> Iterator[tuple[str, dict[str, str]]]:
    """Every command without arguments, with ordinary ones and with all that could reach the private project."""
    values = {
        "version": ["1.1.0", "7.7.7"],
        "line": ["1.1", "7.7"],
        "id": ["v1.1.0", GHSA, CVE, TAG, "7.7.7"],
        "section": ["Reporting"],
        "severity": ["high"],
        "since": ["2031-01-01"],
        "author": ["discord:user:5"],
        "command": ["affected"],
        **{option.name: [*option.choices[:1], "room"] for option in OPTIONS},
        "value": ["all", "version:7.7.7"],
        "number": ["1"],
        "message": ["!room:example.org $event"],
    }
    for command in COMMANDS:
        yield command.name, {}
        for parameter in command.parameters:
            for value in values.get(parameter.name, parameter.choices[:1]) if parameter.name != "project" else ():
                yield command.name, {parameter.name: value}
    yield "affected", {"version": "7.7.0", "subject": f"lantern/{GHSA}"}
    yield "upgraded", {"subject": f"lantern/{GHSA}"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def harness(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Harness]:
    """A harbour that hears the ferry, and a cellar that hears the lantern and takes no message any more. One for all of these tests:
    they only ask, and who changes something changes it back."""
    clock, database = ManualClock(), tmp_path_factory.mktemp("private") / "bot.db"
    ferry = Repository(owner="harbour", name="ferry")
    ferry.releases = [Release(tag="v1.1.0", created_at=START, published_at=START)]
    ferry.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.1.x | yes |\n", START)
    lantern = Repository(owner="smugglers", name="lantern")
    lantern.releases = [Release(tag="v7.6.0", created_at=START, published_at=START)]
    policy = "# Security\n\n| Version | Supported |\n|---|---|\n| 7.7.x | yes |\n\n## Wick\n\nWrite to oilcan@lantern.example.\n"
    lantern.commit("SECURITY.md", policy, START)
    async with open_harness(ferry, clock, database, ROOMS, beside=[(SECRET, lantern)]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        lantern.releases.append(Release(tag=TAG, body="Wick.", created_at=clock.now, published_at=clock.now))
        lantern.advisories.append(
            advisory(
                GHSA,
                0,
                created_at=clock.now,
                published_at=clock.now,
                cve=CVE,
                summary="The wick burns",
                credits=(Credit(login="oilcan"),),
                vulnerabilities=(Vulnerability(package="lantern", range="< 7.7.7", patched="7.7.7"),),
            )
        )
        harness.chat.failures = [ChatRefused("the bot is not in this room")] * 2
        await harness.run_for()
        clock.advance(timedelta(seconds=30))
        yield harness


def _ask(harness: Harness, command: str, arguments: dict[str, str], who: Who) -> CommandRequest:
    places = {name: RoomAddress(str(value)) for name, value in who.items() if name in ("room", "asker")}
    return CommandRequest(command=command, arguments=arguments, asked_at=harness.clock.now, **(who | places))  # type: ignore[arg-type]  # a table of mixed fields


async def _answer(harness: Harness, command: str, arguments: dict[str, str], who: Who) -> str:
    return repr(await harness.services.answers.answer(_ask(harness, command, arguments, who))).casefold()


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_no_answer_hints_at_it_outside(harness: Harness, who: Who) -> None:
    for command, arguments in _lines():
        answer = await _answer(harness, command, arguments, who)
        for value in arguments.values():  # what was asked may be repeated
            answer = answer.replace(value.casefold(), "")
        assert not [trace for trace in TRACES if trace in answer], (command, arguments, answer)


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_its_name_is_as_unknown_as_any_other(harness: Harness, who: Who) -> None:
    """Whoever guesses the name gets the answer that a name without a project gets, word for word."""
    for command, arguments in _lines():
        guessed = await _answer(harness, command, arguments | {"project": "lantern"}, who)
        invented = await _answer(harness, command, arguments | {"project": "nowhere"}, who)
        assert guessed.replace("lantern", "nowhere") == invented, (command, arguments)


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_nothing_of_it_is_suggested_outside(harness: Harness, who: Who) -> None:
    for command in COMMANDS:
        for parameter in command.parameters:
            for prefix in ("", "l", "lan", "lantern", "7", "v7", "GHSA-9", "W", "wick", "critical"):
                for project in ({}, {"project": "lantern"}):
                    request = _ask(harness, command.name, project, who)
                    suggested = repr(await harness.services.answers.suggest(request, parameter.name, prefix)).casefold()
                    assert not [trace for trace in TRACES if trace in suggested], (
                        command.name,
                        parameter.name,
                        suggested,
                    )


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_a_button_that_was_carried_out_of_its_room_asks_in_vain(harness: Harness, who: Who) -> None:
    inside = _ask(harness, "advisory", {"id": GHSA}, INSIDERS[0])
    buttons = (await harness.services.answers.answer(inside)).actions
    assert buttons
    for button in buttons:
        action = read_button(custom_id(button))
        assert action is not None
        arguments = {"project": action.project, "subject": action.subject, "version": "7.6.0"}
        answer = await harness.services.answers.answer(_ask(harness, action.name, arguments, who))
        assert answer.tone is Tone.UNSURE
        assert GHSA not in repr(answer)


async def test_what_waits_for_its_room_is_not_counted_outside(harness: Harness) -> None:
    outside = await harness.services.answers.answer(_ask(harness, "status", {}, OUTSIDERS[1]))
    inside = await harness.services.answers.answer(_ask(harness, "status", {}, INSIDERS[0]))
    texts = [[span.text for span in fact.spans] for fact in outside.fields]
    assert texts == []  # nothing waits
    assert [[span.text for span in fact.spans] for fact in inside.fields] != texts


@pytest.mark.parametrize("who", INSIDERS)
async def test_inside_it_answers_like_any_other(harness: Harness, who: Who) -> None:
    arguments = {"project": "lantern"}
    assert "7.7.7" in await _answer(harness, "latest", arguments, who)
    assert CVE.casefold() in await _answer(harness, "advisory", arguments | {"id": GHSA}, who)
    assert "lantern" in await _answer(harness, "status", {}, who)
    assert await harness.services.answers.suggest(_ask(harness, "latest", {}, who), "project", "lan") == [
        Suggestion("Lantern", "lantern")
    ]


@pytest.mark.parametrize(("who", "private"), list(zip(INSIDERS, (False, True, False), strict=True)))
async def test_a_maintainer_in_a_foreign_room_is_answered_privately(
    harness: Harness, who: Who, *, private: bool
) -> None:
    for command, arguments in (("latest", {}), ("status", {}), ("why", {"id": TAG}), ("advisory", {"id": GHSA})):
        request = _ask(harness, command, {"project": "lantern"} | arguments, who)
        assert (await harness.services.answers.answer(request)).private is private, command


async def test_a_project_that_becomes_private_is_gone_from_the_next_answer_on(harness: Harness) -> None:
    who = OUTSIDERS[1]
    harness.services.change(replace(harness.services.config, projects=(FERRY, replace(SECRET, public=True))))
    assert "7.7.7" in await _answer(harness, "latest", {"project": "lantern"}, who)
    harness.services.change(replace(harness.services.config, projects=(FERRY, SECRET)))
    assert "7.7.7" not in await _answer(harness, "latest", {"project": "lantern"}, who)
