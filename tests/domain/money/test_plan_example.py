"""The plan of docs/commands.md and plan.png, figure by figure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.domain.money.plan_requests import EXAMPLE, example
from workstation.domain.errors import InputError
from workstation.domain.plan import NoSolution, calculate
from workstation.domain.plan_form import answer, read_request, run_plan


def test_the_example_of_the_contract() -> None:
    result = run_plan(EXAMPLE)
    assert result["schedule"][0] == {
        "n": 1,
        "nominal_due": "2026-11-30",
        "due": "2026-11-30",
        "amount": "1600.00",
        "plan_interest": "0.00",
        "principal": "0.00",
        "interest": "1600.00",
        "penalty": "0.00",
        "fees": "0.00",
        "costs": "0.00",
        "balance": "44782.44",
    }
    assert [row["due"] for row in result["schedule"][:6]] == [
        "2026-11-30",
        "2026-12-30",
        "2027-02-01",
        "2027-03-01",
        "2027-03-30",
        "2027-04-30",
    ]
    assert result["totals"] == {
        "paid": "46382.44",
        "plan_interest": "0.00",
        "principal": "41280.00",
        "interest": "5102.44",
        "penalty": "0.00",
        "fees": "0.00",
        "costs": "0.00",
    }
    assert result["waived"] == {"amount": "2230.83", "share": "0.0459"}
    assert (result["instalments"], result["payoff"]) == (29, "2029-03-30")
    assert result["effective_annual_rate"] == "0.000000"
    assert result["approval"] == {"needed": False, "by": None, "reason": None}
    assert result["down_payment"] is result["disposable"] is result["affordable"] is None
    assert [finding["rule"] for finding in result["findings"]] == ["calendar"]


def test_its_present_value_by_floating_point() -> None:
    result = run_plan(EXAMPLE)
    start = date(2026, 11, 23)
    worth = sum(
        float(row["amount"]) / 1.06 ** ((date.fromisoformat(row["due"]) - start).days / 365)
        for row in result["schedule"]
    )
    assert result["present_value"] == f"{worth:.2f}"


def test_from_day_91_the_schedule_pays_principal_first() -> None:
    second = run_plan(EXAMPLE)["schedule"][1]
    assert (second["principal"], second["interest"]) == ("1600.00", "0.00")


def test_a_stopped_clock_keeps_interest_first() -> None:
    second = run_plan(example(clock="stopped"))["schedule"][1]
    assert (second["principal"], second["interest"]) == ("0.00", "1600.00")


def test_a_down_payment_is_spread_by_the_order_of_its_day() -> None:
    request = example(
        method="down_payment",
        down_payment="10000.00",
        instalments=18,
        instalment_amount=None,
        first_due="2026-12-30",
    )
    result = run_plan(request)
    assert result["down_payment"] == {
        "due": "2026-11-23",
        "amount": "10000.00",
        "principal": "4897.56",
        "interest": "5102.44",
        "penalty": "0.00",
        "fees": "0.00",
        "costs": "0.00",
        "balance": "36382.44",
    }
    assert result["schedule"][0]["amount"] == "2021.25"
    assert result["schedule"][-1]["amount"] == "2021.19"
    assert (result["totals"]["paid"], result["payoff"]) == ("46382.44", "2028-05-30")
    late = run_plan({**request, "down_payment_on": "2026-12-10"})  # 95 days past due by then
    assert late["down_payment"]["principal"] == "10000.00"


def test_a_settlement_waives_penalty_then_interest_and_needs_the_lead() -> None:
    result = run_plan(example(method="settlement", settlement_amount="41280.00", waive=None, instalment_amount=None))
    assert [row["amount"] for row in result["schedule"]] == ["41280.00"]
    assert result["waived"] == {"amount": "7333.27", "share": "0.1508"}
    assert result["totals"]["principal"] == "41280.00"
    assert (result["approval"]["needed"], result["approval"]["by"]) == (True, "lead")


def test_the_json_form_and_the_typed_calculator_agree() -> None:
    assert answer(calculate(read_request(EXAMPLE))) == run_plan(EXAMPLE)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"surprise": 1}, "surprise"),
        ({"as_of": "2026-02-30"}, "as_of"),
        ({"as_of": None}, "as_of"),
        ({"balance": {"principal": 41280}}, "balance.principal"),
        ({"balance": {"principal": "-1.00"}, "waive": None}, "balance.principal"),
        ({"balance": {"principal": "1.001"}, "waive": None}, "balance.principal"),
        ({"balance": {"capital": "1.00"}}, "balance.capital"),
        ({"waive": {"penalty": "2230.84"}}, "waive.penalty"),
        ({"method": "magic"}, "method"),
        ({"annual_rate": "6"}, "annual_rate"),
        ({"annual_rate": "0.06"}, "annual_rate"),  # interest-free bears none
        ({"annual_rate": "nan"}, "annual_rate"),
        ({"instalments": 12}, "instalments"),  # both
        ({"instalment_amount": None}, "instalments"),  # neither
        ({"instalment_amount": None, "instalments": 0}, "instalments"),
        ({"instalment_amount": None, "instalments": True}, "instalments"),
        ({"instalment_amount": "0.00"}, "instalment_amount"),
        ({"first_due": "2026-11-22"}, "first_due"),
        ({"first_due": None}, "first_due"),
        ({"first_due": "2226-11-30"}, "first_due"),
        ({"as_of": "0226-11-23"}, "as_of"),
        ({"down_payment": "5.00", "down_payment_on": "9999-12-31"}, "down_payment_on"),
        ({"currency": "XYZ"}, "currency"),
        ({"jurisdiction": "fr-FR"}, "jurisdiction"),
        ({"days_past_due": -1}, "days_past_due"),
        ({"frequency": "daily"}, "frequency"),
        ({"down_payment": "46382.44"}, "down_payment"),
        ({"balloon": "5.00"}, "balloon"),
        ({"method": "balloon"}, "balloon"),
        ({"method": "stepped"}, "step"),
        ({"method": "stepped", "step": {"every": 6}}, "step"),
        ({"method": "stepped", "step": {"every": 6, "percent": "-100"}}, "step.percent"),
        ({"method": "down_payment"}, "down_payment"),
        ({"method": "settlement", "settlement_amount": "46382.45"}, "settlement_amount"),
        ({"method": "custom", "custom": [{"due": "2026-12-01", "amount": "1.00"}]}, "first_due"),
        ({"role": "boss"}, "role"),
        ({"budget": {"income": [{"kind": "wage", "amount": "-1.00"}]}}, "budget.income[0].amount"),
    ],
)
def test_a_bad_request_names_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refusal:
        run_plan(example(**changes))
    assert refusal.value.field == field


def test_nothing_to_pay_has_its_own_code() -> None:
    with pytest.raises(InputError) as refusal:
        run_plan(example(balance={"penalty": "5.00"}, waive={"penalty": "5.00"}))
    assert refusal.value.code == "nothing_to_pay"


def test_an_instalment_that_takes_too_long_names_the_smallest_that_does_not() -> None:
    with pytest.raises(NoSolution) as refusal:
        run_plan(example(instalment_amount="300.00"))
    assert refusal.value.code == "no_solution"
    assert refusal.value.field == "instalment_amount"
    assert refusal.value.nearest == {"instalment_amount": "773.05"}
    assert run_plan(example(instalment_amount="773.05"))["instalments"] == 60


def test_a_term_beyond_the_packs_names_the_longest_and_the_source() -> None:
    with pytest.raises(NoSolution, match="第七十条") as refusal:
        run_plan(example(instalment_amount=None, instalments=61))
    assert refusal.value.nearest == {"instalments": 60}


def test_weekly_plans_have_the_same_longest_term() -> None:
    assert run_plan(example(instalment_amount=None, instalments=260, frequency="weekly"))["instalments"] == 260
    with pytest.raises(NoSolution) as refusal:
        run_plan(example(instalment_amount=None, instalments=261, frequency="weekly"))
    assert refusal.value.nearest == {"instalments": 260}


def test_an_instalment_below_the_interest_says_so() -> None:
    with pytest.raises(NoSolution, match=r"does not cover the interest of 463\.82 CNY") as refusal:
        run_plan(example(method="equal_instalment", annual_rate="0.12", instalment_amount="400.00"))
    assert refusal.value.nearest is not None
    nearest = str(refusal.value.nearest["instalment_amount"])
    assert run_plan(example(method="equal_instalment", annual_rate="0.12", instalment_amount=nearest))
    below = f"{float(nearest) - 0.01:.2f}"
    with pytest.raises(NoSolution):
        run_plan(example(method="equal_instalment", annual_rate="0.12", instalment_amount=below))


def test_a_settlement_in_more_parts_than_the_pack_allows() -> None:
    with pytest.raises(NoSolution) as refusal:
        run_plan(example(method="settlement", settlement_amount="40000.00", instalment_amount=None, instalments=13))
    assert refusal.value.nearest == {"instalments": 12}


def test_long_and_dear_plans_are_found_out() -> None:
    result = run_plan(
        example(
            method="equal_instalment",
            annual_rate="0.25",
            instalments=60,
            instalment_amount=None,
            first_due="2027-06-30",
        )
    )
    assert {finding["rule"] for finding in result["findings"]} == {"plan_longest_months", "high_cost_rate", "calendar"}
    assert result["approval"]["by"] == "lead"  # longer than a collector agrees to alone


def test_a_budget_says_what_is_disposable_and_whether_it_is_enough() -> None:
    budget = {
        "income": [{"kind": "wage", "amount": "8200.00", "per": "month"}, {"kind": "side", "amount": "600.00"}],
        "spending": [{"kind": "essentials", "amount": "4150.00"}],
        "priority_debts": [{"kind": "rent", "amount": "2000.00"}],
        "other_creditors": [{"balance": "16204.42"}],
    }
    result = run_plan(example(budget=budget))
    assert result["disposable"] == "2650.00"
    assert result["affordability"]["creditor_share"] == "0.7500"
    assert result["affordability"]["available"] == "1788.75"  # 2,650.00 × 0.9 × 0.75
    assert result["affordable"] is True
    assert result["disposable_share"] == "0.6038"  # 1,600.00 of 2,650.00
    weekly = run_plan(example(budget=budget, frequency="weekly", instalment_amount="300.00"))
    assert weekly["disposable_share"] == "0.4906"  # 300.00 × 52/12 = 1,300.00
    dearer = run_plan(example(budget=budget, instalment_amount="1788.76"))
    assert dearer["affordable"] is False
    assert "safety_share" in {finding["rule"] for finding in dearer["findings"]}


def test_old_interest_penalty_and_fees_together_are_held_against_the_limit_when_their_time_is_known() -> None:
    # On 10,000.00 over 365 days: 2,400.00 is 24 %.
    owed = {"principal": "10000.00", "interest": "1500.00", "penalty": "600.00", "fees": "300.00", "costs": "900.00"}

    def warned(**changes: Any) -> bool:
        asked = {"balance": owed, "waive": None, "charged_since": "2025-11-23", **changes}
        return "high_cost_rate" in {finding["rule"] for finding in run_plan(example(**asked))["findings"]}

    assert not warned()
    dearer = {**owed, "penalty": "600.01"}
    assert warned(balance=dearer)
    assert not warned(balance=dearer, waive={"penalty": "0.01"})
    assert not warned(balance=dearer, charged_since=None)
    assert not warned(balance=dearer, jurisdiction="en-US")
    with pytest.raises(InputError) as refusal:
        warned(charged_since="2026-11-23")
    assert refusal.value.field == "charged_since"
