"""Kinds of statements that pages make in many words: each kind in several, and what follows for each version."""

from datetime import date

import pytest

from tests.sources.policy_questions import H, answer

HEAD = "| Version | Supported |\n|--|--|\n"
ENDS = "| Version | Supported | End of support |\n|--|--|--|\n"
NOTES = "| Version | Supported | Notes |\n|--|--|--|\n"
LATEST = [("2.5.1", "supported", "2.5.1"), ("2.5.0", "ended", "2.5.1"), ("1.9.0", "ended", "2.5.1")]
MINOR = [("2.5.0", "supported", "2.5.1"), ("2.4.9", "ended", "2.5.1")]
TWO_MINORS = [("2.5.0", "supported", "2.5.1"), ("2.4.9", "supported", "2.5.1"), ("2.3.0", "ended", "2.5.1")]
MAJOR = [("2.1.0", "supported", "2.5.1"), ("1.9.9", "ended", "2.5.1")]
TWO_MAJORS = [("3.1.0", "supported", "3.5.1"), ("2.9.9", "supported", "3.5.1"), ("1.0.0", "ended", "3.5.1")]

SENTENCES = {
    # the future tense, and other ways to say "only the latest"
    "Only the most recent release will be supported.": LATEST,
    "Only the newest release is going to receive security patches.": LATEST,
    "Security vulnerabilities are only fixed in the latest release.": LATEST,
    "We only support the latest published version of the app.": LATEST,
    "The only supported version is the latest one.": LATEST,
    "Security support is limited to the most recent release.": LATEST,
    "Fixes will only be made available in the newest version.": LATEST,
    "Only the latest tagged release gets security fixes; older tags do not.": LATEST,
    "Security fixes are applied to the latest release only — no backports are made.": LATEST,
    "No release other than the latest one is supported.": LATEST,
    "At this point in time only the most up-to-date version is being maintained.": LATEST,
    "Latest release only.": LATEST,
    "Just the newest version.": LATEST,
    "We don't maintain older versions; only the latest release receives updates.": LATEST,
    # series, trains, lines
    "The current minor release series receives security patches.": MINOR,
    "Only the most recent minor release train is maintained.": MINOR,
    "We support a single minor version at a time.": MINOR,
    "The current minor series and the one before it receive security fixes.": TWO_MINORS,
    "The current minor series and the next most recent one receive patches in case of a security issue.": TWO_MINORS,
    "Security fixes go to the two newest minor lines.": TWO_MINORS,
    "We provide security updates for the last two minor releases.": TWO_MINORS,
    "The latest two feature releases are maintained.": TWO_MINORS,
    "Security patches will be backported to the current and the previous minor version.": TWO_MINORS,
    "We maintain the latest minor release as well as the minor release prior to that.": TWO_MINORS,
    "Only the current major version is supported.": MAJOR,
    "We address security issues in the latest major version.": [("2.1.0", "supported", "2.5.1")],
    "The latest major version and the previous major version are supported.": TWO_MAJORS,
    "We support the last two major versions.": TWO_MAJORS,
    "The last two minors of the latest major receive fixes.": [
        ("3.1.0", "supported", "3.1.2"),
        ("3.0.4", "supported", "3.1.2"),
        ("2.9.0", "ended", "3.1.2"),
    ],
    # versions by number
    "All 4.x releases receive security fixes; 3.x and earlier are end of life.": [
        ("4.2.0", "supported", ""),
        ("3.9.0", "ended", ""),
        ("2.0.0", "ended", ""),
    ],
    "Versions 2.4 and newer are covered by this policy.": [("2.4.0", "supported", ""), ("2.9.0", "supported", "")],
    "Kestrel 1.x has reached its end of life and will not receive any security patches.": [("1.4.0", "ended", "")],
    "The 3.2 branch will receive security and critical bug fixes until the end of 2027.": [("3.2.4", "supported", "")],
    "We will fix security vulnerabilities in all 5.x versions.": [("5.1.0", "supported", "")],
    "Only versions starting from 3.0 are supported.": [("3.1.0", "supported", ""), ("2.9.0", "ended", "")],
    # examples are no facts
    "We support the latest minor (e.g. 4.1).": [("4.1.0", "unknown", ""), ("7.2.0", "supported", "7.2.1")],
    "Only the latest minor is supported, for example 4.1 if that is the newest.": [("4.1.0", "ended", "7.2.1")],
    # nothing is supported
    "No version receives security fixes.": [("1.0.0", "ended unknown not_listed", "1.0.0")],
    "None of the releases are supported.": [("1.0.0", "ended unknown not_listed", "1.0.0")],
    # other languages
    "Nur die neueste Version wird unterstützt. Ältere Versionen erhalten keine Sicherheitsupdates.": LATEST,
    "Wir unterstützen nur die aktuelle Hauptversion. Sicherheitslücken bitte nicht öffentlich melden.": MAJOR,
    "Seule la dernière version est prise en charge. Les versions antérieures ne reçoivent plus de mises à jour de sécurité.": LATEST,
    "Solo la última versión recibe actualizaciones de seguridad. Las versiones anteriores no reciben parches.": LATEST,
    "Apenas a versão mais recente recebe atualizações de segurança. As versões anteriores não são suportadas.": LATEST,
    "Только последняя версия получает обновления безопасности. Старые версии не поддерживаются.": LATEST,
    "我们仅为最新版本提供安全更新。旧版本不再支持。": LATEST,
    "最新バージョンのみサポートしています。古いバージョンはサポートされません。": LATEST,
}  # fmt: skip

TABLES = [
    # slips and notations
    (HEAD + "| O.x | ✅ |\n", [("0.4.0", "supported", ""), ("1.0.0", "not_listed", "")]),
    (HEAD + "| 2.3.x | ✅ |\n| 2.2.x (or earlier) | ❌ |\n", [("2.3.1", "supported", ""), ("2.2.4", "ended", ""), ("1.0.0", "ended", "")]),
    (HEAD + "| 2.3.x | ✅ |\n| 2.2.x, and below | ❌ |\n", [("2.2.4", "ended", ""), ("1.0.0", "ended", "")]),
    (HEAD + "| > 1.8 | ✅ |\n| < 1.8 | ❌ |\n", [("1.8.1", "supported", ""), ("2.0.0", "supported", ""), ("1.7.9", "ended", "")]),
    (HEAD + "| > 1.8 | ✅ |\n| <= 1.8 | ❌ |\n", [("1.8.1", "ended", ""), ("1.9.0", "supported", "")]),
    (HEAD + "| 3.latest | ✅ |\n| 2.x | ❌ |\n", [("3.4.1", "supported", "3.4.1"), ("3.4.0", "ended unknown", "3.4.1"), ("2.1.0", "ended", "")]),
    # prereleases that the page names
    (HEAD + "| 3.4.x-dev | ✅ |\n| 3.3.x | ✅ |\n", [("3.4.0-dev", "supported", ""), ("3.4.0", "not_listed", ""), ("3.3.1", "supported", "")]),
    (HEAD + "| 2.0.0-rc1 | ✅ |\n| < 2.0 | ❌ |\n", [("2.0.0-rc1", "supported", ""), ("2.0.0", "not_listed unknown", "")]),
    (
        "| Version | Stage | Supported |\n|--|--|--|\n| 5.x | GA | ✅ |\n| 5.x | RC | ❌ |\n| 5.x | Beta | ❌ |\n| 4.x | GA | ❌ |\n",
        [("5.1.0", "supported", ""), ("5.2.0-rc1", "ended", ""), ("5.2.0-beta.1", "ended", ""), ("4.1.0", "ended", "")],
    ),
    # branches and tags
    (
        "| Version | Branch | Supported |\n|--|--|--|\n| 18.x | `v18/main` | Yes |\n| 17.x | `v17/main` | No |\n",
        [("v18/main", "supported", ""), ("v17/main", "ended", ""), ("18.2", "supported", "")],
    ),
    (HEAD + "| `main` | ✅ |\n| `dev` | ❌ |\n| others | ❌ |\n", [("main", "supported", ""), ("staging", "ended", ""), ("dev", "ended", "")]),
    (HEAD + "| Stable | ✅ |\n| Edge | ❌ |\n", [("stable", "supported", ""), ("edge", "ended", "")]),
    # other products
    (
        "| Angular version | Supported version |\n|--|--|\n| 9.0.0+ | latest |\n| < 9.0.0 | 2.3.0 |\n",
        [("10.1.1", "unknown not_listed", ""), ("8.0.0", "unknown not_listed", "")],
    ),
    ("| Minecraft version | Supported |\n|--|--|\n| 1.21 | ✅ |\n| 1.20 | ❌ |\n", [("1.21.0", "unknown not_listed", ""), ("1.20.0", "unknown not_listed", "")]),
    ("| Python | Supported |\n|--|--|\n| 3.12 | ✅ |\n| 3.8 | ❌ |\n", [("3.12.0", "unknown not_listed", "")]),
    # signs that need words
    (HEAD + "| 4.x | ✅ 🚧 all fixes at once, but its interface may still change without notice |\n", [("4.1.0", "supported", "")]),
    (HEAD + "| 4.x | ✅ every fix that can be applied without breaking plugins |\n", [("4.1.0", "supported", "")]),
    (HEAD + "| 4.x | ✅ it is the one that will no longer be supported soon enough |\n", [("4.1.0", "unknown", "")]),
    (NOTES + "| 4.x | ✅ | |\n| 3.x | ⚠️ | Maintenance: security fixes only |\n", [("3.1.0", "supported", "")]),
    (HEAD + "| 4.x | ✅ |\n| 3.x | 🟡 |\n\n🟡 security fixes only\n", [("3.1.0", "supported", "")]),
    (HEAD + "| 4.x | ✅ |\n| 3.x | 🟡 |\n\n🟡 no longer maintained\n", [("3.1.0", "ended", "")]),
    (HEAD + "| 4.x | Supported. Fixes land here first; older 4.x users should upgrade. |\n", [("4.1.0", "supported", "")]),
    (HEAD + "| 4.x | A separate program with no relation to this one, see its own page |\n", [("4.1.0", "unknown", "")]),
    # LTS rows beside latest and older rows
    (
        HEAD + "| Latest release | ✅ |\n| 4.2 (LTS) | ✅ |\n| Older versions | ❌ |\n",
        [("5.1.2", "supported", "5.1.2"), ("4.2.9", "supported", "5.1.2"), ("5.0.0", "ended", "5.1.2"), ("3.0.0", "ended", "5.1.2")],
    ),
    # ends
    (H + "| Version | End of life |\n|--|--|\n| 3.x | - |\n| 2.x | 2024-03-26 |\n| 1.x | 2023-09-01 |\n", [("3.6.1", "supported", ""), ("2.1.0", "ended", "")]),
    (ENDS + "| 3.x | ✅ | 2021-30-06 |\n", [("3.1.0", "ended", "")]),
    (ENDS + "| 3.x | ✅ | 2031.12.31 |\n", [("3.1.0", "supported", "")]),
    ("## 2.x (end of life in April 2023)\n\n" + HEAD + "| >= 2.1 | ✅ |\n", [("2.4.0", "ended", "")]),
    # prose that denies what the table ticks
    (HEAD + "| 2.x | ✅ |\n\nThis project is no longer maintained.\n", [("2.1.0", "unknown", "")]),
    (HEAD + "| 2.x | ✅ |\n\nNo version of this software receives security fixes.\n", [("2.1.0", "unknown ended", "")]),
    ("These are the only supported versions.\n\n" + HEAD + "| 2.x | ✅ |\n", [("2.1.0", "supported", ""), ("1.0.0", "ended", "")]),
    # lists
    (H + "We maintain:\n\n- Current version: 2.x\n- Previous version: 1.x (security fixes only)\n", [("2.4.0", "supported", ""), ("1.4.0", "supported", "")]),
    (H + "* Versions 1.x (branch old1.x) are no longer supported.\n* Versions 2.x (branch v2.x) are supported.\n", [("old1.x", "ended", ""), ("v2.x", "supported", "")]),
    (H + "* The latest *stable* release of Kestrel 6\n", [("6.1.9", "supported", "6.1.9"), ("6.1.8", "ended", "6.1.9")]),
    (H + "We support:\n\n- The most recent release, and the release prior to that.\n", [("4.1.0", "supported", "4.1.0"), ("4.0.3", "supported", "4.1.0")]),
    # tables in other languages
    ("# Sicherheit\n\n| Version | Unterstützt | Support bis |\n|--|--|--|\n| 3.x | Ja | 30. März 2027 |\n| 2.x | Nein | 30. März 2024 |\n", [("3.1.0", "supported", ""), ("2.1.0", "ended", "")]),
    ("# Sécurité\n\n| Version | Prise en charge |\n|--|--|\n| 3.x | oui, jusqu'au 30 mars 2027 |\n| 2.x | non |\n", [("3.1.0", "supported", ""), ("2.1.0", "ended", "")]),
    ("# Seguridad\n\n| Versión | Estado |\n|--|--|\n| 3.x | soportada |\n| 2.x | ya no soportada |\n", [("3.1.0", "supported", ""), ("2.1.0", "ended", "")]),
    ("# Segurança\n\n| Versão | Estado |\n|--|--|\n| 3.x | suportada |\n| 2.x | não suportada |\n", [("3.1.0", "supported", ""), ("2.1.0", "ended", "")]),
    ("# Безопасность\n\n| Версия | Статус |\n|--|--|\n| 3.x | поддерживается |\n| 2.x и ниже | не поддерживается |\n", [("3.1.0", "supported", ""), ("1.0.0", "ended", "")]),
    ("# 安全\n\n| 版本 | 状态 |\n|--|--|\n| 3.x | 支持 |\n| 2.x 及以下 | 不再支持 |\n", [("3.1.0", "supported", ""), ("1.0.0", "ended", "")]),
    ("# セキュリティ\n\n| バージョン | 状況 |\n|--|--|\n| 3.x | サポート中 |\n| 2.x 以前 | サポート終了 |\n", [("3.1.0", "supported", ""), ("1.0.0", "ended", "")]),
]  # fmt: skip


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence(sentence: str) -> None:
    for version, states, newest in SENTENCES[sentence]:
        verdict = answer(H + sentence, version, newest)
        assert verdict.state in states.split(), (version, verdict)


@pytest.mark.parametrize(("page", "questions"), TABLES)
def test_a_table_or_a_list(page: str, questions: list[tuple[str, str, str]]) -> None:
    for version, states, newest in questions:
        verdict = answer(page if page.startswith("#") else H + page, version, newest)
        assert verdict.state in states.split(), (version, verdict)


def test_the_days_of_other_languages() -> None:
    german = "# Sicherheit\n\n| Version | Unterstützt | Support bis |\n|--|--|--|\n| 3.x | Ja | 30. März 2027 |\n| 2.x | Nein | - |\n"
    assert answer(german, "3.1.0").until == date(2027, 3, 30)
    assert answer(german, "3.1.0", today=date(2027, 4, 1)).state == "ended"
