"""Visits made offline are judged with what everybody else did meanwhile, and a breach goes to the lead."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from local_db import events as store_events
from local_db import flags
from tests.central.builders import new_id
from tests.central.server import CentralDatabase
from tests.sync.conftest import TODAY, Desk, SeatMaker
from tests.sync.test_attachments import move
from workstation.desk.conduct import Conduct
from workstation.domain.events import Contact, NextAction, PlanDecided, PlanProposed, VisitReport

ARRIVED = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)  # half past two in the afternoon where the debtor lives


@pytest.fixture
def addresses(central: CentralDatabase, book: list[str]) -> list[str]:
    """Of the first two cases."""
    points = [new_id(), new_id()]
    with central.connect() as conn:
        for point, case_id in zip(points, book, strict=False):
            conn.execute(
                "INSERT INTO contact_point (id, case_id, kind, label, value, time_zone, source, rank)"
                " VALUES (%s, %s, 'address', 'home', '文三路 99 号', 'Asia/Shanghai', 'contract', 2)",
                [point, case_id],
            )
    return points


def visited(desk: Desk, case_id: str, point: str, arrived: datetime, hours: int = 1) -> str:
    """As the desk records it, hours later: the contact, judged green here, and its report; the contact's id."""
    contact = Contact(
        party="debtor",
        identity=("full_name", "address"),
        began_at=arrived,
        verdict="allow",
        next_action=NextAction(action="call_back", due=date(2026, 11, 30)),
    )
    written = arrived + timedelta(hours=hours)
    first = desk.seat.draft(
        case_id, contact, at=written, channel="visit", outcome="visit_met", contact_point=point, duration=900
    )
    report = VisitReport(arrived_at=arrived, left_at=arrived + timedelta(minutes=15))
    with desk.store.write() as conn:
        store_events.append(conn, [first, desk.seat.draft(case_id, report, at=written, answers=first.id)], today=TODAY)
    return first.id


def breaches(desk: Desk) -> dict[str, set[str]]:
    """The blocked contacts on the lead's list: event → the rules it broke."""
    rows = Conduct(desk.seat).rows()
    return {row.event_id: {reason.rule for reason in row.reasons} for row in rows if row.level == "block"}


def test_a_visit_at_night_is_on_the_leads_list_by_its_arrival_whatever_the_seat_said(
    book: list[str], seat_of: SeatMaker, addresses: list[str]
) -> None:
    address, night = addresses
    field, lead = seat_of("li.na"), seat_of("chen.jie")
    field.sync()
    by_day = visited(field, book[0], address, ARRIVED, hours=9)  # written down at half past eleven at night
    at_night = visited(field, book[1], night, ARRIVED + timedelta(hours=8), hours=10)  # the next morning
    field.sync()
    lead.sync()
    found = breaches(lead)
    assert by_day not in found
    assert found[at_night] == {"quiet_hours"}
    [row] = [row for row in Conduct(lead.seat).rows() if row.event_id == at_night]
    assert not row.known, "the seat's own light had said nothing"


def test_a_visit_after_a_plan_was_agreed_elsewhere_is_found_when_both_have_come(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker, addresses: list[str]
) -> None:
    address = addresses[0]
    field, desk, lead = seat_of("li.na"), seat_of("wang.wei"), seat_of("chen.jie")
    field.sync()  # and goes offline
    move(central, book[0], "wang.wei")
    desk.sync()
    with desk.store.write() as conn:
        proposed = desk.seat.draft(
            book[0], PlanProposed(request={}, result={"schedule": []}), at=ARRIVED - timedelta(hours=5)
        )
        agreed = desk.seat.draft(
            book[0], PlanDecided(decision="agreed"), at=ARRIVED - timedelta(hours=4), answers=proposed.id
        )
        store_events.append(conn, [proposed, agreed], today=TODAY)
    contact = visited(field, book[0], address, ARRIVED)
    assert breaches(field) == {}, "as far as this seat knew"
    desk.sync()
    lead.sync()
    assert breaches(lead) == {}, "the visit has not come"
    assert field.sync().refused == 0, "it is taken, and judged"
    lead.sync()
    assert contact in breaches(lead)
    desk.sync()
    with desk.store.read() as conn:
        assert contact in flags.of_case(conn, book[0]), "and marked for who has the case now"
