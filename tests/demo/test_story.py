"""The story is sound as data: its steps change the repository as they say, in order, and nothing of it is real."""

import re

import pytest

from chatbot.demo import story
from chatbot.demo.github.data import Repository


def world_after(steps: int) -> Repository:
    """The repository after so many steps."""
    of, now = story.repository(), story.STARTS
    for step in story.STEPS[:steps]:
        now += step.after
        step.change(of, now)
    return of


@pytest.mark.parametrize("steps", range(len(story.STEPS)))
def test_each_step_changes_something(steps: int) -> None:
    assert world_after(steps + 1) != world_after(steps)


def test_nothing_happens_before_its_time() -> None:
    of, now = story.repository(), story.STARTS
    for step in story.STEPS:
        tags = {release.tag for release in of.releases}
        ids = {advisory.ghsa for advisory in of.advisories}
        before = now
        now += step.after
        step.change(of, now)
        if step is story.STEPS[0]:
            continue
        new = [release.published_at for release in of.releases if release.tag not in tags]
        new += [advisory.published_at for advisory in of.advisories if advisory.ghsa not in ids]
        assert all(at and at > before for at in new)


def test_everything_is_unique_and_invented() -> None:
    of = world_after(len(story.STEPS))
    tags = [release.tag for release in of.releases]
    assert len(set(tags)) == len(tags)
    assert all(len(set(re.sub(r"GHSA|-", "", advisory.ghsa))) == 1 for advisory in of.advisories)
    assert all(each.endswith(".example") for each in re.findall(r"@([\w.]+\w)", of.text("SECURITY.md") or ""))


def test_the_policy_changes_once_in_meaning_and_once_in_looks() -> None:
    texts = [commit.text or "" for commit in world_after(len(story.STEPS)).files["SECURITY.md"]]
    assert [("2.4.x" in text, "psirt@" in text) for text in texts] == [(False, False), (True, True), (True, True)]


def test_every_step_says_what_and_why_in_one_line() -> None:
    for step in story.STEPS:
        assert step.happened
        assert step.why
        assert len(step.happened) <= 110
        assert len(step.why) <= 120
        assert all(ask.startswith("/") for ask in step.asks)
