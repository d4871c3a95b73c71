"""A day of visits at the desk: the gate's hours, the team, the route kept over a crash, places found by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import msgspec
import pytest

from local_db import replica
from tests.ui.sample_book import HE, HOSTILE, SAMPLES, SUN, TODAY, WANG
from tests.ui.sample_desk import open_desk
from workstation import tables
from workstation.desk.circumstances import NewCircumstance
from workstation.desk.field_candidates import Selection, districts
from workstation.desk.field_day import with_visitor
from workstation.desk.field_draft import MOST_STOPS, DayDraft, Spot, StopDraft, added, changed, moved, without
from workstation.desk.field_places import read_place
from workstation.desk.points import NewPoint
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.events import Contact, Dispute, PlanDecided, PlanProposed
from workstation.domain.field_day import Visitor
from workstation.domain.route import Place
from workstation.session import Desk

DAY = TODAY + timedelta(days=1)
LI, ZHANG = SAMPLES[1], SAMPLES[2]
TEAM = (Visitor("visitor", "孙强", SUN), Visitor("companion", "何琳", HE))


def lie(desk: Desk, *, spread: float = 0.01) -> None:
    """The sample's addresses a kilometre apart."""
    for place, sample in enumerate(SAMPLES):
        desk.field_places.place(sample.id, sample.part("home"), Place(30.25 + place * spread, 120.13), how="typed")


def draft(*samples: object, **values: object) -> DayDraft:
    chosen = tuple(StopDraft(sample.id) for sample in samples)  # type: ignore[attr-defined]
    return msgspec.structs.replace(DayDraft(team=TEAM, stops=chosen), **values)  # type: ignore[arg-type]


def test_a_day_is_planned_kept_and_there_again_after_a_crash(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "seat", role="field")
    lie(desk)
    first = desk.field_days.plan(DAY, draft(ZHANG, LI, WANG), anew=True)
    assert first.day.faults == ()
    assert [stop.number for stop in first.day.stops] == [1, 2, 3]
    assert all(stop.arrives <= stop.begins < stop.leaves for stop in first.day.stops)
    assert first.day.stops[-1].leaves < first.day.back <= first.day.ends
    assert first.day.begins.timetz() == time(9, tzinfo=first.day.begins.tzinfo)
    by_hand = moved(first.draft, first.day.stops[0].case_id, 2)
    desk.field_days.keep(DAY, by_hand)
    desk.field_days.keep(DAY + timedelta(days=1), draft(SAMPLES[3]))
    desk.close()
    again = open_desk(tmp_path / "seat", role="field")
    assert again.field_days.days() == (DAY, DAY + timedelta(days=1))
    planned = again.field_days.planned(DAY)
    assert planned is not None
    assert planned.case_ids == tuple(stop.case_id for stop in by_hand.stops)
    assert planned.team == TEAM
    assert again.field_days.planned(DAY + timedelta(days=5)) is None
    assert again.field_days.draft(DAY + timedelta(days=5)).team == TEAM  # as the day before
    again.close()


def test_the_gate_says_who_is_visited_and_when(desk: Desk) -> None:
    lie(desk)
    early = draft(LI, begins="06:00", ends="23:30")
    (stop,) = desk.field_days.plan(DAY, early, anew=True).day.stops
    assert (f"{stop.opens:%H:%M}", f"{stop.closes:%H:%M}") == ("08:00", "22:00")
    assert stop.begins >= stop.opens
    night = desk.field_days.plan(DAY, draft(LI, begins="22:30", ends="23:30"), anew=True).day
    assert [(row.kind, row.case_id) for row in night.left_out] == [("blocked", LI.id)]
    proposal = desk.seat.record(LI.id, PlanProposed(request={}, result={"schedule": []}))
    desk.seat.record(LI.id, PlanDecided(decision="agreed", consent="signed"), answers=proposal.id)
    day = desk.field_days.plan(DAY, draft(LI, ZHANG), anew=True).day
    assert day.case_ids == (ZHANG.id,)
    assert [(row.kind, row.case_id) for row in day.left_out] == [("blocked", LI.id)]
    assert "plan is in force" in day.left_out[0].why.plain()
    (row,) = (row for row in desk.field_days.candidates(DAY, draft()) if row.case_id == LI.id)
    assert row.blocked == day.left_out[0].why


def test_agreed_hours_narrow_the_gate_s_and_who_comes_late_is_named(desk: Desk) -> None:
    lie(desk)
    agreed = changed(draft(LI, ZHANG), ZHANG.id, opens="09:00", closes="09:10")
    assert desk.field_days.plan(DAY, agreed, anew=True).day.case_ids == (ZHANG.id, LI.id)
    late = desk.field_days.plan(DAY, agreed).day.stops[1]
    assert late.late
    assert late.case_id == ZHANG.id
    waiting = desk.field_days.plan(DAY, changed(draft(LI), LI.id, opens="11:00")).day.stops[0]
    assert waiting.waits > 60
    assert f"{waiting.begins:%H:%M}" == "11:00"


def test_the_team_grows_with_what_the_cases_ask_for(desk: Desk) -> None:
    lie(desk)
    desk.seat.record(WANG.id, Dispute(state="open", about="penalty"))
    desk.circumstances.add(LI.id, NewCircumstance(what="risk_note", evidence="养有烈性犬"))
    day = desk.field_days.plan(DAY, draft(WANG, LI, ZHANG)).day
    by_case = {stop.case_id: {need.role for need in stop.lacking} for stop in day.stops}
    assert by_case[WANG.id] == {"legal"}
    assert by_case[LI.id] == {"lead"}
    assert by_case[ZHANG.id] == {"legal"}, "owed above the house's threshold"
    whole = with_visitor(with_visitor(TEAM, "legal", "周律师"), "lead", "何琳", HE)
    day = desk.field_days.plan(DAY, draft(WANG, LI, ZHANG, team=whole)).day
    assert not any(stop.lacking for stop in day.stops)
    assert day.faults, "何琳 is on the team twice"
    alone = desk.field_days.plan(DAY, draft(LI, team=TEAM[:1])).day
    assert [fault.params["people"] for fault in alone.faults] == [2]
    assert alone.stops, "the plan is drawn while the team is not complete"


def test_bad_input_is_named_and_the_rest_is_planned(desk: Desk) -> None:
    lie(desk)
    desk.points.add(WANG.id, NewPoint("address", "杭州市滨江区江南大道 8 号", "debtor", "work"))
    nowhere = next(
        point for point in desk.seat.file(WANG.id).points if point.label == "work" and point.kind == "address"
    )
    desk.field_places.place(SAMPLES[4].id, SAMPLES[4].part("home"), Place(52.52, 13.4))  # Berlin
    chosen = draft(LI, ZHANG, SAMPLES[4], WANG)
    chosen = changed(chosen, WANG.id, point=nowhere.id)
    chosen = msgspec.structs.replace(chosen, stops=(*chosen.stops, StopDraft("gone")))
    day = desk.field_days.plan(DAY, chosen, anew=True).day
    assert set(day.case_ids) == {LI.id, ZHANG.id}
    assert {row.case_id: row.kind for row in day.left_out} == {
        SAMPLES[4].id: "never_open",
        WANG.id: "no_place",
        "gone": "absent",
    }
    desk.field_places.place(WANG.id, nowhere.id, read_place("30.21, 120.21"))
    assert WANG.id in desk.field_days.plan(DAY, chosen, anew=True).day.case_ids
    assert desk.field_days.plan(DAY, draft(), anew=True).day.stops == ()
    one = desk.field_days.plan(DAY, draft(LI), anew=True).day
    assert one.case_ids == (LI.id,)


def test_what_does_not_fit_stays_out_until_it_is_put_back(desk: Desk) -> None:
    lie(desk)
    full = desk.field_days.plan(DAY, draft(*SAMPLES[:6], minutes=120), anew=True)
    out = {row.case_id: row.kind for row in full.day.left_out}
    assert set(out.values()) == {"no_time"}
    assert len(full.day.stops) + len(out) == 6
    again = desk.field_days.plan(DAY, full.draft)
    assert again.day.case_ids == full.day.case_ids
    assert {row.case_id for row in again.day.left_out} == set(out)
    back = desk.field_days.plan(DAY, moved(full.draft, next(iter(out)), 0)).day
    assert back.case_ids[0] == next(iter(out))
    assert back.over, "the day is longer now, and says so"


def test_an_address_known_to_be_wrong_is_not_gone_to(desk: Desk) -> None:
    lie(desk)
    desk.seat.record(LI.id, Contact(party="unknown"), channel="visit", outcome="visit_address_wrong",
                     contact_point=LI.part("home"))  # fmt: skip
    day = desk.field_days.plan(DAY, draft(LI)).day
    assert [row.kind for row in day.left_out] == ["no_address"]
    (row,) = (row for row in desk.field_days.candidates(DAY, draft()) if row.case_id == LI.id)
    assert row.last_visit == TODAY
    assert row.blocked is not None


def test_a_case_that_leaves_the_desk_leaves_its_day(desk: Desk) -> None:
    lie(desk)
    desk.field_days.keep(DAY, draft(LI, ZHANG))
    with desk.seat.store.write() as conn:
        replica.remove_case(conn, LI.id)
    planned = desk.field_days.planned(DAY)
    assert planned is not None
    assert planned.case_ids == (ZHANG.id,)


def test_filters_and_districts(desk: Desk) -> None:
    rows = desk.field_days.candidates(DAY, draft())
    assert {row.case_id for row in rows} == {sample.id for sample in SAMPLES}
    assert "杭州市" in districts(rows)
    assert all("文三路" not in row.address for row in rows), "the street is masked"

    some = desk.field_days.candidates(DAY, draft(), (ZHANG.id, "gone"))
    assert some == tuple(row for row in rows if row.case_id == ZHANG.id)

    def chosen(**conditions: object) -> set[str]:
        selection = Selection(**conditions)  # type: ignore[arg-type]
        return {row.name for row in rows if selection.holds(row, DAY)}

    assert chosen(stages=("M1",)) == {"李秀英", "刘洋", "黄丽华"}
    assert chosen(least=100_000) == {"张建国"}
    assert chosen(most=6_000) == {"黄丽华"}
    assert chosen(district="温州市") == {"张建国"}
    assert chosen(text="0003") == {"张建国"}
    assert chosen(text=HOSTILE) == {HOSTILE}
    assert chosen(no_place=True) == set()
    assert chosen(unvisited_days=30) == {row.name for row in rows}
    lost = replace(rows[0], lost=True)
    assert Selection(lost=True).holds(lost, DAY)
    assert not Selection(lost=True).holds(replace(rows[0], lost=False), DAY)


def test_a_place_is_recorded_and_other_seats_see_it(desk: Desk) -> None:
    change = desk.field_places.place(LI.id, LI.part("home"), Place(29.9, 121.5))
    assert change.case_ids == {LI.id}
    (point,) = (point for point in desk.seat.file(LI.id).points if point.kind == "address")
    assert (point.latitude, point.longitude) == (29.9, 121.5)
    with desk.seat.store.read() as conn:
        waiting = conn.exec_driver_sql("SELECT count(*) FROM outbox WHERE case_id = ?", (LI.id,)).scalar_one()
    assert waiting == 1
    assert any(entry.title.text.startswith("Place of an address") for entry in desk.casefile.open(LI.id).timeline)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("30.2741, 120.1551", (30.2741, 120.1551)),
        ("30.2741，120.1551", (30.2741, 120.1551)),
        ("30.2741 120.1551", (30.2741, 120.1551)),
        ("30.2741N, 120.1551E", (30.2741, 120.1551)),
        ("33.8° S 151.2° E", (-33.8, 151.2)),
        ("+51.5;-0.12", (51.5, -0.12)),
        ("", None),
        ("120.1551", None),
        ("120.1551, 30.2741", None),  # the wrong way round
        ("91, 0", None),
        ("=1+1, 3", None),
        ("nan, nan", None),
        ("1" * 400, None),
        ("杭州市中山路", None),
    ],
)
def test_coordinates_as_they_are_typed(text: str, place: tuple[float, float] | None) -> None:
    if place is None:
        with pytest.raises(InputError):
            read_place(text)
    else:
        assert read_place(text) == place


def test_nothing_but_an_address_of_the_case_is_placed(desk: Desk) -> None:
    for point, place in (
        (LI.part("mobile"), Place(30, 120)),
        (ZHANG.part("home"), Place(30, 120)),
        (LI.part("home"), Place(float("nan"), 120)),
        (LI.part("home"), Place(30, 1e9)),
    ):
        with pytest.raises(InputError):
            desk.field_places.place(LI.id, point, place)
    with pytest.raises(WorkstationError):
        desk.field_places.place("no case", LI.part("home"), Place(30, 120))


def test_a_day_takes_two_hundred_stops_and_no_more(desk: Desk) -> None:
    many = added(DayDraft(), [f"case {number}" for number in range(250)])
    assert len(many.stops) == MOST_STOPS
    assert added(many, ["case 3"]) == many
    assert "case 3" not in without(many, "case 3").case_ids
    assert moved(many, "not there", 3) == many
    assert moved(many, "case 5", -9).stops[0].case_id == "case 5"
    assert moved(many, "case 5", 999).stops[-1].case_id == "case 5"


def test_the_day_begins_where_it_is_said_else_at_the_bank_s_office(desk: Desk) -> None:
    lie(desk)
    day = desk.field_days.plan(DAY, draft(LI, ZHANG, start=Spot(30.0, 120.0))).day
    assert day.start == day.end == Place(30.0, 120.0)
    day = desk.field_days.plan(DAY, draft(LI, ZHANG)).day
    assert day.start is not None
    assert abs(day.start.latitude - 30.265) < 1e-6, "the middle"
    with desk.seat.store.write() as conn:
        told = {
            **desk.seat.file(LI.id).book.contact,
            "latitude": "30.1",
            "longitude": "120.2",
            "visit_legal_above": "1",
        }
        conn.execute(tables.book.update().values(contact=json.dumps(told)))
    made = desk.correspondence.preview(LI.id, "reminder")
    assert made.pdf, "no letter stumbles over what is there for visits"
    assert desk.field_days.plan(DAY, draft(LI)).day.start == Place(30.1, 120.2)
    with desk.seat.store.write() as conn:
        conn.execute(tables.book.update().values(contact='{"latitude": "x", "longitude": "999"}'))
    assert desk.field_days.plan(DAY, draft(LI)).day.start is not None


def test_the_change_to_summer_time_moves_no_visit(desk: Desk) -> None:
    from zoneinfo import ZoneInfo

    lie(desk)
    desk.seat.clock.zone = ZoneInfo("Europe/London")
    day = date(2027, 3, 28)  # at one o'clock it is two
    (stop,) = desk.field_days.plan(day, draft(LI, begins="00:30", ends="18:00")).day.stops
    assert stop.begins >= stop.opens
    agreed = changed(draft(LI, begins="00:30", ends="18:00"), LI.id, opens="10:00", closes="11:00")
    (stop,) = desk.field_days.plan(day, agreed).day.stops
    assert (f"{stop.begins:%H:%M}", stop.late) == ("10:00", False)


def test_another_address_of_the_case_is_gone_to_and_who_lives_there_said(desk: Desk) -> None:
    lie(desk)
    guarantor = WANG.part("guarantor")
    with desk.seat.store.write() as conn:
        replica.upsert(conn, tables.related_person, [(guarantor, WANG.id, "周强", "guarantor", True)])
        told = (WANG.part("guarantor home"), WANG.id, guarantor, "address", "home", "浙江省杭州市拱墅区湖墅路 1 号")
        replica.upsert(conn, tables.contact_point, [(*told, "Asia/Shanghai", 30.31, 120.15, "contract", 1)])
    (row,) = (row for row in desk.field_days.candidates(DAY, draft()) if row.case_id == WANG.id)
    assert [(one.point, one.whose) for one in row.addresses] == [(WANG.part("home"), ""), (told[0], "guarantor")]
    assert row.addresses[1].shown == "浙江省杭州市拱墅区****"
    (stop,) = desk.field_days.plan(DAY, changed(draft(WANG), WANG.id, point=told[0])).day.stops
    assert (stop.point, stop.place) == (told[0], Place(30.31, 120.15))
    (stop,) = desk.field_days.plan(DAY, changed(draft(WANG), WANG.id, point="no address")).day.stops
    assert stop.point == WANG.part("home")


@pytest.mark.parametrize("body", ["", "{", '{"begins": "25:99"}', '{"team": [{"role": "thief", "name": "x"}]}'])
def test_a_day_that_cannot_be_read_is_begun_anew(desk: Desk, body: str) -> None:
    desk.field_days.keep(DAY, draft(LI))
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE field_day SET body = ?", (body,))
    assert desk.field_days.draft(DAY).stops == ()
    assert desk.field_days.planned(DAY) is None
