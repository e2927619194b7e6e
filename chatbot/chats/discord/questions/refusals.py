"""What an asker is told where a question is not looked into: a sentence each, for them alone."""

from chatbot.core.model.message import Message, Tone, paragraph


def _refusal(title: str, why: str) -> Message:
    return Message(title=title, tone=Tone.UNSURE, body=(paragraph(why),), private=True)


TOO_LATE = Message(title="I could not answer in time", tone=Tone.UNSURE)
INTERNAL_ERROR = _refusal("I cannot answer that", "Something in me failed. The operator has been told.")
SLOW_DOWN = _refusal("You ask faster than I can answer", "Please wait a minute and ask again.")
BUSY = _refusal("Too many people are asking right now", "Please try again in a few minutes.")
NOT_MINE = _refusal(
    "I don't know what this button or form asks for", "It is not one of mine, or it is too old. Try /help."
)
UNKNOWN = _refusal("I don't know this command", "Try /help.")
NOT_SEEN = _refusal(
    "I can't see that message", "It was removed, or I lack View Channel or Read Message History in this channel."
)
