"""A number as an answer: the question that it stands for, by what was said in the person's DM."""

from dataclasses import replace
from datetime import datetime

from chatbot.core.model.message import Message
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.queries.numbered import choices
from chatbot.core.queries.query_context import unsure
from chatbot.store.database.db import Tx
from chatbot.store.subscriptions import alerts

_WHICH = "I was sending you another one at that moment. Please reply to the message that you mean, or react to it."


async def picked(tx: Tx, ask: CommandRequest) -> CommandRequest | Message:
    """The question that the number means: of the message that was named, else of the last one in this DM that offered anything.
    Where it means none, or may mean another message than we think, an answer that says so."""
    number, reference = ask.arguments.get("number", ""), ask.arguments.get("message", "")
    if not ask.dm:
        return unsure("Numbers are answers in a DM only")
    if reference:
        message = await alerts.choices_of(tx, ask.dm, reference)
    else:
        offers = await alerts.last_offers(tx, ask.dm, limit=2)
        if len(offers) > 1 and not _was_seen(offers[0], ask.asked_at):
            return unsure("I can't tell which message that number answers", _WHICH)
        message = offers[0].message if offers else None
    if message is None:
        return unsure("I don't know what that number answers", "I offered nothing to choose from lately. Try help.")
    offered = choices(message)
    if not number.isdecimal() or not 1 <= int(number) <= len(offered):
        return unsure(f"There is no number {number[:4]} there", f"It offers 1 to {len(offered)}.")
    choice = offered[int(number) - 1]
    return replace(ask, command=choice.command, arguments=dict(choice.arguments))


def _was_seen(offer: alerts.Offer, asked_at: datetime) -> bool:
    """Whether it stood there when the number was sent: else the number may be meant for the one before."""
    return offer.sent_at is not None and offer.sent_at <= asked_at
