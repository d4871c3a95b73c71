"""Letters for many cases at a real desk: a dry run changes nothing, each letter is recorded once, whatever ends it."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from letters.batch import Progress
from letters.batch_folder import OtherBatch
from letters.form import NotWritten
from local_db import letters as archive
from local_db import replica
from tests.ui.sample_book import SAMPLES
from tests.ui.sample_desk import open_desk
from workstation.desk.letter_batches import BatchPlan
from workstation.desk.letter_form import LetterForm
from workstation.domain.errors import InputError
from workstation.session import Desk

LIU, CHEN_GUILAN = SAMPLES[3], SAMPLES[4]
ALL = [sample.id for sample in SAMPLES]


def planned(desk: Desk, **more: object) -> BatchPlan:
    return desk.letter_batches.plan(ALL, "reminder", override_reason="按主管安排", **more)  # type: ignore[arg-type]


def letters_of(desk: Desk, case_id: str) -> list[str]:
    return [event.id for event in desk.seat.file(case_id).events if event.kind == "letter"]


def recorded(desk: Desk) -> dict[str, int]:
    return {case_id: len(letters_of(desk, case_id)) for case_id in ALL}


def test_a_dry_run_says_who_gets_a_letter_and_why_not_the_others(desk: Desk) -> None:
    before, told = recorded(desk), list[Progress]()
    plan = planned(desk, progress=told.append)
    assert LIU.id in {letter.case_id for letter in plan.ready}
    refused = {each.case_id: each.reason.plain() for each in plan.refused}
    assert refused[CHEN_GUILAN.id] == "A dispute is open: it must be answered before the debt is demanded."
    assert len(plan.ready) + len(plan.refused) == len(ALL)
    assert [each.place for each in plan.ready] == sorted(each.place for each in plan.ready)
    assert (told[-1].done, told[-1].total) == (len(ALL), len(ALL))
    assert recorded(desk) == before
    assert desk.letter_batches.results() == ()


def test_what_a_letter_lacks_is_named_before_anything_is_made(desk: Desk) -> None:
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("""UPDATE book SET contact = json_remove(contact, '$.phone')""")
    plan = planned(desk)
    assert not plan.ready
    (refused,) = [each for each in plan.refused if each.case_id == LIU.id]
    assert refused.missing[0] == "bank.phone"
    assert "the bank's telephone number" in refused.reason.plain()
    with pytest.raises(InputError):
        desk.letter_batches.run(plan, Path("nowhere"))


def test_unlawful_words_are_refused(desk: Desk) -> None:
    plan = planned(desk, free_paragraph="再不还款，我们就通知你的单位和家人。")
    assert not plan.ready


def test_each_letter_stands_in_the_folder_on_its_case_and_in_the_archive(desk: Desk, tmp_path: Path) -> None:
    before = recorded(desk)
    plan = planned(desk)
    result = desk.letter_batches.run(plan, tmp_path / "out")
    assert (result.info.state, result.info.made) == ("done", len(plan.ready))
    assert result.changes.case_ids == {letter.case_id for letter in plan.ready}
    with (tmp_path / "out" / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["case_number"]: row for row in csv.DictReader(file)}
    for letter in plan.ready:
        assert len(letters_of(desk, letter.case_id)) == before[letter.case_id] + 1
        event_id = letters_of(desk, letter.case_id)[-1]
        pdf = (tmp_path / "out" / rows[letter.number]["file"]).read_bytes()
        with desk.seat.store.read() as conn:
            kept = archive.fetch(conn, event_id)
        assert kept is not None
        assert kept.pdf == pdf
        assert kept.sha256 == rows[letter.number]["sha256"] == hashlib.sha256(pdf).hexdigest()
    for each in plan.refused:
        assert len(letters_of(desk, each.case_id)) == before[each.case_id]
        assert rows[each.number]["state"] == "refused"


def test_going_on_records_nothing_twice(desk: Desk, tmp_path: Path) -> None:
    plan = planned(desk)
    done = desk.letter_batches.run(plan, tmp_path / "out")
    once = recorded(desk)
    again = desk.letter_batches.resume(plan.id)
    assert recorded(desk) == once
    assert (again.info.state, again.info.made) == ("done", done.info.made)
    assert again.changes.case_ids == frozenset()


class Crash(BaseException):
    """Ends a run where it is, as the end of the process would."""


@pytest.mark.parametrize("before_recording", [True, False])
def test_after_a_crash_it_goes_on_and_each_letter_is_there_once(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before_recording: bool
) -> None:
    plan, before = planned(desk), recorded(desk)
    real, calls = desk.correspondence.record, list[str]()

    def record(case_id: str, *arguments: object, **named: object) -> object:
        calls.append(case_id)
        if len(calls) == 2 and before_recording:
            raise Crash
        changes = real(case_id, *arguments, **named)  # type: ignore[arg-type]
        if len(calls) == 2:
            raise Crash
        return changes

    monkeypatch.setattr(desk.correspondence, "record", record)
    with pytest.raises(Crash):
        desk.letter_batches.run(plan, tmp_path / "out")
    desk.close()
    later = open_desk(tmp_path / "seat")
    (left,) = later.letter_batches.unfinished()
    assert (left.id, left.folder) == (plan.id, tmp_path / "out")
    result = later.letter_batches.resume(left.id)
    assert (result.info.state, result.info.made) == ("done", len(plan.ready))
    after = recorded(later)
    ready = {letter.case_id for letter in plan.ready}
    assert after == {case_id: count + (case_id in ready) for case_id, count in before.items()}
    assert len(list((tmp_path / "out").glob("*.pdf"))) == len(plan.ready)
    assert later.letter_batches.unfinished() == ()
    later.close()


def test_a_result_is_there_when_the_program_is_started_again(desk: Desk, tmp_path: Path) -> None:
    plan = planned(desk)
    desk.letter_batches.run(plan, tmp_path / "out")
    desk.close()
    later = open_desk(tmp_path / "seat")
    (result,) = later.letter_batches.results()
    assert (result.info.id, result.info.made, result.info.total) == (plan.id, len(plan.ready), len(ALL))
    assert [each.reason for each in result.refused] == [each.reason for each in plan.refused]
    later.letter_batches.forget(plan.id)
    assert later.letter_batches.results() == ()
    assert (tmp_path / "out" / "manifest.csv").exists()
    later.close()


def test_cancelled_at_once_makes_nothing_and_can_be_gone_on_with(desk: Desk, tmp_path: Path) -> None:
    plan, before = planned(desk), recorded(desk)
    result = desk.letter_batches.run(plan, tmp_path / "out", cancel=lambda: True)
    assert (result.info.state, result.info.made) == ("cancelled", 0)
    assert recorded(desk) == before
    assert desk.letter_batches.resume(plan.id).info.state == "done"


def test_a_case_that_stopped_allowing_it_between_plan_and_run_gets_no_letter(desk: Desk, tmp_path: Path) -> None:
    plan = planned(desk)
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM contact_point WHERE id = ?", (LIU.part("home"),))
    result = desk.letter_batches.run(plan, tmp_path / "out")
    assert result.info.made == len(plan.ready) - 1
    assert "postal address" in next(each.reason.plain() for each in result.refused if each.case_id == LIU.id)
    assert not letters_of(desk, LIU.id)


def test_a_letter_that_cannot_be_recorded_is_taken_away_again(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The case changed while its letter was being made: the refusal of `record` itself."""
    plan = planned(desk)
    monkeypatch.setattr(type(desk.letter_batches), "_still", _unlooked)
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM contact_point WHERE id = ?", (LIU.part("home"),))
    result = desk.letter_batches.run(plan, tmp_path / "out")
    assert result.info.made == len(plan.ready) - 1 == len(list((tmp_path / "out").glob("*.pdf")))
    assert not letters_of(desk, LIU.id)


def _unlooked(self: object, batch_id: str, row: object, told: object) -> object:
    from letters.batch import Wanted

    return Wanted(row.place, told.context)  # type: ignore[attr-defined]


def test_a_case_that_leaves_takes_its_letter_s_data_with_it(desk: Desk, tmp_path: Path) -> None:
    plan = planned(desk)
    desk.letter_batches.run(plan, tmp_path / "out", cancel=lambda: True)
    with desk.seat.store.write() as conn:
        replica.remove_case(conn, LIU.id)
        left = conn.exec_driver_sql("SELECT count(*) FROM letter_batch_row WHERE case_id = ?", (LIU.id,)).scalar_one()
    assert left == 0
    assert desk.letter_batches.resume(plan.id).info.made == len(plan.ready) - 1


def test_a_queued_letter_s_own_words_are_in_it(desk: Desk, tmp_path: Path) -> None:
    form = LetterForm("reminder", free_paragraph="请于方便时来电。", override_reason="按主管安排")
    plan = desk.letter_batches.plan([LIU.id], forms={LIU.id: form})
    assert [letter.context["free_paragraph"] for letter in plan.ready] == ["请于方便时来电。"]
    assert desk.letter_batches.run(plan, tmp_path / "out").info.made == 1


def test_a_folder_that_cannot_be_used_leaves_no_batch_behind(desk: Desk, tmp_path: Path) -> None:
    plan = planned(desk)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotWritten):
        desk.letter_batches.run(plan, tmp_path / "file" / "out")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.pdf").write_bytes(b"")
    with pytest.raises(OtherBatch):
        desk.letter_batches.run(plan, tmp_path / "other")
    assert desk.letter_batches.results() == ()


def test_a_print_file_records_each_letter_as_it_is_alone(desk: Desk, tmp_path: Path) -> None:
    plan = planned(desk)
    result = desk.letter_batches.run(plan, tmp_path / "out", one_file=True)
    assert (result.info.state, result.info.print_file) == ("done", tmp_path / "out" / "letters.pdf")
    with (tmp_path / "out" / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["case_number"]: row for row in csv.DictReader(file)}
    for letter in plan.ready:
        event_id = letters_of(desk, letter.case_id)[-1]
        assert desk.correspondence.verify(event_id).same
        with desk.seat.store.read() as conn:
            kept = archive.fetch(conn, event_id)
        assert kept is not None
        assert kept.sha256 == rows[letter.number]["sha256"]
    once = recorded(desk)
    assert desk.letter_batches.resume(plan.id).info.state == "done"
    assert recorded(desk) == once
