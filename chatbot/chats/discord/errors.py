"""Discord's errors become ours at this wall: try again, the room refuses, the message is at fault or gone, or all is over."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import discord

from chatbot.chats.discord.traffic import one_call
from chatbot.chats.network import unreachable
from chatbot.ports import ChatRefused, ChatStopped, ChatUnavailable, MessageGone, MessageRejected, PersonLost

_BAD_TOKEN = "Discord refuses the bot's token; make a new one on the application's Bot page and set discord.token"  # noqa: S105 - a sentence


class ClosedDm(ChatRefused):
    """The person does not accept DMs from the bot."""


class TooManyDms(ChatUnavailable):
    """Discord takes the bot for one that opens DMs to spam: none is opened for a long while."""


# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes
_REMOVED = {10008}  # Unknown Message
_REFUSES = {
    10003: "there is no channel with this id; correct it, or remove the room if the channel was deleted",
    10004: "the server no longer exists; remove the room",
    50001: "the bot cannot see the channel; give it View Channel there",
    50008: "messages cannot be posted in this channel; name a text, announcement or forum channel",
    50013: "missing permissions; give the bot View Channel, Send Messages, Embed Links and Read Message History",
    50024: "this cannot be done in a channel of this type",
    50083: "the thread is archived and locked; unlock it, or name another room",
    160005: "the thread is locked; unlock it, or name another room",
}
_CLOSED_DM = 50007
_CLOSED = "DMs from the bot are switched off; allow them in the privacy settings of a server that both are in"
_NO_SUCH_PERSON = {
    10013: "there is no such account any more",
    50278: "this person no longer shares a server with the bot",
}
_NO_SUCH_DM = {10003: "this DM no longer exists"} | _NO_SUCH_PERSON
_TOO_MANY_DMS = {20026, 40003}  # flagged for spam; opening DMs too fast
_NEXT_DM = timedelta(hours=1)
_LATER = {  # limits that pass, though they are answered with 400 or 403
    20016: timedelta(minutes=10),  # slow mode
    20022: timedelta(hours=1),  # edits of announcements
    20028: timedelta(minutes=1),  # write limit of the channel
    20029: timedelta(minutes=1),  # write limit of the server
    30046: timedelta(hours=1),  # edits of messages older than an hour
    40062: timedelta(minutes=1),  # service resource rate limited
    130000: timedelta(minutes=1),  # overloaded
    160006: timedelta(hours=1),  # active threads
}
_BAN = timedelta(
    minutes=10
)  # a 429 without the marks of Discord's own comes from the network before it (Cloudflare's 1015)
_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), timedelta(hours=2)  # what is obeyed of what we are asked for


Ours = ChatUnavailable | ChatRefused | ChatStopped | MessageGone | MessageRejected


@contextmanager
def translate_errors(*, direct: bool = False) -> Iterator[None]:
    """Whatever Discord or the way to it raises inside, in one call, leaves as one of the errors of `chatbot.ports`. It is
    doubtful where some request of the call may have been carried out, whatever the last one was answered. `direct`: it is about
    a person's DM."""
    with one_call() as call:
        try:
            yield
        except (ChatUnavailable, ChatRefused, ChatStopped, MessageRejected) as ours:
            if not call.doubtful:
                raise
            raise _in_doubt(ours) from ours
        except (discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError, AssertionError) as error:
            translated_error = _meaning(error, direct=direct)
            raise (_in_doubt(translated_error) if call.doubtful else translated_error) from error


def _meaning(error: Exception, *, direct: bool) -> Ours:
    match error:
        case discord.RateLimited():
            return ChatUnavailable("Discord asks to wait", timedelta(seconds=error.retry_after))
        case discord.LoginFailure():
            return ChatStopped(_BAD_TOKEN)
        case discord.HTTPException():
            return translated(error.status, error.code, error.text, wait_in(error.response.headers), direct=direct)
        case discord.DiscordException():
            return MessageRejected(f"the library cannot do this: {error}")
        case aiohttp.ClientConnectorError():
            return ChatUnavailable(unreachable("Discord", error))
        case TimeoutError():
            return ChatUnavailable("Discord did not answer in time")
        case aiohttp.ClientError() | OSError():
            return ChatUnavailable(f"the connection to Discord broke ({type(error).__name__})")
        case (
            _
        ):  # of a session that was closed under us aiohttp says RuntimeError, and the library asserts that it is there
            return ChatUnavailable("the connection to Discord is being renewed")


def _in_doubt(error: Ours) -> Ours:
    """A refusal too is only that of the last try: the one before may stand in the room. What is gone was there."""
    match error:
        case MessageGone():
            return error
        case ChatUnavailable(reason=reason, retry_after=retry_after):
            return ChatUnavailable(reason, retry_after, doubtful=True)
        case _:
            return ChatUnavailable(str(error), doubtful=True)


def wait_in(headers: Mapping[str, str]) -> timedelta | None:
    """How long an answer asks to wait in its `Retry-After`, in seconds or as a time by the server's own clock; None where it does
    not say."""
    header = headers.get("Retry-After", "").strip()
    try:
        seconds = float(header)
    except ValueError:
        try:
            until, now = (parsedate_to_datetime(text) for text in (header, headers.get("Date", "")))
            seconds = (until - now).total_seconds()
        except (TypeError, ValueError):
            return None
    return wait_of(seconds)


def wait_of(seconds: float) -> timedelta | None:
    """So many seconds as a wait that we obey; None where the number is none."""
    if not math.isfinite(seconds) or seconds <= 0:
        return None
    return max(_SHORTEST_WAIT, timedelta(seconds=min(seconds, _LONGEST_WAIT.total_seconds())))


def translated(status: int, code: int, words: str, wait: timedelta | None = None, *, direct: bool = False) -> Ours:
    """What an HTTP answer means to us, by Discord's own code before the status. `wait` is what the answer asks for."""
    if status == 401:
        return ChatStopped(_BAD_TOKEN)
    if (about_person := _of_person(code, _NO_SUCH_DM if direct else _NO_SUCH_PERSON)) is not None:
        return about_person
    if code in _REMOVED:
        return MessageGone("a moderator removed it")
    if code in _REFUSES:
        return ChatRefused(f"{_REFUSES[code]} (Discord's error {code})")
    if code in _LATER:
        return ChatUnavailable(f"Discord asks to wait (its error {code})", max(wait or _LATER[code], _LATER[code]))
    if status == 429:
        delay = wait or _BAN
        seconds = round(delay.total_seconds())
        return ChatUnavailable(f"Discord refuses requests from this address for {seconds} s", delay)
    if status >= 500:
        return ChatUnavailable(f"Discord answered {status}", wait)
    if status in (403, 404):
        return ChatRefused(f"Discord refuses this room: {words[:200]} (its error {code})")
    return MessageRejected(f"Discord finds the message at fault: {words[:300]} (its error {code})")


def _of_person(code: int, reasons: Mapping[int, str]) -> Ours | None:
    """What a code means that is about the person whose DM it is; None for any other."""
    if code in reasons:
        return PersonLost(f"{reasons[code]} (Discord's error {code})")
    if code == _CLOSED_DM:
        return ClosedDm(f"{_CLOSED} (Discord's error {code})")
    if code in _TOO_MANY_DMS:
        return TooManyDms(f"Discord does not let the bot open DMs now (its error {code})", _NEXT_DM)
    return None
