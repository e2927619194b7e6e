"""Parts that answers about versions share: what to upgrade to, what is known against a release, and what is not known."""

from collections.abc import Sequence
from datetime import timedelta

from chatbot.core.announce.render.control import state_words
from chatbot.core.announce.render.fixes import NO_FIX, no_fix
from chatbot.core.announce.render.release import version_label
from chatbot.core.model.facts import Advisory
from chatbot.core.model.knowledge import taken_back
from chatbot.core.model.message import Field, Link, Moment, Paragraph, Span, Spans, Strong, Text, field_of, paragraph
from chatbot.core.model.source_profile import SourceKind
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.queries.reference import Reference, Support, known_lines
from chatbot.core.recommend import Recommended, line_place, newest, onward, passes
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.text.words import listed
from chatbot.core.versions.version import Version

MOST = 10  # releases, advisories or lines in one list
LONGEST_UNREAD = timedelta(hours=6)  # the slowest source is polled every half hour; an older reading is stale


def target(context: QueryContext, reference: Reference, *, affected: bool) -> Recommended | None:
    """The one release to upgrade to from the version; None where there is none above it.

    It is on the version's own line while that gets fixes and no advisory affects the version.
    """
    support = Support(context, reference.releases)
    releases = reference.releases
    if not affected and not support.has_ended(reference.version):
        own, lines = line_place(reference.version, context.snapshot.lines), context.snapshot.lines
        releases = tuple(item for item in releases if item.version and line_place(item.version, lines) == own)
    return onward(context.snapshot, reference.version, releases, has_ended=support.has_ended)


def upgrade_to(recommendation: Recommended, why: str = "") -> Paragraph:
    """`Upgrade to 2.1.4, which fixes both.`; `why` follows the version, which leads to its notes."""
    return paragraph("Upgrade to ", release_link(recommendation.release), f"{why}.{doubted(recommendation.doubts)}")


def release_link(item: Classified) -> Span:
    """A release's label, which leads to its notes where they have an address."""
    return Link(version_label(item), item.release.url) if item.release.url else Strong(version_label(item))


def what_to_do(recommendation: Recommended | None, snapshot: ProjectSnapshot, fixed: int = 0) -> tuple[Field, ...]:
    """The recommended action, as the first labelled line of an answer. `fixed`: how many advisories affect the version."""
    if recommendation is not None:
        return (Field("What to do", upgrade_to(recommendation, fixes_words(fixed) if fixed else "").spans),)
    return (field_of("What to do", no_fix(snapshot)),) if fixed else ()


def doubted(doubts: Sequence[Advisory]) -> str:
    """A sentence on the advisories that may affect a recommended release; "" where there are none."""
    if not doubts:
        return ""
    names = listed([item.id for item in doubts[:MOST]])
    return f" I can't tell whether {names} affects it too: the range cannot be read."


def fixes_words(number: int) -> str:
    """`, which fixes it`, `, which fixes both`, `, which fixes all 3`."""
    return f", which fixes {['', 'it', 'both'][number] if number < 3 else f'all {number}'}"


def not_published(context: QueryContext, reference: Reference) -> str:
    """The title for a question about a release or line that was not published; it names the newest release, unless there is
    something against it."""
    what = f"{reference.line} release line" if reference.line else f"release {reference.version.text}"
    newest_there = [item for item in reference.releases if item.newest and _clean(context, item)]
    instead_words = (
        f"; the newest{' release' if reference.line else ''} is {version_label(newest_there[0])}"
        if newest_there
        else ""
    )
    return f"{'I know of' if _releases_missing(context) else 'There is'} no {what} of {context.project.name}{instead_words}"


def _clean(context: QueryContext, item: Classified) -> bool:
    recommendation = passes(context.snapshot, item)
    return recommendation is not None and not recommendation.doubts


def not_among(context: QueryContext, version: Version) -> str:
    """A sentence that says that a version is not among the releases."""
    if missing := _releases_missing(context):
        return f"I know of no release {version.text}. {missing}"
    return f"There is no release {version.text} among those that are published."


def _releases_missing(context: QueryContext) -> str:
    """A sentence that says that releases may be missing, where not all could be read; else ""."""
    gaps = context.knowledge.gaps("release")
    return f"Not every release could be read ({gaps[0]})." if gaps else ""


def what_there_is(context: QueryContext, reference: Reference) -> Paragraph:
    """The lines that have releases, to go with an answer about something that was not published; and the newest release, where
    the title does not name it."""
    lines = ", ".join(known_lines(context, reference.releases)[:MOST])
    in_title = any(item.newest and _clean(context, item) for item in reference.releases)
    newest_there = "" if in_title else f"{newest_words(context, reference.releases)} "
    return paragraph(f"{newest_there}Known lines: {lines}. {_releases_missing(context)}".strip())


def newest_words(context: QueryContext, releases: Sequence[Classified]) -> str:
    """A sentence on the newest release of each package, and what is known against it."""
    words = [marked(context, item) for item in releases if item.newest]
    return f"The newest release is {listed(words[:MOST])}." if words else "No full release has been published."


def marked(context: QueryContext, item: Classified) -> str:
    """A release's label with the advisories that affect it; no answer names a newest version without it."""
    recommendation = passes(context.snapshot, item)
    if recommendation is not None and recommendation.doubts:
        return f"{version_label(item)} (perhaps affected by {_some([doubt.id for doubt in recommendation.doubts])})"
    if recommendation is not None or item.version is None:
        return version_label(item)
    if words := state_words(context.snapshot.control_of_release(item.release.tag), retracted=False):
        return f"{version_label(item)} ({words})"
    affected = context.snapshot.exposure.of(item.version)[0]
    names = _some([verdict.advisory.id for verdict in affected])
    return f"{version_label(item)} (affected by {names})" if affected else version_label(item)


def _some(names: Sequence[str]) -> str:
    """The first three."""
    return listed(names[:3]) if len(names) <= 3 else f"{', '.join(names[:3])} and {len(names) - 3} more"


def no_release(context: QueryContext) -> str:
    """The title where there is no full release; it names the newest prerelease if there is one."""
    releases = context.knowledge.releases
    there = [
        tag
        for tag, item in context.snapshot.releases.items()
        if item.version is not None and not taken_back(releases[tag])
    ]
    newest_there = [
        version_label(context.snapshot.releases[tag]) for tag in there if context.snapshot.releases[tag].newest
    ]
    if newest_there:
        return f"{context.project.name} has published prereleases only, the newest is {listed(newest_there[:MOST])}"
    return f"I know of no release of {context.project.name}"


def instead(context: QueryContext, chosen: Sequence[Classified], among: Sequence[Classified]) -> str:
    """Where the newest releases are affected: a sentence on the highest other one that no known advisory affects."""
    if any(passes(context.snapshot, item) for item in chosen):
        return ""
    recommendation = newest(context.snapshot, among)
    if recommendation is not None:
        return f" {version_label(recommendation.release)} is the newest that no known advisory affects."
    line = len({item.line for item in among}) == 1 and bool(
        newest(context.snapshot, list(context.snapshot.releases.values()))
    )
    return f" {NO_FIX.removesuffix(' yet.')} in this line yet." if line else f" {NO_FIX}"


def unread(context: QueryContext, *kinds: SourceKind) -> list[Paragraph]:
    """A sentence for each kind of fact that was not read yet, or not lately, so that nothing follows from its absence. It
    checks advisories and releases, or only some `kinds`."""
    sentences = list[Paragraph]()
    names: dict[SourceKind, str] = {"advisory": "the advisories", "release": "the releases"}
    for kind, what in names.items():
        if kinds and kind not in kinds:
            continue
        times = context.knowledge.read_times(kind)
        if not times:
            sentences.append(paragraph(f"I have not read {what} yet."))
        elif context.now - min(times) > LONGEST_UNREAD:
            sentences.append(
                paragraph(f"I last read {what} on ", Moment(min(times)), ", so newer ones may be missing.")
            )
    for gap in dict.fromkeys(context.knowledge.gaps("advisory") if not kinds or "advisory" in kinds else ()):
        sentences.append(paragraph(f"Not every advisory could be read ({gap}), so one may be missing here."))
    return sentences


def as_of(context: QueryContext) -> tuple[Spans, ...]:
    """Small print of an all-clear: it holds for what was published by then."""
    times = context.knowledge.read_times("advisory")
    return ((Text("Advisories last read on "), Moment(min(times))),) if times else ()
