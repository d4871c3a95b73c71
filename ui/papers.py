"""Buttons for papers of the desk: each is made in the pool, then printed or kept as a file, as the person chooses.

That a paper leaves the program is recorded on every case that stands on it, before it leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from letters.form import write_whole
from ui.background import run
from ui.desk_port import Desk
from ui.look import Look
from ui.widgets.basic import button
from ui.widgets.flow import FlowLayout
from workstation.desk.privacy import LISTS, How
from workstation.desk.work_plan import Papers
from workstation.domain.errors import WorkstationError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PaperMade:
    """A paper with the cases that stand on it, and what of several debtors' data is on it in full."""

    pdf: bytes
    case_ids: tuple[str, ...]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """`what` is a key of vocabulary.TAKEN. `prepare` takes whether names are wanted in full, and gives the work that
    makes the paper in the pool."""

    caption: str
    name: str  # of the file, as proposed: nothing personal
    what: str
    prepare: Callable[[bool], Callable[[], PaperMade]]


def paper_of(papers: Papers, pdf: bytes) -> PaperMade:
    """A list of the desk that was just made."""
    return PaperMade(pdf, papers.case_ids, papers.fields)


class PaperButtons(QWidget):
    """One button for each paper, with a menu: print it, or save it as PDF. `tell` hears what went wrong or was done.

    Names on a list are masked; where the role may have them in full, a reason chosen in the menu does so once.
    """

    def __init__(self, look: Look, desk: Desk, papers: Sequence[Paper], tell: Callable[[str], None]) -> None:
        super().__init__()
        self._look, self._desk, self._papers, self._tell = look, desk, papers, tell
        self._made: list[tuple[QPushButton, QAction, QAction]] = []
        self._in_full: dict[int, QMenu] = {}
        self._why = ""  # of names in full, for the next paper only
        flow = FlowLayout(spacing=8)
        for place, paper in enumerate(papers):
            menu = QMenu(self)
            printing, saving = QAction(menu), QAction(menu)
            printing.triggered.connect(lambda _=False, at=place: self._print(at))
            saving.triggered.connect(lambda _=False, at=place: self._ask_and_save(at))
            menu.addActions([printing, saving])
            if paper.what in LISTS and desk.seat.masks.treatment("name", "export") == "reveal":
                self._in_full[place] = menu.addMenu("")
            opening = button()
            opening.setObjectName("paper_" + paper.name.removesuffix(".pdf"))
            opening.setMenu(menu)
            flow.addWidget(opening)
            self._made.append((opening, printing, saving))
        self.setLayout(flow)
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        for place, (paper, (opening, printing, saving)) in enumerate(zip(self._papers, self._made, strict=True)):
            full = self._why and place in self._in_full
            opening.setText(tr("{paper} · names in full", paper=tr(paper.caption)) if full else tr(paper.caption))
            printing.setText(tr("Print …"))
            saving.setText(tr("Save PDF …"))
        for menu in self._in_full.values():
            menu.setTitle(tr("Names in full, because …"))
            menu.clear()
            for reason in self._desk.privacy.reasons:
                if self._desk.privacy.needs_words(reason.id):
                    continue
                action = menu.addAction(self._look.translator.label(reason))
                action.setObjectName(f"in_full_{reason.id}")
                action.setCheckable(True)
                action.setChecked(reason.id == self._why)
                action.triggered.connect(partial(self.in_full, reason.id))

    def in_full(self, why: str, wanted: bool = True) -> None:
        """Names in full on the next list, for this reason."""
        self._why = why if wanted else ""
        self.retranslate()

    def save(self, place: int, path: Path) -> None:
        """Make the paper, put it on record and write it whole, or not at all."""
        why = self._reason(place)
        work = self._papers[place].prepare(bool(why))

        def write() -> Path:
            made = work()
            if not path.parent.is_dir():
                write_whole(path, made.pdf)  # says what is wrong with the folder; nothing left, nothing to record
            self._record(place, "save", made, why)
            write_whole(path, made.pdf)
            return path

        self._run(place, write, lambda kept: self._tell(self._look.tr("Kept as {file}", file=kept.name)))

    def _print(self, place: int) -> None:
        why = self._reason(place)
        self._run(place, self._papers[place].prepare(bool(why)), lambda made: self._send(place, made, why))

    def _send(self, place: int, made: PaperMade, why: str) -> None:
        from ui.letter.printing import ask, send

        printer = ask(self)
        if printer is None:
            return
        try:
            self._record(place, "print", made, why)
        except WorkstationError as error:
            self._tell(self._look.say(error.message))
            return
        send(made.pdf, printer)

    def _record(self, place: int, how: How, made: PaperMade, why: str) -> None:
        what = self._papers[place].what
        self._desk.privacy.took_out(made.case_ids, how, what, fields=made.fields, why=why)

    def _reason(self, place: int) -> str:
        """Why names stand in full on this paper; asked for once, it counts for no other paper."""
        why = self._why if place in self._in_full else ""
        if self._why:
            self._why = ""
            self.retranslate()
        return why

    def _ask_and_save(self, place: int) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, self._look.tr("Save PDF …"), self._papers[place].name, "PDF (*.pdf)"
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
