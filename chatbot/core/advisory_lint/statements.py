"""What the text of an advisory states about versions: who is affected, and what has the fix. Only what is said without doubt."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from chatbot.core.model.message import Block, BulletList, Heading, Paragraph, plain
from chatbot.core.text import patterns
from chatbot.core.versions.ecosystems import Scheme
from chatbot.core.versions.ranges.version_range import Bound, read_range

_MOST_LINES = 300
_MOST_WORDS = 200  # of one sentence
_MOST_READ = 3_000  # words of a text
_LONGEST_PHRASE = 10  # words of a range
_THINGS = frozenset({"version", "versions", "release", "releases"})
_OTHER_SECTIONS = (
    *("workaround", "mitigat", "refer", "credit", "acknowledg", "timeline", "more information", "proof", "reproduc"),
    *("poc", "resource", "detect", "background", "contact", "thank"),
)
_AFFECTED = ("affect", "vulnerab", "impact")
_UNAFFECTED = patterns.compile(
    r"(?:\bnot|n.t|\bnever|\bno longer)\s(?:be\s)?(?:affected|vulnerable|impacted)|unaffected|\bexcept\b"
)
_GOES_ON = frozenset(
    {
        "before",
        "prior",
        "to",
        "through",
        "up",
        "until",
        "and",
        "or",
        "except",
        "-",
        "–",
        "below",
        "earlier",
        "later",
        "x",
    }
)
_FIXED = frozenset({"fixed", "patched", "resolved", "addressed", "corrected"})
_UPGRADE = frozenset({"upgrade", "update", "upgrading", "updating"})
_BETWEEN = frozenset({"at", "least", "the", "of", "newest", "patched", "fixed", "latest", *_THINGS})
_UNSURE = frozenset({"not", "never", "will", "partially", "incompletely", "attempted", "if", "tried", "planned"})
_VERSION = patterns.compile(r"v?[0-9]+(?:\.[0-9]+)+(?:[-+.]?[a-z0-9]+)*", ignore_case=True)
_ENDS = patterns.compile(r"[!?;]\s")
_DRESS = "`*_()[],;:\"'“”."


@dataclass(frozen=True, slots=True)
class AffectedStatement:
    """`words` is the phrase; `lower` may be missing, `upper` never is."""

    words: str
    lower: Bound | None
    upper: Bound


@dataclass(frozen=True, slots=True)
class FixStatement:
    """A version that has the fix: `fixed` where the text says so, `upgrade` where it tells people to upgrade to it."""

    words: str
    version: str
    kind: Literal["fixed", "upgrade"]


@dataclass(frozen=True, slots=True)
class Statements:
    """`is_single`: nothing else in the text speaks of affected versions."""

    affected: tuple[AffectedStatement, ...]
    fixes: tuple[FixStatement, ...]
    is_single: bool


def read_statements(blocks: Sequence[Block], scheme: Scheme, names: frozenset[str]) -> Statements:
    """What a text states. `names` are those of the package, in lower case: what is said of another product does not count."""
    affected: list[AffectedStatement] = []
    fixes: list[FixStatement] = []
    phrases = number = 0
    for section, sentence in _sentences(blocks):
        words = sentence.split()[:_MOST_WORDS]
        number += len(words)
        if number > _MOST_READ:
            break
        here = list(_fixes_in(words, names))
        fixes += here
        plain_words = sentence.casefold()
        in_section = any(word in section for word in ("affected", "versions"))
        for phrase, bounds in _ranges_in(words, scheme, names, at_start=in_section):
            phrases += not here
            statement = _statement(phrase, bounds)
            speaks = in_section or any(word in plain_words for word in _AFFECTED)
            if statement is not None and speaks and not _UNAFFECTED.search(plain_words):
                affected.append(statement)
    distinct = {(each.lower, each.upper): each for each in affected}
    return Statements(
        tuple(distinct.values()), tuple(dict.fromkeys(fixes)), is_single=len(distinct) == 1 and phrases <= len(affected)
    )


def _sentences(blocks: Sequence[Block]) -> Iterator[tuple[str, str]]:
    """The sentences, each with the heading above it in lower case; code, quotes and sections about other things are left out."""
    section = ""
    lines: list[tuple[str, str]] = []
    for block in blocks:
        match block:
            case Heading(spans=spans):
                section = plain(spans).casefold()
            case Paragraph(spans=spans):
                lines += [(section, line) for line in plain(spans).splitlines()]
            case BulletList(items=items):
                lines += [(section, line) for item in items for line in plain(item.spans).splitlines()]
            case _:
                pass
    for above, line in lines[:_MOST_LINES]:
        if any(word in above for word in _OTHER_SECTIONS):
            continue
        parts = _ENDS.sub(". ", line).split(". ")
        yield from ((above, each) for each in parts if each.strip())


def _ranges_in(
    words: Sequence[str], scheme: Scheme, names: frozenset[str], *, at_start: bool
) -> Iterator[tuple[str, tuple[tuple[Bound, ...], ...]]]:
    """The ranges that follow `versions`, the package's name or, in a section about versions, the start of a line."""
    at = 0
    while at < len(words):
        word = words[at].strip(_DRESS).casefold()
        start = at + 1 if word in _THINGS or word in names else at if at == 0 and at_start else -1
        if (
            start > 0
            and start + 1 < len(words)
            and words[start] == "of"
            and words[start + 1].strip(_DRESS).casefold() in names
        ):
            start += 2
        length, bounds = _longest(words, start, scheme) if start >= 0 else (0, ())
        if length:
            yield _phrase(words[start : start + length], bounds, scheme), bounds
            at = start + length
        else:
            at += 1


def _phrase(words: Sequence[str], bounds: tuple[tuple[Bound, ...], ...], scheme: Scheme) -> str:
    """The words without those at their end that say nothing of versions: `before 1.2 are`."""
    phrase = " ".join(words).strip(_DRESS)
    while " " in phrase:
        shorter = phrase.rpartition(" ")[0].strip(_DRESS)
        readable = read_range(shorter, scheme)
        if readable is None or readable.alternatives != bounds:
            break
        phrase = shorter
    return phrase


def _longest(words: Sequence[str], start: int, scheme: Scheme) -> tuple[int, tuple[tuple[Bound, ...], ...]]:
    for length in range(min(_LONGEST_PHRASE, len(words) - start), 0, -1):
        phrase = " ".join(words[start : start + length]).strip(_DRESS)
        readable = read_range(phrase, scheme) if any(letter.isdigit() for letter in phrase) else None
        if readable is None:
            continue
        following = words[start + length].strip(_DRESS).casefold() if start + length < len(words) else ""
        goes_on = following in _GOES_ON or following[:1].isdigit() or (following[:1] in "<>=" and bool(following))
        return (0, ()) if goes_on else (length, readable.alternatives)
    return 0, ()


def _statement(phrase: str, alternatives: tuple[tuple[Bound, ...], ...]) -> AffectedStatement | None:
    if len(alternatives) != 1:
        return None
    upper = next((bound for bound in alternatives[0] if bound.op in ("<", "<=")), None)
    lower = next((bound for bound in alternatives[0] if bound.op in (">", ">=")), None)
    return AffectedStatement(phrase, lower, upper) if upper is not None else None


def _fixes_in(words: Sequence[str], names: frozenset[str]) -> Iterator[FixStatement]:
    plain_words = [word.strip(_DRESS).casefold() for word in words]
    if _UNSURE & set(plain_words):
        return
    for at, word in enumerate(plain_words):
        kind: Literal["fixed", "upgrade"] = "fixed" if word in _FIXED else "upgrade"
        if not (word in _FIXED or word in _UPGRADE) or at + 2 >= len(words):
            continue
        if plain_words[at + 1] not in (("in", "with") if kind == "fixed" else ("to",)):
            continue
        place_of = at + 2
        while place_of < len(words) and (plain_words[place_of] in _BETWEEN or plain_words[place_of] in names):
            place_of += 1
        while place_of < len(words) and _VERSION.fullmatch(plain_words[place_of]):
            yield FixStatement(" ".join(words[at : place_of + 1]).strip(_DRESS), plain_words[place_of], kind)
            place_of += 1
            if place_of < len(words) and plain_words[place_of] in ("and", "or", "&"):
                place_of += 1
