"""A letter e-mailed from the desk: record and message together, the PDF made again at the gateway, or nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from letters.verify import verify
from local_db import replica
from local_db.engine import open_store
from local_db.state import CENTRE_SCHEMA, set_state
from tests.central.builders import new_id
from tests.gateway.conftest import House
from tests.sync.conftest import Desk as Station
from workstation.desk.correspondence import Correspondence
from workstation.desk.letter_form import LetterForm
from workstation.desk.letter_mail import LetterMail, MailForm
from workstation.desk.messages import Messages
from workstation.desk.seat import Clock, Person, Seat
from workstation.domain.errors import InputError
from workstation.domain.events import Correction, Letter, MessageResult, TextMessage, decode_body

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
BANK = (
    '{"phone": "95000", "address": "杭州市上城区解放路 1 号", "how_to_pay": "手机银行或任一网点",'
    ' "how_to_object": "致电 95000"}'
)


class Writer:
    """li.na's seat at noon, with the three desks that a letter by e-mail needs."""

    def __init__(self, house: House, folder: Path) -> None:
        self.station = Station(house.central, "li.na", open_store(folder / "seat.store", bytes(32)), new_id())
        today = dt.datetime.now(SHANGHAI).date()
        clock = Clock.starting_at(today, dt.time(12), "Asia/Shanghai")
        person = Person(house.central.people["li.na"], "li.na", "li.na", "collector", None, "")
        self.seat = Seat(self.station.store, person, self.station.device, clock)
        self.letters = Correspondence(self.seat)
        self.mail = LetterMail(self.seat, self.letters, Messages(self.seat))

    def made(self, case: str):  # type: ignore[no-untyped-def]
        context = self.letters.prepare(case, LetterForm("demand", "zh_CN", free_paragraph="如有困难请来电。"))
        return self.letters.made(context)

    def bodies(self, case: str) -> list[object]:
        return [decode_body(event.kind, event.body) for event in self.seat.file(case).events]


@pytest.fixture
def writer(house: House, tmp_path: Path) -> Iterator[Writer]:
    house.owner("UPDATE book SET contact = %s::json", BANK)
    for case in house.cases:
        house.owner(
            "INSERT INTO contact_point VALUES (%s, %s, NULL, 'address', 'home', '杭州市文三路 99 号', 'Asia/Shanghai',"
            " NULL, NULL, 'contract', 3)",
            new_id(), case,
        )  # fmt: skip
    made = Writer(house, tmp_path)
    made.station.sync()
    yield made
    made.station.store.close()


def test_the_debtor_receives_the_pdf_whose_hash_is_on_record(house: House, writer: Writer) -> None:
    [case, *_] = house.cases
    letter = writer.made(case)
    writer.mail.send(case, letter, writer.mail.cover(case, "zh_CN"))
    record, message = writer.bodies(case)[-2:]
    assert isinstance(record, Letter)
    assert isinstance(message, TextMessage)
    assert (message.purpose, message.letter) == ("collect", writer.seat.file(case).events[-2].id)
    assert [event.channel for event in writer.seat.file(case).events[-2:]] == ["email", "email"]
    assert writer.station.sync().pushed == 2
    tally = house.round()
    assert (tally.sent, tally.failed, tally.problems) == (1, 0, {})
    [envelope], [mail] = house.mail.taken, house.mail.letters
    assert envelope.rcpt_tos == ["debtor0@mail.example"]
    assert mail["Subject"] == "示例银行来函"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "95000" in body.get_content()
    [attached] = mail.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("application/pdf", "letter.pdf")
    pdf = attached.get_payload(decode=True)
    assert isinstance(pdf, bytes)
    assert hashlib.sha256(pdf).hexdigest() == record.sha256 == letter.sha256
    assert verify(pdf, record.context, record.version).same
    writer.station.sync()
    results = [body for body in writer.bodies(case) if isinstance(body, MessageResult)]
    assert results == [MessageResult(state="sent", reference="Q1")]  # sent now, while the seat's clock stands at noon
    assert not house.round().moved


def test_letter_and_message_are_taken_back_together_and_neither_leaves(house: House, writer: Writer) -> None:
    from workstation.desk.call import CallDesk

    [case, *_] = house.cases
    writer.mail.send(case, writer.made(case), writer.mail.cover(case, "zh_CN"))
    CallDesk(writer.seat).undo(case)
    writer.station.sync()
    house.round()
    assert house.mail.taken == []
    state = writer.seat.file(case).state
    assert state.letters == ()


def test_a_letter_of_which_other_bytes_come_out_is_not_sent(house: House, writer: Writer) -> None:
    [case, *_] = house.cases
    letter = writer.made(case)
    false = type(letter)(**{name: getattr(letter, name) for name in letter.__slots__} | {"sha256": "0" * 64})
    writer.mail.send(case, false, writer.mail.cover(case, "zh_CN"))
    writer.station.sync()
    assert house.round().failed == 1
    [message] = [event.id for event in writer.seat.file(case).events if event.kind == "message"]
    assert house.results(message) == [("failed", "", "letter_differs")]
    assert house.mail.taken == []


@pytest.mark.parametrize("named", ["nothing", "another case's", "a note", "taken back"])
def test_a_message_without_its_letter_is_not_sent(house: House, named: str) -> None:
    body = Letter(template="demand", version="1.1.1", language="zh_CN", sha256="0" * 64, pages=1, context={})
    if named == "nothing":
        wanted = new_id()
    elif named == "another case's":
        wanted = house.record(body, 1).id
    elif named == "a note":
        wanted = house.record(Correction(what="undo"), 0).id
    else:
        wanted = house.record(body, 0).id
        house.record(Correction(what="undo"), 0, answers=wanted)
    message = house.queue(0, "email", "见附件", subject="来函", letter=wanted)
    house.round()
    assert house.results(message) == [("failed", "", "letter_missing")]
    assert house.mail.taken == []


def test_a_gateway_of_an_older_version_is_not_given_a_letter(house: House) -> None:
    plain = house.queue(0, "email", "您好", subject="账单")
    house.queue(1, "email", "见附件", subject="来函", letter=new_id())
    with house.central.connect("sender", autocommit=True) as conn:
        rows = conn.execute("SELECT message::text FROM app.due_messages('{email}', 10)").fetchall()
        assert rows == [(plain,)]
        assert len(conn.execute("SELECT * FROM app.due_messages('{email,letter}', 10)").fetchall()) == 2


def test_a_gateway_reads_a_letter_only_of_a_message_in_its_hands(house: House) -> None:
    import psycopg

    message = house.queue(0, "email", "见附件", subject="来函", letter=new_id())
    with house.central.connect("sender", autocommit=True) as conn, pytest.raises(psycopg.Error) as refused:
        conn.execute("SELECT * FROM app.letter_of_message(%s, 1)", [message])
    assert refused.value.sqlstate == "WS021"


def test_the_line_to_the_centre_breaks_before_the_letter_is_known_and_it_goes_later(
    house: House, writer: Writer
) -> None:
    from workstation.gateway.outgoing import Outgoing
    from workstation.sync.link import ConnectionLost

    [case, *_] = house.cases
    writer.mail.send(case, writer.made(case), writer.mail.cover(case, "zh_CN"))
    writer.station.sync()
    centre = house.centre()
    asked = centre.letter

    def broken(_message: Outgoing) -> None:
        house.owner("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sender'")
        asked(_message)

    centre.letter = broken  # type: ignore[method-assign]  # the real one, over a line that breaks
    with pytest.raises(ConnectionLost):
        house.round(centre=centre)
    assert house.mail.taken == []
    centre.letter = asked  # type: ignore[method-assign]
    house.open_hold()  # that nothing left was said over a new line
    assert house.round(centre=centre).sent == 1
    assert len(house.mail.taken) == 1


def test_a_letter_on_record_goes_again_as_it_was(house: House, writer: Writer) -> None:
    [case, *_] = house.cases
    letter = writer.made(case)
    writer.letters.record(case, letter)
    event = writer.seat.file(case).events[-1]
    writer.mail.send_again(case, event.id, writer.mail.cover(case, "zh_CN"))
    writer.station.sync()
    house.round()
    [mail] = house.mail.letters
    [attached] = mail.iter_attachments()
    pdf = attached.get_payload(decode=True)
    assert isinstance(pdf, bytes)
    assert hashlib.sha256(pdf).hexdigest() == letter.sha256


def test_what_stands_against_the_email_stands_against_the_letter_with_it(house: House, writer: Writer) -> None:
    [case, *_] = house.cases
    letter = writer.made(case)
    form = MailForm(point=house.mails[case], subject="来函", text="再不还钱,我们就派人去你单位闹。")
    with pytest.raises(InputError) as why:
        writer.mail.send(case, letter, form)
    assert why.value.field == "text"
    with pytest.raises(InputError):
        writer.mail.send(case, letter, MailForm(point=house.phones[case], subject="来函", text="见附件"))
    writer.seat.clock.shift += dt.timedelta(hours=11)  # 23:00
    with pytest.raises(InputError):
        writer.mail.send(case, letter, writer.mail.cover(case, "zh_CN"))
    assert [event.kind for event in writer.seat.file(case).events] == []


def test_an_older_centre_and_papers_of_the_house_are_not_for_mail(house: House, writer: Writer) -> None:
    [case, *_] = house.cases
    assert writer.mail.why_not(case, "demand") is None
    assert writer.mail.why_not(case, "case_history") is not None
    with writer.seat.store.write() as conn:
        set_state(conn, CENTRE_SCHEMA, "0006")
    assert writer.mail.why_not(case, "demand") is not None
    with writer.seat.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM contact_point WHERE kind = 'email'")
        replica.set_state(conn, CENTRE_SCHEMA, "9999")
    assert writer.mail.why_not(case, "demand") is not None
