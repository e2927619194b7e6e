"""The answer to `/supported`: whether a version still gets fixes, by the policy page and nothing else."""

from collections.abc import Sequence

from chatbot.core.announce.render.release import version_label
from chatbot.core.model.message import (
    BulletList,
    Code,
    Field,
    ListItem,
    Message,
    Paragraph,
    Strong,
    Text,
    Tone,
    field_of,
    paragraph,
    text,
)
from chatbot.core.queries.advice import (
    MOST,
    marked,
    no_release,
    not_among,
    not_published,
    target,
    unread,
    what_there_is,
    what_to_do,
)
from chatbot.core.queries.answers.line import about_line
from chatbot.core.queries.answers.page_source import page_source, policy_link, reason_of, source_link, source_of
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.queries.reference import Reference, Support, resolve
from chatbot.core.recommend import Recommended, by_version, stands
from chatbot.core.releases.classification import Classified
from chatbot.core.support.policy import BY_POLICY, Status
from chatbot.core.text.words import calendar_day, count, listed
from chatbot.core.versions.version import line_of

_TITLES = {
    "supported": "{name} is supported",
    "ended": "{name} is no longer supported",
    "not_listed": "{name} is not listed in the security policy",
    "unknown": "I can't tell whether {name} is supported",
}
MOST_IN_TITLE = 4  # lines
_TONES = {"supported": Tone.GOOD, "ended": Tone.WARNING, "not_listed": Tone.UNSURE, "unknown": Tone.UNSURE}


def supported(context: QueryContext) -> Message:
    """Whether a version or a line still gets security fixes, with the row that says so and the date of the page."""
    asked_about = context.arguments.get("version", "")
    if not asked_about:
        return _all_lines(context)
    reference = resolve(context, asked_about)
    if isinstance(reference, Message):
        return reference
    if reference.line:
        return about_line(context, reference)
    status = Support(context, reference.releases).of(reference.version)
    if reference.release is None and reference.releases and status.state != "ended":
        return _unpublished(context, reference, status)
    return _published(context, reference, status)


def _unpublished(context: QueryContext, reference: Reference, status: Status) -> Message:
    """What the page says about a version that was not published; never that all is well."""
    whose = "By the policy it would be supported. " if status.source == BY_POLICY else ""
    line = f"{whose}{reason_of(status)}".strip() if status.state == "supported" else ""
    return Message(
        title=not_published(context, reference),
        tone=Tone.UNSURE,
        fields=tuple(_newest_of_line(context, reference)),
        body=(what_there_is(context, reference), *((paragraph(line),) if line else ())),
        small=source_of(context, status) if line else (),
        links=source_link(context, status) if line else (),
    )


def _published(context: QueryContext, reference: Reference, status: Status) -> Message:
    affected, doubts = context.snapshot.exposure.of(reference.version)
    recommendation = target(context, reference, affected=bool(affected))
    notes = _not_known(context, reference)
    tone = _tone(status, affected=bool(affected), sure=not (doubts or notes))
    facts = [*what_to_do(recommendation, context.snapshot, len(affected))]
    if not facts and tone is Tone.GOOD and reference.release is not None and reference.release.newest_in_line:
        facts.append(field_of("Nothing to do", f"this is the newest release of {reference.release.line}.x."))
    if affected:
        names = listed([f"{each.advisory.id} ({each.advisory.severity})" for each in affected[:MOST]])
        facts.append(field_of("Affected by", names))
    if doubts:
        names = listed([each.advisory.id for each in doubts[:MOST]])
        facts.append(field_of("Perhaps affected by", f"{names}: the range cannot be read, see the advisory itself"))
    if status.until is not None and status.state == "ended":
        facts.append(field_of("Support ended", calendar_day(status.until)))
    facts += _newest_facts(context, reference, recommendation)
    reason = reason_of(status)
    is_plain = status.state in {"supported", "ended"}
    return Message(
        title=_headline(context, reference, status, recommendation, vulnerable=bool(affected)),
        tone=tone,
        fields=tuple(facts),
        body=(*([paragraph(reason)] if reason and not is_plain else []), *notes),
        small=(*([text(reason)] if reason and is_plain else []), *source_of(context, status)),
        links=source_link(context, status),
    )


def _headline(
    context: QueryContext, reference: Reference, status: Status, recommendation: Recommended | None, *, vulnerable: bool
) -> str:
    """The answer in one line: whether it is supported, whether it is vulnerable, and what to upgrade to."""
    name = f"{context.project.name} {reference.version.text}"
    words = _TITLES[status.state].format(name=name)
    action = f": upgrade to {version_label(recommendation.release)}" if recommendation else ""
    if vulnerable:
        how = {"supported": ", but vulnerable", "ended": ", and it is vulnerable"}.get(
            status.state, ", but it is vulnerable"
        )
        return f"{words}{how}{action}"
    if status.state == "supported" and status.until is not None:
        return f"{name} gets security fixes until {calendar_day(status.until)}"
    return f"{words}{action}" if status.state == "ended" else words


def _tone(status: Status, *, affected: bool, sure: bool) -> Tone:
    if affected:
        return Tone.WARNING
    if status.state != "supported":
        return _TONES[status.state]
    return Tone.GOOD if sure else Tone.ANSWER


def _not_known(context: QueryContext, reference: Reference) -> list[Paragraph]:
    """Why the answer is less certain than it looks, a sentence each."""
    sentences = [*unread(context), *([paragraph(reference.note)] if reference.note else [])]
    if reference.release is None and not reference.releases:
        sentences.append(paragraph(f"{no_release(context)}, so I can't tell whether there is this one."))
    elif reference.release is None:
        sentences.append(paragraph(not_among(context, reference.version)))
    elif reference.release.kind != "prerelease" and not stands(context.snapshot, reference.release):
        sentences.append(paragraph("The project has removed this release."))
    return sentences


def _newest_of_line(context: QueryContext, reference: Reference) -> list[Field]:
    line = line_of(reference.version, context.snapshot.lines)
    in_line = [item for item in reference.releases if item.newest_in_line and item.line == line]
    return [field_of(f"Newest of {line}.x", marked(context, item)) for item in in_line[:2]]


def _newest_facts(context: QueryContext, reference: Reference, recommendation: Recommended | None) -> list[Field]:
    """The newest release, with what is known against it; none where that is the one that was asked about or is recommended."""
    others = {reference.version.text, recommendation.version.text if recommendation else ""}
    newest = [item for item in reference.releases if item.newest and item.version and item.version.text not in others]
    return [field_of("Newest release", marked(context, item)) for item in newest[:3]]


def _all_lines(context: QueryContext) -> Message:
    """The support of every line that has releases, the newest first."""
    standing = [item for item in context.snapshot.releases.values() if stands(context.snapshot, item)]
    full = [item for item in standing if item.newest_in_line]
    full.sort(key=by_version, reverse=True)
    full.sort(key=lambda item: item.version.package if item.version else "")
    packages: dict[str, list[Classified]] = {}
    for item in standing:
        packages.setdefault(item.version.package if item.version else "", []).append(item)
    support = {name: Support(context, releases) for name, releases in packages.items()}
    states = [(item, support[item.version.package].of(item.version)) for item in full if item.version is not None]
    if not states:
        ask = paragraph("Ask with a version, such as ", Code(f"{context.prefix}supported {context.example}"), ".")
        return unsure(no_release(context), *unread(context), ask)
    rows = [ListItem(_line(context, item, status)) for item, status in states[:MOST]]
    if len(states) > MOST:
        rows.append(ListItem(text(f"and {count(len(states) - MOST, 'more line')}")))
    title, tone = _which_lines(context, states)
    return Message(
        title=title,
        tone=tone,
        body=(BulletList(tuple(rows)), *unread(context, "release")),
        small=page_source(context, None),
        links=policy_link(context),
    )


def _which_lines(context: QueryContext, states: Sequence[tuple[Classified, Status]]) -> tuple[str, Tone]:
    """The lines that get security fixes, as a title."""
    name = context.project.name
    names = [f"{item.line}.x" for item, status in states if status.state == "supported"]
    if names:
        some = listed(names) if len(names) <= MOST_IN_TITLE else f"{', '.join(names[:MOST_IN_TITLE])} and others"
        verb = "gets" if len(names) == 1 else "get"
        return f"{name} {some} {verb} security fixes", Tone.ANSWER
    if all(status.state in {"ended", "not_listed"} for _, status in states):
        return f"No line of {name} gets security fixes, by its security policy", Tone.WARNING
    return f"I can't tell which lines of {name} get security fixes", Tone.UNSURE


def _line(context: QueryContext, item: Classified, status: Status) -> tuple[Strong | Text, ...]:
    words = {
        "supported": f"supported until {calendar_day(status.until)}" if status.until else "supported",
        "ended": f"ended on {calendar_day(status.until)}" if status.until else "ended",
        "not_listed": "not listed",
        "unknown": "unknown",
    }
    return (Strong(f"{item.line}.x"), Text(f" – {words[status.state]}, newest {marked(context, item)}"))
