"""A break covers everything, stops the clock of the notes, and leaves the work as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QWidget

from local_db.state import get_state, set_state
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.sample_desk import open_desk
from tests.ui.steps import Steps, fill_promise
from workstation.desk.breaks import Breaks
from workstation.desk.views import CallForm

LIU = SAMPLES[3]


def visible_texts(window: QWidget) -> str:
    """What is painted in labels, buttons, lists and fields, and what a screen reader could be told of it."""
    found = []
    for widget in window.findChildren(QWidget):
        if widget.isVisibleTo(window):
            text = getattr(widget, "text", None)
            found += [text() if callable(text) else "", widget.accessibleName(), widget.toolTip()]
    return "\n".join(found)


def later(steps: Steps, **parts: int) -> None:
    steps.window.desk.seat.clock.shift += timedelta(**parts)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_nothing_of_any_case_is_shown_on_a_break(open_window: OpenWindow, language: str) -> None:
    steps = open_window(language)
    fill_promise(steps)
    steps.window.toast.say("王晓明 13800006620")
    steps.key("Ctrl+B")
    steps.settle()
    assert steps.window.desk.breaks.running
    told = visible_texts(steps.window) + steps.window.windowTitle()
    for sample in SAMPLES:
        for secret in (sample.name, sample.phone[-4:], sample.principal.split(".", maxsplit=1)[0]):
            assert secret not in told
    assert "¥" not in told
    assert "3k" not in told
    name = QAccessible.queryAccessibleInterface(steps.window.covers.rest)
    assert name is None or WANG.name not in name.text(QAccessible.Text.Name)
    assert not steps.window.queue.isVisible()
    assert not steps.window.header.isVisible()


def test_only_its_own_key_works_on_a_break(open_window: OpenWindow) -> None:
    steps = open_window()
    steps.key("Ctrl+B")
    for key in ("Ctrl+K", "Ctrl+J", "F12", "F3", "Ctrl+I", "Ctrl+L", "Esc", "Ctrl+Return", "1"):
        steps.key(key)
    assert steps.window.covers.rest.isVisible()
    assert not steps.window.palette_box.isVisible()
    assert steps.window.case.case is not None
    assert steps.window.case.case.case_id == WANG.id
    steps.key("Ctrl+B")
    assert not steps.window.covers.rest.isVisible()
    assert not steps.window.desk.breaks.running
    steps.key("Ctrl+K")
    assert steps.window.palette_box.isVisible()


def test_what_was_typed_is_there_after_the_break_and_after_a_crash_in_it(open_window: OpenWindow) -> None:
    steps = open_window()
    fill_promise(steps)
    steps.key("Ctrl+B")
    assert "3k" in (steps.window.desk.drafts.load(WANG.id, "call") or "")
    later(steps, minutes=5)
    steps.window.covers.rest.resume.click()
    assert steps.window.call.fields["amount"].text() == "3k"
    steps.key("Ctrl+B")
    again = open_window()  # the first window was never closed
    assert again.window.call.fields["amount"].text() == "3k"
    assert not again.window.desk.breaks.running


def test_the_time_is_shown_and_added_up_for_the_person_alone(open_window: OpenWindow) -> None:
    steps = open_window("en")
    before = steps.window.desk.day()
    for minutes in (5, 7):
        steps.key("Ctrl+B")
        later(steps, minutes=minutes)
        steps.window.covers.rest.show_time()
        clock = steps.widget("break_clock")
        assert isinstance(clock, QLabel)
        assert clock.text().startswith(f"{minutes}:")
        steps.key("Ctrl+B")
    assert 12 * 60 <= steps.window.desk.breaks.today().total_seconds() <= 13 * 60
    assert steps.window.desk.day() == before
    with steps.window.desk.seat.store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one() == 0
    later(steps, days=1)
    assert steps.window.desk.breaks.today() == timedelta()


def test_a_break_is_no_part_of_writing_up(open_window: OpenWindow) -> None:
    steps = open_window(case_id=LIU.id)
    form = CallForm(contact_point=LIU.part("mobile"))
    steps.key("Ctrl+D")
    later(steps, seconds=10)
    steps.key("Ctrl+B")  # it rings: not now
    assert not steps.window.desk.breaks.running
    assert steps.window.toast.isVisible()
    steps.key("Ctrl+D")
    later(steps, seconds=60)
    steps.key("Ctrl+D")
    later(steps, seconds=20)
    steps.key("Ctrl+B")
    later(steps, minutes=15)
    steps.key("Ctrl+B")
    later(steps, seconds=10)
    check = steps.window.desk.call.check(LIU.id, steps.window.call._form)
    assert form.paused == 0
    assert check.times.talk is not None
    assert check.times.after is not None
    assert 60 <= check.times.talk < 80
    assert 30 <= check.times.after < 60


def test_cases_that_become_urgent_are_counted_without_a_name(open_window: OpenWindow) -> None:
    steps = open_window("en")
    desk = steps.window.desk
    form = CallForm(contact_point=LIU.part("mobile"), outcome="callback_requested", callback="12:00",
                    identity=["full_name", "card_tail"])  # fmt: skip
    desk.announce(desk.call.save(LIU.id, form))
    steps.key("Ctrl+B")
    assert steps.window.covers.rest.waiting.text() == ""
    later(steps, hours=1, minutes=35)
    steps.window.queue.refresh()
    steps.window.covers.rest.show_time()
    assert steps.window.covers.rest.waiting.text() == "1 case has become urgent"


@pytest.mark.parametrize("kept", ["", "{", "null", '{"day": "2026-11-23", "seconds": "x"}'])
def test_kept_breaks_that_cannot_be_read_begin_at_nothing(tmp_path: object, kept: str) -> None:
    desk = open_desk(tmp_path / "seat")  # type: ignore[operator]
    with desk.seat.store.write() as conn:
        set_state(conn, "break", kept)
    breaks = Breaks(desk.seat)
    assert breaks.today() == timedelta()
    assert breaks.end() == timedelta()
    breaks.begin()
    desk.seat.clock.shift -= timedelta(hours=3)  # the clock was set back
    assert breaks.lasts() == timedelta()
    desk.seat.clock.shift += timedelta(days=9)
    assert breaks.end() == timedelta(hours=16)
    with desk.seat.store.read() as conn:
        assert get_state(conn, "break") != kept
    desk.close()
