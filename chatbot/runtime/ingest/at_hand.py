"""What is asked about at every poll of a project, kept in memory: its advisories' ids, tags that wait, pages nobody can parse."""

from dataclasses import dataclass, field

from chatbot.core.model.facts import Advisory, PolicyPage, Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.knowledge import Knowledge, Tracked


@dataclass(slots=True)
class AtHand:
    """By project, as of the last time that its knowledge was loaded.

    ids: every name of its advisories
    signalled: tags that a signal named and that a full listing is to confirm
    unread_pages: its policy page as it stands, where it could not be parsed
    missing: the projects of whose facts some are missing from a whole listing
    pages: the policy pages that plans are made from
    """

    ids: dict[ProjectId, frozenset[str]] = field(default_factory=dict)
    signalled: dict[ProjectId, frozenset[str]] = field(default_factory=dict)
    unread_pages: dict[ProjectId, PolicyPage] = field(default_factory=dict)
    missing: set[ProjectId] = field(default_factory=set)
    pages: dict[ProjectId, tuple[PolicyPage, ...]] = field(default_factory=dict)

    def note(self, facts_of_project: Knowledge) -> None:
        """Keep at hand what is asked about at every poll."""
        self.pages[facts_of_project.project] = facts_of_project.pages()
        newer = facts_of_project.newer_unreadable
        if newer is not None and newer.page.exists and not newer.page.unreadable:
            self.unread_pages[facts_of_project.project] = newer.page
        else:
            self.unread_pages.pop(facts_of_project.project, None)
        self.ids[facts_of_project.project] = frozenset(
            name for item in facts_of_project.advisories.values() for name in item.fact.ids
        )
        self.signalled[facts_of_project.project] = frozenset(facts_of_project.pending)
        facts: list[Tracked[Release] | Tracked[Advisory]] = [
            *facts_of_project.releases.values(),
            *facts_of_project.advisories.values(),
        ]
        if any(item.missing_since is not None and not item.removal_confirmed for item in facts):
            self.missing.add(facts_of_project.project)
        else:
            self.missing.discard(facts_of_project.project)

    def forget(self, project: ProjectId) -> None:
        """Nothing of the project is watched any more."""
        for mapping in (self.ids, self.signalled, self.unread_pages, self.pages):
            mapping.pop(project, None)
        self.missing.discard(project)
