"""What somebody without the right is answered."""

from chatbot.chats import profile_named
from chatbot.core.model.message import Message
from chatbot.core.queries.answers.watching import Place, in_a_room_only
from chatbot.core.queries.commands import CommandRequest, Right
from chatbot.core.queries.query_context import unsure

_WHO_MAY = {
    Right.ROOM_ADMIN: "people who manage this {room}",
    Right.MODERATOR: "moderators",
    Right.MAINTAINER: "maintainers of the project",
}


def refused(right: Right, ask: CommandRequest) -> Message:
    """Who may use a command; what is for those who manage a room is asked in that room."""
    profile = profile_named(ask.asker.chat)
    if right is Right.ROOM_ADMIN and not ask.room:
        return in_a_room_only(Place(room_word=profile.room_word, prefix=profile.command_prefix))
    return unsure(f"Only {_WHO_MAY[right].format(room=profile.room_word)} can use this")
