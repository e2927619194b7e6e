"""An advisory's description in short: what can happen and what helps until the upgrade; what stands above it is left out."""

from collections.abc import Iterable, Sequence

from chatbot.core.announce.notes.readable import readable
from chatbot.core.announce.notes.sections import Section, sections, without_orphans
from chatbot.core.announce.notes.short import ShortNotes, within, without_mark_of_cut
from chatbot.core.announce.notes.size import Size
from chatbot.core.model.message import Block
from chatbot.core.text import patterns

ROOM = Size(9, 700)
_LONGEST_TITLE = 120
# Sections whose contents the labelled lines, the links or the small print say.
_ELSEWHERE = patterns.compile(
    r"\W*(?:patch(?:es|ed)?|fix(?:es|ed)?|solution|remediation|resolution|references?|links?|resources|credits?"
    r"|acknowledge?ments?|thanks|(?:for )?(?:more|further) information|affected|severity|cvss|timeline|contact|questions)"
    r"(?: (?:versions?|products?|releases?|by|score|in))?\W*",
    ignore_case=True,
)
_UNTIL_THEN = patterns.compile(r"\b(?:workarounds?|work[ -]arounds?|mitigations?|mitigating)\b", ignore_case=True)
_SAYS_NOTHING = patterns.compile(r"\W*(?:impact|summary|description|overview|details?)\W*", ignore_case=True)


def short_description(blocks: Iterable[Block], *, room: Size = ROOM) -> ShortNotes:
    """The first section and the workarounds, then what else fits into `room`."""
    blocks, was_cut = without_mark_of_cut(list(blocks))
    parts = sections(readable(blocks))
    telling = _without_elsewhere(parts) or parts
    workarounds = [part for part in telling[1:] if _UNTIL_THEN.search(part.title[:_LONGEST_TITLE])]
    others = [part for part in telling[1:] if part not in workarounds]
    blocks, left_out = within([*telling[:1], *workarounds, *others], room)
    return ShortNotes(_without_first_title(without_orphans(blocks)), was_cut or left_out or len(telling) < len(parts))


def _without_elsewhere(parts: Sequence[Section]) -> list[Section]:
    """The sections that say something new; those below one that does not are left out with it."""
    telling: list[Section] = []
    above = 0  # the level of the section left out that this one belongs to
    for part in parts:
        if above and part.level > above:
            continue
        is_elsewhere = bool(part.title) and bool(_ELSEWHERE.fullmatch(part.title[:_LONGEST_TITLE]))
        above = part.level if is_elsewhere else 0
        telling += [] if is_elsewhere else [part]
    return telling


def _without_first_title(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    first = sections(blocks[:1])
    return (
        blocks[1:] if first and first[0].title and _SAYS_NOTHING.fullmatch(first[0].title[:_LONGEST_TITLE]) else blocks
    )
