"""`make corpus`: how right we are on the real world. Prints accuracy, each miss and each unsafe miss; needs ../shared."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.corpus.parts import OPENED, SHUT, styles
from tests.corpus.policies import HasBody, answered, language
from tests.corpus.where import DATA


def _by(kind: Callable[[HasBody], str], every: list[HasBody]) -> list[str]:
    """The figure of each kind of page, where a page has one."""
    kinds: dict[str, list[HasBody]] = {}
    for each in every:
        if name := kind(each):
            kinds.setdefault(name, []).append(each)
    return [f"  {name}: {sum(each.right for each in kinds[name])} of {len(kinds[name])}" for name in sorted(kinds)]


def main() -> int:
    """The policy questions one by one; then the rest of the corpus, release kinds and OSV records, by its tests."""
    if not DATA.is_dir():
        sys.stdout.write(f"corpus skipped: it is not there ({DATA})\n")
        return 0
    lines: list[str] = []
    unsafe = 0
    for part in (*OPENED, *SHUT):
        every = list(answered(part))
        wrong = [each for each in every if each.unsafe]
        unsafe += len(wrong)
        if part in OPENED:  # of the shut parts only the figures are told
            lines += [f"miss: {each}" for each in every if not each.right or not each.date_right]
        right, days = sum(each.right for each in every), sum(each.date_right for each in every)
        lines.append(
            f"{part}: {right} of {len(every)} right ({right / len(every):.2%}), {len(wrong)} unsafe, end dates {days}"
        )
        lines += _by(lambda each: f"in {language(each.path)}", every)
        lines += _by(lambda each: styles().get(each.file, ""), every)
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    return int(pytest.main(["-q", "--no-header", str(Path(__file__).parent)])) or (1 if unsafe else 0)


if __name__ == "__main__":
    sys.exit(main())
