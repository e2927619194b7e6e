"""What a room is shown of a release's notes: as much as it wants, under the name that the project gave the release."""

from dataclasses import replace
from typing import assert_never

from chatbot.core.announce.notes.release_name import release_name
from chatbot.core.announce.notes.sections import level_of
from chatbot.core.announce.notes.short import ShortNotes, full_notes, short_notes
from chatbot.core.model.facts import Release
from chatbot.core.model.message import Block, Heading, Paragraph, Strong, plain
from chatbot.core.model.watches import NotesLength


def notes_of(release: Release, length: NotesLength, *names: str) -> ShortNotes:
    """The notes in that length. `names` are what the message is titled with (version, project): a release's own name is shown
    where it says more than those."""
    match length:
        case "none":
            return ShortNotes()
        case "short":
            notes = short_notes(release.notes, release.url)
        case "full":
            notes = full_notes(release.notes, release.url)
        case _ as unreachable:
            assert_never(unreachable)
    name = release_name(release.name, release.tag, *names)
    blocks = _under(name, notes.blocks) if name else notes.blocks
    return replace(notes, blocks=blocks, cut=notes.cut or release.notes_cut)


def _under(name: str, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks below the release's name, unless the first of them says it."""
    first = blocks[0] if blocks else None
    if isinstance(first, Heading | Paragraph) and level_of(first) and name.casefold() in plain(first.spans).casefold():
        return blocks
    return (Paragraph((Strong(name),)), *blocks)
