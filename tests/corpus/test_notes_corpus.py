"""Real release notes in short: within their room, and nothing of them lost in full."""

import pytest

from chatbot.core.announce.notes.short import ROOM, full_notes, short_notes
from chatbot.core.announce.notes.size import Size, of_blocks
from chatbot.sources.markdown.document import read_markdown
from tests.corpus.where import DATA, needed

PAGE = "https://forge.example/acme/mailer/releases/tag/v1"
CHANGELOG = DATA / "stalwart" / "CHANGELOG.md"


def _notes() -> list[str]:
    if not CHANGELOG.is_file():
        return []
    return CHANGELOG.read_text("utf-8").split("\n## [")[1:]


@needed
@pytest.mark.parametrize("text", _notes(), ids=lambda text: text[:12].partition("]")[0])
def test_real_notes_are_short(text: str) -> None:
    blocks, _ = read_markdown(text.partition("\n")[2], base_url=PAGE)
    notes = short_notes(blocks, PAGE)
    assert of_blocks(notes.blocks).within(ROOM + Size(1, 100))
    assert bool(notes.blocks) == bool(
        full_notes(blocks, PAGE).blocks and of_blocks(full_notes(blocks, PAGE).blocks).columns
    )
    assert short_notes(notes.blocks, PAGE).blocks == notes.blocks
