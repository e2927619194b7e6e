"""Releases and advisories of the invented world, by the day of its story."""

from datetime import timedelta

from chatbot.demo.github.data import Advisory, Credit, Release, Vulnerability
from tests.standins.clock import START


def release(tag: str, days: int, **more: object) -> Release:
    """A release that was made and published `days` after the start of the story."""
    at = START - timedelta(days=100 - days)
    values: dict[str, object] = {
        "created_at": at,
        "published_at": at + timedelta(hours=1),
        "name": tag,
        "body": "Fixes.",
    }
    return Release(tag=tag, **(values | more))  # type: ignore[arg-type]  # a table of mixed fields


def advisory(ghsa: str, days: int, **more: object) -> Advisory:
    """An advisory that was published `days` after the start of the story."""
    at = START - timedelta(days=100 - days)
    values: dict[str, object] = {
        "summary": "A mailbox name is not escaped",
        "description": "Details.",
        "severity": "high",
        "cve": "CVE-2031-0001",
        "created_at": at,
        "published_at": at,
        "vulnerabilities": (Vulnerability(package="ferry", range="< 1.2.0", patched="1.2.0"),),
        "scores": (("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5),),
        "cwes": (("CWE-79", "Cross-site Scripting"),),
        "credits": (Credit(login="mira"), Credit(login="ola", state="declined")),
    }
    return Advisory(ghsa=ghsa, **(values | more))  # type: ignore[arg-type]  # a table of mixed fields
