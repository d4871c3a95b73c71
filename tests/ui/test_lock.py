"""The lock as a person meets it: nothing of a case anywhere, every key dead, and back exactly where one was."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPlainTextEdit, QWidget

from local_db.engine import StoreLocked, open_store
from tests.ui.closing import close_for_good
from tests.ui.sample_book import WANG
from tests.ui.sample_desk import PIN, open_desk, put_behind_pin
from ui import background
from ui.lock.idle import LONGEST_CALL_SECONDS, IdleWatch
from ui.look import Look
from ui.shell.window import MainWindow

Open = Callable[..., MainWindow]


@pytest.fixture
def open_guarded(qapp: QApplication, tmp_path: Path) -> Iterator[Open]:
    opened: list[MainWindow] = []
    blinks = QApplication.cursorFlashTime()
    QApplication.setCursorFlashTime(0)  # two pictures are compared

    def make(language: str = "zh_CN", theme: str = "light", *, pin: str = PIN, scale: int = 100) -> MainWindow:
        look = Look(language, theme, scale)
        look.apply()
        window = MainWindow(look, put_behind_pin(open_desk(tmp_path / "seat"), pin))
        opened.append(window)
        window.show()
        window.open_case(WANG.id)
        QTest.qWait(50)
        return window

    yield make
    for window in opened:
        close_for_good(window)
    QApplication.setCursorFlashTime(blinks)
    qapp.processEvents()


@pytest.fixture
def window(open_guarded: Open) -> MainWindow:
    return open_guarded()


def until(true: Callable[[], bool]) -> None:
    for _ in range(400):
        if true():
            return
        QTest.qWait(20)
    raise AssertionError("it never came about")


def type_pin(window: MainWindow, pin: str) -> None:
    edit = window.findChild(QLineEdit, "lock_pin")
    edit.setFocus()
    QTest.keyClicks(edit, pin)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def unlock(window: MainWindow) -> None:
    type_pin(window, PIN)
    until(lambda: not window.locking.locked)


def spoken(window: QWidget) -> str:
    """Everything a screen reader could reach."""
    said: list[str] = []

    def walk(node: object) -> None:
        if node is None or not node.isValid() or node.state().invisible:  # type: ignore[attr-defined]
            return
        for kind in (QAccessible.Text.Name, QAccessible.Text.Value, QAccessible.Text.Description):
            said.append(node.text(kind))  # type: ignore[attr-defined]
        for place in range(node.childCount()):  # type: ignore[attr-defined]
            walk(node.child(place))  # type: ignore[attr-defined]

    walk(QAccessible.queryAccessibleInterface(window))
    return " ".join(said)


def picture(window: QWidget) -> QImage:
    QTest.qWait(30)
    return window.grab().toImage()


def test_nothing_of_any_case_is_shown_spoken_or_reached(window: MainWindow) -> None:
    window.locking.lock()
    assert window.desk.guard.locked
    assert not window.desk.guard.key_held
    words = spoken(window)
    assert WANG.name not in words
    assert WANG.phone[-4:] not in words
    first = picture(window)
    for key in ("F2", "F3", "F4", "F5", "F12", "Ctrl+K", "Ctrl+J", "Ctrl+D", "Ctrl+B", "Esc", "Ctrl+Z"):
        QTest.keySequence(window, key)
        QTest.qWait(5)
    assert window.locking.locked
    assert window.covers.currentWidget() is window.locking.screen
    assert picture(window) == first
    with pytest.raises(StoreLocked), window.desk.seat.store.read():
        pass


def test_it_looks_the_same_whatever_case_lies_behind(open_guarded: Open) -> None:
    window = open_guarded()
    window.locking.lock()
    first = picture(window)
    unlock(window)
    window.queue.step(1)
    QTest.qWait(60)
    window.locking.lock()
    assert picture(window) == first


def test_one_goes_on_exactly_where_one_was(window: MainWindow) -> None:
    window.show_tab("facts")
    window.show_tab("call")
    window.call.setFocus()
    notes = next(
        edit for edit in window.call.findChildren(QPlainTextEdit) if edit.isVisible() and not edit.isReadOnly()
    )
    notes.setFocus()
    QTest.keyClicks(notes, "half a sentence")
    before = picture(window)
    held = QApplication.focusWidget()
    QTest.keySequence(window, "Ctrl+Alt+L")
    assert window.locking.locked
    QTest.qWait(1200)  # timers that were running would have asked the closed store by now
    unlock(window)
    assert notes.toPlainText() == "half a sentence"
    assert QApplication.focusWidget() is held
    after = picture(window)
    assert after.size() == before.size()
    assert window.call.isVisible()
    QTest.keyClicks(notes, " more")
    assert notes.toPlainText() == "half a sentence more"


def test_what_was_typed_just_now_is_kept_before_the_key_goes(window: MainWindow) -> None:
    notes = next(
        edit for edit in window.call.findChildren(QPlainTextEdit) if edit.isVisible() and not edit.isReadOnly()
    )
    QTest.keyClicks(notes, "typed in the last moment")
    window.locking.lock()
    window.close()  # and the program ends there
    vault = window.desk.guard._vault
    store = open_store(vault.path, vault.store_key(vault.unlock(PIN)))
    try:
        with store.read() as conn:
            kept = conn.exec_driver_sql("SELECT body FROM draft WHERE case_id = ?", (WANG.id,)).scalars().all()
    finally:
        store.close()
    assert any("typed in the last moment" in body for body in kept)


def test_a_wrong_pin_says_so_counts_and_leaves_nothing_in_the_field(window: MainWindow) -> None:
    window.locking.lock()
    screen = window.locking.screen
    type_pin(window, "482915")
    until(screen.problem.isVisible)
    assert "4" in screen.problem.text()
    assert screen.pin.text() == ""
    assert window.locking.locked
    type_pin(window, "907341")
    until(lambda: "3" in screen.problem.text())
    screen.show_state()
    assert not screen.enter.isEnabled(), "the second wrong one asks for a pause"
    assert screen.note.isVisible()


def test_after_five_the_way_by_the_centre_is_offered(window: MainWindow) -> None:
    screen = window.locking.screen
    window.locking.lock()
    vault = window.desk.guard._vault
    state = vault.state
    import msgspec

    vault._kept.write(msgspec.structs.replace(state, tries=4, failed_at=0.0))
    type_pin(window, "482915")
    until(screen.password.isVisible)
    assert not screen.pin.isVisible()
    assert screen.problem.isVisible()
    QTest.keyClicks(screen.password.edit, "made up")
    QTest.keyClick(screen.password.edit, Qt.Key.Key_Return)
    until(lambda: screen.enter.isEnabled() and screen.problem.isVisible())
    assert window.locking.locked, "the centre cannot be reached here"


def test_the_curtain_and_the_break_come_back_as_they_were(window: MainWindow) -> None:
    window.covers.draw_curtain()
    window.locking.lock()
    unlock(window)
    assert window.covers.curtained
    QTest.keySequence(window, "F12")
    assert not window.covers.covered
    window.covers.take_break()
    window.locking.lock()
    unlock(window)
    assert window.covers.currentWidget() is window.covers.rest
    QTest.keySequence(window, "Ctrl+B")
    assert not window.covers.covered


def test_dialogs_and_other_windows_go_and_answers_wait(window: MainWindow) -> None:
    other = QWidget()
    other.show()
    dialog = QDialog(window)
    answered: list[str] = []

    def lock_meanwhile() -> None:
        background.run(window, lambda: "done", answered.append, lambda _error: None)
        window.locking.lock()

    QTimer.singleShot(50, lock_meanwhile)
    assert dialog.exec() == QDialog.DialogCode.Rejected
    QTest.qWait(100)
    assert window.locking.locked
    assert not other.isVisible()
    assert answered == []
    unlock(window)
    assert other.isVisible()
    assert answered == ["done"]
    other.close()


def test_a_theme_that_changes_behind_the_lock_is_shown_afterwards(window: MainWindow) -> None:
    window.look.choose(theme="system")
    told: list[str] = []
    window.look.changed.connect(lambda: told.append("changed"))
    window.locking.lock()
    window.look._system_theme_changed()
    assert told == []
    unlock(window)
    assert told == ["changed"]


def test_without_a_pin_the_key_only_says_what_is_missing(open_guarded: Open) -> None:
    window = open_guarded("en", pin="")
    QTest.keySequence(window, "Ctrl+Alt+L")
    assert not window.locking.locked
    assert "PIN" in " ".join(label.text() for label in window.toast.findChildren(QObject) if hasattr(label, "text"))


def test_the_first_pin_is_chosen_before_anything_is_shown(open_guarded: Open) -> None:
    window = open_guarded("en", pin="")
    window.locking.choose_pin()
    form = window.locking.screen.choose
    assert form.isVisible()
    assert WANG.name not in spoken(window)
    QTest.keyClicks(form.first.edit, "123456")
    form.go()
    assert form.problem.isVisible()
    form.first.edit.clear()
    QTest.keyClicks(form.first.edit, PIN)
    QTest.keyClicks(form.again.edit, "739147")
    form.go()
    assert "not the same" in form.problem.text()
    QTest.keyClicks(form.again.edit, PIN)
    QTest.keyClick(form.again.edit, Qt.Key.Key_Return)
    until(lambda: not window.locking.locked)
    assert window.desk.guard.has_pin
    window.locking.lock()
    unlock(window)


def test_left_alone_it_locks_and_a_key_or_a_call_puts_that_off(window: MainWindow) -> None:
    now = 0.0
    watch = IdleWatch(lambda: 300.0, lambda: calling, monotonic=lambda: now, wall=lambda: now)
    alone: list[str] = []
    watch.left_alone.connect(lambda: alone.append("alone"))
    watch.slept.connect(lambda: alone.append("slept"))
    watch.start()
    watch.stop()
    calling = False

    def pass_by(seconds: int) -> None:
        nonlocal now
        for _ in range(0, seconds, 10):
            now += 10
            watch.tick()

    pass_by(290)
    handle = window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, Qt.Key.Key_Shift)
    pass_by(290)
    QTest.mouseMove(handle)
    assert alone == []
    QTest.keyClick(handle, Qt.Key.Key_Shift)
    calling = True
    pass_by(int(LONGEST_CALL_SECONDS) - 10)
    assert alone == []
    pass_by(10)
    assert alone == ["alone"]
    now += 120  # nothing ticked meanwhile: the computer slept
    watch.tick()
    assert alone[-1] == "slept"


def test_sleep_locks_at_once_and_only_then_lets_the_computer_sleep(window: MainWindow) -> None:
    done: queue.Queue[bool] = queue.Queue()
    store = window.desk.seat.store
    with store.kept_open():
        window.locking._system_says("sleep", lambda: done.put(window.desk.guard.key_held))
        until(lambda: not done.empty())
        assert done.get() is False, "even a long job is ended before the computer sleeps"
    assert window.locking.locked


def test_the_status_bar_shows_lease_and_lock(open_guarded: Open) -> None:
    window = open_guarded("en")
    assert window.status.lease.text().startswith("Lease 6 days")
    assert window.status.lock.isVisible()
    QTest.mouseClick(window.status.lock, Qt.MouseButton.LeftButton)
    assert window.locking.locked


def test_when_the_lease_ends_at_work_the_window_closes_itself(window: MainWindow) -> None:
    import msgspec

    guard = window.desk.guard
    guard._lease = msgspec.structs.replace(guard._lease, until=guard._lease.seen - 1)
    window.locking.look_at_lease()
    assert window.locking.locked
    assert guard.locked


def test_a_revoked_device_is_told_and_shows_nothing_more(open_guarded: Open) -> None:
    from workstation.domain.message import msg
    from workstation.sync.link import DeviceRevoked

    window = open_guarded("en")
    error = DeviceRevoked(msg("This device was revoked."))
    error.erase = True
    path = window.desk.seat.store.path
    window.desk.guard.revoked(error)
    screen = window.locking.screen
    until(lambda: "reported lost" in screen.reason.text())
    assert not screen.pin.isVisible()
    assert screen.end.isVisible()
    assert [one.name for one in path.parent.iterdir()] == []
    assert WANG.name not in spoken(window)
    assert QGuiApplication.clipboard().text() == ""
