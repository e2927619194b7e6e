"""What happened in the world: frozen facts with one stable key, whoever reported them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chatbot.core.model.message import Block


class Severity(StrEnum):
    """GitHub's words (https://docs.github.com/en/rest/security-advisories); `unknown` where none was published."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """4 critical … 1 low, 0 unknown."""
        return 4 - list(Severity).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A published release of a repository, as its source showed it. Drafts never become one.

    `tag` is kept as written; its version is read by `core.versions`. `notes` are the published Markdown, made into blocks
    when it is read; `notes_cut` says that they were longer than we keep. `unread` is a clause that says why they could not be
    parsed at all: then there are none. `latest_flag` is not kept: it lies about backports. `created_at` is the date of the
    commit that the tag points to, None where the source does not say it.
    """

    project: str
    tag: str
    name: str
    url: str
    published_at: datetime
    prerelease: bool = False
    notes: tuple[Block, ...] = ()
    notes_cut: bool = False
    created_at: datetime | None = None
    unread: str = ""

    @property
    def subject(self) -> str:
        return f"{self.project}/{self.tag}"

    @property
    def key(self) -> str:
        """The event's key, the same whoever reports it."""
        return f"{self.project}/{self.tag}/published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One run of affected versions, in the words of OSV: from `introduced` ("0" is the beginning) up to, not including,
    `fixed`, or up to and including `last_affected`; without either it has no end."""

    introduced: str = "0"
    fixed: str = ""
    last_affected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """What one advisory says of one package.

    `range` and `patched` are free text as published (GitHub); `spans` and `versions` are OSV's. `scheme` names the order of
    the versions ("project", "semver", "npm", "pypi", "crates.io", "go", "maven", "rubygems", "packagist", "nuget", …;
    "git" cannot be ordered).
    """

    package: str = ""
    ecosystem: str = ""
    scheme: str = "project"
    range: str = ""
    patched: str = ""
    spans: tuple[Span, ...] = ()
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    login: str
    role: str = "reporter"  # GitHub's credit types: analyst, finder, reporter, coordinator, …


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """A published advisory. `id` is the one it is known by (GHSA before CVE before others); `aliases` are all its other ids.

    `description` is the published Markdown, made into blocks when it is read. `scores` are (CVSS vector, base score) as published
    or computed then. Only accepted credits are kept. `withdrawn_at` is set where the publisher withdrew it.
    `unread` is a clause that says what could not be parsed, or was too long to be kept: what `affected` does not name may be
    affected all the same.
    """

    project: str
    id: str
    aliases: frozenset[str] = frozenset()
    summary: str
    description: tuple[Block, ...] = ()
    severity: Severity = Severity.UNKNOWN
    scores: tuple[tuple[str, float], ...] = ()
    affected: tuple[Affected, ...] = ()
    cwes: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    url: str = ""
    published_at: datetime
    updated_at: datetime
    withdrawn_at: datetime | None = None
    known_exploited: bool = False
    unread: str = ""

    @property
    def ids(self) -> frozenset[str]:
        """Every id it is known by."""
        return self.aliases | {self.id}

    @property
    def subject(self) -> str:
        return f"{self.project}/{self.id}"

    @property
    def key(self) -> str:
        """The event's key, the same whoever reports it."""
        return f"{self.project}/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPage:
    """The text of a security policy as published. `committed_at` is the date of its last commit, where it could be had;
    `found` is False where every place was looked at and there is no page. `unreadable` says why there is a page whose text
    nobody can read; it ends a sentence that begins with "The page"."""

    project: str
    text: str
    path: str = ""
    url: str = ""
    committed_at: datetime | None = None
    found: bool = True

    @property
    def link(self) -> str:
        """The address for readers; what stands behind `?` or `#` in a configured one may be a key."""
        return self.url.partition("#")[0].partition("?")[0]

    unreadable: str = ""


Observed = Release | Advisory | PolicyPage
