"""The console keeps the laws of every chat, in a terminal and in a pipe."""

import pytest

from tests.chats.console.stage import ConsoleStage
from tests.chats.contract import Law, every_law


@every_law
@pytest.mark.parametrize("panels", [True, False], ids=["terminal", "pipe"])
async def test_the_laws_of_every_chat(law: Law, panels: bool) -> None:
    await law(ConsoleStage(panels=panels))
