"""`/ready`: maintainers ask what a release lacks."""

from pathlib import Path

from chatbot.core.model.message import BulletList, Message, plain
from chatbot.ports import ChatRefused
from tests.runtime.maintainers.test_announce import HALL, MIRA, QUAY, Stage, say


def lines(message: Message) -> list[str]:
    return [plain(item.spans) for block in message.body if isinstance(block, BulletList) for item in block.items]


async def test_ready_names_the_room_that_refuses_and_is_for_maintainers_alone(tmp_path: Path) -> None:
    stage = Stage(tmp_path, announce="auto")
    stage.chat.refusing[QUAY] = ChatRefused("no permission to write")
    async with stage.open() as harness:
        await harness.run_for()
        stage.publish("v1.2.0")
        await harness.run_for()
        answer = await say(harness, "ready", id="1.2.0")
        assert answer.title == "Ferry 1.2.0: 1 thing is missing"
        rows = lines(answer)
        assert rows[0].startswith("✗ Missing: ")
        assert rows[0].endswith("did not get it: no permission to write")
        assert "✓ There: Announced in 1 room" in rows
        assert "✓ There: The policy page says that 1.2.0 is supported" in rows
        assert answer.private
        stranger = await say(harness, "ready", at=HALL, asker="console:user:nobody", id="1.2.0")
        elsewhere = await say(harness, "ready", at=HALL, asker=MIRA, id="1.2.0")
        assert not lines(stranger)
        assert not lines(elsewhere)
