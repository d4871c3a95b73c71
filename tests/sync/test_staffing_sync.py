"""Staffing and devices at a lead's seat: they come, change and go with the team; a collector's seat has none."""

from __future__ import annotations

from local_db import staffing as rows
from tests.sync.conftest import Desk, SeatMaker
from workstation.domain.staffing import Staffing
from workstation.sync.staffing import set_staffing


def team(desk: Desk) -> dict[str, rows.StaffRow]:
    with desk.store.read() as conn:
        return {row.person_id: row for row in rows.of_team(conn, desk.central.teams["north"])}


def devices(desk: Desk) -> dict[str, rows.DeviceRow]:
    with desk.store.read() as conn:
        return {row.person_id: row for row in rows.devices(conn)}


def test_a_leads_seat_has_the_team_and_what_changes_in_it(book: list[str], seat_of: SeatMaker):
    lead, collector = seat_of("chen.jie"), seat_of("li.na")
    people = lead.central.people
    collector.sync()
    lead.sync()
    assert set(team(lead)) == {people[login] for login in ("li.na", "wang.wei", "zhao.min", "chen.jie")}
    assert team(lead)[people["li.na"]].version == 1
    with lead.link() as link:
        placed = set_staffing(link, people["li.na"], 1, Staffing(capacity=70, regions=("上海",)))
    assert placed.done
    lead.sync()
    assert team(lead)[people["li.na"]].plan == Staffing(capacity=70, regions=("上海",))
    collector.write(book[0], "waits until the next")
    lead.sync()
    assert devices(lead)[people["li.na"]].waiting_events == 0
    with collector.store.read() as conn:
        assert rows.devices(conn) == []
        assert all(row.version is None for row in rows.of_team(conn, None))


def test_who_leaves_the_team_leaves_the_leads_seat(book: list[str], seat_of: SeatMaker):
    lead, collector = seat_of("chen.jie"), seat_of("wang.wei")
    wang = lead.central.people["wang.wei"]
    collector.sync()
    lead.sync()
    assert wang in devices(lead)
    with lead.central.connect("admin") as conn:
        conn.execute("SELECT app.change_person('wang.wei', 'collector', %s)", [lead.central.teams["south"]])
    lead.sync()
    assert wang not in team(lead)
    assert wang not in devices(lead)
    with lead.store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM staffing WHERE id = ?", (wang,)).scalar_one() == 0
