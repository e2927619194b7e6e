"""One piece of news as a digest lists it: a release, an advisory, or a change of a policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chatbot.core.announce import decide
from chatbot.core.announce.digest import digest, listed_advisory_facts, listed_release_facts, policy_facts
from chatbot.core.announce.render.control import state_words
from chatbot.core.announce.render.headline import severity_label
from chatbot.core.announce.render.release import release_kind, version_label
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.watches import Project
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.text.words import calendar_day


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """One line of a digest, or a part of it.

    subject: what it is about, such as `release/<project>/<tag>`
    project: the project's name
    line: the release line, `4.2.x`; "" where it has none
    place: the numbers of its version, by which lines are ordered
    name: the version, or the advisory's title
    words: what it is, and when it was published
    url: where it is, or ""
    at: when it was published
    digest: stands for the facts that it shows; an item with another one is shown again
    announced: it is security news that was announced when it came: the digest lists it, and is not sent for it
    struck: it was removed or withdrawn
    sentences: of a policy: what changed
    """

    subject: str
    project: str
    line: str = ""
    place: tuple[int, ...] = ()
    name: str
    words: str
    url: str = ""
    at: datetime
    digest: str
    announced: bool = False
    struck: bool = False
    sentences: tuple[str, ...] = ()

    @property
    def is_policy(self) -> bool:
        """Whether it is a change of a policy."""
        return bool(self.sentences)


def release_item(snapshot: ProjectSnapshot, tag: str, *, announced: bool = False) -> DigestItem:
    """A release as it stands now."""
    item = snapshot.releases[tag]
    release, removed = item.release, snapshot.knowledge.releases[tag].removal_confirmed
    package = item.version.package if item.version is not None else ""
    fixed = ", ".join(
        f"{advisory.id} ({severity_label(advisory.severity).lower()})" for advisory in snapshot.fixed_by(tag)
    )
    state = state_words(snapshot.control_of_release(tag))
    words = f"{release_kind(item)}, {calendar_day(release.published_at)}{f'; fixes {fixed}' if fixed else ''}"
    return DigestItem(
        subject=str(SubjectId("release", snapshot.project.id, tag)),
        project=snapshot.project.name,
        line=f"{package} {item.line}.x".strip() if item.line else package,
        place=item.version.numbers if item.version is not None else (),
        name=version_label(item),
        words="removed by the project" if removed else state or words,
        url="" if removed else release.url,
        at=release.published_at,
        digest=digest(listed_release_facts(snapshot, item)),
        announced=announced,
        struck=removed or bool(state),
    )


def advisory_item(snapshot: ProjectSnapshot, name: str) -> DigestItem:
    """An advisory as it stands now; it was announced when it came."""
    advisory = snapshot.advisories[name]
    withdrawn = advisory.withdrawn_at is not None or decide.removed(snapshot, advisory)
    severity = severity_label(advisory.severity).lower()
    exploited = ", known to be exploited" if advisory.known_exploited else ""
    state = state_words(snapshot.control_of_advisory(advisory))
    standing = state or f"{severity}{exploited}, {calendar_day(advisory.published_at)}"
    return DigestItem(
        subject=str(SubjectId("advisory", snapshot.project.id, name)),
        project=snapshot.project.name,
        name=advisory.summary or advisory.id,
        words="withdrawn" if withdrawn else standing,
        url=advisory.url,
        at=advisory.published_at,
        digest=digest([*listed_advisory_facts(advisory, withdrawn=withdrawn), *([state] if state else [])]),
        announced=True,
        struck=withdrawn or bool(state),
    )


def policy_item(project: Project, subject: str, url: str, sentences: Sequence[str], at: datetime) -> DigestItem:
    """What changed in a project's policy; it is said once, and never corrected."""
    return DigestItem(
        subject=subject,
        project=project.name,
        name="Security policy",
        words="",
        url=url,
        at=at,
        digest=digest(policy_facts(url, sentences, at)),
        sentences=tuple(sentences),
    )
