"""A visit reported at the door by keys and finger: nothing lost, an agreement signed on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

from letters.verify import verify
from tests.desk.test_photos import camera
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES
from tests.ui.steps import Steps
from ui.background import finish
from ui.visit.panel import VisitPanel
from workstation.desk.visit_views import VisitorRow
from workstation.domain.events import Letter, VisitReport, decode_body
from workstation.domain.visit_rules import CONDUCT_CHECKS

LI = SAMPLES[1]


def panel(steps: Steps) -> VisitPanel:
    steps.key("Shift+F2")
    current = steps.window.current
    assert isinstance(current, VisitPanel)
    return current


def reports(steps: Steps, case_id: str) -> list[VisitReport]:
    events = steps.window.desk.seat.file(case_id).events
    bodies = (decode_body(event.kind, event.body) for event in events if event.kind == "visit")
    return [body for body in bodies if isinstance(body, VisitReport)]


def photo(folder: Path, width: int) -> Path:
    path = folder / f"{width}.jpg"
    path.write_bytes(camera((width, 300)))
    return path


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_nobody_there_is_a_handful_of_keys_and_a_photo(open_window: OpenWindow, tmp_path: Path, language: str) -> None:
    steps = open_window(language, case_id=LI.id, role="field")
    visit = panel(steps)
    visit.photos.choose_files = lambda: [str(photo(tmp_path, 400)), str(tmp_path / "gone.jpg")]
    steps.key("2")  # nobody there
    steps.key("Alt+A")
    steps.key("Alt+L")
    steps.key("Alt+C")
    visit.presence.companions[0].name.setFocus()
    steps.type("孙强")
    visit.setFocus()
    steps.key("Alt+P")
    steps.until(lambda: len(visit._form.photos) == 1 and not visit.photos._busy, "the photo is in")
    assert "gone.jpg" in steps.window.toast._text.text()
    steps.until(lambda: not visit.photos._rows[0].picture.pixmap().isNull(), "its picture is shown")
    visit.photos._rows[0].caption.edit.setFocus()
    steps.type("门牌")
    steps.key("Ctrl+Return")
    (report,) = reports(steps, LI.id)
    assert [one.name for one in report.team] == ["陈静", "孙强"]
    assert report.team[1].person  # a colleague, known by the directory
    assert [kept.caption for kept in report.photos] == ["门牌"]
    assert {answer.answer for answer in report.conduct} == {"yes"}
    assert visit._form.outcome == ""  # the next visit begins anew
    assert visit.drafting._desk.drafts.load(LI.id, "visit") is None


def test_what_was_typed_and_taken_in_comes_back_after_a_crash(open_window: OpenWindow, tmp_path: Path) -> None:
    steps = open_window(case_id=LI.id)
    visit = panel(steps)
    steps.key("1")
    visit.result.set_text("refuses_to_pay")
    visit.note.setPlainText("说下月再谈")
    visit.photos.take_in([photo(tmp_path, 400), photo(tmp_path, 420)])
    steps.until(lambda: len(visit._form.photos) == 2, "both are in")
    visit.photos._rows[1].out.click()
    assert (len(visit._form.photos), visit.photos.back.isHidden()) == (1, False)
    visit.photos.back.click()
    assert len(visit._form.photos) == 2
    visit.photos._rows[0].out.click()
    visit.seen.from_photo.click()
    assert visit.seen.position.text() == ""  # the photo that came back says no place any more
    visit.drafting.flush()
    finish()
    again = panel(open_window(case_id=LI.id))
    assert (again._form.outcome, again._form.call.outcome) == ("visit_met", "refuses_to_pay")
    assert again.note.toPlainText() == "说下月再谈"
    assert len(again._form.photos) == 1
    assert "还需填写" in again.problem.text() or again.problem.text()


def test_an_agreement_is_read_signed_and_recorded(open_window: OpenWindow) -> None:
    steps = open_window(case_id=LI.id)
    desk = steps.window.desk
    form = desk.plan.start()
    form.instalments = "6"
    desk.announce(desk.plan.propose(LI.id, form))
    visit = panel(steps)
    steps.key("1")
    visit.result.set_text("plan_agreed")
    steps.key("Alt+A")
    steps.key("Alt+L")
    steps.key("Alt+C")
    visit.presence.companions[0].name.setEditText("孙强")
    visit.note.setPlainText("当面签署协议")
    for name in ("full_name", "address"):
        visit.identity.chips[name].click()
    visit.setFocus()
    steps.key("Alt+S")
    signing = visit._signing
    assert signing is not None
    steps.until(lambda: bool(signing.pages.images), "the agreement is shown")
    assert not signing.take.isEnabled()
    draw(signing.pad, [(40, 60), (90, 20), (140, 90)])
    draw(signing.pad, [(200, 60), (220, 60)])
    draw(signing.pad, [(240, 30), (330, 80)])
    steps.key("Alt+Z")
    assert len(signing.pad.strokes) == 2
    assert signing.take.isEnabled()
    steps.key("Ctrl+Return")
    assert visit.steps.currentIndex() == 0
    assert visit._form.signature is not None
    steps.key("Ctrl+Return")
    (report,) = reports(steps, LI.id)
    assert report.signature is not None
    event = next(event for event in desk.seat.file(LI.id).events if event.id == report.signature.letter)
    body = decode_body(event.kind, event.body)
    assert isinstance(body, Letter)
    assert verify(desk.correspondence.archived(event.id), body.context, body.version).same
    assert desk.seat.file(LI.id).state.plan_in_force


def test_the_history_shows_a_visits_photos_when_asked_and_says_who_looked(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    steps = open_window("en", case_id=LI.id)
    desk, window = steps.window.desk, steps.window
    form = desk.visit.start(LI.id)
    form.outcome, form.arrived, form.left = "visit_absent", "09:30", "09:40"
    form.team, form.conduct = [VisitorRow("孙强")], dict.fromkeys(CONDUCT_CHECKS, "yes")
    form.photos.append(desk.visit.add_photo(LI.id, photo(tmp_path, 400), form))
    desk.announce(desk.visit.save(LI.id, form))
    line, history = window.case.photos, window.case.timeline
    place = next(n for n, row in enumerate(history.model.rows()) if "Visit report" in history._spoken(row))
    history.list.setCurrentIndex(history.model.index(place))
    assert not line.isHidden()
    assert line.line is not None
    assert line.pictures == []  # a collector at the telephone says why first
    line.line.reveal("verify")
    steps.until(lambda: bool(line.pictures) and not line.pictures[0].pixmap().isNull(), "the photo is shown")
    assert desk.seat.file(LI.id).events[-1].kind == "reveal"
    line.larger.click()
    steps.until(lambda: bool(line.pictures) and line.pictures[0].width() > 300, "larger")
    window.show_view("accounts")
    assert line.pictures == []
    finish()


def draw(pad: QWidget, points: list[tuple[int, int]]) -> None:
    """With the finger, or a mouse in its place."""
    first, *rest = (QPoint(x, y) for x, y in points)
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=first)
    for point in rest:
        QTest.mouseMove(pad, point)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=rest[-1])


def test_large_targets_are_large_enough_for_fingers(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN", case_id=LI.id)
    steps.window.look.choose(large=True)
    visit = panel(steps)
    steps.key("1")
    QApplication.processEvents()
    small = [
        (type(made).__name__, made.objectName(), made.height())
        for made in visit.findChildren(QWidget)
        if isinstance(made, (QAbstractButton, QLineEdit, QComboBox))
        and made.isVisibleTo(visit)
        and not isinstance(made.parentWidget(), QComboBox)
        and made.height() < 44
    ]
    assert small == []
    assert len(visit.conduct.questions) == len(CONDUCT_CHECKS)
    steps.window.look.choose(large=False)


def test_without_a_receiver_there_is_nothing_to_press_for_it(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LI.id)
    visit = panel(steps)
    if not visit.seen.device:  # PySide6-Essentials brings no positioning
        assert visit.seen.from_device.isHidden()
    visit.seen._no_fix()
    assert "Type it" in visit.seen.told.text()
    visit.seen._fixed(31.2304, 121.4737, 12.4, "2026-11-23T01:30:00Z")
    assert (visit._form.position, visit._form.accuracy) == ("31.230400, 121.473700", "12")
    assert visit._form.position_source == "device"
    visit.seen.position.edit.setText("31.2, 121.4")
    assert (visit._form.position_source, visit._form.position_at) == ("typed", "")
