"""The payment order changes with the due date that reaches day 91, and with no other (第五十七条)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings

from tests.domain.money.any_plan import plans
from tests.domain.money.plan_requests import principal_only
from workstation.domain.money import Balance
from workstation.domain.plan import CustomPart, PlanAccount, PlanRequest, PlanResult, calculate

AS_OF = date(2026, 11, 23)
OWED = Balance(principal=1000_00, interest=1000_00, penalty=1000_00, fees=1000_00, costs=1000_00)
EARLY, LATE = "costs", "principal"  # what the first cent goes to


def first_paid(applied: Balance) -> str:
    (name,) = [name for name, amount in applied.parts().items() if amount]
    return name


def daily(late: int, clock: str = "running", count: int = 40, **changes: object) -> PlanRequest:
    """A plan of one yuan a day, as a custom plan can be."""
    days = [CustomPart(AS_OF + timedelta(days=n), 1_00) for n in range(count)]
    rest = CustomPart(AS_OF + timedelta(days=count), OWED.total - count * 1_00)
    fields = {"balance": OWED, "days_past_due": late, "clock": clock, "first_due": None, "custom": (*days, rest)}
    return principal_only(0, "custom", **{**fields, **changes})


@pytest.mark.parametrize("late", range(51, 131))
def test_principal_is_paid_first_from_the_very_day(late: int) -> None:
    rows = calculate(daily(late)).schedule[:-1]
    paid = [first_paid(row.applied) for row in rows]
    days = [late + (row.due - AS_OF).days for row in rows]
    assert paid == [LATE if day >= 91 else EARLY for day in days]


@pytest.mark.parametrize(("late", "first"), [(0, EARLY), (90, EARLY), (91, LATE), (200, LATE)])
def test_a_stopped_clock_keeps_the_order_of_the_day_of_the_balance(late: int, first: str) -> None:
    assert {first_paid(row.applied) for row in calculate(daily(late, "stopped")).schedule[:-1]} == {first}


@pytest.mark.parametrize("jurisdiction", ["en-US", "en-GB"])
def test_elsewhere_no_day_changes_it(jurisdiction: str) -> None:
    rows = calculate(daily(60, jurisdiction=jurisdiction)).schedule[:-1]
    assert {first_paid(row.applied) for row in rows} == {EARLY}


def test_a_due_date_moved_on_counts_by_the_day_it_was_moved_to() -> None:
    """Saturday the 28th is day 90, the Monday it is moved to day 92."""
    plan = principal_only(0, "interest_free", balance=OWED, instalments=60, first_due=date(2026, 11, 28))
    saturday = replace(plan, days_past_due=85)
    assert first_paid(calculate(saturday).schedule[0].applied) == EARLY
    moved = calculate(replace(saturday, business_days="following")).schedule[0]
    assert (moved.nominal_due, moved.due) == (date(2026, 11, 28), date(2026, 11, 30))
    assert first_paid(moved.applied) == LATE


@pytest.mark.parametrize(("days", "first"), [(0, EARLY), (12, EARLY), (13, LATE), (30, LATE)])
def test_a_down_payment_is_spread_by_its_own_day(days: int, first: str) -> None:
    plan = principal_only(0, "down_payment", balance=OWED, instalments=12, down_payment=500_00)
    plan = replace(plan, first_due=AS_OF + timedelta(days=30))
    down = calculate(replace(plan, down_payment_on=AS_OF + timedelta(days=days))).down_payment
    assert down is not None
    assert first_paid(down.applied) == first


@pytest.mark.parametrize("older", [89, 90, 91])
def test_each_account_turns_on_its_own_day(older: int) -> None:
    """The younger one is paid when the older is paid off, in the order of its own count."""
    accounts = (PlanAccount("old", Balance(costs=5_00, principal=5_00), older), PlanAccount("young", OWED, 70))
    plan = daily(0, days_past_due=0, balance=Balance(), accounts=accounts, count=39)
    plan = replace(plan, custom=(*plan.custom[:-1], replace(plan.custom[-1], amount=OWED.total + 10_00 - 39_00)))
    old, young = [], []
    for row in calculate(plan).schedule[:-1]:
        for share in row.by_account:
            if share.applied.total:
                (old if share.id == "old" else young).append((row.n, first_paid(share.applied)))
    turn = max(0, 91 - older)
    begun = min(turn, 5)  # of the costs, paid a day at a time before day 91
    assert [name for _, name in old] == [EARLY] * begun + [LATE] * 5 + [EARLY] * (5 - begun)
    assert [n for n, _ in young] == list(range(11, 40))
    assert [name for _, name in young] == [LATE if 70 + n - 1 >= 91 else EARLY for n in range(11, 40)]


@settings(max_examples=100)
@given(plans())
def test_no_payment_ever_leaves_what_comes_before_it_in_its_order(result: PlanResult) -> None:
    """In every plan, for every payment of every account: nothing goes to a component while an earlier one is unpaid."""
    request = result.request
    # What runs on after a down payment was not owed on its day; the tests of projection hold that.
    assume(request.accrual is None or not request.down_payment)
    grown = {account.id: account.accrued for account in result.accounts}
    waived = {account.id: account.waived for account in result.accounts}
    owed = {a.id: a.balance + Balance(interest=grown[a.id]) - waived[a.id] for a in request.accounts} or {
        "": request.balance + Balance(interest=result.accrued.interest if result.accrued else 0) - result.waived
    }
    late = {a.id: a.days_past_due for a in request.accounts} or {"": request.days_past_due}
    down = result.down_payment
    payments = [(down.on, down.applied, down.by_account)] if down else []
    payments += [(row.due, row.applied, row.by_account) for row in result.schedule]
    for day, applied, by_account in payments:
        passed = (day - request.as_of).days if request.clock == "running" else 0
        for id_, taken in {share.id: share.applied for share in by_account}.items() or {"": applied}.items():
            owed[id_] -= taken
            principal_first = request.jurisdiction == "zh-CN" and late[id_] + passed > 90
            charges = ["costs", "interest", "penalty", "fees"]
            order = ["principal", *charges] if principal_first else [*charges, "principal"]
            for n, name in enumerate(order):
                if taken.parts()[name]:  # type: ignore[index]
                    assert all(owed[id_].parts()[before] == 0 for before in order[:n])  # type: ignore[index]
    assert not any(left.total for left in owed.values())


def test_plan_interest_comes_before_either_order() -> None:
    rows = calculate(
        principal_only(0, "equal_instalment", balance=OWED, annual_rate=Decimal("0.24"), instalments=60)
    ).schedule
    assert rows[0].plan_interest == 100_00  # two percent of 5,000.00
    assert all(row.amount == row.plan_interest + row.applied.total for row in rows)
