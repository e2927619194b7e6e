"""What to do after `chatbot init`: invite the bot, with which permissions and why each, then check, try and run it."""

import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.chats.discord.access.link import PLACEHOLDER, install_link
from chatbot.chats.discord.access.permissions import Permission, needed
from chatbot.cli.init.answers import Answers
from chatbot.cli.init.questions import rooms_on, rooms_that_can
from chatbot.cli.init.secrets import Secret
from chatbot.cli.output.table import print_hanging, print_sentence, print_table
from chatbot.runtime.settings.place import OPTION, USUAL

_NAME = "chatbot"
_PORTAL = "https://discord.com/developers/applications"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it.

    program: how the program is called from here
    config: the configuration file
    is_found: whether commands find it without being told where it is
    saved: secrets that were written, with their files
    unsaved: those whose file is not there yet
    application: the id of the application on Discord; empty where nothing tells it
    """

    program: str
    config: Path
    is_found: bool
    saved: Mapping[Secret, Path]
    unsaved: Mapping[Secret, Path]
    application: str


def show(outcome: Outcome, answers: Answers) -> None:
    """Say what was written, and what to do now."""
    print()
    for path in (outcome.config, *outcome.saved.values()):
        print_sentence(f"Wrote {path}; only you can read it.")
    print()
    print_sentence("What to do now:")
    steps = [*_accounts(outcome, answers), *_commands(outcome, answers)]
    for number, (step, details) in enumerate(steps, 1):
        print_hanging(f"{number}. {step}", 2)
        for line in details:
            print_hanging(line, 5)
    if "discord" in answers.chats:
        print()
        rows = [(each.name, f"to {each.purpose}") for each in permissions_for(answers)]
        print_table("Why the bot asks for these permissions on Discord:", ("permission", "why"), rows)
    print()
    print_sentence("What else can be set: docs/reference/configuration.md.")


def permissions_for(answers: Answers) -> tuple[Permission, ...]:
    """What the bot needs on the servers of this setup, and no more."""
    on_discord = rooms_on("discord", answers)
    mention = answers.one("mention")
    pings = mention and not mention.startswith("user:") and on_discord & rooms_that_can(mention, answers)
    return needed(
        pings_everyone=bool(pings),
        makes_roles=answers.has("line-roles"),
        makes_events=answers.has("events"),
        removes_messages=answers.has("removals"),
    )


def _accounts(outcome: Outcome, answers: Answers) -> Iterator[tuple[str, Sequence[str]]]:
    for secret, path in outcome.unsaved.items():
        words = f"{secret.words[0].lower()}{secret.words[1:]}"
        yield f"Save this on one line in {path}: {words}.", (f"chmod 600 {shlex.quote(str(path))}",)
    if "discord" in answers.chats:
        link = install_link(outcome.application, permissions_for(answers))
        where = (
            ()
            if outcome.application
            else (
                f"For {PLACEHOLDER} write the id of the application: it is on the page General Information of {_PORTAL}.",
            )
        )
        yield "Add the bot to the server, as somebody who manages it:", (link, *where)
    if "matrix" in answers.chats:
        user = answers.one("user-id")
        if answers.all("allow-invites-from"):
            yield f"Invite {user} into the room: it accepts as soon as it runs.", ()
        else:
            yield (
                f"Nobody may invite {user} so far: add yourself to allow_invites_from, unless the rooms are public.",
                (),
            )


def _commands(outcome: Outcome, answers: Answers) -> Iterator[tuple[str, Sequence[str]]]:
    more = "" if outcome.is_found else f" {OPTION} {shlex.quote(str(outcome.config))}"
    program = outcome.program
    yield f"{program} check{more}", ("finds mistakes in the file",)
    yield (
        f"{program} check --online{more}",
        ("tries the accounts and the rooms, and shows how the security policy is read",),
    )
    on_discord, on_matrix = sorted(rooms_on("discord", answers)), sorted(rooms_on("matrix", answers))
    for room in on_discord[:1]:
        yield f"{program} test-message {room}{more}", ("posts a message there, and removes it again",)
    yield f"{program} run{more}", (_first(answers),)
    for room in on_matrix[:1] if not on_discord else ():  # the bot comes into a room when it runs
        yield (
            f"{program} test-message {shlex.quote(room)}{more}",
            ("once the bot is in the room: posts a message there, and removes it again",),
        )


def _first(answers: Answers) -> str:
    if answers.one("first-run") == "newest":
        return "starts the bot; within two minutes it shows the newest release once in each room"
    return "starts the bot; it announces what is published from then on"


def called(path: str) -> str:
    """What to type to call this program again: its bare name, or its path where a shell would not find it. `path`: how it was
    called."""
    program = Path(path)
    if program.name != _NAME or not program.is_file():
        return _NAME
    found_at = shutil.which(_NAME)
    return _NAME if found_at and program.samefile(found_at) else shlex.quote(path)


def finds(config: Path, variable: str | None) -> bool:
    """Whether a command that is told nothing reads this file: `variable` is what the variable says."""
    return config == (Path(variable) if variable else USUAL)
