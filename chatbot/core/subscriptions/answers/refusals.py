"""Why somebody gets no alerts, at once and where they asked, with what they can do instead."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.core.model.message import Code, Message, Paragraph, Tone, field_of, paragraph
from chatbot.core.queries.query_context import unsure
from chatbot.core.subscriptions.subscription import MOST
from chatbot.core.text.words import count


def too_many(prefix: str) -> Message:
    """The limit of one person."""
    how = paragraph("End one first: ", Code(f"{prefix}subscriptions"), " shows them.")
    return replace(unsure(f"You have {MOST} subscriptions, and more are not possible", how), private=True)


def unreachable(reason: str, alternatives: Sequence[Paragraph], *, is_stored: bool = False) -> Message:
    """No message arrives in the person's DM. `reason` is the chat's sentence for them: what to do. `is_stored`: they have
    subscriptions from before, which wait for that."""
    title = "I can't send you alerts at the moment" if is_stored else "I can't send you alerts yet, so I stored nothing"
    return Message(
        title=title,
        tone=Tone.WARNING,
        body=(paragraph(reason), *alternatives),
    )


def try_again(reason: str, alternatives: Sequence[Paragraph], *, is_stored: bool = False) -> Message:
    """Nothing is wrong with the person: the DM could not be opened now."""
    message = unreachable(reason, alternatives, is_stored=is_stored)
    return replace(message, tone=Tone.UNSURE)


def own_dm(line: str) -> Paragraph:
    """An alternative: a DM that they open themselves."""
    return paragraph("Or send me this in a DM: ", Code(line))


def no_alerts_here() -> Message:
    """A chat in which nobody has a DM."""
    return unsure("There are no alerts here", "I can't write DMs in this chat.")


def room_tells_too(name: str, room_word: str) -> str:
    """An alternative: a room that hears of security news."""
    return f"Security news of {name} is announced in this {room_word} as well."


def told_first(message: Message, trouble: str, *, is_over: bool) -> Message:
    """An answer to somebody whom nothing reached meanwhile: that comes before all else. `trouble` is why."""
    words = f"{trouble.rstrip('.')}."
    first = field_of("Your alerts had stopped", f"{words} They come again from now on.")
    return replace(message, fields=(first if is_over else field_of("Your alerts have stopped", words), *message.fields))


def with_lost(message: Message, room_word: str) -> Message:
    """An answer to somebody who left the room of a project that is not public. Of what is not said: they may not know it."""
    words = f"You are no longer in the {room_word} where you made it."
    return replace(message, fields=(field_of("A subscription has ended", words), *message.fields))


def with_hidden(message: Message, many: int, room_word: str) -> Message:
    """All that somebody subscribed to, beside so many of which that isn't said: they may have left the room."""
    title = f"{count(many, 'subscription')} not shown"
    return replace(message, fields=(*message.fields, field_of(title, _not_shown(many, room_word))))


def only_hidden(many: int, room_word: str) -> Message:
    """Somebody who has no others."""
    title = f"I can't show your {'subscription' if many == 1 else 'subscriptions'} right now"
    return replace(unsure(title, paragraph(_not_shown(many, room_word))), private=True)


def _not_shown(many: int, room_word: str) -> str:
    it = "it" if many == 1 else "them"
    return (
        f"I can't check at the moment whether you are still in the {room_word} where you made {it}. Until I can, nothing is"
        f" sent because of {it}; what you miss comes then."
    )


def back(prefix: str) -> Message:
    """The message that tries a DM which took nothing before."""
    how = paragraph(Code(f"{prefix}subscriptions"), " shows what you get.")
    return Message(title="Alerts reach you here again", tone=Tone.GOOD, body=(how,))
