"""Which text of a policy page answers rest on: the one that stands there today, readable or not."""

import pytest

from chatbot.core.model.knowledge import TrackedPolicy
from chatbot.core.support.current import current_page, current_policy, unreadable
from chatbot.core.support.policy import Policy
from tests.core import make

OLD = make.known_policy("old")
NEW = make.known_policy("new")
BINARY = make.known_policy("??", unreadable="is not UTF-8")
REMOVED = make.known_policy("", exists=False)


def read_page(text: str) -> Policy:
    return Policy(problem=f"read {text}")


@pytest.mark.parametrize(
    ("policy", "newer", "expected", "page"),
    [
        (None, None, None, None),
        (OLD, None, read_page("old"), OLD),
        (OLD, NEW, read_page("new"), NEW),  # a template, say: its own reading knows why it says nothing
        (None, NEW, read_page("new"), NEW),
        (OLD, BINARY, unreadable("The page is not UTF-8."), BINARY),
        (None, BINARY, unreadable("The page is not UTF-8."), BINARY),
        (OLD, REMOVED, unreadable("The project has removed its security policy."), None),
        (None, REMOVED, None, None),
    ],
)
def test_the_page_as_it_stands_today_counts(
    policy: TrackedPolicy | None, newer: TrackedPolicy | None, expected: Policy | None, page: TrackedPolicy | None
) -> None:
    knowledge = make.knowledge(policy=policy, newer_unreadable=newer)
    assert current_policy(knowledge, read_page) == expected
    assert current_page(knowledge) == page
