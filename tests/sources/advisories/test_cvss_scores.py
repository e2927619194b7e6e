"""CVSS of every version: the scores of the specifications' own examples, and that no text whatever fails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.model.severity import Severity
from chatbot.sources.advisories.cvss_scores import base_score, scored, severity_of, severity_word


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8),  # https://www.first.org/cvss/v2/guide, CVE-2002-0392
        (
            "CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N",
            6.1,
        ),  # https://www.first.org/cvss/v3-0/examples, CVE-2013-1937
        (
            "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N",
            6.4,
        ),  # https://www.first.org/cvss/v3-1/examples, CVE-2013-0375
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        (
            "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
            7.3,
        ),  # https://www.first.org/cvss/v4-0/examples, CVE-2022-41741
        ("", None),
        ("CVSS:3.1/AV:N", None),
        ("CVSS:4.0/nonsense", None),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:Ň", None),
        ("A" * 301, None),
    ],
)
def test_base_scores(vector: str, score: float | None) -> None:
    assert base_score(vector) == score


def test_a_published_score_stands_before_a_computed_one() -> None:
    vector = "AV:N/AC:L/Au:N/C:N/I:N/A:C"
    assert scored(f" {vector} ", 5) == (vector, 5.0)
    assert scored(vector, 0) == scored(vector, 11) == scored(vector, "5") == scored(vector) == (vector, 7.8)
    assert scored(None, 5) is scored("", 5) is scored("nonsense") is None


@pytest.mark.parametrize(
    ("score", "word"),
    [
        (10.0, "critical"),
        (9.0, "critical"),
        (8.9, "high"),
        (7.0, "high"),
        (6.9, "medium"),
        (4.0, "medium"),
        (3.9, "low"),
        (0.1, "low"),
        (0.0, "unknown"),
    ],
)
def test_the_scale(score: float, word: str) -> None:
    assert severity_of((("v", 0.0), ("w", score))) == Severity(word)
    assert severity_of(()) is Severity.UNKNOWN


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("Moderate", "medium"),
        (" HIGH ", "high"),
        ("important", "high"),
        ("bad", "unknown"),
        (None, "unknown"),
        (7, "unknown"),
    ],
)
def test_words(word: object, severity: str) -> None:
    assert severity_word(word) == Severity(severity)


parts = st.sampled_from(
    [
        "CVSS:3.1",
        "CVSS:4.0",
        "AV:N",
        "AC:L",
        "PR:N",
        "UI:N",
        "S:U",
        "C:H",
        "I:H",
        "A:H",
        "Au:N",
        "E:X",
        "VC:H",
        "AT:N",
        "RL:",
        ":",
        "(7.5",
        "X:Y",
    ]
)


@given(
    st.lists(parts, max_size=12).map("/".join) | st.text(max_size=60) | st.text(max_size=20).map("CVSS:3.1/".__add__)
)
def test_any_text_has_a_score_or_none(text: str) -> None:
    score = base_score(text)
    assert score is None or 0 <= score <= 10
