"""A button that saves a list as an Excel workbook: made in the pool with its rows counted, cancelled by a second press.

That debtors' data leave the program is recorded on every case in the list, before they leave.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QPushButton

from ui.background import in_window, run
from ui.desk_port import Desk
from ui.look import Look
from workstation.desk.excel import Sheet, write_workbook
from workstation.domain.errors import WorkstationError


@dataclass(frozen=True, slots=True)
class WorkbookMade:
    """The sheets, the cases that stand in them, and what of several debtors' data is there in full."""

    sheets: Sequence[Sheet]
    case_ids: Sequence[str]
    fields: Sequence[str] = ()


class ExcelButton(QPushButton):
    """`name` is that of the file, as proposed: nothing personal. `what` is a key of vocabulary.TAKEN. `prepare` gives,
    in the window's thread, the work that makes the sheets in the pool; None when there is nothing to save. `tell` hears
    what was done or went wrong."""

    def __init__(
        self,
        look: Look,
        desk: Desk,
        name: str,
        what: str,
        prepare: Callable[[], Callable[[], WorkbookMade] | None],
        tell: Callable[[str], None],
    ) -> None:
        super().__init__()
        self.setObjectName("excel_" + name.removesuffix(".xlsx"))
        self._look, self._desk, self._name, self._what = look, desk, name, what
        self._prepare, self._tell = prepare, tell
        self._running = self._cancelled = False
        self.clicked.connect(self._pressed)
        self.retranslate()

    def retranslate(self) -> None:
        if not self._running:
            self.setText(self._look.tr("Export Excel …"))

    def _pressed(self) -> None:
        if self._running:
            self._cancelled = True
            return
        tr = self._look.tr
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save as an Excel file …"), self._name, "Excel (*.xlsx)")
        if chosen:
            path = Path(chosen)
            self.save(path if path.suffix.lower() == ".xlsx" else path.with_name(f"{path.name}.xlsx"))

    def save(self, path: Path) -> None:
        """Record it, and write the workbook whole or not at all."""
        work = self._prepare()
        if work is None:
            self._tell(self._look.tr("There is nothing to save yet."))
            return
        self._running, self._cancelled = True, False
        self.setText(self._look.tr("Cancel: {n} rows", n=0))
        desk, say, at = self._desk, self._look.translator, self._desk.now()

        def write() -> Path:
            made = work()
            desk.privacy.took_out(made.case_ids, "export", self._what, fields=made.fields)
            write_workbook(
                path,
                made.sheets,
                say,
                zone=desk.seat.clock.zone,
                at=at,
                progress=lambda rows: in_window(lambda: self._count(rows)),
                cancelled=lambda: self._cancelled,
            )
            return path

        run(self, write, self._done, self._failed, self._over)

    def _count(self, rows: int) -> None:
        if self._running:
            self.setText(self._look.tr("Cancel: {n} rows", n=rows))

    def _done(self, path: Path) -> None:
        self._tell(self._look.tr("Kept as {file}", file=path.name))

    def _failed(self, error: WorkstationError) -> None:
        self._tell(self._look.say(error.message))

    def _over(self) -> None:
        self._running = False
        self.retranslate()
