"""What cannot be: each is refused with its field and a sentence that says what to give, also at the command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.domain.money.plan_requests import example
from workstation.domain.errors import InputError
from workstation.domain.money import to_minor
from workstation.domain.plan import NoSolution
from workstation.domain.plan_form import run_plan

ROOT = Path(__file__).parents[3]
WITH_RATE = {"method": "equal_instalment", "annual_rate": "0.12"}  # 463.82 of interest in the first month
WAGE_OF_TEXT = {"income": [{"kind": "wage", "amount": "about 8000"}]}
BY_NUMBER = {"instalment_amount": None}

# changes to the example, the field named, words of the sentence
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({**BY_NUMBER, "instalments": 0}, "instalments", "at least 1"),
    ({**BY_NUMBER, "instalments": -3}, "instalments", "at least 1"),
    ({**BY_NUMBER, "instalments": "12"}, "instalments", "int"),
    ({**BY_NUMBER, "instalments": 12.5}, "instalments", "int"),
    ({**BY_NUMBER, "method": "balloon", "balloon": "9000.00", "instalments": 1}, "instalments", "at least 2"),
    ({"first_due": "2026-11-22"}, "first_due", "before 2026-11-23"),
    ({"first_due": "2037-01-01"}, "first_due", "check the year"),
    ({"first_due": "30.11.2026"}, "first_due", "date"),
    ({**BY_NUMBER, "solve": "instalment_amount", "last_due": "2026-11-29"}, "last_due", "2026-11-30"),
    ({"down_payment": "100.00", "down_payment_on": "2026-12-01"}, "down_payment_on", "2026-11-30 at the latest"),
    ({"down_payment": "100.00", "down_payment_on": "2026-11-22"}, "down_payment_on", "before 2026-11-23"),
    ({"down_payment": "-100.00"}, "down_payment", "negative"),
    ({**WITH_RATE, "annual_rate": "-0.01"}, "annual_rate", "between 0 and 1"),
    ({**WITH_RATE, "annual_rate": "18%"}, "annual_rate", "like 0.06"),
    ({"discount_rate": "-0.06"}, "discount_rate", "between 0 and 1"),
    ({"waive": {"penalty": "2230.84"}}, "waive.penalty", "only 2230.83 CNY of penalty is owed"),
    ({"waive": {"fees": "0.01"}}, "waive.fees", "only 0.00 CNY of fees is owed"),
    ({"waive": {"penalty": "-0.01"}}, "waive.penalty", "negative"),
    ({"instalment_amount": "-1600.00"}, "instalment_amount", "more than zero"),
    ({"instalment_amount": "sixteen hundred"}, "instalment_amount", "like 1234.56"),
    ({"instalment_amount": "1,600.00"}, "instalment_amount", "like 1234.56"),
    ({"balance": {"principal": "10000000000000.01"}, "waive": None}, "balance.principal", "larger than"),
    (
        {"balance": dict.fromkeys(("principal", "interest"), "6000000000000.00"), "waive": None},
        "balance",
        "larger than",
    ),
    (
        {"accrue": {"daily_rate": "1", "statement_day": 1}, "first_due": "2036-11-01"},
        "accrue.daily_rate",
        "larger than",
    ),
    ({"budget": WAGE_OF_TEXT}, "budget.income[0].amount", "about 8000"),
    ({"budget": {"income": [{"kind": "wage", "amount": 8000}]}}, "budget.income[0].amount", "str"),
    ({"currency": "JPY"}, "balance.interest", "not an amount in JPY; write it like 123456"),
    ({"currency": "KRW"}, "balance.interest", "not an amount in KRW; write it like 123456"),
    ({"currency": "KWD", "balance": {"principal": "1.0001"}, "waive": None}, "balance.principal", "like 123.456"),
    ({"currency": "cny"}, "currency", "not supported"),
    ({"method": "stepped", "step": {"every": 0, "percent": "10"}}, "step.every", "1 or more"),
    ({"custom": [], "method": "custom", **BY_NUMBER, "first_due": None}, "custom", "dates and amounts"),
]

# changes to the example, the field named, words of the sentence, the nearest that works
IMPOSSIBLE: list[tuple[dict[str, Any], str, str, dict[str, Any]]] = [
    ({**BY_NUMBER, "instalments": 10_000}, "instalments", "more than the 60 allowed", {"instalments": 60}),
    (
        {**WITH_RATE, "instalment_amount": "463.81"},
        "instalment_amount",
        "does not cover the interest of 463.82 CNY in instalment 1",
        {"instalment_amount": "1031.76"},
    ),
    (
        {**WITH_RATE, "method": "equal_principal", "instalment_amount": "463.82"},
        "instalment_amount",
        "does not cover the interest",
        {"instalment_amount": "1236.74"},
    ),
    (
        {**WITH_RATE, "method": "stepped", "step": {"every": 12, "amount": "500.00"}, "instalment_amount": "400.00"},
        "instalment_amount",
        "does not cover the interest",
        {"instalment_amount": "463.82"},
    ),
    # It covers the interest and nothing else.
    (
        {**WITH_RATE, "instalment_amount": "463.82"},
        "instalment_amount",
        "more than the 60",
        {"instalment_amount": "1031.76"},
    ),
    ({"instalment_amount": "0.01"}, "instalment_amount", "more than the 60", {"instalment_amount": "773.05"}),
]


@pytest.mark.parametrize(("changes", "field", "words"), REFUSED)
def test_what_makes_no_sense_is_refused_by_its_field(changes: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises((InputError, NoSolution)) as refusal:
        run_plan(example(**changes))
    assert refusal.value.field == field
    assert words in refusal.value.message.plain()


@pytest.mark.parametrize(("changes", "field", "words", "nearest"), IMPOSSIBLE)
def test_what_has_no_solution_says_why_and_names_the_nearest_that_has(
    changes: dict[str, Any], field: str, words: str, nearest: dict[str, Any]
) -> None:
    with pytest.raises(NoSolution) as refusal:
        run_plan(example(**changes))
    assert refusal.value.field == field
    assert words in refusal.value.message.plain()
    assert refusal.value.nearest == nearest
    assert run_plan(example(**{**changes, **nearest}))["schedule"]


AT_THE_COMMAND = [
    *(({**BY_NUMBER, "instalments": count}, "instalments") for count in (0, 10_000)),
    ({**WITH_RATE, "instalment_amount": "463.81"}, "instalment_amount"),
    ({"first_due": "2026-11-22"}, "first_due"),
    ({**WITH_RATE, "annual_rate": "-0.01"}, "annual_rate"),
    ({"waive": {"penalty": "2230.84"}}, "waive.penalty"),
    ({"budget": WAGE_OF_TEXT}, "budget.income[0].amount"),
    ({"currency": "JPY"}, "balance.interest"),
]


@pytest.mark.parametrize(("changes", "field"), AT_THE_COMMAND)
def test_the_command_ends_with_two_an_error_object_and_a_sentence(changes: dict[str, Any], field: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workstation", "plan", "--json"],
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        input=json.dumps(example(**changes)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert error["field"] == field
    assert error["code"] in {"bad_input", "no_solution"}
    assert error["message"]
    assert done.stderr.strip().endswith(".")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("currency", "owed", "first"),
    [("JPY", "1000000", "83333"), ("KRW", "12345678", "1028807"), ("KWD", "1234.567", "102.881")],
)
def test_currencies_with_no_minor_unit_and_with_three_decimals(currency: str, owed: str, first: str) -> None:
    result = run_plan(
        example(currency=currency, balance={"principal": owed}, waive=None, instalment_amount=None, instalments=12)
    )
    assert [row["amount"] for row in result["schedule"][:-1]] == [first] * 11
    assert sum(to_minor(row["amount"], currency) for row in result["schedule"]) == to_minor(owed, currency)
    assert result["totals"]["paid"] == result["totals"]["principal"] == owed
    lines = [{"kind": "wage", "amount": owed}]
    assert run_plan(example(currency=currency, balance={"principal": owed}, waive=None, instalment_amount=None,
                            instalments=12, budget={"income": lines}))["disposable"] == owed  # fmt: skip


METHODS: list[dict[str, Any]] = [
    {"method": "equal_instalment", "annual_rate": "0.12", "instalments": 12},
    {"method": "equal_principal", "annual_rate": "0.12", "instalments": 12},
    {"method": "interest_free", "instalments": 12},
    {"method": "stepped", "annual_rate": "0.12", "instalments": 12, "step": {"every": 3, "percent": "10"}},
    {"method": "down_payment", "down_payment": "250000000000.00", "instalments": 12},
    {"method": "balloon", "balloon": "250000000000.00", "instalments": 12},
    {"method": "settlement", "settlement_amount": "999999999999.99", "instalments": 12},
]


@pytest.mark.parametrize("fields", METHODS, ids=lambda fields: str(fields["method"]))
def test_a_trillion_is_paid_to_the_cent(fields: dict[str, Any]) -> None:
    huge = "1000000000000.00"
    result = run_plan(example(balance={"principal": huge}, waive=None, instalment_amount=None, **fields))
    paid = [to_minor(row["amount"], "CNY") - to_minor(row["plan_interest"], "CNY") for row in result["schedule"]]
    down = result["down_payment"]
    waived = to_minor(result["waived"]["amount"], "CNY")
    assert sum(paid) + waived + (to_minor(down["amount"], "CNY") if down else 0) == 10**14
    assert result["schedule"][-1]["balance"] == "0.00"


@pytest.mark.parametrize("method", ["equal_instalment", "equal_principal", "interest_free", "settlement"])
def test_one_cent_is_paid_in_one_part_and_in_no_more(method: str) -> None:
    fields = {"method": method, "balance": {"principal": "0.01"}, "waive": None, "instalment_amount": None}
    if method == "settlement":
        fields.update(balance={"principal": "0.01", "penalty": "0.05"}, settlement_amount="0.01")
    assert [row["amount"] for row in run_plan(example(**fields, instalments=1))["schedule"]] == ["0.01"]
    with pytest.raises(NoSolution) as refusal:
        run_plan(example(**fields, instalments=2))
    assert refusal.value.nearest == {"instalments": 1}
