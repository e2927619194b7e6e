"""Facts have one name, whoever reported them."""

from tests.core import make


def test_names_of_facts() -> None:
    release, advisory = make.release("v0.15.5"), make.advisory("GHSA-a", aliases=frozenset({"CVE-1"}))
    assert (release.subject, release.key) == ("mail/v0.15.5", "mail/v0.15.5/published")
    assert (advisory.subject, advisory.key) == ("mail/GHSA-a", "mail/GHSA-a")
    assert advisory.ids == {"GHSA-a", "CVE-1"}
