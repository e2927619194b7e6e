"""The list items by which a policy says what is supported -> rows: a version with a sign, a word or a day."""

from dataclasses import replace
from functools import lru_cache

from chatbot.core.support.rows import Mark, Row
from chatbot.core.text import patterns
from chatbot.sources.markdown.short_names import signs_of
from chatbot.sources.support_policy.clauses import SUPPORT
from chatbot.sources.support_policy.dates import dates_in, until_in
from chatbot.sources.support_policy.decoys import ELSEWHERE, excepts, is_foreign, without_foreign
from chatbot.sources.support_policy.denials.headings import says_ended
from chatbot.sources.support_policy.rows.bare import row_of
from chatbot.sources.support_policy.rows.exclusion import DENIAL, excludes_others
from chatbot.sources.support_policy.rows.marks import read_mark, without_signs, word_mark
from chatbot.sources.support_policy.rows.named import branches_in
from chatbot.sources.support_policy.rows.newest import stage_of
from chatbot.sources.support_policy.rows.release_ends import event_in
from chatbot.sources.support_policy.rows.selectors import Selector, read_selector
from chatbot.sources.support_policy.scan import has_digit, sentences_of
from chatbot.sources.support_policy.words.english import plain

_MAX_ITEM = 200
SAYS_SUPPORT = patterns.compile(
    r"\b(?:supported|unsupported|maintained|unmaintained|eol|end[- ]of[- ](?:life|support)|(?:security|support)\b.{0,16}"
    r"\b(?:fix(?:es)?|updates?|support|patch(?:es)?|until|ends?|ended))\b",
    ignore_case=True,
)
HISTORY = patterns.compile(
    r"histor|known|advisor|\bpast\b|\bcve|change|vulnerab|release notes|bounty|require|compat|depend|example|fixed",
    ignore_case=True,
)
# A list under "Security updates" alone tells what was published; one "for" versions, or of what is supported, is a promise.
_LASTING = patterns.compile(
    r"support|maint|receiv|eligible|backport|\b(?:for|to|gets?|eol|accept)\b|end[- ]of|discontinued|evergreen|without"
)
_QUESTION = patterns.compile(r"^\W*(?:which|what) (?:[\w-]+ ){0,3}?(?:versions?|releases?|branch(?:es)?|lines?)\b")
_ENDS = patterns.compile(r"\b(?:eol|end)")
_UNTIL = patterns.compile(r"\b(?:until|till|through|eol|ends?)\b", ignore_case=True)
_TOLD = patterns.compile(r"\bcve\b|\baffected\b|\bvulnerable\b")
_REMARK = patterns.compile(r":\s|\s[-–—→=]+>?\s|\s(?:is|are|will|until|till|receives?|gets?|has|have)\s|\s\(")
_OF_BRANCH = patterns.compile(r"\bbranch")
_DAY = patterns.compile(r"\s*(?:\d{4}([-/.])\d\d?[-/.]\d\d?|\d\d?[./]\d\d?[./]\d{4})\W*$")  # "1.0.0 - 2031-02-28"
_NUMBER = patterns.compile(r"v?\d")
_ALIVE = frozenset(
    f"{word}{thing}"
    for word in ("active", "supported", "maintained", "active support", "security support")
    for thing in ("", " versions", " releases", " branches", " lines")
)
_ONLY_VERSIONS = patterns.compile(
    r"(?:only )?(?:versions? |releases? )?v?\d[\w.*]*\+?(?:(?:,| and| or|, and|/| &)? v?\d[\w.*]*\+?)*(?: only)?\.?"
)
_DEAD = frozenset(
    f"{word}{thing}"
    for word in (
        "retired",
        "ended",
        "discontinued",
        "archived",
        "abandoned",
        "unsupported",
        "unmaintained",
        "dead",
        "eol",
        "dropped",
    )
    for thing in ("", " versions", " releases", " branches", " lines")
)
_SPAN = patterns.compile(r"\b(?:weeks?|months?|years?)\b", ignore_case=True)
# "Current version (2.x): full support": the line that is meant stands in brackets
_PERIOD = patterns.compile(
    r"\W*(?:for |up to )?\d+ (?:business |working |more )?(?:hours?|days?|weeks?|months?|years?)\b"
)
_NAMED_ASIDE = patterns.compile(r"^\s*\(((?:currently |current |version |is )*[^()]{1,40})\)")
_DASHES = ("-", "–", "—")
_NAMING = patterns.compile(
    r"\d|latest|newest|current|other|else|legacy|outdated|older|earlier|previous|main|master|dev|trunk|stable|\ball\b|tip",
    ignore_case=True,
)


def item_of(text: str, line: int, context: Mark) -> Row | None:
    """The row that a list item is: a version with a sign, a word or a day, or alone in a list that says what it lists."""
    words = " ".join(text.split())
    if not words or len(words) > _MAX_ITEM or words.endswith(("?", "？")) or not _NAMING.search(words):
        return None
    if _PERIOD.match(words):
        return None  # "1 month after the next release"
    event = event_in(words)
    rest = without_foreign(event.rest if event else words)
    label, remark = _parted(without_signs(rest))
    if is_foreign(label) or "\u0336" in label or excepts(label):
        return None
    selector = read_selector(label)
    if selector.latest and not selector.latest.within and remark.startswith(":"):
        label, remark = _parted(remark.lstrip(": "))  # "Current version: 2.x (until May 2031)"
        if not (inner := read_selector(label)).ranges:
            label, remark = _parted(without_signs(rest))
        else:
            selector = inner
    selector, label = _named_beside(selector, label, remark)
    branches = branches_in(plain(words))
    if (
        selector.empty
        or selector.extra > (3 if selector.latest and selector.latest.within else 1)
        or not (selector.ranges or selector.latest or selector.rest or sum(map(str.isalnum, label.split())) < 4)
    ):
        by_name = branches and context == "yes" and not DENIAL.search(plain(words))
        return row_of(signs_of(words), line, Selector(names=branches), "yes", kind="list") if by_name else None
    until = until_in(remark)
    mark = read_mark(rest.replace(label, " ", 1)) or ("" if until else context)
    if mark == "yes" and mark == context and word_mark(label) == "no":
        mark = "open"  # what denies it stands too near the version to be told from it
    if not mark and until is None and event is None:
        return None
    if mark == "no" and until is not None and _ENDS.search(remark.casefold()):
        mark = "yes"
    row = row_of(signs_of(words), line, selector, mark, until, kind="list", label=label)
    only = (mark == "yes") and excludes_others(rest.casefold())
    names = row.names | branches
    stage = stage_of(label.casefold()) if selector.ranges else ""
    return replace(row, event=event.event if event else None, only=only, names=names, stage=stage)


def _named_beside(selector: Selector, label: str, remark: str) -> tuple[Selector, str]:
    """What an item is about: what stands in brackets after "Current version", where that names a line."""
    aside = _NAMED_ASIDE.match(remark) if selector.latest or selector.rest or selector.empty else None
    inner = read_selector(aside[1]) if aside else Selector()
    if aside and (inner.ranges or (selector.empty and inner.latest)) and not inner.extra:
        return inner, f"{label} ({aside[1]})"
    return selector, label


def statement_of(words: str, line: int, context: Mark, heading: str) -> Row | None:
    """The row of a paragraph that is a list of versions, or that stands first below a heading which is a version and says its
    state ("### Version 2" with "No longer supported." below it); None for any other."""
    if context and len(words) <= _MAX_ITEM and _ONLY_VERSIONS.fullmatch(words.strip().casefold()):
        return item_of(words, line, context)
    first = sentences_of(words)[0]
    if not heading or has_digit(first.split(" until ")[0]) or HISTORY.search(heading) or not SAYS_SUPPORT.search(first):
        return None
    selector = read_selector(heading)
    return item_of(f"{heading}: {first}", line, "") if selector.ranges and selector.extra <= 1 else None


def labelled(text: str, line: int) -> Row | None:
    """`Supported versions: 2.x and later`."""
    label, colon, rest = text.partition(":")
    if not colon or len(text) > _MAX_ITEM or text.endswith("?") or not (mark := context_of(label)):
        return None
    if _SPAN.search(label) or any(dates_in(rest)):
        return None  # "for two years after a release: 3 (May 2024)": which days follow from that, is not told
    selector = read_selector(rest.casefold().replace(" only", ""))
    if (
        _UNTIL.search(rest)
        or selector.extra
        or not (selector.ranges or (mark == "yes" and (selector.latest or selector.names)))
    ):
        return None
    row = row_of(text, line, selector, mark, kind="list", label=rest.strip())
    return replace(row, only=mark == "yes" and excludes_others(rest.casefold()))


@lru_cache(maxsize=1024)
def context_of(text: str) -> Mark:
    """What a heading or the words before a list say of everything in it."""
    lowered = plain(text)
    if lowered.strip(" :") in _ALIVE:
        return "yes"
    if lowered.strip(" :") in _DEAD:
        return "no"
    if (
        not SUPPORT.search(lowered)
        or not _LASTING.search(lowered)
        or ELSEWHERE.search(lowered)
        or _TOLD.search(lowered)
    ):
        return ""
    if "?" in lowered and not _QUESTION.match(lowered):
        return ""
    return "no" if says_ended(lowered) or word_mark(lowered) == "no" or DENIAL.search(lowered) else "yes"


def _parted(words: str) -> tuple[str, str]:
    """The part of an item that names versions, and the remark after it."""
    for match in _REMARK.finditer(words):
        after = words[match.end() :]
        if match[0].endswith("(") and _OF_BRANCH.search(after):
            continue
        if match[0].strip() in _DASHES and _NUMBER.match(after) and not _DAY.match(after):
            break
        return words[: match.start()].strip(), words[match.start() :]
    return words, ""
