"""Everything that is read from outside, with documents spoilt by chance, and with whatever was found before.

The same targets run for minutes under `make fuzz`; docs/security.md has the figures.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
SLOW = {"pulled_rows", "csv_book", "xlsx_book", "letter_context"}


@pytest.mark.parametrize("name", TARGETS)
def test_spoilt_documents_end_in_an_answer_or_the_error_that_is_promised(name: str) -> None:
    target = TARGETS[name]

    @settings(max_examples=25 if name in SLOW else 80, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**32))
    def run(seed: int) -> None:
        target.run(target.draw(Random(seed)))

    run()


@pytest.mark.parametrize("name", ["csv_book", "xlsx_book", "event_body", "push_answers", "rule_overlay", "strategy"])
def test_any_bytes_at_all(name: str) -> None:
    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=300))
    def run(data: bytes) -> None:
        TARGETS[name].run(data)

    run()


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*/*")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_stays_found(path: Path) -> None:
    TARGETS[path.parent.name].run(path.read_bytes())


def test_the_corpus_belongs_to_targets_that_exist() -> None:
    kept = {path.name for path in CORPUS.iterdir() if path.is_dir()}
    assert kept <= set(TARGETS)
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < 200_000
