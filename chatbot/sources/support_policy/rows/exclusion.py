"""The clauses by which a policy denies support to everything else: "only the latest minor", "earlier majors are EOL"."""

from chatbot.core.support.rows import Latest
from chatbot.core.text import patterns
from chatbot.sources.support_policy.rows.selectors import level_in

DENIAL = patterns.compile(
    r"\b(?:not?|(?:nothing|none) (?:older|earlier|before|below|prior|other|else)|never|neither|nor|none|nothing|nobody"
    r"|unsupported|unmaintained|unpatched|eol|discontinued|can not|without|ended|drops? out|obsolete|abandoned|retired)\b"
)
_ONLY = patterns.compile(r"\bonly\b")
# "only the latest, as a general rule": the page may make exceptions
_LOOSE = patterns.compile(
    r"\b(?:general rule|generally|in general|normally|usually|typically|in principle|by default|as a rule)\b"
)
_TOPIC = patterns.compile(
    r"\b(?:latest|recent|current|last|main|master|trunk|listed|v?\d[\d.]*(?:\.[x*]|x)?)\b|[<>≤≥]=? ?v?\d"
)
# "only critical fixes": a part of the support, not of the versions
_PART = patterns.compile(
    r"^\W*(?:be |get |gets |receives? |for )?(?:the |most )?(?:critical|security|bug|important|severe|serious|high"
    r"|major bugs|emergency|urgent"
    r"|minimal|limited|best|community)\b"
)
_TAKES = patterns.compile(r"^\W*(?:receiv|get|ha[sv]|see|support|accept|work|run|require|compatible|test|provid)\w*\b")
_UNTIL = patterns.compile(r"\b(?:until|till|through)\b")
_PAUSE = patterns.compile(r"^\s*[,;:.)]")
_CLOSED = patterns.compile(
    r"^\W*$|^\W*(?:is|are|will|being|get|receive|gets|receives)\b.{0,30}\b(?:supported|maintained|patched|covered)\b"
)
_SOLE = patterns.compile(
    r"^ (?:\w+ ){0,2}?(?:supported|maintained|patched|covered)\b"
    r"|^ (?:one|version|release|line|branch) (?:\w+ ){0,2}?(?:supported|maintain|support|receiv|gets|getting"
    r"|with|we fix|we patch)"
)
_NOUN = patterns.compile(
    r"(?:\b(?:latest|newest|versions?|releases?|majors?|minors?|patch|lines?|series|branch(?:es)?|main|master)|\d|x|\*)\W*$"
)
_LESSER = patterns.compile(r"\b(?:bug ?-?fix\w*|features?|enhancements?|develop\w*|new functionality)\b")
_SECURE = patterns.compile(r"\b(?:secur|support|maintain|maintenance|vulnerab|patch|backport)")
_EARLIER = patterns.compile(
    r"\b(?:old(?:er)?|previous(?:ly)?|earlier|prior|past|outdated|superseded)\b[\w\s-]{0,24}\b(?:majors?|minors?|major|minor)\b"
)
_LISTED = patterns.compile(
    r"\bonly\b.{0,40}\b(?:versions?|releases?|branches|lines)\b.{0,20}"
    r"\b(?:listed|below|above|table|marked|following)\b|\bonly (?:the )?(?:following|listed|these|below)\b"
    r"|\b(?:below|following|listed|above|these)\b.{0,40}\b(?:is|are) the only\b"
)
# "as listed in BRANCHES.md": which those are, this page does not say
_LISTED_ELSEWHERE = patterns.compile(
    r"\b(?:listed|described|defined|documented|mentioned|specified) (?:in|on|at|under"
    r"|by) (?:\[|our|the [\w ]{0,20}(?:page|site|wiki|file|document)|\S+\.md|http)"
)


def excludes_others(clause: str) -> bool:
    """Whether a clause in lower case that promises support says that nothing else has it."""
    if "only" not in clause:
        return False
    if is_lesser(clause) or _LOOSE.search(clause):
        return False
    for match in _ONLY.finditer(clause):
        before, after = clause[: match.start()], clause[match.end() :]
        if _PART.search(after):
            continue
        after = _UNTIL.split(after, 1)[0]  # a number in "only until 31 March" is no version
        topic = None if _PAUSE.search(after) else _TOPIC.search(after)
        if topic and not (_TAKES.search(after) and _TOPIC.search(before)):
            return True
        if _NOUN.search(before) and _CLOSED.search(after):
            return True
        if before.endswith((" is the ", " are the ")) and _TOPIC.search(before) and _SOLE.search(after):
            return True  # "the newest minor is the only supported one"
    return False


def is_lesser(clause: str) -> bool:
    """Whether a clause in lower case speaks of features and the like only, and of no security."""
    return _LESSER.search(clause) is not None and not _SECURE.search(clause)


def excludes_unlisted(clause: str) -> bool:
    """Whether a clause in lower case says that only the versions listed beside it are supported."""
    return _LISTED.search(clause) is not None and not _LISTED_ELSEWHERE.search(clause)


def denied_before(clause: str) -> Latest | None:
    """What everything older is denied before, for "earlier minors are end-of-life"; None where no level is named."""
    match = _EARLIER.search(clause)
    if match is None:
        return None
    level = level_in(set(match[0].split()))
    return Latest(level=level) if level in ("major", "minor") else None
