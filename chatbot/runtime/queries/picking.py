"""A number as an answer: the question that it stands for, by what was said in the person's DM."""

from dataclasses import replace

from chatbot.core.model.message import Message
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.queries.numbered import choices
from chatbot.core.queries.query_context import unsure
from chatbot.store.database.db import Tx
from chatbot.store.subscriptions import alerts


async def picked(tx: Tx, ask: CommandRequest) -> CommandRequest | Message:
    """The question that the number means: of the message that was named, else of the last one in this DM that offered anything.
    Where it means none, an answer that says so."""
    number, reference = ask.arguments.get("number", ""), ask.arguments.get("message", "")
    if not ask.dm:
        return unsure("Numbers are answers in a DM only")
    message = await (alerts.choices_of(tx, ask.dm, reference) if reference else alerts.last_choices(tx, ask.dm))
    if message is None:
        return unsure("I don't know what that number answers", "I offered nothing to choose from lately. Try help.")
    offered = choices(message)
    if not number.isdecimal() or not 1 <= int(number) <= len(offered):
        return unsure(f"There is no number {number[:4]} there", f"It offers 1 to {len(offered)}.")
    choice = offered[int(number) - 1]
    return replace(ask, command=choice.command, arguments=dict(choice.arguments))
