"""Versions that an advisory's text names as affected, beside its published range. They are only ever quoted: a range that is
wider than the text still counts, and nobody is left out because of a sentence."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from chatbot.core.model.facts import Advisory
from chatbot.core.model.message import Block, BulletList, CodeBlock, Heading, Paragraph, Quote, plain
from chatbot.core.text import patterns
from chatbot.core.versions.ranges.version_range import Range, read_range
from chatbot.core.versions.tags.habits import Habits
from chatbot.core.versions.version import Version

_MOST_TEXT = 20_000  # characters that are looked through
_MOST_RANGES = 4
_VERSION = r"v?[0-9]{1,9}(?:\.[0-9]{1,9}){1,4}(?:-?(?:alpha|beta|rc|pre)\.?[0-9]{1,4})?"
_THROUGH = patterns.compile(
    rf"\b({_VERSION})\s*(?:to|through|thru|until|up to|-|–|—)\s*(?:and including\s+)?(?:versions?\s+)?({_VERSION})\b",
    ignore_case=True,
)
_BEFORE = patterns.compile(
    rf"\b(?:since|from|(?:starting|beginning|introduced) (?:in|with|from|at))\s+(?:versions?\s+)?({_VERSION})"
    rf",?\s+(?:and\s+|but\s+)?(?:prior to|before)\s+(?:versions?\s+)?({_VERSION})\b",
    ignore_case=True,
)
_AFFECTED = patterns.compile(r"\b(?:affect|vulnerab|impact)", ignore_case=True)
_ABOUT_SOMETHING_ELSE = patterns.compile(
    r"\b(?:upgrad|updat|migrat|downgrad|not (?:be )?(?:affect|vulnerab|impact)|unaffected|no longer)", ignore_case=True
)
_END_OF_SENTENCE = patterns.compile(r"[.!?;]\s|\n")


@dataclass(frozen=True, slots=True)
class TextRange:
    """Versions as a text names them: `0.12.0 to 0.13.2`."""

    words: str
    versions: Range

    def holds(self, version: Version | str) -> bool:
        return bool(self.versions.contains(version))


def named_in_text(advisory: Advisory, habits: Habits) -> tuple[TextRange, ...]:
    """The ranges of versions that the description calls affected, in its order; empty where it names none, or too many for a
    sentence to say. `habits` are the project's."""
    ranges: dict[str, TextRange] = {}
    for sentence, below in _sentences(advisory.description):
        if _ABOUT_SOMETHING_ELSE.search(sentence):
            continue
        candidates = [(match, "<") for match in _BEFORE.finditer(sentence)]
        if below or _AFFECTED.search(sentence):
            candidates += [(match, "<=") for match in _THROUGH.finditer(sentence)]
        for match, end in candidates:
            low, high = match[1].removeprefix("v"), match[2].removeprefix("v")
            versions = read_range(f">= {low}, {end} {high}", habits)
            words = f"{low} to {high}" if end == "<=" else f"{low} up to, but not including, {high}"
            if versions is not None:
                ranges.setdefault(words, TextRange(words, versions))
    return tuple(ranges.values()) if len(ranges) <= _MOST_RANGES else ()


def _sentences(blocks: Iterable[Block]) -> Iterator[tuple[str, bool]]:
    """Each sentence, and whether it stands below a heading about affected versions; of a long text, the first part."""
    budget, below = _MOST_TEXT, False
    for is_heading, text in _texts(blocks):
        if is_heading:
            below = bool(_AFFECTED.search(text[:200])) and not _ABOUT_SOMETHING_ELSE.search(text[:200])
        for sentence in _END_OF_SENTENCE.split(text[:budget]):
            yield sentence, below
        budget -= len(text)
        if budget <= 0:
            return


def _texts(blocks: Iterable[Block]) -> Iterator[tuple[bool, str]]:
    for block in blocks:
        match block:
            case Paragraph() | Heading():
                yield isinstance(block, Heading), plain(block.spans)
            case BulletList():
                yield from ((False, plain(item.spans)) for item in block.items)
            case Quote():
                yield from _texts(block.blocks)
            case CodeBlock():
                pass
            case _ as unreachable:
                assert_never(unreachable)


def left_out(ranges: Sequence[TextRange], versions: Sequence[Version | str]) -> str:
    """What the text names, where that is other versions than these; "" where it names one of them, or nothing."""
    if not ranges or not versions or any(each.holds(version) for each in ranges for version in versions):
        return ""
    return " and ".join(each.words for each in ranges)
