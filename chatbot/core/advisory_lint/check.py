"""All that is wrong in an advisory, the gravest first."""

from collections.abc import Iterator

from chatbot.core.advisory_lint.contradictions import contradictions
from chatbot.core.advisory_lint.finding import Finding
from chatbot.core.advisory_lint.material import Material
from chatbot.core.advisory_lint.ranges import own_findings
from chatbot.core.advisory_lint.releases import findings_by_releases
from chatbot.core.model.facts import Advisory
from chatbot.core.model.severity import Severity

_CVE_FROM = 4.0  # CVSS: medium and worse
_MOST = 30  # findings of one advisory


def lint_advisory(advisory: Advisory, material: Material | None = None) -> tuple[Finding, ...]:
    """The findings, errors before warnings, at most 30. A withdrawn advisory has none.

    What needs releases, a policy or the state of images is looked for only where `material` has them.
    """
    if advisory.withdrawn_at is not None:
        return ()
    beside = material or Material()
    findings = [
        *own_findings(advisory, beside),
        *findings_by_releases(advisory, beside),
        *contradictions(advisory, beside),
        *_record(advisory),
    ]
    by_level = sorted(dict.fromkeys(findings), key=lambda finding: finding.level != "error")
    return tuple(by_level[:_MOST])


def _record(advisory: Advisory) -> Iterator[Finding]:
    """What its fields leave out, apart from versions."""
    if advisory.unread:
        yield Finding(
            "not-read-whole", f"It could not be read whole: {advisory.unread}.", "Shorten it, or split it in several."
        )
    score = max((score for _, score in advisory.scores), default=None)
    if advisory.severity is Severity.UNKNOWN and score is None:
        yield Finding("no-severity", "It states no severity.", "Set a severity, or a CVSS vector.")
    worst = score if score is not None else 0.0
    is_grave = worst >= _CVE_FROM or (score is None and advisory.severity.rank >= Severity.MEDIUM.rank)
    if is_grave and not any(name.startswith("CVE-") for name in advisory.ids):
        how_bad = f"CVSS {worst:.1f}" if score is not None else f"severity {advisory.severity}"
        yield Finding(
            "no-cve",
            f"It has no CVE id, with {how_bad}: scanners and many operators go by that id.",
            "Request a CVE id in the advisory, or enter the one that it has.",
        )
