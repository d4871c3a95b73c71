"""The cases behind the chosen people: filtered as typed, ordered by a column, several chosen with the space bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTableView, QWidget

from ui.look import _L, Look
from ui.models.rows import Column
from ui.team.table import BoardLine, OrderedModel
from ui.widgets.basic import across, down, label
from ui.widgets.uncopied import uncopied
from workstation.desk.caseload import CaseLine
from workstation.domain.message import nmsg


class CaseList(QWidget):
    """`opened` carries a case's id."""

    opened = Signal(str)
    chosen_changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._all: Sequence[CaseLine] = ()
        self._people: Mapping[str, str] = {}
        self._order, self._down = 4, True
        self.title, self.count = label(role="strong"), label(role="muted")
        self.filter = QLineEdit()
        self.filter.setObjectName("team_case_filter")
        self.filter.setMinimumWidth(look.tokens.px(170))
        self.filter.setMaxLength(60)
        self.filter.textChanged.connect(self._show)
        self.empty = label(role="muted", wrap=True)
        columns = [
            Column[CaseLine](_L("Case"), lambda row: row.number),
            Column[CaseLine](_L("Name"), lambda row: row.name, stretch=True),
            Column[CaseLine](_L("With"), lambda row: self._people.get(row.holder or "", "—")),
            Column[CaseLine](_L("Stage"), lambda row: row.stage),
            Column[CaseLine](_L("Days"), lambda row: str(row.days_past_due), right=True),
            Column[CaseLine](_L("Owed"), lambda row: look.money(row.owed), right=True),
            Column[CaseLine](_L("Today"), self._today),
        ]
        self.model = OrderedModel(columns, look)
        self.table = QTableView()
        self.table.setObjectName("team_cases")
        uncopied(self.table)
        self.table.setModel(self.model)
        self.line = BoardLine(look)
        self.table.setItemDelegate(self.line)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.verticalHeader().hide()
        self.table.activated.connect(self._open)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self.order_by)
        for place, column in enumerate(columns):
            stretch = QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(place, stretch if column.stretch else QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(50)  # of thousands of rows, those in view and some more
        self.table.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())
        self.table.selectionModel().currentRowChanged.connect(self._moved)
        self.setLayout(down(across(self.title, self.count, None, self.filter), self.empty, self.table, spacing=8))
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Cases"))
        self.filter.setPlaceholderText(tr("Number, name, M3 …"))
        self.filter.setAccessibleName(tr("Filter of the cases"))
        self.table.setAccessibleName(tr("Cases of the chosen people"))
        self.table.verticalHeader().setDefaultSectionSize(self._look.tokens.px(30))
        self._show()

    def show_cases(self, rows: Sequence[CaseLine], people: Mapping[str, str]) -> None:
        """`people`: id → name."""
        self._all, self._people = rows, people
        self._show()

    def order_by(self, place: int) -> None:
        self._down = not self._down if place == self._order else place >= 3  # words ascend
        self._order = place
        self._show()

    def chosen(self) -> tuple[str, ...]:
        """The cases chosen with the space bar, in the order shown."""
        places = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return tuple(self.rows[place].case_id for place in places)

    @property
    def rows(self) -> Sequence[CaseLine]:
        return self.model._rows

    def _today(self, row: CaseLine) -> str:
        if row.late:
            return self._look.tr("! since before")
        return self._look.tr("due") if row.due else ""

    def _moved(self, index: QModelIndex, _before: QModelIndex) -> None:
        self.model.current = index.row()
        self.table.viewport().update()

    def _show(self) -> None:
        """Which cases were chosen stay so, and the keyboard stays on its case, as far as they are still shown."""
        selected, place = set(self.chosen()), self.table.currentIndex().row()
        current = self.rows[place].case_id if 0 <= place < len(self.rows) else ""
        typed = self.filter.text().strip().casefold()
        rows = [row for row in self._all if not typed or typed in f"{row.number} {row.name} {row.stage}".casefold()]
        rows.sort(key=self._key, reverse=self._down)
        self.model.ordered_by, self.model.most_first = self._order, self._down
        self.model.set_rows(rows)
        chosen, flags = self.table.selectionModel(), QItemSelectionModel.SelectionFlag
        if selected:
            again = QItemSelection()
            for line, row in enumerate(rows):
                if row.case_id in selected:
                    again.select(self.model.index(line, 0), self.model.index(line, 0))
            chosen.select(again, flags.Select | flags.Rows)
        if rows:
            line = next((line for line, row in enumerate(rows) if row.case_id == current), 0)
            chosen.setCurrentIndex(self.model.index(line, 0), flags.NoUpdate)
        self.model.current = self.table.currentIndex().row()
        self.table.setVisible(bool(rows))
        self.empty.setText(self._look.tr("No case fits what is typed.") if self._all else self._look.tr("No case."))
        self.empty.setVisible(not rows)
        self.chosen_changed.emit()
        self.count.setText(self._look.say(nmsg("{n} case", "{n} cases", len(rows))))

    def _key(self, row: CaseLine) -> Any:
        keys = (row.number, row.name, self._people.get(row.holder or "", ""), row.days_past_due, row.days_past_due,
                row.owed.minor, (row.late, row.due))  # fmt: skip
        return keys[self._order]

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.rows[index.row()].case_id)
