"""What changed since one last looked: said once, only what others brought, gone when it was seen."""

from __future__ import annotations

from local_db import events as store_events
from local_db import replica
from tests.ui.sample_book import SAMPLES, SUN, TODAY, WANG
from workstation import tables
from workstation.desk.views import CallForm
from workstation.domain.events import MessageResult, Note
from workstation.session import Desk

LIU = SAMPLES[3]


def since(desk: Desk) -> list[str]:
    return [part.plain() for part in desk.casefile.open(LIU.id).since]


def by(desk: Desk, author: str, body: object) -> None:
    from msgspec.structs import replace

    event = replace(desk.seat.draft(LIU.id, body), author=author)  # type: ignore[arg-type]
    with desk.seat.store.write() as conn:
        store_events.append(conn, [event], today=TODAY)


def test_nothing_is_said_before_the_first_look_and_nothing_of_ones_own(desk: Desk) -> None:
    assert since(desk) == []
    desk.casefile.looked(LIU.id)
    desk.announce(desk.call.save(LIU.id, CallForm(contact_point=LIU.part("mobile"), outcome="no_answer")))
    assert since(desk) == []


def test_what_others_brought_is_said_until_it_was_seen(desk: Desk) -> None:
    desk.casefile.looked(LIU.id)
    by(desk, SUN, Note(text="rang me"))
    by(desk, SUN, MessageResult(state="sent"))
    account = desk.seat.file(LIU.id).accounts[0].id
    with desk.seat.store.write() as conn:
        replica.upsert(
            conn,
            tables.payment,
            [("00000000-0000-4000-8000-00000000aaaa", LIU.id, account, TODAY.isoformat(), 5000, "transfer", "", None)],
        )
    first, *rest = since(desk)
    assert first.startswith("Since ")
    assert rest == ["1 payment", "1 record by colleagues", "1 message sent or failed"]
    desk.casefile.looked(LIU.id)
    assert since(desk) == []


def test_another_version_of_the_look_is_no_look(desk: Desk) -> None:
    desk.casefile.looked(LIU.id)
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE case_look SET body = '{\"seen\": true}' WHERE case_id = ?", (LIU.id,))
    by(desk, SUN, Note(text="x"))
    assert since(desk) == []


def test_it_leaves_the_seat_with_the_case(desk: Desk) -> None:
    for sample in (WANG, LIU):
        desk.casefile.looked(sample.id)
    with desk.seat.store.write() as conn:
        replica.remove_case(conn, LIU.id)
        left = conn.exec_driver_sql("SELECT case_id FROM case_look").scalars().all()
    assert left == [WANG.id]
