"""The reference figures: both sides of each bound, the household's size, and files that cannot be used."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.affordability import Budget, BudgetLine
from workstation.domain.reference_spending import ReferenceFileError, flags, parse, reference_spending
from workstation.domain.rulepack import JURISDICTIONS
from workstation.domain.vocabulary import BUDGET_SPENDING

ON = date(2026, 11, 23)
CURRENCIES = {"zh-CN": "CNY", "en-US": "USD", "en-GB": "GBP"}


def spending(*lines: BudgetLine, adults: int = 1, children: int = 0) -> Budget:
    return Budget(spending=lines, adults=adults, children=children)


def test_food_of_one_person_starts_from_the_statistics() -> None:
    # 8,411 yuan a head in 2024, half to twice of it, a month.
    reference = reference_spending("zh-CN", ON, "food")
    assert reference is not None
    assert (reference.low, reference.high, reference.currency) == (350_46, 1_401_83, "CNY")
    assert reference.strength == "house"
    assert reference.source.params == {"year": "2024"}


@pytest.mark.parametrize(
    ("amount", "word"),
    [(350_45, "less than"), (350_46, ""), (1_401_83, ""), (1_401_84, "more than")],
)
def test_each_side_of_the_bounds(amount: int, word: str) -> None:
    found = flags(spending(BudgetLine("food", amount)), "zh-CN", "CNY", ON)
    assert [word in flag.message.plain() for flag in found] == ([True] if word else [])


def test_weekly_amounts_are_measured_by_their_month() -> None:
    assert not flags(spending(BudgetLine("food", 323_00, "week")), "zh-CN", "CNY", ON)
    assert flags(spending(BudgetLine("food", 324_00, "week")), "zh-CN", "CNY", ON)


def test_lines_of_one_kind_and_kinds_that_belong_together_are_counted_together() -> None:
    halves = (BudgetLine("food", 200_00), BudgetLine("food", 200_00))
    assert not flags(spending(*halves), "zh-CN", "CNY", ON)
    together = (BudgetLine("housing", 1_800_00), BudgetLine("utilities", 400_00))
    (flag,) = flags(spending(*together), "zh-CN", "CNY", ON)
    assert (flag.kind, flag.index) == ("housing", 0)
    assert "2200.00 CNY" in flag.message.plain()


def test_what_is_left_out_is_asked_for_only_of_a_whole_budget() -> None:
    budget = spending(BudgetLine("food", 800_00))
    assert flags(budget, "zh-CN", "CNY", ON) == ()
    left_out = flags(budget, "zh-CN", "CNY", ON, whole=True)
    assert [(flag.kind, flag.index) for flag in left_out] == [("housing", None), ("transport", None)]


def test_half_of_a_pair_is_not_too_little_before_the_budget_is_whole() -> None:
    assert flags(spending(BudgetLine("utilities", 1_00)), "zh-CN", "CNY", ON) == ()
    assert flags(spending(BudgetLine("utilities", 1_00)), "zh-CN", "CNY", ON, whole=True)


def test_a_reason_goes_with_the_flag_and_does_not_take_it_away() -> None:
    (flag,) = flags(spending(BudgetLine("food", 1_00, reason="canteen")), "zh-CN", "CNY", ON)
    assert flag.reason == "canteen"


def test_kinds_without_a_figure_and_books_in_another_currency_are_not_measured() -> None:
    assert reference_spending("zh-CN", ON, "dependants") is None
    assert flags(spending(BudgetLine("holidays", 10**9)), "zh-CN", "CNY", ON) == ()
    assert flags(spending(BudgetLine("food", 1)), "zh-CN", "HKD", ON) == ()


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
@given(st.sampled_from(BUDGET_SPENDING), st.integers(1, 98), st.integers(0, 98))
def test_a_larger_household_needs_no_less(jurisdiction: str, kind: str, adults: int, children: int) -> None:
    small = reference_spending(jurisdiction, ON, kind, adults, children)
    for more in ((adults + 1, children), (adults, children + 1)):
        large = reference_spending(jurisdiction, ON, kind, *more)
        assert (small is None) == (large is None)
        if small is not None and large is not None:
            assert large.low >= small.low
            assert large.high >= small.high
            assert large.low <= large.high


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_every_pack_has_figures_in_its_currency_with_their_source(jurisdiction: str) -> None:
    found = [reference_spending(jurisdiction, ON, kind) for kind in BUDGET_SPENDING]
    known = [reference for reference in found if reference is not None]
    assert len(known) >= 8
    assert {reference.currency for reference in known} == {CURRENCIES[jurisdiction]}
    assert all(reference.strength == "house" for reference in known)
    assert all(reference.source.plain() for reference in known)


ROW = """jurisdiction = "zh-CN"
currency = "CNY"
[[reference]]
kinds = ["food"]
amount = "100.00"
per = "month"
further_adult = "1"
child = "1"
low = "0.5"
high = "2"
effective = 2025-01-01
source = "house"
strength = "house"
"""


def test_a_file_as_it_should_be_is_read() -> None:
    assert parse(ROW, "x.toml").reference[0].amount == "100.00"


def test_figures_of_a_later_year_begin_on_their_day() -> None:
    newer = ROW[ROW.index("[[reference]]") :].replace("100.00", "110.00").replace("2025-01-01", "2026-02-01")
    file = parse(ROW + newer, "x.toml")
    days = (date(2020, 1, 1), date(2026, 1, 31), date(2026, 2, 1))
    assert [file.on(day)["food"].amount for day in days] == ["100.00", "100.00", "110.00"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"100.00"', '"much"'),
        ('"100.00"', '"100.001"'),
        ('["food"]', '["feasts"]'),
        ('"house"\nstrength', '"hearsay"\nstrength'),
        ('high = "2"', 'high = "0.4"'),
        ('low = "0.5"', 'low = "-1"'),
        ('per = "month"', 'per = "day"'),
        ("effective = 2025-01-01", "effective = 2025-13-01"),
        ('child = "1"', "cat = 1"),
        ("[[reference]]", "[[figures]]"),
    ],
)
def test_a_faulty_file_is_refused_by_name(old: str, new: str) -> None:
    assert old in ROW
    with pytest.raises(ReferenceFileError, match=r"x\.toml"):
        parse(ROW.replace(old, new), "x.toml")
