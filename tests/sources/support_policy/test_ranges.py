"""Tables as the world writes them: ranges, dates, branches."""

import pytest

from tests.sources.policy_questions import H, answer

CASES = [
    (
        ("# Security Policy\n## PGP keys\n\n| Version | Key | Fingerprint |\n|--|--|--|\n| 1.x | ABC | 0xabc |\n"),
        [("1.1", "unknown", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 1.9.x ~ 2.0.x | ✅ |\n| 1.8.x | ❌ |\n"),
        [("1.9.1", "supported", "", ""), ("2.0.3", "supported", "", ""), ("1.8.1", "ended", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| `v2.*` | ✅ |\n| **v1.*** | ❌ |\n"),
        [("2.1", "supported", "", ""), ("1.1", "ended", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 2.x (current) | ✅ |\n| 1.x (legacy) | ❌ |\n| 0.x (EOL) | ❌ |\n"),
        [("2.1", "supported", "", ""), ("1.1", "ended", "", ""), ("0.1", "ended", "", "")],
    ),
    (
        H + ("| Branch | Supported |\n|--|--|\n| `develop` | ✅ |\n| `release/1.2` | ✅ |\n| `release/1.1` | ❌ |\n"),
        [("develop", "supported", "", ""), ("1.2.4", "supported", "", ""), ("1.1.1", "ended", "", "")],
    ),
    (
        H
        + (
            "| Version | Bug fixes | Security fixes |\n"
            "|--|--|--|\n"
            "| 3.x | ✅ | ✅ |\n"
            "| 2.x | ❌ | ✅ |\n"
            "| 1.x | ❌ | ❌ |\n"
        ),
        [("3.1", "supported", "", ""), ("2.1", "supported", "", ""), ("1.1", "ended", "", "")],
    ),
    (
        H
        + (
            "| Version | Maintained | Security |\n"
            "|--|--|--|\n"
            "| 3.x | Yes | Yes |\n"
            "| 2.x | No | Yes |\n"
            "| 1.x | No | No |\n"
        ),
        [("3.1", "supported", "", ""), ("2.1", "supported", "", ""), ("1.1", "ended", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 1.x | :white_check_mark: |\n\nPython 3.8 and newer are supported."),
        [("1.1", "supported", "", ""), ("3.8", "not_listed", "", ""), ("3.9", "not_listed", "", "")],
    ),
    (
        H
        + (
            "| Version | Supported |\n"
            "|--|--|\n"
            "| 4.x | :warning: |\n"
            "| 5.x | :heavy_check_mark: |\n"
            "| 3.x | :heavy_multiplication_x: |"
        ),
        [("4.1", "unknown", "", ""), ("5.1", "supported", "", ""), ("3.1", "ended", "", "")],
    ),
    (
        H + ("| | 1.x | 2.x |\n|--|--|--|\n| Supported | ❌ | ✅ |\n"),
        [("1.1", "ended", "", ""), ("2.1", "supported", "", "")],
    ),
    (
        H + ("|Version|Supported|\n|-|-|\n|1.x|Supported|\n|0.x|Not supported|"),
        [("1.1", "supported", "", ""), ("0.1", "ended", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 3.0.0-beta.x | ✅ |\n| 2.x | ✅ |\n"),
        [("2.1", "supported", "", ""), ("3.0.0", "not_listed unknown", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 2.x | 2026-01-01 |\n| 1.x | 2024-01-01 |\n"),
        [("2.1", "supported", "2026-01-01", ""), ("1.1", "ended", "2024-01-01", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 2.x | ✅ |\n| All previous versions | ❌ |\n"),
        [("2.1", "supported", "", ""), ("1.1", "ended", "", ""), ("3.0", "not_listed", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 2.x | ✅ |\n| Anything else | ❌ |\n"),
        [("2.1", "supported", "", ""), ("1.1", "ended", "", "")],
    ),
    (
        H
        + (
            "| Version | Supported |\n"
            "|--|--|\n"
            "| 2.x | ✅ |\n"
            "| < 2 | ❌ |\n"
            "\n"
            "Version 2.x will be supported until 2025-01-01."
        ),
        [("2.1", "supported ended", "", ""), ("1.1", "ended", "", "")],
    ),
    (
        H
        + (
            "The following versions are currently being supported with security updates.\n"
            "\n"
            "| Version | Supported          | End of Life |\n"
            "| ------- | ------------------ | ----------- |\n"
            "| 9.x     | :white_check_mark: | -           |\n"
            "| 8.x     | :white_check_mark: | Dec 2025    |\n"
            "| 7.x     | :x:                | Jan 2024    |\n"
        ),
        [
            ("9.1", "supported", "", ""),
            ("8.3", "supported", "2025-12-31", ""),
            ("7.2", "ended", "2024-01-31", ""),
            ("10.0", "not_listed", "", ""),
        ],
    ),
    (
        H + ("| Version range | Supported |\n|--|--|\n| [2.0, 3.0) | ✅ |\n"),
        [("2.5", "supported unknown not_listed", "", ""), ("3.0", "not_listed unknown", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 3.0 - 3.4 | ❌ |\n| 3.5 - latest | ✅ |\n"),
        [
            ("3.2", "ended", "", ""),
            ("3.6", "supported unknown not_listed", "", ""),
            ("4.0", "not_listed unknown supported", "", ""),
        ],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 3.5 → | ✅ |\n| → 3.4 | ❌ |\n"),
        [("3.5.1", "supported", "", ""), ("3.2", "ended not_listed unknown", "", "")],
    ),
    (
        H + ("| Version | Status |\n|--|--|\n| 3.x | Released |\n| 2.x | Deprecated |\n| 1.x | Archived |\n"),
        [("3.2", "supported unknown", "", ""), ("2.1", "ended", "", ""), ("1.1", "ended", "", "")],
    ),
    (
        H
        + (
            "| Version | Supported | Until |\n"
            "|--|--|--|\n"
            "| 3.x | Yes | TBD |\n"
            "| 2.x | Yes | Q4 2025 |\n"
            "| 1.x | No | - |\n"
        ),
        [("3.2", "supported", "", ""), ("2.1", "supported", "2025-12-31", ""), ("1.1", "ended", "", "")],
    ),
    (
        H
        + (
            "| Version | Released | Supported until |\n"
            "|--|--|--|\n"
            "| 3.x | 2025-01-01 | TBD |\n"
            "| 2.x | 2023-01-01 | 2025-01-01 |\n"
        ),
        [("3.2", "supported", "", ""), ("2.1", "ended", "2025-01-01", "")],
    ),
    (
        H + ("| Version | EOL Date |\n|--|--|\n| 3.x | 01.01.2027 |\n| 2.x | 31.12.2024 |\n"),
        [("3.2", "supported", "2027-01-01", ""), ("2.1", "ended", "2024-12-31", "")],
    ),
    (
        H + ("| Version | End of support |\n|--|--|\n| 3.x | 01/13/2026 |\n| 2.x | 02/03/2025 |\n"),
        [("3.2", "supported", "2026-01-13", ""), ("2.1", "ended", "2025-02-03", "")],
    ),
    (
        H
        + (
            "| Version | Supported |\n"
            "|--|--|\n"
            "| 1.6.x | :white_check_mark: |\n"
            "| 1.5.x | :white_check_mark: until 1.7 |\n"
            "| 1.4.x | :x: |\n"
        ),
        [("1.6.1", "supported", "", ""), ("1.5.1", "supported", "", ""), ("1.4.1", "ended", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 1.6.x | Yes, until 1.7.0 is released |\n"),
        [("1.6.1", "supported", "", "")],
    ),
]


@pytest.mark.parametrize(("page", "questions"), CASES)
def test_a_page_is_answered_as_a_reader_would(page: str, questions: list[tuple[str, str, str, str]]) -> None:
    for version, states, until, newest in questions:
        verdict = answer(page, version, newest)
        assert verdict.state in states.split(), (version, verdict)
        assert not until or str(verdict.until) == until, (version, verdict)
