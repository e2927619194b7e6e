"""The answer to `/supported`: whether a version still gets fixes, by the policy page and nothing else."""

from chatbot.core.announce.render.release import version_label
from chatbot.core.model.message import (
    BulletList,
    Field,
    Link,
    ListItem,
    Message,
    Strong,
    Text,
    Tone,
    field_of,
    paragraph,
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
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.queries.reference import Reference, Support, resolve
from chatbot.core.recommend import Recommended, stands
from chatbot.core.releases.classification import Classified
from chatbot.core.support.policy import Status
from chatbot.core.text.words import age, calendar_day, listed
from chatbot.core.versions.version import line_of

_TITLES = {
    "supported": "{name} is supported",
    "ended": "{name} is no longer supported",
    "not_listed": "{name} is not listed in the security policy",
    "unknown": "I can't tell whether {name} is supported",
}
_TONES = {"supported": Tone.GOOD, "ended": Tone.WARNING, "not_listed": Tone.UNSURE, "unknown": Tone.UNSURE}


def supported(context: QueryContext) -> Message:
    """Whether a version or a line still gets security fixes, with the row that says so and the date of the page."""
    text = context.arguments.get("version", "")
    if not text:
        return _all_lines(context)
    reference = resolve(context, text)
    if isinstance(reference, Message):
        return reference
    if reference.line:
        return about_line(context, reference, policy_age(context))
    status = Support(context, reference.releases).of(reference.version)
    if reference.release is None and reference.releases and status.state != "ended":
        return _unpublished(context, reference, status)
    return _published(context, reference, status)


def _unpublished(context: QueryContext, reference: Reference, status: Status) -> Message:
    """What the page says about a version that was not published; never that all is well."""
    rows = _support_facts(status) if status.state == "supported" else []
    line = f"By the policy it would be supported. {_reason(status)}".strip() if status.state == "supported" else ""
    return Message(
        title=not_published(context, reference),
        tone=Tone.UNSURE,
        fields=(*rows, *_newest_facts(context, reference)),
        body=(what_there_is(context, reference), *((paragraph(line),) if line else ())),
        links=_policy_link(context),
        footer=policy_age(context),
    )


def _published(context: QueryContext, reference: Reference, status: Status) -> Message:
    affected, doubts = context.snapshot.exposure.of(reference.version)
    recommendation = target(context, reference, affected=bool(affected))
    facts = [*what_to_do(recommendation, context.snapshot, len(affected))]
    if affected:
        names = listed([f"{each.advisory.id} ({each.advisory.severity})" for each in affected[:MOST]])
        facts.append(field_of("Advisories that affect it", names))
    if doubts:
        names = listed([each.advisory.id for each in doubts[:MOST]])
        facts.append(field_of("Perhaps affected", f"{names}: the range cannot be read, see the advisory itself"))
    facts += [*_newest_facts(context, reference), *_support_facts(status)]
    notes = [paragraph(sentence) for sentence in _not_known(context, reference)]
    reason = _reason(status)
    return Message(
        title=_headline(context, reference, status, recommendation, vulnerable=bool(affected)),
        tone=_tone(status, affected=bool(affected), sure=not (doubts or notes)),
        fields=tuple(facts),
        body=(*([paragraph(reason)] if reason else []), *notes),
        links=_policy_link(context),
        footer=policy_age(context),
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


def _reason(status: Status) -> str:
    """Why, where the headline and the row do not say it already."""
    on = status.until.isoformat() if status.until else ""
    plain = {"The page says that it is supported.", "The page says that support has ended."}
    plain |= {f"Supported until {on}.", f"Support ended on {on}."}
    if status.reason in plain:
        return ""
    return status.reason.replace(on, calendar_day(status.until)) if status.until else status.reason


def _tone(status: Status, *, affected: bool, sure: bool) -> Tone:
    if affected:
        return Tone.WARNING
    if status.state != "supported":
        return _TONES[status.state]
    return Tone.GOOD if sure else Tone.ANSWER


def _not_known(context: QueryContext, reference: Reference) -> list[str]:
    """Why the answer is less certain than it looks, a sentence each."""
    sentences = [*unread(context), *filter(None, [reference.note])]
    if reference.release is None and not reference.releases:
        sentences.append(f"{no_release(context)}, so I cannot tell whether there is this one.")
    elif reference.release is None:
        sentences.append(not_among(context, reference.version))
    elif reference.release.kind != "prerelease" and not stands(context.snapshot, reference.release):
        sentences.append("The project has removed this release.")
    return sentences


def _support_facts(status: Status) -> list[Field]:
    """Until when it was supported, and what the page says in its own words."""
    facts: list[Field] = []
    if status.until is not None and status.state == "ended":
        facts.append(field_of("Support ended", calendar_day(status.until)))
    if status.row:
        facts.append(field_of("Policy says", f"“{' · '.join(cell.strip() for cell in status.row.split('|'))}”"))
    return facts


def _newest_facts(context: QueryContext, reference: Reference) -> list[Field]:
    """The newest release of its line and the newest of all, with what is known against them."""
    line = line_of(reference.version, context.snapshot.lines)
    in_line = [item for item in reference.releases if item.newest_in_line and item.line == line]
    facts = [field_of(f"Newest of {line}.x", marked(context, item)) for item in in_line]
    facts += [field_of("Newest release", marked(context, item)) for item in reference.releases if item.newest]
    return facts[:4]


def _all_lines(context: QueryContext) -> Message:
    """The support of every line that has releases, the newest first."""
    standing = [item for item in context.snapshot.releases.values() if stands(context.snapshot, item)]
    full = [item for item in standing if item.newest_in_line]
    full.sort(key=lambda item: item.release.published_at, reverse=True)
    packages: dict[str, list[Classified]] = {}
    for item in standing:
        packages.setdefault(item.version.package if item.version else "", []).append(item)
    support = {name: Support(context, releases) for name, releases in packages.items()}
    items = [ListItem(_line(context, item, support)) for item in full[:MOST]]
    if not items:
        return unsure(no_release(context), *unread(context), "Ask with a version: /supported 0.11.")
    return Message(
        title=f"Support of {context.project.name} by line",
        tone=Tone.ANSWER,
        body=(BulletList(tuple(items)),),
        links=_policy_link(context),
        footer=policy_age(context),
    )


def _line(context: QueryContext, item: Classified, support: dict[str, Support]) -> tuple[Strong | Text, ...]:
    assert item.version is not None  # noqa: S101 - a standing release has a version
    status = support[item.version.package].of(item.version)
    words = {
        "supported": f"supported until {calendar_day(status.until)}" if status.until else "supported",
        "ended": f"ended on {calendar_day(status.until)}" if status.until else "ended",
        "not_listed": "not listed",
        "unknown": "unknown",
    }
    return (Strong(f"{item.line}.x"), Text(f": {words[status.state]}, newest {marked(context, item)}"))


def _policy_link(context: QueryContext) -> tuple[Link, ...]:
    page = context.knowledge.policy
    return (Link("Security policy", page.page.link),) if page is not None and page.page.link else ()


def policy_age(context: QueryContext) -> str:
    """Small print: the date of the page, and how long ago it was last read."""
    page = context.knowledge.policy
    if page is None:
        return context.age("policy")
    dated = (
        f"of {calendar_day(page.page.committed_at)}"
        if page.page.committed_at
        else f"first read on {calendar_day(page.first_read_at)}"
    )
    read_at = max([page.read_at, *context.knowledge.read_times("policy")])
    newer = context.knowledge.newer_unreadable
    note = ""
    if newer is not None:
        unread = "The page as it stands now cannot be read; its earlier text does not count."
        note = f" {unread if newer.page.exists else 'The page is not there any more; its earlier text does not count.'}"
    return f"By the page {dated}, last read {age(context.now - read_at)}.{note}"
