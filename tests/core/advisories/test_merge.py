"""One advisory for all its ids: which words stand, what is added, and that order and repetition change nothing that counts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.advisories.identity import merge
from chatbot.core.model.facts import Advisory, Affected, Credit
from chatbot.core.model.message import Paragraph, Text
from chatbot.core.model.severity import Severity
from tests.core import make

LATER = make.START + timedelta(days=9)


def fact(name: str, *aliases: str, **more: object) -> Advisory:
    values: dict[str, object] = {"aliases": frozenset(aliases)} | more
    return make.advisory(name, **values)  # type: ignore[arg-type]  # a table of mixed fields


def test_unrelated_advisories_stay_as_they_are_in_their_order() -> None:
    both = (fact("GHSA-2", "CVE-2"), fact("GHSA-1", "CVE-1"))
    assert merge(both) == both
    assert merge([]) == ()


def test_the_ghsa_gives_the_words_and_the_others_add_to_it() -> None:
    rust = fact(
        "RUSTSEC-1", "CVE-1", summary="theirs", affected="< 9", scores=(("V2", 5.0),), cwes=("CWE-2",), credits=(Credit(login="b"),),
        known_exploited=True, updated_at=LATER, published_at=make.START, url="https://rustsec.example/RUSTSEC-1",
    )  # fmt: skip
    ghsa = fact(
        "GHSA-1", "CVE-1", summary="ours", affected="< 8", scores=(("V1", 7.0), ("V2", 5.0)), cwes=("CWE-1",), credits=(Credit(login="a"),),
    )  # fmt: skip
    (one,) = merge([rust, ghsa])
    assert (one.id, one.aliases) == ("GHSA-1", frozenset({"CVE-1", "RUSTSEC-1"}))
    assert (one.summary, one.url) == ("ours", ghsa.url)
    assert [entry.range for entry in one.affected] == ["< 8", "< 9"]
    assert one.scores == (("V1", 7.0), ("V2", 5.0))
    assert one.cwes == ("CWE-1", "CWE-2")
    assert [credit.login for credit in one.credits] == ["a", "b"]
    assert (one.published_at, one.updated_at, one.known_exploited) == (ghsa.published_at, LATER, True)


def test_a_cve_stands_before_other_ids_and_a_missing_word_is_taken_from_another() -> None:
    cve = fact("CVE-1", summary="", severity=Severity.UNKNOWN, url="")
    other = fact("XSA-1", "CVE-1", summary="words", severity=Severity.LOW, description=(Paragraph((Text("more"),)),))
    (one,) = merge([other, cve])
    assert (one.id, one.summary, one.severity, one.url, one.description) == (
        "CVE-1",
        "words",
        Severity.LOW,
        other.url,
        other.description,
    )


def test_nobody_stated_a_severity() -> None:
    (one,) = merge(
        [
            fact("CVE-1", severity=Severity.UNKNOWN, summary=""),
            fact("A-1", "CVE-1", severity=Severity.UNKNOWN, summary=""),
        ]
    )
    assert (one.severity, one.summary) == (Severity.UNKNOWN, "")


def test_a_later_reading_of_the_same_page_replaces_the_earlier() -> None:
    early, late = fact("GHSA-1", affected="< 9"), fact("GHSA-1", affected="< 8", updated_at=LATER)
    for order in ([early, late], [late, early]):
        (one,) = merge(order)
        assert [entry.range for entry in one.affected] == ["< 8"]


def test_of_two_databases_with_one_id_the_page_of_that_id_gives_the_words() -> None:
    own = fact("GHSA-1", summary="own", url="https://github.example/GHSA-1")
    derived = fact("GHSA-1", "GO-1", summary="derived", url="https://osv.example/GO-1", updated_at=LATER)
    for order in ([own, derived], [derived, own]):
        (one,) = merge(order)
        assert (one.summary, one.aliases) == ("own", frozenset({"GO-1"}))


def test_ids_connect_through_a_third() -> None:
    first, second = fact("GHSA-1", "CVE-1"), fact("GHSA-2", "CVE-2")
    bridge = fact("A-1", "CVE-1", "CVE-2")
    (one,) = merge([first, second, bridge])
    assert one.ids == {"GHSA-1", "GHSA-2", "CVE-1", "CVE-2", "A-1"}


@pytest.mark.parametrize(
    ("own", "other", "withdrawn"),
    [(None, LATER, False), (LATER, None, False), (LATER, LATER, True), (None, None, False)],
)
def test_it_is_withdrawn_only_where_all_are(own: object, other: object, *, withdrawn: bool) -> None:
    (one,) = merge([fact("GHSA-1", "CVE-1", withdrawn_at=own), fact("CVE-1", withdrawn_at=other)])
    assert (one.withdrawn_at is not None) is withdrawn


def test_the_words_are_of_one_that_stands() -> None:
    (one,) = merge([fact("GHSA-1", "CVE-1", summary="withdrawn", withdrawn_at=LATER), fact("CVE-1", summary="stands")])
    assert (one.id, one.summary) == ("GHSA-1", "stands")


def test_entries_that_state_nothing_give_way_to_those_that_do() -> None:
    silent = replace(fact("GHSA-1", "CVE-1"), affected=(Affected(), Affected(scheme="git")))
    stated = fact("CVE-1", affected="< 2")
    (one,) = merge([silent, stated])
    assert [entry.range for entry in one.affected] == ["< 2"]
    (still,) = merge([silent, replace(stated, affected=())])
    assert still.affected == silent.affected


def test_projects_are_never_mixed() -> None:
    assert len(merge([fact("GHSA-1"), fact("GHSA-1", project="other")])) == 2


names = st.sampled_from(["GHSA-1", "GHSA-2", "CVE-1", "CVE-2", "CVE-3", "A-1", "B-2"])
lists = st.lists(
    st.builds(lambda name, more: fact(name, *(more - {name})), names, st.frozensets(names, max_size=2)), max_size=6
)


@given(lists)
def test_no_id_is_lost_none_is_twice_and_merging_again_changes_nothing(advisories: list[Advisory]) -> None:
    merged = merge(advisories)
    names = [name for advisory in merged for name in advisory.ids]
    assert len(names) == len(set(names))
    assert {advisory.id for advisory in advisories} <= set(names)
    assert merge(merged) == merged
