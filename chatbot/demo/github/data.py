"""The loopback GitHub's world: repositories, releases, advisories and files, as plain values that a story changes."""

import zlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timezone

JSON = dict[str, object]


def number(name: str) -> int:
    """A stable positive number for a name, as GitHub has one for everything."""
    return zlib.crc32(name.encode()) or 1


@dataclass(kw_only=True)
class Release:
    """`published_at` is None for a draft. `created_at` is the commit's date, which decides the order of the lists."""

    tag: str
    name: str = ""
    body: str = ""
    created_at: datetime
    published_at: datetime | None = None
    updated_at: datetime | None = None
    prerelease: bool = False
    author: str = "release-captain"
    assets: tuple[str, ...] = ()
    uploading: tuple[str, ...] = ()
    immutable: bool = False

    @property
    def draft(self) -> bool:
        return self.published_at is None


@dataclass(frozen=True, kw_only=True)
class Vulnerability:
    """`range` and `patched` are free text, as maintainers type it."""

    package: str = ""
    ecosystem: str = "other"
    range: str = ""
    patched: str = ""
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Credit:
    """`state` is accepted, pending or declined; GitHub lists all of them in credits_detailed."""

    login: str
    type: str = "reporter"
    state: str = "accepted"


@dataclass(kw_only=True)
class Advisory:
    """A security advisory; `state` is triage, draft, published, closed or withdrawn.

    The same value serves in a repository's list and in the global database (where `repository` may name its home).
    `scores` are pairs of a CVSS vector and its base score.
    """

    ghsa: str
    cve: str = ""
    summary: str
    description: str = ""
    severity: str = ""
    state: str = "published"
    created_at: datetime
    updated_at: datetime | None = None
    published_at: datetime | None = None
    closed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    vulnerabilities: tuple[Vulnerability, ...] = ()
    scores: tuple[tuple[str, float], ...] = ()
    cwes: tuple[tuple[str, str], ...] = ()
    credits: tuple[Credit, ...] = ()
    author: str = "release-captain"
    type: str = "reviewed"
    repository: str = ""

    @property
    def public(self) -> bool:
        """Whether anyone may read it in the repository's list."""
        return self.state in {"published", "withdrawn"}


@dataclass(frozen=True, kw_only=True)
class Commit:
    """One state of one file; `text` None means that this commit removed it."""

    at: datetime
    text: str | None
    message: str = "Update"
    author: str = "release-captain"


@dataclass(kw_only=True)
class Repository:
    """`tags` are plain tags without a release: the Atom feed shows them, REST does not.

    `number` is what a repository keeps through renames, and what another one of the same name has not; made from the name
    where it is 0. `feed_offset` is the time zone in which the feed writes its dates (a signed-in reader's own, in real captures).
    `private_reports`: private vulnerability reporting is switched on.
    """

    owner: str
    name: str
    description: str = ""
    private: bool = False
    releases: list[Release] = field(default_factory=list)
    tags: dict[str, datetime] = field(default_factory=dict)
    advisories: list[Advisory] = field(default_factory=list)
    files: dict[str, list[Commit]] = field(default_factory=dict)
    feed_offset: timezone = UTC
    number: int = 0
    private_reports: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def id(self) -> int:
        return self.number or number(self.full_name.lower())

    def commit(self, path: str, text: str | None, at: datetime, message: str = "Update") -> None:
        """Change a file, or remove it with None."""
        self.files.setdefault(path, []).append(Commit(at=at, text=text, message=message))

    def text(self, path: str) -> str | None:
        """A file as it stands now."""
        history = self.files.get(path)
        return history[-1].text if history else None

    def release(self, tag: str) -> Release:
        """The release with this tag (KeyError without one)."""
        for release in self.releases:
            if release.tag == tag:
                return release
        raise KeyError(tag)

    def advisory(self, ghsa: str) -> Advisory:
        """The advisory with this id (KeyError without one)."""
        for advisory in self.advisories:
            if advisory.ghsa == ghsa:
                return advisory
        raise KeyError(ghsa)


@dataclass(frozen=True, kw_only=True)
class LoggedRequest:
    """One request that was made, as the tests ask about it. `path` is decoded."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    status: int


@dataclass(kw_only=True)
class GitHub:
    """Everything one loopback server knows. All of it may change while it serves.

    `tokens` maps a token to the repositories (`owner/name`) it may push to; any other token is refused.
    `moved` maps an old `owner/name` to the new one. `osv` are whole OSV records, `kev` the exploited CVE ids, `lifecycles`
    the documents of endoflife.date by product.
    `origin` is what its links begin with; empty: the address at which it is asked. `requests` keeps the newest 20,000 requests.
    """

    origin: str = ""
    repositories: list[Repository] = field(default_factory=list)
    advisories: list[Advisory] = field(default_factory=list)
    osv: list[JSON] = field(default_factory=list)
    kev: list[str] = field(default_factory=list)
    lifecycles: dict[str, JSON] = field(default_factory=dict)
    tokens: dict[str, frozenset[str]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    quota_anonymous: int = 60
    quota_token: int = 5000
    requests: deque[LoggedRequest] = field(default_factory=lambda: deque(maxlen=20_000))

    def find(self, owner: str, name: str) -> Repository | None:
        """The repository of this name; names are not case sensitive."""
        full_name = f"{owner}/{name}".lower()
        return next((each for each in self.repositories if each.full_name.lower() == full_name), None)

    def requests_for(self, pattern: str = "") -> list[LoggedRequest]:
        """The requests whose path contains `pattern`, oldest first."""
        return [request for request in self.requests if pattern in request.path]
