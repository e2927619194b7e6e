"""What becomes of an announcement that was taken back, and of an edit where a chat cannot edit."""

from dataclasses import replace

from chatbot.core.model.message import Message, Paragraph, Spans, Strong, Text, Tone


def retracted(message: Message, why: str, small: tuple[Spans, ...] = ()) -> Message:
    """The same message crossed out, with the reason in the place of all that it said, and nothing to press."""
    label = message.label.partition(" · ")[0]
    return replace(
        message,
        tone=Tone.WITHDRAWN,
        label=f"Withdrawn · {label}" if label else "",
        headline=f"Withdrawn: {message.title}",
        struck=True,
        fields=(),
        body=(Paragraph((Strong("Withdrawn. "), Text(why))),),
        small=small,
        actions=(),
    )


def in_short(message: Message) -> Message:
    """What an edit comes to where a chat cannot edit: its title, its facts and the way to the whole; it calls nobody."""
    body = message.body[:1] if message.struck else ()
    return replace(message, title=f"Update: {message.title}", body=body, actions=(), mentions=())


def matters(message: Message) -> bool:
    """Whether an edit is worth a message of its own where it cannot be made: what concerns security is, a mere correction is
    not."""
    return message.tone in (Tone.SECURITY, Tone.CRITICAL, Tone.WITHDRAWN)
