"""From a message queued at a seat to its result at the seat: sent once, held, stopped, refused or uncertain."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest

from local_db import events as store_events
from local_db.engine import open_store
from tests.central.builders import new_id
from tests.gateway.conftest import GATEWAY, House
from tests.sync.conftest import TODAY, Desk
from workstation.desk.rules import house_file
from workstation.domain.events import (
    Circumstance,
    Contact,
    Correction,
    Dispute,
    MessageResult,
    PointAdded,
    PointChanged,
    TextMessage,
    decode_body,
)

NIGHT = dt.time(15, 0)  # UTC: 23:00 in Shanghai


def test_a_message_queued_at_a_seat_is_sent_and_its_result_comes_back_to_the_seat(house: House, tmp_path: Path) -> None:
    desk = Desk(house.central, "li.na", open_store(tmp_path / "seat.store", bytes(32)), new_id())
    desk.sync()
    [case, *_] = house.cases
    number, address = house.phones[case], house.mails[case]
    drafts = [
        desk.seat.draft(case, TextMessage(text="您的账单。"), channel="sms", contact_point=number),
        desk.seat.draft(
            case, TextMessage(text="第一行\n.第二行\n", subject="账单 3 月"), channel="email", contact_point=address
        ),
    ]
    with desk.store.write() as conn:
        sms, mail = store_events.append(conn, drafts, today=TODAY)
    assert desk.sync().pushed == 2
    tally = house.round()
    assert (tally.sent, tally.failed, tally.problems) == (2, 0, {})
    assert house.sms.texts[sms.id] == {"id": sms.id, "to": "13800000000", "text": "您的账单。"}
    [envelope], [letter] = house.mail.taken, house.mail.letters
    assert (envelope.mail_from, envelope.rcpt_tos) == ("card@bank.example", ["debtor0@mail.example"])
    assert (letter["Subject"], letter["To"], letter["From"]) == (
        "账单 3 月",
        "debtor0@mail.example",
        "card@bank.example",
    )
    assert letter["Message-ID"] == f"<{mail.id}@bank.example>"
    assert letter.get_content().replace("\r\n", "\n") == "第一行\n.第二行\n"
    desk.sync()
    with desk.store.read() as conn:
        told = {
            event.answers: decode_body(event.kind, event.body)
            for event in store_events.of_case(conn, case)
            if event.kind == "message_result"
        }
    desk.store.close()
    assert told == {
        sms.id: MessageResult(state="sent", reference="R-1"),
        mail.id: MessageResult(state="sent", reference="Q1"),
    }
    assert house.round().sent == 0
    assert len(house.mail.taken) == len(house.sms.texts) == 1


def test_what_the_provider_says_later_is_written_once(house: House) -> None:
    arrived, lost = house.queue(0), house.queue(1)
    assert house.round().sent == 2
    house.sms.became = {arrived: "delivered", lost: "failed"}
    tally = house.round()
    assert (tally.delivered, tally.failed) == (1, 1)
    assert house.results(arrived) == [("sent", "R-1", ""), ("delivered", "", "")]
    assert house.results(lost) == [("sent", "R-2", ""), ("failed", "", "undelivered")]
    assert not house.round().moved
    assert len(house.results(arrived)) == 2


# ---- the gate, asked at the moment of sending ----


def test_nothing_is_sent_in_quiet_hours_and_it_goes_when_they_end(house: House) -> None:
    message = house.queue()
    assert (house.round(NIGHT).held, house.sms.texts) == (1, {})
    with house.central.connect() as conn:
        ((until,),) = conn.execute("SELECT not_before FROM message_delivery").fetchall()
    assert until.astimezone(dt.UTC).time() == dt.time(0, 0), "eight in Shanghai"
    assert not house.round().moved, "it is not even looked at before"
    house.open_hold()
    assert house.round().sent == 1
    assert house.results(message) == [("sent", "R-1", "")]


def test_a_service_message_is_bound_as_its_pack_says(house: House) -> None:
    house.queue(purpose="service")
    assert house.round(NIGHT).sent == 1


def test_the_houses_own_stricter_rules_bind_the_gateway(house: House) -> None:
    file = house_file("zh-CN")
    file.parent.mkdir(parents=True)
    file.write_text("this is not TOML")
    message = house.queue()
    tally = house.round()
    assert (tally.sent, len(tally.problems), house.state(message)) == (0, 1, "waiting")
    file.unlink()
    house.open_hold()
    assert house.round().sent == 1


@pytest.mark.parametrize("undone", [False, True])
def test_a_message_taken_back_is_not_sent_unless_that_was_taken_back_too(house: House, undone: bool) -> None:
    message = house.queue()
    correction = house.record(Correction(what="undo"), answers=message)
    if undone:
        house.record(Correction(what="undo"), answers=correction.id)
    house.round()
    assert house.results(message) == ([("sent", "R-1", "")] if undone else [("failed", "", "withdrawn")])


def test_what_came_to_stand_against_it_since_stops_it(house: House) -> None:
    dead, refused, ceased, channel, closed = (house.queue(n, verdict="allow") for n in range(5))
    house.record(PointChanged(state="dead"), 0, contact_point=house.phones[house.cases[0]])
    house.record(PointChanged(state="refused"), 1, contact_point=house.phones[house.cases[1]])
    said = Contact(party="debtor")
    house.record(said, 2, channel="call", outcome="asks_to_stop_contact", contact_point=house.phones[house.cases[2]])
    house.record(Circumstance(what="refused_channel", channel="sms", evidence="said so"), 3)
    house.owner("UPDATE cases SET closed_on = current_date WHERE id = %s", house.cases[4])
    assert house.round().failed == 5
    for message in (dead, refused, ceased, channel, closed):
        assert house.results(message) == [("failed", "", "stopped")]
    assert house.sms.asked == []


def test_a_warning_holds_only_a_message_whose_author_did_not_see_it(house: House) -> None:
    unaware, aware = house.queue(0, verdict="allow"), house.queue(1, verdict="warn", override_reason="asked for it")
    for case in (0, 1):
        house.record(Dispute(state="open", about="amount"), case)
    house.round()
    assert house.results(unaware) == [("failed", "", "stopped")]
    assert house.results(aware) == [("sent", "R-1", "")]


def test_a_message_that_waited_a_week_says_what_is_no_longer_true(house: House) -> None:
    message = house.queue(at=dt.datetime.now(dt.UTC) - dt.timedelta(days=8))
    house.round()
    assert house.results(message) == [("failed", "", "expired")]


def test_something_recorded_between_the_question_and_the_claim_is_asked_about_first(house: House) -> None:
    message = house.queue()
    centre = house.centre()
    [due] = centre.due(["sms"], 10)
    house.record(Correction(what="undo"), answers=message)
    assert centre.claim(due) is None
    house.round()
    assert house.results(message) == [("failed", "", "withdrawn")]


def test_a_number_learned_on_the_job_is_used_and_one_of_another_case_is_not(house: House) -> None:
    learned = house.record(PointAdded(point="phone", value="+86 139-0000 1111", source="debtor"), 0)
    mail_point = house.record(PointAdded(point="email", value="a@b.example", source="debtor"), 1)
    used = house.queue(0, point=learned.id)
    foreign = house.queue(1, point=house.phones[house.cases[2]])
    wrong_kind = house.queue(2, point=house.mails[house.cases[2]])
    elsewhere = house.queue(3, point=mail_point.id, channel="email")
    taken_back = house.queue(4, point=house.record(PointAdded(point="phone", value="1", source="debtor"), 4).id)
    with house.central.connect() as conn:
        ((point,),) = conn.execute("SELECT contact_point::text FROM case_event WHERE id = %s", [taken_back]).fetchall()
    house.record(Correction(what="undo"), 4, answers=point)
    house.round()
    assert house.sms.texts[used]["to"] == "+8613900001111"
    for message in (foreign, wrong_kind, elsewhere):
        assert house.results(message) == [("failed", "", "no_address")]
    assert house.results(taken_back) == [("failed", "", "stopped")]


def test_what_the_database_cannot_read_is_not_sent_and_stops_nobody_else(house: House) -> None:
    poisoned, fine = house.queue(0, text="nul \x00 here"), house.queue(1)
    assert house.round().sent == 1
    assert house.results(poisoned) == [("failed", "", "unreadable")]
    assert house.results(fine) == [("sent", "R-1", "")]


# ---- providers that refuse, wait, or say nothing ----


@pytest.mark.parametrize(
    ("step", "answer", "result"),
    [
        ("RCPT", "550 no such user", ("failed", "", "smtp_550")),
        ("DATA", "554 we do not like it", ("failed", "", "smtp_554")),
        ("RCPT", "450 come back", None),
        ("DATA", "451 come back", None),
        ("MAIL", "452 full", None),
        ("MAIL", "553 not from you", None),
    ],
)
def test_a_mail_server_that_refuses(house: House, step: str, answer: str, result: tuple[str, str, str] | None) -> None:
    house.mail.say[step] = answer
    message = house.queue(channel="email", subject="账单")
    tally = house.round()
    assert (tally.sent, house.mail.taken) == (0, [])
    assert house.results(message) == ([result] if result else [])
    assert house.state(message) == ("failed" if result else "waiting")
    house.mail.say.clear()
    house.open_hold()
    house.round()
    assert len(house.mail.taken) == (0 if result else 1), "tried again only where nothing was sent"


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (400, "http_400"), (422, "http_422"), (409, "http_409"),
        (500, "uncertain"), (502, "uncertain"), (504, "uncertain"),
        (429, ""), (503, ""), (401, ""), (404, ""), (302, ""),
    ],
)  # fmt: skip
def test_an_sms_provider_that_refuses(house: House, status: int, result: str) -> None:
    house.sms.status = status
    message = house.queue()
    house.round()
    assert house.results(message) == ([("failed", "", result)] if result else [])
    asked = len(house.sms.asked)
    house.sms.status = 0
    house.open_hold()
    house.round()
    again = [row for row in house.sms.asked[asked:] if row[0] == "POST"]
    assert len(again) == (0 if result else 1), "tried again only where nothing was taken"
    assert all(row[2]["idempotency-key"] == message for row in again)


def test_no_answer_after_it_was_handed_over_is_uncertain_and_never_sent_again(house: House) -> None:
    house.sms.silent, house.mail.keeps_line = True, False
    text, letter = house.queue(0), house.queue(1, "email", subject="x")
    assert house.round().uncertain == 2
    for message in (text, letter):
        assert house.results(message) == [("failed", "", "uncertain")]
    house.sms.silent, house.mail.keeps_line = False, True
    house.open_hold()
    assert not house.round().moved
    assert len(house.mail.taken) == len(house.sms.texts) == 1


def test_an_answer_that_is_no_json_is_still_an_answer(house: House) -> None:
    house.sms.body = b"\xff<html>"
    message = house.queue()
    house.round()
    assert house.results(message)[0] == ("sent", "", "")


def test_it_is_given_up_after_some_attempts(house: House) -> None:
    house.sms.status = 503
    message = house.queue()
    for _ in range(4):
        assert house.round().held == 1
        house.open_hold()
    assert house.round().failed == 1
    assert house.results(message) == [("failed", "", "http_503")]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"subject": "账单\r\nBcc: all@mail.example"}, "bad_text"),
        ({"subject": "账单\nX: y"}, "bad_text"),
        ({"subject": "a\u2028b"}, "bad_text"),
        ({"value": "a@b.example\r\nRCPT TO:<c@d.example>"}, "bad_address"),
        ({"value": "a@b.example,c@d.example"}, "bad_address"),
        ({"value": "Zhang San <a@b.example>"}, "bad_address"),
        ({"value": '"a b"@c.example'}, "bad_address"),
        ({"value": ".a@b.example"}, "bad_address"),
        ({"value": "a..b@c.example"}, "bad_address"),
        ({"value": "a" * 65 + "@b.example"}, "bad_address"),
        ({"value": "张三@mail.example"}, "bad_address"),
        ({"value": "a@b.example "}, "bad_address"),
    ],
)
def test_what_would_add_a_header_or_a_recipient_is_refused(house: House, fields: dict[str, str], reason: str) -> None:
    point = house.record(PointAdded(point="email", value=fields.get("value", "a@b.example"), source="debtor")).id
    message = house.queue(channel="email", subject=fields.get("subject", "x"), point=point)
    house.round()
    assert house.results(message) == [("failed", "", reason)]
    assert house.mail.taken == []
    good = house.queue(1, "email", subject="好")
    assert house.round().sent == 1, "the line is still good"
    assert len(house.results(good)) == 1


@pytest.mark.parametrize("value", ["12", "138\r\n0000", "138 0000 0000 ext 5", "tel:13800000000", "१२३४५६७८"])
def test_what_is_no_number_is_refused(house: House, value: str) -> None:
    point = house.record(PointAdded(point="phone", value=value, source="debtor")).id
    message = house.queue(point=point)
    house.round()
    assert house.results(message) == [("failed", "", "bad_address")]
    assert house.sms.asked == []


def test_a_text_with_a_lone_dot_and_lines_of_any_length_arrives_whole(house: House) -> None:
    text = "一\n.\n..\n.end\n" + "长" * 3000 + '\n\tquoted = "no"\n'
    house.queue(channel="email", text=text, subject="主题" * 200)
    assert house.round().sent == 1
    [letter] = house.mail.letters
    assert letter.get_content().replace("\r\n", "\n") == text
    assert letter["Subject"] == "主题" * 200


# ---- several gateways ----


def test_two_gateways_at_once_send_each_message_once(house: House) -> None:
    messages = [house.queue(n, channel) for n in range(5) for channel in ("sms", "email")]
    start = threading.Barrier(3)
    faults: list[Exception] = []

    def work() -> None:
        centre = house.centre()
        start.wait()
        try:
            for _ in range(4):
                house.round(centre=centre)
        except Exception as error:  # noqa: BLE001  # any fault in a thread is this test's
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    posts = [row[3]["id"] for row in house.sms.asked if row[0] == "POST"]
    ids = [letter["Message-ID"] for letter in house.mail.letters]
    assert len(posts) == len(set(posts)) == len(ids) == len(set(ids)) == 5
    for message in messages:
        assert [row[0] for row in house.results(message)] == ["sent"]


def test_whoever_comes_late_changes_nothing_of_anothers_claim(house: House) -> None:
    """One gateway looked at 21:59 and claimed it, the other at 22:00 and wants it to wait: it must not become free."""
    message = house.queue()
    first, second = house.centre(), house.centre()
    [due], [late] = first.due(["sms"], 10), second.due(["sms"], 10)
    claimed = first.claim(due)
    assert claimed is not None
    second.later(late.id, late.attempt, dt.datetime.now(dt.UTC))
    second.failed(late.id, late.attempt, "stopped")
    second.sent(late.id, late.attempt, "not mine")
    assert second.claim(late) is None
    assert house.state(message) == "claimed"
    first.sent(message, claimed.attempt, "R")
    first.sent(message, claimed.attempt, "R")
    assert house.results(message) == [("sent", "R", "")]


def test_a_revoked_gateway_is_out_at_once(house: House) -> None:
    from workstation.central import admin
    from workstation.domain.errors import WorkstationError

    centre = house.centre()
    assert centre.due(["sms"], 10) == []
    admin.revoke_gateway(house.central.dsn("admin"), GATEWAY)
    with pytest.raises(WorkstationError):
        centre.due(["sms"], 10)
    with pytest.raises(WorkstationError):
        house.centre().due(["sms"], 10)
