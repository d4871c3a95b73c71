"""The dossier of the day: its pages on the screen, stop by stop; printed or saved with a number; and the register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from letters.form import write_whole
from ui.background import run
from ui.desk_port import Desk
from ui.field.register import RegisterCard
from ui.letter.preview import Pages
from ui.look import Look
from ui.widgets.basic import across, button, down, label, panel, with_key
from ui.widgets.flow import FlowLayout
from ui.widgets.tall import TallArea
from workstation.desk.dossiers import DossierMade, DossierWanted, wanted_of
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError
from workstation.domain.field_day import PlannedDay
from workstation.domain.message import nmsg

PRINT_KEY, SAVE_KEY, ALONE_KEY = "Ctrl+Shift+P", "Ctrl+S", "Alt+O"
BEFORE_KEY, AFTER_KEY = "Alt+Up", "Alt+Down"


class DossierPane(QWidget):
    """Shows and gives out the dossier of `planned()`; `left` is sent when the person goes back to the day."""

    left = Signal()

    def __init__(
        self, look: Look, desk: Desk, planned: Callable[[], PlannedDay | None], tell: Callable[[str], None]
    ) -> None:
        super().__init__()
        self.setObjectName("field_dossier")
        self._look, self._desk, self._planned, self._tell = look, desk, planned, tell
        self.stop = 0  # which is on the screen; 0: the list and the route
        self._asked = 0
        self._cancel: Event | None = None  # of the dossier that is being made
        self.title, self.about = label(role="title"), label(role="muted", wrap=True)
        self.where = label(role="strong")
        self.where.setObjectName("dossier_where")
        self.back = button(role="chip", clicked=self.left.emit)
        self.before = button(role="chip", clicked=lambda: self.turn(-1))
        self.after = button(role="chip", clicked=lambda: self.turn(1))
        self.printing = button(role="primary", clicked=self.print_it)
        self.printing.setObjectName("dossier_print")
        self.saving = button(clicked=self.ask_and_save)
        self.saving.setObjectName("dossier_save")
        self.alone = button(role="chip", clicked=self._about)
        self.alone.setObjectName("dossier_alone")
        self.alone.setCheckable(True)
        self.cancel = button(role="link", clicked=self.give_up)
        self.cancel.hide()
        self.pages = Pages(look, "dossier_pages")
        self.register = RegisterCard(look, desk, tell)
        self._build()
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for key, act in (
            (PRINT_KEY, self.print_it),
            (SAVE_KEY, self.ask_and_save),
            (ALONE_KEY, self.alone.click),
            (BEFORE_KEY, lambda: self.turn(-1)),
            (AFTER_KEY, lambda: self.turn(1)),
        ):
            QShortcut(QKeySequence(key), self, act, context=inside)
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def _build(self) -> None:
        tools, flow = QWidget(), FlowLayout(spacing=8)
        for each in (self.printing, self.saving, self.alone, self.cancel):
            flow.addWidget(each)
        tools.setLayout(flow)
        inner = panel()
        inner.setLayout(down(self.about, tools, self.register, None, spacing=12, margins=(16, 12, 16, 12)))
        side = panel(edge="left")
        side.setLayout(down(TallArea(inner), spacing=0))
        shown = QWidget()
        turning = across(self.where, None, self.before, self.after, spacing=8, margins=(16, 8, 16, 8))
        column = down(turning, self.pages, spacing=0)
        column.setStretch(1, 1)
        shown.setLayout(column)
        head = panel(edge="bottom")
        head.setLayout(across(self.title, None, self.back, spacing=10, margins=(16, 10, 16, 10)))
        body = across(shown, side, spacing=0)
        body.setStretch(0, 3)
        body.setStretch(1, 2)
        whole = down(head, body, spacing=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.setFocusProxy(self.pages)

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Dossier"))
        self.back.setText(with_key(tr("Back to the day"), "Esc"))
        self.before.setText(with_key(tr("‹ Stop before"), "Alt ↑"))
        self.after.setText(with_key(tr("Next stop ›"), "Alt ↓"))
        self.printing.setText(with_key(tr("Print …"), "Ctrl Shift P"))
        self.saving.setText(with_key(tr("Save PDF …"), "Ctrl S"))
        self.alone.setText(with_key(tr("Only this stop"), "Alt O"))
        self.cancel.setText(tr("Cancel"))
        self.pages.setAccessibleName(tr("Pages of the stop"))
        self.register.retranslate()
        self._about()
        if self.isVisible():
            self.look_again()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.stop = 0
        self.look_again()
        self.register.look_again()

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.kinds != {"sync"}:
            self.register.look_again()

    # ---- on the screen ----

    @property
    def wanted(self) -> DossierWanted | None:
        planned = self._planned()
        return None if planned is None or not planned.stops else wanted_of(planned)

    @property
    def given(self) -> DossierWanted | None:
        """What is printed or saved: the whole day, or the stop on the screen alone."""
        wanted = self.wanted
        if wanted is None or not (self.alone.isChecked() and 0 < self.stop <= len(wanted.stops)):
            return wanted
        return replace(wanted, stops=(wanted.stops[self.stop - 1],))

    def turn(self, by: int) -> None:
        wanted = self.wanted
        if wanted is not None:
            self.stop = max(0, min(self.stop + by, len(wanted.stops)))
            self.look_again()

    def look_again(self) -> None:
        """The pages of one stop, made in the pool; only the answer to the newest question is shown."""
        self._about()
        wanted = self.wanted
        self._asked += 1
        asked, language = self._asked, self._look.language
        if wanted is None:
            self.pages.show_pdf(b"")
            return
        self.stop = only = min(self.stop, len(wanted.stops))
        self._about()

        def have(made: DossierMade) -> None:
            if asked == self._asked:
                self.pages.show_pdf(made.pdf)

        run(self, lambda: self._desk.dossiers.make(wanted, language, numbered=False, only=only), have, self._failed)

    def _about(self) -> None:
        tr, wanted = self._look.tr, self.wanted
        for each in (self.printing, self.saving):
            each.setEnabled(wanted is not None and self._cancel is None)
        if wanted is None:
            self.where.setText(tr("No stop is planned for this day."))
            self.about.setText(tr("Choose cases for the day first; the dossier is made of its stops."))
            for each in (self.before, self.after, self.alone):
                each.setEnabled(False)
            return
        count = len(wanted.stops)
        self.before.setEnabled(self.stop > 0)
        self.after.setEnabled(self.stop < count)
        one = tr("Stop {n} of {all}", n=self.stop, all=count)
        self.where.setText(one if self.stop else tr("All stops and the route"))
        self.alone.setEnabled(self.stop > 0)
        given = self.given or wanted
        told = nmsg(
            "Printed or saved, the dossier of {day} gets a number and a day to be back by, and is recorded on its "
            "case.",
            "Printed or saved, the dossier of {day} gets a number and a day to be back by, and is recorded on each of "
            "its {n} cases.",
            len(given.stops),
            day=wanted.day,
        )
        self.about.setText(self._look.say(told))

    def _failed(self, error: WorkstationError) -> None:
        self._tell(self._look.say(error.message))

    # ---- giving out ----

    def print_it(self) -> None:
        self._make(self._send)

    def ask_and_save(self) -> None:
        if self.wanted is None or self._cancel is not None:
            return
        chosen, _ = QFileDialog.getSaveFileName(self, self._look.tr("Save PDF …"), "dossier.pdf", "PDF (*.pdf)")
        if chosen:
            self.save(Path(chosen))

    def save(self, path: Path) -> None:
        """Make it with a number, put it on record and write it whole, or not at all."""

        def write(made: DossierMade) -> None:
            if path.parent.is_dir():
                self._desk.announce(self._desk.dossiers.issue(made, "save"))
            write_whole(path, made.pdf)  # says what is wrong with the folder
            self._given(made, self._look.tr("Kept as {file}", file=path.name))

        self._make(write)

    def _send(self, made: DossierMade) -> None:
        from ui.letter.printing import ask, send

        printer = ask(self)
        if printer is not None:
            self._desk.announce(self._desk.dossiers.issue(made, "print"))
            send(made.pdf, printer)
            self._given(made, "")

    def _make(self, then: Callable[[DossierMade], None]) -> None:
        """In the pool; the buttons wait, and it may be given up."""
        wanted, language = self.given, self._look.language
        if wanted is None or self._cancel is not None:
            return
        given_up = self._cancel = Event()
        self.cancel.show()
        self._about()

        def done(made: DossierMade) -> None:
            if given_up.is_set():
                return
            try:
                then(made)
            except WorkstationError as error:
                self._failed(error)

        def failed(error: WorkstationError) -> None:
            if not given_up.is_set():
                self._failed(error)

        run(
            self,
            lambda: self._desk.dossiers.make(wanted, language, cancelled=given_up.is_set),
            done,
            failed,
            self._over,
        )

    def give_up(self) -> None:
        if self._cancel is not None:
            self._cancel.set()

    def _over(self) -> None:
        self._cancel = None
        self.cancel.hide()
        self._about()

    def _given(self, made: DossierMade, kept: str) -> None:
        tr = self._look.tr
        told = tr(
            "Dossier {number}: back by {day}.",
            number=made.issued.number,
            day=self._look.translator.day(made.issued.expires_on),
        )
        left = " ".join(dict.fromkeys(map(self._look.say, made.left_out)))
        self._tell(" ".join(part for part in (told, kept, left) if part))
        self.register.look_again()
