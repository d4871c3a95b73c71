"""The budget at the desk: read as typed, flagged and never refused, recorded, and brought back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from tests.ui.sample_book import SAMPLES, WANG
from workstation.desk.budget_views import BudgetForm, BudgetRow, CreditorRow
from workstation.domain.affordability import Budget, BudgetLine
from workstation.domain.errors import InputError
from workstation.domain.message import Money
from workstation.domain.plan_form import run_plan
from workstation.session import Desk

NEW = SAMPLES[6]  # nothing is recorded on this case
WAGE = [BudgetRow("salary", "5")]


def drawing() -> BudgetForm:
    """The month of the drawing: 8,800 in, 4,150 for living, 2,000 for the mortgage, 850 agreed with three others."""
    return BudgetForm(
        income=[BudgetRow("salary", "8.2k"), BudgetRow("second_job", "600/月")],
        spending=[
            BudgetRow("food", "2400"),
            BudgetRow("transport", "每周150"),
            BudgetRow("utilities", "500"),
            BudgetRow("health", "600"),
            BudgetRow("education", "", reason=""),
        ],
        priority_debts=[BudgetRow("mortgage", "2.4万", "year")],
        other_creditors=[
            CreditorRow("A", "", "400"),
            CreditorRow("B", "", "300/month"),
            CreditorRow("C", "9000", "150"),
        ],
    )


def test_a_case_without_a_budget_begins_with_the_rows_everybody_has(desk: Desk) -> None:
    form = desk.budget.start(WANG.id)
    assert [row.kind for row in form.spending] == ["food", "housing", "utilities", "transport", "health"]
    view = desk.budget.assess(WANG.id, form)
    assert view.error is None
    assert view.state is not None
    assert (view.state.text.plain(), view.flags) == ("No budget yet", ())
    assert desk.budget.request_of(WANG.id, form) is None


def test_the_summary_adds_up_to_what_can_go_to_this_case(desk: Desk) -> None:
    view = desk.budget.assess(WANG.id, drawing())
    assert view.error is None
    assert [(line.label.plain(), line.amount.minor) for line in view.summary] == [
        ("Monthly income", 880_000),
        ("Essential spending", -415_000),
        ("Rent and mortgage", -200_000),
        ("Stays with the person", -26_500),
        ("Other creditors", -85_000),
    ]
    assert view.available == Money(153_500, "CNY")
    assert sum(line.amount.minor for line in view.summary) == 153_500
    assert view.state is not None
    assert (view.state.tone, view.state.text.plain()) == ("good", "Can be paid each month")
    assert view.summary[0].detail is not None
    assert view.summary[0].detail.plain() == "salary 8,200 · second_job 600"


def test_the_period_typed_with_the_amount_counts_and_is_shown(desk: Desk) -> None:
    view = desk.budget.assess(WANG.id, drawing())
    transport = next(line for line in view.lines["spending"] if line.field == "spending.1")
    assert (transport.per.id, transport.amount.minor, transport.monthly.minor) == ("week", 15_000, 65_000)
    assert (transport.alone, view.lines["spending"][0].alone) == ("150", "")
    shown = view.readings["spending.1.amount"].shown
    assert shown is not None
    assert shown.plain() == "650.00 CNY a month"
    assert view.lines["priority_debts"][0].monthly.minor == 200_000


def test_unsecured_creditors_without_an_agreement_share_by_balance(desk: Desk) -> None:
    owed = 41_280_00 + 5_102_44 + 2_230_83
    form = BudgetForm(income=[BudgetRow("salary", "1000")], other_creditors=[CreditorRow("", f"{owed / 100:.2f}")])
    view = desk.budget.assess(WANG.id, form)
    assert view.available == Money(450_00, "CNY")


def test_spending_outside_the_reference_is_flagged_beside_its_line_and_recorded_all_the_same(desk: Desk) -> None:
    form = drawing()
    form.spending[0].amount = "100"
    view = desk.budget.assess(WANG.id, form)
    (flag,) = view.flags
    assert (flag.field, flag.reason) == ("spending.0", "")
    assert [finding.level for finding in view.findings] == ["warn"]
    desk.announce(desk.budget.record(WANG.id, form))
    form.spending[0].reason = "eats at work"
    view = desk.budget.assess(WANG.id, form)
    assert [finding.level for finding in view.findings] == ["info"]
    assert view.flags[0].reason == "eats at work"


def test_what_is_left_out_is_flagged_at_its_empty_row_and_a_reason_alone_answers_it(desk: Desk) -> None:
    form = drawing()
    form.spending[0].amount = ""
    (flag,) = desk.budget.assess(WANG.id, form).flags
    assert flag.field == "spending.0"
    form.spending[0].reason = "fed at work"
    view = desk.budget.assess(WANG.id, form)
    assert view.flags[0].reason == "fed at work"
    assert view.budget is not None
    assert view.budget.spending[0] == BudgetLine("food", 0, "month", "fed at work")
    del form.spending[0]
    assert desk.budget.assess(WANG.id, form).flags[0].field == "spending.food"


def test_what_is_recorded_comes_back_as_it_was_typed(desk: Desk) -> None:
    form = replace(drawing(), adults="2", children="1", note="told on the phone")
    changes = desk.budget.record(WANG.id, form)
    assert changes.kinds == {"event", "budget"}
    desk.announce(changes)
    back = desk.budget.start(WANG.id)
    assert (back.adults, back.children, back.note) == ("2", "1", "told on the phone")
    assert [(row.kind, row.amount, row.per) for row in back.spending] == [
        ("food", "2400", "month"),
        ("transport", "150", "week"),
        ("utilities", "500", "month"),
        ("health", "600", "month"),
    ]
    assert [(row.name, row.balance, row.agreed) for row in back.other_creditors] == [
        ("A", "", "400"),
        ("B", "", "300"),
        ("C", "9000", "150"),
    ]
    assert desk.budget.budget_of(WANG.id, back) == desk.budget.budget_of(WANG.id, form)
    assert desk.casefile.open(WANG.id).timeline[0].title.plain() == "Budget: 8800.00 CNY a month · 2650.00 CNY left"
    desk.announce(desk.call.undo(WANG.id))
    assert desk.seat.file(WANG.id).state.budget is None


def test_a_budget_leaves_no_case_without_a_next_action_and_changes_none_that_has_one(desk: Desk) -> None:
    assert desk.seat.file(NEW.id).state.next_action is None
    desk.announce(desk.budget.record(NEW.id, drawing()))
    then = desk.seat.file(NEW.id).state.next_action
    assert then is not None
    assert (then.action, then.due) == ("propose_plan", date(2026, 11, 23))
    before = desk.seat.file(WANG.id).state.next_action
    desk.announce(desk.budget.record(WANG.id, drawing()))
    assert desk.seat.file(WANG.id).state.next_action == before


def test_the_plan_gets_the_same_figures_in_its_json_form(desk: Desk) -> None:
    form = drawing()
    form.spending[0].reason = "three at table"
    told = desk.budget.request_of(WANG.id, form)
    assert told is not None
    found = run_plan(
        {
            "as_of": "2026-11-23",
            "jurisdiction": "zh-CN",
            "currency": "CNY",
            "days_past_due": 78,
            "balance": {"principal": "48613.27"},
            "method": "interest_free",
            "instalment_amount": "1535.00",
            "first_due": "2026-11-30",
            "budget": told,
        }
    )
    assert (found["affordability"]["available"], found["affordable"]) == ("1535.00", True)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (BudgetForm(), "income.0.amount"),
        (BudgetForm(income=[BudgetRow("salary", "plenty")]), "income.0.amount"),
        (BudgetForm(income=[BudgetRow("salary", "-5")]), "income.0.amount"),
        (BudgetForm(income=[BudgetRow("salary", "9" * 17)]), "income.0.amount"),
        (BudgetForm(income=[BudgetRow("", "5")]), "income.0.kind"),
        (BudgetForm(spending=[BudgetRow("salary", "5")]), "spending.0.kind"),
        (BudgetForm(WAGE, other_creditors=[CreditorRow("", "x")]), "other_creditors.0.balance"),
        (BudgetForm(WAGE, other_creditors=[CreditorRow("", "", "x")]), "other_creditors.0.agreed"),
        (BudgetForm(WAGE * 501), "income.500"),
        (BudgetForm(WAGE, other_creditors=[CreditorRow("", "1")] * 501), "other_creditors.500"),
        (BudgetForm(WAGE, adults="0"), "adults"),
        (BudgetForm(WAGE, adults="two"), "adults"),
        (BudgetForm(WAGE, children="9" * 5000), "children"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_and_nothing_is_recorded(desk: Desk, form: BudgetForm, field: str) -> None:
    before = desk.casefile.open(WANG.id).timeline
    with pytest.raises(InputError) as refused:
        desk.budget.record(WANG.id, form)
    assert refused.value.field == field
    assert desk.casefile.open(WANG.id).timeline == before
    if form != BudgetForm():
        view = desk.budget.assess(WANG.id, form)
        assert view.error == refused.value.message
        assert view.budget is None


def test_what_can_be_read_is_shown_though_another_line_cannot(desk: Desk) -> None:
    form = BudgetForm(income=[BudgetRow("salary", "8.2k"), BudgetRow("pension", "?")])
    view = desk.budget.assess(WANG.id, form)
    assert view.readings["income.0.amount"].error is None
    assert view.readings["income.1.amount"].error is not None
    assert (view.summary, view.available) == ((), None)


def test_nothing_left_is_said_in_words(desk: Desk) -> None:
    def word(form: BudgetForm) -> tuple[str, str]:
        state = desk.budget.assess(WANG.id, form).state
        assert state is not None
        return state.tone, state.text.plain()

    poor = BudgetForm(income=[BudgetRow("salary", "1000")], spending=[BudgetRow("food", "1200")])
    assert word(poor) == ("bad", "200.00 CNY a month too little to live on")
    even = BudgetForm(income=[BudgetRow("salary", "1000")], spending=[BudgetRow("food", "1000")])
    assert word(even) == ("bad", "Nothing is left to pay with")
    promised = BudgetForm(income=[BudgetRow("salary", "1000")], other_creditors=[CreditorRow("", "", "950")])
    assert word(promised) == ("bad", "Others were promised 50.00 CNY more than there is")
    assert word(BudgetForm(spending=[BudgetRow("food", "1000")])) == ("warn", "No income yet")


def test_the_form_survives_as_a_draft(desk: Desk) -> None:
    kept = msgspec.json.encode(drawing()).decode()
    desk.drafts.save(WANG.id, "budget", kept)
    loaded = desk.drafts.load(WANG.id, "budget")
    assert loaded is not None
    assert msgspec.json.decode(loaded, type=BudgetForm) == drawing()


def test_a_newer_budget_of_a_colleague_is_the_one_begun_with(desk: Desk) -> None:
    desk.announce(desk.budget.record(WANG.id, drawing()))
    desk.announce(desk.budget.record(WANG.id, BudgetForm(income=[BudgetRow("pension", "3000.50")])))
    (row,) = desk.budget.start(WANG.id).income
    assert (row.kind, row.amount) == ("pension", "3000.50")
    assert desk.budget.budget_of(WANG.id, desk.budget.start(WANG.id)) == Budget(
        income=(BudgetLine("pension", 300_050),)
    )


def test_control_characters_that_were_pasted_are_left_out_of_every_line(desk: Desk) -> None:
    form = drawing()
    form.spending[0].reason, form.other_creditors[0].name, form.note = "eats\x00 at work", "A\x07", "told\x1b"
    desk.budget.record(WANG.id, form)
    known = desk.seat.file(WANG.id).state.budget
    assert known is not None
    told = known.budget
    assert (told.spending[0].reason, told.other_creditors[0].name, told.note) == ("eats at work", "A", "told")
