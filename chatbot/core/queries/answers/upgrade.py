"""The answer to `/upgrade`: what lies between a version and the newest one that may be recommended."""

from collections.abc import Sequence

from chatbot.core.advisories.identity import Verdict
from chatbot.core.announce.render import version_label
from chatbot.core.announce.render_advisory import NO_FIX
from chatbot.core.model.message import (
    Block,
    BulletList,
    Field,
    Heading,
    Link,
    ListItem,
    Message,
    Span,
    Text,
    Tone,
    field_of,
    paragraph,
    plain,
)
from chatbot.core.queries.advice import MOST, doubted, no_release, not_among, not_published, unread, what_there_is
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.queries.reference import Reference, Support, resolve
from chatbot.core.recommend import Recommended, newest, stands
from chatbot.core.releases.classification import Classified
from chatbot.core.text.words import listed
from chatbot.core.versions.version import Version


def upgrade(context: QueryContext) -> Message:
    """The way from a version to the newest: releases between, lines crossed, advisories fixed on the way, breaking changes."""
    text = context.arguments.get("version", "")
    reference = resolve(context, text)
    if isinstance(reference, Message):
        return reference
    if not reference.releases:
        return unsure(no_release(context), *unread(context), footer=_age(context))
    later = [item for item in reference.releases if item.version is not None and item.version > reference.version]
    later.sort(key=lambda item: item.version or reference.version)
    recommendation = newest(context.snapshot, later)
    if recommendation is not None:
        return _way(
            context,
            reference,
            recommendation,
            [item for item in later if (item.version or reference.version) <= recommendation.version],
        )
    if reference.release is None and not reference.members:
        return _not_there(context, reference)
    return _nothing_newer(context, reference, later)


def _age(context: QueryContext) -> str:
    return context.age("release")


def _not_there(context: QueryContext, reference: Reference) -> Message:
    """The answer for a version that was not published."""
    return Message(
        title=not_published(context, reference),
        tone=Tone.UNSURE,
        body=(what_there_is(context, reference),),
        footer=_age(context),
    )


def _nothing_newer(context: QueryContext, reference: Reference, later: Sequence[Classified]) -> Message:
    """The answer for the newest version, or the newest that may be recommended; good news only if nothing affects it."""
    own = reference.release or reference.members[-1]
    version = own.version or reference.version
    affected, doubts = context.snapshot.exposure.of(version)
    state = Support(context, reference.releases).of(version)
    sentences = [*unread(context), *filter(None, [reference.note])]
    if affected:
        names = listed([each.advisory.id for each in affected[:MOST]])
        sentences.append(f"{names} {'affects' if len(affected) == 1 else 'affect'} it. {NO_FIX}")
    if doubts:
        names = listed([each.advisory.id for each in doubts[:MOST]])
        sentences.append(f"Whether {names} affects it cannot be told: the range cannot be read.")
    if not stands(context.snapshot, own) and own.kind != "prerelease":
        sentences.append("The project has removed this release.")
    if state.state != "supported":
        sentences.append(state.reason)
    if later:
        title = f"There is nothing newer than {version.text} that no known advisory affects"
    else:
        title = f"I know of nothing newer than {version.text}"
    worry = affected or later or state.state == "ended"
    tone = Tone.WARNING if worry else Tone.ANSWER if sentences else Tone.GOOD
    return Message(title=title, tone=tone, body=tuple(paragraph(each) for each in sentences), footer=_age(context))


def _way(
    context: QueryContext, reference: Reference, recommendation: Recommended, later: Sequence[Classified]
) -> Message:
    target = recommendation.release
    fixed = _left_behind(context, reference, recommendation)
    body: list[Block] = [paragraph(sentence) for sentence in _notes(context, reference, recommendation)]
    if fixed:
        rows = tuple(ListItem(_fixed(each)) for each in fixed[:MOST])
        body += [Heading(3, (Text("Advisories left behind"),)), BulletList(rows)]
    breaking = [(item, heading) for item in later for heading in _breaking(item)]
    if breaking:
        body += [Heading(3, (Text("Breaking changes"),)), BulletList(tuple(map(_break, breaking[:MOST])))]
    return Message(
        title=f"From {reference.name} to {version_label(target)}",
        tone=Tone.ANSWER,
        url=target.release.url,
        fields=_facts(later),
        body=tuple(body) or (paragraph("No notes between them have a heading about breaking changes."),),
        links=(Link("Release notes", target.release.url),) if target.release.url else (),
        footer=_age(context),
    )


def _facts(later: Sequence[Classified]) -> tuple[Field, ...]:
    lines = list(dict.fromkeys(item.line for item in later if item.line))
    return (
        field_of("Releases between", str(len(later) - 1)),
        field_of("Lines", ", ".join(f"{line}.x" for line in lines[-MOST:])),
    )


def _notes(context: QueryContext, reference: Reference, recommendation: Recommended) -> list[str]:
    """What the reader must know besides: the version was not published, a newer one is affected, or something is in doubt."""
    sentences = [
        *(sentence for sentence in unread(context) if "advisories" in sentence),
        *filter(None, [reference.note]),
    ]
    if reference.release is None and not reference.members:
        sentences.append(not_among(context, reference.version))
    higher = [
        item for item in reference.releases if item.newest and item.version and item.version > recommendation.version
    ]
    if higher:
        sentences.append(
            f"{listed([version_label(item) for item in higher])} is newer, and a known advisory affects it."
        )
    doubts = context.snapshot.exposure.of(_from(reference))[1]
    own = [each.advisory.id for each in doubts if each.advisory not in recommendation.doubts]
    if own:
        names = listed(own[:MOST])
        sentences.append(f"Whether {names} affects {_from(reference).text} cannot be told: the range cannot be read.")
    doubt = doubted(recommendation.doubts).strip()
    return [*sentences, doubt] if doubt else sentences


def _from(reference: Reference) -> Version:
    """The version to start from: for a line, its lowest release."""
    return reference.version if not reference.members else (reference.members[0].version or reference.version)


def _left_behind(context: QueryContext, reference: Reference, recommendation: Recommended) -> list[Verdict]:
    """The advisories that affect the version, without those in doubt: the recommended release certainly fixes the rest."""
    doubted_ids = {advisory.id for advisory in recommendation.doubts}
    return [each for each in context.snapshot.exposure.of(_from(reference))[0] if each.advisory.id not in doubted_ids]


def _fixed(verdict: Verdict) -> tuple[Span, ...]:
    item = verdict.advisory
    return (Link(item.id, item.url) if item.url else Text(item.id), Text(f" ({item.severity}): {item.summary}"))


def _break(pair: tuple[Classified, str]) -> ListItem:
    item, heading = pair
    name: Span = Link(version_label(item), item.release.url) if item.release.url else Text(version_label(item))
    return ListItem((name, Text(f": {heading}")))


def _breaking(item: Classified) -> list[str]:
    headings = [plain(block.spans) for block in item.release.notes if isinstance(block, Heading)]
    return [heading for heading in headings if "breaking" in heading.lower() or "upgrading" in heading.lower()]
