"""What a book's rows mean together: one case for a debtor, how late it is, who gets it, what contradicts itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from workstation.desk.importing.books import Target, book_tables
from workstation.desk.importing.mapping import load_mapping
from workstation.desk.importing.reading import RowError, read_table
from workstation.domain.stage import days_past_due, stage_of
from workstation.domain.vocabulary import STAGES

AS_OF = date(2026, 11, 23)
Reader = Callable[..., tuple[dict[str, list[tuple[object, ...]]], list[RowError]]]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    def read(header: str, *lines: str, assign_to: tuple[str, ...] = ()) -> object:
        path = tmp_path / "book.csv"
        path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
        errors: list[RowError] = []
        target = Target(AS_OF, "book", "team" if assign_to else None, assign_to)
        return book_tables(read_table(path).rows, load_mapping("standard", "book"), target, errors), errors

    return read  # type: ignore[return-value]


def test_rows_of_one_debtor_make_one_case_with_all_accounts_and_numbers(read: Reader) -> None:
    rows, errors = read(
        "reference,name,account_number,principal,mobile,days_past_due",
        "R1,王晓明,1001,0,15400000001,0",
        "R1,王晓明,1002,50.00,15400000002,12",
        "R1,王晓明,1003,50.00,15400000002,12",
        assign_to=("li",),
    )
    assert errors == []
    assert (len(rows["cases"]), len(rows["debtor"]), len(rows["account"])) == (1, 1, 3)
    assert [(row[5], row[10]) for row in rows["contact_point"]] == [("15400000001", 0), ("15400000002", 1)]
    assert rows["cases"][0][5:7] == ("li", "team")  # the second account is the overdue one


def test_another_debtor_under_the_same_reference_is_refused(read: Reader) -> None:
    rows, errors = read(
        "reference,name,id_number,account_number,principal",
        "R1,王晓明,110105198505170012,1001,1",
        "R1,王晓明,110105198505170013,1002,1",
    )
    assert [(error.row, error.column) for error in errors] == [(3, "reference")]
    assert "Row 2 names another debtor" in errors[0].reason.plain()
    assert len(rows["account"]) == 1


def test_overdue_cases_are_dealt_in_turn_and_nobody_gets_one_that_owes_nothing(read: Reader) -> None:
    rows, _ = read(
        "reference,name,account_number,principal,days_past_due",
        *(f"R{n},甲,{n},10.00,5" for n in range(5)),
        "R8,乙,8,10.00,0",
        "R9,丙,9,0,40",
        assign_to=("li", "wang"),
    )
    assert [row[5] for row in rows["cases"]] == ["li", "wang", "li", "wang", "li", None, None]


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_or_its_months_put_the_account_into_that_stage(read: Reader, stage: str) -> None:
    months = STAGES.index(stage)
    rows, errors = read(
        "reference,name,account_number,principal,stage,months_past_due,as_of",
        f"R1,甲,1,1,{stage},,2026-11-20",
        f"R2,乙,2,1,,{months},2026-11-20",
    )
    assert errors == []
    for account, snapshot in zip(rows["account"], rows["balance_snapshot"], strict=True):
        late = days_past_due(account[6], date(2026, 11, 20))  # type: ignore[arg-type]
        assert (stage_of(late), snapshot[9]) == (stage, months)


def test_the_first_unpaid_day_comes_before_all_else(read: Reader) -> None:
    rows, _ = read(
        "reference,name,account_number,principal,first_unpaid_due,days_past_due,stage", "R1,甲,1,1,2026-11-01,500,M1"
    )
    assert (rows["account"][0][6], rows["balance_snapshot"][0][9]) == (date(2026, 11, 1), 1)


def test_a_negative_count_of_months_is_paid_up(read: Reader) -> None:
    rows, errors = read("reference,name,account_number,principal,months_past_due", "R1,甲,1,1,-2")
    assert (errors, rows["account"][0][6], rows["balance_snapshot"][0][9]) == ([], None, 0)


def test_the_books_day_is_its_newest_balance(read: Reader) -> None:
    rows, _ = read("reference,name,account_number,principal,as_of", "R1,甲,1,1,2026-10-31", "R2,乙,2,1,2026-11-01")
    assert rows["book"][0][5] == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        ("first_unpaid_due", (AS_OF + timedelta(days=1)).isoformat(), "lies after"),
        ("as_of", (AS_OF + timedelta(days=1)).isoformat(), "lies after"),
        ("birth_date", "2031-01-01", "lies after"),
        ("stage", "M9", "not one of"),
        ("sex", "男", "not one of"),
        ("relation", "boss", "not one of"),
        ("mobile", "n/a", "phone number"),
        ("latitude", "91", "between"),
        ("longitude", "NaN", "not a number"),
        ("statement_day", "32", "between"),
        ("days_past_due", "-1", "between"),
        ("address", "路" * 301, "301 characters"),
        ("employer", "=1+1", "formula"),
        ("costs", "-0.01", "negative"),
    ],
)
def test_a_cell_that_cannot_be_names_its_column_and_value(read: Reader, column: str, value: str, word: str) -> None:
    rows, errors = read(f"reference,name,account_number,principal,{column}", f"R1,甲,1,1,{value}")
    assert [(error.row, error.column, error.value) for error in errors] == [(2, column, value[:200])]
    assert word in errors[0].reason.plain()
    assert not rows["account"]


def test_every_wrong_cell_of_a_row_is_told_at_once(read: Reader) -> None:
    _, errors = read("reference,name,account_number,principal,stage", ",,1,-5,M9")
    assert sorted(error.column for error in errors) == ["name", "principal", "reference", "stage"]


def test_a_number_keeps_its_id_and_another_number_gets_another(read: Reader) -> None:
    header = "reference,name,account_number,principal,mobile"
    first, _ = read(header, "R1,甲,1,1,15400000001")
    second, _ = read(header, "R1,甲,1,1,15400000002")
    again, _ = read(header, "R1,甲,1,1,15400000001")
    ids = [rows["contact_point"][0][0] for rows in (first, second, again)]
    assert ids[0] == ids[2] != ids[1]
