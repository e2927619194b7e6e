"""Tables that have the numbers of a version in columns of their own: `Major | Minor`, `Major | Minor | Patch`."""

from collections.abc import Sequence

from chatbot.core.text import patterns
from chatbot.sources.support_policy.rows.columns import Table, cell_of

_PARTS = ("major", "minor", "patch")
_HEAD = patterns.compile(r"^\W*(major|minor|patch|micro)(?:s|[- ](?:version|release|number)s?)?\W*$", ignore_case=True)
_NUMBER = patterns.compile(r"^v?(\d{1,6})$", ignore_case=True)
_DOTTED = patterns.compile(r"v?\d{1,6}(?:\.\d{1,6}){1,3}(?:\.x)?", ignore_case=True)
# `2-4`, `2 to 4`, `>= 2`, `2+`, `2 and up`, `< 3`: several numbers of one part
_SPAN = patterns.compile(r"^v?(\d{1,6}) ?(?:-|–|—|to|through|\.\.) ?v?(\d{1,6})$", ignore_case=True)
_FROM = patterns.compile(
    r"^(?:(?:>=|≥|=>|from) ?v?(?P<least>\d{1,6})|v?(?P<and_up>\d{1,6}) ?(?:\+|(?:and|or) (?:up|above|newer|later|higher)))$",
    ignore_case=True,
)
_UP_TO = patterns.compile(
    r"^(?:(?P<sign><=|≤|=<|up to|<|below|before) ?v?(?P<most>\d{1,6})"
    r"|v?(?P<and_down>\d{1,6}) (?:and|or) (?:down|below|older|earlier|lower))$",
    ignore_case=True,
)
_UNREAD = "?"
_ANY = frozenset({"", "x", "*", "any", "all", "-", "–", "—", "every"})


def joined(table: Table) -> Table:
    """The table with one column for the whole version, where its parts stand side by side; any other table as it is. A row
    with a part that is neither a number nor “any” names nothing."""
    parts = _columns(table.header)
    if len(parts) < 2:
        return table
    first = parts[0]
    header = tuple("Version" if at == first else head for at, head in enumerate(table.header) if at not in parts[1:])
    rows = tuple(
        (
            line,
            tuple(
                _whole(cells, parts) if at == first else cell for at, cell in enumerate(cells) if at not in parts[1:]
            ),
        )
        for line, cells in table.rows
    )
    return Table(header, rows, table.heading, table.caption, table.legend, table.shown)


def _columns(header: Sequence[str]) -> list[int]:
    """The columns of major, minor and patch, in this order, as far as they stand there without a gap."""
    names: dict[str, int] = {}
    for at, head in enumerate(header):
        if match := _HEAD.search(head.strip()):
            names.setdefault("patch" if match[1].lower() == "micro" else match[1].lower(), at)
    there = [names.get(part) for part in _PARTS]
    return [at for place, at in enumerate(there) if at is not None and None not in there[:place]]


def _whole(cells: Sequence[str], parts: Sequence[int]) -> str:
    """`2` and `3` are 2.3, `2` and `x` are 2.x; a minor cell that is whole by itself (`2.3`) stays so. Anything else names
    no version that we could read, rather than more than it means."""
    texts = [cell_of(cells, at).strip() for at in parts]
    numbers = [match[1] if (match := _NUMBER.search(text)) else "" for text in texts]
    if not numbers[0]:
        alone = all(text.casefold() in _ANY for text in texts[1:])
        return (_several("", texts[0]) or texts[0]) if alone else _UNREAD
    whole = [numbers[0]]
    for place, (number, text) in enumerate(zip(numbers, texts, strict=True)):
        if place == 0:
            continue
        if not number:
            if all(each.casefold() in _ANY for each in texts[place:]):
                return ".".join([*whole, "x"])
            is_whole = (
                place == len(texts) - 1 and _DOTTED.fullmatch(text) and text.lstrip("vV").startswith(f"{whole[0]}.")
            )
            last = all(each.casefold() in _ANY for each in texts[place + 1 :])
            return text if is_whole else (last and _several(".".join(whole), text)) or _UNREAD
        whole.append(number)
    return ".".join(whole)


def _several(line: str, text: str) -> str:
    """The versions of a cell with several numbers, within a line (`2`) or, where that is empty, of whole majors; "" for any
    other cell."""
    lead = f"{line}." if line else ""
    first, dot, last = line.rpartition(".")
    end = f", < {first}{dot}{int(last) + 1}" if line else ""
    if span := _SPAN.search(text):
        return f"{lead}{span[1]} - {lead}{span[2]}" if int(span[1]) <= int(span[2]) else ""
    if start := _FROM.search(text):
        return f">= {lead}{start['least'] or start['and_up']}{end}"
    if stop := _UP_TO.search(text):
        strict = stop["sign"] is not None and stop["sign"].casefold() in ("<", "below", "before")
        begin = f">= {line}.0, " if line else ""
        return f"{begin}{'<' if strict else '<='} {lead}{stop['most'] or stop['and_down']}"
    return ""
