"""A card's grid of figures, each under its name."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QGridLayout, QWidget

from ui.widgets.basic import clear, down, label

COLUMNS = 4


class FigureGrid(QGridLayout):
    def __init__(self) -> None:
        super().__init__()
        self.setHorizontalSpacing(24)
        self.setVerticalSpacing(10)

    def show_figures(self, figures: Iterable[tuple[str, str]]) -> None:
        """Name and value of each, row by row."""
        clear(self)
        for place, (name, value) in enumerate(figures):
            cell = QWidget()
            cell.setLayout(down(label(name, "caption"), label(value, "figure"), spacing=2))
            self.addWidget(cell, place // COLUMNS, place % COLUMNS)
