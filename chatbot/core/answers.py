"""A question and what we know → a message: which answer belongs to which command, and the answers of few words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chatbot.core.commands import COMMANDS, Command, Right, find, usage
from chatbot.core.knowledge import Knowledge
from chatbot.core.message import (
    CHOOSE,
    Action,
    BulletList,
    Code,
    ListItem,
    Message,
    Strong,
    Text,
    Tone,
    fact,
    paragraph,
)
from chatbot.core.picture import Picture
from chatbot.core.policy import Policy
from chatbot.core.rules import Project
from chatbot.core.words import age, count

MOST_UNPARSED = 5  # things that cannot be parsed, named for one project


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What an answer about one project is made from. `policy` is the reading of the page in force, None where there is
    none; `web_url` is where GitHub's pages are."""

    picture: Picture
    policy: Policy | None
    now: datetime
    web_url: str = "https://github.com"
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def project(self) -> Project:
        return self.picture.project

    @property
    def knowledge(self) -> Knowledge:
        return self.picture.knowledge

    def age(self, *kinds: str) -> str:
        """Small print: how old the knowledge is that the answer rests on, by the sources whose name begins with a kind."""
        times = [at for name, at in self.knowledge.read_at.items() if not kinds or name.startswith(kinds)]
        if not times:
            return "GitHub has not been read yet."
        return f"As read from GitHub {age(self.now - min(times))}."


def unsure(title: str, *reasons: str, footer: str = "") -> Message:
    """An honest “I don't know”, with the reason."""
    return Message(title=title, tone=Tone.UNSURE, body=tuple(paragraph(reason) for reason in reasons), footer=footer)


def which_project(reason: str, projects: Sequence[Project]) -> Message:
    """The question back, with what there is to choose from; for the asker alone."""
    choices = tuple(Action(CHOOSE, project.name, project.id, "") for project in projects)
    return replace(unsure("Which project?", reason), actions=choices, private=True)


def helped(rights: frozenset[Right], prefix: str, near: str = "") -> Message:
    """What the asker may ask. `prefix` is how a command begins in this chat; `near` names the command that what was typed
    is closest to."""
    meant = find(near)
    if meant is not None:
        return unsure(
            f"Did you mean {prefix}{usage(meant).removeprefix('/')}?", f"{prefix}help lists all I can be asked."
        )
    items = tuple(ListItem(_help_line(command, prefix)) for command in COMMANDS if command.right in rights)
    return Message(title="What you can ask me", tone=Tone.ANSWER, body=(BulletList(items),))


def _help_line(command: Command, prefix: str) -> tuple[Code | Text, ...]:
    return (Code(prefix + usage(command).removeprefix("/")), Text(f" – {command.about}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What `/status` tells of the bot itself. `unparsed` names by project what could not be parsed, each with the reason."""

    waiting: int = 0
    parked: int = 0
    oldest_waiting: datetime | None = None
    unparsed: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


def _unparsed(named: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, reason in named[:MOST_UNPARSED]:
        yield f"{name} cannot be parsed ({reason}); tried again daily, and when it changes"
    if len(named) > MOST_UNPARSED:
        yield f"and {len(named) - MOST_UNPARSED} more that cannot be parsed"


def status(desks: Sequence[Desk], health: Health, now: datetime) -> Message:
    """What is watched, how fresh the knowledge is, what waits and why."""
    items: list[ListItem] = []
    for desk in desks:
        known = desk.knowledge
        items.append(ListItem((Strong(desk.project.name), Text(f": {_watched(desk)}"))))
        items += [
            ListItem((Text(f"{tag}: seen, waits for GitHub to confirm it"),), 1) for tag in sorted(known.pending)[:5]
        ]
        items += [ListItem((Text(f"{name}: {why}"),), 1) for name, why in sorted(known.trouble.items()) if why]
        items += [ListItem((Text(f"{name}: {gap}"),), 1) for name, gap in sorted(known.gaps.items())]
        items += [ListItem((Text(line),), 1) for line in _unparsed(health.unparsed.get(desk.project.id, ()))]
    facts = [fact("Waiting to be sent", str(health.waiting))]
    if health.oldest_waiting is not None and health.waiting:
        facts.append(fact("Oldest of them", age(now - health.oldest_waiting)))
    if health.parked:
        facts.append(
            fact("Parked", f"{count(health.parked, 'message')}; the operator can see why with `chatbot deliveries`")
        )
    troubled = any(desk.knowledge.trouble.values() for desk in desks) or health.parked or any(health.unparsed.values())
    return Message(
        title="Some of it needs attention" if troubled else "All is well",
        tone=Tone.WARNING if troubled else Tone.GOOD,
        facts=tuple(facts),
        body=(BulletList(tuple(items)),) if items else (paragraph("No project is watched here."),),
    )


def _watched(desk: Desk) -> str:
    known = desk.knowledge
    if known.baseline_at is None:
        return "not read completely yet; nothing is announced before"
    words = [count(len(known.releases), "release"), count(len(known.advisories), "advisory")]
    policy = "a security policy" if known.policy is not None else "no security policy"
    if known.newer_unreadable is not None:
        policy += " (as it stands now it cannot be read; its earlier text does not count)"
    times = list(known.read_at.values())
    return f"{', '.join(words)}, {policy}; read {age(desk.now - max(times)) if times else 'never'}"
