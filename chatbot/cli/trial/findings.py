"""What the lints find in what the repository publishes, the worst first."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.cli.lint_policy import full_versions, published_on
from chatbot.cli.trial.screen import Screen
from chatbot.core.advisory_lint.check import lint_advisory
from chatbot.core.advisory_lint.finding import Finding
from chatbot.core.model.facts import Advisory
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.support import lint
from chatbot.core.text.words import count, listed
from chatbot.runtime.ingest.advisory_lint import material_of
from chatbot.runtime.trial.published import Published

_MOST = 5  # of the page, and of the advisories
_MOST_NAMED = 3  # advisories with the same finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found.

    page: in the policy page
    advisories: in each advisory, the errors first, and of the newest advisories first
    linted: how many advisories were looked at
    """

    page: Sequence[lint.Finding]
    advisories: Sequence[tuple[Advisory, Finding]]
    linted: int

    @property
    def words(self) -> str:
        """What there is to fix, in one sentence; "" where nothing was looked at."""
        errors = sum(finding.level == "error" for _, finding in self.advisories)
        warnings = len(self.advisories) - errors
        parts = [count(errors, "error")] if errors else []
        parts += [count(warnings, "warning")] if warnings else []
        words = [f"{listed(parts)} in your security advisories"] if parts else []
        words += [f"{count(len(self.page), 'thing')} in your security policy"] if self.page else []
        return listed(words)


def findings_of(published: Published, context: QueryContext) -> Findings:
    """What `lint-policy` and `lint-advisory` say about the page, the advisories and the releases together."""
    today = published.read_at.date()
    page: Sequence[lint.Finding] = ()
    if published.page is not None and published.policy is not None:
        page = lint.lint(
            published.policy,
            today=today,
            releases=full_versions(published.releases),
            published=published_on(published.releases),
            private_form=published.private_form,
        )
    material = material_of(context.snapshot, context.policy, today)
    newest_first = sorted(published.advisories, key=lambda each: (each.published_at, each.id), reverse=True)
    pairs = [(each, finding) for each in newest_first for finding in lint_advisory(each, material)]
    pairs.sort(key=lambda pair: (pair[1].level != "error", -pair[0].severity.rank))
    return Findings(page=page, advisories=pairs, linted=len(published.advisories))


def show_findings(screen: Screen, published: Published, findings: Findings, *, full: bool) -> None:
    """Each finding with its fix; the same one of several advisories once."""
    repository = published.project.repository
    _show_page(screen, published, findings, full=full)
    screen.blank()
    screen.say("Security advisories (lint-advisory)", style="bold")
    if not findings.linted:
        was_read = published.sources["advisories"].read_at is not None
        why = (
            "it has published none on GitHub"
            if was_read
            else "they could not be read, so there may be something to fix"
        )
        screen.say(f"Nothing to look at: {why}.", indent=2)
        return
    if not findings.advisories:
        screen.say(f"Nothing to fix in {count(findings.linted, 'advisory')}.", indent=2)
    groups: dict[str, list[tuple[Advisory, Finding]]] = {}
    for advisory, finding in findings.advisories:
        groups.setdefault(f"{finding.code} {finding.problem if full else ''}", []).append((advisory, finding))
    members = list(groups.values())
    for group in members if full else members[:_MOST]:
        _show_group(screen, group, full=full)
    if len(members) > _MOST and not full:
        screen.say(
            f"… and {count(len(members) - _MOST, 'more kind')} of findings: chatbot try {repository} --full", indent=2
        )


def _show_page(screen: Screen, published: Published, findings: Findings, *, full: bool) -> None:
    if published.page is None:
        screen.say("Security policy (lint-policy)", style="bold")
        missing = (
            "There is none: add a SECURITY.md that says which versions get fixes, and how to report a vulnerability."
        )
        screen.say(missing if published.policy is None else "It could not be read.", indent=2)
        return
    path = published.page.page.path
    screen.say(f"{path} (lint-policy)", style="bold")
    if not findings.page:
        screen.say("Nothing to fix.", indent=2)
    for each in findings.page if full else findings.page[:_MOST]:
        screen.hang("  • ", f"{f'line {each.line}: ' if each.line else ''}{each.problem}")
        screen.hang("    → ", each.fix, style="green", start_style="green")
    if len(findings.page) > _MOST and not full:
        screen.say(
            f"… and {len(findings.page) - _MOST} more: chatbot try {published.project.repository} --full", indent=2
        )


def _show_group(screen: Screen, group: Sequence[tuple[Advisory, Finding]], *, full: bool) -> None:
    advisory, finding = group[0]
    style = "bold red" if finding.level == "error" else "yellow"
    about = f"{finding.package}: " if finding.package else ""
    screen.hang(f"  {finding.level:<8}", f"{advisory.id}: {about}{finding.problem}", start_style=style)
    others = list(dict.fromkeys(each.id for each, _ in group if each.id != advisory.id))
    if others:
        names = others if full else others[:_MOST_NAMED]
        more = f" and {len(others) - len(names)} more" if len(others) > len(names) else ""
        screen.say(f"likewise {', '.join(names)}{more}", indent=10, style="bright_black")
    screen.hang("          → ", finding.fix, style="green", start_style="green")
