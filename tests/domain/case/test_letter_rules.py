"""Which letters a case allows: every condition on both sides of its boundary."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace as edited

from workstation.domain.case_state import decode, encode, fold
from workstation.domain.events import Correction, Letter, LetterQueued, LetterResult
from workstation.domain.letter_rules import INTERNAL, SERVICE, TEMPLATES, LetterCase, reached_by, refusal
from workstation.domain.limitation import Limitation, limitation_ends

from .conftest import History  # type: ignore[import-not-found]  # tests are no package for mypy

ENDS = date(2029, 9, 6)
RUNS = Limitation(date(2026, 9, 6), ENDS, 0, None)  # its last day: it can still be interrupted
OVER = Limitation(date(2023, 9, 6), date(2026, 9, 6), -1, None)
NO_LIMIT = "Nothing is due on this case, so no limitation runs."
PLAN_KEPT = "A plan is in force and is being kept: nothing more may be demanded."
DISPUTE = "A dispute is open: it must be answered before the debt is demanded."
NOT_OWED = "Nothing is owed on this case."


def case(role: str = "collector", **known: object) -> LetterCase:
    return LetterCase(role=role, **{"owed": 1, **known})  # type: ignore[arg-type]


def why(template: str, **known: object) -> str | None:
    found = refusal(template, case(**known))  # type: ignore[arg-type]
    return None if found is None else found.plain()


@pytest.mark.parametrize(
    ("template", "allowed", "refused", "reason"),
    [
        ("reminder", {"owed": 1}, {"owed": 0}, NOT_OWED),
        ("reminder", {}, {"dispute_open": True}, DISPUTE),
        ("demand", {"owed": 1}, {"owed": 0}, NOT_OWED),
        ("demand", {}, {"dispute_open": True}, DISPUTE),
        ("plan_agreement", {"plan_known": True}, {}, "There is no plan on this case yet."),
        ("budget_statement", {"budget_known": True}, {}, "No budget is recorded on this case yet."),
        ("settlement_offer", {"may_waive": True}, {}, None),
        ("settlement_offer", {"settlement_approved": True}, {}, None),
        ("settlement_offer", {"may_waive": True}, {"may_waive": True, "owed": 0}, NOT_OWED),
        ("settlement_offer", {"may_waive": True}, {"may_waive": True, "dispute_open": True}, DISPUTE),
        ("settlement_offer", {"may_waive": True}, {"may_waive": True, "plan_in_force": True}, PLAN_KEPT),
        (
            "instalment_reminder",
            {"plan_in_force": True, "coming": 1},
            {"coming": 1},
            "No plan is in force on this case.",
        ),
        (
            "instalment_reminder",
            {"plan_in_force": True, "coming": 1},
            {"plan_in_force": True, "coming": 0},
            "No instalment of the plan is still to come.",
        ),
        (
            "instalment_reminder",
            {"plan_in_force": True, "coming": 1, "behind": 0},
            {"plan_in_force": True, "coming": 1, "behind": 1},
            "An instalment is overdue; this letter reminds of one that is still to come.",
        ),
        ("breach_notice", {"missed": 1}, {"missed": 0}, "No instalment is unpaid after its days of grace."),
        ("breach_notice", {"breached": True}, {"plan_in_force": True}, None),
        ("visit_notice", {"owed": 1}, {"owed": 0}, NOT_OWED),
        ("visit_notice", {}, {"plan_in_force": True}, PLAN_KEPT),
        ("visit_dossier", {"owed": 1}, {"owed": 0}, NOT_OWED),
        ("visit_dossier", {}, {"plan_in_force": True}, PLAN_KEPT),
        ("dispute_reply", {"dispute_open": True}, {}, "No dispute is open on this case."),
        ("complaint_reply", {"complaint_open": True}, {}, "No complaint is open on this case."),
        *(
            row
            for template in ("final_notice", "lawyers_letter")
            for row in (
                (template, {"owed": 1}, {"owed": 0}, NOT_OWED),
                (template, {}, {"dispute_open": True}, DISPUTE),
                (template, {}, {"plan_in_force": True}, PLAN_KEPT),
                (
                    template,
                    {"limitation": RUNS},
                    {"limitation": OVER},
                    "The time to sue ran out on 2026-09-06: legal action may not be announced.",
                ),
            )
        ),
        ("limitation_demand", {"limitation": RUNS, "interrupts": True}, {"interrupts": True}, NO_LIMIT),
        (
            "limitation_demand",
            {"limitation": RUNS, "interrupts": True},
            {"limitation": OVER, "interrupts": True},
            "The time to sue ran out on 2026-09-06: no demand begins it anew, only the debtor's own promise does.",
        ),
        (
            "limitation_demand",
            {"limitation": RUNS, "interrupts": True},
            {"limitation": RUNS},
            "Under the rules of this book a demand does not begin the period anew.",
        ),
        (
            "paid_in_full",
            {"owed": 0, "paid": 1},
            {"owed": 1, "paid": 1},
            "There is still something owed on this case.",
        ),
        (
            "paid_in_full",
            {"owed": 0, "paid": 1},
            {"owed": 0, "paid": 0},
            "No payment is on record: nothing shows that the debt was paid.",
        ),
        (
            "validation_notice",
            {},
            {"validation_sent": True},
            "A validation notice was sent, and its period still runs.",
        ),
    ],
)
def test_a_letter_is_allowed_on_one_side_and_refused_on_the_other(
    template: str, allowed: dict[str, object], refused: dict[str, object], reason: str | None
) -> None:
    assert why(template, **allowed) is None
    said = why(template, **refused)
    assert said is not None
    assert reason is None or said == reason


@pytest.mark.parametrize(("role", "may"), [("collector", False), ("field", False), ("lead", True), ("auditor", True)])
def test_a_whole_history_is_for_leads_and_auditors(role: str, may: bool) -> None:
    assert (refusal("case_history", case(role)) is None) is may


def test_the_first_thing_in_the_way_is_said_and_a_template_of_another_house_has_no_conditions() -> None:
    assert why("demand", owed=0, dispute_open=True) == DISPUTE
    assert why("letter_of_another_house", owed=0, dispute_open=True) is None


def test_what_serves_is_no_collecting_and_what_stays_in_the_house_is_no_contact() -> None:
    assert SERVICE < TEMPLATES
    assert INTERNAL < TEMPLATES
    assert not SERVICE & INTERNAL
    assert {"demand", "reminder", "settlement_offer", "final_notice", "limitation_demand"} < TEMPLATES - SERVICE


def test_a_letter_arrives_between_its_day_and_today() -> None:
    sent, today = date(2026, 11, 1), date(2026, 11, 23)
    assert reached_by(sent, sent, today) is None
    assert reached_by(sent, today, today) is None
    assert reached_by(sent, date(2026, 10, 31), today) is not None
    assert reached_by(sent, date(2026, 11, 24), today) is not None


# ---- what the fold makes of letters ----


def letter(history: History, day: int, template: str = "demand", **columns: object) -> object:
    body = Letter(template=template, version="1", language="zh_CN", sha256="0" * 64, pages=1, context={})
    return history.event(day, body, channel="letter", **columns)


def test_a_queued_letter_waits_until_a_letter_is_made_of_it_and_waits_again_when_that_is_taken_back(
    history: History,
) -> None:
    wanted = history.event(0, LetterQueued(template="demand", free_paragraph="请联系我们。", fields={"step": "x"}))
    other = history.event(1, LetterQueued(template="reminder"))
    state = fold([wanted, other])
    assert [row.template for row in state.queued_letters] == ["demand", "reminder"]
    assert state.queued_letters[0].fields == {"step": "x"}
    assert decode(encode(state)) == state
    made = letter(history, 2, answers=wanted.id)
    assert [row.id for row in fold([made, other, wanted]).queued_letters] == [other.id]
    undone = history.event(3, Correction(what="undo"), answers=made.id)
    assert [row.id for row in fold([wanted, made, undone]).queued_letters] == [wanted.id]
    withdrawn = history.event(3, Correction(what="undo"), answers=wanted.id)
    assert fold([wanted, withdrawn]).queued_letters == ()


def test_a_letter_that_reached_the_debtor_and_one_that_came_back(history: History) -> None:
    sent, lost = letter(history, 0), letter(history, 1)
    there = history.event(3, LetterResult(state="delivered", on=date(2026, 11, 5), how="receipt"), answers=sent.id)
    again = history.event(4, LetterResult(state="delivered", on=date(2026, 11, 4)), answers=sent.id)
    back = history.event(5, LetterResult(state="returned", on=date(2026, 11, 9)), answers=lost.id)
    first, second = fold([back, again, there, lost, sent]).letters
    assert (first.arrived_on, first.returned_on) == (date(2026, 11, 4), None)
    assert (second.arrived_on, second.returned_on) == (None, date(2026, 11, 9))
    assert decode(encode(fold([sent, there]))) == fold([sent, there])
    mistaken = history.event(6, Correction(what="undo"), answers=there.id)
    assert edited(fold([sent, there, mistaken]).letters[0], at=first.at).arrived_on is None


def test_a_demand_on_the_last_day_begins_the_period_anew_and_one_a_day_later_does_not() -> None:
    from workstation.domain.limitation import Interrupting

    due, last = date(2023, 11, 23), date(2026, 11, 23)
    in_time = limitation_ends(due, [Interrupting(last, "demand")], date(2026, 12, 1), years=3)
    assert (in_time.started, in_time.ends) == (last, date(2029, 11, 23))
    late = limitation_ends(due, [Interrupting(date(2026, 11, 24), "demand")], date(2026, 12, 1), years=3)
    assert (late.started, late.expired) == (due, True)
