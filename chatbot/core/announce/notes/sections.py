"""The sections of release notes: where each begins, and which of them readers need first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatbot.core.model.message import Block, Heading, Paragraph, Strong, plain
from chatbot.core.text import patterns

_BOLD_LINE = 7  # the level of a line in bold, which many write in place of a heading
_LONGEST_HEADING = 120  # characters; a longer line in bold is a sentence
_FIRST = patterns.compile(
    r"\bbreaking\b|\bincompatib|\bcompatibility notes?\b|\bbc breaks?\b"
    r"|\b(?:upgrad(?:e|es|ing)|updating|migrations?|migrating)\b"
    r"|\b(?:update|installation|action) (?:notes?|instructions?|guide|required)"
    r"|\bbefore you (?:update|install)|\bmanual (?:steps?|action|intervention)|\brequired (?:actions?|steps?|changes)\b"
    r"|\bsecurity\b|\bvulnerabilit|\bcves?\b|\badvisor(?:y|ies)\b|💥",
    ignore_case=True,
)
_NOT_FIRST = patterns.compile(
    r"\b(?:no|non|not|without)[ -](?:\w+ )?(?:breaking|incompatib|backward)|\bupgraded? (?:of )?(?:dependenc|librar)"
    r"|\bdependenc(?:y|ies) (?:updates?|upgrades?)\b",
    ignore_case=True,
)


@dataclass(frozen=True, slots=True)
class Section:
    """A run of blocks.

    blocks: the heading first, where it has one
    title: the heading's words, empty for what stands before the first heading
    level: 1 to 6 as in Markdown, 7 for a line in bold, 0 without a heading
    """

    blocks: tuple[Block, ...]
    title: str = ""
    level: int = 0

    @property
    def comes_first(self) -> bool:
        """Whether it is about what breaks, how to upgrade, or security."""
        title = self.title[:_LONGEST_HEADING]
        return bool(_FIRST.search(title)) and not _NOT_FIRST.search(title)


def sections(blocks: Iterable[Block]) -> list[Section]:
    """The blocks in sections, one for each heading, in their order."""
    parts: list[tuple[str, int, list[Block]]] = []
    for block in blocks:
        level = level_of(block)
        if level or not parts:
            title = plain(block.spans) if level and isinstance(block, Heading | Paragraph) else ""
            parts.append((title, level, [block]))
        else:
            parts[-1][2].append(block)
    return [Section(tuple(part), title, level) for title, level, part in parts]


def level_of(block: Block) -> int:
    """The level of a heading, or of a line that stands for one; 0 for everything else."""
    match block:
        case Heading(level=level):
            return level
        case Paragraph(spans=(Strong(text=text),)) if len(text) <= _LONGEST_HEADING and "\n" not in text:
            return _BOLD_LINE
        case _:
            return 0


def first_ones(parts: Sequence[Section]) -> tuple[list[Section], list[Section]]:
    """The sections that come first, with those below them, and the others; both in their order."""
    first: list[Section] = []
    others: list[Section] = []
    above = 0  # the level of the section that comes first and that this one belongs to
    for part in parts:
        if above and part.level <= above:
            above = 0
        if not above and part.comes_first:
            above = part.level
        (first if above else others).append(part)
    return first, others


def without_orphans(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks without headings that nothing belongs to."""
    kept_blocks: list[Block] = []
    below = 0  # the level of what follows; 0 is text
    for block in reversed(blocks):
        level = level_of(block)
        if level and (not kept_blocks or (below and below <= level)):
            continue
        kept_blocks.append(block)
        below = level
    return tuple(reversed(kept_blocks))
