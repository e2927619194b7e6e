"""Remarks beside a version that deny what its row ticks, or leave it to those who pay."""

from collections.abc import Sequence
from functools import lru_cache

from chatbot.core.text import patterns
from chatbot.sources.support_policy.words.endings import BUYERS, may_end, signs_of_endings
from chatbot.sources.support_policy.words.english import plain

_DENYING = patterns.compile(
    r"no longer (?:\w+ )?(?:supported|maintained|receiv\w+|gets? (?:security|updates|fixes|patches)|patched|fixed)"
    r"|not (?:supported|maintained|receiv\w+)|unsupported|unmaintained|end[- ]of[- ](?:life|support)|\beol\b"
    r"|discontinued|abandoned|support (?:has )?ended|\bno (?:more |further |new |security )*(?:fixes|updates|patches|support)\b",
    ignore_case=True,
)
_SOLD = patterns.compile(
    rf"\b(?:{BUYERS}|third[- ]part(?:y|ies)|by (?:others|distributors?|vendors?|volunteers?|the community))\b",
    ignore_case=True,
)
_FOR_SOME = patterns.compile(
    rf"\b(?:only|just|limited to|exclusive\w*|restricted to)\b.{{0,30}}\b{BUYERS}\b|\b{BUYERS}\b.{{0,30}}\bonly\b"
    rf"|\b(?:requires?|with|needs?|under) (?:an? )?(?:\w+ )?(?:subscription|contract|licen[cs]e)\b|\bfor (?:\w+ )?{BUYERS}\b",
    ignore_case=True,
)
_FOR_ALL = patterns.compile(r"\b(?:free|community|all|every\w*|public|open[- ]source)\b", ignore_case=True)
_UNBORN = patterns.compile(r"unreleased|not (?:yet )?released|upcoming|planned|in development", ignore_case=True)
_NOTES = patterns.compile(r"note|comment|remark|detail|info|descri|reason|hint|^$", ignore_case=True)
_PAYS = patterns.compile(
    rf"\b(?:where|if|when|as long as|provided|unless) (?:an? |our |the |some )?{BUYERS}\b|\bas an? (?:[a-z]+ )?{BUYERS}\b|"
    rf"\bif (?:you|they|somebody|someone) (?:pays?|ha(?:ve|s) (?:an? )?(?:\w+ ){{0,2}}(?:contract|subscription|licen[cs]e))"
    rf"|\b(?:to|only|from|by) (?:our |the |those who |users of (?:the |our )?)?(?:[a-z]+ )?{BUYERS}\b"
    r"|\bcustomers with\b|\bmust pay\b"
    rf"|\bfor (?:money|a fee)\b"
    r"|\b(?:needs?|requires?|buy|purchas\w+|with|behind) (?:\w+ ){0,4}?(?:contract|subscription|licen[cs]e|paywall)\b"
)
_FREE = patterns.compile(r"\b(?:free|everyone|everybody|anyone|all users)\b")
_OFFER = patterns.compile(
    r"\b(?:extended|additional|commercial|paid|premium|professional|enterprise) (?:\w+ )?(?:support"
    r"|maintenance)\b.{0,60}\b(?:available|offered|sold)\b"
)
# One that says by itself that its row has ended: "withdrawn, do not use"
_NOTE = patterns.compile(
    r"(?:^|[.;,(] ?|\b[BW] |\bA )[DEO](?:\W*$|\W*[,.;:()])|\bP\b|\bN (?:use|(?:more |further |new |A )*T)\b"
    r"|\bown risk\b|\b(?:stay away|avoid)\b"
)


@lru_cache(maxsize=2048)
def denied_in_label(label: str) -> bool:
    """Whether a label such as `2.x (EOL)` or `4.x (unreleased)` denies what its row ticks."""
    return _DENYING.search(label) is not None or _UNBORN.search(label) is not None


def denied_in_notes(heads: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether a column of notes denies what another column ticks."""
    return any(
        cell and _holds_notes(head) and (_DENYING.search(cell) or for_some(cell) or _denied_in_note(cell))
        for head, cell in zip(heads, cells, strict=False)
    )


@lru_cache(maxsize=256)
def _holds_notes(head: str) -> bool:
    return _NOTES.search(head.strip()) is not None


def is_sold(cell: str) -> bool:
    """Whether a ticked cell such as `✅ (paid support)` is for those who pay."""
    return _SOLD.search(cell) is not None and not _FOR_ALL.search(cell)


def for_some(remark: str) -> bool:
    """Whether a remark such as "only for paying customers" leaves most people without what its row promises."""
    return _FOR_SOME.search(remark) is not None


@lru_cache(maxsize=2048)
def _denied_in_note(cell: str) -> bool:
    """Whether a remark beside a version says by itself that it has ended, or that nobody should use it."""
    words = plain(cell)
    return may_end(words) and _NOTE.search(signs_of_endings(words)) is not None


def is_for_buyers(clause: str) -> bool:
    """Whether a clause in plain words leaves what it speaks of to those who pay, and is no mere offer."""
    is_limited = for_some(clause) or _PAYS.search(clause) is not None
    return is_limited and not _FREE.search(clause) and not _OFFER.search(clause)
