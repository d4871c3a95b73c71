"""What is seen in full and what leaves the program: with a reason, on record first, never a value."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy.exc

from local_db import outbox
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.sample_desk import open_desk
from workstation.domain.errors import InputError
from workstation.domain.events import Reveal, TakenOut, decode_body, event_hash
from workstation.domain.privacy import NotForRole
from workstation.session import Desk

MOBILE = WANG.part("mobile")


def of_kind(desk: Desk, kind: str, case_id: str = WANG.id) -> list[object]:
    return [decode_body(event.kind, event.body) for event in desk.seat.file(case_id).events if event.kind == kind]


@pytest.mark.parametrize(
    ("field", "subject", "full"),
    [
        ("phone", MOBILE, WANG.phone),
        ("email", WANG.part("mail"), "xm.wang@example.org"),
        ("address", WANG.part("home"), "浙江省杭州市文三路 99 号 2 幢 301 室"),
        ("card", WANG.part("account"), "6217000000004031"),
        ("id_number", "", "330102198505170012"),
        ("birth_date", "", "1985-05-17"),
        ("employer", "", "浙江某制造有限公司"),
    ],
)
def test_a_datum_is_had_in_full_and_the_record_says_which_and_why(
    desk: Desk, field: str, subject: str, full: str
) -> None:
    shown = desk.privacy.reveal(WANG.id, field, subject, "verify", " 核对  身份 ")  # type: ignore[arg-type]
    assert (shown.text, shown.seconds) == (full, 20)
    (body,) = of_kind(desk, "reveal")
    assert isinstance(body, Reveal)
    assert (body.field, body.why, body.reason, body.seconds) == (field, "verify", "核对 身份", 20)
    event = next(event for event in desk.seat.file(WANG.id).events if event.kind == "reveal")
    assert full not in repr(event), "the record says that it was shown, never what"
    assert (event.contact_point or body.subject) == subject
    assert event.hash == event_hash(event)
    with desk.seat.store.read() as conn:
        assert outbox.waiting(conn) == 1, "it goes to the centre"


@pytest.mark.parametrize(
    ("why", "words", "field"),
    [
        ("", "", "why"),
        ("curious", "", "why"),
        ("other", " ", "words"),
        ("other", "x", "words"),
        ("dial", "y" * 201, "words"),
    ],
)
def test_without_a_reason_nothing_is_shown_and_nothing_recorded(desk: Desk, why: str, words: str, field: str) -> None:
    with pytest.raises(InputError) as refused:
        desk.privacy.reveal(WANG.id, "phone", MOBILE, why, words)
    assert refused.value.field == field
    assert of_kind(desk, "reveal") == []


@pytest.mark.parametrize("role", ["auditor", "admin", "somebody_newer"])
def test_who_audits_or_administers_sees_no_number_with_whatever_reason(tmp_path: Path, role: str) -> None:
    desk = open_desk(tmp_path / "seat", role=role)
    with pytest.raises(NotForRole):
        desk.privacy.reveal(WANG.id, "phone", MOBILE, "asked", "")
    assert of_kind(desk, "reveal") == []
    view = desk.casefile.open(WANG.id)
    assert WANG.phone not in repr(view)
    assert [point.masked for point in view.points if point.id == MOBILE] == ["138 **** 6620"]
    desk.close()


def test_an_administrator_sees_neither_names_nor_what_was_written(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "seat", role="admin")
    view = desk.casefile.open(WANG.id)
    everything = repr((view, list(view.timeline), desk.worklist.queue().rows, desk.casefile.around(WANG.id)))
    assert view.name == "王**"
    assert "王晓明" not in everything
    assert "周敏" not in everything
    assert "公司 9 月停发工资" not in everything
    desk.close()


def test_numbers_in_what_was_written_are_masked_and_had_by_reveal(desk: Desk) -> None:
    from workstation.domain.events import Note

    written = "新号码 139 1234 0099，卡 6217000000004031，邮箱 new.one@example.org，还款 3,000.00 于 2026-11-30 10:30"
    desk.seat.record(WANG.id, Note(text=written))
    entry = desk.casefile.open(WANG.id).timeline[0]
    assert entry.detail == "新号码 139 **** 0099，卡 ****，邮箱 n****@example.org，还款 3,000.00 于 2026-11-30 10:30"
    shown = desk.privacy.reveal(WANG.id, "free_text", entry.id, "correct")
    assert shown.text == written
    assert written not in repr(list(desk.casefile.open(WANG.id).timeline))


def test_a_letter_that_left_is_one_event_without_a_reason(desk: Desk) -> None:
    changes = desk.privacy.took_out([WANG.id], "print", "letter")
    assert changes.case_ids == {WANG.id}
    assert of_kind(desk, "taken_out") == [TakenOut(how="print", what="letter")]
    title = desk.casefile.open(WANG.id).timeline[0].title
    assert title.text == "{how}: {what}"


def test_a_list_leaves_one_event_on_each_case_with_a_common_batch(desk: Desk) -> None:
    ids = [sample.id for sample in SAMPLES]
    with pytest.raises(InputError, match="why it is to be shown"):
        desk.privacy.took_out(ids, "save", "work_plan_day", fields=("name",))
    assert not any(of_kind(desk, "taken_out", case_id) for case_id in ids)
    desk.privacy.took_out([*ids, ids[0]], "save", "work_plan_day", fields=("name",), why="lead", reason="周会")
    bodies = [body for case_id in ids for body in of_kind(desk, "taken_out", case_id)]
    assert len(bodies) == len(ids) == len(SAMPLES), "each case once, however often it stands on the list"
    assert len({body.batch for body in bodies if isinstance(body, TakenOut)}) == 1
    assert {body.cases for body in bodies if isinstance(body, TakenOut)} == {len(ids)}


def test_a_list_that_includes_a_case_that_left_records_nothing(desk: Desk) -> None:
    from local_db.events import CaseLeft

    with pytest.raises(CaseLeft):
        desk.privacy.took_out([WANG.id, "00000000-0000-4000-8000-000000000000"], "save", "work_plan_day")
    assert of_kind(desk, "taken_out") == []


def test_a_masked_list_needs_no_reason_and_one_in_full_is_not_for_every_field(desk: Desk) -> None:
    desk.privacy.took_out([WANG.id, SAMPLES[1].id], "export", "queue_list")
    assert len(of_kind(desk, "taken_out")) == 1
    with pytest.raises(NotForRole):
        desk.privacy.took_out([WANG.id], "export", "queue_list", fields=("phone",), why="asked")


def test_what_cannot_be_recorded_is_neither_shown_nor_taken(desk: Desk) -> None:
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    with pytest.raises(sqlalchemy.exc.IntegrityError) as refused:
        desk.privacy.reveal(WANG.id, "phone", MOBILE, "dial")
    assert WANG.phone not in str(refused.value)
    with pytest.raises(sqlalchemy.exc.IntegrityError):
        desk.privacy.took_out([WANG.id], "copy", "phone", fields=("phone",), why="dial")
    assert of_kind(desk, "reveal") == of_kind(desk, "taken_out") == []


def test_what_was_shown_or_taken_is_never_taken_back(desk: Desk) -> None:
    desk.privacy.reveal(WANG.id, "phone", MOBILE, "dial")
    desk.privacy.took_out([WANG.id], "copy", "phone", fields=("phone",), why="dial")
    with pytest.raises(InputError):
        desk.call.undo(WANG.id)
    assert len(of_kind(desk, "reveal")) == len(of_kind(desk, "taken_out")) == 1
