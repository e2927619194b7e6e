"""What a hostile world sends: tags, notes, advisories, pages, commands and events that once froze, filled or stopped the bot."""

import json
import random
from collections.abc import Callable
from datetime import datetime

from chatbot.demo.github.data import Advisory, Release, Vulnerability

Words = Callable[[random.Random], str]

SEPARATORS = "-_.+/ ~"
INVISIBLE = "\u200b\u202e\u2066\u061c\ufeff\u00ad\U000e0041"


def tag(chance: random.Random) -> str:
    """A tag as long and as ambiguous as GitHub lets it be."""
    shapes = (
        "foo" + chance.choice("-_.") * 60 + "bar-1.2.3",
        "v" + "1." * 60 + "x",
        "release-" * 14 + "1.0",
        "v1.0.0" + "-rc" * 40,
        "9" * 120,
        "".join(chance.choice("v10.-_+ab") for _ in range(110)),
        "v1.2.3+" + "é" * 60,
    )
    return f"{chance.choice(shapes)}{chance.randrange(10**6)}"[:200]


def notes(chance: random.Random) -> str:
    """64 KB of Markdown or HTML of one bad kind."""
    unit = chance.choice(
        (
            "<br>", "<p>", "&#10;", "> ", "- ", "1. ", "* [ ] ", "`", "``", "~~~\n", "| a ", "|-", "[", "![", "](", "<a href=",
            "**_", "&amp;", "<details>", "<ul><li>", "#", "@everyone ", "<@&1>", "\\", "<!-- -->\n", "\u202e", "\n\n", "\t", "https://a.b/",
        )
    )  # fmt: skip
    return unit * (64_000 // len(unit))


def policy(chance: random.Random) -> str:
    """A SECURITY.md of a quarter of a megabyte."""
    unit = chance.choice(
        (
            "<!-- -->\n", "latest-most-recent-", "| 1.x | yes |\n", "- 1.x is supported until 2.0 is released\n\n  and more\n\n",
            "only the latest of the most recent of the newest of ", "```\n", "> 1.0 ", "1.0 - 2.0, ", "until until until ", "[a](", "within 3 days ",
        )
    )  # fmt: skip
    return "# Security\n\n" + unit * (250_000 // len(unit))


def release(chance: random.Random, at: datetime) -> Release:
    return Release(tag=tag(chance), name=notes(chance)[:200], body=notes(chance), created_at=at, published_at=at)


def advisory(chance: random.Random, at: datetime) -> Advisory:
    """An advisory with hundreds of packages and ranges that nobody can read."""
    letters = "23456789cfghjmpqrvwx"
    ghsa = "GHSA-" + "-".join("".join(chance.choice(letters) for _ in range(4)) for _ in range(3))
    ranges = (
        ">= 1, " * 400 + "< 2",
        "<" * 500,
        "1.0 - " * 300,
        ">= " + "9" * 500,
        " || ".join(["< 1"] * 500),
        "=" + "1." * 400,
    )
    many = chance.choice((1, 3, 300))
    vulnerability = [
        Vulnerability(package=f"p{number}", range=chance.choice(ranges), patched="1." * 60) for number in range(many)
    ]
    return Advisory(
        ghsa=ghsa,
        summary=notes(chance)[:1000],
        description=notes(chance),
        severity=chance.choice(("low", "critical")),
        created_at=at,
        published_at=at,
        vulnerabilities=tuple(vulnerability),
    )


COMMANDS: tuple[Words, ...] = (
    lambda _: "foo" + "-" * 60 + "bar-1.2.3",
    lambda _: "1." * 3000,
    lambda _: "9" * 6000,
    lambda _: INVISIBLE * 300,
    lambda _: "v1.0.0" + "-rc.1" * 1000,
    lambda _: "\\" * 3000 + "[x](https://evil.example)",
    lambda _: "(" * 3000,
    lambda _: "\0\x1b[2J\x9b31m" * 300,
    lambda chance: "".join(chance.choice(SEPARATORS + "0v19ab") for _ in range(3000)),
)


def argument(chance: random.Random, longest: int) -> str:
    """What a stranger writes where a version belongs."""
    return chance.choice(COMMANDS)(chance)[:longest]


def encrypted_bodies() -> list[str]:
    """Plaintexts of Megolm events that only a client of one's own can send, as JSON text."""
    message = {"type": "m.room.message", "content": {"msgtype": "m.text"}}
    nested = "[" * 3000 + "]" * 3000
    bodies = ["!supported \ud800", "!supported " + "-" * 5000, "!help \0", "!upgrade " + "1." * 9000]
    whole = [json.dumps({**message, "content": {"msgtype": "m.text", "body": body}}) for body in bodies]
    return [
        *whole,
        nested,
        "null",
        "[]",
        "7",
        '"x"',
        "{}",
        '{"type": 3}',
        '{"type": "m.room.message", "content": ' + "9" * 5000 + "}",
    ]
