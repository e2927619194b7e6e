"""The judged questions about real pages: at least 97% right, no unsafe miss, all end dates right."""

from datetime import date
from itertools import pairwise

from chatbot.core.support.diff import changes
from chatbot.core.support.lint import lint
from tests.corpus.parts import OPENED
from tests.corpus.policies import answered, page
from tests.corpus.where import DATA, needed

pytestmark = needed
HISTORY = DATA / "stalwart" / "SECURITY_history"


def test_at_least_97_in_100_are_right() -> None:
    every = list(answered(*OPENED))
    missed = [str(each) for each in every if not each.right]
    assert len(missed) <= 0.03 * len(every), "\n".join(missed)


def test_nothing_is_called_supported_that_is_not() -> None:
    assert [str(each) for each in answered(*OPENED) if each.unsafe] == []


def test_every_end_date_is_right() -> None:
    assert [str(each) for each in answered(*OPENED) if not each.date_right] == []


def test_every_page_of_the_corpus_is_read_or_refused_with_a_reason() -> None:
    for path in sorted((DATA / "security_md" / "dev").iterdir()):
        policy = page(path)
        assert policy.readable or policy.problem, path.name


def test_history_leaves_a_line_undefined_in_nine_of_thirteen_revisions() -> None:
    revisions = [page(path) for path in sorted(HISTORY.iterdir())]
    reports = [lint(policy, today=date(2023, 1, 1)) for policy in revisions]
    gaps = [findings for findings in reports if any("is in no row" in finding.problem for finding in findings)]
    assert (len(revisions), len(gaps)) == (13, 9)


def test_every_revision_of_the_history_is_a_change_and_none_of_itself() -> None:
    revisions = [page(path) for path in sorted(HISTORY.iterdir())]
    assert all(changes(old, new) for old, new in pairwise(revisions))
    assert all(changes(policy, policy) == () for policy in revisions)
