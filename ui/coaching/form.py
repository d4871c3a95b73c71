"""The form of a review: points for each line, what alone fails it, a word to the collector, the score as it stands."""

from __future__ import annotations

import json
from collections.abc import Iterable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QComboBox, QFrame, QGridLayout, QPlainTextEdit, QWidget

from ui.desk_port import Desk
from ui.knowledge.help import describe
from ui.look import Look
from ui.widgets.basic import across, down, label, show_if
from ui.widgets.drafting import Drafting
from workstation.domain.errors import WorkstationError

WIDE = 760  # pixels at 100 % from which the points stand beside the words


class ReviewForm(QFrame):
    """Each contact has a draft of its own: what was typed for one is there again, and is not given for another."""

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
        self.note.textChanged.connect(self._typed)
        points, words = QWidget(), QWidget()
        points.setLayout(down(grid, None))
        words.setLayout(down(self.fatal_caption, *boxes, self.note_caption, self.note, None, spacing=8))
        self._halves = across(points, words, spacing=32)
        for place in (0, 1):
            self._halves.setStretch(place, 1)
        self.setLayout(down(across(self.title, None, self.score), self._halves, spacing=8, margins=(16, 12, 16, 12)))
        self.contact = ""
        self._filling = False
        self._drafting = Drafting(desk, "review", self._draft)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = event.size().width() >= self._look.tokens.px(WIDE)
        self._halves.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self._halves.setSpacing(32 if beside else 8)

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
        self._say_score()

    def open(self, contact_id: str) -> None:
        """The review of this contact, as far as it was typed."""
        if contact_id == self.contact:
            return
        kept = self._drafting.open(contact_id)
        self.contact = contact_id
        self._fill(json.loads(kept) if kept else {})

    def given(self) -> None:
        """It is on its way: nothing of it is left here."""
        self._drafting.clear()
        self._fill({})

    def _fill(self, kept: dict[str, object]) -> None:
        points, fatal = dict(kept.get("points") or {}), set(kept.get("fatal") or ())  # type: ignore[call-overload]
        self._filling = True
        for one, combo in self.points.items():
            combo.setCurrentIndex(max(0, combo.findData(points.get(one))))
        for one, box in self.fatal.items():
            box.setChecked(one in fatal)
        self.note.setPlainText(str(kept.get("note") or ""))
        self._filling = False
        self._say_score()

    def _draft(self) -> str:
        points, fatal, note = self.typed()
        return json.dumps({"points": points, "fatal": fatal, "note": note}) if points or fatal or note else ""

    def _typed(self) -> None:
        if not self._filling:
            self._drafting.touch()

    def typed(self) -> tuple[dict[str, int], tuple[str, ...], str]:
        given = {one: combo.currentData() for one, combo in self.points.items() if combo.currentData() is not None}
        return given, tuple(one for one, box in self.fatal.items() if box.isChecked()), self.note.toPlainText()

    def scored(self, points: Iterable[tuple[str, int]], fatal: Iterable[str]) -> list[str]:
        """A review that was given, line by line; a line that this form no longer has is left out."""
        tr, language = self._look.tr, self._look.language
        lines = {line.id: line for line in self._form.criteria}
        alone = {item.id: item for item in self._form.fatal}
        said = [
            tr(
                "{line}: {given} of {most}",
                line=line.titles.get(language, line.titles["en"]),
                given=given,
                most=line.most,
            )
            for one, given in points
            if (line := lines.get(one)) is not None
        ]
        failed = [alone[one] for one in fatal if one in alone]
        return said + [tr("▲ Fails alone: {what}", what=one.titles.get(language, one.titles["en"])) for one in failed]

    def flush(self) -> None:
        """What was typed is kept now."""
        self._drafting.flush()

    def go_to(self, field: str | None) -> None:
        """Where something is missing."""
        wrong: dict[str, QWidget] = dict(self.points)
        wrong.get(field or "", self.note).setFocus()

    def _count(self) -> None:
        self._typed()
        self._say_score()

    def _say_score(self) -> None:
        given, fatal, _ = self.typed()
        try:
            found = self._desk.coaching.score(given, fatal)
        except WorkstationError:
            show_if(self.score, False)
            return
        self.score.setText(self._look.tr("{n} of 100", n=f"{found / 10:.1f}"))
        show_if(self.score, True)
