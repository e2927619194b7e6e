"""Reading a policy page beside markdown-it alone, and answering one question from what was read."""

import time
from collections.abc import Callable
from datetime import date

from markdown_it import MarkdownIt

from chatbot.core.support.policy import status
from chatbot.core.versions.version import read_version
from chatbot.demo.story_policy import CHANGED
from chatbot.sources.support_policy.reader import read_policy

ROUNDS = 200


def _each(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """CPU milliseconds of one call."""
    work()
    began = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - began) / rounds * 1000


def main() -> None:
    markdown = MarkdownIt("commonmark").enable("table")
    ours, bare = _each(lambda: read_policy(CHANGED)), _each(lambda: markdown.parse(CHANGED))
    print(
        f"reading a policy page: {ours:.2f} ms CPU; markdown-it alone {bare:.2f} ms; ratio {ours / bare:.2f} (goal: at most 2)"
    )
    policy, version = read_policy(CHANGED), read_version("2.2.11")
    if version is not None:
        one = _each(lambda: status(policy, version, today=date(2031, 3, 21)), 2000)
        print(f"one question, the page being read: {one:.4f} ms CPU (goal: under 1 ms)")
