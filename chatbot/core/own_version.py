"""What an operator must know of the program that runs: whether its version is affected, no longer supported, or far behind."""

from datetime import date, timedelta

from chatbot.core.recommend import by_version, may_stand, newest
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.by_releases import status_by_releases
from chatbot.core.support.policy import Policy
from chatbot.core.text.words import calendar_day
from chatbot.core.versions.version import read_version

FAR_BEHIND = 3  # releases
SOON = timedelta(days=30)  # before the end of support


def findings(snapshot: ProjectSnapshot, policy: Policy | None, running: str, today: date) -> tuple[str, ...]:
    """What is wrong with the version `running` of the snapshot's project, a sentence each, the worst first; none of a version
    that cannot be read, or where nothing is wrong as far as is known."""
    version = read_version(running)
    if version is None:
        return ()
    sentences = list[str]()
    standing = [item for item in snapshot.releases.values() if may_stand(snapshot, item)]
    newer = [item for item in standing if item.version is not None and item.version > version]
    upgrade = _upgrade(snapshot, newer)
    affected, doubts = snapshot.exposure.of(version)
    for verdict in affected:
        advisory = verdict.advisory
        sentences.append(
            f"{advisory.id} ({advisory.severity}) affects version {running} of the bot itself: {upgrade}; {advisory.url}"
        )
    for verdict in doubts:
        sentences.append(
            f"{verdict.advisory.id} may affect version {running} of the bot itself: compare its versions by hand; "
            f"{verdict.advisory.url}"
        )
    status = status_by_releases(
        policy, version, standing, today=today, component=snapshot.project.component, lines=snapshot.lines
    )
    if status.state == "ended" or (
        status.state == "not_listed" and newer
    ):  # a build of what is not released is not listed
        sentences.append(f"version {running} of the bot itself gets no security fixes any more: {upgrade}")
    elif status.state == "supported" and status.until is not None and status.until <= today + SOON:
        day = calendar_day(status.until)
        sentences.append(f"version {running} of the bot itself gets security fixes until {day} only: {upgrade}")
    if len(newer) >= FAR_BEHIND:
        sentences.append(f"version {running} of the bot itself is {len(newer)} releases behind: {upgrade}")
    return tuple(sentences)


def _upgrade(snapshot: ProjectSnapshot, newer: list[Classified]) -> str:
    target = newest(snapshot, newer)
    if target is not None:
        return f"upgrade to {target.version.text}"
    if newer:
        return f"no release without a known advisory is newer than it (the newest is {max(newer, key=by_version).release.tag})"
    return "no newer release is out yet"
