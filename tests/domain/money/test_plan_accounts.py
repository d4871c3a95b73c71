"""Several accounts in one plan: the oldest due first, each in the payment order of its own days past due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.domain.money.plan_requests import example, principal_only
from workstation.domain.allocation import AccountDue, allocate
from workstation.domain.errors import InputError
from workstation.domain.money import Balance
from workstation.domain.plan import NoSolution, PlanAccount, PlanRequest, PlanResult, calculate
from workstation.domain.plan_form import answer, read_request, run_plan
from workstation.domain.rulepack import load

OLD = {"id": "A", "balance": {"principal": "1000.00", "interest": "200.00"}, "days_past_due": 85}
YOUNG = {"id": "B", "balance": {"principal": "500.00", "interest": "100.00", "penalty": "60.00"}, "days_past_due": 20}


def over(*accounts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The example over these accounts, unmoved dates, 300.00 at a time."""
    fields = {"balance": None, "days_past_due": None, "waive": None, "business_days": "none"}
    return example(**{**fields, "instalment_amount": "300.00", "accounts": list(accounts), **changes})


def paid(row: dict[str, Any], account: str) -> tuple[str, str, str]:
    """Interest, principal and what is left of one account in a row of the schedule."""
    share = next(item for item in row["accounts"] if item["id"] == account)
    return share["interest"], share["principal"], share["balance"]


def test_the_oldest_account_is_paid_off_before_the_next_one_begins() -> None:
    rows = run_plan(over(OLD, YOUNG))["schedule"]
    assert [item["id"] for item in rows[0]["accounts"]] == ["A", "B"]
    # 30 November is day 92 of A: its principal goes first.
    assert [paid(row, "A") for row in rows[:4]] == [
        ("0.00", "300.00", "900.00"),
        ("0.00", "300.00", "600.00"),
        ("0.00", "300.00", "300.00"),
        ("200.00", "100.00", "0.00"),
    ]
    assert {row["accounts"][1]["balance"] for row in rows[:4]} == {"660.00"}
    # On 30 March B is past day 91 by its own count: 20 + 127.
    assert paid(rows[4], "B") == ("0.00", "300.00", "360.00")
    assert rows[-1]["balance"] == "0.00"


def test_each_account_crosses_day_91_by_its_own_count() -> None:
    # A is small enough to be paid off while B is still young: 30 November is day 27 of B, 28 February day 117.
    small = {"id": "A", "balance": {"principal": "100.00"}, "days_past_due": 85}
    rows = run_plan(over(small, YOUNG, instalment_amount="180.00"))["schedule"]
    assert paid(rows[0], "B") == ("80.00", "0.00", "580.00")
    assert paid(rows[1], "B")[:2] == ("20.00", "100.00")  # day 57: the last interest and the penalty, then principal
    late = run_plan(over(small, {**YOUNG, "days_past_due": 84}, instalment_amount="180.00"))["schedule"]
    assert paid(late[0], "B") == ("0.00", "80.00", "580.00")  # day 91: principal first


def test_a_stopped_clock_keeps_each_account_at_its_order() -> None:
    rows = run_plan(over(OLD, YOUNG, clock="stopped"))["schedule"]
    assert paid(rows[0], "A") == ("200.00", "100.00", "900.00")
    assert paid(rows[4], "B")[0] == "100.00"


def test_a_down_payment_is_shown_by_account_and_spread_by_the_order_of_its_date() -> None:
    down = run_plan(over(OLD, YOUNG, down_payment="1300.00"))["down_payment"]
    assert (paid(down, "A"), paid(down, "B")) == (("200.00", "1000.00", "0.00"), ("100.00", "0.00", "560.00"))
    assert down["balance"] == "560.00"


def test_waivers_stand_at_an_account_or_are_spread_from_the_oldest_on() -> None:
    fees = [{**OLD, "balance": {**OLD["balance"], "penalty": "50.00"}}, YOUNG]
    spread_out = run_plan(over(*fees, waive={"penalty": "80.00"}))
    assert [item["waived"]["penalty"] for item in spread_out["accounts"]] == ["50.00", "30.00"]
    stated = run_plan(over(fees[0], {**YOUNG, "waive": {"penalty": "60.00"}}))
    assert [item["waived"]["penalty"] for item in stated["accounts"]] == ["0.00", "60.00"]
    assert stated["waived"]["amount"] == "60.00"


def test_a_settlement_waives_component_by_component_over_all_accounts() -> None:
    result = run_plan(over(OLD, YOUNG, method="settlement", settlement_amount="1700.00", instalment_amount=None))
    assert result["waived"]["amount"] == "160.00"
    waived = {item["id"]: item["waived"] for item in result["accounts"]}
    assert (waived["B"]["penalty"], waived["A"]["interest"], waived["B"]["interest"]) == ("60.00", "100.00", "0.00")


def test_the_sums_may_be_given_when_they_agree() -> None:
    sums = {"balance": {"principal": "1500.00", "interest": "300.00", "penalty": "60.00"}, "days_past_due": 85}
    assert run_plan(over(OLD, YOUNG, **sums)) == run_plan(over(OLD, YOUNG))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"balance": {"principal": "1500.01", "interest": "300.00", "penalty": "60.00"}}, "balance"),
        ({"days_past_due": 84}, "days_past_due"),
        ({"days_past_due": 0}, "days_past_due"),
        ({"accounts": [OLD, {**YOUNG, "id": "A"}]}, "accounts[1].id"),
        ({"accounts": [OLD, {**YOUNG, "id": ""}]}, "accounts[1].id"),
        ({"accounts": [OLD, {**YOUNG, "waive": {"penalty": "60.01"}}]}, "accounts[1].waive.penalty"),
        ({"accounts": [OLD, {**YOUNG, "balance": {"fees": "-1.00"}}]}, "accounts[1].balance.fees"),
        ({"accounts": [OLD, {**YOUNG, "days_past_due": -1}]}, "accounts[1].days_past_due"),
        ({"accounts": [OLD, {**YOUNG, "waive": {"penalty": "6.00"}}], "waive": {"penalty": "5.00"}}, "waive"),
        ({"waive": {"penalty": "60.01"}}, "waive.penalty"),
        ({"accounts": [{**OLD, "owner": "x"}]}, "accounts[0].owner"),
        ({"accounts": []}, "days_past_due"),
    ],
)
def test_accounts_that_do_not_agree_name_their_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refusal:
        run_plan(over(OLD, YOUNG, **changes))
    assert refusal.value.field == field


def test_without_accounts_no_row_has_shares() -> None:
    result = run_plan(example())
    assert "accounts" not in result
    assert "accounts" not in result["schedule"][0]


def test_an_unknown_is_solved_over_all_accounts() -> None:
    asked = over(OLD, YOUNG, instalment_amount="150.00", instalments=12, solve="waive")
    result = run_plan(asked)
    assert result["solved"]["value"] == "60.00"  # of 1,860.00; all of it the penalty of B
    assert result["accounts"][1]["waived"]["penalty"] == "60.00"
    plain = {**asked, **result["solved"]["request"], "solve": None, "instalments": None}
    again = run_plan({name: value for name, value in plain.items() if value is not None})
    assert again["schedule"] == result["schedule"]


COMPONENT = st.integers(0, 10**8)
BALANCES = st.builds(Balance, COMPONENT, COMPONENT, COMPONENT, COMPONENT, COMPONENT)


@st.composite
def requests(draw: st.DrawFn) -> PlanRequest:
    days = draw(st.lists(st.integers(0, 200), min_size=1, max_size=5))
    accounts = tuple(PlanAccount(f"{n}", draw(BALANCES), late) for n, late in enumerate(days))
    total = sum(account.balance.total for account in accounts)
    assume(total > 100)
    settling = draw(st.booleans())
    return replace(
        principal_only(0, "settlement" if settling else "equal_instalment", instalments=draw(st.integers(1, 12))),
        days_past_due=0,
        accounts=accounts,
        annual_rate=Decimal(0 if settling else draw(st.integers(0, 24))) / 100,
        clock=draw(st.sampled_from(["running", "stopped"])),
        down_payment=draw(st.integers(0, total // 3)),
        settlement_amount=draw(st.integers(total // 2, total - 1)) if settling else None,
    )


def worked(request: PlanRequest) -> PlanResult:
    try:
        return calculate(request)
    except NoSolution:
        assume(False)
        raise


@given(requests(), st.randoms(use_true_random=False))
def test_the_order_in_which_accounts_are_given_changes_nothing(request: PlanRequest, random: Any) -> None:
    shuffled = list(request.accounts)
    random.shuffle(shuffled)
    assert worked(replace(request, accounts=tuple(shuffled))) == worked(request)


@given(requests())
def test_every_account_pays_what_it_owed_component_by_component(request: PlanRequest) -> None:
    result = worked(request)
    owed = {account.id: account.balance for account in request.accounts}
    for account in result.accounts:
        assert account.applied + account.waived == owed[account.id]
    payments = [*([result.down_payment] if result.down_payment else []), *result.schedule]
    for row in payments:
        assert row.applied == sum((share.applied for share in row.by_account), Balance())
        assert row.balance == sum(share.left for share in row.by_account)
        assert min(share.left for share in row.by_account) >= 0
    assert {share.left for share in result.schedule[-1].by_account} == {0}


@given(requests(), st.integers(0, 60))
def test_an_instalment_goes_where_a_payment_of_its_day_would(request: PlanRequest, later: int) -> None:
    first = date(2026, 11, 23 + 7).replace(day=30)
    request = replace(
        request, clock="running", down_payment=0, settlement_amount=None, first_due=first, waive=Balance()
    )
    request = replace(request, method="interest_free", annual_rate=Decimal(0), as_of=date(2026, 11, 30 - later % 30))
    row = worked(request).schedule[0]
    accounts = [
        AccountDue(a.id, date.fromordinal(request.as_of.toordinal() - a.days_past_due), a.balance)
        for a in sorted(request.accounts, key=lambda account: account.id)
    ]
    found = allocate(row.amount, accounts, row.due, load("zh-CN", row.due).payment_order)
    assert {share.id: share.applied for share in row.by_account} == {a.id: a.applied for a in found.accounts}


def test_one_account_is_the_same_as_none() -> None:
    whole = {"principal": "1000.00", "interest": "200.00"}
    one = calculate(read_request(over({**OLD, "balance": whole})))
    none = calculate(read_request(over(balance=whole, days_past_due=85, accounts=None)))
    assert [replace(row, by_account=()) for row in one.schedule] == list(none.schedule)
    assert answer(one)["totals"] == answer(none)["totals"]
