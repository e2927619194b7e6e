"""The answer to `/affected`: which published advisories affect a version, and the one release that fixes them all."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.core.advisories.identity import Verdict
from chatbot.core.announce.render.fixes import fix_state
from chatbot.core.announce.render.release import version_label
from chatbot.core.model.message import (
    Block,
    BulletList,
    Code,
    Field,
    Heading,
    ListItem,
    Message,
    Paragraph,
    Span,
    Strong,
    Text,
    Tone,
    field_of,
    paragraph,
)
from chatbot.core.queries.advice import (
    as_of,
    no_release,
    not_published,
    target,
    unread,
    what_there_is,
    what_to_do,
)
from chatbot.core.queries.answers.advisories import MOST, linked
from chatbot.core.queries.answers.line import about_line
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.queries.reference import Reference, Support, is_beyond, resolve
from chatbot.core.recommend import Recommended, by_version, stands
from chatbot.core.text.words import count, listed
from chatbot.core.versions.version import line_of

MOST_VERSIONS = 10  # versions in one question
_SIGNS = {Tone.GOOD: "✅ ", Tone.WARNING: "⚠️ ", Tone.UNSURE: "❔ "}
_WHY_NOT = {
    "not released here yet": "is not released yet",
    "removed": "was released, but the project has removed it",
    "prerelease": "is a prerelease",
    "not read yet": "is named as its fix",
}


def affecting(context: QueryContext) -> Message:
    """Which published advisories affect a version, what to upgrade to, and what is not known."""
    texts = versions_asked(context.arguments.get("version", ""))
    if len(texts) > 1:
        return _several(context, texts)
    reference = resolve(context, texts[0])
    if isinstance(reference, Message):
        return reference
    if not context.has_read("advisory"):
        return unsure("I have not read the advisories yet", "Please ask again in a minute.")
    if reference.line:
        return _line(context, reference)
    affected, doubts = context.snapshot.exposure.of(reference.version)
    if is_beyond(context, reference):
        return _beyond(context, reference, affected, doubts)
    if affected:
        return _affected(context, reference, affected, doubts)
    if doubts:
        title = f"I can't tell whether {context.project.name} {reference.name} is affected"
        body = (*_unreadable(doubts), *_to_be_sure(context, reference), *_other_packages(context))
        return Message(title=title, tone=Tone.UNSURE, body=body)
    return _not_affected(context, reference)


def versions_asked(text: str) -> list[str]:
    """The versions of a question, separated by blanks or commas, each once; at least one, which may be empty."""
    return list(dict.fromkeys(text.replace(",", " ").split())) or [""]


def _several(context: QueryContext, texts: Sequence[str]) -> Message:
    """A verdict on each version, and one release that fixes all that are affected."""
    answers = {
        _title_alone(context, answer): answer for answer in (_one(context, text) for text in texts[:MOST_VERSIONS])
    }
    if len(answers) == 1:
        return next(iter(answers.values()))
    affected = [
        reference
        for reference in (resolve(context, text) for text in texts[:MOST_VERSIONS])
        if isinstance(reference, Reference)
        and not reference.line
        and context.snapshot.exposure.of(reference.version)[0]
    ]
    affected = list({reference.name: reference for reference in affected}.values())
    rows = [ListItem((Text(f"{_SIGNS.get(answer.tone, '')}{words}"),)) for words, answer in answers.items()]
    more = [paragraph(f"Not looked at: {len(texts) - MOST_VERSIONS} more. Ask about {MOST_VERSIONS} at a time.")]
    body: tuple[Block, ...] = (BulletList(tuple(rows)), *(more if len(texts) > MOST_VERSIONS else []))
    tones = [answer.tone for answer in answers.values()]
    worst = next(tone for tone in (Tone.WARNING, Tone.UNSURE, Tone.ANSWER, Tone.GOOD) if tone in tones)
    if not affected:
        good = f"No published advisory affects these {len(answers)} versions of {context.project.name}"
        title = good if worst is Tone.GOOD else f"{context.project.name}: see what is known about each version"
        return Message(title=title, tone=worst, body=body, small=as_of(context) if worst is Tone.GOOD else ())
    names = listed([reference.name for reference in affected[:3]])
    names += f" and {len(affected) - 3} more" if len(affected) > 3 else ""
    recommendation = _for_all(context, affected)
    action = f": upgrade to {version_label(recommendation.release)}" if recommendation else ""
    fields = what_to_do(recommendation, context.snapshot, len(_advisories(context, affected)))
    return Message(
        title=f"{context.project.name} {names} {'is' if len(affected) == 1 else 'are'} affected{action}",
        tone=Tone.WARNING,
        fields=(*fields, *_exploited(_advisories(context, affected))),
        body=body,
    )


def _one(context: QueryContext, text: str) -> Message:
    return affecting(replace(context, arguments={**context.arguments, "version": text}))


def _title_alone(context: QueryContext, answer: Message) -> str:
    return answer.title.removeprefix(f"{context.project.name} ")


def _advisories(context: QueryContext, affected: Sequence[Reference]) -> list[Verdict]:
    """The advisories that affect any of the versions, each once."""
    verdicts = [each for reference in affected for each in context.snapshot.exposure.of(reference.version)[0]]
    return list({each.advisory.id: each for each in verdicts}.values())


def _for_all(context: QueryContext, affected: Sequence[Reference]) -> Recommended | None:
    """The release to upgrade to from each of the versions: the highest of those recommended for one; None where one has none,
    or they are of several packages."""
    targets = [target(context, reference, affected=True) for reference in affected]
    chosen = [each for each in targets if each is not None]
    if len(chosen) < len(targets) or len({reference.version.package for reference in affected}) > 1:
        return None
    return max(chosen, key=lambda each: by_version(each.release))


def _exploited(affected: Sequence[Verdict]) -> list[Field]:
    names = [each.advisory.id for each in affected if each.advisory.known_exploited]
    return [field_of("Exploited", f"{listed(names[:3])}: known to be exploited (CISA KEV)")] if names else []


def _line(context: QueryContext, reference: Reference) -> Message:
    """The answer about a line: first which of its releases are affected, then whether it is supported."""
    answer = about_line(context, reference)
    risks = context.snapshot.exposure.risks([item.version for item in reference.members if item.version is not None])
    affected = [risk for risk in risks if risk.affected]
    if (
        not affected
        or len({line_of(item.version, context.snapshot.lines) for item in reference.members if item.version}) > 1
    ):
        doubted = answer.tone is Tone.GOOD and any(risk.doubts for risk in risks)
        return replace(answer, tone=Tone.ANSWER) if doubted else answer
    some = "Every release" if len(affected) == len(risks) else "A release" if len(affected) == 1 else "Some releases"
    title = f"{some} of {context.project.name} {reference.name} {'are' if some == 'Some releases' else 'is'} affected"
    return replace(answer, title=title, tone=Tone.WARNING, body=(*answer.body, paragraph(f"{answer.title}.")))


def _affected(
    context: QueryContext, reference: Reference, affected: Sequence[Verdict], doubts: Sequence[Verdict]
) -> Message:
    recommendation = target(context, reference, affected=True)
    body: list[Block] = [BulletList(tuple(ListItem(_row(context, each, recommendation)) for each in affected[:MOST]))]
    if len(affected) > MOST:
        body.append(paragraph(f"And {len(affected) - MOST} more: see ", Code(f"{context.prefix}advisories"), "."))
    listed_anyway = {each.advisory.id for each in doubts}
    again = recommendation is not None and {item.id for item in recommendation.doubts} <= listed_anyway
    advised = replace(recommendation, doubts=()) if recommendation is not None and again else recommendation
    action = f": upgrade to {version_label(recommendation.release)}" if recommendation else ""
    body += _unreadable(doubts)
    if recommendation is not None and again and recommendation.doubts:
        body.append(paragraph(f"They may affect {version_label(recommendation.release)}, too."))
    body += [*([paragraph(reference.note)] if reference.note else []), *_other_packages(context)]
    return Message(
        title=f"{context.project.name} {reference.name} is affected by {count(len(affected), 'advisory')}{action}",
        tone=Tone.WARNING,
        fields=(*what_to_do(advised, context.snapshot, len(affected)), *_exploited(affected)),
        body=tuple(body),
    )


def _beyond(
    context: QueryContext, reference: Reference, affected: Sequence[Verdict], doubts: Sequence[Verdict]
) -> Message:
    """A version above all that is known does not exist: a range without an end says nothing about it, and neither does none."""
    names = listed([each.advisory.id for each in affected[:MOST]])
    endless = [paragraph(f"No release fixes {names} yet.")] if affected else []
    return Message(
        title=not_published(context, reference),
        tone=Tone.UNSURE,
        body=(what_there_is(context, reference), *endless, *_unreadable(doubts), *unread(context)),
    )


def _to_be_sure(context: QueryContext, reference: Reference) -> list[Paragraph]:
    """The release to upgrade to where it is not known whether this one is affected; none if that is in doubt too."""
    recommendation = target(context, reference, affected=True)
    if recommendation is None or recommendation.doubts:
        return []
    return [
        paragraph(
            "To be sure, upgrade to ",
            Strong(version_label(recommendation.release)),
            ", which no known advisory affects.",
        )
    ]


def _row(context: QueryContext, verdict: Verdict, recommendation: Recommended | None) -> tuple[Span, ...]:
    """One advisory. Its own fix is named only where no release fixes all of them: else that release is recommended."""
    advisory = verdict.advisory
    words: tuple[Span, ...] = (*linked(advisory), Text(f" ({advisory.severity}): {advisory.summary}"))
    if recommendation is not None:
        return words
    fix = verdict.first_fixed_in_line or verdict.first_fixed
    if fix is None:
        return (*words, Text(" – "), Strong("no fix is named"))
    state = fix_state(context.snapshot, fix)
    return (*words, Text(f" – {fix} {_WHY_NOT[state]}" if state else " – its fix is affected by another advisory"))


def _unreadable(doubts: Sequence[Verdict]) -> list[Block]:
    if not doubts:
        return []
    items = [ListItem((*linked(each.advisory), Text(f": {_quoted(each.range)}"))) for each in doubts[:MOST]]
    return [Heading(3, (Text("Ranges that I can't read"),)), BulletList(tuple(items))]


def _quoted(words: str) -> str:
    return f"“{words}”" if words else "no range is stated"


def _other_packages(context: QueryContext) -> list[Paragraph]:
    others = [
        item
        for item in context.snapshot.advisories.values()
        if item.id not in context.snapshot.own and not item.withdrawn_at
    ]
    if not others:
        return []
    names = ", ".join(item.id for item in others[:MOST])
    words = f"Packages with version numbers of their own have advisories too, which I can't compare: {names}."
    return [paragraph(words)]


def _not_affected(context: QueryContext, reference: Reference) -> Message:
    """No advisory affects it. That is good news only for a release that the project has published and still supports."""
    name = f"{context.project.name} {reference.name}"
    if reference.release is None and reference.releases:
        return Message(
            title=not_published(context, reference),
            tone=Tone.UNSURE,
            body=(what_there_is(context, reference),),
        )
    state = Support(context, reference.releases).of(reference.version)
    if state.state in {"ended", "not_listed"}:
        return _out_of_support(context, reference, listed=state.state == "ended")
    note = [paragraph(reference.note)] if reference.note else []
    sentences = [*unread(context), *_not_known(context, reference), *note]
    if state.state == "unknown":
        sentences.append(paragraph(f"Whether it still gets security fixes is not known: {state.reason}"))
    others = _other_packages(context)
    return Message(
        title=f"No published advisory affects {name}",
        tone=Tone.ANSWER if sentences or others else Tone.GOOD,
        body=(*sentences, *others),
        small=as_of(context),
    )


def _not_known(context: QueryContext, reference: Reference) -> list[Paragraph]:
    if reference.release is None:
        return [paragraph(f"{no_release(context)}, so I can't tell whether there is this one.")]
    if reference.release.kind != "prerelease" and not stands(context.snapshot, reference.release):
        return [paragraph("The project has removed this release.")]
    return []


def _out_of_support(context: QueryContext, reference: Reference, *, listed: bool) -> Message:
    """No advisory affects it, but it is out of support: new vulnerabilities would be neither fixed nor listed."""
    recommendation = target(context, reference, affected=False)
    but = "it is out of support" if listed else "the security policy does not list it"
    why = "New vulnerabilities in what is out of support are neither fixed nor listed."
    body: list[Block] = [paragraph(why)]
    body += [*unread(context), *_not_known(context, reference)]
    return Message(
        title=f"No advisory names {context.project.name} {reference.name}, but {but}",
        tone=Tone.UNSURE,
        fields=what_to_do(recommendation, context.snapshot),
        body=(*body, *_other_packages(context)),
    )
