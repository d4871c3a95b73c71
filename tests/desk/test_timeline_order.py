"""The history as a sequence: newest first, read only where it is looked at, the same however it is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_db.queries import CaseFile
from tests.ui.sample_book import WANG
from workstation.desk.shown import ShownCase
from workstation.desk.timeline import Timeline
from workstation.domain.events import Note, encode_body
from workstation.domain.message import Money, msg
from workstation.security.masking import masks_for
from workstation.session import Desk


def file_of(desk: Desk) -> CaseFile:
    return desk.seat.file(WANG.id)


def laid_out(file: CaseFile) -> Timeline:
    return Timeline(file, ShownCase(file, masks_for("collector")), "Asia/Shanghai")


def test_newest_first_with_the_banks_records_between(desk: Desk) -> None:
    entries = laid_out(file_of(desk))
    moments = [entry.at for entry in entries]
    assert moments == sorted(moments, reverse=True)
    assert {entry.group for entry in entries} >= {"contact", "promise", "payment", "letter", "balance"}
    assert len({entry.id for entry in entries}) == len(entries)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(data=st.data())
def test_slices_and_places_are_those_of_a_list(desk: Desk, data: st.DataObject) -> None:
    file = file_of(desk)
    entries, whole = laid_out(file), list(laid_out(file))
    asked = data.draw(st.slices(len(whole)))
    place = data.draw(st.integers(-len(whole), len(whole) - 1))
    assert entries[asked] == whole[asked]
    assert entries[place] == whole[place]
    assert len(entries) == len(whole)


def test_what_nobody_looks_at_is_not_read(desk: Desk) -> None:
    file = file_of(desk)
    entries = laid_out(with_notes(file, count=3_000))
    assert not entries._made
    assert entries[0].title == msg("Note")
    assert len(entries._made) == 1


def with_notes(file: CaseFile, count: int) -> CaseFile:
    """The case with so many notes after everything else."""
    last = file.events[-1]
    notes = [
        msgspec.structs.replace(
            last, id=f"note {n:05}", kind="note", body=encode_body(Note(text=f"{n}")),
            occurred_at=last.occurred_at + timedelta(minutes=n + 1), answers=None,
        )
        for n in range(count)
    ]  # fmt: skip
    return replace(file, events=(*file.events, *notes))


def test_a_payment_taken_back_is_struck_and_says_so(desk: Desk) -> None:
    file = file_of(desk)
    (paid,) = file.payments
    back = replace(paid, id="back", amount=-paid.amount, reverses=paid.id, value_date=paid.value_date + timedelta(3))
    entries = {entry.id: entry for entry in laid_out(replace(file, payments=(paid, back)))}
    assert entries[paid.id].set_aside
    assert entries[paid.id].taken_back is not None
    assert entries[paid.id].taken_back.params["day"] == back.value_date
    assert not entries["back"].set_aside
    part = replace(back, amount=-paid.amount + 1)
    entries = {entry.id: entry for entry in laid_out(replace(file, payments=(paid, part)))}
    assert not entries[paid.id].set_aside, "a part of it still counts"
    assert entries["back"].title.params == {"amount": Money(paid.amount - 1, "CNY")}


def test_two_readings_of_one_case_are_equal(desk: Desk) -> None:
    file = file_of(desk)
    assert laid_out(file) == laid_out(file)
    assert laid_out(file) != laid_out(replace(file, payments=()))
