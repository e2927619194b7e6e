"""How bad a vulnerability is."""

from enum import StrEnum


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
