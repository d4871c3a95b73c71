"""What each letter is written from at a real desk: allowed or not, and the values that the case gives it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from letters.context import LetterContext, read_context
from local_db import replica
from tests.ui.sample_book import SAMPLES, TODAY, WANG, Sample
from tests.ui.sample_desk import open_desk
from workstation import tables
from workstation.desk import standing
from workstation.desk.letter_form import LetterForm
from workstation.domain.errors import InputError
from workstation.domain.events import Circumstance, Complaint, Dispute, LetterResult, NextAction, decode_body
from workstation.domain.ids import bank_id
from workstation.session import Desk

LI, LIU, CHEN_GUILAN, ZHAO = SAMPLES[1], SAMPLES[3], SAMPLES[4], SAMPLES[5]


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "lead", role="lead")
    yield made
    made.close()


def context(desk: Desk, sample: Sample, template: str, language: str = "zh_CN", **fields: str) -> LetterContext:
    """The typed context; that a letter comes of it, with every value that its rule asks for, is checked on the way."""
    pay_by = fields.pop("pay_by", "")
    raw = desk.correspondence.prepare(sample.id, LetterForm(template, language, pay_by, fields=fields))
    made = desk.correspondence.made(raw)
    assert (made.template, made.language, made.missing_glyphs) == (template, language, ())
    return read_context(raw)


def refused(desk: Desk, sample: Sample, template: str, **fields: str) -> tuple[str, str | None]:
    """The sentence and the field of a refusal."""
    with pytest.raises(InputError) as why:
        context(desk, sample, template, **fields)
    return why.value.message.plain(), why.value.field


def pay(desk: Desk, sample: Sample, day: date, minor: int, reference: str = "P-9") -> None:
    row = (bank_id("test", sample.name, reference), sample.id, sample.part("account"), day.isoformat(), minor,
           "online_banking", reference, None)  # fmt: skip
    with desk.seat.store.write() as conn:
        replica.upsert(conn, tables.payment, [row])


def owes(desk: Desk, sample: Sample, day: date, *parts: int) -> None:
    """The bank's balance of a day: principal, interest, penalty, fees, costs."""
    minor = (*parts, 0, 0, 0, 0, 0)[:5]
    row = (bank_id("test", sample.name, day.isoformat()), sample.id, sample.part("account"), day.isoformat(), *minor, 0)
    with desk.seat.store.write() as conn:
        replica.upsert(conn, tables.balance_snapshot, [row])


def agreed_plan(desk: Desk, sample: Sample) -> None:
    desk.plan.propose(sample.id, desk.plan.start())
    desk.plan_follow.agree(sample.id, "recorded", "R-1")


def later(desk: Desk, days: int) -> date:
    desk.seat.clock.shift += timedelta(days=days)
    return desk.today()


# ---- amounts on two days ----


def test_what_is_owed_stands_as_at_the_letter_and_as_at_the_day_to_pay_by(desk: Desk) -> None:
    made = context(desk, WANG, "demand", pay_by="2026-12-03")
    (account,) = made.accounts
    assert account.balance is not None
    assert account.at_pay_by is not None
    assert account.balance.interest == "5102.44"
    # 41,280.00 × 0.0005 × 10 days = 206.40, and nothing else grows.
    assert account.at_pay_by.interest == "5308.84"
    assert (account.at_pay_by.principal, account.at_pay_by.penalty) == ("41280.00", "2230.83")
    same = standing.owed(desk.seat.file(WANG.id), date(2026, 12, 3)).total
    assert same.interest == 530884


def test_a_payment_since_the_banks_figures_is_in_both(desk: Desk) -> None:
    later(desk, 2)
    pay(desk, LIU, TODAY + timedelta(days=1), 30_000)
    (account,) = context(desk, LIU, "reminder", pay_by="+5").accounts
    assert account.balance is not None
    assert account.at_pay_by is not None
    file = desk.seat.file(LIU.id)
    for shown, day in ((account.balance, TODAY + timedelta(days=2)), (account.at_pay_by, TODAY + timedelta(days=7))):
        owed = standing.owed(file, day).total
        assert (shown.principal, shown.interest) == (f"{owed.principal / 100:.2f}", f"{owed.interest / 100:.2f}")
    assert float(account.balance.principal) < 8300


def test_those_the_case_allows_stand_first_and_the_others_say_why(desk: Desk) -> None:
    choices = desk.correspondence.choices(CHEN_GUILAN.id)
    allowed = [choice.allowed for choice in choices]
    assert allowed == sorted(allowed, reverse=True)
    assert all((choice.reason is None) is choice.allowed for choice in choices)


# ---- settlement ----


def test_a_settlement_within_ones_authority_and_one_cent_below_it(desk: Desk) -> None:
    usual = desk.correspondence.check(WANG.id, LetterForm("settlement_offer")).usual
    made = context(desk, WANG, "settlement_offer")
    assert made.settlement is not None
    assert made.settlement.waived is not None
    assert made.settlement.amount == usual["amount"]
    total = standing.owed(desk.seat.file(WANG.id), TODAY).total.total
    waived = made.settlement.waived
    given_up = sum(round(float(part) * 100) for part in (waived.principal, waived.interest, waived.penalty))
    assert round(float(made.settlement.amount) * 100) + given_up == total
    below = f"{float(usual['amount']) - 0.01:.2f}"
    why, field = refused(desk, WANG, "settlement_offer", amount=below)
    assert field == "amount"
    assert "Propose it as a plan and offer it once it is approved." in why


def test_a_settlement_in_parts_adds_up_and_says_the_first_day_to_pay(desk: Desk) -> None:
    usual = desk.correspondence.check(WANG.id, LetterForm("settlement_offer")).usual["amount"]
    made = context(desk, WANG, "settlement_offer", parts="3", first_due="2026-12-07", valid_until="2026-12-01")
    assert made.settlement is not None
    parts = made.settlement.parts
    assert [part.due for part in parts] == [date(2026, 12, 7), date(2027, 1, 7), date(2027, 2, 8)]
    assert sum(round(float(part.amount) * 100) for part in parts) == round(float(usual) * 100)
    assert (made.pay_by, made.settlement.valid_until) == (date(2026, 12, 7), date(2026, 12, 1))


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"amount": "60000"}, "amount"),  # more than is owed
        ({"amount": "nothing"}, "amount"),
        ({"first_due": "2026-11-23"}, "first_due"),
        ({"valid_until": "2026-11-22"}, "valid_until"),
        ({"parts": "0"}, "parts"),
    ],
)
def test_a_settlement_that_cannot_be_offered_says_in_which_field(
    desk: Desk, fields: dict[str, str], where: str
) -> None:
    assert refused(desk, WANG, "settlement_offer", **fields)[1] == where


def test_a_settlement_that_a_lead_approved_may_be_offered_as_approved_and_no_lower(desk: Desk) -> None:
    from dataclasses import replace

    form = replace(desk.plan.start(), method="settlement", amount="20000", instalments="1", circumstances="失业")
    desk.plan.propose(WANG.id, form)
    assert refused(desk, WANG, "settlement_offer", amount="20000")[1] == "amount"
    plan = desk.seat.file(WANG.id).state.plan
    assert plan is not None
    assert plan.needs_approval
    from workstation.domain.events import PlanDecided

    desk.seat.record(WANG.id, PlanDecided(decision="approved"), answers=plan.id)
    made = context(desk, WANG, "settlement_offer")
    assert made.settlement is not None
    assert made.settlement.amount == "20000.00"
    assert refused(desk, WANG, "settlement_offer", amount="19999.99")[1] == "amount"


# ---- a plan's instalments ----


def test_the_next_instalment_and_how_the_plan_stands(desk: Desk) -> None:
    assert refused(desk, WANG, "instalment_reminder")[0] == "No plan is in force on this case."
    agreed_plan(desk, WANG)
    made = context(desk, WANG, "instalment_reminder")
    plan = desk.seat.file(WANG.id).state.plan
    assert plan is not None
    assert made.instalment is not None
    first, part = plan.instalments[0], made.instalment
    assert (part.n, part.of, part.due, part.arrears) == (1, 12, first.due, "0.00")
    assert (part.amount, part.paid, part.overdue_since) == (f"{first.amount / 100:.2f}", "0.00", None)
    assert round(float(part.remaining) * 100) == sum(row.amount for row in plan.instalments)


def test_an_instalment_is_reminded_of_until_its_day(desk: Desk) -> None:
    agreed_plan(desk, WANG)
    plan = desk.seat.file(WANG.id).state.plan
    assert plan is not None
    later(desk, (plan.instalments[0].due - TODAY).days)
    due_today = context(desk, WANG, "instalment_reminder").instalment
    assert due_today is not None
    assert (due_today.n, due_today.arrears) == (1, "0.00")
    later(desk, 1)
    assert refused(desk, WANG, "instalment_reminder")[0].startswith("An instalment is overdue")


def test_a_breach_notice_waits_for_the_end_of_grace(desk: Desk) -> None:
    agreed_plan(desk, WANG)
    plan = desk.seat.file(WANG.id).state.plan
    assert plan is not None
    first = plan.instalments[0]
    later(desk, (first.due + timedelta(days=3) - TODAY).days)  # the last day of its grace
    assert refused(desk, WANG, "breach_notice")[0] == "No instalment is unpaid after its days of grace."
    assert refused(desk, WANG, "instalment_reminder")[0].startswith("An instalment is overdue")
    today = later(desk, 1)
    made = context(desk, WANG, "breach_notice", grace_until="+5", consequence="余额一次到期。")
    part = made.instalment
    assert part is not None
    assert (part.n, part.overdue_since, part.grace_until) == (1, first.due, today + timedelta(days=5))
    assert part.arrears == part.amount == f"{first.amount / 100:.2f}"
    assert (made.pay_by, part.consequence) == (part.grace_until, "余额一次到期。")
    assert refused(desk, WANG, "breach_notice", grace_until="今天")[1] == "grace_until"


def test_a_part_of_an_instalment_that_was_paid_is_in_the_notice(desk: Desk) -> None:
    agreed_plan(desk, WANG)
    plan = desk.seat.file(WANG.id).state.plan
    assert plan is not None
    first = plan.instalments[0]
    later(desk, (first.due + timedelta(days=4) - TODAY).days)
    pay(desk, WANG, first.due, 50_000)
    part = context(desk, WANG, "breach_notice").instalment
    assert part is not None
    assert (part.paid, part.arrears) == ("500.00", f"{(first.amount - 50_000) / 100:.2f}")


def test_a_missed_instalment_is_reminded_of_by_the_notice(desk: Desk) -> None:
    agreed_plan(desk, WANG)
    plan = desk.seat.file(WANG.id).state.plan
    assert plan is not None
    later(desk, (plan.instalments[0].due + timedelta(days=4) - TODAY).days)
    assert desk.correspondence.refusal("demand", desk.seat.file(WANG.id)) is not None, "a plan is kept"
    assert desk.correspondence.refusal("breach_notice", desk.seat.file(WANG.id)) is None


# ---- a visit ----


def test_a_visit_is_announced_with_its_hour_place_and_people(desk: Desk) -> None:
    made = context(
        desk, WANG, "visit_notice", day="2026-11-27", from_time="下午3点", to_time="16:30",
        persons="孙强，外访员，1024\n李明, 外访员, 1025", purpose="核对账户", change_by="2026-11-25",
    )  # fmt: skip
    visit = made.visit
    assert visit is not None
    assert (visit.day, visit.from_time, visit.to_time) == (date(2026, 11, 27), "15:00", "16:30")
    assert visit.place == "浙江省杭州市文三路 99 号 2 幢 301 室"
    assert [(who.name, who.role, who.badge) for who in visit.persons] == [
        ("孙强", "外访员", "1024"), ("李明", "外访员", "1025"),
    ]  # fmt: skip
    assert (visit.change_by, visit.phone, made.pay_by) == (date(2026, 11, 25), "95588", None)


TWO = "孙强，外访员，1024\n李明，外访员，1025"


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"persons": "孙强，外访员，1024"}, "persons"),  # the gate wants two
        ({"persons": "孙强，外访员，1024\n李明"}, "persons"),  # without a badge
        ({"persons": TWO, "day": "今天"}, "day"),
        ({"persons": TWO, "from_time": "22:00", "to_time": "23:00"}, "day"),  # quiet hours
        ({"persons": TWO, "from_time": "21:59", "to_time": "21:59"}, "to_time"),
        ({"persons": TWO, "from_time": "around noon"}, "from_time"),
        ({"persons": TWO, "day": "2026-11-27", "change_by": "2026-11-28"}, "change_by"),
    ],
)
def test_a_visit_that_may_not_be_made_is_not_announced(desk: Desk, fields: dict[str, str], where: str) -> None:
    assert refused(desk, WANG, "visit_notice", **fields)[1] == where
    assert context(desk, WANG, "visit_notice", persons=TWO, from_time="21:59", to_time="22:00").visit is not None


def test_a_dossier_has_the_people_and_the_last_words(desk: Desk) -> None:
    made = context(desk, WANG, "visit_dossier", prepared_for="孙强\n李明", expires_on="+3")
    dossier = made.dossier
    assert dossier is not None
    assert made.visit is not None
    assert made.visit.place
    assert (dossier.prepared_for, dossier.expires_on) == (("孙强", "李明"), TODAY + timedelta(days=3))
    assert [(who.name, who.relation, who.may_be_told) for who in dossier.people] == [("周敏", "配偶", False)]
    assert dossier.last_words[0].endswith("公司 9 月停发工资，12 月起新单位入职；愿先还 3,000，月底前再谈分期。")
    assert len(dossier.checklist) == 5
    assert dossier.number == "XYK-2026-0001-261123"


# ---- answers ----


def test_a_dispute_is_answered_by_the_letter_and_open_again_when_it_is_taken_back(desk: Desk) -> None:
    assert refused(desk, LIU, "dispute_reply")[0] == "No dispute is open on this case."
    form = LetterForm(
        "dispute_reply", "zh_CN",
        fields={"findings": "已核对账单。", "outcome": "partly", "decision": "减免一笔违约金。", "answer_by": "+10"},
    )  # fmt: skip
    made = read_context(desk.correspondence.prepare(CHEN_GUILAN.id, form)).objection
    assert made is not None
    assert (made.received_on, made.about, made.outcome) == (date(2026, 11, 18), "违约金", "partly")
    assert (made.reference, made.answer_by) == ("XYK-2026-0005-D261118", TODAY + timedelta(days=10))
    answer(desk, CHEN_GUILAN, form)
    file = desk.seat.file(CHEN_GUILAN.id)
    assert not file.state.dispute_open
    opened = next(event for event in file.events if event.kind == "dispute")
    letter, dispute = file.events[-2:]
    assert (letter.kind, letter.answers, dispute.kind, dispute.answers) == ("letter", opened.id, "dispute", opened.id)
    body = decode_body(dispute.kind, dispute.body)
    assert isinstance(body, Dispute)
    assert (body.state, body.text) == ("answered", "减免一笔违约金。")
    assert desk.correspondence.refusal("demand", file) is None
    desk.call.undo(CHEN_GUILAN.id)
    assert desk.seat.file(CHEN_GUILAN.id).state.dispute_open


def answer(desk: Desk, sample: Sample, form: LetterForm) -> None:
    """Recorded as the panel does; the page is that of a letter that there is, since it is not what is tested here."""
    context = desk.correspondence.prepare(sample.id, form)
    as_demand = desk.correspondence.made({**context, "template": "demand", "pay_by": "2027-01-01"})
    from dataclasses import replace

    desk.correspondence.record(sample.id, replace(as_demand, template=form.template, context=context), "answering it")


def test_a_complaint_is_answered_by_its_letter(desk: Desk) -> None:
    assert refused(desk, LIU, "complaint_reply")[0] == "No complaint is open on this case."
    desk.seat.record(LIU.id, Complaint(state="open", text="来电过于频繁"))
    form = LetterForm("complaint_reply", "zh_CN", fields={"decision": "已调整。"})
    made = read_context(desk.correspondence.prepare(LIU.id, form)).objection
    assert made is not None
    assert (made.about, made.reference, made.received_on) == ("来电过于频繁", "XYK-2026-0004-C261123", TODAY)
    answer(desk, LIU, form)
    assert not desk.seat.file(LIU.id).state.complaint_open


# ---- legal steps and limitation ----


def test_a_final_notice_says_the_step_its_day_and_the_limitation(desk: Desk) -> None:
    made = context(desk, WANG, "final_notice", after="2026-12-20", contract="领用合约")
    legal = made.legal
    assert legal is not None
    assert (legal.after, legal.contract, legal.contract_signed_on) == (date(2026, 12, 20), "领用合约", date(2019, 3, 1))
    assert legal.step == "向有管辖权的人民法院提起诉讼"
    assert len(legal.claims) == 2
    # The promise of 18 November began the three years anew.
    assert (legal.last_interruption, legal.limitation_until) == (date(2026, 11, 18), date(2029, 11, 18))
    assert legal.interrupted_by == "债务人承诺还款"
    assert legal.taken_on is None
    desk.seat.record(WANG.id, Circumstance(what="legal_step_taken", since=date(2026, 11, 20), evidence="(2026) 1"))
    again = context(desk, WANG, "final_notice")
    assert again.legal is not None
    assert again.facts is not None
    assert (again.legal.taken_on, again.facts.legal_step_taken) == (date(2026, 11, 20), True)


def test_nobody_sues_for_what_ran_out_or_is_disputed(desk: Desk) -> None:
    for template in ("final_notice", "lawyers_letter"):
        assert refused(desk, CHEN_GUILAN, template)[0].startswith("A dispute is open")
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE account SET first_unpaid_due = '2023-11-22' WHERE case_id = ?", (LIU.id,))
    for template in ("final_notice", "lawyers_letter", "limitation_demand"):
        assert "ran out on 2026-11-22" in refused(desk, LIU, template)[0]
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE account SET first_unpaid_due = '2023-11-23' WHERE case_id = ?", (LIU.id,))
    assert context(desk, LIU, "limitation_demand").legal is not None


def test_the_lawyers_draft_has_the_firm_as_typed(desk: Desk) -> None:
    made = context(
        desk, WANG, "lawyers_letter", law_firm="某某律师事务所", lawyer="赵律师", licence="13301", phone="010-0000"
    ).legal
    assert made is not None
    assert (made.law_firm, made.lawyer, made.licence, made.phone) == ("某某律师事务所", "赵律师", "13301", "010-0000")


def test_a_demand_that_reached_the_debtor_begins_the_period_anew(desk: Desk) -> None:
    made = desk.correspondence.preview(LIU.id, "demand")
    desk.correspondence.record(LIU.id, made)
    letter = desk.seat.file(LIU.id).events[-1]
    due = TODAY - timedelta(days=6)
    before = standing.limitation(desk.seat.file(LIU.id), TODAY)
    assert before is not None
    assert (before.started, before.runs_from) == (due, None), "a letter that is on its way interrupts nothing"
    later(desk, 3)
    desk.letter_results.arrived(LIU.id, letter.id, "2026-11-25", "receipt", "EMS 1")
    after = standing.limitation(desk.seat.file(LIU.id), desk.today())
    assert after is not None
    assert after.runs_from is not None
    assert (after.started, after.runs_from.kind, after.runs_from.id) == (date(2026, 11, 25), "demand", letter.id)
    assert after.ends == date(2029, 11, 25)


def test_a_letter_cannot_have_arrived_before_it_left_nor_tomorrow(desk: Desk) -> None:
    desk.correspondence.record(LIU.id, desk.correspondence.preview(LIU.id, "demand"))
    letter = desk.seat.file(LIU.id).events[-1]
    for day in ("2026-11-22", "2026-11-24", "some day", ""):
        with pytest.raises(InputError) as why:
            desk.letter_results.arrived(LIU.id, letter.id, day, "receipt")
        assert why.value.field == "on"
    desk.letter_results.returned(LIU.id, letter.id, "今天", "查无此人")
    event = desk.seat.file(LIU.id).events[-1]
    body = decode_body(event.kind, event.body)
    assert isinstance(body, LetterResult)
    assert (event.answers, body.state, body.on, body.reference) == (letter.id, "returned", TODAY, "查无此人")


# ---- the end of it ----


def test_a_certificate_once_nothing_is_owed_and_not_a_cent_before(desk: Desk) -> None:
    pay(desk, LIU, TODAY, 833_051)
    assert refused(desk, LIU, "paid_in_full")[0] == "There is still something owed on this case."
    owes(desk, LIU, TODAY, 1)
    assert refused(desk, LIU, "paid_in_full")[0] == "There is still something owed on this case."
    later(desk, 1)
    owes(desk, LIU, TODAY + timedelta(days=1))
    paid = context(desk, LIU, "paid_in_full", closed_cards="4034").paid
    assert paid is not None
    assert (paid.on, paid.total, paid.last_payment) == (TODAY, "8330.51", "8330.51")
    assert paid.closed_cards == ("4034",)
    assert refused(desk, LIU, "paid_in_full", on="明天")[1] == "on"


def test_a_whole_history_is_a_leads_to_take_out(desk: Desk, lead: Desk) -> None:
    assert refused(desk, WANG, "case_history")[0].startswith("Only a lead or an auditor")
    made = context(lead, WANG, "case_history")
    events = lead.seat.file(WANG.id).events
    told = {row.hash for row in made.history if row.hash}
    assert told == {event.hash for event in events}
    assert [row.at for row in made.history] == sorted(row.at for row in made.history)
    assert any("13800006620" in row.text for row in made.history) is False, "numbers stay masked"
    assert {row.kind for row in made.history} >= {"联系", "承诺", "异议", "还款"}


def test_a_validation_notice_adds_up_to_what_is_owed(desk: Desk) -> None:
    american(desk, LIU)
    owes(desk, LIU, date(2026, 10, 1), 800_000, 5_000)
    pay(desk, LIU, date(2026, 11, 1), 20_000)
    made = context(desk, LIU, "validation_notice", "en", itemisation_date="2026-10-01")
    notice = made.validation
    assert notice is not None
    assert notice.itemised is not None
    assert (notice.itemisation_date, notice.amount_then) == (date(2026, 10, 1), "8050.00")
    parts = notice.itemised
    came = sum(round(float(part) * 100) for part in (parts.principal, parts.interest, parts.penalty, parts.fees))
    off = sum(round(float(part) * 100) for part in (parts.payments, parts.credits))
    assert parts.payments == "200.00"
    assert 805_000 + came - off == standing.owed(desk.seat.file(LIU.id), TODAY).total.total
    assert refused(desk, LIU, "validation_notice", itemisation_date="2026-10-02")[1] == "itemisation_date"
    # Five working days to arrive (Thanksgiving week: 24, 25, 26, 27, 30), then thirty days.
    assert notice.dispute_until == date(2026, 12, 30)


def american(desk: Desk, sample: Sample) -> None:
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE book SET jurisdiction = 'en-US', currency = 'USD'")
        conn.exec_driver_sql("UPDATE debtor SET language = 'en' WHERE case_id = ?", (sample.id,))


def test_where_demands_do_not_interrupt_nobody_claims_so(desk: Desk) -> None:
    american(desk, LIU)
    assert "does not begin the period anew" in refused(desk, LIU, "limitation_demand")[0]


# ---- one's own words ----


def test_ones_own_words_are_checked_in_every_field_and_the_debtors_are_not(desk: Desk) -> None:
    threat = "再不还钱,我们就派人去你单位闹。"
    form = LetterForm("dispute_reply", "zh_CN", fields={"decision": threat})
    check = desk.correspondence.check(CHEN_GUILAN.id, form)
    assert check.remarks
    assert check.field == "free_paragraph"
    quoted = LetterForm("dispute_reply", "zh_CN", fields={"about": threat, "decision": "已核实。"})
    assert not desk.correspondence.check(CHEN_GUILAN.id, quoted).remarks
    with pytest.raises(InputError) as why:
        answer(desk, CHEN_GUILAN, form)
    assert why.value.code == "wording"


def test_an_auditor_reads_and_records_nothing(tmp_path: Path) -> None:
    auditor = open_desk(tmp_path / "auditor", role="auditor")
    try:
        made = auditor.correspondence.preview(LIU.id, "demand")
        with pytest.raises(InputError, match="records nothing"):
            auditor.correspondence.record(LIU.id, made)
    finally:
        auditor.close()


def test_what_comes_next_follows_the_letter(desk: Desk) -> None:
    assert following(desk, WANG, "visit_notice", persons=TWO, day="2026-11-27", from_time="9:30") == NextAction(
        action="visit", due=date(2026, 11, 27), time="09:30"
    )
    after = following(desk, WANG, "final_notice", after="2026-12-20")
    assert after == NextAction(action="legal_review", due=date(2026, 12, 21))


def following(desk: Desk, sample: Sample, template: str, **fields: str) -> Any:
    from workstation.desk.letter_effects import next_action

    raw = desk.correspondence.prepare(sample.id, LetterForm(template, "zh_CN", fields=fields))
    return next_action(template, raw, desk.seat.file(sample.id), TODAY)
