"""The look before leaving: each thing that is missing is named with why and what helps; nothing missing says so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local_db import state, sync_log
from local_db.sync_log import LogLine
from tests.ui.sample_book import SAMPLES, TODAY, WANG
from tests.ui.sample_desk import open_desk
from workstation.desk.field_bundle import Checked, FieldBundle, Readiness
from workstation.desk.field_draft import DayDraft, StopDraft
from workstation.domain.events import Letter, Note
from workstation.domain.field_day import PlannedDay
from workstation.domain.route import Place
from workstation.security.lease import DAY, LeaseStatus
from workstation.session import Desk

LI = SAMPLES[1]
WEEK = LeaseStatus("good", 7 * DAY)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "seat", role="field")
    for place, sample in enumerate((WANG, LI)):
        made.field_places.place(sample.id, sample.part("home"), Place(30.25 + place / 100, 120.13), how="typed")
    draft = DayDraft(stops=(StopDraft(WANG.id), StopDraft(LI.id)))
    made.field_days.keep(TODAY, draft)
    with made.seat.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM outbox")
    synchronised(made, timedelta(minutes=5))
    yield made
    made.close()


def synchronised(desk: Desk, ago: timedelta) -> None:
    at = datetime.now(UTC) - ago
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM sync_log")
        sync_log.append(conn, LogLine(at, at))


def planned(desk: Desk) -> PlannedDay:
    found = desk.field_days.planned(TODAY)
    assert found is not None
    return replace(found, faults=())


def looked(desk: Desk, *, lease: LeaseStatus | None = WEEK, pin: bool = True, days: int = 1) -> Readiness:
    bundle = FieldBundle(desk.seat, lambda: pin, lambda: lease)
    return bundle.check([planned(desk)], [TODAY + timedelta(days=at) for at in range(days)])


def of(found: Readiness, about: str) -> list[Checked]:
    return [row for row in found.rows if row.about == about]


def test_when_everything_is_here_it_says_so_and_names_it(desk: Desk) -> None:
    found = looked(desk)
    assert found.ready
    assert [row for row in found.rows if row.state != "ok"] == []
    assert {row.about for row in found.rows} == {"sync", "cases", "lease", "pin", "clock", "disk", "data"}
    assert (found.cases, found.days) == (2, (TODAY,))


def test_a_lease_that_ends_on_the_way_is_missing(desk: Desk) -> None:
    assert looked(desk, days=3).ready
    found = looked(desk, lease=LeaseStatus("good", 2 * DAY), days=3)
    (row,) = of(found, "lease")
    assert (row.state, row.action, found.ready) == ("bad", "sync", False)
    assert of(looked(desk, lease=LeaseStatus("clock_back", DAY)), "lease")[0].state == "bad"
    assert of(looked(desk, lease=None), "lease") == []


def test_days_without_a_plan_and_no_pin_are_named(desk: Desk) -> None:
    found = looked(desk, pin=False, days=2)
    assert [(row.state, row.action) for row in of(found, "plan")] == [("warn", "plan")]
    assert [(row.state, row.action) for row in of(found, "pin")] == [("bad", "pin")]
    assert found.rows[0].state == "bad"  # what is missing stands first


@pytest.mark.parametrize(("hours", "state_"), [(1, "ok"), (6, "warn"), (30, "bad")])
def test_how_long_ago_it_synchronised_counts(desk: Desk, hours: int, state_: str) -> None:
    synchronised(desk, timedelta(hours=hours))
    assert [row.state for row in of(looked(desk), "sync")] == [state_]


def test_what_waits_a_case_that_left_and_a_clock_that_is_off_are_named(desk: Desk) -> None:
    desk.seat.record(WANG.id, Note(text="waits"))
    with desk.seat.store.write() as conn:
        state.set_state(conn, "offset_ms", str(20 * 60_000))
    day = planned(desk)
    gone = replace(day, stops=(*day.stops, replace(day.stops[0], case_id="gone")))
    found = FieldBundle(desk.seat, lambda: True, lambda: WEEK).check([gone])
    assert [row.action for row in of(found, "outbox")] == ["sync"]
    assert [row.state for row in of(found, "cases")] == ["bad"]
    assert [row.state for row in of(found, "clock")] == ["warn"]


def test_an_address_without_place_a_letter_of_another_version_and_a_full_disk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Letter(template="demand", version="99", language="zh_CN", sha256="0" * 64, pages=1, context={})
    desk.seat.record(WANG.id, old)
    zhang = SAMPLES[2]
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE contact_point SET latitude = NULL WHERE case_id = ?", (zhang.id,))
    desk.field_days.keep(TODAY, DayDraft(stops=(StopDraft(WANG.id), StopDraft(zhang.id))))
    usage = shutil.disk_usage(desk.seat.store.path.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1024**2))
    found = looked(desk)
    assert [(row.state, row.case_id) for row in of(found, "letters")] == [("warn", WANG.id)]
    assert [(row.state, row.action, row.case_id) for row in of(found, "place")] == [("warn", "place", zhang.id)]
    assert [row.state for row in of(found, "disk")] == ["bad"]


def test_house_rules_that_cannot_be_read_are_missing(desk: Desk) -> None:
    from workstation.desk.rules import house_file

    path = house_file("zh-CN")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("broken = [", "utf-8")
    found = looked(desk)
    assert "bad" in {row.state for row in of(found, "rules")}
    assert not found.ready
    assert of(found, "data") == []


def test_a_dossier_of_before_belongs_back_first(desk: Desk) -> None:
    from workstation.desk.dossiers import wanted_of

    made = desk.dossiers.make(wanted_of(planned(desk)), "en")
    desk.dossiers.issue(made, "print")
    assert [row.state for row in of(looked(desk), "dossier")] == ["ok"]
    desk.field_days.keep(TODAY, DayDraft(stops=(StopDraft(SAMPLES[3].id),)))
    bundle = FieldBundle(desk.seat, lambda: True, lambda: WEEK)
    found = bundle.check([replace(planned(desk), day=TODAY + timedelta(days=1))])
    assert [(row.state, row.action) for row in of(found, "dossier")] == [("warn", "dossier")]
