"""Everything the window says is in the catalogue, and language and theme change without a restart."""

from __future__ import annotations

import gettext

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import HOSTILE, SAMPLES
from tests.ui.steps import Steps, fill_promise
from workstation import i18n


def chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


class Listening(gettext.NullTranslations):
    """The Chinese catalogue, remembering what was asked for and is not in it."""

    def __init__(self, real: gettext.NullTranslations) -> None:
        super().__init__()
        self._real = real
        self._known: dict[object, str] = getattr(real, "_catalog", {})
        self.missing: set[str] = set()

    def gettext(self, message: str) -> str:
        # Figures are the same in every language, and scripts come in the debtor's language already.
        wanted = any(map(str.isalpha, message)) and not chinese(message)
        if wanted and message not in self._known and (message, 0) not in self._known:
            self.missing.add(message)
        return self._real.gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        if (msgid1, 0) not in self._known:
            self.missing.add(msgid1)
        return self._real.ngettext(msgid1, msgid2, n)


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Listening:
    made = Listening(i18n._catalogue("zh_CN"))
    real = i18n._catalogue
    monkeypatch.setattr(i18n, "_catalogue", lambda language: made if language == "zh_CN" else real(language))
    return made


def every_screen(steps: Steps) -> None:
    window = steps.window
    fill_promise(steps)
    for choice in window.desk.call.choices():
        window.call._choose(choice.id)
    for tab in ("plan", "letter", "facts", "message", "call"):
        window.show_tab(tab)
        steps.settle()
    for sample in SAMPLES:
        window.open_case(sample.id)
    window.palette_box.open()
    window.palette_box.hide()
    window.show_page("settings")
    window.show_page("field")
    steps.settle()
    window.show_page("cases")


def shown_texts(window: QWidget) -> set[str]:
    return {
        widget.text()
        for widget in window.findChildren(QWidget)
        if isinstance(widget, QLabel | QAbstractButton) and widget.text() and widget.isVisibleTo(window)
    }


def test_every_sentence_shown_is_translated(open_window: OpenWindow, listening: Listening) -> None:
    every_screen(open_window("zh_CN"))
    missing = sorted(listening.missing)
    assert not missing, "\n".join(missing)


def test_switching_the_language_speaks_anew_everywhere(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN")
    steps.until(steps.widget("queue_reminders").isVisible, "the reminders that are due were looked for")
    before = shown_texts(steps.window)
    steps.window.look.choose(language="en")
    steps.settle()
    after = shown_texts(steps.window)
    names = {sample.name for sample in SAMPLES} | {"杭州", "陈静", "信用卡一组", "中文"}
    left = {text for text in after if chinese(text)}
    # The script is in the debtor's language, names are nobody's to translate.
    script = set(steps.window.call.script.texts())
    assert not {text for text in left - script if not any(name in text for name in names)}
    steps.window.look.choose(language="zh_CN")
    steps.settle()
    ago = {text for text in before | shown_texts(steps.window) if text.startswith("● 已同步")}  # the clock goes on
    assert shown_texts(steps.window) - ago == before - ago


def test_switching_the_theme_keeps_what_was_typed(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN", "light")
    fill_promise(steps)
    ground = steps.window.grab().toImage().pixelColor(8, 400)
    steps.window.look.choose(theme="dark")
    steps.settle()
    assert steps.window.grab().toImage().pixelColor(8, 400).lightness() < ground.lightness() / 2
    assert steps.window.call.fields["amount"].text() == "3k"


def test_a_name_with_markup_is_shown_as_written(open_window: OpenWindow) -> None:
    hostile = next(sample for sample in SAMPLES if sample.name == HOSTILE)
    steps = open_window("zh_CN", case_id=hostile.id)
    name = steps.widget("case_name")
    assert isinstance(name, QLabel)
    assert name.text() == HOSTILE
    assert name.sizeHint().width() > name.fontMetrics().horizontalAdvance(HOSTILE) - 2


def test_who_the_debtor_is_stands_beside_the_name(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN")
    about = steps.widget("case_subtitle")
    assert isinstance(about, QLabel)
    assert about.text() == "男 · 41 岁 · 杭州 · 6217 **** **** 4031"
    assert about.width() >= about.fontMetrics().horizontalAdvance(about.text())


def test_the_window_title_tells_nothing_about_a_person(open_window: OpenWindow) -> None:
    title = open_window("zh_CN").window.windowTitle()
    assert title
    assert not any(sample.name in title or sample.phone in title for sample in SAMPLES)


def test_an_empty_desk_says_so_with_what_comes_next(open_window: OpenWindow) -> None:
    steps = open_window("en", empty=True)
    assert any("next synchronisation" in text for text in shown_texts(steps.window))
