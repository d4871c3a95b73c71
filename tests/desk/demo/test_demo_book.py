"""The demonstration's book: figures that agree with each other, loaded into a real central database."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.central.server import CentralDatabase
from workstation.central.loading import load
from workstation.desk.demo import demo_book
from workstation.desk.demo.book import BANK, AccountSeed, book_rows, components
from workstation.domain.ids import bank_id

AS_OF = date(2026, 11, 23)
HOLDERS = ("a", "b", "c")


@pytest.mark.parametrize("as_of", [AS_OF, date(2028, 2, 29), date(2027, 1, 1), date(2026, 3, 31)])
def test_the_first_unpaid_due_day_agrees_with_the_newest_months_past_due(as_of: date) -> None:
    rows = demo_book(300, as_of=as_of, team_id="t", collectors=HOLDERS)
    due = {row[0]: row[6] for row in rows["account"]}
    newest: dict[str, tuple[date, int]] = {}
    for row in rows["balance_snapshot"]:
        newest[row[2]] = max(newest.get(row[2], (date.min, 0)), (row[3], row[9]))
    assert newest.keys() == due.keys()
    for account, (day, months) in newest.items():
        assert (day.year, day.month) == ((as_of.year, as_of.month - 1) if as_of.month > 1 else (as_of.year - 1, 12))
        assert months * 30 - 29 <= (as_of - due[account]).days <= months * 30


def test_overdue_cases_are_dealt_out_in_turn_and_some_hold_two_cards() -> None:
    rows = demo_book(90, as_of=AS_OF, team_id="t", collectors=HOLDERS)
    assert Counter(row[5] for row in rows["cases"]) == dict.fromkeys(HOLDERS, 30)
    cards = Counter(row[1] for row in rows["account"])
    assert Counter(cards.values()) == {1: 80, 2: 10}
    assert len({row[2] for row in rows["account"]}) == 100
    assert {row[0] for row in rows["cases"]} == {row[1] for row in rows["debtor"]} == set(cards)


def test_six_monthly_bills_an_account_each_split_to_the_cent() -> None:
    rows = demo_book(50, as_of=AS_OF, team_id=None, collectors=())
    bills = Counter(row[2] for row in rows["balance_snapshot"])
    assert set(bills.values()) == {6}
    for months in range(10):
        for bill in (0, 1, 99, 100, 391_300, 12_345_678_901):
            parts = components(bill, months)
            assert sum(parts) == bill
            assert min(parts) >= 0
    assert components(-500, 3) == (0, 0, 0, 0, 0)


def test_nobody_collects_what_is_not_overdue_or_not_owed() -> None:
    paid = (0,) * 6
    seeds = [
        AccountSeed(1, 100, (0, 2, 2, 0, 0, 0), (5000,) * 6, paid),  # caught up
        AccountSeed(2, 100, (2, 1, 0, 0, 0, 0), (0,) * 6, paid),  # late with nothing owed
        AccountSeed(3, 100, (2, 1, 0, 0, 0, 0), (-300, 900, 0, 0, 0, 0), paid),  # in credit
        AccountSeed(4, 100, (1, 0, 0, 0, 0, 0), (5000,) * 6, paid),
    ]
    rows = book_rows(seeds, as_of=AS_OF, team_id="t", collectors=HOLDERS, name="x")
    assert [(row[5], row[6]) for row in rows["cases"]] == [(None, None)] * 3 + [("a", "t")]
    assert [row[6] is None for row in rows["account"]] == [True, True, True, False]


def test_the_same_book_every_time_and_another_for_another_seed() -> None:
    def made(seed: int) -> object:
        return demo_book(20, as_of=AS_OF, team_id="t", collectors=HOLDERS, seed=seed)

    assert made(1) == made(1) != made(2)


def test_ids_are_the_bank_s_so_that_a_second_load_changes_nothing(central: CentralDatabase) -> None:
    people = [central.people["li.na"], central.people["wang.wei"]]
    rows = demo_book(40, as_of=AS_OF, team_id=central.teams["north"], collectors=people)
    assert rows["cases"][6][0] == bank_id(BANK, "7", "case")
    with central.connect("admin") as conn:
        first = load(conn, rows)
        again = load(conn, rows)
    assert first.tables["cases"].inserted == 40
    assert first.tables["account"].inserted == 44
    assert again.changed == 0
