"""What a reader of news about security can do at once, below each such announcement."""

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Action


def what_next(project: ProjectId, subject: str) -> tuple[Action, ...]:
    """Ask whether the version that one runs is affected, and be alerted of what affects it from now on."""
    return (
        Action("affected", "Am I affected?", project, subject),
        Action("subscribe", "Alert me", project, subject),
    )
