"""A plan solved for the one thing not given: the answers a collector needs, both sides of each, and clear refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.domain.money.plan_requests import example, principal_only
from workstation.domain.errors import InputError
from workstation.domain.message import Message
from workstation.domain.money import Balance
from workstation.domain.plan import CustomPart, NoSolution, PlanRequest, Step, calculate
from workstation.domain.plan_form import read_request, run_plan
from workstation.domain.plan_unknown import solve_for
from workstation.domain.plan_unknown_form import plain_request
from workstation.domain.plan_values import Unknown


def debt(method: str = "interest_free", **changes: Any) -> PlanRequest:
    """1,000.00 yuan of principal, first due on 30 November 2026."""
    return principal_only(100_000, method, **changes)


class TestNumber:
    def test_is_the_smallest_that_pays(self) -> None:
        found = solve_for(debt(instalment_amount=30_000), "instalments")
        assert found.value == 4
        assert [row.amount for row in found.result.schedule] == [30_000, 30_000, 30_000, 10_000]
        assert found.proof.plain() == (
            "One instalment fewer is not enough. After 3 instalments 100.00 CNY would still be owed."
        )

    def test_exactly_enough_needs_no_more(self) -> None:
        assert solve_for(debt(instalment_amount=25_000), "instalments").value == 4
        assert solve_for(debt(instalment_amount=24_999), "instalments").value == 5

    def test_one_payment_is_as_short_as_can_be(self) -> None:
        found = solve_for(debt(instalment_amount=100_000), "instalments")
        assert found.value == 1
        assert found.proof.plain() == "No plan by this method has fewer instalments."

    def test_until_a_day_is_how_many_fall_due_by_then(self) -> None:
        found = solve_for(debt(), "instalments", last_due=date(2027, 3, 29))
        assert found.value == 4
        assert found.result.payoff == date(2027, 2, 28)
        assert found.proof.plain() == "One instalment more would fall due only on 2027-03-30."
        assert solve_for(debt(), "instalments", last_due=date(2027, 3, 30)).value == 5

    def test_too_small_an_amount_names_the_smallest_that_works(self) -> None:
        with pytest.raises(NoSolution) as raised:
            solve_for(debt(instalment_amount=1_666), "instalments")
        assert raised.value.field == "instalment_amount"
        assert raised.value.nearest == {"instalment_amount": "16.67"}
        assert solve_for(debt(instalment_amount=1_667), "instalments").value == 60


class TestAmount:
    def test_is_the_smallest_cent_so_that_no_instalment_is_larger(self) -> None:
        found = solve_for(debt(instalments=3), "instalment_amount")
        assert found.value == 33_334
        assert [row.amount for row in found.result.schedule] == [33_334, 33_334, 33_332]
        assert found.proof.plain() == (
            "333.33 CNY at a time is not enough. After 3 instalments 0.01 CNY would still be owed."
        )

    def test_to_be_done_by_a_day(self) -> None:
        found = solve_for(debt(), "instalment_amount", last_due=date(2027, 3, 29))
        assert found.value == 25_000
        assert found.result.payoff == date(2027, 2, 28)

    def test_a_business_day_is_waited_for(self) -> None:
        # 28 February 2027 is a Sunday: with business days the fourth instalment falls due on 1 March.
        until = date(2027, 2, 28)
        assert solve_for(debt(), "instalment_amount", last_due=until).value == 25_000
        assert solve_for(debt(business_days="following"), "instalment_amount", last_due=until).value == 33_334

    def test_with_interest_the_last_one_is_not_larger_than_the_others(self) -> None:
        found = solve_for(debt("equal_instalment", instalments=12, annual_rate=Decimal("0.12")), "instalment_amount")
        assert found.value == 8_885  # the annuity is 88.848789
        assert [row.amount for row in found.result.schedule[-2:]] == [8_885, 8_884]

    def test_equal_principal_begins_with_the_largest(self) -> None:
        found = solve_for(debt("equal_principal", instalments=10, annual_rate=Decimal("0.12")), "instalment_amount")
        assert found.value == 10_990  # the last may be as large as the one before it
        rows = found.result.schedule
        assert [row.amount for row in (rows[0], rows[1], rows[-2], rows[-1])] == [10_990, 10_890, 10_191, 10_191]

    def test_balloon_leaves_the_last_one_as_stated(self) -> None:
        found = solve_for(debt("balloon", instalments=5, balloon=60_000), "instalment_amount")
        assert [row.amount for row in found.result.schedule] == [10_000] * 4 + [60_000]

    def test_settlement_in_parts(self) -> None:
        found = solve_for(debt("settlement", instalments=7, settlement_amount=60_000), "instalment_amount")
        assert found.value == 8_572
        assert found.result.schedule[-1].amount == 60_000 - 6 * 8_572

    def test_a_currency_without_minor_unit(self) -> None:
        found = solve_for(debt(instalments=3, currency="JPY"), "instalment_amount")
        assert (
            found.proof.plain() == "33333 JPY at a time is not enough. After 3 instalments 1 JPY would still be owed."
        )

    def test_the_first_amount_of_steps(self) -> None:
        stepped = debt("stepped", instalments=4, step=Step(every=2, amount=10_000))
        found = solve_for(stepped, "first_amount")
        assert found.value == 20_000
        assert [row.amount for row in found.result.schedule] == [20_000, 20_000, 30_000, 30_000]
        assert found.proof.plain() == (
            "Beginning with 199.99 CNY is not enough. After 4 instalments 0.04 CNY would still be owed."
        )

    def test_more_instalments_than_allowed_name_the_most(self) -> None:
        with pytest.raises(NoSolution) as raised:
            solve_for(debt(instalments=61), "instalment_amount")
        assert raised.value.nearest == {"instalments": 60}
        assert "《商业银行信用卡业务监督管理办法》" in raised.value.message.plain()

    @pytest.mark.parametrize("unknown", ["annual_rate", "waive", "down_payment", "first_amount"])
    def test_ten_thousand_steps_are_too_many_whatever_is_asked(self, unknown: Unknown) -> None:
        amount = None if unknown == "first_amount" else 1_000
        asked = debt("stepped", instalments=10_000, instalment_amount=amount, step=Step(every=1, percent=Decimal(10)))
        with pytest.raises(NoSolution) as raised:
            solve_for(asked, unknown)
        assert raised.value.nearest == {"instalments": 60}

    def test_a_last_day_before_the_first_instalment_names_the_earliest(self) -> None:
        with pytest.raises(NoSolution) as raised:
            solve_for(debt(), "instalment_amount", last_due=date(2026, 11, 29))
        assert raised.value.field == "last_due"
        assert raised.value.nearest == {"last_due": "2026-11-30"}

    def test_a_last_day_beyond_the_longest_term_names_the_latest(self) -> None:
        latest = date(2031, 10, 30)
        assert solve_for(debt(), "instalment_amount", last_due=latest).result.instalments == 60
        with pytest.raises(NoSolution) as raised:
            solve_for(debt(), "instalment_amount", last_due=date(2031, 11, 30))
        assert raised.value.nearest == {"last_due": "2031-10-30"}


class TestRate:
    def test_is_the_highest_at_which_the_instalments_still_pay(self) -> None:
        asked = debt("equal_instalment", instalments=12, instalment_amount=8_885)
        found = solve_for(asked, "annual_rate")
        assert found.value == Decimal("0.120059")
        assert found.result.instalments == 12
        assert found.proof.plain() == (
            "12.0060% a year is too much. After 12 instalments 0.01 CNY would still be owed."
        )
        higher = replace(found.request, annual_rate=Decimal("0.120060"))
        assert calculate(higher).instalments == 13

    def test_instalments_that_pay_without_interest_only(self) -> None:
        found = solve_for(debt("equal_instalment", instalments=4, instalment_amount=25_000), "annual_rate")
        assert found.value == Decimal("0.000059")  # less than half a cent of interest each month
        assert found.result.totals.plan_interest == 0

    def test_none_when_they_do_not_pay_even_without_interest(self) -> None:
        with pytest.raises(NoSolution) as raised:
            solve_for(debt("equal_instalment", instalments=4, instalment_amount=24_999), "annual_rate")
        assert raised.value.message.plain() == (
            "Even without interest 249.99 CNY at a time is not enough; 250.00 CNY would be. "
            "After 4 instalments 0.04 CNY would still be owed."
        )
        assert raised.value.nearest == {"instalment_amount": "250.00"}

    def test_no_rate_is_above_one(self) -> None:
        found = solve_for(debt("equal_instalment", instalments=12, instalment_amount=50_000), "annual_rate")
        assert found.value == 1
        assert found.proof.plain() == "A yearly rate above 100.00% is not accepted."

    def test_balloon_takes_the_highest_at_which_it_comes_out_to_the_cent(self) -> None:
        asked = debt("balloon", instalments=12, instalment_amount=4_816, balloon=50_050)
        found = solve_for(asked, "annual_rate")
        assert found.value == Decimal("0.040294")
        assert found.proof.plain() == (
            "4.0295% a year is too much. With rounded interest no plan ends with exactly 500.50 CNY then."
        )
        assert found.result.schedule[-1].amount == 50_050
        with pytest.raises(NoSolution):
            calculate(replace(found.request, annual_rate=Decimal("0.040295")))


class TestWaiver:
    OWED = Balance(principal=80_000, interest=10_000, penalty=5_000, fees=3_000, costs=2_000)

    def test_is_the_smallest_spread_as_a_settlement_is(self) -> None:
        found = solve_for(debt(balance=self.OWED, instalments=10, instalment_amount=9_000), "waive")
        assert found.value == 10_000
        assert found.request.waive == Balance(penalty=5_000, fees=3_000, interest=2_000)
        assert found.proof.plain() == (
            "Waiving 99.99 CNY is not enough. After 10 instalments 0.01 CNY would still be owed."
        )

    def test_a_limit_keeps_a_component_from_being_waived_further(self) -> None:
        limit = Balance(penalty=2_000, interest=8_000)
        asked = debt(balance=self.OWED, instalments=10, instalment_amount=9_000)
        assert solve_for(asked, "waive", waive_limit=limit).request.waive == limit
        with pytest.raises(NoSolution) as raised:
            solve_for(asked, "waive", waive_limit=replace(limit, interest=7_999))
        assert raised.value.nearest == {"instalment_amount": "90.01"}
        assert raised.value.message.plain() == (
            "Even if 99.99 CNY is waived, which is all that may be, 90.00 CNY at a time is not enough; "
            "90.01 CNY would be. After 10 instalments 0.01 CNY would still be owed."
        )

    def test_nothing_when_the_instalments_pay_everything(self) -> None:
        found = solve_for(debt(instalments=4, instalment_amount=25_000), "waive")
        assert found.value == 0
        assert found.proof.plain() == "Nothing has to be waived: the instalments pay everything."

    def test_settling_with_a_lump(self) -> None:
        found = solve_for(debt("settlement", instalments=1, instalment_amount=70_000), "waive")
        assert found.value == 30_000
        assert found.result.totals.paid == 70_000

    def test_settling_without_a_waiver_is_a_plan_in_full(self) -> None:
        with pytest.raises(NoSolution) as raised:
            solve_for(debt("settlement", instalments=1, instalment_amount=100_000), "waive")
        assert raised.value.nearest == {"method": "interest_free"}

    def test_what_leads_nowhere_alone_is_tried_with_what_it_calls_for(self) -> None:
        asked = debt("settlement", instalments=1, instalment_amount=70_000)
        with pytest.raises(NoSolution) as raised:
            solve_for(asked, "waive", waive_limit=Balance())
        assert raised.value.nearest == {"instalment_amount": "1000.00", "method": "interest_free"}


class TestDownPayment:
    def test_is_the_smallest_that_leaves_what_the_instalments_pay(self) -> None:
        found = solve_for(debt("down_payment", instalments=6, instalment_amount=12_000), "down_payment")
        assert found.value == 28_000
        assert found.proof.plain() == (
            "279.99 CNY paid down is not enough. After 6 instalments 0.01 CNY would still be owed."
        )

    def test_before_a_settlement(self) -> None:
        asked = debt("settlement", instalments=2, instalment_amount=20_000, settlement_amount=60_000)
        assert solve_for(asked, "down_payment").value == 20_000

    def test_none_is_needed_when_the_instalments_pay_everything(self) -> None:
        assert solve_for(debt(instalments=4, instalment_amount=25_000), "down_payment").value == 0
        with pytest.raises(NoSolution) as raised:
            solve_for(debt("down_payment", instalments=4, instalment_amount=25_000), "down_payment")
        assert raised.value.nearest == {"method": "interest_free"}


class TestLastDate:
    def test_when_am_i_done_if_i_pay_so_much(self) -> None:
        found = solve_for(debt(instalment_amount=30_000), "last_due")
        assert found.value == date(2027, 2, 28)
        assert found.proof.plain() == (
            "One instalment fewer is not enough. After 3 instalments 100.00 CNY would still be owed."
        )

    def test_when_am_i_done_in_so_many(self) -> None:
        found = solve_for(debt(instalments=4), "last_due")
        assert found.value == date(2027, 2, 28)
        assert found.proof.plain() == (
            "Until the day before, only 3 instalments have fallen due, the last on 2027-01-30."
        )


@pytest.mark.parametrize(
    ("unknown", "changes", "field"),
    [
        ("instalments", {"instalments": 3}, "instalments"),
        ("instalments", {}, "instalment_amount"),
        ("instalment_amount", {"instalment_amount": 1}, "instalment_amount"),
        ("instalment_amount", {}, "instalments"),
        ("first_amount", {"instalments": 3}, "solve"),
        ("annual_rate", {"instalments": 3, "instalment_amount": 1}, "solve"),
        ("annual_rate", {"method": "equal_instalment", "instalments": 3}, "instalment_amount"),
        ("annual_rate", {"method": "equal_instalment", "instalment_amount": 3}, "instalments"),
        ("annual_rate", {"method": "equal_instalment", "annual_rate": Decimal("0.1")}, "annual_rate"),
        ("waive", {"waive": Balance(1), "instalments": 3, "instalment_amount": 1}, "waive"),
        ("waive", {"method": "settlement", "settlement_amount": 9, "instalments": 1}, "settlement_amount"),
        ("waive", {"instalments": 3, "instalment_amount": 0}, "instalment_amount"),
        ("waive", {"instalments": 3, "instalment_amount": 1, "first_due": None}, "first_due"),
        ("down_payment", {"down_payment": 5, "instalments": 3, "instalment_amount": 1}, "down_payment"),
        ("last_due", {"instalments": 3, "instalment_amount": 1}, "instalments"),
        ("instalments", {"method": "custom", "custom": (CustomPart(date(2026, 12, 1), 100_000),)}, "solve"),
    ],
)
def test_what_is_missing_or_too_much_is_named(unknown: Unknown, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as raised:
        solve_for(replace(debt(), **changes), unknown)
    assert raised.value.field == field


def test_a_limit_belongs_to_the_waiver_only() -> None:
    with pytest.raises(InputError) as raised:
        solve_for(debt(instalments=3), "instalment_amount", waive_limit=Balance(1))
    assert raised.value.field == "waive_limit"


class TestJson:
    def test_the_answer_carries_what_was_solved_beside_the_plan(self) -> None:
        asked = example(solve="instalments")
        answer = run_plan(asked)
        assert answer["solved"] == {
            "field": "instalments",
            "value": 29,
            "proof": "One instalment fewer is not enough. After 28 instalments 1582.44 CNY would still be owed.",
            "request": {"instalments": None, "instalment_amount": "1600.00"},
        }
        del answer["solved"]
        assert answer == run_plan(example())

    @pytest.mark.parametrize(
        ("changes", "value"),
        [
            ({"solve": "waive", "waive": None, "instalments": 29}, "2213.27"),
            ({"solve": "down_payment", "instalments": 24}, "7982.44"),
            ({"solve": "last_due"}, "2029-03-30"),
            ({"solve": "annual_rate", "method": "equal_instalment", "instalments": 36}, "0.146533"),
            ({"solve": "instalment_amount", "instalment_amount": None, "last_due": "2027-11-30"}, "3567.88"),
        ],
    )
    def test_the_request_with_the_answer_in_it_gives_the_same_plan(self, changes: dict[str, Any], value: str) -> None:
        asked = example(**changes)
        answer = run_plan(asked)
        solved = answer.pop("solved")
        assert solved["value"] == value
        plain = {**asked, **solved["request"], "solve": None, "last_due": None}
        again = run_plan({name: given for name, given in plain.items() if given is not None})
        assert again == answer

    @pytest.mark.parametrize("unknown", ["waive", "down_payment", "instalment_amount"])
    def test_over_several_accounts_with_interest_that_runs_on(self, unknown: str) -> None:
        accounts = [
            {"id": "B", "balance": {"principal": "9000.00", "penalty": "100.00"}, "days_past_due": 20},
            {"id": "A", "balance": {"principal": "20000.00", "interest": "800.00"}, "days_past_due": 100},
        ]
        asked = example(
            solve=unknown,
            balance=None,
            days_past_due=None,
            waive=None,
            accounts=accounts,
            accrue={"daily_rate": "0.0005", "to": "first_due"},
            instalments=24,
            instalment_amount=None if unknown == "instalment_amount" else "1200.00",
        )
        answer = run_plan(asked)
        solved = answer.pop("solved")
        assert {row["id"] for row in answer["schedule"][0]["accounts"]} == {"A", "B"}
        plain = {**asked, **solved["request"], "solve": None}
        assert run_plan({name: given for name, given in plain.items() if given is not None}) == answer

    def test_a_typed_answer_makes_the_same_request(self) -> None:
        asked = example(
            solve="waive", waive=None, instalments=28, waive_limit={"penalty": "2230.83", "interest": "5000"}
        )
        request = read_request(asked)
        found = solve_for(request, "waive", waive_limit=Balance(interest=500_000, penalty=223_083))
        plain = plain_request(asked, found)
        assert not {"solve", "waive_limit", "instalments"} & set(plain)
        assert calculate(read_request(plain)) == found.result

    @pytest.mark.parametrize("field", ["waive_limit", "last_due"])
    def test_what_belongs_to_solving_is_refused_without(self, field: str) -> None:
        with pytest.raises(InputError) as raised:
            run_plan(example(**{field: {} if field == "waive_limit" else "2027-11-30"}))
        assert raised.value.field == field


def test_every_proof_is_a_sentence_to_be_translated() -> None:
    found = solve_for(debt(instalments=3), "instalment_amount")
    assert isinstance(found.proof, Message)
    assert isinstance(found.proof.params["why"], Message)
