"""An advisory's description in short: what can happen, what helps, and nothing that stands above it already."""

from collections.abc import Sequence

import pytest

from chatbot.core.announce.notes.description import ROOM, short_description
from chatbot.core.announce.notes.size import of_blocks
from chatbot.core.model.message import Block, Heading, Strong, paragraph, plain, text
from chatbot.core.text.labels import labelled_block


def section(title: str, words: str = "", level: int = 3) -> list[Block]:
    return [Heading(level, text(title)), paragraph(words or f"About {title}.")]


def shown(blocks: Sequence[Block]) -> list[str]:
    return [plain(part.spans) for part in short_description(blocks).blocks if hasattr(part, "spans")]


IMPACT, PATCHES, WORKAROUNDS = section("Impact"), section("Patches"), section("Workarounds")
REFERENCES = section("References")


@pytest.mark.parametrize(
    ("blocks", "expected", "cut"),
    [
        ([], [], False),
        ([paragraph("Just so.")], ["Just so."], False),
        ([*IMPACT, *PATCHES, *WORKAROUNDS, *REFERENCES], ["About Impact.", "Workarounds", "About Workarounds."], True),
        ([*IMPACT, *section("Details"), *WORKAROUNDS], ["About Impact.", "Workarounds", "About Workarounds.", "Details", "About Details."], False),
        ([*PATCHES], ["Patches", "About Patches."], False),  # nothing else is there
        ([*PATCHES, *section("How to upgrade", level=4), *IMPACT], ["About Impact."], True),
        ([paragraph(Strong("Impact")), paragraph("Bad."), paragraph(Strong("Credits")), paragraph("Thanks.")], ["Bad."], True),
        ([*section("Impact of fixes")], ["Impact of fixes", "About Impact of fixes."], False),
    ],
)  # fmt: skip
def test_what_is_left(blocks: Sequence[Block], expected: list[str], cut: bool) -> None:
    assert shown(blocks) == expected
    assert short_description(blocks).cut is cut


def test_a_long_description_is_cut() -> None:
    short = short_description([paragraph("word " * 30) for _ in range(50)])
    assert short.cut
    assert short.blocks
    assert of_blocks(short.blocks).within(ROOM)
    assert short.blocks == tuple(labelled_block(part, "") for part in short.blocks)
