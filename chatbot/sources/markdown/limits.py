"""How much of foreign text is kept in one block, and the mark of what was cut: nothing cut looks whole."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.core.model.message import Block, BulletList, CodeBlock, Heading, Link, ListItem, Paragraph, Quote, Text

MAX_BLOCKS = 400  # also of the items of one list, and of the rows of one table
MAX_CODE = 4000  # characters of one code block
MAX_SPANS = 400  # of one paragraph
MARK = "…"


def closed_up(words: str) -> str:
    """Words without rows of empty lines: at most one is left between two lines."""
    if "\n\n\n" not in words and "\n " not in words:
        return words
    lines: list[str] = []
    for line in words.split("\n"):
        if line.strip() or not lines or lines[-1].strip():
            lines.append(line if line.strip() else "")
    return "\n".join(lines)


def limited(blocks: Sequence[Block], whole: str, *, cut: bool = False) -> tuple[tuple[Block, ...], bool]:
    """The blocks within the limits, and whether something was cut (or was before: `cut`). Each that was cut ends in a mark;
    where the address of the `whole` is known, the last one leads there."""
    blocks_within: list[Block] = []
    for block in blocks[:MAX_BLOCKS]:
        shorter, was_cut = _shorter(block)
        blocks_within.append(shorter)
        cut = cut or was_cut
    cut = cut or len(blocks) > MAX_BLOCKS
    if cut and whole:
        blocks_within[MAX_BLOCKS - 1 :] = []
        blocks_within.append(Paragraph((Text(f"{MARK} "), Link("read the whole text", whole))))
    return tuple(blocks_within), cut


def _shorter(block: Block) -> tuple[Block, bool]:
    match block:
        case CodeBlock(text) if len(text) > MAX_CODE:
            start = text[:MAX_CODE]
            whole_lines = start[: start.rfind("\n") + 1].rstrip("\n") or start
            return CodeBlock(f"{whole_lines}\n{MARK}"), True
        case BulletList(items) if len(items) > MAX_BLOCKS:
            return replace(block, items=(*items[:MAX_BLOCKS], ListItem((Text(MARK),)))), True
        case Paragraph(spans) if len(spans) > MAX_SPANS:
            return Paragraph((*spans[:MAX_SPANS], Text(f" {MARK}"))), True
        case Heading(level, spans) if len(spans) > MAX_SPANS:
            return Heading(level, (*spans[:MAX_SPANS], Text(f" {MARK}"))), True
        case Quote(inner):
            within, cut = limited(inner, "")
            return (
                (Quote((*within, Paragraph((Text(MARK),)))), True) if len(inner) > MAX_BLOCKS else (Quote(within), cut)
            )
        case _:
            return block, False
