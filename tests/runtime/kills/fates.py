"""What becomes of announcements about which maintainers have said something: what places must show of each, and what is wrong."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

JSON = Any
Kind = Literal["release", "flaw", "plan"]
QUIETENING = frozenset({"hold", "retract", "skip"})
PARTS = {
    "Do not use ": "bad",
    "Now known to be exploited": "exploited",
    "Severity raised": "raised",
}  # how the titles of follow-ups begin
OF_PLANS = {
    " is planned for another time": "moved",
    " is not planned any more": "cancelled",
    " is planned": "main",
}  # how those of plans end
MARK = re.compile(r"Flaw number \d+|1\.0\.\d{3}")


@dataclass(slots=True)
class Word:
    """Something that a maintainer says. `text`: what tells it from the same word said again. `fired_at`: when it was first said,
    `written_at`: when it was seen in the audit log, both by the loop's clock."""

    action: str
    options: dict[str, str]
    text: str = ""
    fired_at: float = 0.0
    written_at: float = 0.0


@dataclass(slots=True)
class Fate:
    """One announcement and what is said about it. `mark` stands in titles; `name` is what maintainers call it: a tag, an
    advisory's id or a planned version. `raised`: it is critical by now."""

    kind: Kind
    mark: str
    name: str
    words: list[Word] = field(default_factory=list)
    raised: bool = False

    @property
    def actions(self) -> list[str]:
        return [word.action for word in self.words]

    @property
    def is_struck(self) -> bool:
        return not {"retract", "bad", "cancel"}.isdisjoint(self.actions)

    @property
    def must_be_there(self) -> bool:
        """Whether every place must show it in the end; else it may, as far as it came before it was kept back."""
        return self.actions[-1:] == ["now"] or (QUIETENING.isdisjoint(self.actions) and not self.is_struck)

    @property
    def note(self) -> str:
        return next((word.text for word in self.words if word.action == "note"), "")

    def entries(self) -> list[tuple[str, str, str]]:
        """Its words as the audit log keeps them."""
        return [(word.action, self.name, word.text) for word in self.words if word.written_at]

    def quiet_times(self) -> list[tuple[float, float]]:
        """From when until when nobody may be told of it who was not yet: since a word was in the log, until “now” was said."""
        times = []
        for number, word in enumerate(self.words):
            if word.action in QUIETENING and word.written_at:
                later = [each.fired_at for each in self.words[number + 1 :] if each.action == "now" and each.fired_at]
                times.append((word.written_at, min(later, default=float("inf"))))
        return times


@dataclass(frozen=True, slots=True)
class Shown:
    """One message of a place: which part of which announcement it is, and all its words."""

    part: str
    mark: str
    is_struck: bool
    words: str


def shown_by(embed: JSON) -> Shown:
    """What a message in a room is."""
    title, words = str(embed["title"]), str(embed)
    is_struck, plain = title.startswith("~~"), title.replace("~~", "").replace("\\", "")
    match = MARK.search(plain)
    mark = match[0] if match is not None else plain
    parts = [part for start, part in PARTS.items() if plain.startswith(start)]
    parts += [part for end, part in OF_PLANS.items() if plain.endswith(end)]
    parts += ["main"] if re.fullmatch(r"Ferry (– Flaw number \d+|1\.0\.\d{3})", plain) else []
    return Shown(parts[0] if parts else "unknown", mark, is_struck, words)


def wrong_in_room(messages: Sequence[JSON], fates: Sequence[Fate]) -> list[str]:
    """What a room shows too often, not at all, or in a wrong state, in the end."""
    there = [shown_by(each["embeds"][0]) for each in messages]
    counts = Counter((each.part, each.mark) for each in there)
    problems = [f"shows {part} of {mark} {many} times" for (part, mark), many in counts.items() if many > 1]
    problems += [f"shows “{each.mark}”" for each in there if each.part == "unknown"]
    for fate in fates:
        main = next((each for each in there if (each.part, each.mark) == ("main", fate.mark)), None)
        if main is None:
            problems += [f"does not show {fate.mark}"] if fate.must_be_there else []
            problems += [f"says {part} of {mark}, which it does not show" for part, mark in counts if mark == fate.mark]
            continue
        if main.is_struck is not fate.is_struck:
            problems.append(f"shows {fate.mark} {'' if main.is_struck else 'not '}crossed out")
        if fate.note and not fate.is_struck and fate.note not in main.words:
            problems.append(f"does not show the note on {fate.mark}")
        if fate.raised and not fate.is_struck and "ritical" not in main.words:
            problems.append(f"does not show how bad {fate.mark} is now")
        if "bad" in fate.actions and not counts["bad", fate.mark]:
            problems.append(f"does not say that {fate.mark} is bad")
    return problems


def wrong_in_dm(messages: Sequence[JSON], fates: Sequence[Fate], *, is_affected: bool) -> list[str]:
    """What somebody was alerted of too often, not at all, or what is wrong with it, in the end."""
    embeds = [each["embeds"][0] for each in messages]
    problems = []
    for fate in fates:
        theirs = [each for each in embeds if fate.name in str(each.get("url"))]
        parts = Counter("raised" if "everity raised" in str(each["title"]) else "main" for each in theirs)
        if any(many > 1 for many in parts.values()):
            problems.append(f"is alerted of {fate.mark} so often: {dict(parts)}")
        if fate.kind != "flaw":
            continue
        if parts and not is_affected:
            problems.append(f"is alerted of {fate.mark}, which does not concern them")
        if not parts["main"] and is_affected and fate.must_be_there:
            problems.append(f"is not alerted of {fate.mark}")
        struck = {str(each["title"]).startswith("~~") for each in theirs if "everity raised" not in str(each["title"])}
        if struck - {fate.is_struck}:
            problems.append(f"has {fate.mark} {'' if True in struck else 'not '}crossed out")
    return problems


def schedule_word(version: str, at: datetime) -> Word:
    options = {"version": version, "time": f"{at:%Y-%m-%dT%H:%MZ}", "severity": "high", "anyway": "yes"}
    return Word("schedule", options, at.isoformat())


def word(action: str, name: str) -> Word:
    """A word about a release or an advisory, or that a planned version does not come."""
    if action == "cancel":
        return Word(action, {"version": name})
    text = f"Because of what was seen in {name.lower()}" if action in ("retract", "bad") else ""
    text = f"Stop the ferry before {name.lower()}" if action == "note" else text
    options = {"id": name, **({"text" if action == "note" else "reason": text} if text else {})}
    return Word(action, options, text)
