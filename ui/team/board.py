"""The left half of the team's page: who holds how much, filtered, ordered, and several people chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QLineEdit, QPushButton, QWidget

from ui.look import _L, Look
from ui.team.bar import Legend
from ui.team.table import BoardTable
from ui.widgets.basic import across, button, down, label, with_key
from ui.widgets.flow import FlowLayout
from workstation.desk.caseload import Board, Filter, shown

FILTERS: tuple[tuple[Filter, str], ...] = (
    ("all", _L("Everybody")),
    ("much", _L("Too much")),
    ("away", _L("Away")),
    ("waiting", _L("Not handed in")),
)
HIGH, HIGHER = 200, 320  # pixels at 100 %: the table's least height beside the other half, and above it


class BoardHalf(QFrame):
    """`chosen` says that other people are chosen, or that there are other figures of theirs."""

    chosen = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._look = look
        self._board: Board | None = None
        self.which: Filter = "all"
        self._chips: dict[Filter, QPushButton] = {name: button(role="chip") for name, _ in FILTERS}
        group = QButtonGroup(self)
        chips = FlowLayout(spacing=6)
        for which, chip in self._chips.items():
            chip.setCheckable(True)
            chip.setObjectName(f"team_{which}")
            chip.clicked.connect(lambda _=False, to=which: self.choose_filter(to))
            group.addButton(chip)
            chips.addWidget(chip)
        self._chips["all"].setChecked(True)
        filters = QWidget()
        filters.setLayout(chips)
        self.filter = QLineEdit()
        self.filter.setObjectName("team_filter")
        self.filter.setMaxLength(60)
        self.filter.textChanged.connect(self._show)
        self.order = button(role="link", clicked=self.order_by_next)
        self.table = BoardTable(look)
        self.table.chosen_changed.connect(self.chosen)
        self.legend, self.hint = Legend(look), label(role="muted", wrap=True)
        self.empty = label(role="muted", wrap=True)
        self.empty.hide()
        self.setLayout(
            down(
                filters, across(self.filter, self.order), self.empty, self.table, self.legend, self.hint,
                spacing=8, margins=(14, 12, 14, 12),
            )
        )  # fmt: skip
        for key, act in (("O", self.order_by_next), ("/", self.filter.setFocus)):
            shortcut = QShortcut(QKeySequence(key), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)

    def retranslate(self) -> None:
        tr = self._look.tr
        for name, text in FILTERS:
            self._chips[name].setText(tr(text))
        self.filter.setPlaceholderText(with_key(tr("Name, skill, place"), "/"))
        self.filter.setAccessibleName(tr("Filter of the team"))
        self.hint.setText(tr("Space chooses several. Enter shows the cases."))
        self.table.retranslate()
        self.legend.retranslate()
        self._show()

    def show_board(self, board: Board) -> None:
        self._board = board
        self._show()

    def choose_filter(self, which: Filter) -> None:
        self.which = which
        self._chips[which].setChecked(True)
        self._show()

    def order_by_next(self) -> None:
        self.table.order_by_next()
        self._say_order()

    def stand(self, *, beside: bool) -> None:
        """Beside the other half, or above it and then with room for more lines."""
        self.table.setMinimumHeight(self._look.tokens.px(HIGH if beside else HIGHER))

    def _show(self) -> None:
        if self._board is None:
            return
        rows = shown(self._board, self.which, self.filter.text())
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.empty.setText(
            self._look.tr("Nobody is in this team yet: an administrator adds people (workstation central user add).")
            if not self._board.rows
            else self._look.tr("Nobody fits the filter.")
        )
        self._say_order()

    def _say_order(self) -> None:
        tr = self._look.tr
        self.order.setText(with_key(tr("Order: {column}", column=tr(self.table.order_title)), "O"))
