"""People who send any other command: what kept alerts from them is told on that occasion."""

from dataclasses import dataclass

from chatbot.chats import profile_named
from chatbot.core.model.message import Message
from chatbot.core.queries.commands import CommandRequest, find
from chatbot.core.subscriptions.answers import refusals
from chatbot.runtime.subscriptions.greeting import Greeting
from chatbot.runtime.subscriptions.visit import Parts, visit
from chatbot.store.subscriptions import people


@dataclass(frozen=True, slots=True)
class Meeting:
    """Adds it to their answers."""

    parts: Parts
    greeting: Greeting

    async def meet(self, ask: CommandRequest, message: Message) -> Message:
        """The answer with that. Who asks in our DM is reached there: what kept us from them is over. In a room it is told only
        where nobody else sees the answer: that somebody has alerts is theirs to say. Raises StoreUnavailable."""
        if not ask.dm:
            return await self._aside(ask, message)
        guest = await visit(self.parts, ask)
        if not guest.trouble:
            return message
        await self.greeting.settle(guest, ask.dm)
        return refusals.told_first(message, guest.trouble, is_over=True)

    async def _aside(self, ask: CommandRequest, message: Message) -> Message:
        command = find(ask.command)
        if command is None or not command.private or not profile_named(ask.asker.chat).private_in_rooms:
            return message
        async with self.parts.store.reading() as tx:
            person = await people.get(tx, ask.asker)
        trouble = person.trouble if person is not None else ""
        return refusals.told_first(message, trouble, is_over=False) if trouble else message
