"""A request and its decision on the whole way: offline in the outbox, at the lead's, decided once, back at the desk."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from local_db import outbox
from tests.central.server import CentralDatabase
from tests.sync.conftest import Desk, SeatMaker
from workstation.desk.approval_facts import Waiting
from workstation.desk.approvals import ApprovalsDesk, Decided
from workstation.desk.plan import PlanDesk
from workstation.desk.plan_follow import PlanFollow
from workstation.desk.seat import Clock, Person, Seat
from workstation.domain.case_values import PlanMade
from workstation.domain.errors import InputError

DAY = datetime.now(UTC).date()


def at(desk: Desk, role: str = "collector", day: date = DAY) -> Seat:
    """The person's seat, on a day of one's choosing."""
    person = Person(desk.central.people[desk.login], desk.login, desk.login, role, None, "")
    return Seat(desk.store, person, desk.device, Clock.starting_at(day, time(10), "Asia/Shanghai"))


def ask(desk: Desk, case_id: str) -> None:
    """A plan that waives the penalty and most of the interest: above a collector's authority."""
    plans = PlanDesk(at(desk))
    form = replace(plans.start(), waive_interest="5000", waive_penalty="100%", circumstances="ill for three months")
    plans.propose(case_id, form)


def plan_of(desk: Desk, case_id: str) -> PlanMade:
    plan = at(desk).file(case_id).state.plan
    assert plan is not None
    return plan


def deciding(desk: Desk, role: str = "lead", day: date = DAY) -> ApprovalsDesk:
    return ApprovalsDesk(at(desk, role, day), desk.link, lambda: None)  # type: ignore[arg-type]


def waiting_with(desk: Desk) -> int:
    with desk.store.read() as conn:
        return outbox.waiting(conn)


def only(approvals: ApprovalsDesk) -> Waiting:
    [row] = approvals.waiting()
    return row


def test_a_request_made_offline_waits_and_reaches_the_lead_with_the_line(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    collector, lead = seat_of("li.na"), seat_of("chen.jie")
    collector.sync()
    lead.sync()
    ask(collector, book[0])  # nothing here asks for the line
    assert waiting_with(collector) == 1
    assert deciding(lead).waiting() == ()
    collector.sync()
    assert waiting_with(collector) == 0
    lead.sync()
    row = only(deciding(lead))
    assert (row.asked_by, row.circumstances, row.barred) == ("李娜", "ill for three months", None)


def test_approved_once_the_debtor_may_agree_and_whoever_is_second_is_told(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    collector, lead, other = seat_of("li.na"), seat_of("chen.jie"), seat_of("admin")
    collector.sync()
    ask(collector, book[0])
    with pytest.raises(InputError, match="waits for a lead"):
        PlanFollow(at(collector)).agree(book[0], "signed", "")
    for desk in (collector, lead, other):
        desk.sync()
    rows = {desk.login: only(deciding(desk, role)) for desk, role in ((lead, "lead"), (other, "admin"))}
    results: dict[str, Decided] = {}

    def decide(desk: Desk, role: str, verdict: str) -> None:
        results[desk.login] = deciding(desk, role).decide(rows[desk.login], verdict, "seen")  # type: ignore[arg-type]

    threads = [
        threading.Thread(target=decide, args=asked)
        for asked in ((lead, "lead", "approved"), (other, "admin", "approved"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.first for result in results.values()) == [False, True]
    second = next(result for result in results.values() if not result.first)
    assert second.sentence.params["who"] in {"陈洁", "Administrator"}
    collector.sync()
    assert plan_of(collector, book[0]).stage == "approved"
    PlanFollow(at(collector)).agree(book[0], "signed", "")
    assert plan_of(collector, book[0]).in_force
    lead.sync()
    assert deciding(lead).waiting() == ()


def test_a_rejection_reaches_the_collector_with_its_reason(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    collector, lead = seat_of("li.na"), seat_of("chen.jie")
    collector.sync()
    ask(collector, book[0])
    collector.sync()
    lead.sync()
    approvals = deciding(lead)
    assert approvals.decide(only(approvals), "rejected", "more can be paid").first
    assert approvals.waiting() == (), "it is not asked again before the decision arrives here"
    collector.sync()
    assert plan_of(collector, book[0]).stage == "rejected"
    with pytest.raises(InputError):
        PlanFollow(at(collector)).agree(book[0], "signed", "")


def test_a_breach_is_decided_and_the_new_days_hold_at_the_collector_s(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    collector, lead = seat_of("li.na"), seat_of("chen.jie")
    collector.sync()
    plans = PlanDesk(at(collector))
    plans.propose(book[0], plans.start())
    PlanFollow(at(collector)).agree(book[0], "recorded", "REC-1")
    late = DAY + timedelta(days=20)  # the first instalment, a week after the first day, is missed
    # A collector's word needs the reminder first; a lead sees it and reports at once.
    collector.sync()
    lead.sync()
    PlanFollow(at(lead, "lead", late)).report_breach(book[0], "moved away")
    assert not plan_of(lead, book[0]).in_force
    approvals = deciding(lead, day=late)
    row = only(approvals)
    assert row.kind == "breach"
    first = late + timedelta(days=30)
    assert approvals.decide(row, "re_aged", "found again", first.isoformat()).first
    for desk in (lead, collector):
        desk.sync()
        plan = plan_of(desk, book[0])
        assert (plan.stage, plan.re_aged, plan.in_force) == ("active", 1, True)
        assert plan.instalments[0].due == first
        assert len(plan.instalments) == 12
    assert deciding(lead, day=late).waiting() == ()
