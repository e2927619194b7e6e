"""Who hears of releases in a DM hears of them when rooms do, and nothing of images beside that."""

from datetime import timedelta

import pytest

from chatbot.core.model.ids import NOWHERE, RoomAddress
from chatbot.core.model.images import ImageState
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.runtime.subscriptions.fan_out.audience import OfRelease
from chatbot.runtime.subscriptions.fan_out.news import advisories, releases
from chatbot.store.database.columns import to_number
from chatbot.store.subscriptions.subscribers import Stored, Subscriber
from tests.core import make
from tests.core.announce.test_for_images import BOTH, ONE, TAG, of_a_fix
from tests.core.images.test_readiness import CAME, snapshot
from tests.core.make import HOUR, START


def test_subscribers_hear_of_a_release_when_rooms_do() -> None:
    def until(current: ProjectSnapshot, after: timedelta) -> list[tuple[str, object]]:
        news = releases(current, timedelta(0), CAME + after)
        return [(item.digest, item.replan_at) for item in news if item.name == TAG]

    assert until(snapshot(*ONE), HOUR) == [("", CAME + 2 * HOUR)]
    assert until(snapshot(*ONE), 3 * HOUR) == [(TAG, None)]
    assert until(snapshot(*BOTH), HOUR) == [(TAG, None)]
    assert until(of_a_fix(*ONE), HOUR) == [(TAG, None)], "security never waits"


def test_images_are_no_news_to_those_who_were_alerted() -> None:
    one, other = (advisories(each, timedelta(0), {}, CAME) for each in (of_a_fix(*ONE), of_a_fix(*BOTH)))
    assert [item.digest for item in one] == [item.digest for item in other]


@pytest.mark.parametrize(("states", "is_named"), [(ONE, False), (BOTH, True)])
async def test_a_direct_message_which_nobody_edits_names_no_missing_image(
    states: tuple[ImageState, ...], *, is_named: bool
) -> None:
    wish = "".join(f"{part}\x1f" for part in ("project", "", "low", "now", "0", "dm", "", ""))
    stored = Stored(wish, to_number(START), to_number(START), NOWHERE, 1)
    someone = Subscriber(RoomAddress("console:user:1"), RoomAddress("console:dm:1"), make.project.id, (stored,))
    (alike,) = await OfRelease(snapshot(*states), TAG).look(None, [someone])  # type: ignore[arg-type]  # reads nothing
    assert alike.dms == [someone.dm]
    (message,) = alike.work()
    assert any("Docker images" in line for line in make.lines_of(message.message)) is is_named
