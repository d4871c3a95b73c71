"""Dials from the call notes: starts the call, follows what the telephone tells, and shows a number dialled by hand."""

from __future__ import annotations

from PySide6.QtCore import QTimer, QtMsgType, QUrl, Signal, qInstallMessageHandler
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from ui.call.timer import CallTimer
from ui.desk_port import Desk
from ui.look import Look
from ui.widgets.basic import across, button, label, show_if
from workstation.desk.telephone import Line
from workstation.domain.errors import WorkstationError

SHOWN_SECONDS = 10  # that a number dialled by hand stays in full


class Dialler(QWidget):
    """Shows nothing but a number that is dialled by hand, and the way to do so when the telephone failed.

    `failed` carries why the call was not begun, `moved` nothing: the call is in another state.
    """

    failed = Signal(str)
    moved = Signal()
    by_hand_wanted = Signal()

    def __init__(self, look: Look, desk: Desk, timer: CallTimer) -> None:
        super().__init__()
        self._look, self._telephone, self._timer = look, desk.telephone, timer
        self._case_id = ""
        self.number = label(role="strong")
        self.number.setObjectName("call_number")
        self.by_hand = button(role="link", clicked=self.by_hand_wanted.emit)
        self.by_hand.setObjectName("call_by_hand")
        self.setLayout(across(self.number, None, self.by_hand))
        self._mask = QTimer(self)
        self._mask.setSingleShot(True)
        self._mask.setInterval(SHOWN_SECONDS * 1000)
        self._mask.timeout.connect(self._hide_number)
        self._telephone.open_url = open_with_system
        self._telephone.changed = self._told
        self._show()

    @property
    def dialling(self) -> bool:
        """The telephone was asked and has not answered yet."""
        line = self._telephone.line
        return line is not None and line.case_id == self._case_id and line.state == "dialling"

    def retranslate(self) -> None:
        self.by_hand.setText(self._look.tr("Dial by hand"))
        self.number.setAccessibleName("")  # the number itself is read

    def show_case(self, case_id: str) -> None:
        """Another case, or the same one changed: what its telephone told meanwhile goes into its form."""
        if case_id != self._case_id:
            self._hide_number()
        self._case_id = case_id
        line = self._telephone.line
        if line is not None and line.case_id == case_id:
            self._timer.take(line)
        self._show()

    def dial(self, point_id: str, reason: str, *, by_hand: bool = False) -> bool:
        """Begin the call; False when it was not, which `failed` explains."""
        try:
            if by_hand or self._telephone.by_hand:
                line, number = self._telephone.dial_by_hand(self._case_id, point_id, reason)
                self.number.setText(number)
                self._mask.start()
            else:
                line = self._telephone.dial(self._case_id, point_id, reason)
        except WorkstationError as error:
            self._show(failed=True)
            self.failed.emit(self._look.say(error.message))
            return False
        self._timer.take(line)
        self._show()
        return True

    def over(self) -> None:
        """The person ended the call: the telephone hangs up, if it can."""
        self._telephone.hang_up(self._case_id)
        self._hide_number()

    def unanswered(self) -> None:
        """Nobody took it, or the line was cut: what still rings is ended, but nobody is cut off."""
        line = self._telephone.line
        if line is not None and line.state in {"dialling", "ringing"}:
            self.over()

    def let_go(self) -> None:
        """The notes are recorded."""
        self._telephone.let_go(self._case_id)
        self._hide_number()

    def _told(self, line: Line) -> None:
        if line.case_id == self._case_id:
            self._timer.take(line)
            self._show()
        if line.problem is not None:
            self.failed.emit(self._look.say(line.problem))
        self.moved.emit()

    def _hide_number(self) -> None:
        self._mask.stop()
        self.number.clear()
        self._show()

    def _show(self, *, failed: bool = False) -> None:
        line = self._telephone.line
        lost = line is not None and line.case_id == self._case_id and line.state == "failed"
        show_if(self.by_hand, (failed or lost) and not self._telephone.by_hand)
        show_if(self.number, bool(self.number.text()))
        show_if(self, not (self.by_hand.isHidden() and self.number.isHidden()))


def open_with_system(url: str) -> bool:
    """Give the address to the system's handler. Qt would write it to the log where there is none: it must not."""
    before = qInstallMessageHandler(_unsaid)
    try:
        return QDesktopServices.openUrl(QUrl(url, QUrl.ParsingMode.StrictMode))
    finally:
        qInstallMessageHandler(before)


def _unsaid(_kind: QtMsgType, _context: object, _text: str) -> None:
    """What Qt says while an address is opened has the number in it."""
