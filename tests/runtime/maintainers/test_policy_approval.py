"""A change of the security policy waits for its maintainers where they want to be asked."""

from datetime import UTC, time, timedelta

from chatbot.core.model.message import BulletList, Message, plain
from chatbot.core.model.watches import DigestSchedule, WatchFilter
from chatbot.ports import ChatRefused
from tests.runtime.harness import Harness
from tests.runtime.maintainers.test_announce import HALL, HOUR, OPS, QUAY, Stage, entries, say, words

PAGE = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n{}"
NEWS = "Ferry – security policy changed"


async def change(stage: Stage, harness: Harness, *rows: str) -> None:
    """The page gets these rows, and is read."""
    stage.ferry.commit("SECURITY.md", PAGE.format("".join(f"| {row} |\n" for row in rows)), stage.clock.now)
    await harness.run_for(timedelta(minutes=10))


def sentences(message: Message) -> list[str]:
    return [plain(item.spans) for block in message.body if isinstance(block, BulletList) for item in block.items]


def posts(stage: Stage, at: str = HALL) -> list[list[str]]:
    """What each announcement of a change says in a room."""
    return [sentences(post.message) for post in stage.chat.rooms.get(at, []) if post.message.title == NEWS]


async def test_a_change_waits_and_goes_out_when_it_is_approved(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        await change(stage, harness, "0.9.x | no")
        assert posts(stage) == []
        assert stage.cards() == [f"Announce {NEWS}?"]
        card = stage.chat.rooms[OPS][-1].message
        assert card.example is not None
        assert [(action.name, action.subject) for action in card.actions] == [("approve", "policy"), ("skip", "policy")]
    async with stage.open() as harness:
        await harness.run_for(HOUR)
        assert posts(stage) == []
        answer = await say(harness, "approve", id="policy")
        assert words(answer) == "The change of Ferry's security policy goes out now It goes to 2 rooms."
        await harness.deliver()
        await harness.run_for(HOUR)
        assert len(posts(stage)) == len(posts(stage, QUAY)) == 1
        assert stage.cards() == [f"{NEWS} is announced"]
        assert "announced the security policy" in entries(await say(harness, "announce log"))[0]
        assert (await say(harness, "announce now", id="policy")).title.endswith("security policy waits for you")


async def test_changes_that_come_meanwhile_are_told_together(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        await change(stage, harness, "0.9.x | no")
        await say(harness, "announce hold", id="policy")
        await harness.deliver()
        assert stage.cards() == [f"{NEWS} is held"]
    async with stage.open() as harness:
        await change(stage, harness, "0.9.x | no", "0.8.x | no")
        assert stage.cards() == [f"No room waits for {NEWS} any more", f"Announce {NEWS}?"]
        await say(harness, "announce now", id="policy")
        await harness.deliver()
        (news,) = posts(stage)
        assert len(news) == 2
        assert "0.9" in news[0] + news[1]
        assert "0.8" in news[0] + news[1]


async def test_a_digest_names_all_that_was_approved_together(stage: Stage) -> None:
    stage.watch_filter = WatchFilter(digest=DigestSchedule(every="daily", at=time(9), zone=UTC))
    async with stage.open() as harness:
        await harness.run_for()
        await change(stage, harness, "0.9.x | no")
        await change(stage, harness, "0.9.x | no", "0.8.x | no")
        await say(harness, "announce now", id="policy")
        await harness.deliver()
        assert stage.shows() == []
        assert len(posts(stage, QUAY)) == 1
    async with stage.open() as harness:
        for _ in range(2):
            await harness.run_for(timedelta(hours=13))
        (digest,) = stage.chat.rooms[HALL]
        assert [version for version in ("0.8.x", "0.9.x") if version in str(digest.message.body)] == ["0.8.x", "0.9.x"]


async def test_what_was_taken_back_is_no_news_and_what_was_skipped_stays_so(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        await change(stage, harness, "0.9.x | no")
        await change(stage, harness)
        assert stage.cards() == [f"No room waits for {NEWS} any more"]
        assert (await say(harness, "announce now", id="policy")).title.endswith("security policy waits for you")
        await change(stage, harness, "0.8.x | no")
        await say(harness, "skip", id="policy")
        for _ in range(3):
            await harness.run_for(timedelta(days=1))
        assert posts(stage) == []
        assert stage.cards()[-1] == f"{NEWS} is not announced"
        await change(stage, harness, "0.8.x | no", "0.7.x | no")
        await say(harness, "approve", id="policy")
        await harness.deliver()
        assert [len(news) for news in posts(stage)] == [1]


async def test_only_waiting_announcing_holding_and_skipping_fit_a_page(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        await change(stage, harness, "0.9.x | no")
        for command in ("announce retract", "announce note", "announce bad", "announce preview", "ready"):
            answer = await say(harness, command, id="policy", reason="because", text="words")
            assert answer.title.startswith("Of the security policy, a change that waits can be announced")
        stranger = await say(harness, "approve", asker="console:user:ola", id="policy")
        assert stranger.title == "Only maintainers of the project can use this"
        await harness.deliver()
        assert posts(stage) == []


async def test_where_the_card_is_refused_a_change_goes_out(stage: Stage) -> None:
    stage.chat.refusing[OPS] = ChatRefused("the channel is closed")
    async with stage.open() as harness:
        await harness.run_for()
        await change(stage, harness, "0.9.x | no")
        await harness.run_for(HOUR)
        assert len(posts(stage)) == 1
