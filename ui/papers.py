"""Buttons for papers of the desk: each is made in the pool, then printed or kept as a file, as the person chooses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from letters.form import write_whole
from ui.background import run
from ui.look import Look
from ui.widgets.basic import button
from ui.widgets.flow import FlowLayout

T = TypeVar("T")

# A caption, a file name to propose, and what prepares the work that makes the PDF in the pool.
Paper = tuple[str, str, Callable[[], Callable[[], bytes]]]


class PaperButtons(QWidget):
    """One button for each paper, with a menu: print it, or save it as PDF. `tell` hears what went wrong or was done."""

    def __init__(self, look: Look, papers: Sequence[Paper], tell: Callable[[str], None]) -> None:
        super().__init__()
        self._look, self._papers, self._tell = look, papers, tell
        self._made: list[tuple[QPushButton, QAction, QAction]] = []
        flow = FlowLayout(spacing=8)
        for place, (_, name, _) in enumerate(papers):
            menu = QMenu(self)
            printing, saving = QAction(menu), QAction(menu)
            printing.triggered.connect(lambda _=False, at=place: self._print(at))
            saving.triggered.connect(lambda _=False, at=place: self._ask_and_save(at))
            menu.addActions([printing, saving])
            opening = button()
            opening.setObjectName("paper_" + name.removesuffix(".pdf"))
            opening.setMenu(menu)
            flow.addWidget(opening)
            self._made.append((opening, printing, saving))
        self.setLayout(flow)
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        for (caption, _, _), (opening, printing, saving) in zip(self._papers, self._made, strict=True):
            opening.setText(tr(caption))
            printing.setText(tr("Print …"))
            saving.setText(tr("Save PDF …"))

    def save(self, place: int, path: Path) -> None:
        """Make the paper and write it whole, or not at all."""
        work = self._papers[place][2]()

        def write() -> Path:
            write_whole(path, work())
            return path

        self._run(place, write, lambda kept: self._tell(self._look.tr("Kept as {file}", file=kept.name)))

    def _print(self, place: int) -> None:
        self._run(place, self._papers[place][2](), self._send)

    def _send(self, pdf: bytes) -> None:
        from ui.letter.printing import ask_and_print

        self._tell("")
        ask_and_print(pdf, self)

    def _ask_and_save(self, place: int) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, self._look.tr("Save PDF …"), self._papers[place][1], "PDF (*.pdf)"
        )
        if chosen:
            self.save(place, Path(chosen))

    def _run(self, place: int, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """The button waits until its paper is there."""
        opening = self._made[place][0]
        opening.setEnabled(False)
        run(
            self,
            work,
            done,
            lambda error: self._tell(self._look.say(error.message)),
            lambda: opening.setEnabled(True),
        )
