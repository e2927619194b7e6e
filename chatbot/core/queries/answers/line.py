"""The answers about a whole release line: `/supported 2.1` and `/affected 2.1`."""

from collections.abc import Sequence

from chatbot.core.advisories.exposure import Risk
from chatbot.core.announce.render.fixes import NO_FIX
from chatbot.core.announce.render.release import version_label
from chatbot.core.model.message import Field, Message, Strong, Text, Tone, bullets, paragraph, text
from chatbot.core.queries.advice import (
    MOST,
    doubted,
    no_release,
    not_published,
    release_link,
    unread,
    upgrade_to,
    what_there_is,
)
from chatbot.core.queries.answers.page_source import page_source, reason_of, source_link, source_of
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.queries.reference import Reference, Support
from chatbot.core.recommend import Recommended, first, onward
from chatbot.core.releases.classification import Classified
from chatbot.core.support.policy import Status
from chatbot.core.text.words import calendar_day, listed
from chatbot.core.versions.version import Version, line_of


def about_line(context: QueryContext, reference: Reference) -> Message:
    """Whether a line gets security fixes (as its newest release does), and which of its releases are vulnerable."""
    support = Support(context, reference.releases)
    if not reference.members:
        return _no_line(context, reference, support)
    lines = _by_line(context, reference)
    if len(lines) > 1:
        return _several(context, reference, lines, support)
    newest = _version(reference.members[-1])
    state = support.of(newest)
    risks = context.snapshot.exposure.risks([_version(item) for item in reference.members])
    clean = first(context.snapshot, reversed(reference.members))
    good = state.state == "supported" and not risks[-1].affected and not risks[-1].doubts and not unread(context)
    but = ", but its newest release is vulnerable" if risks[-1].affected and state.state == "supported" else ""
    sentences = _sentences(reference, risks, clean)
    reason = reason_of(state)
    is_plain = state.state in {"supported", "ended"}
    return Message(
        title=f"{context.project.name} {reference.line}.x {_state_words(state)}{but}",
        tone=Tone.GOOD if good else _tone(state, risks[-1]),
        fields=tuple(_action(context, reference, state, clean, support)),
        body=(
            *([paragraph(" ".join(sentences))] if sentences else []),
            *([paragraph(reason)] if reason and not is_plain else []),
            *unread(context),
        ),
        small=(*([text(reason)] if reason and is_plain else []), *source_of(context, state)),
        links=source_link(context, state),
    )


def _action(
    context: QueryContext, reference: Reference, state: Status, clean: Recommended | None, support: Support
) -> list[Field]:
    """What somebody on this line should do."""
    if state.state in {"ended", "not_listed"} or clean is None:
        higher = onward(
            context.snapshot, _version(reference.members[-1]), reference.releases, has_ended=support.has_ended
        )
        return [Field("What to do", upgrade_to(higher).spans)] if higher is not None else []
    newest = ", the newest release of the line" if clean.release is reference.members[-1] else ""
    words = paragraph("Use ", release_link(clean.release), f"{newest}.{doubted(clean.doubts)}")
    return [Field("What to do", words.spans)]


def _tone(state: Status, newest: Risk) -> Tone:
    if state.state == "ended" or newest.affected:
        return Tone.WARNING
    return Tone.ANSWER if state.state == "supported" else Tone.UNSURE


def _state_words(state: Status) -> str:
    until = f" until {calendar_day(state.until)}" if state.until else ""
    return {
        "supported": f"gets security fixes{until}",
        "ended": "no longer gets security fixes",
        "not_listed": "is not listed in the security policy",
        "unknown": "may or may not get security fixes",
    }[state.state]


def _sentences(reference: Reference, risks: Sequence[Risk], clean: Recommended | None) -> list[str]:
    newest = reference.members[-1]
    named_above = clean is not None and clean.release is newest
    sentences = [] if named_above else [f"Its newest release is {version_label(newest)}."]
    affected = _runs(reference.members, [risk.affected for risk in risks])
    if affected:
        verb = "is" if len(affected) == 1 and " – " not in affected[0] else "are"
        sentences.append(f"{listed(affected[-MOST:])} {verb} vulnerable.")
    in_doubt = _runs(reference.members, [bool(risk.doubts) for risk in risks])
    if in_doubt:
        names = sorted({advisory.id for risk in risks for advisory in risk.doubts})
        sentences.append(f"I can't tell about {listed(in_doubt[-MOST:])}: see {listed(names[:MOST])}.")
    if clean is None:
        sentences.append(f"{NO_FIX.removesuffix(' yet.')} in this line yet.")
    elif clean.release is not newest:
        sentences.append(
            f"The newest that no known advisory affects is {version_label(clean.release)}.{doubted(clean.doubts)}"
        )
    return sentences


def _runs(members: Sequence[Classified], chosen: Sequence[bool]) -> list[str]:
    """The chosen members as runs: neighbours as `2.1.0-2.1.1`, a single one as `2.1.3`."""
    runs: list[list[Classified]] = []
    before = False
    for item, is_chosen in zip(members, chosen, strict=True):
        if is_chosen and before:
            runs[-1].append(item)
        elif is_chosen:
            runs.append([item])
        before = is_chosen
    return [
        version_label(run[0]) if len(run) == 1 else f"{version_label(run[0])} – {_version(run[-1]).text}"
        for run in runs
    ]


def _by_line(context: QueryContext, reference: Reference) -> dict[str, list[Classified]]:
    lines: dict[str, list[Classified]] = {}
    for item in reference.members:
        lines.setdefault(line_of(_version(item), context.snapshot.lines), []).append(item)
    return lines


def _several(
    context: QueryContext, reference: Reference, lines: dict[str, list[Classified]], support: Support
) -> Message:
    """The answer for numbers that several lines begin with: a row for each line, the newest first."""
    rows: list[tuple[Strong | Text, ...]] = []
    for line, members in list(reversed(lines.items()))[:MOST]:
        newest = members[-1]
        risk = context.snapshot.exposure.risk(_version(newest))
        against = ", which is vulnerable" if risk.affected else ""
        words = f" {_state_words(support.of(_version(newest)))}; its newest release is {version_label(newest)}{against}"
        rows.append((Strong(f"{line}.x"), Text(words)))
    return Message(
        title=f"{context.project.name} {reference.line}.x is several release lines",
        tone=Tone.ANSWER,
        body=(bullets(rows), *unread(context)),
        small=page_source(context),
    )


def _no_line(context: QueryContext, reference: Reference, support: Support) -> Message:
    """The answer for a line without releases: that it is not published, or that its support has ended by the page."""
    state = support.of(reference.version)
    if state.state == "ended":
        title = f"{context.project.name} {reference.line}.x {_state_words(state)}"
        return Message(
            title=title,
            tone=Tone.WARNING,
            body=(*([paragraph(reason)] if (reason := reason_of(state)) else []), what_there_is(context, reference)),
            small=source_of(context, state),
        )
    if not reference.releases:
        return unsure(no_release(context), *unread(context))
    return Message(
        title=not_published(context, reference),
        tone=Tone.UNSURE,
        body=(what_there_is(context, reference),),
        small=page_source(context),
    )


def _version(item: Classified) -> Version:
    assert item.version is not None  # noqa: S101 - members of a line were chosen by their version
    return item.version
