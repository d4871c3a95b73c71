"""From the open case to the debtor's letter box: the real window, a real centre, the gateway and a mail server."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from letters.verify import verify
from local_db.engine import open_store
from tests.central.builders import new_id
from tests.central.server import PASSWORD
from tests.gateway.conftest import House
from tests.gateway.test_letters_by_mail import BANK, SHANGHAI
from tests.sync.conftest import Desk as Station
from tests.ui.closing import close_for_good
from tests.ui.steps import Steps
from ui.app import application
from ui.letter.panel import LetterPanel
from ui.look import Look
from ui.shell.window import MainWindow
from workstation.desk.seat import Clock, Person, Seat
from workstation.domain.events import Letter, MessageResult, decode_body
from workstation.session import Desk
from workstation.sync.server import Server


@pytest.fixture
def window(house: House, tmp_path: Path) -> Iterator[MainWindow]:
    """li.na's window at noon, over a store that was synchronised once."""
    application()
    house.owner("UPDATE book SET contact = %s::json", BANK)
    for case in house.cases:
        house.owner(
            "INSERT INTO contact_point VALUES (%s, %s, NULL, 'address', 'home', '杭州市文三路 99 号', 'Asia/Shanghai',"
            " NULL, NULL, 'contract', 3)",
            new_id(), case,
        )  # fmt: skip
    store = open_store(tmp_path / "seat.store", bytes(32))
    station = Station(house.central, "li.na", store, new_id())
    station.sync()
    clock = Clock.starting_at(dt.datetime.now(SHANGHAI).date(), dt.time(12), "Asia/Shanghai")
    person = Person(house.central.people["li.na"], "li.na", "li.na", "collector", None, "")
    server = house.central.server
    target = Server(server.host, server.port, house.central.name)
    desk = Desk(target, PASSWORD, Seat(store, person, station.device, clock), online=True)
    look = Look("zh_CN", "light")
    look.apply()
    made = MainWindow(look, desk)
    made.show()
    yield made
    close_for_good(made)


def test_a_letter_opened_looked_at_recorded_and_received(house: House, window: MainWindow) -> None:
    [case, *_] = house.cases
    window.open_case(case)
    steps = Steps(window)
    steps.key("F4")
    panel = window.current
    assert isinstance(panel, LetterPanel)
    panel.choose("demand")
    panel.words.setPlainText("如有困难请来电。")
    steps.until(
        lambda: panel.made is not None and panel.made.context["free_paragraph"] == "如有困难请来电。", "the page"
    )
    assert panel.made is not None
    seen = panel.made.pdf
    steps.key("Alt+E")
    assert panel.mailing.send.isEnabled(), panel.mailing.problem.text()
    steps.key("Ctrl+Return")

    def told(kind: str) -> list[object]:
        return [decode_body(e.kind, e.body) for e in window.desk.seat.file(case).events if e.kind == kind]

    [record] = told("letter")
    assert isinstance(record, Letter)
    assert record.sha256 == hashlib.sha256(seen).hexdigest()
    steps.until(lambda: window.desk.sync.status().waiting == 0, "the seat hands in the letter and its message")
    assert house.round().sent == 1
    [envelope], [mail] = house.mail.taken, house.mail.letters
    assert envelope.rcpt_tos == ["debtor0@mail.example"]
    [attached] = mail.iter_attachments()
    assert attached.get_payload(decode=True) == seen, "the debtor reads the very page that was looked at"
    assert verify(seen, record.context, record.version).same
    window.desk.sync.sync_now()
    steps.until(lambda: bool(told("message_result")), "what became of it comes back to the seat")
    assert told("message_result") == [MessageResult(state="sent", reference="Q1")]
