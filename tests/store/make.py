"""Facts, batches and planned messages for the tests of the store."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from chatbot.core.announce.messages import MessageKind, PlannedMessage
from chatbot.core.delivery import Lane
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Mention, Message, Tone
from chatbot.core.model.source_profile import SourceProfile
from chatbot.ports import Batch
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import watches

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
REST = (ProjectId("p"), "github-releases:p", SourceProfile("release", "GitHub", authoritative=True))
ADVISORIES = (ProjectId("p"), "github-advisories:p", SourceProfile("advisory", "GitHub", authoritative=True))
OSV = (ProjectId("p"), "osv:crates.io/x", SourceProfile("advisory", "OSV"))
POLICY = (ProjectId("p"), "github-policy:p", SourceProfile("policy", "GitHub", authoritative=True))
ATOM = (ProjectId("p"), "github-atom:p", SourceProfile("signal", "GitHub", authoritative=True))
HOOK = (ProjectId("p"), "github-webhook:p", SourceProfile("signal", "the project's webhook", authoritative=True))


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def release(tag: str, name: str = "", *, prerelease: bool = False) -> Release:
    return Release(
        project=ProjectId("p"), tag=tag, name=name, url="https://e.org/", published_at=NOW, prerelease=prerelease
    )


def advisory(name: str, *aliases: str, summary: str = "s", updated: float = 0) -> Advisory:
    return Advisory(
        project=ProjectId("p"),
        id=name,
        aliases=frozenset(aliases),
        summary=summary,
        published_at=NOW,
        updated_at=at(updated),
    )


def batch(*facts: Release | Advisory, whole: bool | Iterable[str] = True) -> Batch:
    """A look that brought these facts; by default they are the whole listing."""
    present = None
    if whole is not False:
        present = frozenset(fact.subject for fact in facts) if whole is True else frozenset(f"p/{tag}" for tag in whole)
    return Batch(observed=facts, present=present, cursor={}, read_at=NOW)


async def watch(tx: Tx, project: str, rooms: Iterable[str], since: datetime) -> None:
    """These rooms watch the project since then; those that already do are not changed."""
    rows = [{"project": project, "room": room, "since": since} for room in sorted(set(rooms))]
    await tx.run(tx.insert(watches).on_conflict_do_nothing(), rows)


def message(title: str = "words", *mentions: str) -> Message:
    return Message(title=title, tone=Tone.ROUTINE, mentions=tuple(Mention("role", each) for each in mentions))


def planned_message(
    name: str = "v1",
    rooms: Iterable[str] = ("discord:1",),
    kind: MessageKind = "new",
    *,
    revision: int = 1,
    lane: Lane = Lane.ROUTINE,
    words: Message | None = None,
    notified_for: Iterable[str] = (),
) -> PlannedMessage:
    return PlannedMessage(
        project=ProjectId("p"),
        subject=f"follow-up/p/{name}-r{revision}" if kind == "reply" else f"release/p/{name}",
        kind=kind,
        message=words or message(f"{name} r{revision} {kind}"),
        lane=lane,
        revisions=dict.fromkeys(map(RoomAddress, rooms), 1 if kind == "reply" else revision),
        notified_for=frozenset(notified_for),
        digest=f"{name} r{revision}",
        template=1,
        parent=f"release/p/{name}" if kind == "reply" else "",
    )
