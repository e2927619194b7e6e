"""GitHub's advisories: the shapes of a repository and of the global database, and that nothing unpublished gets in."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.advisories.identity import affected
from chatbot.core.model.facts import Affected, Credit
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.severity import Severity
from chatbot.sources.advisories.fields import UnreadableAdvisory
from chatbot.sources.advisories.formats import is_public, read_advisory
from tests.corpus.where import DATA, load, needed

V3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N"


def of_repository(**more: Any) -> dict[str, Any]:
    """An advisory as `GET /repos/{owner}/{repo}/security-advisories` lists it."""
    return {
        "ghsa_id": "GHSA-aaaa-bbbb-cccc",
        "cve_id": "CVE-2030-1",
        "html_url": "https://github.com/org/server/security/advisories/GHSA-aaaa-bbbb-cccc",
        "summary": "A crafted message reads files",
        "description": "**All** files.",
        "severity": "high",
        "identifiers": [{"type": "GHSA", "value": "GHSA-aaaa-bbbb-cccc"}, {"type": "CVE", "value": "CVE-2030-1"}],
        "state": "published",
        "published_at": "2030-01-01T00:00:00Z",
        "updated_at": "2030-01-02T00:00:00Z",
        "withdrawn_at": None,
        "vulnerabilities": [
            {
                "package": {"ecosystem": "other", "name": "server"},
                "vulnerable_version_range": "< 0.13.3",
                "patched_versions": "0.13.3",
            }
        ],
        "cvss": {"vector_string": V3, "score": 9.8},
        "cvss_severities": {
            "cvss_v3": {"vector_string": V3, "score": 9.8},
            "cvss_v4": {"vector_string": None, "score": 0},
        },
        "cwe_ids": ["CWE-400"],
        "cwes": [{"cwe_id": "CWE-400", "name": "x"}, {"cwe_id": "CWE-1"}],
        "credits": [{"login": "ann", "type": "finder"}, {"login": "shy", "type": "finder"}],
        "credits_detailed": [
            {"user": {"login": "ann"}, "type": "finder", "state": "accepted"},
            {"user": {"login": "shy"}, "type": "finder", "state": "pending"},
        ],
    } | more


def of_the_database(**more: Any) -> dict[str, Any]:
    """An advisory as `GET /advisories` lists it."""
    return {
        "ghsa_id": "GHSA-aaaa-bbbb-cccc",
        "cve_id": None,
        "html_url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
        "summary": "s",
        "description": "d",
        "type": "reviewed",
        "severity": "unknown",
        "published_at": "2030-01-01T00:00:00Z",
        "updated_at": "2030-01-02T00:00:00Z",
        "vulnerabilities": [
            {
                "package": {"ecosystem": "npm", "name": "mail"},
                "first_patched_version": "1.0.3",
                "vulnerable_version_range": "<=1.0.2",
            }
        ],
        "cvss_severities": {"cvss_v4": {"vector_string": V4, "score": 8.7}},
        "credits": [{"user": {"login": "ann"}, "type": "analyst"}],
    } | more


def test_a_repositorys_advisory() -> None:
    advisory_read = read_advisory(of_repository(), project=ProjectId("p"))
    assert (advisory_read.id, advisory_read.aliases, advisory_read.severity) == (
        "GHSA-aaaa-bbbb-cccc",
        frozenset({"CVE-2030-1"}),
        Severity.HIGH,
    )
    assert advisory_read.affected == (
        Affected(package="server", ecosystem="other", scheme="project", range="< 0.13.3", patched="0.13.3"),
    )
    assert advisory_read.scores == ((V3, 9.8),)
    assert advisory_read.cwes == ("CWE-400", "CWE-1")
    assert advisory_read.credits == (Credit(login="ann", role="finder"),)
    assert (advisory_read.published_at.day, advisory_read.updated_at.day, advisory_read.withdrawn_at) == (1, 2, None)


def test_an_advisory_of_the_database() -> None:
    advisory_read = read_advisory(of_the_database(), project=ProjectId("p"))
    assert (advisory_read.severity, advisory_read.aliases) == (Severity.HIGH, frozenset())
    assert advisory_read.affected == (
        Affected(package="mail", ecosystem="npm", scheme="semver", range="<=1.0.2", patched="1.0.3"),
    )
    assert advisory_read.credits == (Credit(login="ann", role="analyst"),)
    yes, _ = affected("1.0.2", [advisory_read])
    assert yes[0].first_fixed == "1.0.3"


def test_an_osv_record_is_known_by_its_shape() -> None:
    assert read_advisory({"id": "GO-1", "modified": "2030-01-01T00:00:00Z"}, project=ProjectId("p")).id == "GO-1"


@pytest.mark.parametrize("state", ["draft", "triage", "closed", "", None, "PUBLISHED", 7, []])
def test_what_is_not_published_is_refused_and_not_named(state: object) -> None:
    item = of_repository(state=state)
    assert not is_public(item)
    with pytest.raises(UnreadableAdvisory) as refusal:
        read_advisory(item, project=ProjectId("p"))
    assert "GHSA" not in str(refusal.value)
    assert "crafted" not in str(refusal.value)


@pytest.mark.parametrize("more", [{"published_at": None}, {"state": "published", "published_at": None}])
def test_without_a_publication_it_is_not_public(more: dict[str, Any]) -> None:
    item = {key: value for key, value in of_repository(**more).items() if key != "state" or "state" in more}
    assert not is_public(item)


@pytest.mark.parametrize(
    ("more", "withdrawn"),
    [
        ({"state": "withdrawn"}, 2),
        ({"withdrawn_at": "2030-01-05T00:00:00Z"}, 5),
        ({"state": "withdrawn", "withdrawn_at": "2030-01-05T00:00:00Z"}, 5),
    ],
)
def test_a_withdrawn_one_stays_known_as_withdrawn(more: dict[str, Any], withdrawn: int) -> None:
    advisory_read = read_advisory(of_repository(**more), project=ProjectId("p"))
    assert advisory_read.withdrawn_at
    assert advisory_read.withdrawn_at.day == withdrawn
    assert affected("0.1", [advisory_read]) == ([], [])


@pytest.mark.parametrize(
    ("products", "version", "state"),
    [
        ([], "1.0", "unreadable"),
        (None, "1.0", "unreadable"),
        ([{"package": None, "vulnerable_version_range": None, "patched_versions": None}], "1.0", "unreadable"),
        ([{"vulnerable_version_range": "all before the fix"}], "1.0", "unreadable"),
        ([{"vulnerable_version_range": "< 1.1"}], "1.0", "yes"),
        ([{"vulnerable_version_range": "= 1.0\n= 1.3"}], "1.3", "yes"),
        ([{"vulnerable_version_range": "< 1.1" + " " * 9000 + "x"}], "1.0", "unreadable"),
        ([{"package": {"ecosystem": "pip", "name": "x"}, "vulnerable_version_range": "< 1.1rc1"}], "1.1b2", "yes"),
        ([7], "1.0", "unreadable"),
    ],
)
def test_ranges_are_kept_as_published(products: object, version: str, state: str) -> None:
    yes, unreadable = affected(
        version, [read_advisory(of_repository(vulnerabilities=products), project=ProjectId("p"))]
    )
    assert ("yes" if yes else "unreadable" if unreadable else "no") == state


@pytest.mark.parametrize("first", ["1.0.3", {"identifier": "1.0.3"}])
def test_the_first_patched_version_in_both_its_shapes(first: object) -> None:
    product = {
        "package": {"ecosystem": "npm", "name": "mail"},
        "vulnerable_version_range": "< 1.0.3",
        "first_patched_version": first,
    }
    assert (
        read_advisory(of_the_database(vulnerabilities=[product]), project=ProjectId("p")).affected[0].patched == "1.0.3"
    )


@pytest.mark.parametrize(
    ("more", "severity"),
    [
        ({"severity": "MODERATE"}, Severity.MEDIUM),
        ({"severity": None}, Severity.CRITICAL),
        ({"severity": "terrible", "cvss": None, "cvss_severities": None}, Severity.UNKNOWN),
        ({"severity": None, "cvss": {"vector_string": V3, "score": True}, "cvss_severities": {}}, Severity.CRITICAL),
        (
            {"severity": None, "cvss": {"vector_string": "nonsense", "score": None}, "cvss_severities": 7},
            Severity.UNKNOWN,
        ),
        (
            {"severity": None, "cvss": {"vector_string": "x" * 999, "score": 9.0}, "cvss_severities": {}},
            Severity.UNKNOWN,
        ),
        ({"severity": None, "cvss": {"vector_string": V4, "score": 99}, "cvss_severities": {}}, Severity.HIGH),
    ],
)
def test_severity_by_word_else_by_score(more: dict[str, Any], severity: Severity) -> None:
    assert read_advisory(of_repository(**more), project=ProjectId("p")).severity is severity


@pytest.mark.parametrize(
    ("more", "logins"),
    [
        ({"credits_detailed": []}, []),
        ({"credits_detailed": None}, []),
        ({"credits": None, "credits_detailed": [7]}, []),
    ],
)
def test_only_accepted_credits_are_kept(more: dict[str, Any], logins: list[str]) -> None:
    assert [credit.login for credit in read_advisory(of_repository(**more), project=ProjectId("p")).credits] == logins


def test_a_repositorys_plain_list_of_credits_does_not_tell_who_accepted() -> None:
    item = of_repository()
    del item["credits_detailed"]
    assert read_advisory(item, project=ProjectId("p")).credits == ()


def test_words_are_one_line_and_addresses_are_safe() -> None:
    advisory_read = read_advisory(
        of_repository(summary="a\u202eb\x00 c" * 400, html_url="javascript:x"), project=ProjectId("p")
    )
    assert len(advisory_read.summary) <= 300
    assert not {"\n", "\x00", "\u202e"} & set(advisory_read.summary)
    assert advisory_read.url == ""


@pytest.mark.parametrize(
    "item",
    [None, 7, "x", [], {}, of_repository(ghsa_id=None), of_repository(ghsa_id="../x"), of_repository(published_at="soon")],
)  # fmt: skip
def test_what_is_no_advisory_is_reported_so(item: object) -> None:
    with pytest.raises(UnreadableAdvisory, match=r"\w"):
        read_advisory(item, project=ProjectId("p"))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(V3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["package", "name", "ecosystem", "user", "login", "state", "vector_string", "score", "identifier"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)
fields = [name for name in of_repository() if name not in {"ghsa_id", "state", "published_at"}]


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(fields, anything)))
def test_any_json_is_read_or_refused(more: dict[str, Any]) -> None:
    assert read_advisory(of_repository(**more), project=ProjectId("p")).id == "GHSA-aaaa-bbbb-cccc"


@needed
@pytest.mark.parametrize(
    "name",
    [
        "get_repos_owner_repo_security-advisories",
        "get_repos_owner_repo_security-advisories_ghsa_id",
        "get_advisories",
        "get_advisories_ghsa_id",
    ],
)
def test_githubs_own_examples_are_read(name: str) -> None:
    body = load(DATA / "github_api" / "examples" / f"{name}__200__default.json")
    for item in body if isinstance(body, list) else [body]:
        if is_public(item):
            advisory_read = read_advisory(item, project=ProjectId("p"))
            assert advisory_read.id.startswith("GHSA-")
            assert advisory_read.affected
            assert advisory_read.scores
