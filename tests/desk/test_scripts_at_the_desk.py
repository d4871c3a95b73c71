"""What the desk lets the script say is what the case's records show: nothing recorded, nothing claimed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from local_db import events as store_events
from local_db.queries import CaseFile, PointRecord
from tests.ui.sample_book import CHEN, SAMPLES, TODAY, WANG, Sample
from workstation.desk.scripts import script_for
from workstation.desk.seat import Person
from workstation.desk.views import CallForm, Script
from workstation.domain import script_file
from workstation.domain.authority import parse as parse_authority
from workstation.domain.events import Contact, Dispute, Hardship, NextAction, PlanDecided, PlanProposed
from workstation.domain.money import Balance
from workstation.domain.script import SECTIONS
from workstation.domain.script_words import debt_words
from workstation.session import Desk

CHECKED = ["full_name", "birth_date"]
LI, ZHANG, CHEN_GUILAN, ZHAO = SAMPLES[1], SAMPLES[2], SAMPLES[4], SAMPLES[5]


def spoken(desk: Desk, sample: Sample = WANG, situation: str = "", **form: object) -> set[str]:
    return said(desk.call.script(sample.id, typed(**form), situation))


def typed(**form: object) -> CallForm:
    return CallForm(**{"identity": list(CHECKED), **form})  # type: ignore[arg-type]


def said(script: Script) -> set[str]:
    assert script.spoken is not None
    return {identity for section in script.spoken.sections for identity, _ in section.say}


def situation_of(desk: Desk, sample: Sample, **form: object) -> str:
    script = desk.call.script(sample.id, typed(**form))
    assert script.spoken is not None
    return script.spoken.situation


def record(desk: Desk, sample: Sample, body: object, **columns: object) -> None:
    event = desk.seat.draft(sample.id, body, **columns)  # type: ignore[arg-type]
    with desk.seat.store.write() as conn:
        store_events.append(conn, [event], today=TODAY)


def person(role: str) -> Person:
    return Person(CHEN, "chenjing", "陈静", role, None, "")


def in_role(desk: Desk, file: CaseFile, role: str, **form: object) -> set[str]:
    return said(script_for(file, person(role), desk.seat.clock.today(), typed(**form)))


# ---- who is on the line ----


def test_before_two_checks_match_only_the_identity_is_asked_for(desk: Desk) -> None:
    for identity in ([], ["full_name"], ["full_name", "full_name"]):
        script = desk.call.script(WANG.id, CallForm(identity=identity)).spoken
        assert script is not None
        assert [section.id for section in script.sections] == ["opening", "identity"]
        assert not [word for message in script.sentences for word in debt_words(message.plain())]
    assert desk.call.script(WANG.id, typed()).spoken.sections[2].id == "purpose"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "form", [{"contact_point": WANG.part("wife")}, {"outcome": "third_party_spoken"}, {"outcome": "wrong_party"}]
)
def test_a_third_person_hears_nothing_however_many_checks_are_ticked(desk: Desk, form: dict[str, object]) -> None:
    script = desk.call.script(WANG.id, typed(**form)).spoken
    assert script is not None
    assert script.situation == "third_person"
    texts = [message.plain() for message in script.sentences]
    assert any(WANG.name in text for text in texts)  # who is asked for is the debtor
    assert not [word for text in texts for word in debt_words(text)]


def guaranteed(desk: Desk) -> CaseFile:
    """Wang's case with his wife liable for the account."""
    file = desk.seat.file(WANG.id)
    return replace(file, related=tuple(replace(row, liable=True) for row in file.related))


def test_a_guarantor_is_asked_for_by_their_own_name(desk: Desk) -> None:
    form = typed(contact_point=WANG.part("wife"))
    script = script_for(guaranteed(desk), desk.seat.person, TODAY, form).spoken
    assert script is not None
    assert script.situation == "guarantor"
    assert "请问是周敏本人吗？" in [message.plain() for message in script.sentences]
    assert not any(WANG.name in message.plain() for message in script.sentences)


def test_somebody_else_at_the_guarantors_number_is_a_third_person(desk: Desk) -> None:
    form = typed(contact_point=WANG.part("wife"), outcome="third_party_spoken")
    script = script_for(guaranteed(desk), desk.seat.person, TODAY, form).spoken
    assert script is not None
    assert script.situation == "third_person"


def test_at_a_number_that_is_not_known_here_the_identity_is_all_that_is_asked(desk: Desk) -> None:
    script = desk.call.script(WANG.id, typed(contact_point="elsewhere")).spoken
    assert script is not None
    assert [section.id for section in script.sections] == ["opening", "identity"]


def test_a_point_of_somebody_not_known_here_is_a_third_persons(desk: Desk) -> None:
    file = desk.seat.file(WANG.id)
    stray = PointRecord("stray", "gone", "phone", "mobile", "1", "Asia/Shanghai", None, None, "contract", 9)
    script = script_for(
        replace(file, points=(*file.points, stray), related=()),
        person("collector"),
        TODAY,
        typed(contact_point="stray"),
    ).spoken
    assert script is not None
    assert script.situation == "third_person"


# ---- what the call is about ----


def test_the_case_says_what_the_call_is_about(desk: Desk) -> None:
    assert situation_of(desk, WANG) == "follow_up"  # spoken to, his promise is still open
    assert situation_of(desk, LI) == "callback"
    assert situation_of(desk, ZHANG) == "follow_up_broken"
    assert situation_of(desk, CHEN_GUILAN) == "dispute"
    assert situation_of(desk, ZHAO) == "first_call"


def test_what_the_person_says_now_decides_the_rest_of_the_call(desk: Desk) -> None:
    said_now = {
        "disputes_debt": "dispute",
        "complaint": "complaint",
        "hardship_claimed": "hardship",
        "claims_paid": "claims_paid",
        "refuses_to_pay": "refused",
        "promise_to_pay": "follow_up",
    }
    assert {outcome: situation_of(desk, WANG, outcome=outcome) for outcome in said_now} == said_now


def test_a_person_may_choose_the_situation(desk: Desk) -> None:
    assert "apologise" in spoken(desk, situation="angry")


def test_how_the_last_talk_ended_is_taken_up(desk: Desk) -> None:
    for outcome, situation in (("claims_paid", "claims_paid"), ("refuses_to_pay", "refused")):
        record(desk, ZHAO, Contact(party="debtor", identity=("full_name", "id_tail")), channel="call", outcome=outcome)
        assert situation_of(desk, ZHAO) == situation


def test_ability_and_willingness_follow_the_form_before_the_record(desk: Desk) -> None:
    assert "pay_part" in spoken(desk)  # on record: willing, not able
    assert "pay_when" in spoken(desk, ability=4)
    assert "ask_doubts" in spoken(desk, willingness=1)


# ---- what is true ----


def test_what_nothing_records_is_not_said(desk: Desk) -> None:
    never = {"legal_taken", "credit_reported", "breathing_space"}
    for sample in SAMPLES:
        assert not spoken(desk, sample) & never
    reasons = desk.call.script(WANG.id, typed()).spoken.withheld  # type: ignore[union-attr]
    assert any("没有立案记录" in entry.why["zh_CN"] for entry in reasons)
    assert any("没有报送记录" in entry.why["zh_CN"] for entry in reasons)


def test_amount_and_due_day_are_those_of_the_case(desk: Desk) -> None:
    script = desk.call.script(WANG.id, typed()).spoken
    assert script is not None
    assert "2026-09-06到期的账单还没有还清，到今天一共欠48613.27 CNY。" in [
        message.plain() for message in script.sentences
    ]


def test_a_waiver_is_held_out_only_within_the_authority_and_where_there_is_something_to_waive(desk: Desk) -> None:
    file = desk.seat.file(WANG.id)
    assert "waiver" in in_role(desk, file, "collector")
    assert "waiver" not in in_role(desk, file, "auditor")
    bare = replace(
        file,
        snapshots=tuple(replace(row, balance=Balance(principal=1_000)) for row in file.snapshots),
        book=replace(file.book, daily_rate="0"),
    )
    assert "waiver" not in in_role(desk, bare, "collector")
    early = replace(file, accounts=tuple(replace(row, first_unpaid_due=date(2026, 12, 6)) for row in file.accounts))
    assert "waiver" not in in_role(desk, early, "collector")


def test_interest_is_only_said_to_run_where_it_does(desk: Desk) -> None:
    file = desk.seat.file(WANG.id)
    assert "interest_runs" in in_role(desk, file, "collector")
    assert "interest_runs" not in in_role(desk, replace(file, book=replace(file.book, daily_rate="0")), "collector")


def test_a_promise_is_called_broken_or_kept_only_when_it_was(desk: Desk) -> None:
    assert not spoken(desk, WANG, "follow_up_broken") & {"promise_broken", "promise_kept"}  # still open
    assert "promise_ahead" in spoken(desk)
    assert "ask_reason" not in spoken(desk)
    assert "promise_broken" in spoken(desk, ZHANG)
    script = desk.call.script(ZHANG.id, typed()).spoken
    assert script is not None
    assert any("2026-11-19" in message.plain() for message in script.sentences)
    assert "promise_kept" not in spoken(desk, ZHANG, "follow_up_kept")


def test_an_open_dispute_stops_the_asking(desk: Desk) -> None:
    asking = {"reminder_early", "reminder_late", "what_suits", "liability", "legal_possible"}
    assert spoken(desk, CHEN_GUILAN, "follow_up").isdisjoint(asking)
    assert "dispute_noted" in spoken(desk, CHEN_GUILAN)
    record(desk, CHEN_GUILAN, Dispute(state="answered", text="已答复"))
    assert spoken(desk, CHEN_GUILAN, "follow_up") & asking


def test_hardship_and_a_plan_in_force_soften_the_call(desk: Desk) -> None:
    record(desk, ZHANG, Hardship(state="claimed"))
    assert situation_of(desk, ZHANG) == "hardship"
    assert "legal_possible" not in spoken(desk, ZHANG, "follow_up_broken")
    proposal = desk.seat.draft(ZHANG.id, PlanProposed(request={"currency": "CNY"}, result={}))
    decision = desk.seat.draft(ZHANG.id, PlanDecided(decision="active"), answers=proposal.id)
    with desk.seat.store.write() as conn:
        store_events.append(conn, [proposal, decision], today=TODAY)
    assert situation_of(desk, ZHANG) == "plan_in_force"
    assert "plan_service" in spoken(desk, ZHANG)
    assert not spoken(desk, ZHANG, "follow_up") & {"reminder_late", "liability", "what_suits", "credit_general"}


def test_after_the_limitation_no_suit_and_no_duty(desk: Desk) -> None:
    file = desk.seat.file(ZHAO.id)
    old = replace(
        file,
        events=(),
        payments=(),
        accounts=tuple(replace(row, first_unpaid_due=date(2020, 1, 1)) for row in file.accounts),
    )
    assert not in_role(desk, old, "collector") & {"liability", "legal_possible", "interest_runs"}
    assert "old_debt" in in_role(desk, old, "collector")
    assert {"liability", "legal_possible"} <= in_role(desk, file, "collector")


def test_a_suit_is_only_possible_abroad_where_the_case_is_under_review(desk: Desk) -> None:
    file = desk.seat.file(ZHANG.id)
    abroad = replace(file, book=replace(file.book, jurisdiction="en-US"), payments=())
    assert "legal_possible" not in in_role(desk, abroad, "collector")
    action = NextAction(action="legal_review", due=TODAY)
    record(desk, ZHANG, Contact(party="debtor", next_action=action), channel="call", outcome="no_answer")
    reviewed = replace(desk.seat.file(ZHANG.id), book=abroad.book, payments=())
    assert "legal_possible" in in_role(desk, reviewed, "collector")


@pytest.mark.parametrize("jurisdiction", ["zh-CN", "en-US", "en-GB"])
def test_every_case_of_the_book_has_all_six_sections(desk: Desk, jurisdiction: str) -> None:
    for sample in SAMPLES:
        file = desk.seat.file(sample.id)
        moved = replace(file, book=replace(file.book, jurisdiction=jurisdiction))
        script = script_for(moved, desk.seat.person, TODAY, typed()).spoken
        assert script is not None
        assert [section.id for section in script.sections if section.say] == list(SECTIONS)


# ---- faults ----


def test_a_script_that_cannot_be_read_says_so_and_opens_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.call.begin(WANG.id, WANG.part("mobile"))
    real = script_file.resource

    class Broken:
        def read_text(self, encoding: str) -> str:
            return "version = "

    monkeypatch.setattr(script_file, "resource", lambda name: Broken() if name.startswith("scripts/") else real(name))
    script_file.load.cache_clear()
    try:
        script = desk.call.script(WANG.id, typed())
        assert script.spoken is None
        assert script.problem is not None
        assert script.problem.plain().startswith("Script file zh-CN.toml, line 1: ")
        assert desk.call.begin(WANG.id, WANG.part("mobile")) == before  # the light is the gate's, not the script's
    finally:
        script_file.load.cache_clear()


def test_a_faulty_authority_table_is_a_sentence_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workstation.desk.scripts.authority.load", lambda: parse_authority("version = 1"))
    script = desk.call.script(WANG.id, typed())
    assert script.spoken is None
    assert script.problem is not None
    assert "authority table" in script.problem.plain()
