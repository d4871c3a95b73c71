"""The settings' security card: PIN, key, idle time, cover, signing out; what each does and says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from local_db.rekey import opens_with
from tests.ui.closing import close_for_good
from tests.ui.sample_desk import PIN, open_desk, put_behind_pin
from ui.look import Look
from ui.settings.security import SecurityCard
from ui.shell.window import MainWindow
from workstation import settings


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path) -> Iterator[MainWindow]:
    look = Look("en")
    look.apply()
    made = MainWindow(look, put_behind_pin(open_desk(tmp_path / "seat")))
    made.show()
    made.show_page("settings")
    yield made
    close_for_good(made)
    qapp.processEvents()


@pytest.fixture
def card(window: MainWindow) -> SecurityCard:
    return window.findChild(SecurityCard)


def until(true: Callable[[], bool]) -> None:
    for _ in range(400):
        if true():
            return
        QTest.qWait(20)
    raise AssertionError("it never came about")


def test_the_pin_is_changed_with_the_present_one_only(window: MainWindow, card: SecurityCard) -> None:
    card.pin.click()
    for old, expected in (("482915", "wrong"), (PIN, "changed")):
        card.present.set_text(old)
        card.form.first.set_text("264087")
        card.form.again.set_text("264087")
        card.form.go()
        until(lambda word=expected: word in card.form.problem.text() or word in card.said.text())
    assert card.pin_fields.isHidden()
    window.desk.guard.lock()
    window.desk.guard.unlock("264087")


def test_the_store_gets_a_new_key_and_the_window_is_as_it_was(window: MainWindow, card: SecurityCard) -> None:
    vault = window.desk.guard._vault
    old = vault.store_key(vault.unlock(PIN))
    card.key.click()
    assert window.locking.locked
    until(lambda: not window.locking.locked)
    assert "new key" in card.said.text()
    assert not opens_with(vault.path, old)
    assert window.pages.currentWidget().isVisible()
    window.show_page("cases")
    window.queue.step(1)


def test_the_idle_time_can_only_be_shorter_than_the_centres(window: MainWindow, card: SecurityCard) -> None:
    offered = [card.idle.itemData(place) for place in range(card.idle.count())]
    assert offered == [0, 1, 2, 3]
    card.idle.setCurrentIndex(card.idle.findData(2))
    assert settings.load().idle_seconds == 120
    assert window.desk.guard.idle_seconds() == 120
    window.desk.guard._idle = 60
    assert window.desk.guard.idle_seconds() == 60


def test_the_window_is_covered_in_the_background_when_wanted(window: MainWindow, card: SecurityCard) -> None:
    cover = window.locking.unfocused
    inactive, active = Qt.ApplicationState.ApplicationInactive, Qt.ApplicationState.ApplicationActive
    cover.state_changed(inactive)
    assert not cover.cover.isVisible()
    card.cover.setCurrentIndex(1)
    window.show_page("cases")
    cover.state_changed(inactive)
    assert cover.cover.isVisible()
    assert cover.cover.geometry() == window.rect()
    middle = window.grab().toImage().pixelColor(window.width() // 3, window.height() // 3)
    assert middle == window.grab().toImage().pixelColor(20, 20), "one colour: nothing shines through"
    window.resize(1200, 800)
    assert cover.cover.geometry() == window.rect()
    cover.state_changed(active)
    assert not cover.cover.isVisible()


def test_signing_out_says_what_it_does_and_refuses_to_lose_anything(window: MainWindow, card: SecurityCard) -> None:
    assert "forgets your password" in card.leaving.text()
    left: list[str] = []
    window.signed_out.connect(left.append)
    waiting = window.desk.guard.waiting()
    if waiting:
        card.remove.click()
        until(lambda: "not reached the centre" in card.said.text())
        assert not window.locking.locked
        assert left == []
    card.out.click()
    until(lambda: bool(left))
    assert "closed" in left[0]
    vault = window.desk.guard._vault
    assert vault.password(vault.unlock(PIN)) == ()
    assert not window.desk.guard.key_held
