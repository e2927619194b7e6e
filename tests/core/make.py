"""Facts, rooms and knowledge for tests, built from the few words that matter to each."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chatbot.chats.console.format import to_text
from chatbot.core.announce.audience import Watch
from chatbot.core.announce.messages import Plan, PostedMessage, announcement_id
from chatbot.core.announce.plan_builder import Place
from chatbot.core.maintainers.controls import NO_CONTROLS, Control, Controls
from chatbot.core.model.facts import Advisory, Affected, PolicyPage, Release
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.knowledge import Knowledge, SourceReading, Tracked, TrackedPolicy
from chatbot.core.model.message import Message, Paragraph, Text
from chatbot.core.model.severity import Severity
from chatbot.core.model.source_profile import ForgeProfile, SourceProfile
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.core.snapshot import ProjectSnapshot, build_snapshot

START = datetime(2030, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SETTLE = timedelta(seconds=30)

KnownAdvisory = Tracked[Advisory]

FORGE = ForgeProfile(
    name="GitHub",
    web_url="https://github.com",
    report_form="GitHub's private form",
    report_path="/{repository}/security/advisories/new",
)
PROFILES = {
    "github-releases": SourceProfile("release", "GitHub", authoritative=True),
    "github-advisories": SourceProfile("advisory", "GitHub", authoritative=True),
    "github-policy": SourceProfile("policy", "GitHub", authoritative=True),
    "github-atom": SourceProfile("signal", "GitHub", authoritative=True),
    "github-database-advisories": SourceProfile("advisory", "GitHub Advisory Database"),
    "osv": SourceProfile("advisory", "OSV"),
}

project = Project(id=ProjectId("mail"), name="Mail Server", repository="example/mail")


def room(at: str = "console", watch_filter: WatchFilter | None = None, *, bridged_with: Iterable[str] = ()) -> Room:
    return Room(
        address=RoomAddress(at),
        projects=(ProjectId("mail"),),
        watch_filter=watch_filter or WatchFilter(),
        bridged_with=tuple(RoomAddress(each) for each in bridged_with),
    )


def watch(at: str = "console", watch_filter: WatchFilter | None = None, *, since: datetime = START) -> Watch:
    return Watch(room(at, watch_filter), since)


def release(tag: str, at: datetime = START + DAY, notes: str = "Fixes.", **more: object) -> Release:
    values: dict[str, object] = {
        "project": "mail",
        "tag": tag,
        "name": tag,
        "url": f"https://example.org/releases/{tag}",
        "published_at": at,
        "notes": (Paragraph((Text(notes),)),),
    }
    return Release(**(values | more))  # type: ignore[arg-type]  # a table of mixed fields


def advisory(
    name: str = "GHSA-aaaa-bbbb-cccc",
    severity: Severity = Severity.HIGH,
    *,
    affected: str = "< 0.15.5",
    patched: str = "0.15.5",
    at: datetime = START + DAY,
    **more: object,
) -> Advisory:
    values: dict[str, object] = {
        "project": "mail",
        "id": name,
        "summary": "A crafted message reads files",
        "severity": severity,
        "affected": (Affected(range=affected, patched=patched),) if affected or patched else (),
        "url": f"https://example.org/advisories/{name}",
        "published_at": at,
        "updated_at": at,
    }
    return Advisory(**(values | more))  # type: ignore[arg-type]  # a table of mixed fields


def known_release(fact: Release, at: datetime = START + 2 * DAY, **more: object) -> Tracked[Release]:
    """A release that was read, and read again unchanged a day later."""
    values = {
        "fact": fact,
        "first_read_at": at,
        "read_at": at + DAY,
        "changed_at": at,
        "origins": ("GitHub",),
        "authoritative": True,
    }
    return Tracked(**(values | more))  # type: ignore[arg-type]  # a table of mixed fields


def known_advisory(fact: Advisory, at: datetime = START + 2 * DAY, **more: object) -> Tracked[Advisory]:
    """An advisory that was read, and read again unchanged a day later."""
    values = {
        "fact": fact,
        "first_read_at": at,
        "read_at": at + DAY,
        "changed_at": at,
        "origins": ("GitHub",),
        "authoritative": True,
    }
    return Tracked(**(values | more))  # type: ignore[arg-type]  # a table of mixed fields


def known_policy(text: str = "# Security", **more: object) -> TrackedPolicy:
    page = PolicyPage(project="mail", text=text, url="https://example.org/SECURITY.md", **more)  # type: ignore[arg-type]  # a table of mixed fields
    return TrackedPolicy(page=page, digest="d", readable=True, first_read_at=START, read_at=START + DAY)


def knowledge(
    releases: Iterable[Release | Tracked[Release]] = (),
    advisories: Iterable[Advisory | Tracked[Advisory]] = (),
    *,
    read_at: Mapping[str, datetime] | None = None,
    trouble: Mapping[str, str] | None = None,
    gaps: Mapping[str, str] | None = None,
    **more: object,
) -> Knowledge:
    """What is known after a baseline at START; bare facts count as read and settled. `read_at`, `trouble` and `gaps` are those
    of sources, by name."""
    known_releases = [item if isinstance(item, Tracked) else known_release(item) for item in releases]
    known_advisories = [item if isinstance(item, Tracked) else known_advisory(item) for item in advisories]
    return Knowledge(
        project=ProjectId("mail"),
        baseline_at=START,
        sources=source_readings(read_at or {}, trouble or {}, gaps or {}),
        releases={item.fact.tag: item for item in known_releases},
        advisories={item.fact.id: item for item in known_advisories},
        **more,  # type: ignore[arg-type]  # a table of mixed fields
    )


def source_readings(
    read_at: Mapping[str, datetime], trouble: Mapping[str, str], gaps: Mapping[str, str]
) -> dict[str, SourceReading]:
    return {
        name: SourceReading(
            profile=PROFILES[name.partition(":")[0]],
            read_at=read_at.get(name),
            trouble=trouble.get(name, ""),
            gap=gaps.get(name, ""),
        )
        for name in {**read_at, **trouble, **gaps}
    }


def snapshot(
    releases: Iterable[Release | Tracked[Release]] = (),
    advisories: Iterable[Advisory | Tracked[Advisory]] = (),
    controls: Controls = NO_CONTROLS,
    **more: object,
) -> ProjectSnapshot:
    return build_snapshot(replace(project, **more), knowledge(releases, advisories), controls=controls)  # type: ignore[arg-type]  # a table of mixed fields


def declared(words: Mapping[str, str]) -> Controls:
    """What maintainers declared about releases, by tag: `security` or `outofband`."""
    return Controls(by_subject={f"release/mail/{tag}": Control(declared=word) for tag, word in words.items()})


PostedThere = dict[Place, PostedMessage]


def carry_out(steps: Plan, posted: PostedThere) -> PostedThere:
    """What is posted in the rooms once the plan was carried out; a reply is one more post."""
    after = dict(posted)
    for planned_message in steps.messages:
        for at, revision in planned_message.revisions.items():
            place = (at, planned_message.subject)
            parent = after[at, planned_message.parent] if planned_message.kind == "reply" else None
            if parent is not None:
                reasons = parent.notified_for | planned_message.notified_for
                after[at, parent.subject] = replace(parent, notified_for=reasons)
            earlier = after.get(place)
            after[place] = PostedMessage(
                announcement=announcement_id(at, planned_message.subject),
                room=at,
                subject=planned_message.subject,
                revision=revision,
                digest=planned_message.digest,
                template=planned_message.template,
                notified_for=planned_message.notified_for,
                parent=parent.announcement if parent is not None else earlier.parent if earlier is not None else "",
            )
    return after


def words(message: Message) -> str:
    """All of a message that is for reading, for tests that look for a phrase."""
    return repr(message)


def lines_of(message: Message) -> list[str]:
    """What somebody reads, line by line."""
    return to_text(message).splitlines()
