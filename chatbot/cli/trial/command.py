"""`chatbot try`: reads a repository with a few requests, and shows what the bot would have made of its last year."""

import asyncio
import logging
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from chatbot.chats import PROFILES, TERMINAL, profile_named
from chatbot.cli.failure import Failure, Status
from chatbot.cli.help import Command
from chatbot.cli.trial.answers import show_answers
from chatbot.cli.trial.arguments import repository_of, since_of
from chatbot.cli.trial.findings import show_findings
from chatbot.cli.trial.opening import show_opening
from chatbot.cli.trial.screen import Screen, screen_for
from chatbot.cli.trial.story import Story, Wish, story_of
from chatbot.cli.trial.timeline import show_timeline
from chatbot.core.text.words import calendar_day, count
from chatbot.ports import ProjectHidden, SourceRefused, SourceUnavailable
from chatbot.runtime.clock import system_clock
from chatbot.runtime.ops.logs import configure, flush
from chatbot.runtime.settings.mistakes import Mistakes
from chatbot.runtime.settings.settings import github_of
from chatbot.runtime.trial.published import Place, Published
from chatbot.runtime.trial.reading import Tell, read_repository
from chatbot.sources.http.status import Throttled

ChatName = StrEnum("ChatName", {profile.name.upper(): profile.name for profile in PROFILES})  # type: ignore[misc]  # from the list of chats
TOKEN = "CHATBOT_GITHUB__TOKEN"  # noqa: S105 - a variable's name
_TERMINAL = ChatName(TERMINAL.name)


def register(program: typer.Typer) -> None:
    program.command("try", cls=Command)(try_repository)


def try_repository(
    repository: Annotated[
        str, typer.Argument(metavar="OWNER/REPO", help="A repository on GitHub, or the address of its page.")
    ],
    since: Annotated[
        str, typer.Option(metavar="SPAN", help="How far back: 1y, 6m, 90d, or a day such as 2025-12-31. Default: 1y.")
    ] = "1y",
    as_chat: Annotated[
        ChatName,
        typer.Option("--as", metavar="CHAT", help=f"Whose looks messages have: {', '.join(ChatName)}."),
    ] = _TERMINAL,
    full: Annotated[bool, typer.Option("--full", help="Show every message and every finding in full.")] = False,
) -> None:
    """Show what the last year of a project would have looked like in chat, with nothing set up: no configuration, no account."""
    try:
        settings = github_of(os.environ)
    except Mistakes as mistakes:
        raise Failure(str(mistakes)) from None
    name = repository_of(repository, settings.web_url)
    since_of(since, system_clock())  # what is wrong with it is said before anything is asked
    place = Place(api_url=settings.api_url, web_url=settings.web_url, token=settings.token.get_secret_value())
    wish = Wish(since=since, chat=as_chat.value, full=full)
    with _progress() as tell:
        published = _published(name, place, tell, since)
        tell("Working out what rooms would have seen")
        story = story_of(published, wish)
    show(screen_for(wish.chat), published, story, wish)


def _published(name: str, place: Place, tell: Tell, since: str) -> Published:
    configure([place.token] if place.token else [])
    logging.getLogger().setLevel(logging.ERROR)
    try:
        return asyncio.run(read_repository(name, place, system_clock, tell, partial(since_of, since)))
    except ProjectHidden:
        more = "" if place.token else f"; to read a private one, set {TOKEN} to a token that may see it"
        raise Failure(
            f"GitHub shows no repository {name}: there is none of this name, or it is private. Check the spelling{more}"
        ) from None
    except Throttled as slower:
        raise Failure(_used_up(slower.retry_after, has_token=bool(place.token)), Status.OUTSIDE) from None
    except SourceUnavailable as away:
        if away.retry_after is not None:
            raise Failure(_used_up(away.retry_after, has_token=bool(place.token)), Status.OUTSIDE) from None
        raise Failure(f"{away}. Nothing was read; try again when that is put right", Status.OUTSIDE) from None
    except SourceRefused as refused:
        raise Failure(str(refused).replace("github.token", TOKEN), Status.OUTSIDE) from None
    finally:
        flush()


def _used_up(wait: timedelta | None, *, has_token: bool) -> str:
    back = system_clock() + (wait or timedelta(minutes=1))
    minutes = max(1, -(-int((wait or timedelta(minutes=1)).total_seconds()) // 60))
    how = (
        ""
        if has_token
        else f" With a token there are 5,000 instead of 60 an hour: set {TOKEN} (it needs no permission)."
    )
    return f"GitHub's requests for this hour are used up; they are back at {back:%H:%M} UTC, in {count(minutes, 'minute')}.{how}"


@contextmanager
def _progress() -> Iterator[Tell]:
    """Say what is being read, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _words: None
        return
    screen = Console(stderr=True)
    with screen.status(Text("Asking GitHub")) as status:
        yield lambda words: status.update(Text(f"{words} …"))


def show(screen: Screen, published: Published, story: Story, wish: Wish) -> None:
    """All that there is to show."""
    happened, context = story.replay, story.context
    show_opening(screen, published, story)
    where = "chat" if wish.chat == TERMINAL.name else profile_named(wish.chat).title
    screen.heading(f"Since {calendar_day(happened.since)}, as it would have looked in {where}")
    if happened.happenings:
        show_timeline(screen, happened, full=wish.full)
        screen.blank()
        _show_how(screen, wish, published)
    else:
        screen.say(f"Nothing was published since {calendar_day(happened.since)}. A longer time: --since 3y")
    screen.heading(f"What {context.prefix}supported answers")
    show_answers(screen, published, context, full=wish.full)
    screen.heading("What could be better in what you publish")
    show_findings(screen, published, story.findings, full=wish.full)
    screen.heading("What next")
    _show_next(screen, published)


def _show_how(screen: Screen, wish: Wish, published: Published) -> None:
    again = f"chatbot try {shlex.quote(published.project.repository)}"
    since = "" if wish.since == "1y" else f" --since {shlex.quote(wish.since)}"
    if not wish.full:
        screen.say(
            f"The telling messages are shown in full, the rest in a line each. All of them: {again}{since} --full"
        )
    others = [profile.name for profile in PROFILES if profile.name != wish.chat]
    screen.say(f"In other chats: {again}{since} --as {' or --as '.join(others)}")
    screen.say(
        "Pings are those of a room that is set to ping, from high severity on. Releases and advisories are shown as they read"
        " today: how they read then, nobody tells afterwards.",
        style="bright_black",
    )


def _show_next(screen: Screen, published: Published) -> None:
    repository = shlex.quote(published.project.repository)
    screen.hang("  1. ", f"chatbot init --repository {repository}", style="bold green")
    screen.say("writes a configuration for exactly this repository", indent=5)
    screen.hang("  2. ", "chatbot check", style="bold green")
    screen.hang("  3. ", "chatbot run", style="bold green")
    rest = f"; {published.quota} are left in this hour" if published.quota is not None else ""
    screen.blank()
    screen.say(
        f"Read at {published.read_at.astimezone(UTC):%H:%M} UTC with {count(published.requests, 'request')} to GitHub{rest}."
        " Nothing was written to this machine.",
        style="bright_black",
    )
