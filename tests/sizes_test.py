#!/usr/bin/env python3
"""Size budgets: a .cc has about 400 lines, a header about 120. Over 800 fails; over budget is listed."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HARD = 800
BUDGET = {".cc": 400, ".c": 400, ".py": 400, ".h": 120}
MAY_BE_LONGER = {"src/record/record.h"}  # every field described once: house.md


def judge(name, suffix, lines):
    """'fail', 'over' or ''."""
    if lines > HARD: return "fail"
    return "over" if lines > BUDGET[suffix] and name not in MAY_BE_LONGER else ""


def main():
    assert judge("a.cc", ".cc", 801) == "fail" and judge("a.cc", ".cc", 401) == "over" and not judge("a.cc", ".cc", 400)
    assert judge("a.h", ".h", 121) == "over" and not judge("src/record/record.h", ".h", 200)
    failed = seen = 0
    for folder in ("src", "plugin", "kernels", "firmware", "tests", "bench", "examples"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in BUDGET or not path.is_file(): continue
            seen += 1
            lines = len(path.read_text().splitlines())
            name = str(path.relative_to(ROOT))
            verdict = judge(name, path.suffix, lines)
            if verdict == "over": print(f"{name}: {lines} lines, the budget is {BUDGET[path.suffix]}")
            if verdict == "fail":
                print(f"{name}: {lines} lines; split it by noun, {HARD} is the most")
                failed += 1
    print(f"sizes: {seen} files, {failed} too long")
    sys.exit(1 if failed or seen < 10 else 0)


if __name__ == "__main__":
    main()
