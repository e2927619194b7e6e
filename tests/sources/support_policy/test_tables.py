"""Tables as the world writes them: marks, words, several columns."""

import pytest

from tests.sources.policy_questions import H, answer

CASES = [
    (
        H
        + (
            "| Version | PHP (*) | Release | Bug Fixes Until | Security Fixes Until |\n"
            "| --- | --- | --- | --- | --- |\n"
            "| 9 | 8.0 - 8.2 | February 8th, 2022 | August 8th, 2023 | February 6th, 2024 |\n"
            "| 10 | 8.1 - 8.3 | February 14th, 2023 | August 6th, 2024 | February 4th, 2025 |\n"
            "| 11 | 8.2 - 8.4 | March 12th, 2024 | September 3rd, 2025 | March 12th, 2026 |\n"
        ),
        [
            ("11.0.3", "supported", "2026-03-12", ""),
            ("10.4", "ended", "2025-02-04", ""),
            ("9.1", "ended", "", ""),
            ("12.0", "not_listed", "", ""),
            ("8.2", "not_listed", "", ""),
        ],
    ),
    (
        H
        + (
            "| Version | Release Tag | Support Starts | Support Ends | Security Updates Until | Notes |\n"
            "|---|---|---|---|---|---|\n"
            "| 5.x.x | GA / Stable | September 2024 | Further Notice | Further Notice | LTS |\n"
            "| 4.x.x | GA / Stable | November 2021 | October 2025 | April 2026 | LTS |\n"
            "| 3.x.x | EOL | May 2020 | November 2022 | November 2022 | End Of Life |\n"
            "| 1.x.x | Alpha | - | - | - | - |\n"
        ),
        [
            ("5.1.0", "supported", "", ""),
            ("4.2.0", "supported", "2026-04-30", ""),
            ("3.6.1", "ended", "", ""),
            ("6.0.0", "not_listed", "", ""),
        ],
    ),
    (
        H
        + (
            "Branch | Support\n"
            "------ | -------\n"
            "1.18 | Bug fixes and security patches\n"
            "1.17 | Security patches only\n"
            "1.16 | Security patches only\n"
            "<= 1.15 | Unsupported\n"
        ),
        [
            ("1.18.2", "supported", "", ""),
            ("1.16.3", "supported", "", ""),
            ("1.15.8", "ended", "", ""),
            ("1.19.0", "not_listed", "", ""),
        ],
    ),
    (
        H
        + (
            "We release patches for security vulnerabilities. Which versions are eligible\n"
            "for receiving such patches depends on the CVSS v3.0 Rating:\n"
            "\n"
            "| CVSS v3.0 | Supported Versions                        |\n"
            "| --------- | ----------------------------------------- |\n"
            "| 9.0-10.0  | Releases within the previous three months |\n"
            "| 4.0-8.9   | Most recent release                       |\n"
        ),
        [
            ("9.5.0", "unknown not_listed", "", ""),
            ("1.2.0", "unknown not_listed", "", ""),
            ("4.0.0", "unknown not_listed", "", ""),
        ],
    ),
    (
        (
            "## Supported Versions\n"
            "### Server\n"
            "| Version | Supported |\n"
            "|--|--|\n"
            "| 2.x | ✅ |\n"
            "| < 2 | ❌ |\n"
            "### Client\n"
            "| Version | Supported |\n"
            "|--|--|\n"
            "| 1.x | ✅ |\n"
            "| < 1 | ❌ |\n"
        ),
        [
            ("2.1", "supported", "", ""),
            ("1.5", "unknown", "", ""),
            ("0.5", "ended", "", ""),
            ("3.0", "not_listed", "", ""),
        ],
    ),
    (
        H + ("| Version | End of life |\n|---|---|\n| 3.x | ❌ |\n| 2.x | ✅ |\n"),
        [("3.1", "supported", "", ""), ("2.1", "ended", "", "")],
    ),
    (
        H + ("| Version | EOL |\n|---|---|\n| 3.x | No |\n| 2.x | Yes |\n| 1.x | 2020-01-01 |\n"),
        [("3.1", "supported", "", ""), ("2.1", "ended", "", ""), ("1.1", "ended", "2020-01-01", "")],
    ),
    (
        H
        + (
            "| Version | Status | Released | Active Ends | LTS Ends |\n"
            "|--|--|--|--|--|\n"
            "| ^19.0.0 | Active | 2024-11-19 | 2025-05-19 | 2026-05-19 |\n"
            "| ^18.0.0 | LTS | 2024-05-22 | 2024-11-19 | 2025-11-19 |\n"
            "\n"
            "Angular versions v2 to v17 are no longer supported.\n"
        ),
        [
            ("19.1.0", "supported", "2026-05-19", ""),
            ("18.2.0", "supported", "2025-11-19", ""),
            ("17.0.0", "ended not_listed", "", ""),
            ("20.0.0", "not_listed", "", ""),
        ],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| Latest | ✅ |\n| Older | ❌ |\n"),
        [("2.0", "supported", "", "2.0"), ("1.9", "ended", "", "2.0"), ("1.9", "unknown", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| latest | :white_check_mark: |\n| others | :x: |\n"),
        [("2.0", "supported", "", "2.0"), ("1.9", "ended", "", "2.0"), ("1.9", "unknown", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| >= 2.0.0 | Yes |\n| 1.0.0 - 1.9.x | No |\n"),
        [("2.5", "supported", "", ""), ("1.3.0", "ended", "", ""), ("0.9", "not_listed", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 1.0+ | Yes |\n| <1.0 | No |\n"),
        [("2.5", "supported", "", ""), ("0.3.0", "ended", "", "")],
    ),
    (
        H
        + (
            "| Version | Supported |\n"
            "|--|--|\n"
            "| 5.x | ✅ (security fixes only until 2025-12-31) |\n"
            "| 4.x | ❌ (EOL since 2024-01-01) |\n"
        ),
        [("5.2", "supported", "2025-12-31", ""), ("4.2", "ended", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 5.x | EOL 2026-01-01 |\n| 4.x | EOL 2024-01-01 |\n"),
        [("5.2", "supported", "2026-01-01", ""), ("4.2", "ended", "2024-01-01", "")],
    ),
    (
        (
            "# Security\n"
            "\n"
            "5.1.x\n"
            "\n"
            "## Supported Versions\n"
            "\n"
            "| Version | Supported          |\n"
            "| ------- | ------------------ |\n"
            "| 5.1.x   | :white_check_mark: |\n"
            "| 5.0.x   | :x:                |\n"
            "| 4.0.x   | :white_check_mark: |\n"
            "| < 4.0   | :x:                |\n"
        ),
        [("5.1.0", "unknown", "", ""), ("5.0.1", "unknown", "", "")],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| main | ✅ |\n| 1.x | ✅ |\n"),
        [("main", "supported", "", ""), ("develop", "not_listed", "", ""), ("1.2", "supported", "", "")],
    ),
    (
        H
        + (
            "| Version | Supported |\n"
            "|--|--|\n"
            "| 3.x | ✅ Active |\n"
            "| 2.x | ⚠️ Critical fixes only |\n"
            "| 1.x | ❌ End-of-life |\n"
        ),
        [("3.1", "supported", "", ""), ("2.1", "unknown", "", ""), ("1.1", "ended", "", "")],
    ),
    (
        H
        + (
            "| Release | Status | End of Life |\n"
            "|--|--|--|\n"
            "| 22.x | Current | 2027-04-30 |\n"
            "| 20.x | Maintenance LTS | 2026-04-30 |\n"
            "| 21.x | End-of-Life | 2024-06-01 |\n"
        ),
        [
            ("22.1", "supported", "2027-04-30", ""),
            ("20.11.0", "supported", "2026-04-30", ""),
            ("21.1", "ended", "", ""),
        ],
    ),
    (
        H + ("Version | Supported\n--- | ---\n1.4.x | ✔\n1.3.x | ✘\n"),
        [("1.4.2", "supported", "", ""), ("1.14.0", "not_listed", "", ""), ("1.3.9", "ended", "", "")],
    ),
    (
        H + ("| Versions | Supported |\n|--|--|\n| 1.x, 2.x | No |\n| 3.x & 4.x | Yes |\n"),
        [
            ("1.5", "ended", "", ""),
            ("2.5", "ended", "", ""),
            ("4.1", "supported", "", ""),
            ("5.0", "not_listed", "", ""),
        ],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 6.x and below | ❌ |\n| 7.x and above | ✅ |\n"),
        [
            ("6.5", "ended", "", ""),
            ("3.0", "ended", "", ""),
            ("7.1", "supported", "", ""),
            ("9.0", "supported", "", ""),
        ],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 2024.x | ✅ |\n| 2023.x | ❌ |\n"),
        [("2024.6.1", "supported", "", ""), ("2023.12", "ended", "", ""), ("2025.1", "not_listed", "", "")],
    ),
    (
        H
        + (
            "| Version | Supported | Notes |\n"
            "|--|--|--|\n"
            "| 8.x | ✅ | Active |\n"
            "| 7.x | ✅ | Supported until 2024-12-31 |\n"
        ),
        [("8.1", "supported", "", ""), ("7.4", "ended", "2024-12-31", "")],
    ),
    (
        H
        + (
            "| Version | Supported until |\n"
            "|--|--|\n"
            "| 8.x | present |\n"
            "| 7.x | 12/2025 |\n"
            "| 6.x | no longer supported |\n"
            "| 5.x | EOL |\n"
        ),
        [
            ("8.1", "supported", "", ""),
            ("7.4", "supported", "2025-12-31", ""),
            ("6.1", "ended", "", ""),
            ("5.1", "ended", "", ""),
        ],
    ),
    (
        H + ("| Version | Supported |\n|--|--|\n| 1.2.3 | ✅ |\n| 1.2.2 and older | ❌ |\n"),
        [
            ("1.2.3", "supported", "", ""),
            ("1.2.2", "ended", "", ""),
            ("1.1", "ended", "", ""),
            ("1.2.4", "not_listed", "", ""),
        ],
    ),
    (
        H
        + (
            "| Component | Version | Supported |\n"
            "|--|--|--|\n"
            "| core | 2.x | ✅ |\n"
            "| plugin | 2.x | ❌ |\n"
            "| core | 1.x | ❌ |\n"
        ),
        [("2.1", "unknown", "", ""), ("1.1", "ended", "", "")],
    ),
    (
        (
            "# Security Policy\n"
            "## Reporting\n"
            "Mail us.\n"
            "## Known vulnerabilities\n"
            "\n"
            "| Version | Fixed | CVE |\n"
            "|--|--|--|\n"
            "| 1.x | ✅ | CVE-2020-1 |\n"
            "| 2.x | ✅ | CVE-2021-1 |\n"
        ),
        [("1.1", "unknown", "", ""), ("2.1", "unknown", "", "")],
    ),
]


@pytest.mark.parametrize(("page", "questions"), CASES)
def test_a_page_is_answered_as_a_reader_would(page: str, questions: list[tuple[str, str, str, str]]) -> None:
    for version, states, until, newest in questions:
        verdict = answer(page, version, newest)
        assert verdict.state in states.split(), (version, verdict)
        assert not until or str(verdict.until) == until, (version, verdict)
