"""Two seats that remind of the same promise: the debtor gets one message, whichever arrives first, whatever happens."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from local_db import events as store_events
from tests.central.builders import hello, new_id, note, push
from tests.gateway.conftest import House
from tests.sync.conftest import TODAY, Desk, SeatMaker, seat_of
from tests.sync.test_reassigned_while_offline import move
from workstation.domain.events import Correction, TextMessage, encode_body

__all__ = ["seat_of"]  # a fixture of the synchronisation's tests


def queue_at(desk: Desk, house: House, promise: str) -> str:
    """As `Reminders` writes it at a seat, whatever the hour."""
    case = house.cases[0]
    draft = desk.seat.draft(
        case,
        TextMessage(text="提醒", reminds=promise),
        channel="sms",
        contact_point=house.phones[case],
        answers=promise,
    )
    with desk.store.write() as conn:
        return store_events.append(conn, [draft], today=TODAY)[0].id


def remind(house: House, promise: str | None, case: int = 0, at: dt.datetime | None = None) -> str:
    point = house.phones[house.cases[case]]
    body = TextMessage(text="提醒", reminds=promise or "")
    return house.record(body, case, at=at, channel="sms", contact_point=point, answers=promise).id


def test_one_reminder_of_a_promise_is_sent_and_of_two_promises_two(house: House) -> None:
    promise, other = new_id(), new_id()
    first = remind(house, promise)
    house.device = ""  # the second is of another device, recorded before and arrived later
    late = remind(house, promise, at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=30))
    another = remind(house, other)
    assert house.round().sent == 2
    assert set(house.sms.texts) == {first, another}
    assert house.state(late) == "", "it is in the history and not in the queue"
    again = remind(house, promise)
    assert house.round().sent == 0
    assert house.state(again) == ""


def test_messages_that_remind_of_nothing_are_sent_each(house: House) -> None:
    assert len({remind(house, None), remind(house, None, case=1)}) == 2
    assert house.round().sent == 2


def test_one_taken_back_does_not_let_another_through(house: House) -> None:
    promise = new_id()
    first = remind(house, promise)
    house.record(Correction(what="undo"), answers=first)
    house.device = ""
    remind(house, promise)
    assert house.round().sent == 0
    assert house.results(first) == [("failed", "", "withdrawn")]


def test_two_seats_that_push_at_the_same_moment(house: House) -> None:
    start, promise, case = Barrier(4), new_id(), house.cases[0]

    def seat(_number: int) -> str:
        with house.central.connect("li.na") as conn:
            made = note(
                case, house.central.people["li.na"], hello(conn), kind="message",
                body=encode_body(TextMessage(text="提醒", reminds=promise)),
                channel="sms", contact_point=house.phones[case], answers=promise,
            )  # fmt: skip
            conn.commit()  # the greeting is a transaction of its own, as at a seat
            start.wait(30)
            assert push(conn, made) == [("accepted", None)]
        return made.id

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(seat, range(4)))
    assert len(made) == 4, "every seat keeps its history"
    assert house.round().sent == 1
    assert len(house.sms.texts) == 1


def test_over_a_hand_over_the_reminder_of_whoever_arrives_first_is_sent(house: House, seat_of: SeatMaker) -> None:
    promise, former, new = new_id(), seat_of("li.na"), seat_of("wang.wei")
    former.sync()
    new.sync()
    late = queue_at(former, house, promise)  # offline, while the case is still theirs
    move(house.central, house.cases[0], "wang.wei")
    new.sync()
    first = queue_at(new, house, promise)
    new.sync()
    assert house.round().sent == 1
    assert former.sync().refused == 0, "what was queued is kept, not complained about"
    assert house.round().sent == 0
    assert set(house.sms.texts) == {first}
    new.sync()
    assert {late, first} <= new.events(), "and the new collector sees both"
