"""Two seats note the same call: both records stay, nothing is doubled, both seats judge the case alike."""

from __future__ import annotations

from tests.sync.conftest import Desk, SeatMaker
from workstation.desk.call import CallDesk
from workstation.desk.views import CallForm
from workstation.domain.case_state import CaseState
from workstation.domain.changes import Changes


def note(desk: Desk, case_id: str, text: str) -> Changes:
    point = next(point for point in desk.seat.file(case_id).points if point.kind == "phone")
    form = CallForm(
        contact_point=point.id, outcome="promise_to_pay", identity=["full_name", "id_tail"], amount="100", due="+3",
        reason="forgot", note=text, recording="REC-7", override_reason="asked for",
    )  # fmt: skip
    return CallDesk(desk.seat).save(case_id, form)


def state(desk: Desk, case_id: str) -> CaseState:
    return desk.seat.file(case_id).state


def test_the_same_person_at_two_devices(book: list[str], seat_of: SeatMaker) -> None:
    case_id = book[0]
    first, second = seat_of("li.na"), seat_of("li.na")
    first.sync()
    second.sync()
    before = len(first.seat.file(case_id).events)
    note(first, case_id, "noted at the desk")
    note(second, case_id, "noted in the field")
    for desk in (first, second, first, second, first):
        desk.sync()
    assert first.events() == second.events()
    assert len(first.seat.file(case_id).events) == before + 4  # two calls, each with its promise
    assert state(first, case_id) == state(second, case_id)
    assert state(first, case_id).attempts == 2, "the rules count what was recorded: never too few contacts"
    made = state(first, case_id).promises
    assert [promise.replaced_on is None for promise in made[-2:]] == [False, True], "one promise is open, not two"


def test_one_of_the_two_is_taken_back_and_counts_no_more(book: list[str], seat_of: SeatMaker) -> None:
    case_id = book[0]
    first, second = seat_of("li.na"), seat_of("li.na")
    for desk in (first, second):
        desk.sync()
    note(first, case_id, "noted at the desk")
    first.sync()
    second.sync()
    note(second, case_id, "noted in the field")
    CallDesk(second.seat).undo(case_id)
    for desk in (second, first):
        desk.sync()
    assert state(first, case_id) == state(second, case_id)
    assert state(first, case_id).attempts == 1
    assert [promise.replaced_on for promise in state(first, case_id).promises[-1:]] == [None]
