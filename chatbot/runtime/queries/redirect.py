"""A moderator leads somebody to the private way: the instructions are a delivery, keyed by the request, so never sent twice."""

from datetime import datetime

from chatbot.core.announce.messages import short_hash
from chatbot.core.model.message import Message
from chatbot.core.queries.answers.redirect import no_author, to_author, to_moderator
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.queries.query_context import QueryContext
from chatbot.store import outbox
from chatbot.store.database.db import Store


async def redirect(store: Store, context: QueryContext, ask: CommandRequest, now: datetime) -> Message:
    """Enqueue the instructions to the author and answer the moderator. Whom we write to is what the chat itself looked up in
    that room, never an argument; and the same author hears of one project once a day at most, however often it is asked."""
    if not ask.target.is_person or ask.target.chat != ask.asker.chat:
        return no_author()
    key = short_hash("redirect", ask.target, context.project.id, ask.asked_at.date().isoformat())
    async with store.writing() as tx:
        await outbox.add_answer(tx, ask.target, "", to_author(context), key, now)
    return to_moderator(context, ask.arguments.get("message", ""))
