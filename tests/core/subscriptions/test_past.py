"""What a new subscriber would have been alerted of."""

from chatbot.core.model.severity import Severity
from chatbot.core.subscriptions import past
from tests.core import make
from tests.core.subscriptions.people import NOW, subscription

RELEASES = [make.release(tag) for tag in ("v0.14.1", "v0.15.3", "v0.15.5", "v0.16.2")]


def test_the_last_twelve_months_the_newest_first_and_what_holds_now_the_worst_first() -> None:
    advisories = [
        make.advisory("GHSA-a", Severity.LOW, at=NOW - 30 * make.DAY),
        make.advisory("GHSA-b", Severity.HIGH, at=NOW - 364 * make.DAY),
        make.advisory("GHSA-c", Severity.CRITICAL, at=NOW - 366 * make.DAY),
        make.advisory("GHSA-d", Severity.HIGH, affected=">= 0.16.0, < 0.16.2", at=NOW - make.DAY),
        make.advisory("GHSA-e", Severity.MEDIUM, affected="what came before", patched="", at=NOW - 2 * make.DAY),
        make.advisory("GHSA-f", Severity.HIGH, affected=">= 0.16.0", patched="", at=NOW - 3 * make.DAY),
        make.advisory("GHSA-g", Severity.HIGH, at=NOW - make.DAY, withdrawn_at=NOW),
    ]
    snapshot = make.snapshot(RELEASES, advisories)
    year = {
        about: [each.id[-1] for each in past.in_the_last_year(snapshot, subscription(about), NOW)]
        for about in ("0.15.3", "0.16.x", "")
    }
    assert year == {"0.15.3": ["e", "a", "b"], "0.16.x": ["e", "f"], "": ["d", "e", "f", "a", "b"]}
    current = {about: [each.id[-1] for each in past.now(snapshot, subscription(about))] for about in ("0.15.3", "")}
    assert current == {"0.15.3": ["c", "b", "e", "a"], "": ["f"]}
    severe = subscription("0.15.3", min_severity=Severity.HIGH)
    assert [each.id[-1] for each in past.in_the_last_year(snapshot, severe, NOW)] == ["b"]
    assert [each.id[-1] for each in past.now(snapshot, severe)] == ["c", "b"]
