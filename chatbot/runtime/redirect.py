"""A moderator leads somebody to the private way: the instructions are a delivery, keyed by the request, so never sent twice."""

from datetime import datetime

from chatbot.core.answer_redirect import no_author, to_author, to_moderator
from chatbot.core.answers import Desk
from chatbot.core.commands import Ask
from chatbot.core.message import Message
from chatbot.core.rules import chat_of
from chatbot.core.saying import short_hash
from chatbot.store import outbox
from chatbot.store.db import Store

_LONGEST_ADDRESS = 255


async def redirect(store: Store, desk: Desk, ask: Ask, now: datetime) -> Message:
    """Enqueue the instructions to the author and answer the moderator. `author` is an address of the same chat, with or
    without the chat's name; nothing of the message is known here but, at most, its reference."""
    chat, named = chat_of(ask.asker), ask.arguments.get("author", "")
    if not named or len(named) > _LONGEST_ADDRESS or any(character.isspace() for character in named):
        return no_author()
    author = named if named.startswith(f"{chat}:") else f"{chat}:{named}"
    async with store.writing() as tx:
        await outbox.add_answer(tx, author, "", to_author(desk), short_hash("redirect", ask.key), now)
    return to_moderator(desk, ask.arguments.get("message", ""))
