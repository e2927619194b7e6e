"""What was asked for, and what is worked out of what was read: the replay, the answers' context and the findings."""

from dataclasses import dataclass
from datetime import datetime

from chatbot.chats import TERMINAL
from chatbot.cli.trial.answers import context_of
from chatbot.cli.trial.arguments import since_of
from chatbot.cli.trial.findings import Findings, findings_of
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Mention
from chatbot.core.model.watches import Room, WatchFilter
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.replay.history import History
from chatbot.core.replay.replay import Replay, replay
from chatbot.core.support.policy import line_style
from chatbot.runtime.trial.published import Published


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for: the span as it was typed."""

    since: str
    chat: str
    full: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What was worked out of what was read: since when, by the source's clock."""

    since: datetime
    replay: Replay
    context: QueryContext
    findings: Findings


def story_of(published: Published, wish: Wish) -> Story:
    """Replay the time that was asked for, and look for what could be better."""
    history = _history(published, since_of(wish.since, published.read_at))
    story = replay(history, _room(published, wish.chat))
    context = context_of(published, story.snapshot, wish.chat)
    return Story(since=history.since, replay=story, context=context, findings=findings_of(published, context))


def _history(published: Published, since: datetime) -> History:
    return History(
        project=published.project,
        releases=published.releases,
        advisories=published.advisories,
        since=since,
        read_at=published.read_at,
        lines=line_style(published.policy),
        policy=published.page,
        pages=published.pages,
        private_form=published.private_form,
        sources=published.sources,
        origin=published.forge.name,
    )


def _room(published: Published, chat: str) -> Room:
    """A room with the usual settings that pings everybody, from the usual severity on."""
    address = RoomAddress(TERMINAL.name if chat == TERMINAL.name else f"{chat}:try")
    return Room(address=address, projects=(published.project.id,), watch_filter=WatchFilter(mention=Mention("room")))
