"""How well the wording check does on sentences that nobody tuned it by: the figures do not fall unnoticed."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.domain.case.wording_figures import HALVES, figures, sentences
from workstation.domain.wording_file import load

# What was reached on the held-out half, a little below: recall and precision. The aims are 0.95 and 0.90.
REACHED = {
    "borrowing": (0.90, 0.90),
    "disclosure": (0.90, 0.90),
    "false_urgency": (0.90, 0.80),
    "insult": (0.85, 0.80),
    "posing": (0.80, 0.95),
    "threat": (0.90, 0.90),
    "untrue": (0.90, 0.90),
}


@pytest.mark.parametrize("name", REACHED)
def test_the_held_out_sentences_are_found(name: str) -> None:
    one = figures("held_out")[name]
    recall, precision = REACHED[name]
    assert one.recall >= recall
    assert one.precision >= precision


def test_the_set_is_balanced_and_its_halves_do_not_overlap() -> None:
    classes = {rule.kind for rule in load().rules}
    assert classes == set(REACHED)
    texts: list[str] = []
    for half in HALVES:
        rows = sentences(half)
        assert len(rows) >= 290
        texts += [f"{row['text']} {row['facts']} {row['party']}" for row in rows]  # the same words, true and untrue
        for language in ("zh_CN", "en"):
            mine = [row for row in rows if row["language"] == language]
            count = Counter(name for row in mine for name in row["classes"])  # type: ignore[attr-defined]
            assert set(count) == classes
            assert min(count.values()) >= 10
            lawful = sum(1 for row in mine if not row["classes"])
            assert 0.4 <= lawful / len(mine) <= 0.6
    assert len(texts) == len(set(texts))
