"""`chatbot try`: reads a repository with a few requests, and shows what the bot would have made of its last year."""

import asyncio
import logging
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from chatbot.chats import PROFILES, TERMINAL, profile_named
from chatbot.cli.failure import Failure, Status
from chatbot.cli.help import Command
from chatbot.cli.trial.answers import context_of, show_answers, support_words
from chatbot.cli.trial.arguments import repository_of, since_of
from chatbot.cli.trial.findings import Findings, findings_of, show_findings
from chatbot.cli.trial.screen import Screen, screen_for
from chatbot.cli.trial.timeline import show_timeline
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Mention
from chatbot.core.model.watches import Room, WatchFilter
from chatbot.core.replay.history import History
from chatbot.core.replay.replay import MOST_MOMENTS, Replay, replay
from chatbot.core.replay.words import because_words, sums
from chatbot.core.support.policy import line_style
from chatbot.core.text.words import calendar_day, count, listed
from chatbot.ports import ProjectHidden, SourceRefused, SourceUnavailable
from chatbot.runtime.clock import system_clock
from chatbot.runtime.ops.logs import configure, flush
from chatbot.runtime.settings.mistakes import Mistakes
from chatbot.runtime.settings.settings import github_of
from chatbot.runtime.trial.reading import Place, Published, Tell, read_repository
from chatbot.sources.http.status import Throttled

ChatName = StrEnum("ChatName", {profile.name.upper(): profile.name for profile in PROFILES})  # type: ignore[misc]  # from the list of chats
TOKEN = "CHATBOT_GITHUB__TOKEN"  # noqa: S105 - a variable's name
_TERMINAL = ChatName(TERMINAL.name)
_MOST_LEFT_OUT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for: the span as it was typed."""

    since: str
    chat: str
    full: bool


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
    published = _published(name, place)
    show(screen_for(as_chat.value), published, Wish(since=since, chat=as_chat.value, full=full))


def _published(name: str, place: Place) -> Published:
    configure([place.token] if place.token else [])
    logging.getLogger().setLevel(logging.ERROR)
    try:
        with _progress() as tell:
            return asyncio.run(read_repository(name, place, system_clock, tell))
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


def show(screen: Screen, published: Published, wish: Wish) -> None:
    """All that there is to show."""
    history = _history(published, since_of(wish.since, published.read_at))
    story = replay(history, _room(published, wish.chat))
    context = context_of(published, story.snapshot, wish.chat)
    findings = findings_of(published, context)
    _show_opening(screen, published, story, findings, support_words(context), since=history.since)
    where = "chat" if wish.chat == TERMINAL.name else profile_named(wish.chat).title
    screen.heading(f"Since {calendar_day(story.since)}, as it would have looked in {where}")
    if story.happenings:
        show_timeline(screen, story, full=wish.full)
        screen.blank()
        _show_how(screen, wish, published)
    else:
        screen.say(f"Nothing was published since {calendar_day(story.since)}. A longer time: --since 3y")
    screen.heading(f"What {context.prefix}supported answers")
    show_answers(screen, published, context, full=wish.full)
    screen.heading("What could be better in what you publish")
    show_findings(screen, published, findings, full=wish.full)
    screen.heading("What next")
    _show_next(screen, published)


def _history(published: Published, since: datetime) -> History:
    return History(
        project=published.project,
        releases=published.releases,
        advisories=published.advisories,
        since=since,
        read_at=published.read_at,
        lines=line_style(published.policy),
        policy=published.page,
        private_form=published.private_form,
        sources=published.sources,
        origin=published.forge.name,
    )


def _room(published: Published, chat: str) -> Room:
    """A room with the usual settings that pings everybody, from the usual severity on."""
    address = RoomAddress(TERMINAL.name if chat == TERMINAL.name else f"{chat}:try")
    return Room(address=address, projects=(published.project.id,), watch_filter=WatchFilter(mention=Mention("room")))


def _show_opening(
    screen: Screen, published: Published, story: Replay, findings: Findings, support: str, *, since: datetime
) -> None:
    """What matters, in two lines; then what was not read."""
    total = sums(story)
    name = published.project.repository
    what = [count(total.releases, "release"), count(total.advisories, "security advisory")]
    pings = f", {total.pings} of them with a ping" if total.pings else ""
    late = (
        f" {count(len(total.late), 'advisory')} came after its fix: the earlier post was corrected."
        if total.late
        else ""
    )
    if len(total.late) > 1:
        late = f" {len(total.late)} advisories came after their fixes: the earlier posts were corrected."
    nothing = not (total.releases or total.advisories)
    first = (
        f"would have had nothing of {name} to announce."
        if nothing
        else f"would have announced {listed(what)} of {name}{pings}."
    )
    screen.say(f"Since {calendar_day(since)} chatbot {first}{late}", style="bold")
    fix = f"To fix: {findings.words}." if findings.words else "The lints find nothing to fix."
    if not findings.linted and published.page is None:
        fix = "There is no security policy and no security advisory to look at."
    screen.say(f"{support}. {fix}", style="bold")
    if total.silent:
        screen.say(f"Silent: {because_words(total.silent)}.")
    for words in _notes(published, story):
        screen.hang("! ", words, start_style="bold yellow")


def _notes(published: Published, story: Replay) -> Iterator[str]:
    """What is missing in what is shown: nothing is good news only because it was not read."""
    if not published.releases:
        yield "It has published no releases; tags alone are none. Without releases there is little to announce."
    if not published.advisories and published.sources["advisories"].read_at is not None:
        yield "It has published no security advisories on GitHub. That does not say that there were no vulnerabilities."
    yield from published.gaps
    if story.passed_over:
        yield (
            f"{story.passed_over} earlier changes are not shown: a replay holds the last {MOST_MOMENTS}, since"
            f" {calendar_day(story.since)}."
        )
    if published.left_out:
        number = len(published.left_out)
        some = "; ".join(published.left_out[:_MOST_LEFT_OUT])
        yield f"{count(number, 'item')} could not be read whole, and {'was' if number == 1 else 'were'} left out or cut: {some}."


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
        " today: how they read then, and earlier policy pages, nobody tells afterwards.",
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
