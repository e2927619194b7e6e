"""The words of announcements: advisories, and what makes one worse."""

from chatbot.core.announce.decide import removed
from chatbot.core.announce.notes.description import short_description
from chatbot.core.announce.render import images
from chatbot.core.announce.render.affected import affected_words
from chatbot.core.announce.render.buttons import what_next
from chatbot.core.announce.render.control import with_control
from chatbot.core.announce.render.correction import retracted
from chatbot.core.announce.render.fixes import releases_read, to_take
from chatbot.core.announce.render.headline import MOST_SCORES, advisory_headline, advisory_label, severity_words
from chatbot.core.announce.render.release import MOST_FIXED, version_label
from chatbot.core.announce.render.upgrade import fix_words, says_more_than_the_upgrade, what_to_do
from chatbot.core.model.facts import Advisory
from chatbot.core.model.message import Field, Link, Message, Spans, Tone, field_of, paragraph, text
from chatbot.core.model.severity import Severity
from chatbot.core.recommend import by_version
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.text.words import listed

MOST_CREDITS = 10
MOST_WEAKNESSES = 6  # CWE numbers in small print


def advisory_message(snapshot: ProjectSnapshot, name: str) -> Message:
    """What is known of an advisory now: the same facts give the same message, whenever it is rendered."""
    advisory = snapshot.advisories[name]
    description = short_description(advisory.description)
    message = Message(
        title=f"{snapshot.project.name} – {advisory.summary or advisory.id}",
        tone=Tone.CRITICAL if advisory.severity is Severity.CRITICAL or advisory.known_exploited else Tone.SECURITY,
        label=advisory_label(advisory),
        headline=headline_of(snapshot, advisory),
        severity=advisory.severity,
        url=advisory.url,
        fields=tuple(_facts(snapshot, advisory)),
        body=description.blocks,
        small=small_print(advisory),
        links=_links(snapshot, advisory, cut=description.cut),
        actions=what_next(snapshot.project.id, advisory.subject),
        at=advisory.published_at,
    )
    if removed(snapshot, advisory):
        return retracted(message, "The project no longer publishes this advisory.", (ids_of(advisory),))
    if advisory.withdrawn_at is not None:
        return retracted(message, "The project withdrew this advisory.", (ids_of(advisory),))
    return message


def announced_advisory(snapshot: ProjectSnapshot, name: str) -> Message:
    """The same as it is announced: with the words of the maintainers, or taken back by them. Answers show what is known."""
    advisory = snapshot.advisories[name]
    return with_control(advisory_message(snapshot, name), snapshot.control_of_advisory(advisory), (ids_of(advisory),))


def same_message(snapshot: ProjectSnapshot, name: str, other: str) -> Message:
    """What stands in the place of a second announcement of one advisory, once its ids are known to mean the same. `other` is
    the id under which it was told twice."""
    advisory = snapshot.advisories[name]
    words = f"{other} is the same advisory as {advisory.id}: please see its announcement."
    return Message(
        title=f"{snapshot.project.name} – {other}",
        tone=Tone.WITHDRAWN,
        label="Duplicate",
        url=advisory.url,
        body=(paragraph(words),),
        links=(Link("Advisory", advisory.url),) if advisory.url else (),
        struck=True,
    )


def _facts(snapshot: ProjectSnapshot, advisory: Advisory) -> list[Field]:
    """The labelled lines: what to do, then who is affected."""
    facts = [
        *what_to_do(snapshot, advisory),
        field_of("Affected", affected_words(snapshot, advisory)),
    ]
    if says_more_than_the_upgrade(snapshot, advisory):
        facts.append(field_of("Fixed in", *fix_words(snapshot, advisory)))
    return [*facts, *images.of_fixes(snapshot, advisory)]


def small_print(advisory: Advisory) -> tuple[Spans, ...]:
    """Ids, what the scores disagree about, weaknesses and credits, in small print."""
    exploited = f" · {exploited_words(advisory)}" if advisory.known_exploited else ""
    weaknesses = f" · {', '.join(advisory.cwes[:MOST_WEAKNESSES])}" if advisory.cwes else ""
    severity = (
        f" · severity: {severity_words(advisory)}" if len({score for _, score in advisory.scores}) > MOST_SCORES else ""
    )
    reported = f" · reported by {credit_words(advisory)}" if advisory.credits else ""
    return ((*ids_of(advisory), *text(f"{exploited}{weaknesses}{severity}{reported}")),)


def exploited_words(advisory: Advisory) -> str:
    """By whose word it is known to be exploited."""
    if advisory.exploited_by_word:
        return "known to be exploited, the maintainers say"
    return "in CISA's list of known exploited vulnerabilities"


def ids_of(advisory: Advisory) -> Spans:
    """All its ids, the main one first."""
    return text(" · ".join([advisory.id, *sorted(advisory.ids - {advisory.id})]))


def headline_of(snapshot: ProjectSnapshot, advisory: Advisory, change: str = "") -> str:
    """What a notification shows of an advisory: what changed, if it was announced before, how bad it is, where, what to do."""
    chosen = [item for item in to_take(snapshot, advisory).values() if item is not None]
    newest_first = sorted(chosen, key=by_version, reverse=True)
    unfixed = not advisory.unread and advisory.id in snapshot.own and releases_read(snapshot)
    names = [] if advisory.unread else [version_label(item) for item in newest_first]
    return advisory_headline(snapshot.project.name, advisory, names, unfixed=unfixed, change=change)


def credit_words(advisory: Advisory) -> str:
    """Who is credited, the first ten."""
    logins = list(dict.fromkeys(credit.login for credit in advisory.credits))
    more = len(logins) - MOST_CREDITS
    return listed(logins[:MOST_CREDITS]) if more <= 0 else f"{', '.join(logins[:MOST_CREDITS])} and {more} more"


def _links(snapshot: ProjectSnapshot, advisory: Advisory, *, cut: bool) -> tuple[Link, ...]:
    links = [Link("Full advisory" if cut else "Advisory", advisory.url)] if advisory.url else []
    fixes = [
        Link(version_label(item), item.release.url)
        for item in sorted(snapshot.fixing(advisory), key=by_version, reverse=True)
        if item.release.url
    ]
    return tuple(links + fixes[:MOST_FIXED])
