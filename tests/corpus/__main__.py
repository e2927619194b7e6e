"""`make corpus`: how right we are on the real world. Prints accuracy, each miss and each unsafe miss; needs ../shared."""

import sys
from pathlib import Path

import pytest

from tests.corpus.policies import answered
from tests.corpus.where import DATA


def main() -> int:
    """The policy questions one by one; then the rest of the corpus, release kinds and OSV records, by its tests."""
    if not DATA.is_dir():
        sys.stdout.write(f"corpus skipped: it is not there ({DATA})\n")
        return 0
    every = list(answered())
    unsafe = [each for each in every if each.unsafe]
    dated = [each for each in every if each.question.get("eol_check") is not False]
    right, days = sum(each.right for each in every), sum(each.date_right for each in dated)
    lines = [f"miss: {each}" for each in every if not each.right and not each.unsafe]
    lines += [f"UNSAFE miss: {each}" for each in unsafe]
    lines += [f"wrong date: {each}" for each in every if not each.date_right]
    lines.append(f"policy questions: {right} of {len(every)} right ({right / len(every):.2%}), {len(unsafe)} unsafe")
    lines.append(f"end dates: {days} of {len(dated)} right")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    return int(pytest.main(["-q", "--no-header", str(Path(__file__).parent)])) or (1 if unsafe else 0)


if __name__ == "__main__":
    sys.exit(main())
