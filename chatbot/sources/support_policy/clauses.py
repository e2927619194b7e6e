"""A sentence in plain words -> those of its clauses that may promise support: no examples, conditions, advice, or histories."""

from collections.abc import Iterator
from datetime import date

from chatbot.core.text import patterns
from chatbot.sources.support_policy.dates import until_in
from chatbot.sources.support_policy.decoys import points_elsewhere, without_software
from chatbot.sources.support_policy.rows.exclusion import DENIAL
from chatbot.sources.support_policy.rows.selectors import Selector, read_selector
from chatbot.sources.support_policy.scan import cut_at, has_digit
from chatbot.sources.support_policy.words.hints import names_a_topic

_CUTS = patterns.compile(
    r"[;:]\s|,? \b(?:but|however|therefore|so|while|whereas|hence|although|though)\b,?"
    r"|(, and )\w+ (?:\w+ ){0,3}(?:are|is|will|do|does|get|gets"
    r"|receive|receives)\b|,? and (?:will|may|might|can|we)\b"
    r"|(, not )(?:for|on|in|to)|,? please\b|(, )(?:everything|anything|nothing|whatever|all (?:else|others?|older)"
    r"|(?:old(?:er)?|previous|earlier|prior) (?:versions|releases|ones))\b"
)
_UNLESS = patterns.compile(r"\bunless\b.*")
_ALL_BUT = patterns.compile(r"\b(all|everything|anything|nothing|none|(?:all|every|any|no) \w+) but\b")
_LEADS_EXAMPLE = patterns.compile(r"^\W*(?:(?:so|thus|hence|then|and),? ?)?example\b")
_CASE = patterns.compile(r"\bexample,? (?:if|when|once)\b.*")
_ASIDE_EXAMPLE = patterns.compile(r"\(\W*(?:example|like)\b[^()]*\)")
_SINCE = patterns.compile(
    r"^\W*(?:as of|from|since|starting (?:with|from)) (?:version )?v?\d\S*(?: onwards?)?, (?:we|it)\b"
)
_CONDITION = patterns.compile(r"^\W*(?:if|when|once|whether|in case)\b")
_ADVICE = patterns.compile(
    r"\b(?:recommend|encourag|advi[sc]e|suggest|urge|please|should|must|make sure|ensure|verify|check"
    r"|consider (?:upgrad|us|mov)ing|if you|upgrad)\w*"
)
SUPPORT = patterns.compile(
    r"\b(?:support(?:s|ed|ing)?|unsupported|maintain(?:s|ed|ing)?|unmaintained|receiv(?:e|es|ed|ing)|backport\w*|eligible|covered"
    r"|evergreen|eol|discontinued|retired|abandoned|sunset|accept|(?:un)?patched"
    r"|only (?:ever )?(?:fix|patch)(?:es)?"
    r"|security[-, /]+(?:\w+[-, /]+){0,3}?(?:updates?|(?:bug)?fix(?:es)?|patch(?:es)?|releases?|support|issues?"
    r"|reports?|advisories)"
    r"|(?:gets?|getting) (?:\w+ ){0,2}(?:updates|(?:bug)?fixes|patches)"
    r"|(?:fix|fixes|address|addresses|resolve|resolves) (?:\w+ ){0,2}(?:vulnerabilities|issues|problems|bugs)"
    r"|(?:fixing|addressing|patching|resolving) (?:[a-z]+ ){0,5}?(?:vulnerabilities|issues|problems|bugs|flaws)"
    r" (?:in|to|for|on|of)"
    r"|(?:vulnerabilities|issues|bugs|problems|flaws) (?:are|will be|get) (?:\w+ ){0,2}(?:fixed|patched|addressed|resolved)"
    r"|(?:critical|important) (?:updates|(?:bug)?fixes|patches)|we (?:will )?patch"
    r"|(?:updates|(?:bug)?fixes|patches) (?:are|will|for|to|on|target|ship|land|go|apply)|patch(?:es)? (?:only )?the)\b"
)
_HISTORY = patterns.compile(
    r"\bcve\b|\bvulnerable\b|\bcontains?\b|(?:fixed|patched|introduced|mitigated|resolved|addressed) in\b|\baffect(?:s|ed)?\b"
    r"|\bexploit|\binjection\b|\bowner"
)
_FIXED_IN_LATEST = patterns.compile(
    r"\b(?:are|is|be|get|gets|being|only) (?:\w+ )?(?:fixed|patched|resolved|addressed"
    r"|mitigated) (?:only )?in (?:the )?(?:latest|current|last)\b"
)
_ELLIPSIS = patterns.compile(r"\b(?:is|are|do|does|will) not\W*$")
_AS_OF = (
    "as of ",
    "at the ",
    "at present",
    "currently",
    "for now",
    "right now",
    "today",
    "now",
    "at this ",
    "starting ",
)
_ADVERBIAL = patterns.compile(
    r"^(?:as of (?:today|now|writing|this writing|the time of writing|(?:\w+ )?20\d\d)|at (?:the time of writing"
    r"|the moment|present"
    r"|this (?:time|moment))|currently|for now|right now|today|now),? "
)
# "3.x - supported, 2.x - unsupported": a dash, which is a pause by now, that stands for a verb
_STATED = patterns.compile(
    r"(\d[\w.*]*(?: lts| \([^()]{1,40}\))?)[;:] ((?:not |no longer |fully )?(?:supported|maintained)|unsupported|unmaintained|eol"
    r"|deprecated|discontinued)\b"
)
_ONLY = patterns.compile(r"\bonly\b")
_ENDING_HINTS = (
    "eol", "reach", " end", "stop", "not ", "unsupported", "unmaintained", "dropped", "ceased", "removed", "withdrawn", "retired",
    "terminated", "discontinued", "expire",
)  # fmt: skip
_GONE = r"(?:dropped|ended|stopped|ceased|removed|withdrawn|retired|terminated|discontinued)"
_NAMED = r"(?:the |all |versions? )*(?P<{}>v?\d+(?:\.\d+)*(?:\.[x*])*)(?: (?:series|branch|line|releases?|versions?))?"
_THINGS = r"(?:support|maintenance|(?:security |bug ?)?(?:fixes|updates|patches)|backports|releases)"
_GIVEN_UP = patterns.compile(
    rf"\b(?:we|i|project|team) (?:have |has )?{_GONE} (?:(?:the )?(?:{_THINGS} (?:for|of|to) |supporting |maintaining ))?"
    + _NAMED.format("v1")
    + rf"(?: (?:in|with|on|as)\b|\W*$|,)|\b{_THINGS} (?:for|of|to) "
    + _NAMED.format("v2")
    + rf" (?:was |has |has been |is |had |were |have )?{_GONE}\b|^\W*"
    + _NAMED.format("v3")
    + rf" (?:was|has been|were|have been) {_GONE}\b"
)
# As in "no more releases of 2.x are planned" and "users of 2.x should migrate: it is not maintained".
_NO_MORE = patterns.compile(
    rf"\bnot (?:more |further |new |any )?{_THINGS} (?:of|for|to|in) "
    + _NAMED.format("v1")
    + r"(?: (?:is|are|will|planned)\b|\W*$)|(?:^|\W)"
    + _NAMED.format("v2")
    + r"\b[^.;:]{0,40}[:,;.] (?:it|they|this (?:version|line|series|release)) (?:is|are|has been) (?:not (?:supported|maintained)"
    r"|unsupported|unmaintained|eol|retired|discontinued)\b"
)
# "2.x support ends June 30th, 2031", "version 2 will reach its end of life on 31 December 2030"
_ENDS_ON = patterns.compile(
    r"(?:^|\W)"
    + _NAMED.format("v")
    + r"(?:'s)? (?:(?:will |is going to )?(?:reach(?:es)?|goes?|be|becomes?|hits?) (?:its |the |an? )?(?:eol|unsupported)"
    r"|(?:security |full |official )?(?:support|maintenance)? ?(?:will )?(?:ends?|eol|stops?|expires?))\b"
)
_OPEN = patterns.compile(r"\b(?:may|might|would|if|until|unless|except)\b")
_FUTURE = patterns.compile(r"\b(?:will|going to|plan\w*|may|might|would|if|not|never|until|except)\b")
_NEXT_SUBJECT = patterns.compile(
    r"(?:,| and|, and) ((?:versions? |the )?v?\d[\w.*]*(?: (?:series|branch|line|release))?"
    r" (?:is|are|do|does|will|gets?|receives?|has)\b)"
)
_VERB = patterns.compile(r"\d.*\b(?:is|are|will|gets?|receives?|has)\b")


def without_examples(sentence: str) -> str:
    """The sentence without its examples and what follows "unless"; "all but" is "all except"."""
    text = _CASE.sub("", _ASIDE_EXAMPLE.sub(" ", sentence)) if "example" in sentence or "(" in sentence else sentence
    text = _UNLESS.sub("", text) if "unless" in text else text
    text = _STATED.sub(r"\1 is \2", text) if has_digit(text) and (";" in text or ":" in text) else text
    return _ALL_BUT.sub(r"\1 except", text) if " but" in text else text


def clauses_of(text: str) -> Iterator[str]:
    """The clauses that may promise support, in order; none after an example or a condition begins."""
    spoke, before = False, ""
    for words in _statements(text):
        if has_digit(before) and not SUPPORT.search(before) and DENIAL.search(words) and not names_a_topic(words):
            words = f"{before} {words}"  # noqa: PLW2901 - "2.x is outdated and won't get fixes": of which version
        before = words
        if ("example" in words and _LEADS_EXAMPLE.match(words)) or _CONDITION.match(words):
            return
        if (has_digit(words) and _SINCE.match(words)) or points_elsewhere(words):
            continue  # "As of 2.1 we no longer support Windows 7": of that, and not of 2.1
        clause = (
            f"{words.rstrip(' .')} supported" if spoke and _ELLIPSIS.search(words) else words
        )  # "1.8 and older are not."
        clause = _ADVERBIAL.sub("", clause) if clause.startswith(_AS_OF) else clause
        if SUPPORT.search(clause) and not _is_history(clause) and (not _ADVICE.search(clause) or _ONLY.search(clause)):
            spoke = True
            yield clause


def _statements(text: str) -> Iterator[str]:
    """The text cut into clauses, and where another version has a verb of its own: "3.3 is unsupported, 3.4 is supported"."""
    for words in cut_at(_CUTS, text):
        subject = next((each for each in _NEXT_SUBJECT.finditer(words) if _VERB.search(words[: each.start()])), None)
        yield from (words[: subject.start()], words[subject.start(1) :]) if subject else (words,)


def _is_history(clause: str) -> bool:
    return _HISTORY.search(clause) is not None and not _FIXED_IN_LATEST.search(clause)


def ended_in(words: str) -> list[tuple[Selector, date | None]]:
    """The versions of which a sentence in plain words says that their support is over ("we dropped 2.x"), or, with its day, that
    it ends ("2.x reaches its end of life on 30 June 2031")."""
    if not has_digit(words) or not any(each in words for each in _ENDING_HINTS):
        return []
    own = without_software(words)
    if _OPEN.search(own):
        return []
    matches = [*([] if _FUTURE.search(own) else _GIVEN_UP.finditer(own)), *_NO_MORE.finditer(own)]
    until = None
    if not matches and (match := _ENDS_ON.search(own)) is not None:
        until = until_in(own[match.end() :])
        matches = [match] if until is not None else []
    names = [next(filter(None, match.groups())) for match in matches]
    return [(selector, until) for selector in map(read_selector, names) if selector.ranges]
