"""The words of maintainers add up to the same however they are read, and what was undone was never said."""

import pytest

from chatbot.core.maintainers.controls import fold
from chatbot.core.maintainers.word import Action, Word
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.store.database.db import Store
from chatbot.store.maintainers import words
from tests.store.make import at

PROJECT, OTHER = ProjectId("p"), ProjectId("q")
ORDER: tuple[Action, ...] = ("hold", "hold", "now", "note", "bad", "good", "hold", "retract", "now")


def word(number: int, action: Action, subject: str = "release/p/v1") -> Word:
    return Word(
        action=action, subject=subject, by=RoomAddress("console:user:mira"), at=at(number), text=f"words {number}"
    )


async def test_words_that_are_added_up_piece_by_piece_are_those_that_are_read_at_once(store: Store) -> None:
    spoken: list[Word] = []
    for number, action in enumerate(ORDER):
        spoken.append(word(number, action))
        async with store.writing(PROJECT) as tx:
            await words.say(tx, PROJECT, spoken[-1])
            assert await words.controls(tx, PROJECT) == fold(spoken)
        async with store.reading() as tx:
            assert await words.controls(tx, PROJECT) == fold(await words.words(tx, PROJECT)) == fold(spoken)
            assert (await words.controls(tx, OTHER)).by_subject == {}


async def _undone(store: Store) -> None:
    async with store.writing(PROJECT) as tx:
        await words.say(tx, PROJECT, word(0, "retract"))
        assert (await words.controls(tx, PROJECT)).of("release/p/v1").retracted
        raise RuntimeError


async def test_what_was_undone_counts_no_more(store: Store) -> None:
    with pytest.raises(RuntimeError):
        await _undone(store)
    async with store.writing(PROJECT) as tx:
        assert (await words.controls(tx, PROJECT)).by_subject == {}
        await words.say(tx, PROJECT, word(1, "skip"))
    async with store.writing(PROJECT) as tx:
        assert (await words.controls(tx, PROJECT)).of("release/p/v1").skipped


def test_adding_up_goes_on_from_any_word() -> None:
    spoken = [word(number, action) for number, action in enumerate(ORDER)]
    assert {fold(spoken[n:], fold(spoken[:n])) == fold(spoken) for n in range(len(spoken) + 1)} == {True}
