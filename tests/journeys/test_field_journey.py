"""From the plan of the day to the centre: dossier, three days offline, a crash, and a slow line that keeps breaking."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from local_db import attachments, flags
from tests.central.server import CentralDatabase
from tests.faults.forwarder import Forwarder, SlowLine
from tests.journeys.field_days import (
    CASES,
    LOGIN,
    PHOTOS,
    REPORTS,
    FieldSeat,
    at_home,
    book_of_visits,
    bring_home,
    filled,
    three_days,
)
from tests.security.memory_keyring import MemoryKeyring
from tests.sync.conftest import SeatMaker, seat_of  # noqa: F401  # a fixture
from tests.sync.test_attachments import move
from workstation.desk.dossiers import DossierWanted, StopWanted
from workstation.desk.field_draft import DayDraft, StopDraft
from workstation.domain.field_day import Visitor
from workstation.sync import attachments as photos
from workstation.sync import pace
from workstation.sync.link import Unreachable

SIDE = 150  # pixels: photos of about fifteen kilobytes
FASTER = 64  # than 64 kbit/s, as are the photos smaller than a telephone's; chunks and stretches with it
RATE = 8_000


@pytest.fixture
def seat(central: CentralDatabase, memory_keyring: MemoryKeyring, tmp_path: Path) -> Iterator[FieldSeat]:
    line = Forwarder(central.server.host, central.server.port)
    made = FieldSeat(central, line, memory_keyring, tmp_path, datetime.now(UTC).date() - timedelta(days=2))
    yield made
    made.close()
    line.cut()


def test_three_days_in_the_field_come_home_once_and_whole(
    central: CentralDatabase,
    seat: FieldSeat,
    seat_of: SeatMaker,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cases = book_of_visits(central)
    desk = seat.desk()
    desk.sync.once()

    # The morning: the day is planned, its dossier made and issued, and what that records handed in.
    me, day = central.people[LOGIN], desk.today()
    team = (Visitor("visitor", "赵敏", me), Visitor("companion", "孙强", ""))
    draft = DayDraft(team=team, stops=tuple(StopDraft(case) for case in cases), begins="09:00", ends="20:00")
    planned = desk.field_days.plan(day, draft, anew=True).day
    assert len(planned.stops) + len(planned.left_out) == CASES
    assert len(planned.stops) > CASES // 2
    stops = tuple(
        StopWanted(stop.case_id, begins=stop.begins, leaves=stop.leaves, at=stop.place, metres=stop.metres)
        for stop in planned.stops
    )
    made = desk.dossiers.make(DossierWanted(day, stops, (me,), planned.start, planned.end), "zh_CN")
    assert len(PdfReader(BytesIO(made.pdf)).pages) >= len(stops)
    desk.dossiers.issue(made, "print")
    desk.sync.once()
    seat.close()

    # Three days without a network; the program dies while the fortieth report is written.
    seat.line.cut()
    three_days(seat, cases, SIDE)
    last = cases[(REPORTS - 1) % CASES]
    desk = seat.desk(day=2)
    with desk.seat.store.read() as conn:
        assert attachments.unsent(conn)[0] == PHOTOS - PHOTOS // REPORTS
        left = [row for row in attachments.of_case(conn, last) if row.state == "draft"]
    assert len(left) == PHOTOS // REPORTS, "the photos of the report that was not saved are still here"
    form = desk.visit.opened(last, None)
    assert len(form.photos) == PHOTOS // REPORTS
    desk.announce(desk.visit.save(last, filled(desk, form)))
    new = seat_of("wang.wei")
    move(central, cases[0], "wang.wei")  # meanwhile, at the centre
    new.sync()

    # Back online.
    monkeypatch.setattr(pace, "AIM_SECONDS", pace.AIM_SECONDS / FASTER)
    monkeypatch.setattr(photos, "STRETCH_SECONDS", photos.STRETCH_SECONDS / FASTER)
    seat.line.mend()
    seat.line.slow = SlowLine(RATE * FASTER, cuts=0.05)
    before = seat.line.sent
    bring_home(desk, 100, Unreachable)
    sent = seat.line.sent - before

    home = at_home(central)
    assert len(home.reports) == REPORTS
    named = [shot["sha256"] for body in home.reports for shot in json.loads(body)["photos"]]
    assert len(named) == PHOTOS
    assert sorted(named) == sorted(home.photos), "everything that a report names, once, and nothing else"
    carried = sum(map(len, home.photos.values()))
    assert seat.line.breaks > 0
    assert sent <= 1.2 * (carried + home.events), (sent, carried, home.events, seat.line.breaks)

    # What was done on the case that had moved is taken, seen with a mark by who has it, and gone from here.
    seat.line.slow = None
    desk.sync.once()
    with desk.seat.store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM cases WHERE id = ?", (cases[0],)).scalar_one() == 0
        left = attachments.of_case(conn, cases[0])
    assert {row.state for row in left} == {"confirmed"}, "of no screen, for a centre that is restored"
    new.sync()
    with new.store.read() as conn:
        marked = flags.of_case(conn, cases[0])
    visits = [event for event in new.seat.file(cases[0]).events if event.kind == "visit"]
    assert len(visits) == 3
    assert {event.id for event in visits} <= set(marked)
    first = json.loads(visits[0].body)["photos"][0]["sha256"]
    assert photos.fetch(new.link, cases[0], first) == (home.photos[first], "image/jpeg")
