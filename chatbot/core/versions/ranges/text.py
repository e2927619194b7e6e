"""The words in which people publish ranges, taken apart into comparisons: `prior to 1.2`, `1.0 - 1.4`, `1.2.3 and earlier`."""

from dataclasses import dataclass, replace
from typing import Literal

from chatbot.core.text import patterns
from chatbot.core.versions.ranges.words import tokens_of

StepOp = Literal["<", "<=", ">", ">=", "=", "*"]

MAX_LENGTH = 1_000  # characters; GitHub's field holds 255, and no published range comes near
_MAX_STEPS = 100


@dataclass(frozen=True, slots=True)
class Step:
    """One comparison as written. `line`: only the leading numbers of `text` count. `alternative`: an "or" stood before it.
    The operator `*` is every version."""

    op: StepOp
    text: str = ""
    line: bool = False
    alternative: bool = False


_DRESS = str.maketrans(dict.fromkeys("`\"'\\():", " "))
_SIGNS = {"≤": "<=", "≥": ">=", "⩽": "<=", "⩾": ">=", "...": " - ", "..": " - ", "\n": " || ", ";": " || "}
_SIGNS |= dict.fromkeys("–—−→…", " - ")
# [1.0, 2.0) and its kin, as Maven and mathematics write; `(1.0, 2.0)` may as well be a list, and is not understood.
_INTERVAL = patterns.compile(
    r"(?P<open>[\[(])(?P<low>[^][(),]*),(?P<high>[^][(),]*)(?P<close>[\])])|\[(?P<only>[^][(),]+)\]"
)
_TURNED: dict[str, StepOp] = {"=<": "<=", "=>": ">=", "==": "=", "===": "="}

_PARTIAL = patterns.compile(r"[vV]?([0-9]+(?:\.[0-9]+)?)")
_LINE = patterns.compile(r"v?([0-9]+(?:\.[0-9]+)*)\.[x*](?:\.[x*])*", ignore_case=True)
_RUN = patterns.compile(r"(v?[0-9]+(?:\.[0-9]+)+)-(v?[0-9]+(?:\.[0-9]+)+)", ignore_case=True)
_NUMBERED = patterns.compile(r"[vV]?[0-9]+(?:\.[0-9]+)*(?:-.*)?")


def read_steps(text: str) -> list[Step] | None:
    """The comparisons in the order of the text; empty where there are none, None where a word is not understood."""
    tokens = _tokens(text)
    if tokens is None:
        return None
    reading = _Reading()
    for kind, word in tokens:
        if not reading.take(kind, word) or len(reading.steps) > _MAX_STEPS:
            return None
    return reading.finished()


def _tokens(text: str) -> list[tuple[str, str]] | None:
    if len(text) > MAX_LENGTH:
        return None
    plain = _INTERVAL.sub(_interval, text.strip())
    for sign, words in _SIGNS.items():
        plain = plain.replace(sign, words)
    return tokens_of(plain.translate(_DRESS).strip().rstrip("."))


def _interval(match: patterns.Match) -> str:
    """An interval in comparisons, an alternative of its own."""
    if match["only"]:
        return f" || = {match['only']} || "
    low, high = match["low"].strip(), match["high"].strip()
    if low and high and match["open"] + match["close"] == "()":
        return "["  # nobody understands a bracket that is left
    lower = f"{'>=' if match['open'] == '[' else '>'} {low}" if low else ""
    upper = f"{'<=' if match['close'] == ']' else '<'} {high}" if high else ""
    return f" || {lower} {upper} || " if low or high else " * "


class _Reading:
    """The state of reading one text from left to right."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._op = ""  # an operator that waits for its version; "to" is `<=` whose short version means its whole line
        self._between = self._alternative = self._joined = False
        self._everything = False

    def take(self, kind: str, word: str) -> bool:
        """Take the next token; False where it makes no sense here."""
        match kind:
            case "noise":
                return True
            case "everything":
                self._everything = True
                return not self._op
            case "version":
                return self._version(word)
            case "op":
                return self._operator(_TURNED.get(word, word))
            case "at_most" | "at_least" | "below" | "above":
                return self._operator({"at_most": "<=", "at_least": ">=", "below": "<", "above": ">"}[kind])
            case "between":
                self._between = True
                return self._operator(">=")
            case "to":
                return self._operator("to")
            case "either" | "both":
                return self._separator(either=kind == "either")
            case _:
                return self._afterwards(kind)

    def finished(self) -> list[Step] | None:
        if self._op:
            return None
        return [Step("*")] if self._everything and not self.steps else self.steps

    def _operator(self, op: str) -> bool:
        if self._op:
            return False
        if op in {"<", "<=", "to"} and self.steps and not self._joined and self.steps[-1].op == "=":
            self.steps[-1] = replace(self.steps[-1], op=">=")  # `1.0 - 1.4`, `2.x before 2.0.5`
        self._op = op
        return True

    def _separator(self, *, either: bool) -> bool:
        if self._op:
            return False
        if self._between and not either:
            self._between = False
            return self._operator("to")
        self._joined = True
        self._alternative = self._alternative or either
        return True

    def _version(self, word: str) -> bool:
        run = _RUN.fullmatch(word)
        if run:  # 0.11.0-0.12.3, written without spaces; what 1.2-3.4.5 means nobody knows
            alike = run[1].count(".") == run[2].count(".")
            return alike and self._version(run[1]) and self._operator("to") and self._version(run[2])
        op, self._op = self._op or "=", ""
        line = _LINE.fullmatch(word)
        text = line[1] if line else word.replace(" ", "")
        short = _PARTIAL.fullmatch(text) if op == "to" else None
        text, whole = short[1] if short else text, bool(line or short)
        if op in {"^", "~", "~>"}:
            self._add(Step(">=", text, bool(line)))
            op, text, whole = "<=", _reach(op, text), True
            if not text:
                return False
        self._add(Step("<=" if op == "to" else op, text, whole))  # type: ignore[arg-type]  # the other spellings are gone
        return True

    def _add(self, step: Step) -> None:
        self.steps.append(replace(step, alternative=self._alternative))
        self._alternative = self._joined = False

    def _afterwards(self, kind: str) -> bool:
        """Words that change what stands before them: `1.2 and earlier`, `< 2.0 (inclusive)`."""
        if self._op or not self.steps:
            return False
        last = self.steps[-1]
        changed: StepOp | None = None
        match kind, last.op:
            case "down", "=" | "<=":
                changed = "<="
            case "up", "=" | ">=":
                changed = ">="
            case "inclusive", "<=" | ">=" | "=":
                changed = last.op
            case "exclusive", "<" | ">":
                changed = last.op
            case "exclusive", "<=":
                changed, last = "<", replace(last, line=False)
            case _:
                return False
        self.steps[-1] = replace(last, op=changed)
        return True


def _reach(op: str, text: str) -> str:
    """The line within which `^1.2.3`, `~1.2.3` (npm) and `~> 1.2.3` (RubyGems) stay, as leading numbers; "" where unknown."""
    if not _NUMBERED.fullmatch(text):
        return ""
    numbers = text.lstrip("vV").partition("-")[0].split(".")
    match op:
        case "^":
            first = next((place for place, number in enumerate(numbers) if int(number)), len(numbers) - 1)
            return ".".join(numbers[: first + 1])
        case "~":
            return ".".join(numbers[:2])
        case _:
            return ".".join(numbers[: max(1, len(numbers) - 1)])
