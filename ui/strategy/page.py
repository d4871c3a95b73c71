"""The strategy page: the rules as text, checked as one types, tried on the open cases, adopted or put back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QFrame, QProgressBar, QWidget

from ui.background import run
from ui.desk_port import Desk
from ui.look import Look
from ui.page import Page
from ui.strategy.editor import NumberedEdit
from ui.strategy.outcome import Outcome
from ui.strategy.trials import Trials
from ui.widgets.basic import across, button, down, label, panel, set_property
from ui.widgets.flow import FlowLayout
from ui.widgets.tall import TallArea
from workstation.desk.strategy_editing import Checked, DryRun
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg, nmsg
from workstation.domain.strategy_file import default_text

CHECK_MS = 250  # after the last key
EDITOR_HEIGHT = 340  # pixels at 100 %


class StrategyPage(Page):
    """`open_case` is called with the id of the case of a chosen row, `tell` with what was done or went wrong."""

    progressed = Signal(int, int)  # from the pool: cases looked at, of how many
    tried = Signal()

    def __init__(self, look: Look, desk: Desk, open_case: Callable[[str], None], tell: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("strategy_page")
        self._look, self._desk, self._tell = look, desk, tell
        self._places = desk.strategies.jurisdictions()
        self._in_force = ""  # the text that decides, or would but for its fault
        self._checked = Checked()
        self._tried = ""  # the text of the last dry run
        self._stop = Event()
        self.trying = False
        self.title, self.about = label(role="title"), label(role="muted", wrap=True)
        self.state = label(wrap=True)
        self.state.setObjectName("strategy_state")
        self.place = QComboBox()
        self.place.setObjectName("strategy_place")
        self.place.setVisible(len(self._places) > 1)
        self.editor = NumberedEdit(look)
        self.editor.setObjectName("strategy_text")
        self.fault = label(role="error", wrap=True)
        self.fault.setObjectName("strategy_fault")
        self.go = button(role="link", clicked=self.editor.go_to_fault)
        self.warned = label(role="muted", wrap=True)
        self.warned.setObjectName("strategy_warned")
        self.try_out = button(role="primary", clicked=self.start)
        self.try_out.setObjectName("strategy_try")
        self.stop = button(clicked=self._stop.set)
        self.stop.setObjectName("strategy_stop")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.adopt = button(clicked=self._adopt)
        self.adopt.setObjectName("strategy_adopt")
        self.back = button(role="link", clicked=self._back)
        self.back.setObjectName("strategy_back")
        self.discard = button(role="link", clicked=self._discard)
        self.outcome, self.trials = Outcome(look, open_case), Trials(look, desk)
        self._build()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(CHECK_MS)
        self._later.timeout.connect(self.check)
        self.editor.textChanged.connect(self._later.start)
        self.place.currentIndexChanged.connect(self._open)
        self.progressed.connect(self._show_progress)
        look.changed.connect(self.retranslate)
        self.place.addItems([""] * len(self._places))
        self.retranslate()

    def _build(self) -> None:
        card = QFrame()
        card.setProperty("role", "card")
        told = across(self.fault, self.go, spacing=12)
        told.setStretch(0, 1)
        doing = QWidget()
        flow = FlowLayout(doing, spacing=8)
        for each in (self.try_out, self.stop, self.adopt, self.back, self.discard):
            flow.addWidget(each)
        card.setLayout(
            down(self.place, self.state, self.editor, told, self.warned, doing, self.progress, spacing=10,
                 margins=(16, 14, 16, 14))
        )  # fmt: skip
        body = panel("sunken")
        body.setLayout(
            down(self.title, self.about, card, self.outcome, self.trials, None, spacing=16, margins=(32, 28, 32, 28))
        )
        self.area = TallArea(body)
        self.area.setProperty("role", "sunken")
        self.setLayout(down(self.area, spacing=0))
        hidden: tuple[QWidget, ...] = (self.progress, self.stop, self.outcome, self.go, self.fault, self.warned)
        for widget in hidden:
            widget.hide()
        self.setFocusProxy(self.editor)

    @property
    def jurisdiction(self) -> str:
        return self._places[max(0, self.place.currentIndex())] if self._places else "zh-CN"

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Strategy"))
        self.about.setText(
            tr(
                "Rules say what to do next with a case: the first whose conditions all hold decides. "
                "What is adopted counts on this device; the house gives the file to the others."
            )
        )
        for place, known in enumerate(self._places):
            self.place.setItemText(place, self._look.label("jurisdiction", known))
        self.place.setAccessibleName(tr("Jurisdiction"))
        self.editor.setAccessibleName(tr("Rules of the strategy"))
        self.progress.setAccessibleName(tr("Progress"))
        self.go.setText(tr("Go to the line"))
        self.try_out.setText(tr("Try on the book"))
        self.stop.setText(tr("Stop"))
        self.adopt.setText(tr("Adopt"))
        self.back.setText(tr("Back to the default"))
        self.discard.setText(tr("Discard what was typed"))
        self.editor.setMinimumHeight(self._look.tokens.px(EDITOR_HEIGHT))
        self.outcome.retranslate()
        self.trials.retranslate()
        self._show_checked()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.trials.read()
        if self.editor.toPlainText() == self._in_force:  # nothing typed that would be lost
            self._open()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.check()

    # ---- the text ----

    def _open(self) -> None:
        """What is in force, or what was typed before and not adopted."""
        strategies = self._desk.strategies
        self._in_force, self._tried = strategies.text(self.jurisdiction), ""
        self.outcome.hide()
        self.show_text(strategies.draft(self.jurisdiction) or self._in_force)

    def show_text(self, text: str) -> None:
        self.editor.setPlainText(text)
        self.check()

    def check(self) -> None:
        """Say at once what is wrong, and keep what was typed."""
        self._later.stop()
        text = self.editor.toPlainText()
        self._checked = self._desk.strategies.check(self.jurisdiction, text)
        try:
            if text == self._in_force:
                self._desk.strategies.drop_draft(self.jurisdiction)
            else:
                self._desk.strategies.keep_draft(self.jurisdiction, text)
        except WorkstationError as error:
            self._tell(self._look.say(error.message))
        self._show_checked()

    def _show_checked(self) -> None:
        say, found = self._look.say, self._checked
        text = self.editor.toPlainText()
        self.state.setText(" ".join(say(part) for part in self._standing()))
        faulty = self._desk.strategies.in_force(self.jurisdiction).fault is not None
        set_property(self.state, "role", "error" if faulty else "")
        self.fault.setText(say(found.fault))
        for widget in (self.fault, self.go):
            widget.setVisible(found.fault is not None)
        self.editor.show_fault(found.line)
        lines = [say(msg("Line {line}: {warning}", line=one.line, warning=one.message)) for one in found.warnings]
        self.warned.setText("\n".join(f"▲ {line}" for line in lines))
        self.warned.setVisible(bool(lines))
        ready, may = found.fault is None and not self.trying, self._desk.strategies.may_adopt
        self.try_out.setEnabled(ready)
        self.adopt.setEnabled(ready and may and text == self._tried and text != self._in_force)
        self.adopt.setToolTip("" if self.adopt.isEnabled() else self._look.tr("Try the text on the book first."))
        ours = self._desk.strategies.in_force(self.jurisdiction).path is not None and self._in_force != default_text()
        self.back.setVisible(may and ours)
        self.discard.setVisible(text != self._in_force)
        self.outcome.show_stale(text != self._tried)
        self.adopt.setVisible(may)

    def _standing(self) -> list[Message]:
        """Which strategy decides, and what is kept beside it."""
        strategies = self._desk.strategies
        decides, kept = strategies.in_force(self.jurisdiction), len(strategies.versions(self.jurisdiction))
        earlier = [nmsg("{n} earlier file is kept.", "{n} earlier files are kept.", kept)] if kept else []
        name = decides.strategy.name
        if decides.fault is not None:
            told = msg("The shipped strategy {name} decides meanwhile: {fault}", fault=decides.fault, name=name)
            return [*earlier, told]
        if decides.path is not None:
            return [msg("In force: {name}, from {file}.", name=name, file=str(decides.path)), *earlier]
        return [msg("In force: the shipped strategy {name}.", name=name), *earlier]

    # ---- trying ----

    def start(self) -> None:
        """Try the text on the open cases, in the pool; nothing is changed."""
        self.check()
        if self.trying or self._checked.fault is not None:
            return
        self._stop.clear()
        self._set_trying(True)
        text = self.editor.toPlainText()
        work = partial(self._desk.strategies.try_out, self.jurisdiction, text, self.progressed.emit, self._stop.is_set)
        run(self, work, partial(self._have, text), self._failed)

    def _have(self, text: str, found: DryRun | None) -> None:
        self._set_trying(False)
        if found is None:
            self._tell(self._look.tr("Stopped. Nothing was changed."))
        else:
            self._tried = text
            self.outcome.show_run(found)
            self.outcome.show()
            self.area.show_whole(self.outcome.summary)
        self._show_checked()
        self.tried.emit()

    def _failed(self, error: WorkstationError) -> None:
        self._set_trying(False)
        self._tell(self._look.say(error.message))
        self._show_checked()
        self.tried.emit()

    def _set_trying(self, trying: bool) -> None:
        self.trying = trying
        self.stop.setVisible(trying)
        self.progress.setVisible(trying)
        self.progress.setRange(0, 0)
        self.try_out.setEnabled(not trying)
        if trying:
            self.adopt.setEnabled(False)

    def _show_progress(self, done: int, total: int) -> None:
        self.progress.setRange(0, max(1, total))
        self.progress.setValue(done)

    # ---- putting in force ----

    def _adopt(self) -> None:
        self._put(lambda: self._desk.strategies.adopt(self.jurisdiction, self.editor.toPlainText()),
                  self._look.tr("Adopted: every case on this device is treated by it now."))  # fmt: skip

    def _back(self) -> None:
        self._put(lambda: self._desk.strategies.back_to_default(self.jurisdiction),
                  self._look.tr("The shipped strategy is in force again; the house's file is kept."))  # fmt: skip

    def take_back(self) -> bool:
        """Ctrl Z outside the editor: what was in force before the last adoption is again."""
        self._put(lambda: self._desk.strategies.undo(self.jurisdiction),
                  self._look.tr("Taken back: what was in force before is again."))  # fmt: skip
        return True

    def _put(self, act: Callable[[], Changes], said: str) -> None:
        try:
            changes = act()
        except WorkstationError as error:
            self._tell(self._look.say(error.message))
            return
        self._desk.announce(changes)
        self._open()
        self._tell(said)

    def _discard(self) -> None:
        """What is in force is shown again; Ctrl Z brings back what was typed."""
        cursor = self.editor.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(self._in_force)
        self.check()
