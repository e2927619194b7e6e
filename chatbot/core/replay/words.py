"""The words of a replay: one line for each happening, and what everything comes to."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.core.announce.render.release import version_label
from chatbot.core.model.message import BulletList, Field, Message, plain
from chatbot.core.replay.replay import Happening, Replay
from chatbot.core.replay.telling import Late, advisory_of, item_of, late_advisories, late_of
from chatbot.core.text.words import calendar_day, count, listed

_LONGEST = 160  # characters of foreign words in a line
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """How many of what there were: announcements of releases and of advisories, messages that ping, corrections, replies, and
    what was silent by its reason."""

    releases: int
    advisories: int
    pings: int
    corrections: int
    replies: int
    backports: int
    policies: int
    silent: Counter[str]
    late: tuple[Late, ...]


def sums(replay: Replay) -> Sums:
    """The sums of a replay. A summary counts for the releases that it lists."""
    kinds = Counter((each.kind, each.subject.partition("/")[0]) for each in replay.happenings)
    silent = Counter(each.reason for each in replay.happenings if each.kind == "silent")
    announced = [each for each in replay.happenings if each.kind == "new"]
    items = [item for each in announced if (item := item_of(replay, each.subject)) is not None]
    return Sums(
        releases=kinds["new", "release"],
        advisories=kinds["new", "advisory"],
        pings=sum(1 for each in replay.happenings if each.message is not None and each.message.mentions),
        corrections=sum(number for (kind, _), number in kinds.items() if kind == "edit"),
        replies=sum(number for (kind, _), number in kinds.items() if kind == "reply"),
        policies=kinds["new", "policy"],
        backports=sum(item.backport for item in items),
        silent=silent,
        late=tuple(late_advisories(replay)),
    )


def name_of(replay: Replay, subject: str) -> str:
    """`3.2.1`, `GHSA-…`, `policy`; `several` for a summary."""
    item = item_of(replay, subject)
    if item is not None:
        return _cut(version_label(item), _LONGEST_NAME)
    if advisory_of(replay, subject) is not None:
        return _cut(subject.rpartition("/")[2], _LONGEST_NAME)
    return "policy" if subject.startswith("policy/") else "several"


def line_of(replay: Replay, happening: Happening) -> str:
    """What happened, in a line."""
    message = happening.message
    if message is None:
        return f"silent: {happening.reason}"
    pings = ", pings" if message.mentions else ""
    match happening.kind:
        case "reply":
            return f"a reply says{pings}: {_cut(message.title)}"
        case "edit":
            return _correction(replay, happening, message)
        case _:
            return f"{_new(replay, happening, message)}{pings}"


def _new(replay: Replay, happening: Happening, message: Message) -> str:
    label = message.label.partition(" · CVSS")[0]
    if advisory_of(replay, happening.subject) is not None:
        return f"{label}: {_cut(message.title.removeprefix(f'{replay.snapshot.project.name} – '))}"
    if happening.subject.startswith("policy/"):
        return f"Security policy changed: {_cut(_first_words(message))}"
    if item_of(replay, happening.subject) is None:
        return _cut(message.title)
    about = [each for each in message.fields if each.label in ("Fixes", "Backport", "Not the newest", "Published late")]
    if "Backport" in label:
        label += ", not the newest"
    if not about:
        return label
    return f"{label} – {_cut(plain(about[0].spans)) if about[0].label in label else _field(about[0])}"


def _first_words(message: Message) -> str:
    """The first change that the news of a page names, and how many more there are."""
    sentences = [plain(item.spans) for block in message.body if isinstance(block, BulletList) for item in block.items]
    more = f" (and {len(sentences) - 1} more)" if len(sentences) > 1 else ""
    return f"{sentences[0]}{more}" if sentences else message.title


def _correction(replay: Replay, happening: Happening, message: Message) -> str:
    posted = f"the post of {_day(happening.before, happening.at)}" if happening.before is not None else "its post"
    late = late_of(replay, happening)
    if late is not None:
        came = f"{late.advisory.id} came {days(late.after)} later"
        return f"{came}: {posted} is corrected, and now says “{_cut(message.label)}”"
    return f"{posted} is corrected: {_change(happening.earlier, message)}"


def _change(earlier: Message | None, message: Message) -> str:
    """What is another than before, the most important thing."""
    if message.struck and (earlier is None or not earlier.struck):
        return "crossed out, as it was withdrawn"
    if earlier is not None and earlier.label != message.label:
        return f"“{_cut(earlier.label)}” is now “{_cut(message.label)}”"
    before = {each.label: plain(each.spans) for each in earlier.fields} if earlier is not None else {}
    for each in message.fields:
        if before.get(each.label) != plain(each.spans):
            return _field(each)
    return "its text changed"


def days(span: timedelta) -> str:
    """`3 days`, `14 hours`."""
    if span.days:
        return count(span.days, "day")
    return count(max(1, int(span.total_seconds()) // 3600), "hour")


def because_words(silent: Counter[str], most: int = 3) -> str:
    """`12 because prereleases are off in this room`, the most frequent reasons first."""
    common = silent.most_common(most)
    words = [f"{number} because {reason}" for reason, number in common]
    rest = silent.total() - sum(number for _, number in common)
    return listed([*words, *([f"{rest} for other reasons"] if rest else [])])


def _field(field: Field) -> str:
    return f"{field.label}: {_cut(plain(field.spans))}"


def _day(when: datetime, beside: datetime) -> str:
    words = calendar_day(when)
    return words.rpartition(" ")[0] if when.year == beside.year else words


def _cut(words: str, most: int = _LONGEST) -> str:
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
