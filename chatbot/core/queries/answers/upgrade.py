"""The answer to `/upgrade`: what lies between a version and the newest one that may be recommended."""

from collections.abc import Sequence

from chatbot.core.advisories.identity import Verdict
from chatbot.core.announce.render.fixes import NO_FIX
from chatbot.core.announce.render.release import version_label
from chatbot.core.model.message import (
    Block,
    BulletList,
    Heading,
    Link,
    ListItem,
    Message,
    Paragraph,
    Span,
    Text,
    Tone,
    paragraph,
    plain,
)
from chatbot.core.queries.advice import (
    MOST,
    doubted,
    no_release,
    not_among,
    not_published,
    unread,
    what_there_is,
    what_to_do,
)
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.queries.reference import Reference, Support, resolve
from chatbot.core.recommend import Recommended, first, highest_first, line_place, newest, stands
from chatbot.core.releases.classification import Classified
from chatbot.core.text.words import calendar_day, count, listed
from chatbot.core.versions.version import Version

MOST_STEPS = 8
LONGEST_CHANGE = 200  # characters of one breaking change


def upgrade(context: QueryContext) -> Message:
    """The way from a version to the newest: releases between, lines crossed, advisories fixed on the way, breaking changes."""
    text = context.arguments.get("version", "")
    reference = resolve(context, text)
    if isinstance(reference, Message):
        return reference
    if not reference.releases:
        return unsure(no_release(context), *unread(context))
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


def _not_there(context: QueryContext, reference: Reference) -> Message:
    """The answer for a version that was not published."""
    return Message(
        title=not_published(context, reference),
        tone=Tone.UNSURE,
        body=(what_there_is(context, reference),),
    )


def _nothing_newer(context: QueryContext, reference: Reference, later: Sequence[Classified]) -> Message:
    """The answer for the newest version, or the newest that may be recommended; good news only if nothing affects it."""
    own = reference.release or reference.members[-1]
    version = own.version or reference.version
    affected, doubts = context.snapshot.exposure.of(version)
    state = Support(context, reference.releases).of(version)
    sentences = [reference.note] if reference.note else []
    missing = unread(context)
    if affected:
        names = listed([each.advisory.id for each in affected[:MOST]])
        sentences.append(f"{names} {'affects' if len(affected) == 1 else 'affect'} it. {NO_FIX}")
    if doubts:
        names = listed([each.advisory.id for each in doubts[:MOST]])
        sentences.append(f"I can't tell whether {names} affects it: the range cannot be read.")
    if not stands(context.snapshot, own) and own.kind != "prerelease":
        sentences.append("The project has removed this release.")
    if state.state != "supported":
        sentences.append(state.reason)
    if later:
        title = f"There is nothing newer than {version.text} that no known advisory affects"
    else:
        title = f"There is nothing newer than {version.text}"
    worry = affected or later or state.state == "ended"
    tone = Tone.WARNING if worry else Tone.ANSWER if sentences or missing else Tone.GOOD
    return Message(title=title, tone=tone, body=(*(paragraph(each) for each in sentences), *missing))


def _way(
    context: QueryContext, reference: Reference, recommendation: Recommended, later: Sequence[Classified]
) -> Message:
    target = recommendation.release
    fixed = _fixed_on_the_way(context, reference, recommendation)
    steps = _steps(context, reference, later) or [recommendation]
    body: list[Block] = [BulletList(tuple(map(_step, steps)), ordered=True)] if len(steps) > 1 else []
    body += [paragraph(sentence) for sentence in _notes(context, reference, recommendation, steps[0])]
    body += unread(context)
    if fixed:
        rows = tuple(ListItem(_fixed(each)) for each in fixed[:MOST])
        body += [Heading(3, (Text(f"Fixes {count(len(fixed), 'advisory')}"),)), BulletList(rows)]
    changes = [(item, words) for item in later for words in breaking_changes(item.release.notes)]
    if changes:
        body += [Heading(3, (Text("Breaking changes"),)), BulletList(tuple(map(_change, changes[:MOST])))]
    if len(changes) > MOST:
        body.append(paragraph(f"And {len(changes) - MOST} more: see the release notes."))
    return Message(
        title=f"Upgrade {context.project.name} {reference.name} to {_way_words(steps)}",
        tone=Tone.ANSWER,
        url=target.release.url,
        fields=what_to_do(steps[0], context.snapshot, len(fixed)),
        body=tuple(body),
        links=(Link(f"Release notes of {version_label(target)}", target.release.url),) if target.release.url else (),
    )


def _way_words(steps: Sequence[Recommended]) -> str:
    """`2.1.4`, `2.1.4, then to 2.2.10`."""
    first, last = version_label(steps[0].release), version_label(steps[-1].release)
    return first if len(steps) == 1 else f"{first}, then to {last}"


def _steps(context: QueryContext, reference: Reference, later: Sequence[Classified]) -> list[Recommended]:
    """The release to take on each line on the way, the version's own line first. Of many lines the first and the last count."""
    lines: dict[tuple[int, tuple[int, ...]], list[Classified]] = {}
    for item in highest_first(later):
        lines.setdefault(line_place(item.version or reference.version, context.snapshot.lines), []).append(item)
    places = sorted(lines)
    places = places if len(places) <= MOST_STEPS else [places[0], *places[1 - MOST_STEPS :]]
    context.snapshot.exposure.weigh_together(
        [item.version for place in places for item in lines[place] if item.version]
    )
    return [step for step in (first(context.snapshot, lines[place]) for place in places) if step is not None]


def _step(step: Recommended) -> ListItem:
    item = step.release
    name: Span = Link(version_label(item), item.release.url) if item.release.url else Text(version_label(item))
    newest = "newest" if item.newest_in_line else "the newest that no known advisory affects"
    return ListItem((name, Text(f" – {newest} of {item.line}.x, {calendar_day(item.release.published_at)}")))


def _notes(
    context: QueryContext, reference: Reference, recommendation: Recommended, next_step: Recommended
) -> list[str]:
    """What the reader must know besides: the version was not published, a newer one is affected, or something is in doubt."""
    sentences = [reference.note] if reference.note else []
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
        sentences.append(f"I can't tell whether {names} affects {_from(reference).text}: the range cannot be read.")
    doubt = "" if recommendation.doubts == next_step.doubts else doubted(recommendation.doubts).strip()
    return [*sentences, doubt] if doubt else sentences


def _from(reference: Reference) -> Version:
    """The version to start from: for a line, its lowest release."""
    return reference.version if not reference.members else (reference.members[0].version or reference.version)


def _fixed_on_the_way(context: QueryContext, reference: Reference, recommendation: Recommended) -> list[Verdict]:
    """The advisories that affect the version, without those in doubt: the recommended release certainly fixes the rest."""
    doubted_ids = {advisory.id for advisory in recommendation.doubts}
    return [each for each in context.snapshot.exposure.of(_from(reference))[0] if each.advisory.id not in doubted_ids]


def _fixed(verdict: Verdict) -> tuple[Span, ...]:
    item = verdict.advisory
    return (Link(item.id, item.url) if item.url else Text(item.id), Text(f" ({item.severity}): {item.summary}"))


def _change(pair: tuple[Classified, str]) -> ListItem:
    item, words = pair
    name: Span = Link(version_label(item), item.release.url) if item.release.url else Text(version_label(item))
    return ListItem((name, Text(f": {words}")))


def breaking_changes(notes: Sequence[Block]) -> list[str]:
    """What release notes say below headings about breaking changes, upgrades and migrations: a text for each item. A heading
    with nothing below it counts itself."""
    texts: list[str] = []
    heading, level = "", 0  # the heading that is open; level 0: none
    for block in notes:
        if isinstance(block, Heading):
            words = plain(block.spans)
            if level and block.level > level:
                continue
            texts += [heading] if heading else []
            heading, level = (words, block.level) if _is_about_upgrading(words) else ("", 0)
        elif level:
            below = _texts(block)
            texts += below
            heading = "" if below else heading
    texts += [heading] if heading else []
    return [_cut(" ".join(words.split())) for words in texts if words.strip()]


def _is_about_upgrading(heading: str) -> bool:
    return any(word in heading.casefold() for word in ("breaking", "upgrad", "migrat"))


def _texts(block: Block) -> list[str]:
    match block:
        case Paragraph(spans=spans):
            return [plain(spans)]
        case BulletList(items=items):
            return [plain(item.spans) for item in items]
        case _:
            return []


def _cut(words: str) -> str:
    return (
        words
        if len(words) <= LONGEST_CHANGE
        else f"{words[:LONGEST_CHANGE].rpartition(' ')[0] or words[:LONGEST_CHANGE]}…"
    )
