"""How an announcement looks in each chat that will show it: as a message in the maintainers' own chat, else as text."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chatbot.core.model.message import Message
from chatbot.core.model.rendering import Rendering
from chatbot.core.model.watches import NotesLength

MOST = 3  # renderings beside the message itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """One chat: what people call it, and how a message looks there, as plain text."""

    title: str
    text: Callable[[Message], str]


Renderers = Mapping[str, Renderer]  # by the chat's name
NO_RENDERERS: Renderers = MappingProxyType({})
Layout = tuple[str, NotesLength]  # a chat, and how much of release notes a room there shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderings:
    """How an announcement looks.

    message: as it looks in the maintainers' own chat; None where no room there gets it
    renderings: as it looks elsewhere, and in rooms of their chat that show more or less of the notes
    """

    message: Message | None = None
    renderings: tuple[Rendering, ...] = ()


def renderings_of(
    message_for: Callable[[NotesLength], Message], layouts: Iterable[Layout], own: str, renderers: Renderers
) -> Renderings:
    """How an announcement looks in rooms of these layouts, once where several look the same. `message_for`: the announcement with
    so much of release notes; `own`: the chat that shows this."""
    by_chat: dict[str, dict[Message, NotesLength]] = {}
    for chat, notes in sorted(set(layouts)):
        by_chat.setdefault(chat, {}).setdefault(message_for(notes), notes)
    ours = list(by_chat.get(own, {}))[:1]
    renderings = [
        Rendering(
            where=_where(renderers[chat].title, notes, alone=len(variants) == 1), text=renderers[chat].text(message)
        )
        for chat, variants in by_chat.items()
        if chat in renderers
        for message, notes in variants.items()
        if chat != own or message not in ours
    ]
    return Renderings(message=next(iter(ours), None), renderings=tuple(renderings[:MOST]))


def _where(title: str, notes: NotesLength, *, alone: bool) -> str:
    return title if alone else f"{title}, in rooms with notes = {notes}"
