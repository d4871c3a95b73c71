"""The day-close check names what is left open, and counts the day from the same records as the screens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from local_db import events as store_events
from tests.ui.sample_book import SAMPLES, TODAY, WANG
from workstation.desk.day_close import FIGURES, DayClosed
from workstation.desk.seat import Clock
from workstation.desk.views import CallForm
from workstation.domain.events import Note
from workstation.domain.labels import LABELS
from workstation.session import Desk

LI, LIU = SAMPLES[1], SAMPLES[3]
CHECKED = ["full_name", "id_tail"]


def said(closed: DayClosed, case_id: str = "") -> list[str]:
    return [item.what.plain() for item in closed.open if item.case_id == case_id]


def test_what_is_left_open_is_named_with_its_case(desk: Desk) -> None:
    desk.drafts.save(LIU.id, "call", '{"note": "half"}')
    note = desk.seat.draft(LI.id, Note(text="x"))
    with desk.seat.store.write() as conn:
        store_events.append(conn, [note], today=TODAY)
    closed = desk.day_close.check()
    assert "Notes were begun and not saved." in said(closed, LIU.id)
    assert any("not sent yet" in line for line in said(closed))
    item = next(item for item in closed.open if item.case_id == LIU.id)
    assert (item.name, item.number.startswith("XYK")) == (LIU.name, True)


def test_a_promise_of_today_and_an_overdue_duty_are_named(desk: Desk) -> None:
    due = desk.seat.file(WANG.id).state.promises[-1].due
    later = replace(desk.seat, clock=Clock(desk.seat.clock.zone, desk.seat.clock.shift + (due - TODAY)))
    lines = said(type(desk.day_close)(later).check(), WANG.id)
    assert any("is not decided yet" in line for line in lines)
    much_later = replace(desk.seat, clock=Clock(desk.seat.clock.zone, desk.seat.clock.shift + timedelta(days=9)))
    lines = said(type(desk.day_close)(much_later).check(), WANG.id)
    assert any("was due on" in line for line in lines)


def test_the_figures_count_what_was_recorded_and_not_what_was_taken_back(desk: Desk) -> None:
    before = desk.day_close.check().figures
    began = (desk.now() - timedelta(seconds=90)).isoformat()
    answered = (desk.now() - timedelta(seconds=80)).isoformat()
    ended = (desk.now() - timedelta(seconds=20)).isoformat()
    form = CallForm(
        contact_point=LIU.part("mobile"), outcome="promise_to_pay", identity=CHECKED, amount="100", due="+3",
        reason="forgot", abusive=True, began_at=began, answered_at=answered, ended_at=ended,
    )  # fmt: skip
    desk.announce(desk.call.save(LIU.id, form))
    after = desk.day_close.check()
    change = {name: after.figures[name] - before[name] for name in FIGURES}
    assert change == {
        **dict.fromkeys(FIGURES, 0),
        "cases": 1, "attempts": 1, "right_party": 1, "promises": 1, "talk": 60, "after": change["after"], "abusive": 1,
    }  # fmt: skip
    assert change["after"] >= 20
    assert after.promised is not None
    assert desk.day().cases == after.figures["cases"], "two screens never disagree"
    desk.announce(desk.call.undo(LIU.id))
    assert desk.day_close.check().figures == before


def test_a_telephone_passed_on_is_one_attempt(desk: Desk) -> None:
    before = desk.day_close.check().figures
    first = CallForm(contact_point=LIU.part("mobile"), outcome="third_party_spoken")
    changes, following = desk.call.pass_on(LIU.id, first)
    desk.announce(changes)
    following.outcome, following.identity = "right_party_no_commitment", CHECKED
    desk.announce(desk.call.save(LIU.id, following))
    after = desk.day_close.check().figures
    assert (after["attempts"] - before["attempts"], after["right_party"] - before["right_party"]) == (1, 1)


def test_a_check_that_is_stopped_says_what_it_had(desk: Desk) -> None:
    assert desk.day_close.check(cancelled=lambda: True).figures.keys() == set(FIGURES)


def test_every_figure_has_a_label() -> None:
    assert all(("day_figure", name) in LABELS for name in FIGURES)


def test_no_open_case_is_without_a_next_action(desk: Desk) -> None:
    for sample in SAMPLES:
        assert desk.casefile.open(sample.id).next_action.params["day"] is not None


def test_a_promise_taken_back_is_in_no_sum_of_the_day(desk: Desk) -> None:
    desk.announce(desk.call.save(LIU.id, _promise("100")))
    desk.announce(desk.call.undo(LIU.id))
    closed = desk.day_close.check()
    assert (closed.figures["promises"], closed.promised) == (0, None)
    desk.announce(desk.call.save(LIU.id, _promise("200", "asked for")))
    assert desk.day_close.check().promised == desk.day().promised, "two screens never disagree"


def _promise(amount: str, override_reason: str = "") -> CallForm:
    return CallForm(
        contact_point=LIU.part("mobile"), outcome="promise_to_pay", amount=amount, due="+3", reason="income_lost",
        identity=CHECKED, override_reason=override_reason,
    )  # fmt: skip
