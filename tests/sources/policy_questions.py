"""How the tests of `sources.security_md` ask a page about a version, on one fixed day."""

from datetime import date

from chatbot.core.support.policy import Status, status
from chatbot.core.versions.version import read_version
from chatbot.sources.support_policy.reader import read_policy

H = "# Security Policy\n\n## Supported Versions\n\n"
TODAY = date(2025, 6, 1)


def answer(page: str, version: str, newest: str = "", *, component: str = "", today: date = TODAY) -> Status:
    """The status of a version, or of a branch by its name, by the text of a page."""
    parsed = read_version(version) or version
    return status(
        read_policy(page), parsed, today=today, newest=read_version(newest) if newest else None, component=component
    )
