"""Versions that the text of an advisory names as affected: found where it says so, and nowhere else."""

import pytest

from chatbot.core.subscriptions.alerting.text_ranges import left_out, named_in_text
from chatbot.core.versions.tags.habits import PLAIN
from chatbot.sources.markdown.document import read_markdown
from tests.core import make


def words(text: str) -> list[str]:
    advisory = make.advisory(description=read_markdown(text)[0])
    return [each.words for each in named_in_text(advisory, PLAIN)]


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("Affected: 0.12.0 to 0.13.2. It is new in 0.12.", ["0.12.0 to 0.13.2"]),
        ("Versions v1.2.0 through v1.4.7 are vulnerable.", ["1.2.0 to 1.4.7"]),
        ("This affects 1.2 – 1.4 and 2.0.0 up to and including 2.0.5", ["1.2 to 1.4", "2.0.0 to 2.0.5"]),
        ("## Affected versions\n\n- 1.0.0 - 1.3.2\n\n## Fixed\n\n1.3.3 - 1.3.4", ["1.0.0 to 1.3.2"]),
        (
            "Starting in version 0.12.0 and prior to version 0.13.3, a report may be expanded without end.",
            ["0.12.0 up to, but not including, 0.13.3"],
        ),
        ("Introduced in 2.0.0, before 2.1.4 anybody could read it", ["2.0.0 up to, but not including, 2.1.4"]),
        ("Users of affected versions should upgrade from 0.12.0 to 0.13.3.", []),
        ("Version 1.0.0 to 1.3.2 are not affected.", []),
        ("It was fixed between 1.0.0 to 1.3.2 of the library.", []),
        ("It took from 10:00 to 12.30 to fix what was affected.", []),
        ("Affected: 2.0.0 to 1.0.0", []),  # nothing lies between these
        ("All versions are affected.", []),
        ("```\naffected: 1.0.0 to 1.2.0\n```", []),
        ("> Affected: 1.0.0 to 1.2.0", ["1.0.0 to 1.2.0"]),
        (" ".join(f"Affected: {n}.0.0 to {n}.2.0." for n in range(1, 9)), []),  # more than a sentence can say
        ("", []),
    ],
)
def test_what_a_text_names(text: str, ranges: list[str]) -> None:
    assert words(text) == ranges


@pytest.mark.parametrize(
    ("versions", "differs"),
    [
        (["0.11.8"], "0.12.0 to 0.13.2"),
        (["0.12.0"], ""),
        (["0.13.2"], ""),
        (["0.11.8", "0.13.1"], ""),  # of a line, one is enough
        ([], ""),
        (["what we run"], "0.12.0 to 0.13.2"),
    ],
)
def test_it_matters_where_it_leaves_somebody_out(versions: list[str], differs: str) -> None:
    advisory = make.advisory(description=read_markdown("Affected: 0.12.0 to 0.13.2.")[0])
    assert left_out(named_in_text(advisory, PLAIN), versions) == differs


def test_of_a_long_text_the_first_part_is_looked_through() -> None:
    late = "It is new in 0.12. " * 2_000
    assert words(f"{late}\n\nAffected: 0.12.0 to 0.13.2.") == []
    assert words(f"Affected: 0.12.0 to 0.13.2.\n\n{late}") == ["0.12.0 to 0.13.2"]
    assert words("Affected: 1.0.0 to 99999999999.0.0") == []
