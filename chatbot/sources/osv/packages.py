"""The configured packages (`crates.io/mail-parser`) in the words of OSV and of GitHub's global database."""

from collections.abc import Iterable
from dataclasses import dataclass

# OSV's name (https://ossf.github.io/osv-schema/#defined-ecosystems), GitHub's (docs.github.com, security-advisories), others
_ECOSYSTEMS = (
    ("crates.io", "rust", "cargo"),
    ("GitHub Actions", "actions", "github-actions"),
    ("Go", "go", "golang"),
    ("Hex", "erlang", "hex"),
    ("Maven", "maven", ""),
    ("npm", "npm", ""),
    ("NuGet", "nuget", ""),
    ("Packagist", "composer", ""),
    ("Pub", "pub", ""),
    ("PyPI", "pip", ""),
    ("RubyGems", "rubygems", "gem"),
    ("SwiftURL", "swift", ""),
)
_NAMES = {name.lower(): (osv, github) for osv, github, other in _ECOSYSTEMS for name in (osv, github, other) if name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """`github` is empty for an ecosystem that GitHub's database does not have."""

    name: str
    osv: str
    github: str


def read_packages(names: Iterable[str]) -> tuple[Package, ...]:
    """Read `ecosystem/name`; what has no name is left out (the settings refuse it)."""
    packages = []
    for each in names:
        ecosystem, _, name = each.partition("/")
        osv, github = _NAMES.get(ecosystem.strip().lower(), (ecosystem.strip(), ""))
        if osv and name.strip():
            packages.append(Package(name=name.strip(), osv=osv, github=github))
    return tuple(dict.fromkeys(packages))
