"""Letters at a real desk: which ones a case allows, what is recorded, and the same bytes ever after."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from letters.render import render
from local_db import letters as archive
from local_db import replica
from tests.ui.sample_book import SAMPLES, TODAY, WANG, Sample
from workstation import tables
from workstation.domain.errors import InputError
from workstation.domain.events import Letter, decode_body
from workstation.session import Desk

LIU, CHEN_GUILAN = SAMPLES[3], SAMPLES[4]


def why_not(desk: Desk, sample: Sample, template: str = "demand") -> str | None:
    """The reason the choice gives, which is also the preview's refusal."""
    choice = next(row for row in desk.correspondence.choices(sample.id) if row.template == template)
    assert choice.allowed is (choice.reason is None)
    if choice.reason is None:
        return None
    with pytest.raises(InputError) as refused:
        desk.correspondence.preview(sample.id, template)
    assert refused.value.message == choice.reason
    return choice.reason.plain()


def pay_everything(desk: Desk, sample: Sample) -> None:
    with desk.seat.store.write() as conn:
        row = (sample.part("snapshot"), sample.id, sample.part("account"), TODAY.isoformat(), 0, 0, 0, 0, 0, 0)
        replica.upsert(conn, tables.balance_snapshot, [row])


def test_a_demand_is_allowed_where_nothing_speaks_against_it(desk: Desk) -> None:
    assert why_not(desk, LIU) is None
    assert why_not(desk, LIU, "reminder") is None
    assert why_not(desk, LIU, "plan_agreement") == "There is no plan on this case yet."


def test_an_open_dispute_is_answered_before_the_debt_is_demanded(desk: Desk) -> None:
    said = "A dispute is open: it must be answered before the debt is demanded."
    assert why_not(desk, CHEN_GUILAN) == why_not(desk, CHEN_GUILAN, "reminder") == said


def test_nothing_is_demanded_where_nothing_is_owed(desk: Desk) -> None:
    pay_everything(desk, LIU)
    assert why_not(desk, LIU) == "Nothing is owed on this case."


def test_a_letter_needs_an_address_of_the_debtor_s_own(desk: Desk) -> None:
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM contact_point WHERE id = ?", (LIU.part("home"),))
    assert why_not(desk, LIU) == "There is no postal address of the debtor on record."


@pytest.mark.parametrize("typed", ["2026-11-22", "2026-11-23", "今天"])
def test_the_day_to_pay_by_lies_ahead(desk: Desk, typed: str) -> None:
    with pytest.raises(InputError, match="must lie after today") as refused:
        desk.correspondence.preview(LIU.id, "demand", pay_by=typed)
    assert refused.value.field == "pay_by"


def test_a_day_to_pay_by_that_cannot_be_read_is_refused(desk: Desk) -> None:
    with pytest.raises(InputError) as refused:
        desk.correspondence.preview(LIU.id, "demand", pay_by="some day")
    assert refused.value.field == "pay_by"


def test_a_letter_says_what_is_owed_today_and_to_whom(desk: Desk) -> None:
    made = desk.correspondence.preview(WANG.id, "demand", pay_by="明天")
    assert made.pdf.startswith(b"%PDF-")
    assert made.sha256 == hashlib.sha256(made.pdf).hexdigest()
    assert made.context["pay_by"] == (TODAY + timedelta(days=1)).isoformat()
    assert made.context["debtor"] == {
        "name": "王晓明", "sex": "male", "address": "浙江省杭州市文三路 99 号 2 幢 301 室"
    }  # fmt: skip
    accounts = made.context["accounts"]
    assert isinstance(accounts, list)
    assert [account["balance"] for account in accounts] == [{
        "principal": "41280.00", "interest": "5102.44", "penalty": "2230.83", "fees": "0.00", "costs": "0.00"
    }]  # fmt: skip
    assert not [event for event in desk.seat.file(WANG.id).events[7:] if event.kind == "letter"]  # only looked at


def test_a_recorded_letter_is_in_the_history_and_in_the_archive(desk: Desk) -> None:
    with desk.seat.store.write() as conn:
        replica.set_state(conn, "offset_ms", "-900")
    made = desk.correspondence.preview(LIU.id, "demand", free_paragraph="  请尽快联系我们。 ")
    desk.correspondence.record(LIU.id, made)
    (event,) = desk.seat.file(LIU.id).events
    assert (event.kind, event.channel, event.offset_ms) == ("letter", "letter", -900)
    body = decode_body(event.kind, event.body)
    assert isinstance(body, Letter)
    assert (body.template, body.sha256, body.pages) == ("demand", made.sha256, made.pages)
    assert body.context["free_paragraph"] == "请尽快联系我们。"
    assert body.next_action is not None
    assert body.next_action.due >= TODAY + timedelta(days=14)
    with desk.seat.store.read() as conn:
        kept = archive.fetch(conn, event.id)
    assert kept is not None
    assert kept.pdf == made.pdf
    assert desk.correspondence.archived(event.id) == made.pdf


def test_a_letter_the_archive_lacks_is_made_again_from_its_context(desk: Desk) -> None:
    made = desk.correspondence.preview(LIU.id, "reminder")
    desk.correspondence.record(LIU.id, made)
    (event,) = desk.seat.file(LIU.id).events
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM letter_archive")
        conn.exec_driver_sql(
            "UPDATE debtor SET name = '别人' WHERE case_id = ?", (LIU.id,)
        )  # later news changes nothing
    assert desk.correspondence.archived(event.id) == made.pdf


def test_what_is_no_letter_has_none_in_the_archive(desk: Desk) -> None:
    contact = next(event for event in desk.seat.file(WANG.id).events if event.kind == "contact")
    with pytest.raises(InputError, match="not a letter"):
        desk.correspondence.archived(contact.id)


def test_a_repayment_agreement_can_be_printed_once_a_plan_is_proposed(desk: Desk) -> None:
    desk.plan.propose(WANG.id, desk.plan.start())
    assert why_not(desk, WANG, "plan_agreement") is None
    made = desk.correspondence.preview(WANG.id, "plan_agreement")
    assert made.pdf.startswith(b"%PDF-")
    assert made.context["plan"]
    desk.correspondence.record(WANG.id, made)
    event = desk.seat.file(WANG.id).events[-1]
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM letter_archive")
    assert desk.correspondence.archived(event.id) == made.pdf


def test_an_agreement_of_a_past_version_is_made_again_as_it_was_sent(desk: Desk) -> None:
    desk.plan.propose(WANG.id, desk.plan.start())
    made = desk.correspondence.preview(WANG.id, "plan_agreement")
    then = render(made.context, "1.1.1")
    assert (then.version, made.version) == ("1.1.1", "2.1.2")
    sent = replace(made, version=then.version, pdf=then.pdf, pages=then.pages, sha256=then.sha256)
    desk.correspondence.record(WANG.id, sent)
    event = desk.seat.file(WANG.id).events[-1]
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM letter_archive")
    assert desk.correspondence.archived(event.id) == then.pdf


def test_an_agreement_printed_after_a_payment_still_tells_the_plan_s_own_figures(desk: Desk) -> None:
    desk.plan.propose(WANG.id, desk.plan.start())
    then = desk.correspondence.preview(WANG.id, "plan_agreement")
    desk.plan_follow.agree(WANG.id, "recorded", "R-9")
    pay_everything(desk, WANG)
    again = desk.correspondence.preview(WANG.id, "plan_agreement").context
    assert again["accounts"] == then.context["accounts"]
    assert isinstance(again["plan"], dict)
    assert {key: again["plan"][key] for key in ("as_of", "consent", "agreed_on", "recording")} == {
        "as_of": TODAY.isoformat(), "consent": "recorded", "agreed_on": TODAY.isoformat(), "recording": "R-9"
    }  # fmt: skip
