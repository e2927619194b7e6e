"""What changed between two versions of a support policy, a sentence each; mere reformatting is not a change."""

from collections.abc import Iterator
from datetime import timedelta

from chatbot.core.support.policy import Clocks, Contact, Policy
from chatbot.core.support.rows import Row
from chatbot.core.text.words import calendar_day, length

_CLOCKS = (
    ("acknowledge", "A first acknowledgement"),
    ("detail", "A detailed response"),
    ("update", "A status update"),
    ("target", "The target for a resolution"),
)
_OTHER_WORDS = {"detail": "An assessment", "target": "The target for a publication"}
_TERMS = (
    ("scope_in", "What is in scope"),
    ("scope_out", "What is out of scope"),
    ("safe_harbour", "The safe harbour"),
    ("disclosure", "The disclosure policy"),
    ("required", "What a report must include"),
)


def changes(old: Policy, new: Policy) -> tuple[str, ...]:
    """The changes from one page to the next as sentences: lines, end dates, contacts, response times, terms. () for none."""
    if not new.readable or not old.readable:
        return tuple(_readability(old, new))
    return (*_rows(old, new), *_contacts(old, new), *_clocks(old, new), *_terms(old, new))


def _readability(old: Policy, new: Policy) -> Iterator[str]:
    if old.readable:
        yield f"The policy can no longer be read: {new.problem}"
    elif new.readable:
        yield "The policy can be read again."


def _rows(old: Policy, new: Policy) -> Iterator[str]:
    before, after = _by_name(old), _by_name(new)
    for name, row in after.items():
        if name in before:
            yield from _moved(before[name], row)
        elif not _open_below(row):
            yield f"{_row_name(row)} was added: {_standing(row)}."
    yield from _floor(before, after)
    for name, row in before.items():
        if name not in after and not _open_below(row):
            now_ended = any(row.ranges and each.mark == "no" and _covers(each, row) for each in after.values())
            yield f"Support for {_row_name(row)} has ended." if now_ended else f"{_row_name(row)} is no longer listed."


def _by_name(policy: Policy) -> dict[tuple[str, str], Row]:
    """The rows of tables and lists, or the sentences of a page without either, by component and label."""
    rows = [row for row in policy.rows if row.kind != "sentence"] or list(policy.rows)
    return {(_plain(row.component), _plain(row.label)): row for row in rows}


def _plain(text: str) -> str:
    """A name or a text without its markup: letters, digits and comparisons."""
    return "".join(character for character in text.casefold() if character.isalnum() or character in "<>=.^~*+")


def _row_name(row: Row) -> str:
    label = row.label.strip("`*\"' ")
    words = f"“{label}”" if row.kind == "sentence" else label
    return f"{words} ({row.component})" if row.component else words


def _standing(row: Row) -> str:
    if row.mark == "no":
        return "not supported"
    if row.until is not None:
        return f"supported until {calendar_day(row.until)}"
    return "supported" if row.mark == "yes" else "listed without a support state"


def _moved(old: Row, new: Row) -> Iterator[str]:
    if old.mark != new.mark:
        if new.mark == "no":
            yield f"Support for {_row_name(new)} has ended."
        else:
            yield f"{_row_name(new)} is now {_standing(new)}; it was {_standing(old)}."
    elif old.until != new.until:
        if old.until is None and new.until is not None:
            yield f"{_row_name(new)} now has an end of support: {calendar_day(new.until)}."
        elif old.until is not None and new.until is None:
            yield f"{_row_name(new)} no longer has an end of support; it was {calendar_day(old.until)}."
        elif old.until is not None and new.until is not None:
            way = "earlier" if new.until < old.until else "later"
            days = f"{calendar_day(new.until)} instead of {calendar_day(old.until)}"
            yield f"Support for {_row_name(new)} now ends {way}: {days}."


def _open_below(row: Row) -> bool:
    """Whether it covers everything below a version, such as `< 0.13`."""
    return len(row.ranges) == 1 and row.ranges[0].low is None


def _floor(before: dict[tuple[str, str], Row], after: dict[tuple[str, str], Row]) -> Iterator[str]:
    removed = [row for name, row in before.items() if name not in after and _open_below(row)]
    come = [row for name, row in after.items() if name not in before and _open_below(row)]
    for at, row in enumerate(come):
        instead = f" instead of {_row_name(removed[at])}" if at < len(removed) else ""
        yield f"The page now lists {_row_name(row)} as {_standing(row)}{instead}."
    for row in removed[len(come) :]:
        yield f"{_row_name(row)} is no longer listed."


def _covers(row: Row, other: Row) -> bool:
    return all(any(each.within(mine) for mine in row.ranges) for each in other.ranges)


def _contacts(old: Policy, new: Policy) -> Iterator[str]:
    before = {_key(each): each for each in old.contacts}
    after = {_key(each): each for each in new.contacts}
    for key, contact in after.items():
        if key not in before:
            yield f"Vulnerabilities can now be reported to {_place(contact)}."
        elif (contact.preferred, contact.backup) != (before[key].preferred, before[key].backup):
            role = (
                "the preferred way to report"
                if contact.preferred
                else "a backup"
                if contact.backup
                else "one way to report"
            )
            yield f"{_place(contact)} is now {role}."
        elif contact.after != before[key].after and contact.after is not None:
            yield f"{_place(contact)} is now the backup after {length(contact.after)}."
    for key, contact in before.items():
        if key not in after:
            yield f"{_place(contact)} is no longer a way to report vulnerabilities."


def _key(contact: Contact) -> tuple[str, str]:
    return contact.kind, contact.address.casefold().rstrip("/")


def _place(contact: Contact) -> str:
    return contact.address or f"{contact.form_of}'s private vulnerability report"


def _clocks(old: Policy, new: Policy) -> Iterator[str]:
    for name, words in _CLOCKS:
        before, after = _promised(old.clocks, name), _promised(new.clocks, name)
        if before == after:
            continue
        side = new.clocks if after else old.clocks
        label = _OTHER_WORDS[name] if _is_other(side, name) else words
        verb = "aimed at" if name in side.aims else "promised"
        if after is None:
            yield f"{label} is no longer {verb}; it was {length(before or timedelta())}."
        else:
            within = f"within {length(after)}"
            yield f"{label} is now {verb} {within}" + (f" instead of {length(before)}." if before else ".")


def _promised(clocks: Clocks, name: str) -> timedelta | None:
    """The time that the project itself promises, not one that it asks of reporters."""
    time: timedelta | None = getattr(clocks, name)
    return None if name in clocks.wishes else time


def _is_other(clocks: Clocks, name: str) -> bool:
    """Whether the time is for an assessment instead of a detailed response, or for a publication instead of a fix."""
    return (name == "detail" and clocks.assesses) or (name == "target" and clocks.publishes)


def _terms(old: Policy, new: Policy) -> Iterator[str]:
    for name, words in _TERMS:
        before, after = _text(getattr(old, name)), _text(getattr(new, name))
        if before != after:
            yield (
                f"{words} is now stated."
                if not before
                else f"{words} is no longer stated."
                if not after
                else f"{words} changed."
            )


def _text(value: str | tuple[str, ...]) -> str:
    words = value if isinstance(value, str) else " ".join(value)
    return "".join(character for character in words.casefold() if character.isalnum())
