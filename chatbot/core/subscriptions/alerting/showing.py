"""What one person is shown of one advisory, and the facts of it that decide whether an alert is edited."""

from collections.abc import Collection
from dataclasses import dataclass, field

from chatbot.core.announce.digest import Facts, affected_facts, block_facts, moment_facts
from chatbot.core.announce.render.fixes import further_fixes, lines_without_fix, to_take
from chatbot.core.maintainers.controls import NOTHING, Control, control_facts
from chatbot.core.model.facts import Advisory
from chatbot.core.model.severity import Severity
from chatbot.core.recommend import Recommended
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions import reasons
from chatbot.core.subscriptions.alerting.advice import Advice
from chatbot.core.subscriptions.matching import Match
from chatbot.core.subscriptions.subscription import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """One thing of somebody's that an advisory concerns.

    releases: of a line, those that are affected (or of which nobody can tell), the lowest first
    advice: what to upgrade to; None where that cannot be told
    left_out: versions that the advisory's text names where they are others than this, else ""
    """

    match: Match
    releases: tuple[Classified, ...] = ()
    advice: Advice | None = None
    left_out: str = ""

    @property
    def scope(self) -> Scope:
        return self.match.scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What one person is shown of one advisory.

    advisory: as it stands, also where it was withdrawn
    withdrawn: the project withdrew it
    removed: the project no longer publishes it, and does not say why
    control: what the maintainers decided about its announcement
    main: what it concerns, in the title; all of one kind
    others: what else it concerns that is not a part of that
    former: where it concerns nothing any more, what it did concern and is still subscribed to
    subscribed: the scopes because of which they get it, each with the severity from which it counts
    steps: what to say about subscriptions that have aged
    """

    snapshot: ProjectSnapshot
    advisory: Advisory
    withdrawn: bool = False
    removed: bool = False
    control: Control = NOTHING
    main: tuple[Concerned, ...] = ()
    others: tuple[Concerned, ...] = ()
    former: tuple[Scope, ...] = ()
    subscribed: tuple[tuple[Scope, Severity], ...] = ()
    steps: tuple[str, ...] = field(default=())

    @property
    def is_struck(self) -> bool:
        """Whether it is crossed out: withdrawn, removed, or taken back by the maintainers."""
        return self.withdrawn or self.removed or bool(self.control.retracted)

    @property
    def by_version(self) -> bool:
        """Whether it names what somebody runs, and not only the project."""
        return bool(self.main) and self.main[0].scope.kind != "project"

    @property
    def out_of_range(self) -> tuple[Scope, ...]:
        """What somebody runs and the advisory does not name, where they get it because of the project."""
        there = {each.scope for each in (*self.main, *self.others)}
        return tuple(scope for scope, _ in self.subscribed if scope.kind != "project" and scope not in there)

    @property
    def in_doubt(self) -> bool:
        return bool(self.main) and self.main[0].match.state == "unreadable"

    @property
    def advices(self) -> tuple[Advice, ...]:
        """What to upgrade to from what the title names."""
        return tuple(each.advice for each in self.main if each.advice is not None)


def alert_facts(showing: Showing) -> Facts:
    """What an alert shows. Why somebody gets it and what they are reminded of is no fact about the advisory."""
    advisory = showing.advisory
    return [
        "alert",
        ["id", advisory.id, sorted(advisory.ids)],
        ["summary", advisory.summary],
        ["severity", str(advisory.severity), sorted(score for _, score in advisory.scores)],
        ["affected", [affected_facts(entry) for entry in advisory.affected]],
        ["exploited", advisory.known_exploited],
        ["credits", [credit.login for credit in advisory.credits]],
        ["url", advisory.url],
        ["published", moment_facts(advisory.published_at)],
        ["description", block_facts(advisory.description)],
        ["withdrawn", showing.withdrawn, showing.removed],
        ["unread", bool(advisory.unread)],
        ["named", [_concerned(each, showing) for each in showing.main]],
        ["others", [_concerned(each, showing) for each in showing.others]],
        ["former", [[scope.kind, scope.name] for scope in showing.former]],
        ["take", [] if showing.by_version or showing.is_struck else _of_project(showing)],
        *control_facts(showing.control),
    ]


def reply_facts(showing: Showing, about: Collection[str]) -> Facts:
    """What a reply to an alert shows: what it is about, and what became of that."""
    advisory = showing.advisory
    return [
        "alert-reply",
        [advisory.id, advisory.summary, advisory.url],
        sorted(reason for reason in about if not reason.startswith(reasons.ADVISED)),
        ["severity", str(advisory.severity), advisory.known_exploited],
        ["withdrawn", showing.withdrawn, showing.removed],
        ["named", [_concerned(each, showing) for each in showing.main]],
        ["former", [[scope.kind, scope.name] for scope in showing.former]],
        ["take", [] if showing.by_version else _of_project(showing)],
    ]


def _concerned(each: Concerned, showing: Showing) -> Facts:
    if showing.is_struck:  # it advises nothing any more
        return [each.scope.kind, each.scope.name]
    return [
        [each.scope.kind, each.scope.name, each.match.state],
        [item.release.tag for item in each.releases],
        _advice(each.advice),
        each.left_out,
    ]


def _advice(advice: Advice | None) -> Facts:
    if advice is None:
        return None
    releases: list[Facts] = [_recommended(each) for each in (advice.own, advice.other)]
    return [advice.line, releases, advice.coming, advice.blocked, advice.out_of_support]


def _recommended(recommendation: Recommended | None) -> Facts:
    if recommendation is None:
        return None
    return [recommendation.release.release.tag, [each.id for each in recommendation.doubts]]


def _of_project(showing: Showing) -> Facts:
    snapshot, advisory = showing.snapshot, showing.advisory
    takes = to_take(snapshot, advisory)
    return [
        [[line, item.release.tag if item is not None else None] for line, item in takes.items()],
        list(lines_without_fix(snapshot, advisory)),
        [list(each) for each in further_fixes(snapshot, advisory)],
    ]
