"""The plan to take along: its schedule for Excel, its days for a calendar, whole or not at all; and its letters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from letters.form import write_whole
from ui.background import run
from ui.look import _L
from ui.plan.work import PlanWork
from ui.widgets.basic import button, label, with_key
from ui.widgets.flow import FlowLayout

# By the end of the file's name: the caption, its key, and what the system's dialogue calls such files.
FILES = {
    "xlsx": (_L("Schedule for Excel"), "Alt X", "Excel (*.xlsx)"),
    "ics": (_L("Days for the calendar"), "Alt K", "iCalendar (*.ics)"),
}
_TAKEN = {"xlsx": "schedule", "ics": "calendar"}  # as it stands on record that it was taken
# By template: the letter panel shows it, where it is read, recorded and printed.
LETTERS = {
    "plan_agreement": (_L("Agreement"), "Alt O"),
    "budget_statement": (_L("Budget statement"), "Alt T"),
}


class Taking(QWidget):
    def __init__(self, work: PlanWork) -> None:
        super().__init__()
        self._work, self._look = work, work.look
        self._taken: Mapping[str, object] | None = None
        flow = FlowLayout(spacing=8)
        self.buttons: dict[str, QPushButton] = {}
        for kind in FILES:
            made = button(role="link", clicked=partial(self.ask, kind))
            made.setObjectName(f"plan_{kind}")
            flow.addWidget(made)
            self.buttons[kind] = made
        self.letters: dict[str, QPushButton] = {}
        for template in LETTERS:
            made = button(role="link", clicked=partial(work.letter_wanted.emit, template))
            made.setObjectName(f"plan_{template}")
            flow.addWidget(made)
            self.letters[template] = made
        self.kept = label(role="caption")
        self.kept.hide()  # an empty one would take a line
        flow.addWidget(self.kept)
        self.setLayout(flow)

    def retranslate(self) -> None:
        for kind, made in self.buttons.items():
            caption, key, _ = FILES[kind]
            made.setText(with_key(self._look.tr(caption), key))
        for template, made in self.letters.items():
            caption, key = LETTERS[template]
            made.setText(with_key(self._look.tr(caption), key))

    def show_ready(self) -> None:
        """Only a plan that there is can be taken along; what was kept is said until the plan is another."""
        request = self._work.view.request
        if request != self._taken:
            self.kept.clear()
            self.kept.hide()
        for made in self.buttons.values():
            made.setEnabled(request is not None)

    def ask(self, kind: str) -> None:
        """Where to; the name says nothing of whom it is about."""
        if self._work.view.request is None:
            return
        caption, _, files = FILES[kind]
        chosen, _ = QFileDialog.getSaveFileName(self, self._look.tr(caption), f"plan.{kind}", files)
        if chosen:
            self.save(kind, Path(chosen))

    def save(self, kind: str, path: Path) -> None:
        work, request, case = self._work, self._work.view.request, self._work.case
        if request is None or case is None:
            return
        papers, language = work.desk.plan_papers, work.language

        def write() -> Path:
            if kind == "xlsx":
                content = papers.schedule_xlsx(request, language)
            else:
                content = papers.calendar_ics(case.case_id, request, language)
            work.desk.privacy.took_out([case.case_id], "export", _TAKEN[kind])
            write_whole(path, content)
            return path

        self.buttons[kind].setEnabled(False)
        run(
            self,
            write,
            lambda kept: self._told(kept, request),
            lambda error: work.failed.emit(self._look.say(error.message)),
            self.show_ready,
        )

    def _told(self, kept: Path, request: Mapping[str, object]) -> None:
        self._taken = request
        self.kept.setText(self._look.tr("Kept as {file}", file=kept.name))
        self.kept.show()
