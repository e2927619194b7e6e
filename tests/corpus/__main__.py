"""`make corpus`: how right we are on the real world. Prints accuracy, each miss and each unsafe miss; needs ../shared."""

import sys

from tests.corpus.policies import SHARED, WHY_ABSENT, answered


def main() -> int:
    if not SHARED.is_dir():
        sys.stdout.write(f"corpus skipped: {WHY_ABSENT}\n")
        return 0
    every = list(answered())
    right = [each for each in every if each.right]
    unsafe = [each for each in every if each.unsafe]
    dated = [each for each in every if each.question.get("eol_check") is not False]
    lines = [f"miss: {each}" for each in every if not each.right and not each.unsafe]
    lines += [f"UNSAFE miss: {each}" for each in unsafe]
    lines += [f"wrong date: {each}" for each in every if not each.date_right]
    lines.append(
        f"policy questions: {len(right)} of {len(every)} right ({100 * len(right) / len(every):.1f}%), {len(unsafe)} unsafe"
    )
    lines.append(f"end dates: {sum(each.date_right for each in dated)} of {len(dated)} right")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if unsafe else 0


if __name__ == "__main__":
    sys.exit(main())
