"""What the words of a project's maintainers make of an announcement: taken back, do not use, or a note of theirs on top."""

from dataclasses import replace

from chatbot.core.announce.render.correction import retracted
from chatbot.core.maintainers.controls import BadRelease, Control
from chatbot.core.model.message import Message, Paragraph, Spans, Strong, Text, Tone, field_of

FROM_MAINTAINERS = "From the maintainers: "


def with_control(message: Message, control: Control, small: tuple[Spans, ...] = ()) -> Message:
    """The announcement as the maintainers want it. `small` is what remains of a retracted one's small print."""
    if message.struck:  # what the project itself took back says so
        return message
    if control.retracted:
        return retracted(message, taken_back_words(control), small)
    if control.bad is not None:
        return _bad(message, control.bad, small)
    if control.note:
        return replace(message, body=(Paragraph((Strong(FROM_MAINTAINERS), Text(control.note))), *message.body))
    return message


def taken_back_words(control: Control) -> str:
    """Why an announcement was taken back."""
    return f"The maintainers took this announcement back: {_sentence(control.retracted)}"


def bad_words(bad: BadRelease) -> str:
    """Why a release must not be used."""
    return f"The maintainers say: {_sentence(bad.reason)}"


def state_words(control: Control, *, retracted: bool = True) -> str:
    """The same in a few words, for a line of a list; "" where it stands. `retracted`: whether a retraction counts, which concerns
    announcements alone."""
    if control.retracted and retracted:
        return "taken back by the maintainers"
    if control.bad is not None:
        return f"do not use it, the maintainers say{f': use {control.bad.use}' if control.bad.use else ''}"
    return ""


def _bad(message: Message, bad: BadRelease, small: tuple[Spans, ...]) -> Message:
    use = f": use {bad.use}" if bad.use else ""
    return replace(
        message,
        tone=Tone.WITHDRAWN,
        label=f"Do not use · {message.label.partition(' · ')[0]}",
        headline=f"Do not use {message.title}{use}",
        struck=True,
        fields=(field_of("Use instead", bad.use),) if bad.use else (),
        body=(Paragraph((Strong("Do not use this release. "), Text(bad_words(bad)))),),
        small=small,
        actions=(),
    )


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."
