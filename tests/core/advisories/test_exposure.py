"""Which advisories concern a version: what is passed over and what is judged together gives the same as judging one by one."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.advisories.exposure import expose
from chatbot.core.advisories.identity import affects, fixes
from chatbot.core.model.facts import Advisory, Affected, Span
from chatbot.core.versions.version import Version, read_version
from tests.core import make

NUMBERS = st.builds(lambda a, b, c: f"{a}.{b}.{c}", *(st.integers(0, 3) for _ in range(3)))
SHORT = st.builds(lambda a, b: f"{a}.{b}", st.integers(0, 3), st.integers(0, 3))
NAMED_VERSIONS = st.one_of(
    NUMBERS, SHORT, st.builds(lambda name, word: f"{name}{word}", NUMBERS, st.sampled_from(["-rc1", "-1", ".x"]))
)
RANGES = st.one_of(
    st.builds(lambda a, b: f">= {a}, < {b}", NAMED_VERSIONS, NAMED_VERSIONS),
    st.builds(lambda op, a: f"{op} {a}", st.sampled_from(["<", "<=", ">", ">=", "="]), NAMED_VERSIONS),
    st.builds(lambda a, b: f"< {a} || = {b}", NAMED_VERSIONS, NAMED_VERSIONS),
    st.builds(lambda a: f"{a}.x", SHORT),
    st.sampled_from(["*", "", "what came before", "1:2.0", "< 1!2.0", ">= 1.0, <= 2.1.*"]),
)
SPANS = st.builds(
    lambda low, fixed, last: Span(introduced=low, fixed=fixed, last_affected=last),
    st.one_of(st.just("0"), NAMED_VERSIONS),
    st.one_of(st.just(""), NAMED_VERSIONS),
    st.one_of(st.just(""), NAMED_VERSIONS),
)
ENTRIES = st.builds(
    lambda range_, patched, spans, versions, scheme: Affected(
        range=range_, patched=patched, spans=tuple(spans), versions=tuple(versions), scheme=scheme
    ),
    RANGES,
    st.lists(NAMED_VERSIONS, max_size=2).map(", ".join),
    st.lists(SPANS, max_size=1),
    st.lists(NAMED_VERSIONS, max_size=2),
    st.sampled_from(["project", "semver", "pypi", "maven", "git", "debian"]),
)
ADVISORIES = st.lists(st.lists(ENTRIES, max_size=3), max_size=5).map(
    lambda every: [
        replace(make.advisory(f"CVE-2030-{number:04}"), affected=tuple(entries)) for number, entries in enumerate(every)
    ]
)
VERSIONS = st.lists(
    NAMED_VERSIONS.filter(lambda text: read_version(text) is not None), min_size=1, max_size=8, unique=True
)


def version(text: str) -> Version:
    version = read_version(text)
    assert version is not None
    return version


@given(ADVISORIES, VERSIONS)
def test_every_way_of_asking_gives_the_same(advisories: list[Advisory], names: list[str]) -> None:
    exposure = expose(advisories)
    versions = [version(name) for name in names]
    together = exposure.risks(versions)
    for one, risk in zip(versions, together, strict=True):
        plain = {advisory.id: affects(advisory, one).state for advisory in advisories}
        yes, unsure = exposure.of(one)
        assert {verdict.advisory.id for verdict in yes} == {name for name, state in plain.items() if state == "yes"}
        assert {verdict.advisory.id for verdict in unsure} == {
            name for name, state in plain.items() if state == "unreadable"
        }
        doubts = {
            advisory.id
            for advisory in advisories
            if plain[advisory.id] == "unreadable" and not fixes(advisory, one) and advisory.affected
        }
        is_affected = "yes" in plain.values()
        for each in (risk, exposure.risk(one)):
            assert each.affected == is_affected
            assert {advisory.id for advisory in each.doubts} == (set() if is_affected else doubts)


def test_what_was_withdrawn_concerns_nobody() -> None:
    withdrawn = make.advisory(withdrawn_at=make.START)
    assert expose([withdrawn]).of(version("0.15.4")) == ((), ())


def test_an_advisory_that_states_no_versions_clears_none_and_speaks_against_none() -> None:
    """Absence of evidence is no all-clear; as a reason against a release it says nothing."""
    silent = replace(make.advisory("GHSA-1"), affected=())
    for number in ("0.0.1", "2.1.0", "99"):
        version = read_version(number)
        assert version is not None
        assert affects(silent, version).state == "unreadable"
        affected, unsure = expose([silent]).of(version)
        assert (affected, [each.advisory.id for each in unsure]) == ((), ["GHSA-1"])
        risk = expose([silent]).risk(version)
        assert (risk.affected, risk.doubts) == (False, ())
