"""What looks like a word on the project's versions and is none: other software, features, plans, exceptions, histories."""

from collections.abc import Sequence
from functools import lru_cache

from chatbot.core.text import patterns

_MAX_SENTENCE = 600  # characters; a longer one promises nothing that is plain enough
_SOFTWARE = (
    r"python|php|node(?:\.?js)?|java|jdk|jre|ruby|go|golang|rust|\.net|tls|ssl|dtls|https?|oauth|saml|openid(?: connect)?|ldap"
    r"|windows(?: server)?|ubuntu|debian|linux|kernel|macos|android|ios|mysql|mariadb|postgres(?:ql)?|sqlite|kubernetes|chrome"
    r"|firefox|safari|covenant|gpl|lgpl|agpl|apache|mpl|bsd|iso|rfc|usb|bluetooth|unicode|ecmascript"
)
_NAMES = f"{_SOFTWARE}|semver"
_NUMBERS = r"(?:versions? |v)?\d[\w.+]*(?:(?:,|,? and|,? or| to| -|,? &) ?v?\d[\w.+]*)*"
_FOREIGN = patterns.compile(
    rf"(?P<before>^|[^\w.-])(?:{_NAMES})[ -]?{_NUMBERS}"
    rf"|\b(?:cvss|scor(?:e|ed|ing)|rat(?:ed|ing)|severity)\b[^\d.;]{{0,30}}\d[\d.]*"
    rf"|\b(?:policy|document|api|protocol|schema|specification|format)['’]?s? (?:version )?v?\d[\d.]*"
    rf"|\b{_NUMBERS} of (?:{_NAMES})\b",
    ignore_case=True,
)
_FOREIGN_REMARK = patterns.compile(
    rf"[ (]*\b(?:for|on|with|using|requires?|requiring|needs?|supports?) (?:{_NAMES})[ -]?{_NUMBERS}"
    r"(?: (?:and|or) (?:above|newer|later|higher|up))?\)?",
    ignore_case=True,
)
_FOREIGN_LABEL = patterns.compile(rf"\W*(?:{_NAMES})\W{{0,2}}(?:versions? )?v?\d", ignore_case=True)
# What others build upon: a column with its versions is about that, unless it is the project's own.
_PLATFORMS = (
    r"minecraft|wordpress|angular|react|vue|laravel|django|rails|symfony|spring(?: boot)?|gradle|maven|electron|unity"
    r"|unreal|godot|drupal"
    r"|joomla|jenkins|elasticsearch|redis|mongodb|docker|typescript|kotlin|scala|swift|xcode|flutter|dart|qt|cuda"
    r"|home assistant|bukkit"
    r"|paper|spigot|fabric|forge|umbraco|shopware|typo3|netbox|backstage|terraform|helm|spark|airflow|hadoop"
    r"|numpy|tensorflow|pytorch"
)
_FOREIGN_HEAD = patterns.compile(
    rf"\b(?:{_SOFTWARE}|(?:api|protocol|schema) version)\b|^(?:{_PLATFORMS})(?: versions?)?$", ignore_case=True
)
# The heading of a table about them, or of its first column: `API versions`, `PHP`
_FOREIGN_HEADING = patterns.compile(
    rf"\W*(?:supported |minimum |required )?(?:api|protocol|schema|wire format|{_SOFTWARE}|{_PLATFORMS}|browsers?|platforms?"
    r"|operating systems?|databases?|dependenc(?:y|ies)) (?:versions?|support|compatibility|requirements?)(?: versions?)?\W*",
    ignore_case=True,
)
_FOREIGN_NAME = patterns.compile(rf"\W*(?:{_SOFTWARE}|{_PLATFORMS})\W*", ignore_case=True)
_FOREIGN_TABLE = patterns.compile(
    r"(?:supported )?(?:apis?|protocols?|endpoints?|browsers?|dependenc(?:y|ies)|databases?|operating systems?|os"
    r"|runtimes?|languages?|distributions?"
    r"|distros?|protocols?|reward|bounty)",
    ignore_case=True,
)
_BUILT_ON = patterns.compile(r"dependenc|browser|database|protocol|language|reward|bounty", ignore_case=True)
ELSEWHERE = patterns.compile(
    r"\b(?:platforms?|browsers?|operating systems?|databases?|dependenc(?:y|ies)|languages?|distributions?|architectures?"
    r"|protocols?|algorithms?|ciphers?|devices?)\b",
    ignore_case=True,
)
_NO_PROMISE = patterns.compile(
    r"\b(?:add(?:s|ed|ing)?|introduc\w+|implement\w*|drop(?:s|ped|ping)?|remov\w+) (?:\w+ )?support\b"
    r"|\b(?:retired|dropped|removed|ended|discontinued|abandoned|replaced|rotated) (?:\w+ ){1,4}?"
    r"(?:keys?|certificates?|apis?|endpoints?|servers?"
    r"|websites?|forums?|mirrors?|lists?|features?|modules?|plugins?|parsers?)\b"
    r"|\bsupport\b.{0,60}\b(?:dropped|removed|withdrawn|terminated|stopped|starts|begins)\b"
    r"|\b(?:plan(?:s|ned|ning)?|intend(?:s|ed)?|hope|expect(?:s|ed)?) to\b|\b(?:was|were) (?:\w+ )?(?:supported|maintained)\b"
    r"|\bwill be (?:supported|maintained) (?:once|when|after|as soon as|starting|from)\b"
    r"|\b(?:the|a) (?:next|upcoming|future) (?:release|version)"
    r"|\b(?:api|agent|client|driver|parser|protocol) supports\b"
    r"|\b(?:maintainers|authors|vendors?|upstream|people|developers|they|others)\b.{0,40}\b(?:say|says|said"
    r"|claims?|wrote|writes?)\b"
    r"|\baccording to\b|\buntil (?:last|recently)\b|\bwe once supported\b|\bin theory\b|\btheoretically\b"
    r"|\bnot (?:from|by) us\b"
    r"|\b(?:except|excluding|besides|apart from|with the exception of)\b(?: for)?.{0,20}\d"
    r"|\b(?:not true|no plans?|neither|refus\w+|unable|lacks?|hardly|barely|scarcely"
    r"|used to|instead of|unlike|replac\w+|whether|if v?\d)\b"
    r"|\b(?:formerly|previously) (?:supported|maintained)\b"
    r"|\b(?:support|updates?|fix(?:es)?|patch(?:es)?)\b.{0,40}\b(?:ceased?|expired?|stop(?:s|ped)?|phased|mov(?:es|ed))\b"
    r"|\b(?:last|has|have|had) received\b|\breceived (?:\w+ )?(?:updates|fix|patch)"
    r"|\b(?:was|were) (?:backported|released|shipped)\b"
    r"|\bwe (?:have )?(?:released|shipped|published|backported)\b|\bis an? (?:\w+ )?security release\b"
    r"|\b(?:paying|paid|commercial|enterprise|customers?|subscri\w+|third part(?:y|ies)|sponsors?)\b"
    r"|\b(?:ships?|shipp?ing|bundles?|embeds?|vendors?|depends? on|built (?:on|with)|rel(?:y|ies) on|powered by)"
    r" (?:[a-z]\S* ){1,3}v?\d"
    r"|\bother than [v\d<]|\bof the (?:api|protocol|host|platform)\b|\bof this (?:document|policy|page|file)\b",
    ignore_case=True,
)
_LANGUAGES = (
    r"python|php|node(?:\.?js)?|java|jdk|jre|ruby|golang|rust|\.net|chrome|chromium|firefox|safari|edge|browsers?|ubuntu|debian"
    r"|fedora|windows|macos|android|ios|kubernetes|mysql|mariadb|postgres(?:ql)?|laravel|wordpress|minecraft|visual studio"
)
# "the two latest Go releases", "the latest version of Laravel and PHP": of what the project runs on
_LATEST_FOREIGN = patterns.compile(
    rf"\b(?:latest|newest|recent|current|last|previous)\b[\w() -]{{0,24}}? (?:{_LANGUAGES}|go)(?: lts)?"
    r" (?:versions?|releases?|lts|branches)\b"
    rf"|\b(?:versions?|releases?|lts) of (?:[\w.]+(?:,| and| or|, and) ){{0,3}}(?:{_LANGUAGES})"
    r"(?:$|[,.;)]| and\b| or\b| is\b| are\b)"
)
_SECURED = patterns.compile(r"\bsecurity|\bfix|\bpatch|\bupdate")
_OF_PEER = patterns.compile(r"\bof the (?:server|client)\b")
_ELSEWHERE_VERB = r"(?:see|refer to|consult|visit|check|look (?:at|up)|read|find|go to)"
_POINTING = patterns.compile(
    rf"^\W*(?:please )?{_ELSEWHERE_VERB}\b|^\W*(?:for|to) (?:[\w'-]+ )*?[\w'-]+,? (?:please )?{_ELSEWHERE_VERB}\b"
    r"|\b(?:list|table|overview) of (?:[\w-]+ )*?(?:versions|releases) (?:is|can be|are) (?:\w+ )?"
    r"(?:on|at|in|available|found)\b"
)
_YOURS = patterns.compile(
    r"\b(?:if|when|once|as long as|provided|unless) (?:that )?(?:you|users?|your)\b.{0,40}\b(?:latest|last|current|up to date)\b"
)
# "we support hardware keys": what is supported is no version
_FEATURE = patterns.compile(r"\b(?:we|it|also) supports? ([a-z]\S{0,20}(?: \S{0,20})?)", ignore_case=True)
_NO_FEATURE = (
    "for", "the", "our", "only", "all", "any", "each", "every", "both", "just", "version", "release", "latest", "last", "current",
    "most", "newest", "recent", "stable", "major", "minor", "lts", "one", "two", "three", "four", "a", "up", "security", "in",
    "with", "to", "this", "these", "it", "that", "those", "them", "main", "v", "n-", "n -",
)  # fmt: skip
_EXCEPTING = patterns.compile(
    r"\b(?:except|excl\w*|besides|but not|without)\b|\bbut v?\d|^\W*not v?\d", ignore_case=True
)


def own_words(sentence: str, promise: str) -> str:
    """The sentence with other software's versions, scores and documents' numbers blotted out; "" where it promises nothing.
    `promise` is the part of it that is no condition ("until the next release")."""
    if len(sentence) > _MAX_SENTENCE or _NO_PROMISE.search(promise) or _names_feature(promise):
        return ""
    if _LATEST_FOREIGN.search(promise) or (_OF_PEER.search(promise) and not _SECURED.search(promise)):
        return ""
    return without_software(sentence)


def points_elsewhere(clause: str) -> bool:
    """Whether a clause in plain words sends its reader elsewhere ("for the supported versions, see our site"), or says what holds
    for those who are on the latest release already."""
    return _POINTING.search(clause) is not None or _YOURS.search(clause) is not None


def without_software(sentence: str) -> str:
    """The sentence with other software's versions, scores and documents' numbers blotted out."""
    return _FOREIGN.sub(_blotted, sentence) if any(map(str.isdigit, sentence)) else sentence


def without_foreign(label: str) -> str:
    """A label without what it says of other software: `2.1.x for PHP 7.1 and above` is `2.1.x`."""
    return _FOREIGN_REMARK.sub(" ", label) if any(map(str.isdigit, label)) else label


def _names_feature(sentence: str) -> bool:
    """Whether a sentence such as "we support hardware keys" names what is supported, and that is no version."""
    return any(not match[1].casefold().startswith(_NO_FEATURE) for match in _FEATURE.finditer(sentence))


def _blotted(match: patterns.Match) -> str:
    return f"{match['before'] or ''}other software"


@lru_cache(maxsize=2048)
def is_foreign(label: str) -> bool:
    """Whether a label such as `Python 3.12` names other software."""
    return _FOREIGN_LABEL.match(label) is not None


@lru_cache(maxsize=2048)
def excepts(label: str) -> bool:
    """Whether a label such as `2.x except 2.3.x` takes back a part of what it names."""
    return _EXCEPTING.search(label) is not None


def _is_foreign_table(heading: str, rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table is about other software: its heading says so (`API versions`), or a column names one in each row."""
    if _FOREIGN_HEADING.fullmatch(heading.strip()):
        return True
    for column in zip(*rows, strict=False):
        names = {cell.strip().casefold() for cell in column}
        if len(names) > 1 and 2 * sum(_FOREIGN_NAME.fullmatch(name) is not None for name in names) > len(names):
            return True
    return False


def foreign_columns(heads: Sequence[str], rows: Sequence[Sequence[str]], heading: str = "") -> list[int] | None:
    """The columns of a table that are about other software (`PHP version`); None where its heading or a column says that all of
    it is: its first one (`Browser`), or one in which every row names something else (`Firefox`, `Chrome`)."""
    if _is_foreign_table(heading, rows):
        return None
    columns = [at for at, head in enumerate(heads) if _FOREIGN_TABLE.fullmatch(head.strip())]
    if 0 in columns:
        return None
    for at in columns:
        names = [cells[at].strip().casefold() for cells in rows if at < len(cells)]
        each_other = len(set(names)) == len(names) or _BUILT_ON.search(heads[at]) is not None
        if names and each_other and all(names) and not any(map(str.isdigit, "".join(names))):
            return None
    return [at for at, head in enumerate(heads) if at in columns or _FOREIGN_HEAD.search(head)]
