"""Effective annual rate and present value against their definitions, affordability, and who must approve."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.money.plan_requests import principal_only
from workstation.domain.affordability import Budget, BudgetLine, assess
from workstation.domain.authority import AuthorityTableError, approval_for, load, parse
from workstation.domain.errors import InputError
from workstation.domain.money import Balance
from workstation.domain.plan import calculate
from workstation.domain.plan_measures import effective_annual_rate, present_value

START = date(2026, 11, 23)
OWED = Balance(principal=41_280_00, interest=5_102_44, penalty=2_230_83)


@given(
    st.integers(100_000, 10**15),
    st.integers(1, 3600).map(lambda n: Decimal(n) / 10_000),
    st.integers(1, 60),
    st.dates(date(2026, 12, 1), date(2027, 6, 1)),
)
def test_at_the_effective_rate_the_payments_are_worth_the_debt(
    base: int, rate: Decimal, count: int, first: date
) -> None:
    result = calculate(principal_only(base, "equal_principal", annual_rate=rate, instalments=count, first_due=first))
    found = result.effective_annual_rate
    assert found is not None
    flows = [(row.due, row.amount) for row in result.schedule]
    # Six decimals of the rate bound the worth between its neighbours.
    step = Decimal("0.000001")
    assert present_value(flows, START, found + step) <= base <= present_value(flows, START, found - step)


def test_one_year_at_one_rate_is_that_rate() -> None:
    assert effective_annual_rate(10_000, START, [(date(2027, 11, 23), 11_000)]) == Decimal("0.100000")
    assert present_value([(date(2027, 11, 23), 11_000)], START, Decimal("0.1")) == 10_000


def test_without_interest_the_rate_is_zero_whatever_the_dates() -> None:
    assert effective_annual_rate(10_000, START, [(START, 4_000), (date(2030, 1, 1), 6_000)]) == 0


def test_interest_without_time_has_no_rate() -> None:
    assert effective_annual_rate(10_000, START, [(START, 10_100)]) is None


def test_a_plan_without_interest_loads_no_solver() -> None:
    script = (
        "import sys; from tests.domain.money.plan_requests import EXAMPLE;"
        "from workstation.domain.plan_form import run_plan; run_plan(EXAMPLE);"
        "sys.exit('pyxirr' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_weekly_and_fortnightly_figures_convert_by_52_and_26_twelfths() -> None:
    budget = Budget(
        income=(BudgetLine("wage", 1_200_00, "week"), BudgetLine("side", 600_00, "fortnight")),
        spending=(BudgetLine("food", 3_000_00),),
        priority_debts=(BudgetLine("mortgage", 12_000_00, "year"),),
    )
    found = assess(budget, 100_00, Decimal("0.9"))
    assert (found.income, found.spending, found.priority_debts) == (6_500_00, 3_000_00, 1_000_00)
    assert (found.disposable, found.available) == (2_500_00, 2_250_00)
    assert found.share_of_income(1_000_00) == Decimal("0.4")


def test_who_has_nothing_left_can_pay_nothing() -> None:
    found = assess(Budget(spending=(BudgetLine("rent", 5_00),)), 100_00, Decimal("0.9"))
    assert (found.disposable, found.available) == (-5_00, 0)
    assert found.share_of_income(1) is None


@given(st.lists(st.integers(0, 10**10), max_size=6), st.integers(1, 10**10), st.integers(0, 10**10))
def test_creditors_together_are_never_promised_more_than_is_disposable(
    others: list[int], owed: int, income: int
) -> None:
    def available(ours: int, theirs: list[int]) -> int:
        budget = Budget(income=(BudgetLine("wage", income),), other_creditors=tuple(theirs))
        return assess(budget, ours, Decimal("0.9")).available

    everyone = [owed, *others]
    total = sum(available(one, everyone[:n] + everyone[n + 1 :]) for n, one in enumerate(everyone))
    assert total <= income + len(everyone)  # each rounds by less than a cent


@pytest.mark.parametrize(
    ("role", "waived", "months", "by"),
    [
        ("collector", Balance(penalty=2_230_83), 29, None),  # 4.59 %
        ("collector", Balance(penalty=2_230_83, interest=199_83), 29, None),  # just within 5 %
        ("collector", Balance(penalty=2_230_83, interest=199_84), 29, "lead"),
        ("collector", Balance(principal=1), 29, "lead"),
        ("collector", Balance(), 37, "lead"),
        ("collector", Balance(penalty=2_230_83, interest=5_102_44), 1, "lead"),
        ("collector", Balance(principal=20_000_00), 1, "admin"),
        ("lead", Balance(penalty=2_230_83, interest=5_102_44), 60, None),
        ("lead", Balance(principal=20_000_00), 1, "admin"),
        ("auditor", Balance(), 1, "lead"),
        ("admin", OWED, 60, None),
    ],
)
def test_who_must_approve(role: str, waived: Balance, months: int, by: str | None) -> None:
    found = approval_for(role, OWED, waived, Decimal(months))
    assert (found.needed, found.by) == (by is not None, by)
    assert (found.reason is None) == (by is None)


def test_the_shipped_table_covers_every_role() -> None:
    assert load()["collector"].total == Decimal("0.05")


GRANT = """[[grant]]
role = "{role}"
approver = "{approver}"
total = "{total}"
components = {{ principal = "0", interest = "0", penalty = "0", fees = "0", costs = "0" }}
longest_months = 1
"""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml [",
        "grant = 5",
        GRANT.format(role="collector", approver="lead", total="0.05"),
        GRANT.format(role="collector", approver="lead", total="1.5"),
        "".join(
            GRANT.format(role=role, approver="lead" if role != "lead" else "collector", total="0")
            for role in ("collector", "field", "lead", "auditor", "admin")
        ),
    ],
)
def test_a_faulty_table_is_refused(text: str) -> None:
    with pytest.raises(AuthorityTableError):
        parse(text)


def test_a_budget_with_a_negative_figure_names_it() -> None:
    with pytest.raises(InputError) as refusal:
        assess(Budget(other_creditors=(5, -1)), 1, Decimal("0.9"))
    assert refusal.value.field == "budget.other_creditors[1].balance"
