"""The words of announcements: advisories, and what makes one worse."""

from collections.abc import Sequence

from chatbot.core.advisories import fixed_versions, worded_range
from chatbot.core.decide import removed
from chatbot.core.events import Advisory, Severity
from chatbot.core.message import Action, Block, Fact, Link, Message, Span, Tone, fact, paragraph
from chatbot.core.picture import Picture
from chatbot.core.render import MOST_FIXED, named, retracted
from chatbot.core.words import listed

MOST_CREDITS = 10
MOST_RANGES = 6  # packages whose range is spelled out


def advisory_message(picture: Picture, name: str) -> Message:
    """What a room is shown of an advisory now: the same facts give the same message, whenever it is rendered."""
    advisory = picture.advisories[name]
    message = Message(
        title=f"{picture.project.name} – {advisory.summary or advisory.id}",
        tone=Tone.CRITICAL if advisory.severity is Severity.CRITICAL or advisory.known_exploited else Tone.SECURITY,
        url=advisory.url,
        facts=tuple(_facts(picture, advisory)),
        body=(*_what_to_do(picture, advisory), *advisory.description),
        links=_links(picture, advisory),
        actions=(Action("affected", "Does it affect me?", picture.project.id, advisory.subject),),
        at=advisory.published_at,
    )
    if removed(picture, advisory):
        return retracted(message, "This advisory is not published any more.")
    if advisory.withdrawn_at is not None:
        return retracted(message, "The project withdrew this advisory.")
    return message


def same_message(picture: Picture, name: str, other: str) -> Message:
    """What stands in the place of a second announcement of one advisory, once its ids are known to mean the same. `other` is
    the id under which it was told twice."""
    advisory = picture.advisories[name]
    words = f"{other} and {advisory.id} are one advisory; it is told of under {advisory.id}."
    return Message(
        title=f"{picture.project.name} – {other}",
        tone=Tone.WITHDRAWN,
        url=advisory.url,
        body=(paragraph(words),),
        links=(Link("Advisory", advisory.url),) if advisory.url else (),
        struck=True,
    )


def severity_words(advisory: Advisory) -> str:
    """`high (CVSS 8.1)`, `medium (CVSS 5.3 or 6.0, as the versions disagree)`, `not stated`."""
    known = "not stated" if advisory.severity is Severity.UNKNOWN else str(advisory.severity)
    scores = sorted({score for _, score in advisory.scores})
    if not scores:
        return known
    worded = " or ".join(f"{score:.1f}" for score in scores)
    return f"{known} (CVSS {worded}{', as its vectors disagree' if len(scores) > 1 else ''})"


def _facts(picture: Picture, advisory: Advisory) -> list[Fact]:
    names = sorted(advisory.ids - {advisory.id})
    facts = [
        fact("Severity", severity_words(advisory)),
        fact("Advisory", listed([advisory.id, *names])),
        fact("Affected", affected_words(advisory)),
        fact("Fixed in", *_fix_words(picture, advisory)),
    ]
    if advisory.known_exploited:
        facts.insert(1, fact("Exploited", "known to be exploited, by CISA's catalogue"))
    if advisory.cwes:
        facts.append(fact("Weakness", ", ".join(advisory.cwes[:MOST_RANGES])))
    if advisory.credits:
        facts.append(fact("Reported by", credit_words(advisory)))
    return facts


def affected_words(advisory: Advisory) -> str:
    """The affected ranges, of at most six packages."""
    if not advisory.affected:
        return "not stated"
    ranges = list(dict.fromkeys(worded_range(item) for item in advisory.affected))
    more = len(ranges) - MOST_RANGES
    return "; ".join(ranges[:MOST_RANGES]) + (f"; and {more} more" if more > 0 else "")


def credit_words(advisory: Advisory) -> str:
    """Who is credited, the first ten."""
    logins = list(dict.fromkeys(credit.login for credit in advisory.credits))
    more = len(logins) - MOST_CREDITS
    return listed(logins[:MOST_CREDITS]) if more <= 0 else f"{', '.join(logins[:MOST_CREDITS])} and {more} more"


def _fix_words(picture: Picture, advisory: Advisory) -> list[str | Span]:
    releases = picture.fixing(advisory)
    named_fixes = {item.version.text for item in releases if item.version}
    words: list[str | Span] = []
    for item in releases[:MOST_FIXED]:
        words += [", "] if words else []
        words.append(Link(named(item), item.release.url) if item.release.url else named(item))
    for version in fixed_versions(advisory)[:MOST_FIXED]:
        if version not in named_fixes:
            words += [", "] if words else []
            words.append(f"{version} (not released here yet)")
    return words or ["no fixed version is named"]


def _what_to_do(picture: Picture, advisory: Advisory) -> tuple[Block, ...]:
    fixes = [(item.line, named(item)) for item in picture.fixing(advisory) if item.line]
    first: dict[str, str] = {}
    for line, name in fixes:
        first.setdefault(line, name)
    if not first:
        return (paragraph("No release fixes this yet, as far as has been published."),)
    return (paragraph(*_upgrade_sentences(first)),)


def _upgrade_sentences(first: dict[str, str]) -> list[str]:
    sentences = [f"on {line}.x upgrade to {name}" for line, name in first.items()]
    return [f"What to do: {listed(sentences)}."]


def _links(picture: Picture, advisory: Advisory) -> tuple[Link, ...]:
    links = [Link("Advisory", advisory.url)] if advisory.url else []
    fixes = [Link(f"Release {named(item)}", item.release.url) for item in picture.fixing(advisory) if item.release.url]
    return tuple(links + fixes[:MOST_FIXED])


def escalation_message(picture: Picture, name: str, points: Sequence[str]) -> Message:
    """A short reply that calls people again: what got worse, and the way to the whole. `points` are sentences."""
    advisory = picture.advisories[name]
    return Message(
        title=f"{picture.project.name} – {advisory.id} is worse than first published",
        tone=Tone.CRITICAL if advisory.severity is Severity.CRITICAL or advisory.known_exploited else Tone.SECURITY,
        url=advisory.url,
        body=(paragraph(" ".join(points)), *_what_to_do(picture, advisory)),
        links=_links(picture, advisory),
        at=advisory.updated_at,
    )
