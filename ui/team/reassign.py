"""The right half of the team's page: cases shared out, seen before it is done, with a key to do it and one to undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from threading import Event

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QProgressBar, QWidget

from ui.background import run
from ui.desk_port import Desk
from ui.knowledge.help import describe
from ui.look import _L, Look
from ui.page import Page
from ui.team.reassign_result import ReassignResult
from ui.widgets.basic import across, button, down, label, panel, show_if, with_key
from ui.widgets.field import EntryField
from ui.widgets.tall import TallArea
from workstation.desk.reassign_views import Choice, Kind, Outcome, Preview
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.rebalance import Measure

LATER_MS = 200  # after the last key
KINDS: tuple[tuple[Kind, str], ...] = (
    ("cases", _L("Selected cases")),
    ("leave", _L("Somebody goes on leave")),
    ("resignation", _L("Somebody leaves for good")),
    ("rebalance", _L("Make the loads even")),
)
MEASURES: tuple[tuple[Measure, str], ...] = (
    ("count", _L("By number of cases")),
    ("amount", _L("By amount")),
    ("work", _L("By expected work")),
    ("stage", _L("By stage mix")),
)
_OF_PERSON = frozenset({"leave", "resignation"})


class Reassign(Page):
    """`open_case` is called with a case's id, `tell` with what was done or went wrong."""

    progressed = Signal(int, int)  # from the pool: cases read, of how many
    previewed = Signal()  # the preview is up to date, or cannot be
    committed = Signal()  # it was done, undone, or refused

    def __init__(self, look: Look, desk: Desk, open_case: Callable[[str], None], tell: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("reassign")
        self._look, self._desk, self._tell = look, desk, tell
        self._cases: tuple[str, ...] = ()
        self._out: set[str] = set()  # who is to get nothing
        self.shown: Preview | None = None
        self._stop = Event()
        self._turn = 0  # of the preview asked for last
        self.working = self._filling = False
        self.kind, self.measure, self.person, self.to = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        self._boxes = {"kind": self.kind, "person": self.person, "to": self.to, "measure": self.measure}
        self._captions = {name: label(role="caption") for name in self._boxes}
        self.until = EntryField(look, _L("Last day of the leave"), _L("28, +5, next friday"), name="reassign_until")
        self.keep = QCheckBox()
        self.keep.setObjectName("reassign_keep")
        self.keep.setChecked(True)
        self.reason = QLineEdit()
        self.reason.setObjectName("reassign_reason")
        self.reason.setMaxLength(1000)
        self.problem = label(role="error", wrap=True)
        self.problem.setObjectName("reassign_problem")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.stop = button(clicked=self._stop.set)
        self.result = ReassignResult(look)
        self.result.excluded.connect(self.exclude)
        self.result.opened.connect(open_case)
        self.everybody = button(role="link", clicked=self._include_all)
        self.do = button(role="primary", clicked=self.commit)
        self.do.setObjectName("reassign_do")
        self.back = button(clicked=self.take_back)
        self.back.setObjectName("reassign_undo")
        self.state = label(role="muted", wrap=True)
        self.state.setObjectName("reassign_state")
        self._build()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.timeout.connect(self.look_again)
        for box in self._boxes.values():
            box.currentIndexChanged.connect(self._chose)
        self.keep.toggled.connect(self._chose)
        self.until.changed.connect(self._chose)
        self.progressed.connect(self._show_progress)
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        self._cells: dict[str, QWidget] = {}
        for place, (name, box) in enumerate(self._boxes.items()):
            box.setObjectName(f"reassign_{name}")
            box.setMinimumWidth(60)
            self._captions[name].setBuddy(box)
            cell = self._cells[name] = QWidget()
            cell.setLayout(down(self._captions[name], box, spacing=4))
            grid.addWidget(cell, place // 2, place % 2)
        grid.addWidget(self.until, 2, 0, 1, 2)
        grid.addWidget(self.keep, 3, 0, 1, 2)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        body = panel()
        body.setLayout(
            down(grid, self.reason, self.problem, across(self.progress, self.stop), self.result, self.everybody, None,
                 spacing=10)
        )  # fmt: skip
        area = TallArea(body)
        area.setFrameShape(TallArea.Shape.NoFrame)
        done = across(self.state, self.back, self.do)
        done.setStretch(0, 1)
        self.setLayout(down(area, done, spacing=8))
        self.setFocusProxy(self.kind)
        for hidden in (self.problem, self.progress, self.stop, self.everybody, self.until):
            hidden.hide()

    def retranslate(self) -> None:
        tr = self._look.tr
        self._filling = True
        titles = {"kind": tr("What"), "person": tr("Whose cases"), "to": tr("To whom"), "measure": tr("Made even")}
        for name, box in self._boxes.items():
            self._captions[name].setText(titles[name])
            box.setAccessibleName(titles[name])
        _fill(self.kind, [(kind, tr(text)) for kind, text in KINDS])
        _fill(self.measure, [(measure, tr(text)) for measure, text in MEASURES])
        self._fill_people()
        self.until.retranslate()
        self.keep.setText(tr("Open promises and plans stay with whom they were agreed with"))
        self.reason.setPlaceholderText(tr("The reason: everybody who had or gets the cases reads it"))
        self.reason.setAccessibleName(tr("The reason: everybody who had or gets the cases reads it"))
        self.stop.setText(tr("Stop"))
        self.progress.setAccessibleName(tr("Progress"))
        self.everybody.setText(tr("Ask everybody again"))
        describe(self._look, self)
        self.result.retranslate()
        self._filling = False
        self._show()

    def _fill_people(self) -> None:
        tr, members = self._look.tr, self._desk.reassigning.members()
        _fill(self.person, [("", tr("Choose …")), *((one.person_id, one.name) for one in members)])
        _fill(self.to, [("", tr("Everybody who collects")), *((one.person_id, one.name) for one in members)])

    # ---- how others begin ----

    def choose_cases(self, case_ids: Sequence[str]) -> None:
        self._begin("cases", cases=tuple(case_ids))

    def choose_person(self, person_id: str) -> None:
        self._begin("leave", person=person_id)

    def rebalance(self) -> None:
        self._begin("rebalance")

    def _begin(self, kind: Kind, *, cases: tuple[str, ...] = (), person: str = "") -> None:
        self._filling = True
        self._cases, self._out = cases, set()
        self._fill_people()
        self.kind.setCurrentIndex(self.kind.findData(kind))
        self.person.setCurrentIndex(max(0, self.person.findData(person)))
        self.to.setCurrentIndex(0)
        self._filling = False
        self._show()
        (self.to if kind == "cases" else self.until if kind == "leave" else self.kind).setFocus()
        self.look_again()

    # ---- the choice ----

    def choice(self) -> Choice:
        """As it stands in the fields."""
        kind: Kind = self.kind.currentData() or "cases"
        person = self.person.currentData() or ""
        day, reading = self._desk.reassigning.read_until(self.until.text()) if kind == "leave" else (None, None)
        self.until.show_reading(reading)
        one = self.to.currentData() or ""
        return Choice(
            kind=kind,
            measure=self.measure.currentData() or "count",
            case_ids=self._cases if kind == "cases" else (),
            person=person if kind in _OF_PERSON else "",
            to=(one,) if one else (),
            without=frozenset(self._out),
            until=day,
            keep=self.keep.isChecked(),
        )

    def exclude(self, person_id: str) -> None:
        """Somebody gets nothing this time."""
        self._out.add(person_id)
        self._show()
        self.look_again()

    def _include_all(self) -> None:
        self._out.clear()
        self._show()
        self.look_again()

    def _chose(self) -> None:
        if not self._filling:
            self._show()
            self._later.start()

    # ---- the preview ----

    def look_again(self) -> None:
        """In the pool; an older question's answer is thrown away."""
        self._later.stop()
        if not self._filling and not self.working:
            self._turn += 1
            self._stop.set()
            self._stop = Event()
            turn, choice, stop = self._turn, self.choice(), self._stop
            work = partial(self._desk.reassigning.preview, choice, self.progressed.emit, stop.is_set)
            run(self, work, partial(self._have, turn), partial(self._failed, turn))

    def _have(self, turn: int, found: Preview | None) -> None:
        if turn == self._turn:
            self._quiet()
            if found is not None:
                self.shown = found
                self.result.show_preview(found)
            self._show()
            self.previewed.emit()

    def _failed(self, turn: int, error: WorkstationError) -> None:
        if turn == self._turn:
            self._quiet()
            self.shown = None
            self.result.hide()
            self.problem.setText(self._look.say(error.message))
            self.problem.show()
            self._show()
            self.previewed.emit()

    def _quiet(self) -> None:
        for widget in (self.problem, self.progress, self.stop):
            widget.hide()

    def _show_progress(self, done: int, of: int) -> None:
        self.progress.setRange(0, max(1, of))
        self.progress.setValue(done)
        for widget in (self.progress, self.stop):
            show_if(widget, done < of)

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.kinds != {"sync"} and not self.working:
            self._later.start()

    def _show(self) -> None:
        tr, kind = self._look.tr, self.kind.currentData()
        for name, wanted in (("person", kind in _OF_PERSON), ("measure", not self.to.currentData())):
            show_if(self._cells[name], wanted)
        show_if(self.until, kind == "leave")
        show_if(self.keep, kind in {"cases", "leave"})  # who leaves for good keeps nothing
        show_if(self.everybody, bool(self._out))
        moves = 0 if self.shown is None else len(self.shown.moves)
        self.do.setText(with_key(tr("Move {n} cases", n=f"{moves:,}"), "Ctrl ↵"))
        self.do.setEnabled(moves > 0 and not self.working)
        last = self._desk.reassigning.last
        show_if(self.back, last is not None)
        self.back.setText(with_key(tr("Undo"), "Ctrl Z"))
        self.back.setEnabled(not self.working)
        leave_out = tr("X leaves a person out.")
        if last is None:
            self.state.setText(leave_out)
        else:
            until = self._look.translator.moment(last.undo_until, today=self._desk.today())
            self.state.setText(tr("All moves are on record. The last one can be undone until {time}.", time=until))

    # ---- doing ----

    def commit(self) -> None:
        """Do what is shown; the keys that come meanwhile do nothing."""
        if self.working or self.shown is None or not self.shown.moves or self._later.isActive():
            return
        self.working = True
        self._show()
        work = partial(self._desk.reassigning.commit, self.shown, self.reason.text())
        run(self, work, self._done, self._refused, over=self._over)

    def take_back(self) -> bool:
        """Undo the last move, while that can be."""
        if not self.working:
            self.working = True
            self._show()
            run(self, self._desk.reassigning.undo, self._done, self._refused, over=self._over)
        return True

    def _over(self) -> None:
        self.working = False

    def _done(self, outcome: Outcome) -> None:
        self.reason.clear()
        self.shown = None
        self.result.hide()
        self._tell(self._look.say(outcome.sentence))
        self._show()
        self.committed.emit()

    def _refused(self, error: WorkstationError) -> None:
        self._tell(self._look.say(error.message))
        if isinstance(error, InputError) and error.field == "reason":
            self.reason.setFocus()
        self._show()
        self.committed.emit()


def _fill(box: QComboBox, items: Sequence[tuple[str, str]]) -> None:
    """The same choice stays chosen, as far as there still is one."""
    known = box.currentData()
    box.blockSignals(True)
    box.clear()
    for data, text in items:
        box.addItem(text, data)
    box.setCurrentIndex(max(0, box.findData(known)))
    box.blockSignals(False)
