"""Recall and precision of the wording check per class on the labelled sentences: `python -m` prints them."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from workstation.domain.wording import Facts, check

DATA = Path(__file__).parents[2] / "data" / "wording"
HALVES = ("seen", "held_out")


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one class: how many sentences have it, what share of them is found, what share of the finds is right."""

    sentences: int
    recall: float
    precision: float


def sentences(half: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (DATA / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()]


def found(row: dict[str, object]) -> set[str]:
    """The classes that the check finds in a sentence."""
    findings = check(row["text"], row["language"], row["jurisdiction"], row["party"], Facts(**row["facts"]))  # type: ignore[arg-type]
    return {finding.kind for finding in findings}


def figures(half: str, language: str | None = None) -> dict[str, Figures]:
    """By class, and `lawful`: the sentences without a class, `recall` the share of them that nothing is found in."""
    right: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for row in sentences(half):
        if language not in {None, row["language"]}:
            continue
        said, is_so = found(row) or {"lawful"}, set(row["classes"]) or {"lawful"}  # type: ignore[call-overload]
        right.update(said & is_so)
        missed.update(is_so - said)
        wrong.update(said - is_so)
    return {
        name: Figures(
            right[name] + missed[name],
            right[name] / max(1, right[name] + missed[name]),
            right[name] / max(1, right[name] + wrong[name]),
        )
        for name in sorted({*right, *missed, *wrong})
    }


def main() -> None:
    for half in HALVES:
        for language in (None, "zh_CN", "en"):
            print(f"\n{half}, {language or 'both languages'}")
            for name, one in figures(half, language).items():
                print(f"  {name:14} {one.sentences:4}  recall {one.recall:.2f}  precision {one.precision:.2f}")


if __name__ == "__main__":
    sys.exit(main())
