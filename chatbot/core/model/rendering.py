"""How a message looks in another chat than the one that shows it: as plain text, beside the message itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What a message looks like in one other chat.

    where: the chat, and what else makes this one differ, such as `Matrix`
    text: what is sent there, line by line; its words may be foreign: whoever shows it escapes them
    """

    where: str
    text: str
