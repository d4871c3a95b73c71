"""Three plans suggested for a debt: each is what it says, by the calculator itself, and says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.money.plan_requests import EXAMPLE, principal_only
from workstation.domain import authority
from workstation.domain.affordability import Budget, BudgetLine
from workstation.domain.due_dates import PERIODS
from workstation.domain.money import COMPONENTS, Balance
from workstation.domain.plan import CustomPart, NoSolution, PlanRequest, Step, calculate
from workstation.domain.plan_form import read_request
from workstation.domain.plan_suggest import Suggestion, suggest

# 48,613.27 yuan 78 days past due, nothing waived.
DEBT = replace(read_request(EXAMPLE), waive=Balance(), instalment_amount=None)


def by_kind(request: PlanRequest, available: int | None) -> dict[str, Suggestion]:
    return {item.kind: item for item in suggest(request, available)}


def notes(item: Suggestion) -> list[str]:
    return [note.plain() for note in item.notes]


def test_the_shortest_affordable_says_what_one_instalment_fewer_would_take() -> None:
    found = by_kind(DEBT, 160_000)["shortest"]
    assert [found.result.instalments, found.request.instalment_amount] == [31, 156_817]
    assert found.affordable is True
    assert found.why.plain() == (
        "The shortest plan within the 1600.00 CNY a month that this person can pay. "
        "With 30 instalments it would take 1620.45 CNY each."
    )
    assert by_kind(DEBT, 162_044)["shortest"].result.instalments == 31
    assert by_kind(DEBT, 162_045)["shortest"].result.instalments == 30


def test_enough_to_pay_at_once() -> None:
    found = by_kind(DEBT, 5_000_000)["shortest"]
    assert found.result.instalments == 1
    assert found.why.plain() == "The 50000.00 CNY a month that this person can pay is enough to pay at once."


def test_the_lowest_instalment_keeps_to_what_the_role_may_agree_to() -> None:
    found = by_kind(DEBT, 160_000)["lowest"]
    assert [found.result.instalments, found.request.instalment_amount] == [36, 135_037]
    assert not found.result.approval.needed
    assert found.why.plain() == "The lowest instalment within the 36 months that this role (collector) may agree to."


def test_the_lowest_instalment_keeps_to_the_longest_term() -> None:
    found = by_kind(replace(DEBT, role="lead"), 160_000)["lowest"]
    assert found.result.instalments == 60
    assert found.why.plain() == (
        "The lowest instalment within the 60 months allowed (《商业银行信用卡业务监督管理办法》 第七十条)."
    )


def test_the_same_plan_is_suggested_once() -> None:
    kinds = [item.kind for item in suggest(DEBT, 135_037)]
    assert kinds == ["shortest", "settlement"]


def test_an_affordable_plan_longer_than_the_role_may_agree_to_asks_for_approval() -> None:
    found = by_kind(DEBT, 100_000)
    assert found["shortest"].result.instalments == 49
    assert notes(found["shortest"]) == [
        "It needs approval (lead): The plan runs longer than the 36 months that this role (collector) may agree to."
    ]
    assert found["lowest"].affordable is False
    assert notes(found["lowest"]) == [
        "That is 350.37 CNY more at a time than this person can pay (1000.00 CNY a month)."
    ]


def test_nothing_affordable_in_full_says_by_how_much_and_which_waiver_would_do() -> None:
    found = by_kind(DEBT, 60_000)
    assert "shortest" not in found
    waiver = found["waiver"]
    assert [waiver.result.instalments, waiver.result.waived.total] == [60, 1_261_327]
    assert waiver.affordable is True
    assert waiver.result.approval.by == "admin"
    assert waiver.why.plain() == (
        "In the longest plan allowed the 600.00 CNY a month that this person can pay is enough only if 12613.27 CNY "
        "(25.95%) is waived."
    )
    assert notes(found["lowest"]) == [
        "That is 750.37 CNY more at a time than this person can pay (600.00 CNY a month).",
        "No plan in full is affordable: look into hardship before agreeing to more than can be kept.",
    ]


def test_nothing_to_pay_with_points_to_hardship() -> None:
    found = by_kind(DEBT, 0)
    assert set(found) == {"lowest", "settlement"}
    assert notes(found["lowest"])[1].startswith("No plan in full is affordable: look into hardship")


def test_without_a_budget_it_says_that_nothing_is_known() -> None:
    found = by_kind(DEBT, None)
    assert set(found) == {"usual", "lowest", "settlement"}
    assert found["usual"].result.instalments == 12
    assert {item.affordable for item in found.values()} == {None}
    assert found["usual"].why.plain() == (
        "12 months, as nothing is known of what this person can pay; with a budget what fits is suggested."
    )


def test_the_budget_of_the_request_tells_what_can_be_paid() -> None:
    budget = Budget(income=(BudgetLine("wage", 500_000),), spending=(BudgetLine("rent", 300_000),))
    found = by_kind(replace(DEBT, budget=budget), None)["shortest"]
    assert found.result.affordability is not None
    assert found.result.affordability.available == 180_000
    assert found.result.affordable is True
    assert found.result.instalments == 28


def test_a_settlement_is_within_authority_and_says_the_share_waived() -> None:
    found = by_kind(DEBT, 160_000)["settlement"]
    assert not found.result.approval.needed
    assert found.result.waived == Balance(penalty=223_083, interest=19_983)
    assert found.result.instalments == 1
    assert found.why.plain() == "46182.61 CNY paid once settles the debt; 2430.66 CNY of it (5.00%) is waived."
    assert notes(found) == ["Only if the money is there: nobody is asked to borrow for it."]


def test_a_settlement_comes_in_parts_where_these_are_affordable() -> None:
    found = by_kind(DEBT, 500_000)["settlement"]
    assert found.affordable is True
    assert found.why.plain() == (
        "46182.61 CNY in 10 affordable parts settles the debt; 2430.66 CNY of it (5.00%) is waived."
    )


def test_the_cents_of_the_last_part_are_affordable_too() -> None:
    # 46,182.61 in ten parts: nine of 4,618.26 and the last of 4,618.27.
    assert by_kind(DEBT, 461_827)["settlement"].result.instalments == 10
    assert by_kind(DEBT, 461_826)["settlement"].result.instalments == 11


def test_a_settlement_by_a_role_that_may_waive_nothing_asks_for_approval() -> None:
    principal = principal_only(1_000_000, "interest_free", instalments=12)
    found = by_kind(principal, None)["settlement"]  # a collector waives no principal
    assert found.result.waived == Balance(principal=100_000)
    assert found.result.approval.by == "lead"


def test_who_may_waive_everything_is_suggested_no_sum() -> None:
    assert "settlement" not in by_kind(replace(DEBT, role="admin"), 160_000)


def test_what_is_waived_already_stays_waived_and_counts() -> None:
    already = replace(DEBT, waive=Balance(penalty=200_000))
    found = by_kind(already, 160_000)
    assert found["shortest"].result.waived.total == 200_000
    assert found["settlement"].result.waived.total == 243_066
    beyond = replace(DEBT, waive=Balance(penalty=223_083, interest=100_000))
    assert by_kind(beyond, 160_000)["settlement"].result.waived == beyond.waive


@pytest.mark.parametrize(
    "method",
    [
        {"method": "balloon", "balloon": 100_000, "instalments": 3},
        {"method": "stepped", "step": Step(2, amount=5), "instalments": 3},
        {"method": "settlement", "settlement_amount": 9, "instalments": 3},
        {"method": "custom", "custom": (CustomPart(date(2026, 11, 30), 9),), "first_due": None},
    ],
)
def test_what_was_being_tried_does_not_matter(method: dict[str, object]) -> None:
    tried = replace(DEBT, **method)  # type: ignore[arg-type]
    assert [item.result for item in suggest(tried, 160_000)] == [item.result for item in suggest(DEBT, 160_000)]


PARTS = st.integers(0, 10**7)


@st.composite
def debts(draw: st.DrawFn) -> PlanRequest:
    return replace(
        DEBT,
        balance=Balance(draw(st.integers(100, 10**8)), draw(PARTS), draw(PARTS), draw(PARTS), draw(PARTS)),
        annual_rate=draw(st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.18")])),
        frequency=draw(st.sampled_from(["weekly", "fortnightly", "monthly"])),
        role=draw(st.sampled_from(["collector", "lead", "auditor", "admin"])),
    )


@settings(max_examples=200)
@given(debts(), st.integers(0, 10**7))
def test_each_suggestion_is_what_it_says(request: PlanRequest, available: int) -> None:
    found = by_kind(request, available)
    each = available * 12 // PERIODS[request.frequency]
    assert next(iter(found)) in {"shortest", "waiver", "lowest"}
    for item in found.values():
        assert calculate(item.request) == item.result
        assert item.affordable is (max(row.amount for row in item.result.schedule) <= each)
        assert item.affordable or item.kind in {"lowest", "settlement"}
        if item.result.approval.needed:
            assert any(note.plain().startswith("It needs approval") for note in item.notes)
    if shortest := found.get("shortest"):
        # A cent more each would still not make it shorter, and a cent less each would make it longer.
        assert calculate(replace(shortest.request, instalment_amount=each)).instalments == shortest.result.instalments
        assert needs_more(shortest)
    elif each:
        with pytest.raises(NoSolution):
            calculate(replace(request, method=full(request), instalment_amount=each))
    if lowest := found.get("lowest"):
        assert lowest.result.instalments <= 60 * PERIODS[request.frequency] // 12
        assert needs_more(lowest)
    settlement = found.get("settlement")
    assert (settlement is None) is (request.role == "admin")
    if settlement is None:
        return
    assert settlement.result.waived.total > 0
    assert most_that_may_be_waived(settlement)


def full(request: PlanRequest) -> str:
    return "equal_instalment" if request.annual_rate else "interest_free"


def needs_more(item: Suggestion) -> bool:
    """A cent less each takes longer, or is too little for any plan."""
    amount = item.request.instalment_amount
    assert amount is not None
    if amount == 1:
        return True
    try:
        return calculate(replace(item.request, instalment_amount=amount - 1)).instalments > item.result.instalments
    except NoSolution:
        return True


def most_that_may_be_waived(item: Suggestion) -> bool:
    """A cent more of any component would ask for somebody above who may waive this, the limit of the whole aside."""
    request, waived = item.request, item.result.waived
    by = item.result.approval.by or request.role
    parts, total = authority.load()[by].most_waived(request.balance, request.currency)
    return waived.total == total or all(waived.part(name) == parts.part(name) for name in COMPONENTS)
