"""How a message looks in each of the chats, for cards and previews."""

from collections.abc import Sequence

from chatbot.chats import PROFILES
from chatbot.core.announce.subject import Subject
from chatbot.core.maintainers import answers
from chatbot.core.maintainers.renderings import Layout, Renderer, Renderers, renderings_of
from chatbot.core.model.message import Message
from chatbot.core.model.watches import Room

RENDERERS: Renderers = {
    profile.name: Renderer(title=profile.title, text=profile.as_text)
    for profile in PROFILES
    if profile.as_text is not None
}


def preview_answer(subject: Subject, state: str, rooms: Sequence[Room], own: str, wanted: str) -> Message:
    """The answer to a preview. `rooms`: that watch the project; `own`: the chat of the asker; `wanted`: the only chat that is
    meant, "" for all."""
    layouts: list[Layout] = [(room.address.chat, room.watch_filter.notes) for room in rooms] or [(own, "short")]
    chats = sorted({chat for chat, _ in layouts})
    matching = [chat for chat in chats if wanted.casefold() in ("", chat, _title(chat))]
    if not matching:
        return answers.not_one_of("chat", chats)
    renderings = renderings_of(subject.message_for, [each for each in layouts if each[0] in matching], own, RENDERERS)
    return answers.preview(subject, state, renderings)


def _title(chat: str) -> str:
    renderer = RENDERERS.get(chat)
    return renderer.title.casefold() if renderer is not None else chat
