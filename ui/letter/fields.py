"""What the chosen letter asks for, as fields: made of the desk's data, two beside each other where they are short."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QPlainTextEdit, QWidget

from ui.look import Look
from ui.widgets.basic import down, grow, label
from ui.widgets.field import EntryField
from workstation.desk.letter_form import LetterCheck, LetterField

LINES_HIGH = 54  # pixels at 100 %, of a field with several lines
SHORT = frozenset({"day", "time", "amount", "count", "choice"})


class _Choice(QWidget):
    """One of the field's choices, or of the debtor's addresses; the first line of a choice means nothing chosen."""

    changed = Signal()

    def __init__(self, look: Look, field: LetterField) -> None:
        super().__init__()
        self._look, self._field = look, field
        self.caption, self.edit = label(role="caption"), QComboBox()
        self.edit.setObjectName(f"letter_{field.id}")
        self.edit.setMinimumWidth(40)
        self.caption.setBuddy(self.edit)
        if field.kind == "choice":
            self.edit.addItem("—", "")
            for identity, _ in field.choices:
                self.edit.addItem("", identity)
        self.edit.currentIndexChanged.connect(lambda _place: self.changed.emit())
        self.setLayout(down(self.caption, self.edit, spacing=4))
        grow(self)
        self.retranslate()

    def retranslate(self) -> None:
        self.caption.setText(self._look.say(self._field.caption))
        self.edit.setAccessibleName(self._look.say(self._field.caption))
        for identity, text in self._field.choices:
            self.edit.setItemText(self.edit.findData(identity), self._look.say(text))

    def offer(self, places: tuple[tuple[str, str], ...]) -> None:
        if [self.edit.itemData(at) for at in range(self.edit.count())] == [identity for identity, _ in places]:
            return
        kept = self.text()
        self.edit.blockSignals(True)
        self.edit.clear()
        for identity, shown in places:
            self.edit.addItem(shown, identity)
        self.set_text(kept)
        self.edit.blockSignals(False)

    def text(self) -> str:
        return str(self.edit.currentData() or "")

    def set_text(self, text: str) -> None:
        self.edit.setCurrentIndex(max(0, self.edit.findData(text)))


class _Lines(QWidget):
    """Several lines: a list, one a line, or a longer text."""

    changed = Signal()

    def __init__(self, look: Look, field: LetterField) -> None:
        super().__init__()
        self._look, self._field = look, field
        self.caption, self.edit = label(role="caption"), QPlainTextEdit()
        self.problem = label(role="error", wrap=True)
        self.problem.hide()
        self.edit.setObjectName(f"letter_{field.id}")
        self.edit.setTabChangesFocus(True)
        self.caption.setBuddy(self.edit)
        self.edit.textChanged.connect(self.changed)
        self.setLayout(down(self.caption, self.edit, self.problem, spacing=4))
        grow(self)
        self.retranslate()

    def retranslate(self) -> None:
        self.edit.setFixedHeight(self._look.tokens.px(LINES_HIGH))
        self.caption.setText(self._look.say(self._field.caption))
        self.edit.setAccessibleName(self._look.say(self._field.caption))
        if self._field.hint is not None:
            self.edit.setPlaceholderText(self._look.say(self._field.hint))

    def text(self) -> str:
        return self.edit.toPlainText()

    def set_text(self, text: str) -> None:
        if self.edit.toPlainText() != text:
            self.edit.setPlainText(text)


Entry = EntryField | _Choice | _Lines


class Fields(QWidget):
    """`changed` carries nothing: read `texts()`."""

    changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._asked: tuple[LetterField, ...] = ()
        self.made: dict[str, Entry] = {}
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self.setLayout(self._grid)

    def ask(self, fields: tuple[LetterField, ...], texts: Mapping[str, str]) -> None:
        """Another letter: its fields with what was typed into them."""
        if fields != self._asked:
            self._build(fields)
        for name, made in self.made.items():
            made.blockSignals(True)
            made.set_text(texts.get(name, ""))
            made.blockSignals(False)

    def _build(self, fields: tuple[LetterField, ...]) -> None:
        for old in self.made.values():
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._asked, self.made = fields, {}
        line, column = 0, 0
        for field in fields:
            made = self._entry(field)
            made.changed.connect(self.changed)
            self.made[field.id] = made
            short = field.kind in SHORT
            if not short and column:
                line, column = line + 1, 0
            self._grid.addWidget(made, line, column, 1, 1 if short else 2)
            column = 1 - column if short else 0
            line += column == 0
        self.setVisible(bool(fields))

    def _entry(self, field: LetterField) -> Entry:
        if field.kind in {"choice", "place"}:
            return _Choice(self._look, field)
        if field.kind in {"lines", "long"}:
            return _Lines(self._look, field)
        hint = "" if field.hint is None else field.hint.text
        return EntryField(self._look, field.caption.text, hint, name=f"letter_{field.id}")

    def texts(self) -> dict[str, str]:
        return {name: made.text() for name, made in self.made.items() if made.text().strip()}

    def show_check(self, check: LetterCheck) -> None:
        """How each was read; what an empty one is taken for stands in it."""
        for name, made in self.made.items():
            reading = check.readings.get(name)
            usual = check.usual.get(name, "")
            if isinstance(made, EntryField):
                made.show_reading(reading)
                if usual and reading is None:
                    made.edit.setPlaceholderText(usual)
            elif isinstance(made, _Choice):
                if any(field.id == name and field.kind == "place" for field in self._asked):
                    made.offer(check.places)
            else:
                error = None if reading is None else reading.error
                made.problem.setText(self._look.say(error))
                made.problem.setVisible(error is not None)
                if usual:
                    made.edit.setPlaceholderText(usual)

    def focus(self, name: str) -> bool:
        """Put the cursor into this field; False where there is none."""
        made = self.made.get(name)
        if made is None:
            return False
        made.edit.setFocus()
        return True

    def retranslate(self) -> None:
        for made in self.made.values():
            made.retranslate()
