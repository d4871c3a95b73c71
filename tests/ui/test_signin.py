"""The sign-in page of a seat with a PIN, over the real vault in the test's keyring; only the centre is out of reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from local_db import replica
from local_db.engine import open_store
from ui.look import Look
from ui.signin.doors import Doors
from ui.signin.page import SignInPage
from workstation.security.credentials import Credentials
from workstation.security.pin import FLOOR
from workstation.session import Desk, server_of, vault_of
from workstation.settings import ServerAddress, Settings

PIN, LOGIN, PASSWORD = "739146", "chenjing", "correct horse battery"
ADDRESS = ServerAddress(host="127.0.0.1", port=1)  # nobody listens there
PERSON = '{"id":"p","login":"chenjing","name":"陈静","role":"collector","team_id":"t","team_name":"north"}'


@pytest.fixture
def page(qapp: QApplication) -> Iterator[SignInPage]:
    """A seat that was used before: its store, its PIN, its password behind the PIN."""
    vault = vault_of(server_of(ADDRESS), LOGIN, Credentials(), cost=FLOOR)
    store = open_store(vault.path, Credentials().store_key(vault.name))
    with store.write() as conn:
        replica.set_state(conn, "person", PERSON)
    store.close()
    vault.keep_lease(vault.require_lease())
    vault.set_pin(PIN, LOGIN, password=PASSWORD)
    look = Look("en")
    look.apply()
    made = SignInPage(look, Settings(server=ADDRESS, last_login=LOGIN), Doors())
    made.show()
    yield made
    made.close()


def until(true: Callable[[], bool]) -> None:
    for _ in range(600):
        if true():
            return
        QTest.qWait(20)
    raise AssertionError("it never came about")


def test_a_seat_with_a_pin_asks_for_the_pin_alone(page: SignInPage) -> None:
    assert page.pin.isVisible()
    assert not page.password.isVisible()
    assert page.other.isVisible()
    page.login.set_text("somebody.else")
    page.login.edit.editingFinished.emit()
    assert not page.pin.isVisible()
    assert page.password.isVisible()


def test_a_wrong_pin_is_said_and_the_right_one_opens_offline(page: SignInPage) -> None:
    desks: list[Desk] = []
    page.signed_in.connect(desks.append)
    page.pin.set_text("482915")
    page.go()
    until(page.problem.isVisible)
    assert "4 tries are left" in page.problem.text()
    assert page.pin.text() == ""
    page.pin.set_text(PIN)
    page.go()
    until(lambda: bool(desks))
    assert desks[0].person_name == "陈静"
    assert desks[0].guard.has_pin
    assert page.pin.text() == ""
    desks[0].close()


def test_the_password_alone_needs_the_centre_and_leads_back_to_the_pin(page: SignInPage) -> None:
    page.other.click()
    assert page.password.isVisible()
    page.password.set_text(PASSWORD)
    page.go()
    until(page.problem.isVisible)
    assert "Type your PIN to work offline" in page.problem.text()
    page.other.click()
    assert page.pin.isVisible()


def test_after_signing_out_the_page_asks_for_both(page: SignInPage) -> None:
    vault = vault_of(server_of(ADDRESS), LOGIN, Credentials(), cost=FLOOR)
    vault.keep_password(vault.unlock(PIN), None)
    page.start_again("Signed out.")
    assert page.problem.text() == "Signed out."
    page.pin.set_text(PIN)
    page.go()
    until(page.password.isVisible)
    assert page.pin.isVisible()
    assert "Type your password too" in page.problem.text()
