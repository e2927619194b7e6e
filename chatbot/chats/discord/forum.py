"""Posts in a forum: one request of our own, because Discord knows no nonce there and the library would repeat a lost one."""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import aiohttp
import discord
from discord.http import Route

from chatbot.chats.discord import errors
from chatbot.chats.discord.escaping import plainly
from chatbot.chats.discord.format import dress
from chatbot.chats.discord.marks import mark_of
from chatbot.core.message import Message, Tone
from chatbot.ports import ChatUnavailable, Outgoing

JSON = dict[str, Any]

# https://discord.com/developers/docs/resources/channel#start-thread-in-forum-or-media-channel
MAX_NAME = 100
MAX_TAGS = 5
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


def post(message: Message, mark: str, tags: Sequence[tuple[int, str]], *, tag_needed: bool = False) -> JSON:
    """The body of a post: its name is the title, its tags are those of the forum (id, name) that suit."""
    first = dress(message, mark)
    wanted = _TAGS.get(message.tone, ())
    suiting = [number for number, name in tags if name.casefold() in wanted]
    if not suiting and tag_needed:
        suiting = [number for number, _ in tags[:1]]
    return {
        "name": plainly(message.title, MAX_NAME),
        "auto_archive_duration": _ARCHIVED_AFTER,
        "applied_tags": [str(number) for number in suiting[:MAX_TAGS]],
        "message": first,
    }


async def send(forum: discord.ForumChannel, token: str, outgoing: Outgoing, trace: aiohttp.TraceConfig) -> int:
    """Make the post, once, and return its id, which is that of its first message too. `trace` makes it part of the traffic."""
    tags = [(tag.id, tag.name) for tag in forum.available_tags if not tag.moderated]
    mark = mark_of(outgoing.announcement, outgoing.key)
    body = post(outgoing.message, mark, tags, tag_needed=forum.flags.require_tag)
    with errors.wall():
        status, answer = await _ask(f"{Route.BASE}/channels/{forum.id}/threads", token, body, trace)
        if status == 429 and "retry_after" in answer:
            raise ChatUnavailable("Discord asks to wait", timedelta(seconds=float(answer["retry_after"])))
        if not 200 <= status < 300:
            raise errors.translated(status, int(answer.get("code") or 0), str(answer.get("message") or ""))
        if not str(answer.get("id", "")).isdigit():
            raise ChatUnavailable("Discord's answer to a post cannot be read")
    return int(answer["id"])


async def _ask(url: str, token: str, body: JSON, trace: aiohttp.TraceConfig) -> tuple[int, JSON]:
    headers = {
        "Authorization": f"Bot {token}",
        "User-Agent": "DiscordBot (chatbot, 1)",  # the form that Discord asks for
        "Content-Type": "application/json",
    }
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    async with (
        asyncio.timeout(_SECONDS),
        aiohttp.ClientSession(timeout=timeout, trace_configs=[trace]) as session,
        session.post(url, data=json.dumps(body), headers=headers, allow_redirects=False) as answered,
    ):
        raw = await answered.content.read(_LONGEST_ANSWER)
        try:
            read = json.loads(raw)
        except ValueError:
            read = {}
        return answered.status, read if isinstance(read, dict) else {}
