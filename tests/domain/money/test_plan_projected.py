"""The old interest that runs on to the first due date is part of what a plan pays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.domain.money.plan_requests import example
from workstation.domain.errors import InputError
from workstation.domain.money import Balance, to_minor
from workstation.domain.plan_form import run_plan
from workstation.domain.projection import project

A_DAY = {"daily_rate": "0.0005"}  # 20.64 a day on 41,280.00


def running_on(accrue: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    return run_plan(example(accrue=accrue or A_DAY, **changes))


def test_interest_runs_on_to_the_first_due_date() -> None:
    result = running_on()
    assert result["accrued"] == {"to": "2026-11-30", "interest": "144.48"}  # 7 × 20.64
    assert result["totals"]["interest"] == "5246.92"
    assert result["totals"]["paid"] == "46526.92"
    assert result["schedule"][0]["balance"] == "44926.92"


def test_a_moved_first_due_date_does_not_lengthen_it() -> None:
    sunday = running_on(first_due="2026-12-27")
    assert sunday["schedule"][0]["due"] == "2026-12-28"
    assert sunday["accrued"] == {"to": "2026-12-27", "interest": "701.76"}


def test_it_runs_to_a_stated_day_and_compounds_on_the_statement_day() -> None:
    assert running_on({**A_DAY, "to": "2026-11-24"})["accrued"] == {"to": "2026-11-24", "interest": "20.64"}
    assert running_on({**A_DAY, "to": "2026-11-23"})["accrued"]["interest"] == "0.00"
    found = running_on({**A_DAY, "statement_day": 25}, first_due="2026-12-30", waive=None)
    owed = Balance(principal=41_280_00, interest=5_102_44, penalty=2_230_83)
    grown = project(owed, date(2026, 11, 23), date(2026, 12, 30), daily_rate=Decimal("0.0005"), statement_day=25)
    assert to_minor(found["accrued"]["interest"], "CNY") == grown.interest - owed.interest
    assert found["accrued"]["interest"] > "763.68"  # 37 × 20.64 without compounding


def test_what_a_down_payment_pays_bears_no_interest_from_its_day_on() -> None:
    # 10,000.00 on the 23rd: interest 5,102.44 first, then 4,897.56 of the principal.
    result = running_on(down_payment="10000.00")
    assert result["accrued"]["interest"] == "127.34"  # 36,382.44 × 0.0005 × 7
    assert result["down_payment"]["balance"] == "36509.78"
    later = running_on(down_payment="10000.00", down_payment_on="2026-11-30")
    assert later["accrued"]["interest"] == "144.48"


def test_a_settlement_waives_what_ran_on_too() -> None:
    ordinary = example(method="settlement", settlement_amount="41280.00", waive=None, instalment_amount=None)
    result = run_plan({**ordinary, "accrue": A_DAY})
    assert result["totals"]["paid"] == "41280.00"
    assert result["waived"] == {"amount": "7477.75", "share": "0.1534"}  # of 48,757.75
    assert result["effective_annual_rate"] == "0.000000"


def test_the_effective_rate_counts_what_ran_on() -> None:
    result = running_on(method="settlement", instalment_amount=None, first_due="2027-11-23", business_days="none")
    # A year at 0.0005 a day on the principal alone: 7,533.60 on the 46,382.44 owed after the waiver.
    assert result["totals"]["paid"] == "53916.04"
    assert result["effective_annual_rate"] == f"{Decimal('7533.60') / Decimal('46382.44'):.6f}"
    assert "high_cost_rate" not in {finding["rule"] for finding in result["findings"]}
    dear = running_on({"daily_rate": "0.0008"}, method="settlement", instalment_amount=None, first_due="2027-11-23")
    assert "high_cost_rate" in {finding["rule"] for finding in dear["findings"]}


def test_old_interest_above_the_limit_is_warned_of_though_it_is_little_of_the_whole() -> None:
    half = {"principal": "10000.00", "interest": "10000.00"}  # interest runs on one half of the debt

    def rules(daily: str, **changes: Any) -> set[str]:
        result = running_on({"daily_rate": daily}, balance=half, waive=None, **changes)
        return {finding["rule"] for finding in result["findings"]}

    assert "high_cost_rate" not in rules("0.0006575")  # 23.999 % a year
    assert "high_cost_rate" in rules("0.0006576")  # 24.002 %
    given_up = {"method": "settlement", "settlement_amount": "9000.00", "instalment_amount": None}
    assert "high_cost_rate" not in rules("0.0006576", **given_up)


def test_each_account_accrues_on_its_own_principal() -> None:
    accounts = [
        {"id": "A", "balance": {"principal": "10000.00"}, "days_past_due": 40},
        {"id": "B", "balance": {"principal": "333.33", "fees": "50.00"}, "days_past_due": 10},
    ]
    result = running_on(accounts=accounts, balance=None, days_past_due=None, waive=None, instalment_amount="900.00")
    assert [item["accrued"] for item in result["accounts"]] == ["35.00", "1.17"]
    assert result["accrued"]["interest"] == "36.17"
    assert result["totals"]["paid"] == "10419.50"


def test_without_it_nothing_runs_on() -> None:
    assert "accrued" not in run_plan(example())


@pytest.mark.parametrize(
    ("accrue", "field"),
    [
        ({"daily_rate": "-0.0005"}, "accrue.daily_rate"),
        ({"daily_rate": "5"}, "accrue.daily_rate"),
        ({"daily_rate": "a little"}, "accrue.daily_rate"),
        ({}, "accrue.daily_rate"),
        ({**A_DAY, "to": "2026-11-22"}, "accrue.to"),
        ({**A_DAY, "to": "2026-12-01"}, "accrue.to"),  # after the first due date
        ({**A_DAY, "to": "soon"}, "accrue.to"),
        ({**A_DAY, "statement_day": 0}, "accrue.statement_day"),
        ({**A_DAY, "rate": "1"}, "accrue.rate"),
    ],
)
def test_an_impossible_accrual_names_its_field(accrue: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refusal:
        run_plan(example(accrue=accrue))
    assert refusal.value.field == field
