"""Maintainers read where an announcement went out, and what a release still lacks: in one message, which is edited."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.chats.matrix.reference import Reference, link_to
from chatbot.ports import ChatRefused
from tests.runtime.maintainers.test_announce import HALL, OPS, QUAY, Stage
from tests.runtime.maintainers.test_ready import lines


def titles(stage: Stage) -> list[str]:
    return [title for title in stage.chat.titles(OPS) if "announced in" in title or "still missing" in title]


async def test_one_message_says_where_a_release_went_out_through_restarts(tmp_path: Path) -> None:
    stage = Stage(tmp_path, announce="auto")
    async with stage.open() as harness:
        harness.tells_what_went_out = True
        await harness.run_for()
        stage.publish("v1.2.0")
        await harness.run_for()
        await harness.run_for()
        assert titles(stage) == ["Ferry 1.2.0: announced in 2 rooms"]
    async with stage.open() as harness:
        harness.tells_what_went_out = True
        for _ in range(3):
            await harness.run_for(timedelta(hours=1))
    assert titles(stage) == ["Ferry 1.2.0: announced in 2 rooms"]
    assert not any(post.message.loud for post in stage.chat.rooms[OPS])


async def test_a_room_that_fails_is_named_told_once_after_an_hour_and_edited_when_it_comes(tmp_path: Path) -> None:
    stage = Stage(tmp_path, announce="auto")
    stage.chat.refusing[QUAY] = ChatRefused("no permission to write")
    async with stage.open() as harness:
        harness.tells_what_went_out = True
        await harness.run_for()
        stage.publish("v1.2.0")
        await harness.run_for()
        await harness.run_for()
        assert titles(stage) == ["Ferry 1.2.0: announced in 1 room; 1 failed"]
        for _ in range(3):
            await harness.run_for(timedelta(minutes=40))
        late = "Ferry 1.2.0: 1 thing is still missing"
        assert titles(stage) == ["Ferry 1.2.0: announced in 1 room; 1 failed", late]
        reply = next(post for post in stage.chat.rooms[OPS] if post.message.title == late)
        assert lines(reply.message)[0].endswith("did not get it: no permission to write")
        assert reply.reply_to
        del stage.chat.refusing[QUAY]
        await harness.run_for(timedelta(hours=1))
        await harness.run_for()
        assert titles(stage) == ["Ferry 1.2.0: announced in 2 rooms", late]


async def test_files_that_are_still_uploaded_are_named_and_delay_and_edit_no_announcement(tmp_path: Path) -> None:
    stage = Stage(tmp_path, announce="auto")
    async with stage.open() as harness:
        harness.tells_what_went_out = True
        await harness.run_for()
        stage.publish("v1.2.0")
        for uploading in (("a.zip", "b.zip"), ("b.zip",)):  # while it settles, too
            assets = tuple(name for name in ("a.zip", "b.zip") if name not in uploading)
            stage.ferry.releases[-1] = replace(stage.ferry.releases[-1], assets=assets, uploading=uploading)
            harness.clock.advance(timedelta(seconds=40))
            await harness.poll()
            await harness.deliver()
        assert stage.shows() == [("Ferry 1.2.0", False)]
        await harness.run_for()
        (card,) = [post for post in stage.chat.rooms[OPS] if "announced in" in post.message.title]
        assert "Missing: Of 2 files not uploaded yet: b.zip" in lines(card.message)[0]
        stage.ferry.releases[-1] = replace(stage.ferry.releases[-1], assets=("a.zip", "b.zip"), uploading=())
        await harness.run_for()
        assert any("2 files are attached" in line for line in lines(card.message))
        assert not any("Missing: Of" in line for line in lines(card.message))
        assert [post.edits for post in stage.chat.rooms[HALL]] == [0]


async def test_what_waits_for_approval_is_told_of_by_its_card_alone(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.open() as harness:
        harness.tells_what_went_out = True
        await harness.run_for()
        stage.publish("v1.2.0")
        for _ in range(3):
            await harness.run_for(timedelta(minutes=40))
        assert titles(stage) == []


async def test_an_advisory_is_told_of_too(tmp_path: Path) -> None:
    stage = Stage(tmp_path, announce="auto")
    async with stage.open() as harness:
        harness.tells_what_went_out = True
        await harness.run_for()
        stage.warn("GHSA-aaaa-bbbb-cccc")
        await harness.run_for()
        await harness.run_for()
        assert len(stage.shows(HALL)) == 1
        assert [title.rpartition(": ")[2] for title in titles(stage)] == ["announced in 2 rooms"]


@pytest.mark.parametrize(
    ("reference", "link"),
    [
        (str(Reference(room="!a:hs", event="$e")), "https://matrix.to/#/%21a%3Ahs/%24e?via=hs"),
        ("$e", ""),
    ],
)
def test_links_to_matrix_messages(reference: str, link: str) -> None:
    assert link_to(Reference.parse(reference), "hs") == link
