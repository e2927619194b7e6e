"""Facts: frozen releases, advisories and policy pages, each with one stable key, whoever reported it."""

from dataclasses import dataclass, field
from datetime import datetime

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Block
from chatbot.core.model.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """The files that are attached to a release.

    number: how many there are, those that are still being uploaded among them
    uploading: the names of those, the first few
    immutable: none can be added, changed or removed any more, and the tag stays
    """

    number: int
    uploading: tuple[str, ...] = ()
    immutable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A published release of a repository, as its source lists it. A draft never becomes one. GitHub's flag for the latest
    release is not stored: it is wrong about backports.

    tag: as published; `core.versions` parses it
    notes: the published Markdown, parsed into blocks
    notes_cut: they were longer than what is stored
    created_at: the date of the commit that the tag points to, None where the source does not say
    unread: a clause that says why the notes could not be parsed at all; then they are empty
    assets: None where the source does not say; no part of what makes two readings differ, since no announcement shows them
    """

    project: ProjectId
    tag: str
    name: str
    url: str
    published_at: datetime
    prerelease: bool = False
    notes: tuple[Block, ...] = ()
    notes_cut: bool = False
    created_at: datetime | None = None
    unread: str = ""
    assets: Assets | None = field(default=None, compare=False)

    @property
    def subject(self) -> str:
        return f"{self.project}/{self.tag}"

    @property
    def key(self) -> str:
        """The fact's key, the same whoever reports it."""
        return f"{self.project}/{self.tag}/published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A range of affected versions as OSV states it: from `introduced` ("0" is the beginning) up to, not including, `fixed`,
    or up to and including `last_affected`; without either it has no end."""

    introduced: str = "0"
    fixed: str = ""
    last_affected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """What one advisory says about one package.

    scheme: names the order of the versions ("project", "semver", "npm", "pypi", "crates.io", "go", "maven", "rubygems",
        "packagist", "nuget", …; "git" cannot be ordered)
    range, patched: free text as published by GitHub
    spans, versions: as published by OSV
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
    """A published advisory.

    id: the main id (GHSA before CVE before others)
    aliases: all other ids
    description: the published Markdown, parsed into blocks
    scores: (CVSS vector, base score), the score as published or computed
    credits: only accepted ones
    withdrawn_at: set where the publisher withdrew it
    known_exploited: its vulnerability is known to be exploited
    exploited_by_word: a maintainer of the project said so; never stored with the facts
    unread: a clause that says what could not be parsed, or was too long to be stored: then more may be affected than
        `affected` says
    """

    project: ProjectId
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
    exploited_by_word: bool = False
    unread: str = ""

    @property
    def ids(self) -> frozenset[str]:
        """All its ids."""
        return self.aliases | {self.id}

    @property
    def subject(self) -> str:
        return f"{self.project}/{self.id}"

    @property
    def key(self) -> str:
        """The fact's key, the same whoever reports it."""
        return f"{self.project}/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPage:
    """The text of a security policy as published.

    committed_at: the date of its last commit, None where that is not known
    exists: False where the page is at none of its possible places
    unreadable: why the text of an existing page cannot be read; completes a sentence that begins with "The page"
    """

    project: ProjectId
    text: str
    path: str = ""
    url: str = ""
    committed_at: datetime | None = None
    exists: bool = True

    @property
    def link(self) -> str:
        """The address for readers, without `?…` and `#…`, which may hold a key in a configured address."""
        return self.url.partition("#")[0].partition("?")[0]

    unreadable: str = ""


Observed = Release | Advisory | PolicyPage
