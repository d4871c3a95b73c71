"""Three days of visits at a real seat, killed in the middle of the last report: for the journey and its benchmark."""

from __future__ import annotations

import hashlib
import io
import os
import random
import signal
import traceback
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, NoReturn

from PIL import Image

from local_db import attachments
from tests.central.builders import book_rows, new_id
from tests.central.server import PASSWORD, CentralDatabase
from tests.faults.forwarder import Forwarder
from tests.security.memory_keyring import MemoryKeyring
from workstation.central.loading import load
from workstation.desk.seat import Clock
from workstation.desk.views import CallForm
from workstation.desk.visit_views import VisitForm, VisitorRow
from workstation.domain.visit_rules import CONDUCT_CHECKS
from workstation.security.credentials import Credentials
from workstation.session import Desk, sign_in
from workstation.sync.server import Server

LOGIN = "zhao.min"
CASES, REPORTS, PHOTOS = 14, 40, 200
ZONE = "Asia/Shanghai"


def photo(n: int, side: int) -> bytes:
    """Noise, so that it stays as large as it is; no two alike."""
    image = Image.frombytes("RGB", (side, side), random.Random(n).randbytes(side * side * 3))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def book_of_visits(central: CentralDatabase) -> list[str]:
    """Cases of the field collector, each with an address that lies somewhere."""
    rows = book_rows(central, CASES, assignee=LOGIN)
    for n, case in enumerate(rows["cases"]):
        rows["contact_point"].append(
            (new_id(), case[0], None, "address", "home", f"文三路 {n} 号", ZONE, 30.2 + n / 200, 120.1, "contract", 2)
        )
    with central.connect() as conn:
        load(conn, rows)
    return [row[0] for row in rows["cases"]]


@dataclass
class FieldSeat:
    """The seat, whose line can be cut and made slow. One desk is open at a time."""

    central: CentralDatabase
    line: Forwarder
    keyring: MemoryKeyring
    folder: Path
    first: date
    _open: list[Desk] = field(default_factory=list)

    def desk(self, day: int = 0, at: time = time(11, 30)) -> Desk:
        """Signed in, at the centre when it is reached, with a clock that reads `at` on that day."""
        self.close()
        clock = Clock.starting_at(self.first + timedelta(days=day), at, ZONE)
        server = Server("127.0.0.1", self.line.port, self.central.name)
        self._open.append(sign_in(server, LOGIN, PASSWORD, credentials=Credentials(self.keyring), clock=clock))
        return self._open[0]

    def close(self) -> None:
        while self._open:
            self._open.pop().close()


def filled(desk: Desk, form: VisitForm) -> VisitForm:
    """What was said and seen at the door, typed in."""
    form.outcome = "visit_met"
    form.call = CallForm(
        contact_point=form.call.contact_point,
        outcome="right_party_no_commitment",
        identity=["full_name", "address"],
        note="在家中说明了情况，愿意再谈。",
        override_reason="事先约定",
    )
    now = desk.now().astimezone(desk.seat.clock.zone)
    form.arrived, form.left = f"{now - timedelta(minutes=20):%H:%M}", f"{now - timedelta(minutes=2):%H:%M}"
    form.team = [VisitorRow("孙强", "", "second")]
    form.conduct = dict.fromkeys(CONDUCT_CHECKS, "yes")
    return form


def report(desk: Desk, case_id: str, contents: list[bytes], folder: Path) -> VisitForm:
    """A whole report with its photos, ready to be saved."""
    form = filled(desk, desk.visit.start(case_id))
    for n, content in enumerate(contents):
        path = folder / f"{n}.jpg"
        path.write_bytes(content)
        form.photos.append(desk.visit.add_photo(case_id, path, form))
    return form


def three_days(seat: FieldSeat, cases: list[str], side: int) -> None:
    """Forty reports with five photos each, offline; the process is killed while the last one is being written."""
    child = os.fork()
    if not child:
        _work_and_die(seat, cases, side)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), (seat.folder / "crash.txt").read_text()
    assert os.WTERMSIG(status) == signal.SIGKILL


def _work_and_die(seat: FieldSeat, cases: list[str], side: int) -> NoReturn:
    try:
        desk: Desk | None = None
        for n in range(REPORTS):
            if n % CASES == 0:
                desk = seat.desk(day=n // CASES)
            assert desk is not None
            form = report(desk, cases[n % CASES], photos_of(n, side), seat.folder)
            if n == REPORTS - 1:
                attachments.keep = _killed
            desk.announce(desk.visit.save(cases[n % CASES], form))
    except BaseException:  # noqa: BLE001 - told to the parent, which fails
        (seat.folder / "crash.txt").write_text(traceback.format_exc())
    os._exit(1)


def _killed(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def photos_of(n: int, side: int) -> list[bytes]:
    each = PHOTOS // REPORTS
    return [photo(n * each + k, side) for k in range(each)]


def bring_home(desk: Desk, tries: int, broken: type[Exception]) -> int:
    """Synchronise until nothing waits; returns how often that took."""
    for tried in range(1, tries + 1):
        try:
            desk.sync.once()
        except broken:
            continue
        status = desk.sync.status()
        if not status.waiting and not status.attachments:
            return tried
    raise AssertionError(f"not home after {tries} synchronisations: {desk.sync.status()}")


@dataclass(frozen=True)
class Home:
    """What the centre has."""

    reports: list[str]
    photos: dict[str, bytes]
    events: int  # bytes of all events, as they went


def at_home(central: CentralDatabase) -> Home:
    with central.connect() as conn:
        reports = [row[0] for row in conn.execute("SELECT body::text FROM case_event WHERE kind = 'visit'")]
        rows = conn.execute(
            "SELECT a.sha256, string_agg(c.data, ''::bytea ORDER BY c.start) FROM attachment a"
            " JOIN attachment_chunk c USING (case_id, sha256) WHERE a.finished_at IS NOT NULL"
            " GROUP BY a.case_id, a.sha256"
        ).fetchall()
        size = conn.execute("SELECT sum(octet_length(to_json(e)::text)) FROM case_event e").fetchone()
    photos = {sha256: bytes(data) for sha256, data in rows}
    assert len(photos) == len(rows)
    assert all(hashlib.sha256(data).hexdigest() == sha256 for sha256, data in photos.items())
    return Home(reports, photos, int(size[0]) if size else 0)
