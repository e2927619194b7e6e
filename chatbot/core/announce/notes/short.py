"""Release notes in short: what breaks first, routine counted, and cut where a section begins."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chatbot.core.announce.notes.generated import compressed, counted
from chatbot.core.announce.notes.readable import readable
from chatbot.core.announce.notes.sections import Section, first_ones, sections, without_orphans
from chatbot.core.announce.notes.size import NOTHING, Size, beginning, of_block, of_blocks
from chatbot.core.model.message import Block, Heading, Link, Paragraph, Spans, Text, plain
from chatbot.core.text import patterns

ROOM = Size(12, 1200)
_INTRODUCTION = 1 / 3  # of the room, where something that comes first follows it
_ENOUGH = 1 / 2  # of the room: where so much is shown, a section that does not fit is left out as a whole
_SAYS_NOTHING = patterns.compile(
    r"\W*\b(?:what(?:'|’)?s (?:changed|new)|change ?log|changes|release notes)\W*", ignore_case=True
)
_LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class ShortNotes:
    """Release notes as they are shown.

    blocks: what there is to read
    cut: something of the notes is not shown
    small: small print, a line each: what was counted instead, and the page that compares
    """

    blocks: tuple[Block, ...] = ()
    cut: bool = False
    small: tuple[Spans, ...] = ()


def short_notes(blocks: Iterable[Block], near: str = "", *, room: Size = ROOM) -> ShortNotes:
    """The notes in about twelve lines. `near` is the release's page, beside which links are called by short names.

    Sections about what breaks, how to upgrade and security come first. What does not fit is cut where a section begins, else
    between items or paragraphs, and inside of a paragraph only where nothing else is shown.
    """
    blocks, was_cut = without_mark_of_cut(list(blocks))
    parts, routine = counted(sections(readable(blocks)), near)
    parts = sections(without_orphans([block for part in parts for block in part.blocks]))
    introduction = [part for part in parts[:1] if not part.level]
    first, others = first_ones(parts[len(introduction) :])
    shown: list[Block] = []
    cut = was_cut
    if first and introduction:
        lead = _leading(introduction[0].blocks, room.part(_INTRODUCTION))
        cut = cut or len(lead) < len(introduction[0].blocks)
        introduction = [replace(introduction[0], blocks=tuple(lead))] if lead else []
    shown, left_out = within([*introduction, *first, *others], room)
    line = routine.line()
    return ShortNotes(_without_empty_title(without_orphans(shown)), cut or left_out, (line,) if line else ())


def full_notes(blocks: Iterable[Block], near: str = "") -> ShortNotes:
    """The notes as they are, in a readable form and with short links."""
    return ShortNotes(tuple(compressed(block, near) for block in readable(blocks)))


def without_mark_of_cut(blocks: list[Block]) -> tuple[list[Block], bool]:
    """The blocks without the link to the whole text that stands where they were cut when they were read."""
    match blocks:
        case [*others, Paragraph(spans=(Text(text="… "), Link()))]:
            return others, True
        case _:
            return blocks, False


def within(parts: Sequence[Section], room: Size) -> tuple[list[Block], bool]:
    """As many blocks as fit, and whether something is left out."""
    shown: list[Block] = []
    size = NOTHING
    for part in parts:
        if (size + of_blocks(part.blocks)).within(room):
            shown += part.blocks
            size += of_blocks(part.blocks)
            continue
        if size.lines < room.lines * _ENOUGH and size.columns < room.columns * _ENOUGH:
            shown += _beginning(part.blocks, room - size)
        return shown, True
    return shown, False


def _beginning(blocks: Sequence[Block], room: Size) -> Sequence[Block]:
    lead = _leading(blocks, room)
    rest = room - of_blocks(lead)
    if len(lead) == len(blocks):
        return lead
    only_titles = all(isinstance(block, Heading) for block in lead)
    splits = only_titles or not isinstance(blocks[len(lead)], Paragraph)
    piece = beginning(blocks[len(lead)], rest) if splits else None
    return [*lead, piece] if piece is not None else lead


def _leading(blocks: Sequence[Block], room: Size) -> list[Block]:
    """The first blocks that fit as a whole."""
    size = NOTHING
    for count, block in enumerate(blocks):
        size += of_block(block)
        if not size.within(room):
            return list(blocks[:count])
    return list(blocks)


def _without_empty_title(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Without a first heading that says no more than the message's own title."""
    match blocks:
        case [Heading(spans=spans), _, *_] if _SAYS_NOTHING.fullmatch(plain(spans)[:_LONGEST_TITLE]):
            return blocks[1:]
        case _:
            return blocks
