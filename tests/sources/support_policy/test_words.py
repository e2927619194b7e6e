"""Lists, sentences, quotes and HTML that say which versions are supported."""

import pytest

from tests.sources.policy_questions import H, answer

CASES = [
    (
        H + ("- [x] 2.x\n- [ ] 1.x\n"),
        [("2.1.0", "supported", "", ""), ("1.5.0", "ended", "", ""), ("3.0.0", "not_listed", "", "")],
    ),
    (
        ("## Supported versions\n\n- 2.x\n- 3.x\n\n## Unsupported versions\n\n- 1.x\n- 0.x\n"),
        [
            ("2.1.0", "supported", "", ""),
            ("3.1", "supported", "", ""),
            ("1.5.0", "ended", "", ""),
            ("4.0", "not_listed", "", ""),
        ],
    ),
    (
        H + "Currently, versions 2.x and 3.x are supported. Versions below 2.0 are no longer supported.",
        [
            ("2.1.0", "supported", "", ""),
            ("3.0.1", "supported", "", ""),
            ("1.9", "ended", "", ""),
            ("4.0.0", "not_listed", "", ""),
        ],
    ),
    (
        H
        + (
            "The following versions are supported:\n"
            "\n"
            "* 4.2 (LTS) until April 2026\n"
            "* 5.0 until August 2024\n"
            "* 5.1 until December 2025\n"
        ),
        [
            ("4.2.3", "supported", "2026-04-30", ""),
            ("5.0.1", "ended", "2024-08-31", ""),
            ("5.1.1", "supported", "2025-12-31", ""),
            ("5.2", "not_listed", "", ""),
            ("3.2", "not_listed", "", ""),
        ],
    ),
    (
        H
        + (
            "<table>\n"
            "<thead><tr><th>Version</th><th>Supported</th></tr></thead>\n"
            "<tbody>\n"
            "<tr><td>2.x</td><td>&#9989;</td></tr>\n"
            "<tr><td>1.x</td><td>:x:</td></tr>\n"
            "<tr><td>&lt; 1.0</td><td>No</td></tr>\n"
            "</tbody>\n"
            "</table>\n"
        ),
        [
            ("2.3.1", "supported", "", ""),
            ("1.4.0", "ended", "", ""),
            ("0.3", "ended", "", ""),
            ("3.0", "not_listed", "", ""),
        ],
    ),
    (
        ("# Security\n\nOnly the latest major version is supported.\n"),
        [("3.1.0", "supported", "", "3.4.0"), ("2.9", "ended", "", "3.4.0"), ("3.1.0", "unknown", "", "")],
    ),
    (
        ("# Security\n\n## Supported versions\n\nWe maintain the three most recent minor releases.\n"),
        [
            ("1.14.2", "supported", "", "1.15.0"),
            ("1.13.0", "supported", "", "1.15.0"),
            ("1.12.9", "ended", "", "1.15.0"),
        ],
    ),
    (
        H
        + "Version 3 is actively supported. Version 2 receives security fixes until 31 December 2025. Version 1 is end of life.",
        [
            ("3.2", "supported", "", ""),
            ("2.2", "supported", "2025-12-31", ""),
            ("1.2", "ended", "", ""),
            ("4.0", "not_listed", "", ""),
        ],
    ),
    (
        H + "We only support the latest release. Please upgrade before reporting.",
        [
            ("1.2.0", "supported", "", "1.2.0"),
            ("1.1.0", "ended", "", "1.2.0"),
            ("1.1.0", "unknown", "", ""),
            ("1.3.0", "unknown not_listed", "", "1.2.0"),
        ],
    ),
    (
        H + "Security fixes will be backported to the last two minor versions.",
        [("1.11.5", "supported", "", "1.12.0"), ("1.10.5", "ended", "", "1.12.0")],
    ),
    (H + "No versions are currently supported.", [("1.0", "unknown not_listed ended", "", "")]),
    (H + "This project is no longer maintained.", [("1.0", "unknown not_listed ended", "", "")]),
    (
        H + ("Supported: 2.x, 3.x\n\nUnsupported: 1.x\n"),
        [("2.1", "supported", "", ""), ("3.1", "supported", "", ""), ("1.1", "ended", "", "")],
    ),
    (
        H + "**Supported versions:** 2.x and later\n",
        [("2.1", "supported", "", ""), ("3.1", "supported", "", ""), ("1.1", "not_listed unknown ended", "", "")],
    ),
    (
        H + "The latest stable release (3.2.x) and the previous one (3.1.x) receive security updates.",
        [("3.2.5", "supported", "", ""), ("3.1.2", "supported", "", ""), ("3.0.2", "ended not_listed", "", "")],
    ),
    (H + "Only `main` is supported.", [("main", "supported", "", ""), ("1.0", "unknown not_listed", "", "")]),
    (
        H + "Security updates are provided for the latest release of each supported major version.",
        [("3.2.5", "unknown not_listed", "", ""), ("3.2.5", "unknown not_listed supported", "", "3.2.5")],
    ),
    (
        H + "We support the current major version and the previous one.",
        [("4.1", "supported", "", "5.2"), ("3.1", "ended", "", "5.2"), ("5.0", "supported", "", "5.2")],
    ),
    (
        H + "Only versions 2.0 and newer receive security updates.",
        [("2.1", "supported", "", ""), ("1.9", "ended", "", "")],
    ),
    (
        H + "Security patches are only released for version 4.x. Older versions are not supported.",
        [("4.1", "supported", "", ""), ("3.9", "ended", "", ""), ("5.0", "not_listed", "", "")],
    ),
    (
        H + "As this is a small project, only the newest version gets security fixes.",
        [("4.1", "supported", "", "4.1"), ("3.9", "ended", "", "4.1")],
    ),
    (
        (
            "# Reporting\n"
            "\n"
            "This bug was fixed in version 2.3.1. Versions before 2.3.1 are affected.\n"
            "Please test with the latest version first."
        ),
        [("2.3.0", "unknown", "", ""), ("2.4", "unknown", "", "")],
    ),
    (
        (
            "# Security\n"
            "\n"
            "If you find a bug in the latest version, we will release a fix. Supported languages: English 2.0."
        ),
        [("2.0", "unknown not_listed", "", "")],
    ),
    (
        H + ("Supported versions are 1.x.\n\nWe support Python 3.8 and PHP 7.4."),
        [("1.1", "supported", "", ""), ("3.8", "not_listed unknown", "", ""), ("7.4", "not_listed unknown", "", "")],
    ),
    (
        H + ("* Version 1.x: supported\n* Version 0.x: not supported"),
        [("1.1", "supported", "", ""), ("0.1", "ended", "", "")],
    ),
    (H + ("* ✅ 1.x\n* ❌ < 1.0"), [("1.1", "supported", "", ""), ("0.1", "ended", "", "")]),
    (
        H + ("* 3.x — Active support\n* 2.x — Security fixes only, until 2025-12-31\n* 1.x — End of life"),
        [("3.1", "supported", "", ""), ("2.1", "supported", "2025-12-31", ""), ("1.1", "ended", "", "")],
    ),
    (H + ("1. 3.x: Yes\n2. 2.x: No"), [("3.1", "supported", "", ""), ("2.1", "ended", "", "")]),
    (
        H + ("### 3.x\n\nActively supported.\n\n### 2.x\n\nNo longer supported.\n"),
        [("3.1", "supported unknown not_listed", "", ""), ("2.1", "ended unknown not_listed", "", "")],
    ),
    (
        H + "Ghost currently supports the following: the latest minor of the current major, 5.x.",
        [("5.1", "supported unknown", "", ""), ("4.1", "ended not_listed unknown", "", "")],
    ),
    (
        H + "Release 4 receives security updates until June 30th, 2026. Release 3 is not supported anymore.",
        [("4.1", "supported unknown not_listed", "", ""), ("3.1", "ended unknown not_listed", "", "")],
    ),
    (
        H + ("- Latest minor release of 2.x: full support\n- Previous minor release: security fixes only\n"),
        [("2.3", "not_listed unknown", "", "")],
    ),
    (
        H + "We currently support versions 1.8 and above. Anything lower is unsupported.",
        [("1.9", "supported", "", ""), ("2.0", "supported", "", ""), ("1.7", "ended not_listed", "", "")],
    ),
    (
        H + "Security updates are only provided for the latest minor version, currently 2.7.",
        [
            ("2.7.3", "supported", "", ""),
            ("2.6.1", "ended not_listed", "", ""),
            ("2.7.3", "unknown ended", "", "2.9.0"),
            ("2.9.0", "unknown supported", "", "2.9.0"),
        ],
    ),
    (
        H + "Only the latest version (1.2.3) is supported.",
        [("1.2.3", "supported", "", ""), ("1.2.2", "ended", "", ""), ("1.2.3", "unknown ended", "", "1.3.0")],
    ),
    (
        H + "We provide security fixes for the last 3 releases.",
        [("1.3", "supported", "", "1.3"), ("0.1", "unknown ended not_listed", "", "1.3")],
    ),
    (
        ("Security\n========\n\nSupported Versions\n------------------\n\n+ 2.x\n+ 1.9.x\n"),
        [("2.1", "supported", "", ""), ("1.9.1", "supported", "", ""), ("1.8", "not_listed", "", "")],
    ),
    (
        H + ("> | Version | Supported |\n> |--|--|\n> | 2.x | ✅ |\n> | 1.x | ❌ |\n"),
        [("2.1", "supported", "", ""), ("1.1", "ended", "", "")],
    ),
    (
        H
        + (
            "<table><tr><td>Version</td><td>Supported</td></tr>\n"
            "\n"
            "<tr><td>2.x</td><td>Yes</td></tr>\n"
            "\n"
            "<tr><td>1.x</td><td>No</td></tr></table>\n"
        ),
        [("2.1", "supported", "", ""), ("1.1", "ended", "", "")],
    ),
    (
        H
        + (
            "<table>\n"
            "  <tr>\n"
            "    <th>Version</th>\n"
            "    <th>Supported</th>\n"
            "  </tr>\n"
            "  <tr>\n"
            "    <td>2.x</td>\n"
            '    <td><img src=x alt="✅"></td>\n'
            "  </tr>\n"
            "</table>\n"
        ),
        [("2.1", "supported unknown", "", "")],
    ),
    (H + "We support the latest LTS version only.", [("5.4.1", "not_listed unknown", "", "")]),
    (
        H
        + "The project follows semver. Only the latest major release gets patches; older majors get critical security fixes for 6 months.",
        [("5.4.1", "supported", "", "5.9.0"), ("4.1", "unknown ended", "", "5.9.0")],
    ),
    (
        H + "Please note that only the most recent version of 1.x is supported.",
        [("1.5.0", "unknown supported not_listed", "", ""), ("2.0", "not_listed unknown", "", "")],
    ),
    (
        H + "We do not provide security updates for versions older than 2.0.",
        [("1.9", "ended", "", ""), ("2.1", "not_listed unknown", "", "")],
    ),
    (
        H + "Security updates will be released for the current and previous minor releases.",
        [("1.9.0", "supported", "", "1.10.0"), ("1.8.0", "ended unknown", "", "1.10.0")],
    ),
    (
        H + "Only the latest version is supported, except for critical bugs.",
        [("1.9.0", "supported", "", "1.9.0"), ("1.8.0", "ended unknown", "", "1.9.0")],
    ),
    (H + "Every version is supported for 6 months after release.", [("1.9.0", "not_listed unknown", "", "")]),
    (
        H + ("Versions 1.x are EOL.\nVersions 2.x are maintained.\n"),
        [("1.9.0", "ended", "", ""), ("2.1", "supported", "", "")],
    ),
    (
        H + ("- `1.x`: EOL\n- `2.x`: maintained\n- `3.x`: in development\n"),
        [("1.9.0", "ended", "", ""), ("2.1", "supported", "", ""), ("3.0", "unknown", "", "")],
    ),
    (H + ("- 1.x (unsupported)\n- 2.x (supported)\n"), [("1.9.0", "ended", "", ""), ("2.1", "supported", "", "")]),
    (
        H + ("- 1.x is no longer supported\n- 2.x is supported\n"),
        [("1.9.0", "ended", "", ""), ("2.1", "supported", "", "")],
    ),
    (
        H + ("- v3 (current): fully supported\n- v2: security fixes until 2026-03-31\n- v1: not supported\n"),
        [("3.1", "supported", "", ""), ("2.0.1", "supported", "2026-03-31", ""), ("1.9.0", "ended", "", "")],
    ),
    (H + "The current stable version of this library is 3.2. We support it.", [("3.2.1", "supported unknown", "", "")]),
    (
        H + "We patch the latest two majors. v4 is EOL.",
        [("4.2.1", "ended", "", ""), ("6.0", "supported", "", "6.1.0"), ("5.1", "supported", "", "6.1.0")],
    ),
]


@pytest.mark.parametrize(("page", "questions"), CASES)
def test_a_page_is_answered_as_a_reader_would(page: str, questions: list[tuple[str, str, str, str]]) -> None:
    for version, states, until, newest in questions:
        verdict = answer(page, version, newest)
        assert verdict.state in states.split(), (version, verdict)
        assert not until or str(verdict.until) == until, (version, verdict)
