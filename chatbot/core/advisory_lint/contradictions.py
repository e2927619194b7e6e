"""Where the text of an advisory says other versions than its range: people read the text, tools read the range."""

from collections.abc import Iterator, Sequence

from chatbot.core.advisories.affected import fixes_named, range_text
from chatbot.core.advisory_lint.finding import Finding, quoted
from chatbot.core.advisory_lint.material import Material, Run, last_part, runs_of, within
from chatbot.core.advisory_lint.ranges import is_readable
from chatbot.core.advisory_lint.statements import AffectedStatement, FixStatement, read_statements
from chatbot.core.model.facts import Advisory
from chatbot.core.versions.ecosystems import Scheme, place, text_for

_FIX = "Correct the range or the text, whichever is wrong."


def contradictions(advisory: Advisory, material: Material) -> Iterator[Finding]:
    """Nothing where the advisory is about several packages, or its ranges cannot be read: then nobody can compare."""
    entries = advisory.affected
    if not entries or len({(each.package.casefold(), each.scheme) for each in entries}) > 1:
        return
    scheme = material.scheme(entries[0])
    if any(each.versions and not (each.range or each.spans) for each in entries):
        return
    if not all(is_readable(each, scheme) for each in entries):
        return
    package = entries[0].package.casefold()
    names = {package, last_part(package), *material.names} - {""}
    statements = read_statements(advisory.description, scheme, frozenset(names))
    compared = _Compared(advisory, material, scheme)
    for each in statements.affected:
        if problem := compared.affected(each, is_single=statements.is_single):
            yield Finding("text-contradicts-range", problem, _FIX)
    yield from compared.fixes(statements.fixes)


class _Compared:
    """The ranges and fixes of the advisory's one package, asked about what the text says."""

    def __init__(self, advisory: Advisory, material: Material, scheme: Scheme) -> None:
        self.scheme = scheme
        self.runs: list[Run] = [run for entry in advisory.affected for run in runs_of(entry, scheme)]
        self.range = quoted(" || ".join(dict.fromkeys(range_text(entry) for entry in advisory.affected)))
        self.names = list(dict.fromkeys(name for entry in advisory.affected for name in fixes_named(entry)))
        releases = material.of_entry(advisory, advisory.affected[0])
        self.releases = [text_for(scheme, version) for version, _ in releases]

    def affected(self, statement: AffectedStatement, *, is_single: bool) -> str:
        """What the range says otherwise, a sentence; "" where it does not."""
        says = f"The text says {quoted(statement.words)}"
        upper, lower = statement.upper, statement.lower
        if not upper.line:
            if upper.op == "<=" and not self._holds(upper.text):
                return f"{says}, but the range {self.range} does not cover {upper.text}."
            if upper.op == "<" and self._holds(upper.text):
                return f"{says}, but the range {self.range} covers {upper.text}."
            if upper.op == "<" and is_single and (fix := self._fix_below(upper.text)):
                return f"{says}, but the range {self.range} ends before {fix}."
            above = [each for each in self.releases if self._is_below(upper.text, each) and self._holds(each)]
            if upper.op == "<=" and is_single and above:
                return f"{says}, but the range {self.range} covers {above[0]}."
        if lower is not None and not lower.line and is_single and len(self.runs) == 1:
            return self._from_below(says, lower.text, is_inclusive=lower.op == ">=")
        return ""

    def _from_below(self, says: str, lower: str, *, is_inclusive: bool) -> str:
        if is_inclusive and not self._holds(lower):
            return f"{says}, but the range {self.range} does not cover {lower}."
        starts = self.runs[0][0]
        if self.releases:
            below = [each for each in self.releases if self._is_below(each, lower) and self._holds(each)]
            return f"{says}, but the range {self.range} covers {below[-1]}." if below else ""
        if not starts or any(not bound.line and self._is_below(bound.text, lower) for bound in starts):
            return f"{says}, but the range {self.range} covers versions before {lower}."
        return ""

    def fixes(self, statements: Sequence[FixStatement]) -> Iterator[Finding]:
        for each in {statement.version: statement for statement in reversed(statements)}.values():
            if self._holds(each.version):
                problem = f"The text says {quoted(each.words)}, but the range {self.range} covers {each.version}."
                yield Finding("text-contradicts-range", problem, _FIX)
            elif each.kind == "fixed" and not self.names and place(self.scheme, each.version) is not None:
                problem = f"The text says {quoted(each.words)}, but no patched version is named."
                yield Finding("no-patched-version", problem, f"Enter {each.version} as the patched version.")

    def _fix_below(self, upper: str) -> str:
        """A fix that is named below the version where the text ends, which is none itself."""
        if len(self.runs) != 1 or any(self._is_same(name, upper) for name in self.names):
            return ""
        return next((name for name in self.names if self._is_below(name, upper) and not self._holds(name)), "")

    def _holds(self, text: str) -> bool:
        return any(within(run, text, self.scheme) for run in self.runs)

    def _is_below(self, one: str, other: str) -> bool:
        here, there = place(self.scheme, one), place(self.scheme, other)
        return here is not None and there is not None and here < there

    def _is_same(self, one: str, other: str) -> bool:
        return place(self.scheme, one) == place(self.scheme, other)
