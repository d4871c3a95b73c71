"""Ctrl D through a real telephone system and the system's own handler: the timer follows, a failure begins nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import time

import pytest
from PySide6.QtCore import QObject, QUrl, Slot, qInstallMessageHandler
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from tests.security.memory_keyring import MemoryKeyring
from tests.telephony.pbx import SECRET, Pbx
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES
from tests.ui.steps import Steps
from tests.ui.test_curtain import spoken
from tests.ui.test_no_clipped_text import faults
from ui.call.dialling import open_with_system
from ui.settings.page import SettingsPage
from ui.settings.telephone import TelephoneCard
from workstation import settings
from workstation.security.credentials import Credentials
from workstation.settings import Settings, Telephone

LIU, LI = SAMPLES[3], SAMPLES[1]


@pytest.fixture
def pbx() -> Iterator[Pbx]:
    made = Pbx()
    Credentials().remember_password(made.url, "telephone", SECRET)
    settings.save(Settings(telephone=Telephone(way="http", url=made.url, extension="801")))
    yield made
    made.close()


class Handler(QObject):
    """What the system opens addresses with: Qt calls it, and it keeps them."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@pytest.fixture
def handler() -> Iterator[Handler]:
    made = Handler()
    for scheme in ("tel", "sip"):
        QDesktopServices.setUrlHandler(scheme, made, "open")
    yield made
    for scheme in ("tel", "sip"):
        QDesktopServices.unsetUrlHandler(scheme)


def kinds(steps: Steps, case_id: str = LIU.id) -> list[str]:
    return [event.kind for event in steps.window.desk.seat.file(case_id).events]


def everything_shown(steps: Steps) -> str:
    """Titles and every label there is, shown or not; what is on the clipboard."""
    texts = [widget.windowTitle() for widget in QApplication.topLevelWidgets()]
    texts += [made.text() + made.toolTip() + made.accessibleName() for made in steps.window.findChildren(QLabel)]
    return " ".join([*texts, QApplication.clipboard().text()])


def part(steps: Steps) -> str:
    return steps.window.call.timer.part


# ---- a telephone system ----


def test_the_timer_follows_the_telephone(open_window: OpenWindow, pbx: Pbx) -> None:
    steps = open_window("en", case_id=LIU.id)
    steps.key("Ctrl+D")
    steps.until(lambda: part(steps) == "ring", "it rings")
    [sent] = pbx.dialled
    assert sent["number"] == "+8613600004321"
    assert LIU.phone not in everything_shown(steps)
    pbx.calls[sent["id"]] = "answered"
    steps.until(lambda: part(steps) == "talk", "answered")
    assert "Over" in steps.window.call.dial.text()
    pbx.calls[sent["id"]] = "ended"
    steps.until(lambda: part(steps) == "after", "ended")
    assert not steps.window.call.dial.isEnabled()
    assert "reveal" not in kinds(steps), "nobody saw the number"
    for key in ("2", "Alt+1", "Alt+2", "Ctrl+Return"):
        steps.key(key)
    assert kinds(steps)[-1] == "contact"
    assert steps.window.desk.telephone.line is None
    assert pbx.hung_up == []


def test_while_it_is_dialled_the_key_does_nothing_more(open_window: OpenWindow, pbx: Pbx) -> None:
    pbx.hold = threading.Event()
    steps = open_window("en", case_id=LIU.id)
    for _ in range(3):
        steps.key("Ctrl+D")
    assert part(steps) == "idle"
    assert "Dialling" in steps.window.call.dial.text()
    assert not faults(steps.window.call)
    pbx.hold.set()
    steps.until(lambda: part(steps) == "ring", "it rings")
    assert len(pbx.dialled) == 1


def test_over_by_the_key_hangs_up(open_window: OpenWindow, pbx: Pbx) -> None:
    steps = open_window(case_id=LIU.id)
    steps.key("Ctrl+D")
    steps.until(lambda: part(steps) == "ring", "it rings")
    steps.key("Ctrl+D")
    assert part(steps) == "talk"
    steps.key("Ctrl+D")
    assert part(steps) == "after"
    steps.until(lambda: len(pbx.hung_up) == 1, "hung up")


def test_no_answer_ends_the_ringing_but_a_talk_is_never_cut_off(open_window: OpenWindow, pbx: Pbx) -> None:
    steps = open_window(case_id=LIU.id)
    steps.key("Ctrl+D")
    steps.until(lambda: part(steps) == "ring", "it rings")
    steps.key("1")
    steps.until(lambda: len(pbx.hung_up) == 1, "hung up")
    steps.key("Ctrl+Return")
    steps.window.open_case(LI.id)
    steps.key("Ctrl+D")
    steps.until(lambda: part(steps) == "ring", "it rings")
    pbx.calls[pbx.dialled[1]["id"]] = "answered"
    steps.until(lambda: part(steps) == "talk", "answered")
    steps.key("1")
    assert steps.window.desk.telephone.line is not None
    assert steps.window.desk.telephone.line.live
    assert len(pbx.hung_up) == 1


def test_what_comes_while_another_case_is_open_goes_into_its_own_notes(open_window: OpenWindow, pbx: Pbx) -> None:
    steps = open_window("en", case_id=LIU.id)
    steps.key("Ctrl+D")
    steps.until(lambda: part(steps) == "ring", "it rings")
    steps.window.open_case(LI.id)
    assert part(steps) == "idle"
    pbx.calls[pbx.dialled[0]["id"]] = "ended"
    line = lambda: steps.window.desk.telephone.line  # noqa: E731
    steps.until(lambda: line() is not None and not line().live, "it ended")  # type: ignore[union-attr]
    assert part(steps) == "idle"
    steps.window.open_case(LIU.id)
    assert part(steps) == "after"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_failure_begins_no_call_and_leaves_the_hand(open_window: OpenWindow, pbx: Pbx, language: str) -> None:
    pbx.status = 409
    steps = open_window(language, case_id=LIU.id)
    steps.key("Ctrl+D")
    steps.until(steps.window.toast.isVisible, "the sentence")
    assert part(steps) == "idle"
    by_hand = steps.widget("call_by_hand")
    assert isinstance(by_hand, QPushButton)
    assert by_hand.isVisible()
    steps.settle()
    assert not faults(steps.window.call)
    assert "reveal" not in kinds(steps)
    by_hand.click()
    assert (part(steps), kinds(steps)[-1]) == ("ring", "reveal")
    number = steps.widget("call_number")
    assert isinstance(number, QLabel)
    assert number.text() == LIU.phone
    assert not by_hand.isVisible()


def test_what_the_gate_blocks_dials_nowhere(open_window: OpenWindow, pbx: Pbx) -> None:
    steps = open_window(case_id=LIU.id, at=time(23, 5))
    steps.key("Ctrl+D")
    steps.window.call.dialler.dial(LIU.part("mobile"), "asked to")
    steps.window.call.dialler.dial(LIU.part("mobile"), "asked to", by_hand=True)
    assert part(steps) == "idle"
    assert pbx.asked == []
    assert "reveal" not in kinds(steps)


def test_closing_the_window_does_not_wait_for_a_silent_telephone(open_window: OpenWindow, pbx: Pbx) -> None:
    pbx.hold = threading.Event()
    steps = open_window(case_id=LIU.id)
    steps.key("Ctrl+D")
    steps.until(lambda: len(pbx.asked) == 1, "it was asked")
    steps.window.close()
    assert not pbx.hold.is_set(), "it still has not answered"
    assert not steps.window.isVisible()


# ---- by hand ----


def test_by_hand_the_number_is_shown_for_seconds_and_that_is_recorded(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    dialler = steps.window.call.dialler
    steps.key("Ctrl+D")
    assert dialler.number.text() == LIU.phone
    assert kinds(steps)[-1] == "reveal"
    assert not [
        title for title in (made.windowTitle() for made in QApplication.topLevelWidgets()) if LIU.phone in title
    ]
    assert LIU.phone not in QApplication.clipboard().text()
    assert dialler._mask.isActive()
    dialler._mask.start(50)  # in place of its seconds
    steps.until(lambda: not dialler.number.text(), "hidden again")
    assert LIU.phone not in everything_shown(steps)
    assert not dialler.isVisible()


def test_the_number_goes_with_its_case(open_window: OpenWindow) -> None:
    steps = open_window(case_id=LIU.id)
    steps.key("Ctrl+D")
    assert steps.window.call.dialler.number.text() == LIU.phone
    steps.window.open_case(LI.id)
    assert LIU.phone not in everything_shown(steps)


def test_behind_the_curtain_no_number_is_left(open_window: OpenWindow) -> None:
    steps = open_window(case_id=LIU.id)
    steps.key("Ctrl+D")
    assert LIU.phone in " ".join(spoken(steps.window)), "or the rest could not fail"
    steps.key("F12")
    assert LIU.phone not in " ".join(spoken(steps.window))


# ---- the system's handler ----


@pytest.mark.parametrize(
    ("way", "address"),
    [("tel", "tel:+8613600004321"), ("sip", "sip:+8613600004321@sip.example.org;user=phone")],
)
def test_the_systems_handler_gets_the_address(
    open_window: OpenWindow, handler: Handler, way: str, address: str
) -> None:
    settings.save(Settings(telephone=Telephone(way=way, sip_domain="sip.example.org")))  # type: ignore[arg-type]
    steps = open_window(case_id=LIU.id)
    steps.key("Ctrl+D")
    assert handler.opened == [address]
    assert part(steps) == "ring", "the handler tells nothing: the person's key does"
    steps.key("Ctrl+D")
    steps.key("Ctrl+D")
    assert part(steps) == "after"
    assert "reveal" not in kinds(steps)
    assert LIU.phone not in everything_shown(steps)


def test_without_a_handler_nothing_is_begun_and_nothing_is_logged(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")  # nothing to open it with
    settings.save(Settings(telephone=Telephone(way="tel")))
    steps = open_window("en", case_id=LIU.id)
    said: list[str] = []
    before = qInstallMessageHandler(lambda _kind, _context, text: said.append(text))
    try:
        QDesktopServices.openUrl(QUrl("tel:+8613600004321"))
        assert "3600004321" in " ".join(said), "Qt says it by itself, or the rest could not fail"
        said.clear()
        steps.key("Ctrl+D")
        assert not open_with_system("tel:+8613600004321")
        assert "3600004321" not in " ".join([*said, *capfd.readouterr()])
        QDesktopServices.openUrl(QUrl("tel:+1"))
        assert said, "and is heard again afterwards"
    finally:
        qInstallMessageHandler(before)
    assert part(steps) == "idle"
    assert steps.window.call.dialler.by_hand.isVisible()


# ---- settings ----


def card_of(steps: Steps) -> TelephoneCard:
    steps.window.show_page("settings")
    page = steps.window.pages.currentWidget()
    assert isinstance(page, SettingsPage)
    return page.telephone


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize(("size", "scale"), [((1080, 640), 100), ((1440, 900), 150), ((1920, 1080), 200)])
def test_every_word_of_the_card_fits(open_window: OpenWindow, language: str, size: tuple[int, int], scale: int) -> None:
    steps = open_window(language, scale=scale, size=size)
    card = card_of(steps)
    for place in range(card.way.count()):
        card.way.setCurrentIndex(place)
        steps.settle()
        assert not faults(steps.window.pages.currentWidget()), card.way.currentData()


def test_a_telephone_system_is_chosen_tested_and_its_secret_never_shown(
    open_window: OpenWindow, memory_keyring: MemoryKeyring
) -> None:
    pbx = Pbx()
    steps = open_window("en", case_id=LIU.id)
    card = card_of(steps)
    card.way.setCurrentIndex(card.way.findData("http"))
    card.fields["url"].set_text(pbx.url)
    card.fields["extension"].set_text("801")
    card.fields["secret"].set_text("wrong")
    card.test.click()
    steps.until(lambda: "refused the secret" in card.said.text(), "the secret is wrong")
    assert card.fields["secret"].text() == "", "kept, and not shown again"
    card.fields["secret"].set_text(SECRET)
    card.test.click()
    steps.until(lambda: "would dial" in card.said.text(), "it answers")
    assert pbx.dialled == []
    assert SECRET not in settings.settings_file().read_text()
    assert SECRET in memory_keyring.entries().values()
    assert settings.load().telephone == Telephone(way="http", url=pbx.url, extension="801")
    steps.window.show_tab("call")
    steps.key("Ctrl+D")
    steps.until(lambda: part(steps) == "ring", "it rings")
    pbx.close()


def test_what_cannot_work_is_said_and_not_kept(open_window: OpenWindow) -> None:
    steps = open_window("en")
    card = card_of(steps)
    card.way.setCurrentIndex(card.way.findData("http"))
    card.fields["url"].set_text("http://pbx.example.org")
    card.keep()
    steps.until(lambda: "https://" in card.said.text(), "what is wrong")
    assert settings.load().telephone == Telephone()
    card.way.setCurrentIndex(card.way.findData("tel"))
    steps.until(lambda: settings.load().telephone.way == "tel", "kept")
    assert not card.said.isVisible()
