"""Who is woken when the outbox gets something: each chat's delivery loop waits on a bell of its own."""

import asyncio
from dataclasses import dataclass, field


@dataclass(slots=True)
class Wake:
    """Bells by chat. A bell that rings while nobody waits is heard at the next wait."""

    bells: dict[str, asyncio.Event] = field(default_factory=dict)

    def bell(self, chat: str) -> asyncio.Event:
        return self.bells.setdefault(chat, asyncio.Event())

    def all(self) -> None:
        """Ring every bell: a plan may concern any chat, and a look at an empty outbox is cheap."""
        for bell in self.bells.values():
            bell.set()
