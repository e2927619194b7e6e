"""Tables as the world writes them: notes, notation, and tables about something else."""

import pytest

from tests.sources.policy_questions import H, answer

CASES = [
    (
        H
        + (
            "| Version | Supported |\n"
            "|--|--|\n"
            "| v1.6.x | 🟢 |\n"
            "| v1.5.x | 🟡 |\n"
            "| v1.4.x | 🔴 |\n"
            "\n"
            "🟢 supported, 🟡 security fixes only, 🔴 unsupported\n"
        ),
        [("1.6.1", "supported", "", ""), ("1.5.1", "unknown supported", "", ""), ("1.4.1", "ended", "", "")],
    ),
    (
        H
        + (
            "<details><summary>Versions</summary>\n"
            "\n"
            "| Version | Supported |\n"
            "|--|--|\n"
            "| 2.x | ✅ |\n"
            "| 1.x | ❌ |\n"
            "\n"
            "</details>\n"
        ),
        [("2.1", "supported", "", ""), ("1.1", "ended", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| [2.x](https://x.y/2) | [✅](https://x.y) |\n| ~~1.x~~ | ❌ |\n"),
        [("2.1", "supported", "", ""), ("1.1", "ended", "", "")],
    ),
    (
        H + ("| **Version** | **Supported** |\n|:--:|:--:|\n| **2.x** | **Yes** |\n| *1.x* | _No_ |\n"),
        [("2.1", "supported", "", ""), ("1.1", "ended", "", "")],
    ),
    (
        H + ("| Product | Supported versions |\n|--|--|\n| Server | 2.x, 3.x |\n| Client | 1.x |\n"),
        [
            ("2.1", "supported unknown", "", ""),
            ("1.1", "supported unknown", "", ""),
            ("0.1", "not_listed unknown", "", ""),
        ],
    ),
    (
        H + ("| Supported versions | Unsupported versions |\n|--|--|\n| 2.x, 3.x | 1.x |\n"),
        [("2.1", "supported", "", ""), ("1.1", "ended not_listed", "", "")],
    ),
    (H + ("| Version | Supported |\n|--|--|\n| 1.0.x | ✅ |\n| 1.1.x-dev | ❌ |\n"), [("1.0.1", "supported", "", "")]),
    (
        H + ("| Version | Supported |\n|--|--|\n| 8.0, 8.1, 8.2 | ✅ |\n| 7.* | ❌ |\n"),
        [("8.1.5", "supported", "", ""), ("8.3", "not_listed", "", ""), ("7.4", "ended", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 8.0 through 8.2 | ✅ |\n| up to 7.4 | ❌ |\n"),
        [
            ("8.1.5", "supported", "", ""),
            ("8.3", "not_listed", "", ""),
            ("7.4.1", "ended", "", ""),
            ("7.5", "not_listed", "", ""),
        ],
    ),
    (
        H
        + (
            "| Version | Supported |\n|--|--|\n| 5.4.x LTS | ✅ |\n| 6.0.x | ❌ |\n| 6.4.x LTS | ✅ |\n| 7.0.x | ✅ |\n"
        ),
        [
            ("5.4.1", "supported", "", ""),
            ("6.0.1", "ended", "", ""),
            ("6.4.2", "supported", "", ""),
            ("6.3.0", "not_listed", "", ""),
        ],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 0.x | ✅ |\n| < 1.0 | ❌ |\n"),
        [("0.5", "unknown supported ended", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 1.x | ✅ |\n| < 1.5 | ❌ |\n"),
        [("1.6", "supported", "", ""), ("1.3", "ended", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| >= 1.0 | ✅ |\n| >= 2.0 | ❌ |\n"),
        [("1.6", "supported", "", ""), ("2.3", "ended", "", "")],
    ),
    (H + ("| Version | Supported |\n|--|--|\n| 2.x | ✅ |\n| 2.x | ❌ |\n"), [("2.6", "unknown ended", "", "")]),
    (
        H + ("| Version | Supported |\n|--|--|\n| 1.14.x | ✅ |\n| 1.4.x | ❌ |\n"),
        [("1.14.0", "supported", "", ""), ("1.4.0", "ended", "", ""), ("1.40.0", "not_listed", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 2.x.x | ✔️ Yes |\n| 1.x.x | ✖️ No |\n"),
        [("2.6", "supported", "", ""), ("1.1", "ended", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 10.x | ✅ |\n| 1.x | ❌ |\n"),
        [("10.6", "supported", "", ""), ("1.1", "ended", "", ""), ("100.1", "not_listed", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 2.3 | ✅ |\n| 2.2 | ✅ until Dec. 31, 2024 |\n| 2.1 | ❌ |\n"),
        [("2.3.1", "supported", "", ""), ("2.2.1", "ended", "2024-12-31", ""), ("2.1.0", "ended", "", "")],
    ),
    (
        H
        + (
            "| Version | Supported |\n|--|--|\n| 2.3 | Yes |\n| 2.2 | Until end of 2025 |\n| 2.1 | Ended March 2024 |\n"
        ),
        [
            ("2.3.1", "supported", "", ""),
            ("2.2.1", "supported", "2025-12-31", ""),
            ("2.1.0", "ended", "2024-03-31", ""),
        ],
    ),
    (
        H + ("| Chart | App version | Supported |\n|--|--|--|\n| 5.x | 2.x | ✅ |\n| 4.x | 1.x | ❌ |\n"),
        [("2.1", "supported unknown", "", ""), ("1.0", "ended unknown", "", "")],
    ),
    (
        (
            "# Security\n"
            "\n"
            "| Severity | Response | Fix |\n"
            "|--|--|--|\n"
            "| Critical | 1.5 days | ✅ |\n"
            "| Low | 3.0 weeks | ❌ |\n"
        ),
        [("1.5", "unknown", "", ""), ("3.0", "unknown", "", "")],
    ),
    (
        ("# Security\n\n## Timeline\n\n| Date | Version | Event |\n|--|--|--|\n| 2024-01-01 | 1.2 | ✅ fixed |\n"),
        [("1.2", "not_listed unknown", "", "")],
    ),
    (
        ("# Security\n\n## Browser support\n\n| Browser | Version | Supported |\n|--|--|--|\n| Firefox | 115 | ✅ |\n"),
        [("115", "unknown supported not_listed", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 1.x | :white_check_mark: |\n| 2.0.0-alpha | :x: |\n"),
        [("1.2", "supported", "", ""), ("2.0.0", "not_listed", "", "")],
    ),
    (
        H + ("Version|Security Support\n-|-\nmaster|Yes\n4.x|Yes\n3.x|No\n"),
        [("4.1", "supported", "", ""), ("3.1", "ended", "", ""), ("master", "supported", "", "")],
    ),
    (
        H + ("| Magento Version | Supported |\n|--|--|\n| 2.4.6-p3 | ✅ |\n| 2.4.5 | ❌ |\n"),
        [("2.4.6-p3", "supported", "", ""), ("2.4.6", "not_listed unknown", "", ""), ("2.4.5", "ended", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 1.1.1w | ✅ |\n| < 1.1.1w | ❌ |\n"),
        [
            ("1.1.1w", "supported", "", ""),
            ("1.1.1j", "ended", "", ""),
            ("1.1.1", "ended", "", ""),
            ("1.0.2", "ended", "", ""),
        ],
    ),
]


@pytest.mark.parametrize(("page", "questions"), CASES)
def test_a_page_is_answered_as_a_reader_would(page: str, questions: list[tuple[str, str, str, str]]) -> None:
    for version, states, until, newest in questions:
        verdict = answer(page, version, newest)
        assert verdict.state in states.split(), (version, verdict)
        assert not until or str(verdict.until) == until, (version, verdict)
