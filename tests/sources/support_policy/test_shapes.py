"""Shapes that pages take beside the plain table: what moves with releases, what is circumstance, what is another language."""

import pytest

from tests.sources.policy_questions import H, answer

HEAD = "| Version | Supported |\n|--|--|\n"
PAGE = "| newest (`main`) | ✅ |\n| previous minor | ✅ patches only |\n| older versions | ❌ |\n"

CASES = [
    (H + "Fixes go to the newest minor release only.", [("1.4.2", "supported", "1.4.3"), ("1.3.0", "ended", "1.4.3"), ("1.3.0", "unknown", "")]),
    (
        H + HEAD + PAGE,
        [
            ("1.4.3", "supported", "1.4.3"),
            ("1.3.0", "supported", "1.4.3"),
            ("1.2.0", "ended", "1.4.3"),
            ("1.2.0", "unknown", ""),
            ("main", "supported", ""),
        ],
    ),
    (
        H + HEAD + "| 2.x | ✅ |\n| previous major | ✅ |\n| older | ❌ |\n",
        [("2.3", "supported", ""), ("1.2.0", "supported", "2.3"), ("0.2.0", "ended", "2.3"), ("1.2.0", "unknown", "")],
    ),
    (H + HEAD + "| previous release | ✅ |\n", [("1.0", "unknown", ""), ("1.1", "not_listed", "1.1")]),
    (H + HEAD + "| newest | yes |\n| < newest | ⚠️ critical fixes only |\n", [("2.0", "supported", "2.0"), ("1.0", "unknown", "2.0")]),
    (H + HEAD + "| latest[^1] | ✅ |\n| V0.9[^2] | ✅ |\n| other | ❌ |\n\n[^1]: see below", [("1.3", "supported", "1.3"), ("0.8", "ended", "1.3")]),
    (H + HEAD + "| 40.30x | ✅ |\n| 9.4x | ✅ |\n| 10.x | ✅ |\n", [("40.3", "not_listed", ""), ("9.4", "not_listed", ""), ("10.1", "supported", "")]),
    (H + HEAD + "| 3.x | :grey_exclamation: |\n| 2.x | ✅ |\n", [("3.1", "unknown", ""), ("2.1", "supported", "")]),
    (H + "After v1.0 we will publish a support matrix.", [("1.0.0", "unknown", "")]),
    (H + "Version 2 is supported until version 4 is out.", [("2.4.1", "supported", ""), ("4.3", "not_listed", "")]),
    (H + "Until there is a version 1.0 we maintain the last two minor releases.", [("1.0", "unknown", ""), ("0.8.1", "supported", "0.9.0")]),
    (H + "These are supported: 1.4.x, 1.5.x. All other releases are not.", [("1.4.1", "supported", ""), ("1.6", "not_listed ended", "")]),
    (H + "Support for 1.x has ended. 2.x is maintained.", [("1.4.1", "ended", ""), ("2.3", "supported", "")]),
    (H + "Does 1.x receive fixes? Ask us.", [("1.4.1", "unknown", "")]),
    (H + "We may patch 1.x in exceptional cases.", [("1.4.1", "unknown", "")]),
    (H + "No version other than the latest release is supported.", [("1.4", "supported", "1.4"), ("1.3", "ended", "1.4")]),
    (H + "We recommend the latest version, which receives all updates.", [("1.4", "unknown", "1.4")]),
    (H + "Support for the previous minor release ends with the current one.", [("1.4", "unknown not_listed", "1.4.0")]),
    (H + "Every release is supported, for example 1.2.", [("1.2", "unknown", "")]),
    (H + "Only the latest is supported.", [("1.4", "supported", "1.4"), ("1.3", "ended", "1.4")]),
    (H + "The project supports 1.x; older 1.x releases receive no fixes.", [("1.2", "supported", "1.2"), ("1.1", "unknown ended", "1.2")]),
    (
        "# Política\n\n## Versões suportadas\n\n| Versão | Suportada |\n|--|--|\n| 1.x | sim |\n| 0.x | não |\n",
        [("1.1", "supported", ""), ("0.1", "ended", "")],
    ),
    (
        "# 安全\n\n## 支持的版本\n\n| 版本 | 支持 |\n|--|--|\n| 1.x | ✅ |\n| < 1.0 | ❌ |\n",
        [("1.1", "supported", ""), ("0.1", "ended", "")],
    ),
    (
        "## Supported\n\n### App\n\n" + HEAD + "| 1.7.x | ✅ |\n| < 1.7 | ❌ |\n\n### Docker tags\n\n" + HEAD.replace("Version", "Tag") + "| 2 | ✅ |\n",
        [("1.7.3", "supported", ""), ("2.0", "not_listed", ""), ("1.6", "ended", "")],
    ),
    (
        H + "| Package | Version | Supported |\n|--|--|--|\n| core | >= 4 | ✅ |\n| core | < 4 | ❌ |\n| cli | >= 2 | ✅ |\n",
        [("4.2", "supported", ""), ("3.1", "unknown", ""), ("1.0", "ended", "")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("page", "questions"), CASES)
def test_a_shape_is_answered_as_a_reader_would(page: str, questions: list[tuple[str, str, str]]) -> None:
    for version, states, newest in questions:
        verdict = answer(page, version, newest)
        assert verdict.state in states.split(), (version, verdict)


def test_a_component_is_chosen_by_the_settings() -> None:
    page = H + "| Package | Version | Supported |\n|--|--|--|\n| core | 4.x | ✅ |\n| cli | 4.x | ❌ |\n"
    assert [answer(page, "4.1", component=each).state for each in ("core", "CLI", "", "gui")] == [
        "supported",
        "ended",
        "unknown",
        "unknown",
    ]
