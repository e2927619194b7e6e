"""`make corpus`: how right we are on the real world. Prints accuracy, each miss and each unsafe miss; needs ../shared."""

import sys
from pathlib import Path

import pytest

from tests.corpus.parts import OPENED, SHUT, styles
from tests.corpus.policies import HasBody, answered
from tests.corpus.where import DATA


def _by_style(every: list[HasBody]) -> list[str]:
    """The figure of each style, where the answers have one."""
    names = {styles().get(each.file, "") for each in every} - {""}
    kinds = {name: [each for each in every if styles().get(each.file) == name] for name in sorted(names)}
    return [f"  {name}: {sum(each.right for each in those)} of {len(those)}" for name, those in kinds.items()]


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
        lines += _by_style(every)
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    return int(pytest.main(["-q", "--no-header", str(Path(__file__).parent)])) or (1 if unsafe else 0)


if __name__ == "__main__":
    sys.exit(main())
