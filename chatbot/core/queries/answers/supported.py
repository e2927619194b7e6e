"""The answer to `/supported`: whether a version still gets fixes, by the policy page and nothing else."""

from chatbot.core.announce.render_advisory import no_fix
from chatbot.core.model.message import (
    Block,
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
    fixes_words,
    marked,
    no_release,
    not_among,
    not_published,
    target,
    unread,
    upgrade_to,
    what_there_is,
)
from chatbot.core.queries.answers.line import about_line
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.queries.reference import Reference, Support, resolve
from chatbot.core.recommend import stands
from chatbot.core.releases.classification import Classified
from chatbot.core.support.policy import Status
from chatbot.core.text.words import age, count, day, listed
from chatbot.core.versions.version import line_of

_TITLES = {
    "supported": "{name} {version} is supported",
    "ended": "{name} {version} is not supported any more",
    "not_listed": "{name} {version} is not listed in the security policy",
    "unknown": "I cannot tell whether {name} {version} is supported",
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
    rows = _support_facts(context, status) if status.state == "supported" else []
    line = f"By the policy it would be supported. {status.reason}" if status.state == "supported" else ""
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
    facts = [*_support_facts(context, status), *_newest_facts(context, reference)]
    if affected:
        names = listed([f"{each.advisory.id} ({each.advisory.severity})" for each in affected[:MOST]])
        facts.append(field_of("Advisories that affect it", names))
    if doubts:
        names = listed([each.advisory.id for each in doubts[:MOST]])
        facts.append(field_of("Perhaps affected", f"{names}: the range cannot be read, see the advisory itself"))
    notes = [paragraph(sentence) for sentence in _not_known(context, reference)]
    return Message(
        title=_TITLES[status.state].format(name=context.project.name, version=reference.version.text),
        tone=_tone(status, affected=bool(affected), sure=not (doubts or notes)),
        fields=tuple(facts),
        body=(paragraph(status.reason), *notes, *_advice(context, reference, affected=len(affected))),
        links=_policy_link(context),
        footer=policy_age(context),
    )


def _tone(status: Status, *, affected: bool, sure: bool) -> Tone:
    if status.state != "supported":
        return _TONES[status.state]
    return Tone.WARNING if affected else Tone.GOOD if sure else Tone.ANSWER


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


def _support_facts(context: QueryContext, status: Status) -> list[Field]:
    facts: list[Field] = []
    if status.until is not None:
        days = (status.until - context.now.date()).days  # negative where the date has passed
        words = (
            f"{count(days, 'day')} left" if days > 0 else "today is the last day" if days == 0 else "that has passed"
        )
        facts.append(field_of("Until", f"{day(status.until)} ({words})"))
    if status.stale:
        passed = "its own date has passed" if status.until is not None else "the release that ends it is out"
        facts.append(field_of("Mind", f"the page still says supported, but {passed}"))
    if status.row:
        facts.append(field_of("Row", status.row))
    return facts


def _newest_facts(context: QueryContext, reference: Reference) -> list[Field]:
    """The newest release of its line and the newest of all, with what is known against them."""
    line = line_of(reference.version, context.snapshot.lines)
    in_line = [item for item in reference.releases if item.newest_in_line and item.line == line]
    facts = [field_of(f"Newest of {line}.x", marked(context, item)) for item in in_line]
    facts += [field_of("Newest release", marked(context, item)) for item in reference.releases if item.newest]
    return facts[:4]


def _advice(context: QueryContext, reference: Reference, *, affected: int) -> tuple[Block, ...]:
    recommendation = target(context, reference, affected=affected > 0)
    if recommendation is None:
        return (paragraph(no_fix(context.snapshot)),) if affected else ()
    return (upgrade_to(recommendation, fixes_words(affected) if affected else ""),)


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
        "supported": f"supported until {day(status.until)}" if status.until else "supported",
        "ended": f"ended on {day(status.until)}" if status.until else "ended",
        "not_listed": "not listed",
        "unknown": "unknown",
    }
    return (Strong(f"{item.line}.x"), Text(f": {words[status.state]}; its newest is {marked(context, item)}"))


def _policy_link(context: QueryContext) -> tuple[Link, ...]:
    page = context.knowledge.policy
    return (Link("Security policy", page.page.link),) if page is not None and page.page.link else ()


def policy_age(context: QueryContext) -> str:
    """Small print: the date of the page, and how long ago it was last read."""
    page = context.knowledge.policy
    if page is None:
        return context.age("policy")
    dated = (
        f"committed on {day(page.page.committed_at)}"
        if page.page.committed_at
        else f"first read on {day(page.first_read_at)}"
    )
    read_at = max([page.read_at, *context.knowledge.read_times("policy")])
    newer = context.knowledge.newer_unreadable
    note = ""
    if newer is not None:
        unread = "The page as it stands now cannot be read; its earlier text does not count."
        note = f" {unread if newer.page.exists else 'The page is not there any more; its earlier text does not count.'}"
    return f"By the page {dated}, last read {age(context.now - read_at)}.{note}"
