"""What a month leaves for this case: exact fractions, agreed amounts, and figures that cannot be."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.affordability import A_MONTH, MOST_LINES, Budget, BudgetLine, assess, half_up
from workstation.domain.errors import InputError
from workstation.domain.money import MAX_MINOR
from workstation.domain.plan_form import run_plan

NINE_TENTHS = Decimal("0.9")
PERS = st.sampled_from(sorted(A_MONTH))
LINES = st.lists(st.builds(BudgetLine, st.just("food"), st.integers(0, MAX_MINOR), PERS), max_size=5).map(tuple)
FIGURES = st.lists(st.integers(0, 10**10), max_size=4).map(tuple)
BUDGETS = st.builds(Budget, LINES, LINES, LINES, FIGURES, FIGURES)


def wage(amount: int, **rest: Any) -> Budget:
    return Budget(income=(BudgetLine("salary", amount),), **rest)


def test_creditors_share_by_balance_after_the_margin() -> None:
    found = assess(wage(1_000_00, other_creditors=(300_00, 100_00)), 100_00, NINE_TENTHS)
    assert (found.available, found.to_others, found.margin) == (180_00, 720_00, 100_00)
    assert found.creditor_share == Decimal("0.2")


def test_what_was_agreed_with_others_is_theirs_before_anybody_shares() -> None:
    found = assess(wage(1_000_00, other_creditors=(100_00,), agreed=(500_00,)), 300_00, NINE_TENTHS)
    assert (found.available, found.to_others, found.short) == (300_00, 600_00, 0)
    found = assess(wage(1_000_00, agreed=(900_00,)), 300_00, NINE_TENTHS)
    assert (found.available, found.to_others, found.short) == (0, 900_00, 0)
    found = assess(wage(1_000_00, agreed=(900_01,)), 300_00, NINE_TENTHS)
    assert (found.available, found.to_others, found.short) == (0, 900_01, 1)


def test_a_case_on_which_nothing_is_owed_takes_nothing_from_others() -> None:
    assert assess(wage(1_000_00, other_creditors=(5_00,)), 0, NINE_TENTHS).available == 0
    assert assess(wage(1_000_00), 0, NINE_TENTHS).available == 900_00


def test_halves_of_a_cent_are_rounded_up_once_at_the_end() -> None:
    # Three times a twelfth of a cent-and-a-half: 0.375, not three times 0.13.
    yearly = tuple(BudgetLine("salary", 6, "year") for _ in range(3))
    assert assess(Budget(income=yearly), 1, Decimal(1)).income == 2
    assert half_up(Fraction(1, 2)) == 1
    assert half_up(Fraction(-1, 2)) == -1
    assert half_up(Fraction(49, 100)) == 0


@given(BUDGETS, st.integers(0, 10**12), st.sampled_from([Decimal("0.5"), NINE_TENTHS, Decimal(1)]))
def test_the_parts_of_a_month_add_up_to_the_cent(budget: Budget, owed: int, share: Decimal) -> None:
    found = assess(budget, owed, share)
    assert found.available >= 0
    assert min(found.margin, found.to_others, found.short) >= 0
    if found.disposable > 0:
        assert found.margin + found.to_others + found.available - found.short == found.disposable
    else:
        assert (found.available, found.margin) == (0, 0)
    assert found.to_others >= sum(budget.agreed)
    assert found.available == 0 or found.short == 0


@given(BUDGETS, st.integers(0, 10**12), st.integers(0, 10**9), PERS)
def test_more_income_never_leaves_less_and_more_spending_never_leaves_more(
    budget: Budget, owed: int, more: int, per: Any
) -> None:
    def available(income: tuple[BudgetLine, ...], spending: tuple[BudgetLine, ...]) -> int:
        changed = Budget(income, spending, budget.priority_debts, budget.other_creditors, budget.agreed)
        return assess(changed, owed, NINE_TENTHS).available

    line = BudgetLine("other", more, per)
    now = available(budget.income, budget.spending)
    assert available((*budget.income, line), budget.spending) >= now
    assert available(budget.income, (*budget.spending, line)) <= now


@given(BUDGETS, st.integers(0, 10**12), st.randoms())
def test_the_order_of_lines_and_creditors_changes_nothing(budget: Budget, owed: int, chance: Any) -> None:
    def mixed(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(chance.sample(rows, len(rows)))

    other = Budget(
        mixed(budget.income),
        mixed(budget.spending),
        mixed(budget.priority_debts),
        mixed(budget.other_creditors),
        mixed(budget.agreed),
    )
    assert assess(other, owed, NINE_TENTHS) == assess(budget, owed, NINE_TENTHS)


@given(st.integers(0, MAX_MINOR), PERS)
def test_a_year_of_any_period_is_a_year_of_months(amount: int, per: Any) -> None:
    times = {"week": 52, "fortnight": 26, "month": 12, "year": 1}[per]
    assert BudgetLine("salary", amount, per).monthly * 12 == amount * times


@pytest.mark.parametrize(
    ("budget", "field"),
    [
        (Budget(income=(BudgetLine("salary", -1),)), "budget.income[0].amount"),
        (Budget(spending=(BudgetLine("food", 1), BudgetLine("food", -1))), "budget.spending[1].amount"),
        (Budget(priority_debts=(BudgetLine("tax", MAX_MINOR + 1),)), "budget.priority_debts[0].amount"),
        (Budget(other_creditors=(1, MAX_MINOR + 1)), "budget.other_creditors[1].balance"),
        (Budget(agreed=(1, -1)), "budget.agreed[1]"),
        (Budget(income=(BudgetLine("salary", 1),) * (MOST_LINES + 1)), "budget.income"),
        (Budget(other_creditors=(1,) * (MOST_LINES + 1)), "budget.other_creditors"),
        (Budget(adults=0), "budget.adults"),
        (Budget(children=-1), "budget.children"),
        (Budget(children=100), "budget.children"),
    ],
)
def test_a_figure_that_cannot_be_is_named(budget: Budget, field: str) -> None:
    with pytest.raises(InputError) as refused:
        assess(budget, 100, NINE_TENTHS)
    assert refused.value.field == field


def request(budget: dict[str, Any], currency: str = "CNY") -> dict[str, Any]:
    return {
        "as_of": "2026-11-23",
        "jurisdiction": "zh-CN",
        "currency": currency,
        "days_past_due": 78,
        "balance": {"principal": "3000"},
        "method": "interest_free",
        "instalments": 3,
        "first_due": "2026-11-30",
        "budget": budget,
    }


@pytest.mark.parametrize(
    ("budget", "field"),
    [
        ({"income": [{"amount": "plenty"}]}, "budget.income[0].amount"),
        ({"income": [{"amount": "1.001"}]}, "budget.income[0].amount"),
        ({"income": [{"amount": "-1.00"}]}, "budget.income[0].amount"),
        ({"income": [{"amount": "10000000000001"}]}, "budget.income[0].amount"),
        ({"income": [{"amount": 5}]}, "budget.income[0].amount"),
        ({"income": [{"amount": "5", "per": "day"}]}, "budget.income[0].per"),
        ({"income": [{"amount": "5"}] * 501}, "budget.income"),
        ({"spending": [{"amount": "5"}, {}]}, "budget.spending[1].amount"),
        ({"other_creditors": [{"balance": "5"}, {"kind": "card"}]}, "budget.other_creditors[1].balance"),
        ({"other_creditors": [{"agreed": "much"}]}, "budget.other_creditors[0].agreed"),
        ({"other_creditors": [{"balance": "5"}, {"agreed": "-1"}]}, "budget.other_creditors[1].agreed"),
        ({"adults": 0}, "budget.adults"),
        ({"pets": 1}, "budget.pets"),
    ],
)
def test_the_json_names_the_field_that_cannot_be_read(budget: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refused:
        run_plan(request(budget))
    assert refused.value.field == field


def test_the_json_carries_agreed_amounts_and_what_becomes_of_the_month() -> None:
    told = {"income": [{"amount": "2000"}], "other_creditors": [{"balance": "900", "agreed": "300"}]}
    found = run_plan(request(told))
    assert found["affordability"] == {
        "income": "2000.00",
        "spending": "0.00",
        "priority_debts": "0.00",
        "available": "1500.00",
        "safety_share": "0.9000",
        "creditor_share": "1.0000",
        "margin": "200.00",
        "to_others": "300.00",
    }
    assert found["affordable"] is True
    assert found["findings"] == []


@pytest.mark.parametrize(("currency", "income", "available"), [("JPY", "2000", "1800"), ("KWD", "2.005", "1.805")])
def test_currencies_without_and_with_three_decimals(currency: str, income: str, available: str) -> None:
    asked = request({"income": [{"kind": "salary", "amount": income}]}, currency)
    assert run_plan(asked)["affordability"]["available"] == available


def test_spending_of_known_kinds_is_flagged_in_the_json_until_a_reason_is_given() -> None:
    told: dict[str, Any] = {
        "income": [{"kind": "salary", "amount": "8000"}],
        "spending": [{"kind": "food", "amount": "100"}, {"kind": "holidays", "amount": "9000"}],
    }
    found = {item["rule"]: item for item in run_plan(request(told))["findings"]}
    assert set(found) == {"budget", "safety_share", "reference_spending"}
    assert found["budget"]["message"] == "The income is 1100.00 CNY a month too little."
    assert found["reference_spending"]["level"] == "warn"
    assert "100.00 CNY a month, less than the usual 350.46 CNY" in found["reference_spending"]["message"]
    assert "National Bureau of Statistics" in found["reference_spending"]["source"]
    told["spending"][0]["reason"] = "eats at work"
    (flag,) = [item for item in run_plan(request(told))["findings"] if item["rule"] == "reference_spending"]
    assert flag["level"] == "info"
    assert flag["message"].endswith("Reason: eats at work")
