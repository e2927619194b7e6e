"""The subject of a change of a policy page: the same for the same two texts and the same commit."""

from datetime import UTC

from chatbot.core.announce.messages import short_hash
from chatbot.core.model.ids import ProjectId, SubjectId
from chatbot.core.model.knowledge import TrackedPolicy


def policy_subject(project: ProjectId, before: TrackedPolicy, after: TrackedPolicy) -> str:
    """`policy/<project>/<hash>`."""
    when = after.page.committed_at or after.first_read_at
    return str(SubjectId("policy", project, short_hash(before.digest, after.digest, when.astimezone(UTC).isoformat())))
