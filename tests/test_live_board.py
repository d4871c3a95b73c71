"""A lead's board beside a real centre: what is changed elsewhere is on it with the next, and soon, synchronisation."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from tests.central.builders import book_rows
from tests.central.server import PASSWORD, CentralDatabase
from tests.security.memory_keyring import MemoryKeyring
from workstation.central.loading import load
from workstation.desk.caseload import BoardRow
from workstation.domain.events import Note
from workstation.domain.message import msg
from workstation.domain.staffing import Staffing
from workstation.running import LEAD_SECONDS, pause
from workstation.security.credentials import Credentials
from workstation.session import Desk, sign_in
from workstation.sync import decisions
from workstation.sync.decisions import Link
from workstation.sync.link import Unreachable
from workstation.sync.server import Server

LONGEST_WAIT = 30.0  # seconds; a bound for a failing test, not a measure


@pytest.fixture
def enter(central: CentralDatabase, memory_keyring: MemoryKeyring) -> Iterator[Callable[[str], Desk]]:
    with central.connect() as conn:
        load(conn, book_rows(central, 4))
    desks: list[Desk] = []

    def made(login: str) -> Desk:
        server = Server(central.server.host, central.server.port, central.name)
        desks.append(sign_in(server, login, PASSWORD, credentials=Credentials(memory_keyring)))
        return desks[-1]

    yield made
    for desk in desks:
        desk.close()


def _no_line() -> Link:
    raise Unreachable(msg("no line"))


def of(desk: Desk, person: str) -> BoardRow:
    return next(row for row in desk.caseload.board().rows if row.person_id == person)


def until(desk: Desk, holds: Callable[[], bool]) -> None:
    """Let the seat's own clockwork synchronise as if its time had come, and look again whenever something did."""
    desk.sync._next = monotonic()
    came = threading.Event()
    desk.subscribe(lambda _changes: came.set())
    deadline = monotonic() + LONGEST_WAIT
    while not holds():
        assert monotonic() < deadline
        came.clear()
        desk.sync.tick()
        came.wait(0.1)


def synchronise(desk: Desk) -> None:
    before = desk.sync.status().last_ok
    desk.sync.sync_now()
    until(desk, lambda: desk.sync.status().last_ok not in {None, before} and desk.sync.status().state == "synced")


def test_a_lead_s_seat_looks_often_enough_for_ten_seconds() -> None:
    assert max(pause(every=LEAD_SECONDS) for _ in range(200)) < 9.5
    assert min(pause(1, every=LEAD_SECONDS) for _ in range(200)) >= 42, "an absent centre is not pestered"


def test_what_happens_elsewhere_is_on_the_board(central: CentralDatabase, enter: Callable[[str], Desk]) -> None:
    collector, lead = enter("li.na"), enter("chen.jie")
    li, wang = central.people["li.na"], central.people["wang.wei"]
    synchronise(lead)
    assert (of(lead, li).cases, of(lead, wang).cases) == (4, 0)
    assert lead.sync._next - monotonic() < 10, "also after photos had their turn"
    assert of(lead, li).member.waiting == 0  # type: ignore[union-attr]
    with central.connect("admin", autocommit=True) as link:
        case = lead.caseload.cases([li])[0]
        (move,) = decisions.reassign(link, [(case.case_id, case.version)], wang, "")
        assert move.done
    until(lead, lambda: of(lead, wang).cases == 1)
    assert of(lead, li).cases == 3
    # The collector's own record arrives, and that nothing waits at the seat any more.
    other = lead.caseload.cases([li])[0]
    synchronise(collector)
    with lead.seat.store.read() as conn:
        events = conn.exec_driver_sql("SELECT count(*) FROM case_event").scalar_one()
    collector.seat.record(other.case_id, Note(text="好"))
    synchronise(collector)

    def arrived() -> bool:
        with lead.seat.store.read() as conn:
            return bool(conn.exec_driver_sql("SELECT count(*) FROM case_event").scalar_one() == events + 1)

    until(lead, arrived)
    assert lead.caseload.board().as_of is not None


def test_two_leads_change_the_same_place_and_the_second_is_told(
    central: CentralDatabase, enter: Callable[[str], Desk]
) -> None:
    lead = enter("chen.jie")
    synchronise(lead)
    li = central.people["li.na"]
    member = of(lead, li).member
    assert member is not None
    with central.connect("admin", autocommit=True) as link:
        from workstation.sync.staffing import set_staffing

        assert set_staffing(link, li, 1, Staffing(capacity=50)).done
    told = lead.staffing.change(li, member.version or 0, Staffing(capacity=80))
    assert not told.done
    assert "Administrator" in str(told.sentence.params["who"])
    until(lead, lambda: of(lead, li).member.plan.capacity == 50)  # type: ignore[union-attr]
    assert lead.staffing.change(li, 2, Staffing(capacity=80)).done
    assert lead.staffing.undo().done
    # Decided without a line: asked before the next synchronisation, and the second is told there too.
    reached = lead.staffing._open_line
    lead.staffing._open_line = _no_line
    for seen, capacity in ((4, 90), (4, 95)):
        assert lead.staffing.change(li, seen, Staffing(capacity=capacity)).waits
    lead.staffing._open_line = reached
    assert len(lead.waiting_decisions.rows()) == 1, "the later one took the place of the earlier"
    until(lead, lambda: of(lead, li).member.plan.capacity == 95)  # type: ignore[union-attr]
    (answer,) = lead.staffing.answered()
    assert answer.text.startswith("Saved")
    assert lead.staffing.answered() == ()
    assert lead.staffing.change(li, 5, Staffing(capacity=50)).done
    until(lead, lambda: of(lead, li).member.plan == Staffing(capacity=50))  # type: ignore[union-attr]
