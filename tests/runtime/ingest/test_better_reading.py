"""A program whose reader of policy pages is better than the one before: it answers better, and announces nothing for that."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.core.model.ids import RoomAddress
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.support.policy import Policy
from chatbot.demo.github.data import Repository
from chatbot.sources.parsing.documents import Document
from chatbot.sources.parsing.parsers import PARSERS
from chatbot.sources.support_policy.reader import read_policy
from chatbot.store.database.tables import sources
from tests.runtime.harness import FERRY, MINUTE, Harness, open_beside, open_harness, room
from tests.standins.clock import START, ManualClock

HEAD = "# Security\n\n## Supported versions\n\n| Version | Supported |\n|---|---|\n"
FIRST = HEAD + "| 1.1.x | yes |\n| 1.0.x | yes[^1] |\n\n[^1]: Until 2029-01-31.\n"
SECOND = FIRST.replace("2029-01-31", "2030-01-31")
THIRD = SECOND.replace("| 1.1.x | yes |", "| 1.2.x | yes |\n| 1.1.x | yes |")


def _blind(document: Document) -> Policy:
    """An older reader: one that sees no end of support anywhere."""
    policy = read_policy(document.content.decode())
    return replace(policy, rows=tuple(replace(row, until=None) for row in policy.rows))


def _confused(document: Document) -> Policy:
    """Another older reader, which takes every tick for a cross."""
    policy = read_policy(document.content.decode())
    return replace(policy, rows=tuple(replace(row, mark="no", until=None) for row in policy.rows))


def _shown(harness: Harness) -> list[str]:
    return [repr(post.message) for post in harness.chat.rooms.get("console", [])]


async def _until_1_0(harness: Harness) -> str:
    ask = CommandRequest(
        command="supported", arguments={"version": "1.0.0"}, asker=RoomAddress("console:u"), asked_at=harness.clock()
    )
    return repr(await harness.services.answers.answer(ask))


@pytest.mark.parametrize("older", [_blind, _confused])
@pytest.mark.parametrize("pages", [(FIRST,), (FIRST, SECOND), (FIRST, SECOND, THIRD)])
async def test_a_better_reading_of_the_same_pages_announces_nothing_and_edits_nothing(
    older: object, pages: tuple[str, ...], clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ferry = Repository(owner="harbour", name="ferry")
    ferry.commit("SECURITY.md", pages[0], START)
    with monkeypatch.context() as patch:
        patch.setitem(PARSERS, "policy", older)  # as in an older program
        async with open_harness(ferry, clock, tmp_path / "bot.db", [room("console")]) as harness:
            await harness.run_for()
            for page in pages[1:]:
                clock.advance(timedelta(hours=13))
                ferry.commit("SECURITY.md", page, clock())
                await harness.run_for()
            before = _shown(harness)
            assert len(before) == (1 if THIRD in pages else 0)
            assert "31 January" not in await _until_1_0(harness)
            patch.undo()
            async with open_beside(harness) as upgraded:
                await upgraded.run_for()
                clock.advance(timedelta(days=2))
                await upgraded.run_for()
                assert f"31 January {2029 if len(pages) == 1 else 2030}" in await _until_1_0(upgraded)
                ferry.commit("SECURITY.md", pages[-1], clock())  # committed once more, with the same text
                clock.advance(timedelta(days=2))
                await upgraded.run_for(MINUTE)
                assert _shown(upgraded) == before


async def test_after_a_better_reading_only_what_the_page_changed_is_announced(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ferry = Repository(owner="harbour", name="ferry")
    ferry.commit("SECURITY.md", FIRST, START)
    with monkeypatch.context() as patch:
        patch.setitem(PARSERS, "policy", _confused)
        async with open_harness(ferry, clock, tmp_path / "bot.db", [room("console")]) as harness:
            await harness.run_for()
            patch.undo()
            async with open_beside(harness) as upgraded:
                await upgraded.run_for()
                clock.advance(timedelta(hours=13))
                ferry.commit("SECURITY.md", SECOND, clock())
                await upgraded.run_for()
                (post,) = upgraded.chat.rooms["console"]
                text = repr(post.message)
                assert "1.0.x" in text
                assert "1.1.x" not in text


def _unable(document: Document) -> Policy:
    """An older reader that can make nothing of a page with a newer line."""
    text = document.content.decode()
    return Policy(readable=False, problem="The page cannot be read.") if "1.2.x" in text else read_policy(text)


@pytest.mark.parametrize("pages", [(THIRD,), (FIRST, THIRD), (FIRST, SECOND, THIRD)])
async def test_a_page_that_can_be_read_at_last_is_no_change_of_the_page(
    pages: tuple[str, ...], clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ferry = Repository(owner="harbour", name="ferry")
    ferry.commit("SECURITY.md", pages[0], START)
    with monkeypatch.context() as patch:
        patch.setitem(PARSERS, "policy", _unable)
        async with open_harness(ferry, clock, tmp_path / "bot.db", [room("console")]) as harness:
            await harness.run_for()
            for page in pages[1:]:
                clock.advance(timedelta(hours=13))
                ferry.commit("SECURITY.md", page, clock())
                await harness.run_for()
            before = _shown(harness)
            patch.undo()
            async with open_beside(harness) as upgraded:
                async with upgraded.services.store.writing(FERRY.id) as tx:
                    await tx.run(sa.update(sources).values(cursor="{}"))  # the page is looked at anew
                await upgraded.run_for()
                clock.advance(timedelta(days=2))
                await upgraded.run_for(MINUTE)
                assert "31 January 2030" in await _until_1_0(upgraded)
                assert _shown(upgraded) == before
                clock.advance(timedelta(hours=13))
                ferry.commit("SECURITY.md", THIRD.replace("| 1.2.x | yes |", "| 1.2.x | no |"), clock())
                await upgraded.run_for()
                (*_, post) = upgraded.chat.rooms["console"]
                assert "1.2.x" in repr(post.message)
                assert "2030" not in repr(post.message)
                assert len(_shown(upgraded)) == len(before) + 1
