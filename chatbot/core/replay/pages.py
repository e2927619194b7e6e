"""A change of the policy page as the news that it was on its day."""

from datetime import datetime

from chatbot.core.announce.digest import digest, policy_facts
from chatbot.core.announce.policy_news import PolicyNews
from chatbot.core.announce.policy_subject import policy_subject
from chatbot.core.announce.render.policy import policy_message
from chatbot.core.model.knowledge import TrackedPolicy
from chatbot.core.model.watches import Project
from chatbot.core.support.diff import changes
from chatbot.core.support.policy import Policy

ReadPage = tuple[TrackedPolicy, Policy]


def policy_news(project: Project, before: ReadPage, after: ReadPage, read_at: datetime) -> PolicyNews | None:
    """What changed from one page to the next; None where nothing did that people are told."""
    (old, old_policy), (new, policy) = before, after
    sentences = changes(old_policy, policy)
    if not sentences:
        return None
    when = new.page.committed_at or new.first_read_at
    return PolicyNews(
        subject=policy_subject(project.id, old, new),
        message=policy_message(project, new.page, sentences, new.first_read_at),
        digest=digest(policy_facts(new.page.url, sentences, when)),
        read_at=read_at,
    )
