"""The form of a review: points for each line, what alone fails it, a word to the collector, the score as it stands."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QGridLayout, QPlainTextEdit, QWidget

from ui.desk_port import Desk
from ui.knowledge.help import describe
from ui.look import Look
from ui.widgets.basic import across, down, label, show_if
from workstation.domain.errors import WorkstationError


class ReviewForm(QFrame):
    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._look, self._desk = look, desk
        self._form = desk.coaching.form()
        self.title, self.score = label(role="heading", wrap=True), label(role="strong")
        grid = QGridLayout()
        grid.setColumnStretch(0, 1)
        grid.setVerticalSpacing(6)
        self.captions = {}
        self.points: dict[str, QComboBox] = {}
        for place, line in enumerate(self._form.criteria):
            caption, combo = label(wrap=True), QComboBox()
            combo.setObjectName("coaching_points")
            combo.addItem("—", None)
            for given in range(line.most + 1):
                combo.addItem(str(given), given)
            combo.currentIndexChanged.connect(self._count)
            caption.setBuddy(combo)
            self.captions[line.id], self.points[line.id] = caption, combo
            grid.addWidget(caption, place, 0)
            grid.addWidget(combo, place, 1)
        self.fatal_caption = label(role="caption")
        self.fatal: dict[str, QCheckBox] = {}
        boxes: list[QWidget] = []
        for item in self._form.fatal:
            made = QCheckBox()
            made.setObjectName("coaching_fatal")
            made.toggled.connect(self._count)
            self.fatal[item.id] = made
            boxes.append(made)
        self.note_caption = label(role="caption")
        self.note = QPlainTextEdit()
        self.note.setObjectName("coaching_note")
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(look.tokens.px(84))
        self.note_caption.setBuddy(self.note)
        self.setLayout(
            down(
                across(self.title, None, self.score), grid, self.fatal_caption, *boxes, self.note_caption, self.note,
                spacing=8, margins=(16, 12, 16, 12),
            )
        )  # fmt: skip

    def retranslate(self) -> None:
        tr, language = self._look.tr, self._look.language
        self.title.setText(tr("Review"))
        self.fatal_caption.setText(tr("What alone fails it"))
        self.note_caption.setText(tr("A word to the collector"))
        self.note.setAccessibleName(tr("A word to the collector"))
        for line in self._form.criteria:
            text = line.titles.get(language, line.titles["en"])
            self.captions[line.id].setText(tr("{line} ({weight})", line=text, weight=line.weight))
            self.points[line.id].setAccessibleName(text)
        for item in self._form.fatal:
            self.fatal[item.id].setText(item.titles.get(language, item.titles["en"]))
        describe(self._look, self)
        self._count()

    def clear(self) -> None:
        for combo in self.points.values():
            combo.setCurrentIndex(0)
        for box in self.fatal.values():
            box.setChecked(False)
        self.note.clear()

    def typed(self) -> tuple[dict[str, int], tuple[str, ...], str]:
        given = {one: combo.currentData() for one, combo in self.points.items() if combo.currentData() is not None}
        return given, tuple(one for one, box in self.fatal.items() if box.isChecked()), self.note.toPlainText()

    def go_to(self, field: str | None) -> None:
        """Where something is missing."""
        wrong: dict[str, QWidget] = dict(self.points)
        wrong.get(field or "", self.note).setFocus()

    def _count(self) -> None:
        given, fatal, _ = self.typed()
        try:
            found = self._desk.coaching.score(given, fatal)
        except WorkstationError:
            show_if(self.score, False)
            return
        self.score.setText(self._look.tr("{n} of 100", n=f"{found / 10:.1f}"))
        show_if(self.score, True)
