"""What a room is shown of a release's notes, by its setting, under the release's own name."""

from dataclasses import replace

import pytest

from chatbot.core.announce.notes.release_name import release_name
from chatbot.core.announce.notes.shown import notes_of
from chatbot.core.model.message import Heading, Text
from chatbot.core.model.watches import NotesLength
from tests.core import make
from tests.core.announce.notes.show import lines, parsed

NAMES = ("v2.3.0", "2.3.0", "Acme Mailer", "mailer")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("v2.3.0", ""),
        ("2.3.0", ""),
        ("", ""),
        ("Acme Mailer 2.3.0", ""),
        ("mailer-2.3.0", ""),
        ("Release v2.3.0", ""),
        ("Version 2.3.0 (2026-11-25)", ""),
        ("Acme Mailer 2.3", ""),
        ("Mailer 2.3.0 is out!", ""),
        ("Blue Heron", "Blue Heron"),
        ("v2.3.0 – Blue Heron", "Blue Heron"),
        ("Acme Mailer v2.3.0: “Blue Heron”", "Blue Heron"),
        ("[2.3.0] Blue Heron (2026-11-25)", "Blue Heron"),
        ("ACME MAILER 2.3.0 Blue Heron 🎉", "Blue Heron 🎉"),
        ("2.3.0: 青鷺", "青鷺"),
        ("x" * 200, "x" * 79 + "…"),
        ("12.3.0 Blue", "12.3.0 Blue"),
        ("İ 2.3.0 Blue", "İ 2.3.0 Blue"),
    ],
)
def test_a_release_s_own_name(title: str, name: str) -> None:
    assert release_name(title, *NAMES) == name


TEXT = "## Added\n" + "".join(f"- number {number}\n" for number in range(40))
RELEASE = replace(make.release("v2.3.0", name="v2.3.0 – Blue Heron"), notes=parsed(TEXT))


@pytest.mark.parametrize(("length", "count"), [("short", 13), ("full", 42), ("none", 0)])
def test_as_much_as_the_room_wants(length: NotesLength, count: int) -> None:
    notes = notes_of(RELEASE, length, *NAMES)
    assert len(lines(notes.blocks)) == count
    assert lines(notes.blocks)[:1] == ["**Blue Heron**"][:count]
    assert notes.cut == (length == "short")


def test_a_name_that_the_notes_begin_with_is_not_repeated() -> None:
    release = replace(RELEASE, notes=(Heading(1, (Text("The Blue Heron release"),)), *RELEASE.notes))
    assert lines(notes_of(release, "full", *NAMES).blocks)[:2] == ["# The Blue Heron release", "## Added"]


def test_notes_that_were_cut_when_they_were_read_say_so_in_full() -> None:
    assert notes_of(replace(RELEASE, notes_cut=True), "full", *NAMES).cut


def test_a_name_without_notes() -> None:
    assert lines(notes_of(replace(RELEASE, notes=()), "short", *NAMES).blocks) == ["**Blue Heron**"]
