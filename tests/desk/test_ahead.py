"""A case made ready before it is opened is the case as it is, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from workstation.desk.casefile import Casefiles
from workstation.desk.views import CallForm, CaseView
from workstation.domain.changes import Changes
from workstation.session import Desk


@pytest.fixture
def desk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """At a clock that stands still but for its shift: a calculation tells the moment it was made."""
    began = desk.seat.clock.now() - desk.seat.clock.shift
    monkeypatch.setattr(desk.seat.clock, "now", lambda: began + desk.seat.clock.shift)
    return desk


def anew(desk: Desk, case_id: str) -> CaseView:
    return Casefiles(desk.seat).open(case_id)


def two(desk: Desk) -> tuple[str, str]:
    first, second, *_ = desk.worklist.queue().rows
    return first.case_id, second.case_id


def no_answer(desk: Desk, case_id: str) -> None:
    point = next(point for point in anew(desk, case_id).points if point.kind == "phone")
    desk.announce(desk.call.save(case_id, CallForm(contact_point=point.id, outcome="no_answer")))


def undone(desk: Desk, case_id: str) -> None:
    no_answer(desk, case_id)
    desk.casefile.prepare([case_id])
    desk.announce(desk.call.undo(case_id))


def revealed(desk: Desk, case_id: str) -> None:
    desk.privacy.reveal(case_id, "phone", desk.casefile.open(case_id).points[0].id, "dial")


@pytest.mark.parametrize("act", [no_answer, undone, revealed])
def test_what_happens_to_a_case_is_in_it(desk: Desk, act: Callable[[Desk, str], None]) -> None:
    case_id, other = two(desk)
    desk.casefile.prepare([case_id, other])
    before = desk.casefile.open(case_id)
    assert before == anew(desk, case_id)
    act(desk, case_id)
    assert desk.casefile.open(case_id) == anew(desk, case_id) != before
    assert desk.casefile.open(other) == anew(desk, other)


def test_a_look_at_it_alters_what_is_new(desk: Desk) -> None:
    case_id, _ = two(desk)
    desk.casefile.prepare([case_id])
    ready = desk.casefile.open(case_id)
    desk.casefile.looked(case_id)
    assert desk.casefile.open(case_id) is not ready


def test_it_is_not_read_again(desk: Desk) -> None:
    other, case_id = two(desk)
    desk.casefile.prepare([case_id])
    ready = desk.casefile.open(case_id)
    no_answer(desk, other)
    assert desk.casefile.open(case_id) is ready
    assert desk.seat.file(case_id).case.id == case_id
    desk.announce(Changes(frozenset({"sync"})))
    assert desk.casefile.open(case_id) is ready


def test_its_light_is_never_older_than_the_minute(desk: Desk) -> None:
    case_id, _ = two(desk)
    desk.casefile.prepare([case_id])
    ready = desk.casefile.open(case_id)
    desk.seat.clock.shift += timedelta(hours=12)
    now = desk.casefile.open(case_id)
    assert now is not ready
    assert now.light.verdict == "block"  # at 22:24


@pytest.mark.parametrize("changes", [Changes(everything=True), Changes(frozenset({"rules"}))])
def test_a_change_of_everything_leaves_nothing_ready(desk: Desk, changes: Changes) -> None:
    case_id, _ = two(desk)
    desk.casefile.prepare([case_id])
    ready = desk.casefile.open(case_id)
    desk.announce(changes)
    assert desk.casefile.open(case_id) is not ready


def test_what_was_read_before_a_change_is_not_kept_after_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The change comes while another thread prepares."""
    case_id, _ = two(desk)
    whole = desk.casefile._whole

    def slowly(file: object) -> CaseView:
        view = whole(file)  # type: ignore[arg-type]
        no_answer(desk, case_id)
        return view

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(desk.casefile, "_whole", slowly)
        desk.casefile.prepare([case_id])
    assert desk.casefile.open(case_id) == anew(desk, case_id)


def test_a_case_that_is_not_here_is_left_alone(desk: Desk) -> None:
    case_id, _ = two(desk)
    desk.casefile.prepare(["nobody", case_id])
    assert desk.casefile.open(case_id).case_id == case_id
