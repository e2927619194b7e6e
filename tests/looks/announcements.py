"""Announcements, edits and replies: what a room gets once something was published, by the plan that decides it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from chatbot.core.announce.audience import Watch
from chatbot.core.announce.digest import digest, policy_facts
from chatbot.core.announce.messages import MessageKind, Plan
from chatbot.core.announce.plan import plan
from chatbot.core.announce.policy_news import PolicyNews
from chatbot.core.announce.render.policy import policy_message
from chatbot.core.announce.render.reading import reading_message
from chatbot.core.model.facts import Advisory, Affected, Release, Span
from chatbot.core.model.ids import ProjectId, SubjectId
from chatbot.core.model.images import ImageState
from chatbot.core.model.knowledge import Tracked
from chatbot.core.model.message import Message
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import Project, WatchFilter
from chatbot.core.support.diff import changes
from chatbot.sources.support_policy.reader import read_policy
from tests.core import make
from tests.looks import windlass as w

Fact = Release | Advisory | Tracked[Release] | Tracked[Advisory]
PINGS_NOBODY = WatchFilter()
HOSTILE = "@everyone <@1> [free](https://evil.example) **b** `c` ||s|| ~~d~~ _e_ https://evil.example \u202egnp"


@dataclass(slots=True)
class Room:
    """A room, and what was posted in it so far."""

    watch_filter: WatchFilter = w.PING
    project: Project = w.WINDLASS
    history: Sequence[Release] = w.HISTORY
    posted: make.PostedThere = field(default_factory=dict)
    images: Mapping[str, tuple[ImageState, ...]] = field(default_factory=dict)

    def sees(self, *facts: Fact) -> Plan:
        """Let the room see that the project has published these facts, and nothing else beside its history."""
        bare = [item.fact if isinstance(item, Tracked) else item for item in facts]
        releases = [item for item, fact in zip(facts, bare, strict=True) if isinstance(fact, Release)]
        advisories = [item for item, fact in zip(facts, bare, strict=True) if isinstance(fact, Advisory)]
        steps = plan(
            w.snapshot(releases, advisories, project=self.project, history=self.history, images=self.images),  # type: ignore[arg-type]  # sorted just above
            [Watch(w.room(self.watch_filter, self.project), w.NOW - 3 * w.DAY)],
            self.posted,
            {f"{'release' if isinstance(fact, Release) else 'advisory'}/{fact.subject}" for fact in bare},
            now=w.NOW,
            settle=timedelta(seconds=30),
        )
        self.posted = make.carry_out(steps, self.posted)
        return steps


# By the first part of a scene's name: the room as its messages left it, and the facts that it has seen.
HISTORIES: dict[str, tuple[Room, tuple[Fact, ...]]] = {}


def _messages(
    name: str, *turns: Iterable[Fact], room: Room | None = None
) -> Iterator[tuple[str, MessageKind, Message]]:
    """The messages of the last of these turns, each under a name of its own."""
    room = room or Room()
    published = [tuple(facts) for facts in turns]
    steps = [room.sees(*facts) for facts in published][-1]
    HISTORIES[name] = room, published[-1]
    subjects = [SubjectId.parse(planned.subject) for planned in steps.messages]
    for planned, subject in zip(steps.messages, subjects, strict=True):
        alike = {each for each in subjects if each.kind == subject.kind}
        what = f"-{subject.kind}" if len(set(subjects)) > 1 else ""
        which = f"-{subject.name.lower()}" if len(alike) > 1 else ""
        yield f"{name}{what}{which}-{planned.kind}", planned.kind, planned.message


def _alone() -> Iterator[tuple[str, MessageKind, Message]]:
    """One thing was published."""
    for name, fact in (
        ("advisory-high", w.HIGH),
        ("advisory-medium-no-fix", w.MEDIUM),
        ("advisory-low", w.LOW),
        ("advisory-severity-not-stated", w.SILENT),
        ("advisory-range-in-words", w.VAGUE),
        ("advisory-exploited", replace(w.HIGH, known_exploited=True)),
        ("advisory-critical-before-its-fix", w.CRITICAL),
        ("release-patch", w.PATCH),
        ("release-minor", w.release("v4.3.0", w.NOW - timedelta(minutes=9), w.MINOR)),
        ("release-major", w.release("v5.0.0", w.NOW - timedelta(minutes=9), w.MINOR)),
        ("release-backport", w.release("v4.1.9", w.NOW - timedelta(minutes=9), "- The clock is read only once")),
        ("release-without-notes", w.release("v4.2.3", w.NOW - timedelta(minutes=9), "")),
        (
            "release-notes-unreadable",
            replace(w.release("v4.2.3", w.NOW, ""), unread="the parser ran out of its time"),
        ),
        (
            "release-long-notes",
            w.release("v4.2.3", w.NOW, "\n\n".join(f"## Part {n}\n\n" + "It is better now. " * 30 for n in range(40))),
        ),
        ("release-japanese", w.release("v4.2.3", w.NOW, "## 変更点\n\n- 共有リンクの修正\n- 検索が速くなりました")),
        ("release-hostile", w.release("v4.2.3", w.NOW, f"# {HOSTILE}\n\n- {HOSTILE}\n\n> {HOSTILE}")),
        ("advisory-hostile", replace(w.HIGH, summary=HOSTILE)),
        (
            "release-security-by-its-notes",
            w.release("v4.2.3", w.NOW, "Fixes CVE-2031-40999, a vulnerability in the share links."),
        ),
    ):
        yield from _messages(name, [fact])
    candidate = w.release("v4.3.0-rc.1", w.NOW, "For the brave.", prerelease=True)
    yield from _messages("release-candidate", [candidate], room=Room(WatchFilter(prereleases=True)))
    yield from _messages("advisory-without-a-ping", [w.CRITICAL, w.FIX, w.BACKPORT], room=Room(PINGS_NOBODY))


def _of_other_packages() -> Iterator[tuple[str, MessageKind, Message]]:
    crates = Affected(package="windlass-core", ecosystem="crates.io", scheme="crates.io", spans=(Span(fixed="0.9.4"),))
    project = replace(w.WINDLASS, packages=("crates.io/windlass-core",))
    foreign = w.tracked_advisory(replace(w.HIGH, affected=(crates,)), origins=("OSV",), authoritative=False)
    yield from _messages("advisory-of-a-package", [foreign], room=Room(project=project))
    deck = Project(id=ProjectId("deck"), name="Deck", repository="windlass-example/deck")
    tags = ("core-v1.0.0", "core-v1.1.0", "cli-v2.0.0")
    history = [w.release(tag, w.NOW - (20 + n) * w.DAY, project=deck.id) for n, tag in enumerate(tags)]
    new = w.release("cli-v2.0.1", w.NOW, "- `deck login` asks once", project=deck.id)
    yield from _messages("release-of-a-package", [new], room=Room(project=deck, history=history))


def _together() -> Iterator[tuple[str, MessageKind, Message]]:
    """Several things were published at once."""
    event: list[Fact] = [w.CRITICAL, w.FIX, w.BACKPORT]
    yield from _messages("event", event)
    only_security = WatchFilter(events=frozenset({"security"}), mention=w.PING.mention)
    yield from _messages("event-security-only", event, room=Room(only_security))
    several = w.release("v4.2.3", w.NOW, "Fixes GHSA-3f5x-6m7p-9v2h, GHSA-5h7m-8v9w-3x4c and GHSA-2c4w-5j6m-7q8r.")
    ends = "4.2.3"
    fixed: list[Fact] = [
        replace(each, affected=(Affected(range=f"< {ends}", patched=ends),)) for each in (w.HIGH, w.LOW)
    ]
    yield from _messages("fixes-several", [*fixed, w.CRITICAL], [*fixed, w.CRITICAL, several])
    hostile = replace(w.CRITICAL, summary=HOSTILE)
    yield from _messages("fixes-hostile", [hostile], [hostile, w.FIX])
    week = [w.release(f"v4.2.{n}", w.NOW - timedelta(hours=20 - n), "- Small corrections") for n in range(3, 10)]
    yield from _messages("catch-up", week)
    late = [w.release(f"v3.8.{n}", w.NOW - timedelta(minutes=n), created_at=w.NOW - 900 * w.DAY) for n in range(3)]
    yield from _messages("published-late", late)


def _follow_ups() -> Iterator[tuple[str, MessageKind, Message]]:
    """Something changed after it was announced."""
    medium = replace(w.HIGH, severity=Severity.MEDIUM, scores=())
    bare = replace(w.CRITICAL, affected=(Affected(package="windlass", range=">= 4.1.0, < 4.2.3"),))
    yield from _messages("severity-raised", [medium], [w.HIGH])
    yield from _messages("now-exploited", [w.HIGH], [replace(w.HIGH, known_exploited=True)])
    yield from _messages("first-fix", [bare], [w.CRITICAL, w.FIX])
    yield from _messages("more-affected", [bare], [replace(bare, affected=(Affected(range="< 4.2.3"),))])
    yield from _messages("withdrawn", [w.CRITICAL], [replace(w.CRITICAL, withdrawn_at=w.NOW)])
    yield from _messages("unpublished", [w.CRITICAL], [w.tracked_advisory(w.CRITICAL, removal_confirmed=True)])
    yield from _messages("release-removed", [w.PATCH], [w.tracked_release(w.PATCH, removal_confirmed=True)])
    yield from _messages("advisory-after-its-release", [w.PATCH], [w.PATCH, w.CRITICAL])
    cve = replace(w.HIGH, id="CVE-2031-40388", aliases=frozenset())
    same = replace(w.HIGH, aliases=frozenset({"CVE-2031-40388"}))
    yield from _messages("one-advisory-twice", [replace(w.HIGH, aliases=frozenset()), cve], [same])


def _images() -> Iterator[tuple[str, MessageKind, Message]]:
    """Releases of a project whose images are asked for."""
    there = (w.image("docker.io", w.AMD, w.ARM), w.image("ghcr.io", w.AMD, w.ARM))
    late = (w.image("docker.io", w.AMD, w.ARM), w.image("ghcr.io"))
    partly = (w.image("docker.io", w.AMD), replace(w.image("ghcr.io"), presence="not public"))
    yield from _messages("images-there", [w.PATCH], room=Room(images={"v4.2.3": there}))
    room = Room(images={"v4.2.3": late})
    yield from _messages("images-late", [w.PATCH], room=room)
    room.images = {"v4.2.3": there}
    yield from _messages("images-came", [w.PATCH], room=room)
    other = (w.image("docker.io", w.AMD, w.ARM, tag="v4.1.9"),)
    security = Room(images={"v4.2.3": partly, "v4.1.9": other})
    yield from _messages("images-of-fixes", [w.CRITICAL, w.FIX, w.BACKPORT], room=security)


def _policy() -> Iterator[tuple[str, MessageKind, Message]]:
    sentences = changes(read_policy(w.FIRST_PAGE), read_policy(w.NEXT_PAGE))
    page = w.page(w.NEXT_PAGE, committed_at=w.NOW - timedelta(hours=3)).page
    message = policy_message(w.WINDLASS, page, sentences, w.NOW)
    facts = digest(policy_facts(page.url, sentences, w.NOW))
    steps = plan(
        w.snapshot(),
        [Watch(w.room(), w.NOW - 3 * w.DAY)],
        {},
        (),
        now=w.NOW,
        settle=timedelta(seconds=30),
        policy_news=PolicyNews("policy/windlass/x", message, facts, w.NOW),
    )
    yield from (("policy-changed", each.kind, each.message) for each in steps.messages)
    yield (
        "policy-read",
        "new",
        reading_message(w.WINDLASS, page, read_policy(w.NEXT_PAGE), w.NOW.date(), before=False, same_page=False),
    )


ANNOUNCEMENTS: Mapping[str, tuple[MessageKind, Message]] = {
    name: (kind, message)
    for part in (_alone, _of_other_packages, _together, _follow_ups, _images, _policy)
    for name, kind, message in part()
}
