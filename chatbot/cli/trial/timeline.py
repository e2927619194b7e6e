"""The last year in chat: the telling messages in full, the rest in a line each, in time order."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from itertools import groupby

from chatbot.cli.trial.screen import Screen
from chatbot.core.replay.replay import Happening, Kind, Replay
from chatbot.core.replay.telling import item_of, late_of, telling
from chatbot.core.replay.words import line_of, name_of
from chatbot.core.text.words import count, month

_MOST_LINES = 70  # of happenings; of more, months show what matters and count the rest
_MOST_OF_A_MOMENT = 2  # corrections at once that have a line each
_WIDEST_NAME, _WIDE, _WIDER_NAME = 22, 90, 30  # columns; from so many columns of the terminal on, more
_SIGNS: dict[Kind, tuple[str, str]] = {
    "new": ("●", "bold"),
    "edit": ("✎", "yellow"),
    "reply": ("↳", "yellow"),
    "silent": ("·", "bright_black"),
}
_Place = tuple[int, Happening]


def show_timeline(screen: Screen, replay: Replay, *, full: bool) -> None:
    """Each happening with its date. `full`: every message as it would have looked."""
    in_full = frozenset(range(len(replay.happenings))) if full else telling(replay)
    places = list(enumerate(replay.happenings))
    many = not full and len(places) > _MOST_LINES
    widest = _WIDEST_NAME if screen.columns is not None and screen.columns < _WIDE else _WIDER_NAME
    width = min(widest, max((len(name_of(replay, each.subject)) for each in replay.happenings), default=0))
    for name, group in groupby(places, key=lambda place: month(place[1].at)):
        screen.say(name, style="bold cyan")
        members = list(group)
        lined, rest = _sorted_out(replay, members, in_full) if many else (members, [])
        for at, happening, hidden in _by_moment(lined, in_full, full=full):
            _show(screen, replay, happening, width, in_full=at in in_full)
            if hidden:
                screen.hang(" " * (width + 10), f"and {count(hidden, 'more correction')} then", style="bright_black")
        if rest:
            screen.hang("   … ", _rest_words(replay, rest), style="bright_black", start_style="bright_black")


def _show(screen: Screen, replay: Replay, happening: Happening, width: int, *, in_full: bool) -> None:
    sign, style = _SIGNS[happening.kind]
    name = name_of(replay, happening.subject)
    day = f"{happening.at.astimezone(UTC).day:>4}"
    start = f"{day}  {sign} {name:<{width}}  "
    words_style = "bright_black" if happening.kind == "silent" else ""
    pings = happening.message is not None and bool(happening.message.mentions)
    screen.hang(
        start, line_of(replay, happening), style="bold" if pings else words_style, start_style=style, column=width + 10
    )
    if in_full and happening.message is not None:
        screen.message(happening.message, {"edit": "edited", "reply": "reply"}.get(happening.kind, ""))


def _by_moment(
    places: Sequence[_Place], in_full: frozenset[int], *, full: bool
) -> Iterator[tuple[int, Happening, int]]:
    """Each with how many further corrections of the same moment it stands for."""
    for _, group in groupby(places, key=lambda place: place[1].at):
        members = list(group)
        edits = [at for at, each in members if each.kind == "edit" and at not in in_full]
        hidden = [] if full else edits[_MOST_OF_A_MOMENT:]
        visible = [(at, each) for at, each in members if at not in hidden]
        for at, each in visible:
            yield at, each, len(hidden) if (at, each) == visible[-1] else 0


def _sorted_out(replay: Replay, places: Sequence[_Place], in_full: frozenset[int]) -> tuple[list[_Place], list[_Place]]:
    """What has a line of its own though there is much, and what is counted: routine news, and what was silent."""
    lined = [(at, each) for at, each in places if at in in_full or _matters(replay, each)]
    return lined, [place for place in places if place not in lined]


def _matters(replay: Replay, happening: Happening) -> bool:
    if happening.kind in ("new", "reply"):
        item = item_of(replay, happening.subject)
        return item is None or item.security
    return late_of(replay, happening) is not None


def _rest_words(replay: Replay, places: Sequence[_Place]) -> str:
    kinds: dict[Kind, list[str]] = {}
    for _, each in places:
        kinds.setdefault(each.kind, []).append(name_of(replay, each.subject))
    words = []
    for kind, noun in (("new", "more release"), ("edit", "correction"), ("silent", "silent release")):
        names = kinds.get(kind, [])  # type: ignore[call-overload]  # the kinds by name
        if names and kind != "edit":
            words.append(f"{count(len(names), noun)}: {_some(names)}")
        elif names:
            words.append(count(len(names), noun))
    return " · ".join(words)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 4 else f"{', '.join(names[:2])} … {names[-1]}"
