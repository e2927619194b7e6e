"""Posts in a forum: made by one request of our own, as Discord knows no nonce there and the library would repeat a lost one."""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import structlog
from discord.http import Route

from chatbot.chats.discord import errors
from chatbot.chats.discord.escaping import plainly
from chatbot.chats.discord.format import to_payload
from chatbot.chats.discord.marks import mark_of
from chatbot.core.model.message import Message, Tone
from chatbot.ports import ChatRefused, ChatUnavailable, MessageGone, MessageRejected, Outgoing

log = structlog.get_logger(__name__)

JSON = dict[str, Any]

# https://discord.com/developers/docs/resources/channel#start-thread-in-forum-or-media-channel
MAX_NAME = 100
MAX_TAGS = 5
_DOT, _KIND_AND_SEVERITY = " · ", 2
_ARCHIVED_AFTER = 10080  # minutes: a week, the longest there is
_SECONDS = 30.0
_LONGEST_ANSWER = 1 << 20

# Which of a forum's own tags suit a message, by their names.
_TAGS = {
    Tone.ROUTINE: ("release", "releases", "news", "announcement", "announcements"),
    Tone.SECURITY: ("security", "advisory", "advisories"),
    Tone.CRITICAL: ("security", "advisory", "advisories", "critical"),
    Tone.POLICY: ("policy", "security policy"),
}
_OUR_TAGS = frozenset(name for names in _TAGS.values() for name in names)


def post(message: Message, mark: str, tags: Sequence[tuple[int, str]], *, tag_needed: bool = False) -> JSON:
    """The body of a post: its name says what the message is about and what kind it is, its tags are those of the forum
    (id, name) that suit."""
    first = to_payload(message, mark)
    names = _TAGS.get(message.tone, ())
    suiting = [number for number, name in tags if name.casefold() in names]
    if not suiting and tag_needed:
        suiting = [number for number, _ in tags[:1]]
    return {
        "name": name_of(message),
        "auto_archive_duration": _ARCHIVED_AFTER,
        "applied_tags": [str(number) for number in suiting[:MAX_TAGS]],
        "message": first,
    }


def name_of(message: Message) -> str:
    """`Acme Mailer 2.1.2 · Security release · Critical`, as a list of posts shows nothing else. Of the label only the kind and
    the severity: what changes more often is not worth one of the two changes of a name in ten minutes that Discord allows."""
    kind = _DOT.join(plainly(message.label, MAX_NAME // 2).split(_DOT)[:_KIND_AND_SEVERITY]) if message.label else ""
    if not kind:
        return plainly(message.title, MAX_NAME)
    return f"{plainly(message.title, MAX_NAME - len(_DOT) - len(kind))}{_DOT}{kind}"


async def send(forum: discord.ForumChannel, token: str, outgoing: Outgoing, trace: aiohttp.TraceConfig) -> int:
    """Make the post, once, and return its id, which is that of its first message too. `trace` makes it part of the traffic."""
    tags = [(tag.id, tag.name) for tag in forum.available_tags if not tag.moderated]
    mark = mark_of(outgoing.announcement, outgoing.key)
    body = post(outgoing.message, mark, tags, tag_needed=forum.flags.require_tag)
    with errors.translate_errors():
        status, answer, wait = await _ask(f"{Route.BASE}/channels/{forum.id}/threads", token, body, trace)
        if status == 429 and isinstance(answer.get("retry_after"), int | float):
            raise ChatUnavailable("Discord asks to wait", errors.wait_of(answer["retry_after"]))
        if not 200 <= status < 300:
            raise errors.translated(status, _code(answer), str(answer.get("message") or ""), wait)
        if not str(answer.get("id", "")).isdigit():
            raise ChatUnavailable("Discord's answer to a post cannot be read")
    return int(answer["id"])


async def retitle(client: discord.Client, post: int, message: Message) -> None:
    """Let the title and the tags of a post follow its message, such as a release that turns out to fix a vulnerability. Tags that
    people gave it stay. What Discord does not let us change there is no reason to repeat the edit of the message."""
    try:
        with errors.translate_errors():
            async with asyncio.timeout(_SECONDS):
                thread: JSON = dict(await client.http.get_channel(post))
                if not str(thread.get("parent_id") or "").isdigit():
                    return
                parent: JSON = dict(await client.http.get_channel(int(thread["parent_id"])))
                changes = changed(thread, parent.get("available_tags") or [], message)
                if changes:
                    await client.http.edit_channel(post, **changes)
    except (ChatRefused, MessageGone, MessageRejected) as refused:
        log.warning("the title of a forum post could not be changed", post=post, reason=str(refused))


def changed(thread: JSON, available: Sequence[JSON], message: Message) -> JSON:
    """What of a post is not as its message wants it."""
    name = name_of(message)
    changes: JSON = {} if thread.get("name") == name else {"name": name}
    usable = {str(tag["id"]): str(tag["name"]).casefold() for tag in available if not tag.get("moderated")}
    suiting = [number for number, tag_name in usable.items() if tag_name in _TAGS.get(message.tone, ())]
    now = [str(number) for number in thread.get("applied_tags") or []]
    if suiting:
        theirs = [number for number in now if usable.get(number) not in _OUR_TAGS]
        tags = [*suiting, *theirs][:MAX_TAGS]
        if sorted(tags) != sorted(now):
            changes["applied_tags"] = tags
    return changes


def _code(answer: JSON) -> int:
    code = answer.get("code")
    return code if isinstance(code, int) else 0


async def _ask(url: str, token: str, body: JSON, trace: aiohttp.TraceConfig) -> tuple[int, JSON, timedelta | None]:
    headers = {
        "Authorization": f"Bot {token}",
        "User-Agent": "DiscordBot (chatbot, 1)",  # the form that Discord asks for
        "Content-Type": "application/json",
    }
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    async with (
        asyncio.timeout(_SECONDS),
        aiohttp.ClientSession(timeout=timeout, trace_configs=[trace]) as session,
        session.post(url, data=json.dumps(body), headers=headers, allow_redirects=False) as response,
    ):
        raw = await response.content.read(_LONGEST_ANSWER)
        try:
            parsed = json.loads(raw)
        except ValueError:
            parsed = {}
        return response.status, parsed if isinstance(parsed, dict) else {}, errors.wait_in(response.headers)
