"""The agreement put before the debtor: its pages, the field to sign in, and who signs."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from ui.background import run
from ui.desk_port import Desk
from ui.knowledge.help import describe
from ui.letter.preview import Pages
from ui.look import _L, Look
from ui.visit.pad import SignaturePad
from ui.widgets.basic import across, button, down, label, show_if, with_key
from ui.widgets.field import EntryField
from workstation.desk.views import LetterMade
from workstation.desk.visit_views import SignatureRow
from workstation.domain.errors import WorkstationError
from workstation.domain.signature import SHORTEST


class SigningPage(QWidget):
    """`signed` carries the signature that was kept, `left` nothing: back to the report as it was."""

    signed = Signal(object)
    left = Signal()

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk, self._case_id = look, desk, ""
        self.title = label(role="heading", wrap=True)
        self.state = label(role="caption", wrap=True)
        self.pages = Pages(look, "agreement_pages")
        self.pad = SignaturePad(look)
        self.pad.changed.connect(self._show_ready)
        self.signer = EntryField(look, _L("Who signs"), name="visit_signer")
        self.signer.changed.connect(self._show_ready)
        self.undo = button(role="link", clicked=self.pad.undo)
        self.undo.setObjectName("signature_undo")
        self.clear = button(role="link", clicked=self.pad.clear)
        self.clear.setObjectName("signature_clear")
        self.problem = label(role="error", wrap=True)
        self.back = button(clicked=self.left.emit)
        self.take = button(role="primary", clicked=self.sign)
        self.take.setObjectName("signature_take")
        foot = across(self.back, self.take, spacing=8)
        foot.setStretch(1, 1)
        whole = down(
            self.title,
            self.state,
            self.pages,
            across(self.signer, self.undo, self.clear, spacing=8),
            self.pad,
            self.problem,
            foot,
            spacing=8,
            margins=(16, 12, 16, 14),
        )
        whole.setStretch(2, 1)
        self.setLayout(whole)
        for key, act in (("Alt+Z", self.pad.undo), ("Alt+X", self.pad.clear)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        show_if(self.problem, False)

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("The agreement, to be read and signed"))
        self.signer.retranslate()
        self.undo.setText(with_key(tr("Last stroke back"), "Alt Z"))
        self.clear.setText(with_key(tr("Clear"), "Alt X"))
        self.back.setText(with_key(tr("Back"), "Esc"))
        self.take.setText(with_key(tr("Take the signature"), "Ctrl ↵"))
        self.pad.setAccessibleName(tr("Field to sign in"))
        describe(self._look, self)

    def open(self, case_id: str) -> None:
        """The agreement of the plan that waits, unsigned; nothing is drawn yet."""
        self._case_id = case_id
        self.pad.clear()
        self.pages.show_pdf(b"")
        self.signer.set_text(self._desk.visit.agreements.debtor(case_id))
        self.state.setText(self._look.tr("The agreement is being made …"))
        show_if(self.problem, False)
        run(self, lambda: self._desk.visit.agreements.unsigned(case_id), self._show, self._failed)
        self._show_ready()
        self.pad.setFocus()

    def sign(self) -> None:
        """Keep what was drawn; what is no signature is said, and stays on the field."""
        if not self.take.isEnabled():
            return
        try:
            row: SignatureRow = self._desk.visit.agreements.sign(self._case_id, self.pad.strokes, self.signer.text())
        except WorkstationError as error:
            self._failed(error)
            return
        self.signed.emit(row)

    def _show(self, letter: LetterMade) -> None:
        self.state.setText(self._look.tr("Let it be read. Both copies are the same; one is for the debtor."))
        self.pages.show_pdf(letter.pdf)

    def _failed(self, error: WorkstationError) -> None:
        self.state.setText("")
        self.problem.setText(self._look.say(error.message))
        show_if(self.problem, True)

    def _show_ready(self) -> None:
        self.take.setEnabled(self.pad.ink >= SHORTEST and bool(self.signer.text().strip()))
        for made in (self.undo, self.clear):
            made.setEnabled(bool(self.pad.strokes))
