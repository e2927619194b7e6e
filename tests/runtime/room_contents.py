"""What rooms show after a storm, by the Discord stand-in's and Synapse's own records, and what is wrong with it."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.standins.discord import DiscordStandIn
from tests.standins.synapse import User

RoomContents = list[
    tuple[str, tuple[str, str]]
]  # what a room shows: an announcement's mark, its first line and all its words
WORSE = "is worse: "


@dataclass(slots=True)
class ExpectedContents:
    """What every room must show in the end, by marks: `releases` and `flaws` once each. `fixed` releases are called security
    releases, `edited` show these words of their notes. `worsened` flaws show their new severity, and a reply may call for it
    (where the first words came late enough, they say it themselves). Maintainers held some for a while (`held_back`), and took some
    back (`retracted`): those are crossed out where they came in time."""

    releases: list[str] = field(default_factory=list)
    flaws: dict[str, str] = field(default_factory=dict)  # mark -> id of the advisory
    fixed: list[str] = field(default_factory=list)
    edited: dict[str, str] = field(default_factory=dict)
    worsened: list[str] = field(default_factory=list)
    held_back: list[str] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Rooms:
    """The rooms of both chats, as people see them."""

    discord: DiscordStandIn
    channels: list[str]
    reader: User
    places: list[str]

    def in_discord(self, channel: str) -> RoomContents:
        """The bot's messages of a channel as they stand now, the oldest first."""
        messages = self.discord.world.posts(channel)
        return [(mark_of(str(each["embeds"][0]["title"])), _embed(each["embeds"][0])) for each in messages]

    def in_matrix(self, room: str) -> RoomContents:
        """The bot's messages of a room with their last words, the oldest first."""
        events = [each for each in self.reader.history(room, 1000) if each["type"] == "m.room.message"]
        first: dict[str, dict[str, Any]] = {}
        for event in events:
            content = event["content"]
            relation = content.get("m.relates_to", {})
            if relation.get("rel_type") == "m.replace":
                first[relation["event_id"]] = content["m.new_content"]
            elif event["sender"] != self.reader.id:
                first[event["event_id"]] = content
        bodies = [str(content["body"]) for content in first.values()]
        return [(mark_of(title := title_of(body)), (title, body)) for body in bodies]

    def everywhere(self) -> dict[str, Callable[[], RoomContents]]:
        discord = {f"discord {room}": partial(self.in_discord, room) for room in self.channels}
        matrix = {f"matrix {room}": partial(self.in_matrix, room) for room in self.places}
        return {**discord, **matrix}

    def in_all_channels(self) -> set[str]:
        """The marks that every Discord channel shows."""
        return set.intersection(*({*dict(self.in_discord(room))} for room in self.channels))

    def wrong(self, expected: ExpectedContents) -> list[str]:
        """What any room shows too often, not at all, in the wrong order or in old words."""
        return [f"{name} {what}" for name, look in self.everywhere().items() for what in wrong(look(), expected)]


def wrong(contents: RoomContents, expected: ExpectedContents) -> list[str]:
    """What is wrong with what one room shows."""
    marks, words = Counter(mark for mark, _ in contents), dict(contents)
    once = (*expected.releases, *expected.flaws)
    never_posted = [mark for mark in expected.retracted if not marks[mark]]
    problems = [f"shows {mark} {marks[mark]} times" for mark in once if marks[mark] != 1 and mark not in never_posted]
    problems += [
        f"does not show {mark} crossed out"
        for mark in expected.retracted
        if mark not in never_posted and not is_struck(words[mark][0])
    ]
    calls = {f"{WORSE}{mark}" for mark in expected.worsened}
    problems += [
        f"shows {mark} {marks[mark]} times"
        for mark in marks
        if mark not in once and (mark not in calls or marks[mark] > 1)
    ]
    overtaken = {*expected.fixed, *expected.held_back}
    routine = [mark for mark in expected.releases if mark not in overtaken]
    order = [mark for mark, _ in contents if mark in routine]
    if order != [mark for mark in routine if mark in marks]:
        problems.append(f"shows its releases in the order {order}")
    problems += [
        f"does not call {it} a security release"
        for it in expected.fixed
        if it not in expected.retracted and "ecurity release" not in words.get(it, ("", ""))[1]
    ]
    last = {**expected.edited, **dict.fromkeys(expected.worsened, "ritical")}
    problems += [
        f"shows old words of {it}"
        for it, part in last.items()
        if it not in expected.retracted and part not in words.get(it, ("", ""))[1]
    ]
    return problems


def is_struck(title: str) -> bool:
    """Whether a title is crossed out: on Matrix the plain words say so."""
    return title.startswith("~~") or title.endswith("(withdrawn)")


def mark_of(title: str) -> str:
    """The release or the flaw that a title is about, or the flaw that is worse."""
    match = re.search(r"Flaw number \d+|1\.0\.\d{3}", title)
    if match is None:
        return title
    return f"{WORSE}{match[0]}" if "everity raised" in title else match[0]


def title_of(body: str) -> str:
    """The line of a plain body that holds the title: a sentence for notifications and a label may stand above it."""
    lines = body.splitlines()
    titled = [line for line in lines[:3] if re.search(r"\S – |everity raised|^Ferry [\d.]+( \(withdrawn\))?$", line)]
    flawed = [
        line for line in titled if "everity raised" in line and "Flaw number" in line
    ]  # notifications may name a fix
    return next(iter(flawed or titled), lines[0])


def _embed(embed: dict[str, Any]) -> tuple[str, str]:
    return str(embed["title"]), json.dumps(embed, ensure_ascii=False)
