"""The words of follow-ups, computed from what each is about and the facts as they are now: so they can be corrected."""

from collections.abc import Collection

from chatbot.core.announce import escalation
from chatbot.core.announce.decide import removed
from chatbot.core.announce.digest import Facts
from chatbot.core.announce.render.advisory import headline_of
from chatbot.core.announce.render.control import bad_words, taken_back_words
from chatbot.core.announce.render.fixes import further_fixes, lines_without_fix, to_take
from chatbot.core.announce.render.headline import advisory_label
from chatbot.core.announce.render.release import version_label
from chatbot.core.announce.render.upgrade import what_to_do
from chatbot.core.announce.subject import BAD, FIX, RETRACTED, WITHDRAWN, Subject
from chatbot.core.maintainers.controls import control_facts
from chatbot.core.model.facts import Advisory
from chatbot.core.model.message import Block, Link, Message, Tone, paragraph
from chatbot.core.model.severity import Severity
from chatbot.core.text.words import listed

LOWER_AGAIN = "Its severity was lowered to {} since."
_STANDS_AGAIN = "It was withdrawn for a time. It stands again, as the announcement says."
NOTHING_TO_DO = "The project withdrew this advisory. There is nothing that you need to do."
NOT_PUBLISHED = (
    "The project no longer publishes this advisory, and does not say why. Please ask the project before you ignore it."
)


def follow_up_facts(subject: Subject, reasons: Collection[str]) -> Facts:
    """What a follow-up shows: what it is about, and what became of that."""
    about = sorted(reason for reason in reasons if not reason.startswith("range:"))
    advisory = subject.advisory
    if not {RETRACTED, BAD}.isdisjoint(reasons):
        return ["follow-up", "of maintainers", subject.name, about, *control_facts(subject.control)]
    if advisory is None:
        item = subject.snapshot.releases[subject.name]
        return ["follow-up", "release", item.release.tag, item.release.url, about, subject.is_struck]
    takes = to_take(subject.snapshot, advisory)
    return [
        "follow-up",
        "advisory",
        [advisory.id, advisory.summary, advisory.url],
        about,
        ["severity", str(advisory.severity), advisory.known_exploited],
        ["withdrawn", subject.is_struck, removed(subject.snapshot, advisory)],
        ["fixes", [[line, item.release.tag if item is not None else None] for line, item in takes.items()]],
        ["without fix", list(lines_without_fix(subject.snapshot, advisory))],
        ["further fixes", list(further_fixes(subject.snapshot, advisory))],
    ]


def follow_up_message(subject: Subject, reasons: Collection[str]) -> Message:
    """What a follow-up says now. `reasons` are what it notifies for."""
    advisory = subject.advisory
    if not {RETRACTED, BAD}.isdisjoint(reasons):
        return _of_maintainers(subject)
    if advisory is None:
        return _of_release(subject)
    is_struck = subject.is_struck
    if WITHDRAWN in reasons:
        return _of_withdrawal(subject, advisory)
    change = _change(subject, advisory, reasons)
    return Message(
        title=f"{change}: {advisory.summary or advisory.id}",
        tone=Tone.WITHDRAWN if is_struck else _tone(advisory, reasons),
        label="" if is_struck else advisory_label(advisory),
        headline="" if is_struck else headline_of(subject.snapshot, advisory, change),
        severity=advisory.severity,
        url=advisory.url,
        fields=() if is_struck else tuple(what_to_do(subject.snapshot, advisory)),
        body=_since(subject, advisory, reasons),
        links=(Link("Advisory", advisory.url),) if advisory.url else (),
        footer=f"{subject.snapshot.project.name} · {advisory.id}",
        struck=is_struck,
    )


def _change(subject: Subject, advisory: Advisory, reasons: Collection[str]) -> str:
    """`Severity raised to critical (was medium) and known to be exploited`."""
    phrases = []
    step = escalation.raised(reasons)
    if step is not None:
        before, after = step
        now = advisory.severity if advisory.severity.rank > before.rank else after
        phrases.append(f"severity raised to {now} (was {'not stated' if before is Severity.UNKNOWN else before})")
    if escalation.says_exploited(reasons):
        phrases.append("now known to be exploited")
    if version := escalation.newly_affected(reasons):
        phrases.append(f"more versions are affected, such as {version}")
    if FIX in reasons:
        fixes = [version_label(item) for item in to_take(subject.snapshot, advisory).values() if item is not None]
        phrases.append(f"fixed in {listed(fixes)}" if fixes else "its fix was taken back")
    words = listed(phrases)
    return words[:1].upper() + words[1:]


def _tone(advisory: Advisory, reasons: Collection[str]) -> Tone:
    if all(reason == FIX for reason in reasons):
        return Tone.GOOD
    return Tone.CRITICAL if advisory.severity is Severity.CRITICAL or advisory.known_exploited else Tone.SECURITY


def _since(subject: Subject, advisory: Advisory, reasons: Collection[str]) -> tuple[Block, ...]:
    """What became of it since."""
    if subject.is_struck:
        return subject.message.body
    step = escalation.raised(reasons)
    if step is None or advisory.severity.rank >= step[1].rank:
        return ()
    return (paragraph(LOWER_AGAIN.format(advisory.severity)),)


def _of_withdrawal(subject: Subject, advisory: Advisory) -> Message:
    is_struck = subject.is_struck
    words = "Withdrawn" if is_struck else "Published again"
    return Message(
        title=f"{words}: {advisory.summary or advisory.id}",
        tone=Tone.WITHDRAWN if is_struck else Tone.SECURITY,
        label="" if is_struck else advisory_label(advisory),
        headline="" if is_struck else headline_of(subject.snapshot, advisory),
        severity=advisory.severity,
        url=advisory.url,
        fields=() if is_struck else tuple(what_to_do(subject.snapshot, advisory)),
        body=(paragraph(_why_withdrawn(subject, advisory) if is_struck else _STANDS_AGAIN),),
        links=(Link("Advisory", advisory.url),) if advisory.url else (),
        footer=f"{subject.snapshot.project.name} · {advisory.id}",
    )


def _why_withdrawn(subject: Subject, advisory: Advisory) -> str:
    """What to make of it: that it is missing does not say that nobody is affected."""
    if removed(subject.snapshot, advisory):
        return NOT_PUBLISHED
    return NOTHING_TO_DO


def _of_maintainers(subject: Subject) -> Message:
    """That the maintainers took the announcement back, or that nobody should use the release."""
    control, message = subject.control, subject.message
    if control.retracted:
        title, words = f"Taken back: {message.title}", taken_back_words(control)
    elif control.bad is not None:
        use = f": use {control.bad.use} instead" if control.bad.use else ""
        title, words = f"Do not use {message.title}{use}", bad_words(control.bad)
    else:
        return Message(
            title=f"{message.title} may be used again",
            tone=Tone.ROUTINE,
            url=message.url,
            body=(paragraph("The maintainers no longer say that it must not be used."),),
            links=message.links[:1],
        )
    return Message(title=title, tone=Tone.WITHDRAWN, headline=title, body=(paragraph(words),))


def _of_release(subject: Subject) -> Message:
    is_struck, item = subject.is_struck, subject.snapshot.releases[subject.name]
    name = f"{subject.snapshot.project.name} {version_label(item)}"
    return Message(
        title=f"{name} was removed" if is_struck else f"{name} is published again",
        tone=Tone.WITHDRAWN if is_struck else Tone.ROUTINE,
        url="" if is_struck else item.release.url,
        body=(
            paragraph(
                "The project removed this release after it was announced. Please don't install it."
                if is_struck
                else "The project had removed this release for a time."
            ),
        ),
        links=(Link("Release notes", item.release.url),) if item.release.url and not is_struck else (),
    )
