"""Practice: a real desk with made-up debtors, of which nothing leaves and nothing stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest

from workstation.desk.seat import Clock
from workstation.desk.views import CallForm
from workstation.domain.errors import InputError
from workstation.practice import CASES, PracticeDesk


@pytest.fixture
def practice() -> Iterator[PracticeDesk]:
    made = PracticeDesk("新人", Clock.starting_at(date(2026, 11, 23), time(10, 0), "Asia/Shanghai"))
    yield made
    made.close()


def test_the_queue_has_cases_of_every_kind_and_a_call_is_recorded(practice: PracticeDesk) -> None:
    queue = practice.worklist.queue()
    assert len(queue.rows) == CASES
    assert sum(1 for count in queue.counts.values() if count) > 4
    case = practice.casefile.open(queue.rows[0].case_id)
    point = next(point for point in case.points if point.kind == "phone")
    practice.announce(practice.call.save(case.case_id, CallForm(contact_point=point.id, outcome="no_answer")))
    assert practice.day().cases == 1


def test_nothing_leaves_it(practice: PracticeDesk) -> None:
    practice.sync.sync_now()
    practice.sync.tick()
    status = practice.sync.status()
    assert (status.state, status.waiting) == ("offline", 0)
    assert status.problem is not None
    with pytest.raises(InputError):
        practice.sync.once()
    assert practice.telephone.by_hand


def test_each_time_other_debts_and_nothing_stays() -> None:
    folders, owed = [], []
    for _ in range(2):
        desk = PracticeDesk("新人", Clock.starting_at(date(2026, 11, 23), time(10, 0), "Asia/Shanghai"))
        folders.append(Path(desk._folder.name))
        assert b"SQLite format" not in (folders[-1] / "practice.store").read_bytes()[:100], "it is encrypted"
        owed.append({(row.name, row.owed) for row in desk.worklist.queue().rows})
        desk.close()
    assert owed[0] != owed[1]
    assert not any(folder.exists() for folder in folders)
