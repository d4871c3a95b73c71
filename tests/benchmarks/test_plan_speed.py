"""The repayment-plan calculator: one plan of every method, every unknown, and ten thousand plans beside the annuity
tables that numpy-financial and pandas make of them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from time import perf_counter
from typing import Any

import numpy as np
import numpy_financial as npf
import pandas as pd
import pytest

from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import SIZES
from workstation.domain.money import Balance
from workstation.domain.plan import CustomPart, PlanRequest, Step, calculate
from workstation.domain.plan_unknown import solve_for
from workstation.domain.plan_values import PlanAccount, Unknown

FULL = SIZES.name == "full"
RUNS = 500 if FULL else 5
PLANS, TRIALS = (10_000, 5) if FULL else (100, 2)
COUNT, LONGEST = 36, 60
AS_OF = date(2026, 11, 23)

OWED = Balance(principal=41_280_00, interest=5_102_44, penalty=2_230_83, fees=120_00, costs=300_00)
# The order of payment changes at the second instalment; due dates are moved on by the official calendar.
PLAN = PlanRequest(
    as_of=AS_OF,
    jurisdiction="zh-CN",
    currency="CNY",
    days_past_due=78,
    balance=OWED,
    waive=Balance(penalty=1_000_00),
    method="equal_instalment",
    annual_rate=Decimal("0.06"),
    instalments=LONGEST,
    first_due=date(2026, 11, 30),
    business_days="following",
    discount_rate=Decimal("0.06"),
)
NO_RATE: dict[str, Any] = {"annual_rate": Decimal(0)}
ACCOUNTS = tuple(
    PlanAccount(f"A{n}", Balance(principal=part.principal // 3, interest=part.interest // 3), 78 - 20 * n)
    for n, part in enumerate([OWED] * 3)
)
AGREED = tuple(CustomPart(AS_OF + timedelta(days=30 * n), 800_00) for n in range(1, LONGEST))
METHODS: dict[str, Mapping[str, Any]] = {
    "equal_instalment": {},
    "equal_principal": {},
    "interest_free": NO_RATE,
    "stepped": {"step": Step(6, percent=Decimal(10))},
    "down_payment": {"down_payment": 5_000_00},
    "balloon": {"balloon": 10_000_08},
    "settlement": {"settlement_amount": 30_000_00, "instalments": 6, **NO_RATE},
    "custom": {
        "custom": (*AGREED, CustomPart(AS_OF + timedelta(days=30 * LONGEST), (OWED.total - 1_000_00) - 59 * 800_00)),
        "instalments": None,
        "first_due": None,
        **NO_RATE,
    },
}
ENOUGH, TOO_LITTLE = 930_00, 900_00  # to pay in sixty instalments, and unless something gives way
UNKNOWNS: dict[Unknown, Mapping[str, Any]] = {
    "instalments": {"instalments": None, "instalment_amount": ENOUGH},
    "instalment_amount": {},
    "first_amount": {"method": "stepped", "step": Step(6, percent=Decimal(10))},
    "annual_rate": {"instalment_amount": TOO_LITTLE, **NO_RATE},
    "waive": {"instalment_amount": TOO_LITTLE, "waive": Balance()},
    "down_payment": {"instalment_amount": TOO_LITTLE},
    "last_due": {"instalments": None, "instalment_amount": ENOUGH},
}


def measured(work: Callable[[], object]) -> list[float]:
    """Seconds of each run, after one that reads the rules and the calendar."""
    work()
    gc.collect()
    spent = []
    for _ in range(RUNS):
        began = perf_counter()
        work()
        spent.append(perf_counter() - began)
    return spent


@pytest.mark.bench
@pytest.mark.parametrize("method", METHODS)
def test_one_plan(board: Board, method: str) -> None:
    request = replace(PLAN, method=method, **METHODS[method])  # type: ignore[arg-type]
    count = len(calculate(request).schedule)
    board.spread(f"Plan, {method}, {count} instalments", measured(lambda: calculate(request)), aim_ms=1)


@pytest.mark.bench
def test_one_plan_over_three_accounts(board: Board) -> None:
    request = replace(PLAN, balance=Balance(), waive=Balance(), days_past_due=0, accounts=ACCOUNTS)
    assert all(len(row.by_account) == len(ACCOUNTS) for row in calculate(request).schedule)
    board.spread(f"Plan over 3 accounts, {LONGEST} instalments", measured(lambda: calculate(request)), aim_ms=1)


@pytest.mark.bench
@pytest.mark.parametrize("unknown", UNKNOWNS)
def test_one_unknown(board: Board, unknown: Unknown) -> None:
    request = replace(PLAN, **UNKNOWNS[unknown])
    assert solve_for(request, unknown).field == unknown
    board.spread(f"Plan solved for {unknown}, with proof", measured(lambda: solve_for(request, unknown)), aim_ms=5)


def portfolio(random: Random) -> list[PlanRequest]:
    """Debts of a book, each with a rate, days past due and a first date of its own."""
    made = []
    for _ in range(PLANS):
        principal = random.randrange(1_000_00, 200_000_00)
        parts = (random.randrange(principal // 5) for _ in range(4))
        made.append(
            replace(
                PLAN,
                balance=Balance(principal, *parts),
                waive=Balance(),
                days_past_due=random.randrange(1, 400),
                annual_rate=Decimal(random.randrange(100, 2_400)) / 10_000,
                instalments=COUNT,
                first_due=AS_OF + timedelta(days=random.randrange(1, 45)),
            )
        )
    return made


def annuity_table(debt: int, annual_rate: float) -> pd.DataFrame:
    """One plan's table in binary fractions, unrounded: no dates, no components, no rates, no findings."""
    rate, periods = annual_rate / 12, np.arange(1, COUNT + 1)
    interest = npf.ipmt(rate, periods, COUNT, -debt)
    principal = npf.ppmt(rate, periods, COUNT, -debt)
    return pd.DataFrame(
        {
            "amount": npf.pmt(rate, COUNT, -debt),
            "interest": interest,
            "principal": principal,
            "balance": debt - principal.cumsum(),
        },
        index=periods,
    )


def annuity_tables(debts: np.ndarray, annual_rates: np.ndarray) -> pd.DataFrame:
    """The same of all plans at once, one row an instalment."""
    rates, owed, periods = annual_rates[:, None] / 12, debts[:, None], np.arange(1, COUNT + 1)[None, :]
    interest = npf.ipmt(rates, periods, COUNT, -owed)
    amount = np.broadcast_to(npf.pmt(rates, COUNT, -owed), interest.shape)
    balance = owed - (amount - interest).cumsum(axis=1)
    columns = {"amount": amount, "interest": interest, "principal": amount - interest, "balance": balance}
    index = pd.MultiIndex.from_product([range(len(debts)), range(1, COUNT + 1)], names=["plan", "n"])
    return pd.DataFrame({name: values.ravel() for name, values in columns.items()}, index=index)


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    began = perf_counter()
    work()
    return perf_counter() - began


@pytest.mark.bench
def test_plans_beside_plain_annuity_tables(board: Board) -> None:
    """Ours: to the cent, split by component in the order of each due date, with moved dates, effective rate, present
    value, authority and findings. Theirs: the annuity table alone, a plan at a time and then all at once."""
    requests = portfolio(Random(36))
    asked = [(request.balance.total, float(request.annual_rate)) for request in requests]
    debts, rates = np.array([debt for debt, _ in asked], float), np.array([rate for _, rate in asked])
    for request, (debt, rate) in zip(requests[:20], asked[:20], strict=True):
        ours, table = calculate(request).schedule, annuity_table(debt, rate)
        assert all(abs(row.balance - left) <= COUNT for row, left in zip(ours, table["balance"], strict=True))
    assert np.allclose(
        annuity_tables(debts[:20], rates[:20])["balance"].iloc[:COUNT], annuity_table(*asked[0])["balance"]
    )
    mine, each, at_once = [], [], []
    for _ in range(TRIALS):
        mine.append(seconds(lambda: [calculate(request) for request in requests]))
        each.append(seconds(lambda: [annuity_table(*one) for one in asked]))
        at_once.append(seconds(lambda: annuity_tables(debts, rates)))
    name = f"{PLANS:,} plans of {COUNT} instalments"
    board.ratio(f"{name} / annuity tables alone", mine, each, aim=3, note="numpy-financial + pandas, a plan at a time")
    board.ratio("The same / all tables in one array", mine, at_once, note="no plan is ever calculated so; a ceiling")
