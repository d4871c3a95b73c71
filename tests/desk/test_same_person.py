"""One debtor on two cases is seen on both: by the ID number, or by a telephone of the debtor's own."""

from __future__ import annotations

import pytest

from tests.ui.sample_book import SAMPLES, WANG
from workstation.session import Desk

LIU = SAMPLES[3]


def badges(desk: Desk, case_id: str) -> list[str]:
    return [
        badge.text.plain()  # type: ignore[union-attr]
        for badge in desk.casefile.open(case_id).badges
        if "Same" in badge.text.plain()  # type: ignore[union-attr]
    ]


def change(desk: Desk, statement: str, *values: str) -> None:
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql(statement, values)


def test_nobody_is_taken_for_somebody_else(desk: Desk) -> None:
    assert [badges(desk, sample.id) for sample in SAMPLES] == [[] for _ in SAMPLES]


def test_the_same_id_number_is_said_on_both_cases(desk: Desk) -> None:
    for sample in (WANG, LIU):
        change(desk, "UPDATE debtor SET id_number = '110101199003070011' WHERE case_id = ?", sample.id)
    assert badges(desk, WANG.id) == ["Same ID number on case XYK-2026-0004"]
    assert badges(desk, LIU.id) == [f"Same ID number on case {desk.seat.file(WANG.id).case.number}"]
    change(desk, "UPDATE cases SET closed_on = '2026-11-01' WHERE id = ?", LIU.id)
    assert badges(desk, WANG.id) == []


@pytest.mark.parametrize("number", ["15400001234"])
def test_the_same_telephone_is_said_but_not_a_switchboards(desk: Desk, number: str) -> None:
    for sample in (WANG, LIU):
        change(desk, "UPDATE contact_point SET value = ? WHERE id = ?", number, sample.part("mobile"))
    assert badges(desk, WANG.id) == ["Same telephone on case XYK-2026-0004"]
    for sample in SAMPLES:
        change(desk, "UPDATE contact_point SET value = ? WHERE id = ?", number, sample.part("mobile"))
    assert badges(desk, WANG.id) == []


@pytest.mark.parametrize("numbers", [("33010219850517001X", "33010219850517001x"), ("33010219850517001x",) * 2])
def test_an_id_number_with_a_small_x_is_the_same(desk: Desk, numbers: tuple[str, str]) -> None:
    for sample, number in zip((WANG, LIU), numbers, strict=True):
        change(desk, "UPDATE debtor SET id_number = ? WHERE case_id = ?", number, sample.id)
    assert all("Same ID number" in badges(desk, sample.id)[0] for sample in (WANG, LIU))
