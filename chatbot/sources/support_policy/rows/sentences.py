"""The sentences by which a policy says what is supported -> rows. They are read in the plain words of `words.english`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from chatbot.core.support.rows import Latest, Mark, Range, Rest, Row
from chatbot.core.text import patterns
from chatbot.sources.support_policy.clauses import SUPPORT, clauses_of, for_now, without_examples
from chatbot.sources.support_policy.dates import until_in
from chatbot.sources.support_policy.decoys import own_words
from chatbot.sources.support_policy.denials.unread import doubted_in
from chatbot.sources.support_policy.denials.versions import TakenBack, taken_back
from chatbot.sources.support_policy.rows.bare import bare_rows, row_of
from chatbot.sources.support_policy.rows.exclusion import (
    DENIAL,
    denied_before,
    excludes_others,
    excludes_unlisted,
    is_lesser,
)
from chatbot.sources.support_policy.rows.named import names_in, selector_in
from chatbot.sources.support_policy.rows.newest import latest_in, level_of, of_lines, of_stage, singled
from chatbot.sources.support_policy.rows.promises import promises, without_asides
from chatbot.sources.support_policy.rows.release_ends import event_in
from chatbot.sources.support_policy.rows.selectors import Selector
from chatbot.sources.support_policy.scan import has_digit
from chatbot.sources.support_policy.windows import recent_in, window_of, windows_of
from chatbot.sources.support_policy.words.english import plain
from chatbot.sources.support_policy.words.hedges import HEDGED
from chatbot.sources.support_policy.words.hints import names_a_topic

_MAX_SENTENCE = 600
_EARLIER = patterns.compile(r"\bprevious|\bprior")
_ENDS = patterns.compile(r"\b(?:until|till|through|ends? (?:on|in)|eol (?:on|in|of)?|end of (?:life|support))\b")
_STILL = patterns.compile(
    r"\b(?:and|but|though|although) (?:it |they |will |does |do )*(?:only|still) (?:gets?|receives?) "
    r"(?:[\w-]+ ){0,4}?(?:security|critical|vulnerabilit\w+)"
)
_ONLY = patterns.compile(r"\bonly\b")
_ONLY_UNTIL = patterns.compile(r"\bonly until\b")
_EVERY = patterns.compile(
    r"^\W*(?:all|every|each|any)(?: (?:released|published|stable|tagged|minor|major|patch|official))* (?:versions?|releases?)"
    r"(?: of (?:[\w.-]+ ?){1,3})? (?:is|are|gets?|receives?|will (?:be|get|receive|continue to receive)) (?:[a-z]+ ){0,3}?"
    r"(?:supported|maintained|updates|fixes|patches)(?: with (?:security )?(?:updates|fixes|patches))?\W*$"
)
_ENDING_ASIDE = patterns.compile(r"\([^()]*\b(?:until|till|through|eol|ends?)\b[^()]*\)")
_FOR_SPAN = patterns.compile(
    r"\bfor (?:a period of |at least |up to |about |another )?(?:an? |one |two |three |four |five |six |nine "
    r"|twelve |eighteen |\d+ )"
    r"(?:more )?(?:days?|weeks?|months?|years?)\b"
)
_UNTIL_DAY = patterns.compile(r"\b(?:until|till|through) (?:[\w.,]+ ){0,4}(?:19|20)\d\d[\d./-]*")
_OTHER_THAN = patterns.compile(r"\b(?:except|but the)\b|\b(?:that|which) (?:is|are) not the\b")
_OLDER = patterns.compile(
    r"\b(?:old(?:er)?|previous(?:ly)?|earlier|prior|past|outdated|superseded)\b[\w\s-]{0,24}"
    r"\b(?:versions?|releases?|majors?|minors?|ones|lines|branches|series)\b"
    r"|\b(?:versions?|releases?|majors?|minors?|lines|branches|series) before the (?:latest|current|last)"
    r"|\b(?:everything|anything|whatever|all|nothing|none) (?:that is |that's |is |comes |came )?(?:older|before|earlier)"
    r"(?: (?:is|are|will|the|gets?|receives?|that)\b|[,.;]|$)"
)
_UNLISTED = patterns.compile(
    r"\b(?:not (?:\w+ )?listed|unlisted|(?:all|any|every)?\s?others?\b[\w\s-]{0,16}\b(?:versions?|releases?)"
    r"|(?:everything|anything|nothing) else)\b"
)
_LTS_NUMBER = patterns.compile(
    r"\blatest\b.*\band\b.*\blts\b[\w ]{0,20}\(?v?\d|\blts\b[\w ]{0,20}\(?v?\d[\w.]*\)?.*\band\b.*\blatest\b"
)
_LTS = patterns.compile(r"\blts\b")
# "For feature releases only the latest is supported" says nothing of the project's other releases.
_OF_KIND = patterns.compile(
    r"^\W*for (?:our |the )?(?:feature|regular|monthly|stable|minor|major|normal|interim) (?:releases|versions)\b"
)
# What a sentence must say of the versions it names, lest "a support matrix for 1.0" be read as a promise.
_PROMISE = patterns.compile(
    r"\b(?:supported|unsupported|maintained|unmaintained|eol|ended|retired|abandoned|sunset|receiv(?:e|es|ing)"
    r"|gets?|eligible|covered"
    r"|discontinued|backport\w*"
    r"|(?:we|team|project) (?:\w+ ){0,2}(?:support|maintain|accept|provide|patch|backport)s?"
    r"|only (?:critical|security|important) (?:updates|fixes|patches)"
    r"|(?:fix|address|resolve)(?:es)? (?:\w+ ){0,2}(?:vulnerabilities|issues|problems|bugs)"
    r"|(?:updates?|(?:bug)?fix(?:es)?|patch(?:es)?|support|reports?|releases?|supports)\b.{0,60}\b(?:for|to|in|on"
    r"|of|versions?))\b"
)


def _unlisted(clause: str) -> bool:
    """Whether a clause speaks of all other versions; "other than" names the exception."""
    return _UNLISTED.search(clause) is not None


def sentence_rows(text: str, line: int, *, context: Mark = "") -> Iterator[Row]:
    """The rows that one sentence, its blanks closed up, amounts to; most amount to none. `context` is what the heading or the
    words before it say of all that stands below: "Latest only" below "Supported versions" is a promise."""
    lowered = text.casefold()
    if len(text) > _MAX_SENTENCE or lowered.endswith("?"):
        return
    if not names_a_topic(lowered):
        return
    words = for_now(plain(text))
    denials, whole = taken_back(words)
    for each in denials:
        yield replace(_denial(each, line), text=text, label=text[:80])
    if denials and whole:
        return
    if SUPPORT.search(words):
        event = event_in(words)
        own = own_words(words, event.rest if event else words)
        if denials and not own and "; " in words:  # what one part leaves to customers does not silence the others
            own = "; ".join(filter(None, (own_words(part, part) for part in words.split("; "))))
        for row in _rows_of(own or words, line):
            if own or (row.mark == "no" and (row.rest or "neither" in words)):
                yield replace(row, text=text, label=text[:80])
    else:
        yield from (replace(row, text=text, label=text[:80]) for row in _without_verb(words, line, context))


def _without_verb(words: str, line: int, context: Mark) -> Iterator[Row]:
    """The rows of a sentence without a word on support: "6.x ends with the release of 8.0", "Latest only" where the context says
    of what."""
    ending = event_in(words) if has_digit(words) and not is_lesser(words) else None
    if ending is not None and ending.ending:
        selector = selector_in(ending.rest)
        if selector.ranges:
            yield replace(row_of("", line, selector, ""), event=ending.event)
    elif context:
        recent = recent_in(words, line) if context == "yes" else None
        yield from (recent,) if recent is not None else bare_rows(words, line, context)


def denials_of(text: str, line: int) -> Iterator[Row]:
    """The rows of what a sentence takes back, wherever on a page it stands."""
    for each in taken_back(plain(text))[0]:
        yield replace(_denial(each, line), text=text, label=text[:80])


def doubts_of(text: str, line: int, *, translated: bool) -> Iterator[Row]:
    """The rows of what a sentence leaves in doubt that is not understood."""
    for selector in doubted_in(plain(text), translated=translated):
        yield replace(row_of("", line, selector, "open"), text=text, label=text[:80], doubts=True)


def _denial(denial: TakenBack, line: int) -> Row:
    marks: dict[str, Mark] = {"ended": "no", "until": "", "doubted": "open"}
    row = row_of("", line, denial.selector, marks[denial.kind], denial.until)
    return replace(row, doubts=denial.kind == "doubted")


def _rows_of(sentence: str, line: int) -> Iterator[Row]:
    text = without_examples(sentence)
    if windows := windows_of(text, line):
        yield from windows
        return
    for clause in clauses_of(text):
        if (window := window_of(clause, line)) is not None:
            yield window
        else:
            yield from _clause(clause, sentence, line)


def _clause(clause: str, sentence: str, line: int) -> Iterator[Row]:
    """The rows of one clause, with the release that ends what it promises and whether it denies everything else."""
    whole, clause = clause, clause if _ENDING_ASIDE.search(clause) else without_asides(clause)
    ending = event_in(clause)
    rest = ending.rest if ending else clause
    event = ending.event if ending else None
    if ending is not None and ending.ending and not DENIAL.search(rest):
        yield replace(row_of(clause, line, selector_in(rest), ""), event=event)
        return
    only = excludes_others(rest) or _OTHER_THAN.search(rest) is not None
    for row in _promised_rows(rest, whole, sentence, line):
        if row.rest or row.mark == "no":
            yield row
        else:
            moves_on = event is not None and row.latest is not None and event.moves_on
            yield replace(row, event=None if moves_on else event, only=only and row.mark in ("yes", "open"))
    if excludes_unlisted(rest) and not DENIAL.search(rest):
        yield row_of(clause, line, Selector(rest="all"), "no")


def _promised_rows(clause: str, whole: str, sentence: str, line: int) -> Iterator[Row]:
    negative = bool(DENIAL.search(clause))
    until = _last_day(clause)
    mark = _mark_of(clause, sentence, negative=negative)
    if simple := _simply(clause, whole, mark, line) or (
        _beside_lts(clause, sentence, line, until) if mark == "yes" else ()
    ):
        yield from simple
        return
    if (_LTS.search(clause) or _OF_KIND.search(clause)) and not negative:
        yield row_of(clause, line, Selector(rest="all"), "open")
    if negative and (_unlisted(clause) or (_OLDER.search(clause) and not _OTHER_THAN.search(clause))):
        yield _denied_rest(clause, sentence, line)
        return
    selector = selector_in(clause) if _PROMISE.search(clause) else Selector()
    latest, selector = singled(latest_in(clause, sentence), selector, clause)
    if selector.latest is not None:
        yield row_of(clause, line, Selector(latest=selector.latest), mark)
        return
    if selector.ranges:
        if mark == "yes" and not negative and not _plainly(clause, latest, selector, until):
            mark = "open"
        moving = replace(latest, level=level_of(selector)) if latest and latest.count == 1 else None
        named = replace(selector, latest=moving, names=selector.names | names_in(whole))
        yield row_of(clause, line, named, mark, until)
        if mark == "yes" and (latest is not None or (_ONLY.search(clause) and not _ONLY_UNTIL.search(clause))):
            yield row_of(clause, line, Selector(rest="older"), "no")
        return
    names = names_in(whole)
    if latest is not None:
        yield from _about_latest(clause, latest, names, mark, line)
    elif names and mark == "yes" and (_ONLY.search(clause) or "branch" in clause):
        yield row_of(clause, line, Selector(names=names), mark)


def _simply(clause: str, whole: str, mark: Mark, line: int) -> tuple[Row, ...]:
    """The rows of a clause about the newest of some lines, or about all versions without an end; none of any other."""
    subjects = [Selector(latest=each) for each in of_lines(clause)]
    if not subjects and mark == "yes" and _EVERY.search(whole) and not selector_in(whole).ranges:
        subjects = [Selector(ranges=(Range(),))]
    return tuple(row_of(clause, line, each, mark) for each in subjects)


def _plainly(clause: str, latest: Latest | None, selector: Selector, until: date | None) -> bool:
    """Whether a clause promises support to the versions that it names, and not for a span of time ("for two years") or to some of
    them ("the last two of 7.x")."""
    if (until is None and _FOR_SPAN.search(clause)) or (len(selector.ranges) > 1 and len(_ENDS.findall(clause)) > 1):
        return False  # "4.2 until 2027 and 4.1 until 2026": which day is whose, is not certain
    if latest is not None:
        return latest.count == 1 or len(selector.ranges) != 1
    return promises(_UNTIL_DAY.sub("", clause))


def _about_latest(clause: str, latest: Latest, names: frozenset[str], mark: Mark, line: int) -> Iterator[Row]:
    """The row of a clause about the latest release, which it does not name: "nothing but the latest is supported"."""
    if mark == "no" and _OTHER_THAN.search(clause):
        mark = "yes"
    if mark != "no":
        row = row_of(clause, line, Selector(latest=latest, names=names), mark)
        yield replace(row, stage="all" if of_stage(clause) else "")
    elif _EARLIER.search(clause):
        yield row_of(clause, line, Selector(latest=replace(latest, older=True)), "no")


def _beside_lts(clause: str, sentence: str, line: int, until: date | None) -> tuple[Row, ...]:
    """The two rows of "the latest release and the current LTS (10.0)"; none of any other clause."""
    newest = latest_in(clause, sentence) if _LTS_NUMBER.search(clause) else None
    if newest is None:
        return ()
    return (
        row_of(clause, line, Selector(latest=newest), "yes"),
        row_of(clause, line, selector_in(clause), "yes", until),
    )


def _mark_of(clause: str, sentence: str, *, negative: bool) -> Mark:
    if negative:  # "1.3 is no longer supported, and only gets fixes for vulnerabilities" takes its denial back
        return "yes" if _STILL.search(sentence) else "no"
    return "open" if HEDGED.search(clause) else "yes"


def _denied_rest(clause: str, sentence: str, line: int) -> Row:
    """The row of "all other versions are unsupported", "older ones get no fixes"."""
    rest: Rest = "all" if _unlisted(clause) else "older"
    around = "" if has_digit(sentence) else sentence  # "use the latest version; previous ones are not patched"
    before: Latest | None = latest_in(clause, sentence) or denied_before(clause) or latest_in(around, around)
    row = row_of(clause, line, Selector(rest=rest), "no")
    return replace(row, denies_before=before if rest == "older" else None)


def _last_day(clause: str) -> date | None:
    """The day until which a clause says it holds; other dates are none."""
    match = _ENDS.search(clause)
    return until_in(clause[match.start() :]) if match else None
