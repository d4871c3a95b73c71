"""Every condition a plan may have, as typed at the desk: lumps, steps, own dates, waivers, accounts, unknowns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from local_db import projections, replica
from tests.ui.sample_book import SAMPLES, TODAY, WANG
from workstation import tables
from workstation.desk.plan_views import FIELDS, METHODS, PlanForm, PlanView, fields_of, rarer_fields_of
from workstation.domain.events import PlanProposed, decode_body
from workstation.domain.message import Message, Money
from workstation.domain.plan_form import run_plan
from workstation.session import Desk

OWED = 4_861_327
LIU = SAMPLES[3]
BUDGET: dict[str, Any] = {
    "income": [{"kind": "salary", "amount": "8200.00", "per": "month"}],
    "spending": [{"kind": "food", "amount": "4150.00", "per": "month"}],
    "priority_debts": [{"kind": "mortgage", "amount": "2000.00", "per": "month"}],
}


def view(desk: Desk, **fields: Any) -> PlanView:
    return desk.plan.calculate(WANG.id, replace(desk.plan.start(), **fields))


def plain(messages: tuple[Message, ...]) -> str:
    return "\n".join(message.plain() for message in messages)


def request_of(shown: PlanView) -> dict[str, Any]:
    assert shown.request is not None
    return dict(shown.request)


def test_every_method_names_its_fields_once_and_only_fields_of_the_form() -> None:
    known = set(PlanForm.__dataclass_fields__)
    assert set(FIELDS) == set(METHODS)
    for method in METHODS:
        asked = [*fields_of(method), *rarer_fields_of(method)]
        assert len(asked) == len(set(asked))
        assert set(asked) <= known


@pytest.mark.parametrize(
    ("fields", "amounts"),
    [
        ({"method": "equal_instalment", "annual_rate": "6%", "instalments": "12"}, {418_397}),
        ({"method": "down_payment", "down_payment": "1万", "instalments": "18"}, {214_518}),
        ({"method": "balloon", "balloon": "1w", "instalments": "12"}, {351_030, 351_027}),
    ],
)
def test_the_amount_that_was_left_empty_is_found(desk: Desk, fields: dict[str, str], amounts: set[int]) -> None:
    shown = view(desk, **fields)
    assert shown.error is None
    assert {row.amount.minor for row in shown.rows[:-1]} == amounts
    assert shown.found["amount"].params["amount"] == shown.rows[0].amount


def test_a_stepped_plan_grows_by_a_share_or_an_amount_and_falls_with_a_minus(desk: Desk) -> None:
    by_share = view(desk, method="stepped", step_every="6", step="10%").rows
    assert by_share[6].amount.minor == pytest.approx(by_share[0].amount.minor * 1.1, abs=1)
    by_amount = view(desk, method="stepped", step_every="4", step="100").rows
    assert by_amount[4].amount.minor - by_amount[0].amount.minor == 10_000
    falling = view(desk, method="stepped", step_every="6", step="-200").rows
    assert falling[6].amount.minor - falling[0].amount.minor == -20_000
    assert view(desk, method="stepped", step="").error is not None


def test_own_dates_are_read_as_typed_or_pasted_and_the_last_amount_may_be_missing(desk: Desk) -> None:
    typed = "12-30 1600\n1.5万 2027-1-30\n2027-03-01"
    shown = view(desk, method="custom", custom=typed)
    assert [(row.due, row.amount.minor) for row in shown.rows] == [
        (date(2026, 12, 30), 160_000),
        (date(2027, 2, 1), 1_500_000),  # 30 January is a Saturday
        (date(2027, 3, 1), OWED - 1_660_000),
    ]
    assert request_of(shown)["custom"][2]["amount"] == "32013.27"
    pasted = view(desk, method="custom", custom="2026-12-30\t20,000.00\n2027-01-29\t28,613.27\n")
    assert [row.amount.minor for row in pasted.rows] == [2_000_000, 2_861_327]


def test_a_line_that_cannot_be_read_is_named(desk: Desk) -> None:
    shown = view(desk, method="custom", custom="12-30 1600\nsoon 2000\n2027-3-1")
    assert shown.error is not None
    assert shown.error.params["n"] == 2
    assert shown.readings["custom"].error == shown.error


def test_a_waiver_is_an_amount_or_a_share_of_its_component(desk: Desk) -> None:
    half = view(desk, waive_interest="50%", waive_penalty="100%")
    assert request_of(half)["waive"]["interest"] == "2551.22"
    assert request_of(half)["waive"]["penalty"] == "2230.83"
    assert half.readings["waive_interest"].value == 255_122
    for wrong in ("150%", "-10%"):
        assert view(desk, waive_interest=wrong).error is not None
    principal = view(desk, waive_principal="10%")
    assert request_of(principal)["waive"]["principal"] == "4128.00"
    assert principal.needs_approval


def test_a_day_to_be_done_by_gives_the_number(desk: Desk) -> None:
    shown = view(desk, instalments="", last_due="2027-12-31")
    assert len(shown.rows) == 14
    early = view(desk, instalments="", last_due="2026-11-25")
    assert early.error is not None
    assert early.readings["last_due"].error == early.error


def test_a_clock_that_stands_still_keeps_the_payment_order(desk: Desk) -> None:
    running, stopped = view(desk).rows, view(desk, clock="stopped").rows
    assert running[1].interest.minor == 0  # past day 91: principal first
    assert stopped[1].interest.minor > 0
    assert [row.amount for row in running] == [row.amount for row in stopped]


def test_old_interest_may_run_on_to_the_first_due_day(desk: Desk) -> None:
    shown = view(desk, accrue="first_due")
    added = 4_128_000 * 5 * 7 // 10_000  # seven days at 0.05 % a day
    assert sum(row.amount.minor for row in shown.rows) == OWED + added
    assert any(value == Money(added, "CNY") for _, value in shown.facts)


def test_what_another_method_left_behind_means_nothing(desk: Desk) -> None:
    left = {"balloon": "9999999", "step": "nonsense", "custom": "x", "down_payment_on": "some day"}
    assert view(desk, **left).rows == view(desk).rows


def test_i_can_pay_800_a_month(desk: Desk) -> None:
    """Months, total, the waiver it needs and who must approve, from one figure."""
    shown = view(desk, amount="800", instalments="")
    assert shown.error is None
    assert len(shown.rows) == 60
    assert shown.found["waive_penalty"].params["amount"] == Money(61_327, "CNY")
    assert shown.findings[0].params == {"n": 60, "waived": Money(61_327, "CNY")}
    assert shown.proof is not None
    assert shown.needs_approval  # sixty months are longer than a collector may agree to
    assert shown.card.badge is not None
    assert shown.card.badge.text.params["role"] == ("role", "lead")
    body = request_of(shown)
    assert "solve" not in body  # what is recorded gives the same plan without solving
    assert sum(row.amount.minor for row in shown.rows) == OWED - 61_327
    assert run_plan(body)["totals"]["paid"] == "48000.00"


def test_what_not_even_a_waiver_of_all_charges_makes_possible_is_refused_with_the_nearest(desk: Desk) -> None:
    for little in ("1", "600"):
        shown = view(desk, amount=little, instalments="")
        assert shown.rows == ()
        assert shown.error is not None
        assert shown.error.params["nearest"] == Money(81_023, "CNY")
    typed = view(desk, amount="800", instalments="", waive_interest="10")
    assert typed.error is not None  # the waiver is said already: nothing is added to it unasked


@pytest.mark.parametrize(
    ("unknown", "fields", "found"),
    [
        ("waive", {"amount": "1900", "instalments": "24"}, {"waive_penalty": 223_083, "waive_interest": 78_244}),
        ("down_payment", {"amount": "1600", "instalments": "24"}, {"down_payment": 1_021_327}),
    ],
)
def test_one_unknown_is_worked_out_from_amount_and_number(
    desk: Desk, unknown: str, fields: dict[str, str], found: dict[str, int]
) -> None:
    shown = view(desk, unknown=unknown, **fields)
    assert shown.error is None
    for name, minor in found.items():
        assert shown.found[name].params["amount"] == Money(minor, "CNY")
    assert shown.proof is not None
    assert len(shown.rows) == 24


def test_typed_waivers_limit_the_waiver_that_is_worked_out(desk: Desk) -> None:
    fields = {"amount": "1900", "instalments": "24", "unknown": "waive"}
    assert view(desk, **fields, waive_penalty="100%").error is not None
    assert view(desk, **fields, waive_penalty="100%", waive_interest="2000").error is None


def test_the_rate_is_worked_out_and_the_rate_field_ignored(desk: Desk) -> None:
    form = {"method": "equal_instalment", "amount": "3500", "instalments": "15", "unknown": "annual_rate"}
    shown = view(desk, **form, annual_rate="99")
    assert shown.error is None
    assert shown.found["annual_rate"].plain() == "11.7268%"


def test_the_budget_marks_what_is_affordable_and_by_how_much_not(desk: Desk) -> None:
    form = replace(desk.plan.start(), amount="1600", instalments="")
    fits = desk.plan.calculate(WANG.id, form, BUDGET).card
    assert fits.badge is not None
    assert fits.badge.text.plain() == "Affordable"
    over = desk.plan.calculate(WANG.id, replace(form, amount="2021.25"), BUDGET).card
    assert over.badge is not None
    # 2,050.00 are left to live on, nine tenths of it may go: 1,845.00
    assert (over.badge.tone, over.badge.text.params["amount"]) == ("warn", Money(17_625, "CNY"))
    unknown = desk.plan.calculate(WANG.id, form).card
    assert unknown.badge is not None
    assert unknown.badge.text.plain() == "Within limits"


def test_suggestions_are_conditions_that_give_the_plan_they_tell_of(desk: Desk) -> None:
    found = desk.plan.suggest(WANG.id, desk.plan.start(), BUDGET)
    assert 2 <= len(found) <= 3
    for made in found:
        assert made.why
        shown = desk.plan.calculate(WANG.id, made.form, BUDGET)
        assert shown.error is None, shown.error
    first = desk.plan.calculate(WANG.id, found[0].form, BUDGET)
    assert max(row.amount.minor for row in first.rows) <= 184_500
    assert found[-1].form.method == "settlement"


def test_cards_stand_in_the_order_of_their_conditions(desk: Desk) -> None:
    forms = [replace(desk.plan.start(), instalments=number) for number in ("6", "601", "24")]
    cards = desk.plan.compare(WANG.id, forms)
    assert [card.error is None for card in cards] == [True, False, True]
    assert cards[0].amount == Money(810_221, "CNY")
    assert cards[0].remaining[0] == (TODAY, OWED)
    assert cards[0].remaining[-1][1] == 0


@pytest.fixture
def two_cards(desk: Desk) -> Desk:
    """刘洋 has a second, older card."""
    other = LIU.part("second account")
    with desk.seat.store.write() as conn:
        replica.upsert(
            conn, tables.account, [(other, LIU.id, "6217000099997777", 2_000_000, "2020-01-01", 6, "2026-09-01")]
        )
        replica.upsert(
            conn,
            tables.balance_snapshot,
            [(LIU.part("second snapshot"), LIU.id, other, TODAY.isoformat(), 300_000, 12_000, 5_000, 0, 0, 3)],
        )
        projections.rebuild(conn, TODAY)
    return desk


def test_all_accounts_are_paid_and_single_ones_can_be_taken_out(two_cards: Desk) -> None:
    desk = two_cards
    form = replace(desk.plan.start(), instalments="6")
    both = desk.plan.calculate(LIU.id, form)
    assert [choice.taken for choice in both.accounts] == [True, True]
    assert "**" in both.accounts[0].shown.plain()  # masked
    assert len(request_of(both)["accounts"]) == 2
    assert sum(row.amount.minor for row in both.rows) == 833_052 + 317_000
    older, younger = (choice.id for choice in both.accounts)
    alone = desk.plan.calculate(LIU.id, replace(form, without=[older]))
    assert sum(row.amount.minor for row in alone.rows) == 833_052
    assert [account["id"] for account in request_of(alone)["accounts"]] == [younger]  # named: it is one of several
    nobody = desk.plan.calculate(LIU.id, replace(form, without=[choice.id for choice in both.accounts]))
    assert nobody.rows == both.rows  # a plan for nothing is none: all are taken


def test_circumstances_and_the_replaced_plan_are_recorded(desk: Desk) -> None:
    form = replace(desk.plan.start(), waive_interest="5000", circumstances="  失业三个月  ")
    desk.plan.propose(WANG.id, form)
    first = desk.seat.file(WANG.id).events[-1]
    desk.plan.propose(WANG.id, desk.plan.start())
    second = desk.seat.file(WANG.id).events[-1]
    asked, again = (decode_body(event.kind, event.body) for event in (first, second))
    assert isinstance(asked, PlanProposed)
    assert isinstance(again, PlanProposed)
    assert (asked.circumstances, asked.needs_approval) == ("失业三个月", True)
    assert (again.circumstances, again.replaces) == ("", first.id)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"amount": "1600", "instalments": "", "waive_penalty": "100%", "frequency": "fortnightly"},
        {"method": "equal_instalment", "annual_rate": "6.12%", "business_days": "none", "clock": "stopped"},
        {"method": "equal_principal", "annual_rate": "12%", "accrue": "first_due", "waive_fees": "0"},
        {"method": "stepped", "step": "-5%", "step_every": "4"},
        {"method": "stepped", "step": "150", "step_every": "3", "annual_rate": "3%"},
        {"method": "down_payment", "down_payment": "1万", "down_payment_on": "+1", "instalments": "18"},
        {"method": "balloon", "balloon": "1w", "waive_interest": "50"},
        {"method": "settlement", "amount": "47000", "instalments": "3"},
        {"method": "custom", "custom": "2026-12-15 8613.27\n2027-01-15 40000"},
        {"unknown": "waive", "amount": "800", "instalments": "60"},
    ],
    ids=str,
)
def test_a_proposal_that_waits_comes_back_with_its_own_conditions(desk: Desk, fields: dict[str, str]) -> None:
    form = replace(desk.plan.start(), circumstances="住院三个月", **fields)
    proposed = desk.plan.calculate(WANG.id, form)
    assert proposed.error is None
    desk.announce(desk.plan.propose(WANG.id, form))
    again = desk.plan.calculate(WANG.id, desk.plan.resume(WANG.id))
    assert again.error is None
    assert again.rows == proposed.rows
    assert again.card == proposed.card


def test_without_a_proposal_that_waits_one_begins_anew(desk: Desk) -> None:
    assert desk.plan.resume(WANG.id) == desk.plan.start()
    desk.announce(desk.plan.propose(WANG.id, replace(desk.plan.start(), instalments="6")))
    assert desk.plan.resume(WANG.id).instalments == "6"
    desk.announce(desk.plan_follow.agree(WANG.id, "recorded", "R-1"))
    assert desk.plan.resume(WANG.id) == desk.plan.start()
