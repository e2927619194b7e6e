"""What tools write into release notes: who made each change, updates of dependencies, new contributors, the comparison."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chatbot.core.announce.notes.sections import Section
from chatbot.core.model.message import (
    Block,
    BulletList,
    Heading,
    Link,
    ListItem,
    Paragraph,
    Quote,
    Spans,
    Text,
    plain,
)
from chatbot.core.text import patterns
from chatbot.core.text.labels import label

_PEOPLE = r"@[\w.\[\]/-]+(?:(?:,| and|, and| &) @[\w.\[\]/-]+)*"
_BY_IN = patterns.compile(rf"\s+by ({_PEOPLE}) in\s*$", ignore_case=True)  # … by @x in <link>
_BY_IN_NUMBER = patterns.compile(rf"\s+by ({_PEOPLE}) in ([#!]\d+)\s*$", ignore_case=True)  # … by @x in #1
_BY_NUMBER = patterns.compile(rf"\s+(?:by )?({_PEOPLE}) \(([#!]\d+)\)\s*$", ignore_case=True)  # … @x (#1)
_BY_OPEN = patterns.compile(rf"\s+(?:by )?({_PEOPLE}) \($", ignore_case=True)  # … @x (<link>)
_NUMBER = patterns.compile(r"[#!]\d+")
_THANKS = patterns.compile(r"\s*Thanks $")
_AFTER_THANKS = patterns.compile(r"^! - ")
_LONGEST_START = 8  # pieces in which somebody is thanked before the change is named

_ROBOTS = ("@dependabot", "@renovate", "@pre-commit-ci", "@depfu", "@greenkeeper", "@pyup-bot")
_START = r"^(?:[^\w\s]{1,8}\s*)?(?:\[[^\]]{1,40}\]:?\s+)?(?:[a-z]+(?:\([^)]{0,60}\))?!?:\s+)?"
_UPDATE = patterns.compile(
    rf"{_START}(?:"
    r"bumps? (?:the )?\S+ (?:in \S+ )?(?:(?:from \S+ )?to \S+|group\b|docker\b)"
    r"|(?:updates?|upgrades?) (?:dependency|module|crate|rust crate|package|image|helm release|terraform) "
    r"\S+(?: digest)? to v?(?:\d|[\da-f]{7})"
    r"|updates? [\w.@-]+/\S+ (?:action )?(?:digest )?to v?(?:\d|[\da-f]{7})"
    r"|updates? \S+ (?:docker )?(?:tag|digest) to \S+"
    r"|(?:updates?|upgrades?|bumps?|pin|refresh) (?:all )?(?:\w+[ -]){0,3}"
    r"(?:dependenc(?:y|ies)|deps|lock ?files?)\s*(?:$|\(|to\b)"
    r"|lock ?file maintenance\b"
    r"|pre-commit autoupdate\b)",
    ignore_case=True,
)
_FOR_DEPENDENCIES = patterns.compile(
    r"^(?:[^\w\s]{1,8}\s*)?"
    r"(?:deps(?:\([^)]{0,60}\))?|[a-z]+\((?:[\w-]+, ?)?deps(?:-dev)?(?:, ?[\w-]+)?\))!?: ",
    ignore_case=True,
)
_MATTERS = patterns.compile(
    r"\bcve-\d|\bghsa-|\brustsec-|\bsecurity\b|\bvulnerab|\badvisor(?:y|ies)\b|\bbreaking\b", ignore_case=True
)
_DEPENDENCIES = patterns.compile(
    r"(?:\W*\bdependenc(?:y|ies)(?: (?:updates?|upgrades?|bumps?|changes))?|\W*\b(?:updated|bumped) dependencies)\W*",
    ignore_case=True,
)
_NEWCOMERS = patterns.compile(r"\W*\b(?:new|first[- ]time) contributors?\W*", ignore_case=True)
_FIRST_CONTRIBUTION = patterns.compile(r"^@\S+ made (?:their|his|her) first contribution\b", ignore_case=True)
_COMPARISON = patterns.compile(r"(?:full )?(?:changelog|diff|comparison|list of changes)\W*", ignore_case=True)
_LOOKED_AT = 300  # characters of an item or a heading


@dataclass(frozen=True, slots=True)
class Routine:
    """What is counted instead of listed.

    dependencies, contributors: how many there are
    comparison: the page that shows all changes, None where the notes name none
    """

    dependencies: int = 0
    contributors: int = 0
    comparison: Link | None = None

    def line(self) -> Spans:
        """One line for all of it: "14 dependency updates · 3 new contributors · v2.1.0…v2.1.1"; empty for nothing."""
        counts = [
            _counted(self.dependencies, "dependency update", "dependency updates"),
            _counted(self.contributors, "new contributor", "new contributors"),
        ]
        words = " · ".join(filter(None, counts))
        if self.comparison is None:
            return (Text(words),) if words else ()
        return (Text(f"{words} · "), self.comparison) if words else (self.comparison,)


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}" if number else ""


def compressed(block: Block, near: str) -> Block:
    """A block in which bare addresses are short (`#812` on the site of the page `near`), and the items of a list do not say
    who made the change."""
    match block:
        case Paragraph(spans=spans) | Heading(spans=spans):
            return replace(block, spans=_labelled(spans, near))
        case BulletList(items=items):
            return replace(
                block, items=tuple(replace(item, spans=_without_people(item.spans, near)[0]) for item in items)
            )
        case Quote(blocks=blocks):
            return Quote(tuple(compressed(inner, near) for inner in blocks))
        case _:
            return block


def _labelled(spans: Spans, near: str) -> Spans:
    return tuple(Link(label(span.text, span.url, near), span.url) if isinstance(span, Link) else span for span in spans)


def _without_people(spans: Spans, near: str) -> tuple[Spans, str]:
    """An item without who made the change, and their names: "Fix X by @user in <link>" is "Fix X (#812)"."""
    spans = _labelled(spans, near)
    if spans and isinstance(spans[-1], Text) and not spans[-1].text.strip():
        spans = spans[:-1]
    match spans:
        case [*others, Text(text=text), Link() as link] if credit := _BY_IN.search(text):
            before = text[: credit.start()]
            if others or before.strip():
                return (*others, Text(f"{before} ("), link, Text(")")), credit[1]
        case [*others, Text(text=text), Link() as link, Text(text=")")] if _NUMBER.fullmatch(link.text):
            if credit := _BY_OPEN.search(text):
                return (*others, Text(f"{text[: credit.start()]} ("), link, Text(")")), credit[1]
        case [*others, Text(text=text)]:
            credit = _BY_IN_NUMBER.search(text) or _BY_NUMBER.search(text)
            if credit and (others or text[: credit.start()].strip()):
                return (*others, Text(f"{text[: credit.start()]} ({credit[2]})")), credit[1]
    return _without_thanks(spans)


def _without_thanks(spans: Spans) -> tuple[Spans, str]:
    """An item that thanks first: "#12 `abc1234` Thanks @user! - Fix X" is "Fix X (#12)"."""
    for at in range(2, min(len(spans), _LONGEST_START)):
        person, after = spans[at - 1], spans[at]
        if isinstance(person, Link) and isinstance(after, Text) and _AFTER_THANKS.search(after.text):
            before = spans[: at - 1]
            if not isinstance(before[-1], Text) or not _THANKS.search(before[-1].text):
                continue
            numbers = [span for span in before if isinstance(span, Link) and _NUMBER.fullmatch(span.text)]
            change = (Text(_AFTER_THANKS.sub("", after.text)), *spans[at + 1 :])
            tail = (Text(" ("), numbers[0], Text(")")) if numbers else ()
            return (*change, *tail), person.text
    return spans, ""


def counted(parts: Sequence[Section], near: str) -> tuple[list[Section], Routine]:
    """The sections in which changes are named without who made them, and without what is only counted: updates of dependencies
    (but for what concerns security or breaks something), new contributors, and the line with the comparison."""
    dependencies = contributors = 0
    comparison: Link | None = None
    shown: list[Section] = []
    for part in parts:
        blocks: list[Block] = []
        for block in part.blocks:
            if (page := _comparison(block, near)) is not None:
                comparison = comparison or page
            elif isinstance(block, BulletList) and not part.comes_first:
                items, updates, newcomers = _without_routine(block.items, part, near)
                dependencies, contributors = dependencies + updates, contributors + newcomers
                blocks += [replace(block, items=items)] if items else []
            else:
                blocks.append(compressed(block, near))
        shown.append(replace(part, blocks=tuple(blocks)))
    return shown, Routine(dependencies, contributors, comparison)


def _without_routine(items: Sequence[ListItem], part: Section, near: str) -> tuple[tuple[ListItem, ...], int, int]:
    """The items that are shown, and how many updates and new contributors are counted instead."""
    title = part.title[:_LOOKED_AT]
    of_dependencies, of_newcomers = bool(_DEPENDENCIES.fullmatch(title)), bool(_NEWCOMERS.fullmatch(title))
    shown: list[ListItem] = []
    updates = newcomers = 0
    for group in _groups(items):
        spans, people = _without_people(group[0].spans, near)
        words = plain(spans)[:_LOOKED_AT].strip()
        matters = any(_MATTERS.search(plain(item.spans)) for item in group)
        if of_newcomers or _FIRST_CONTRIBUTION.search(words):
            newcomers += 1
        elif not matters and (of_dependencies or _is_update(words, people)):
            updates += 1
        else:
            shown.append(replace(group[0], spans=spans))
            shown += [replace(item, spans=_without_people(item.spans, near)[0]) for item in group[1:]]
    return tuple(shown), updates, newcomers


def _is_update(words: str, people: str) -> bool:
    return people.startswith(_ROBOTS) or bool(_UPDATE.search(words) or _FOR_DEPENDENCIES.search(words))


def _groups(items: Sequence[ListItem]) -> Iterator[Sequence[ListItem]]:
    """Each item with those that are nested in it; where a list begins with a nested one, that stands for itself."""
    start = 0
    for at in range(1, len(items) + 1):
        if at == len(items) or items[at].depth <= items[start].depth:
            yield items[start:at]
            start = at


def _comparison(block: Block, near: str) -> Link | None:
    """The link of a paragraph that is nothing but "Full Changelog: <link>"."""
    if not isinstance(block, Paragraph):
        return None
    links = [span for span in block.spans if isinstance(span, Link)]
    if len(links) != 1:
        return None
    words = "".join(span.text for span in block.spans if not isinstance(span, Link)).strip()
    link = Link(label(links[0].text, links[0].url, near), links[0].url)
    if _COMPARISON.fullmatch(words):
        return link
    return Link(label("", link.url, near), link.url) if not words and _COMPARISON.fullmatch(link.text) else None
