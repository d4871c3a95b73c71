"""All that is needed to decide about one request or plan: figures, the person's lot, what speaks against it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.look import Look
from ui.widgets.basic import across, clear, down, label, show_if
from workstation.desk.approval_facts import Waiting
from workstation.desk.follow_views import Choice
from workstation.domain.message import msg

TWO_COLUMNS = 720  # pixels at 100 % from which the facts stand in two pairs a line


class Details(QFrame):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._look = look
        self._row: Waiting | None = None
        self.title, self.by = label(role="heading", wrap=True), label(role="muted", wrap=True)
        self.words_caption, self.words = label(role="caption"), label(wrap=True)
        self.facts = QGridLayout()
        self.facts.setHorizontalSpacing(16)
        self.facts.setVerticalSpacing(4)
        self.waived_caption, self.waived = label(role="caption"), label(wrap=True)
        self.reasons_caption, self.reasons = label(role="caption"), label(wrap=True)
        self.warnings = label(role="error", wrap=True)
        self.steps_caption, self.steps = label(role="caption"), label(wrap=True)
        self.choices = QHBoxLayout()
        self.choices.setSpacing(12)
        self.setLayout(
            down(
                self.title, self.by, self.warnings, self.facts, self.waived_caption, self.waived,
                self.reasons_caption, self.reasons, self.steps_caption, self.steps, self.words_caption, self.words,
                self.choices,
                spacing=8, margins=(16, 12, 16, 14),
            )
        )  # fmt: skip

    def retranslate(self) -> None:
        tr = self._look.tr
        self.words_caption.setText(tr("In the words of who asks"))
        self.waived_caption.setText(tr("Waived"))
        self.reasons_caption.setText(tr("Why it needs approval"))
        self.steps_caption.setText(tr("Before the case is referred, by the record"))
        if self._row is not None:
            self.show_row(self._row)

    def show_row(self, row: Waiting) -> None:
        look, self._row = self._look, row
        say = look.say
        self.title.setText(" · ".join((row.number, row.name, say(row.title))))
        when = {"who": row.asked_by, "time": look.translator.moment(row.at)}
        asked = row.kind != "breach"
        self.by.setText(
            look.tr("Asked by {who}, {time}", **when) if asked else look.tr("Reported by {who}, {time}", **when)
        )
        self._show(self.warnings, "\n".join(f"▲ {say(one)}" for one in row.warnings))
        self._show(self.words, row.circumstances.strip(), self.words_caption)
        waived = (
            say(msg("{component} {amount} ({share})", component=one.component, amount=one.amount, share=one.share))
            for one in row.waived
        )
        self._show(self.waived, " · ".join(waived), self.waived_caption)
        self._show(self.reasons, "\n".join(map(say, row.reasons)), self.reasons_caption)
        signs = {True: "✓", False: "✗"}
        steps = (f"{signs[taken]} {look.translator.label(step)}" for step, taken in row.steps)
        self._show(self.steps, "\n".join(steps), self.steps_caption)
        self._show_facts()
        self.show_choices(row.choices)

    def _show(self, shown: QLabel, text: str, caption: QWidget | None = None) -> None:
        shown.setText(text)
        show_if(shown, bool(text))
        if caption is not None:
            show_if(caption, bool(text))

    def _show_facts(self) -> None:
        clear(self.facts)
        facts = () if self._row is None else self._row.facts
        pairs = 2 if self.width() >= self._look.tokens.px(TWO_COLUMNS) else 1
        for place, (caption, value) in enumerate(facts):
            line, column = place // pairs, place % pairs * 2
            self.facts.addWidget(label(self._look.say(caption), "caption"), line, column)
            shown = label(self._look.value(value), wrap=True)
            shown.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            self.facts.addWidget(shown, line, column + 1)
            self.facts.setColumnStretch(column + 1, 1)

    def show_choices(self, choices: tuple[Choice, ...]) -> None:
        """After a breach: what each decision leads to, side by side."""
        clear(self.choices)
        for choice in choices:
            self.choices.addWidget(self._choice(choice), 1)

    def _choice(self, choice: Choice) -> QFrame:
        box = QFrame()
        box.setProperty("role", "box")
        lines: QVBoxLayout = down(label(self._look.say(choice.title), "strong", wrap=True), spacing=4,
                                  margins=(12, 10, 12, 10))  # fmt: skip
        for caption, value in choice.figures:
            shown = label(self._look.value(value), "small")
            shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            row = across(label(self._look.say(caption), "caption", wrap=True), shown)
            row.setStretch(0, 1)
            lines.addLayout(row)
        if choice.note is not None:
            lines.addWidget(label(self._look.say(choice.note), "muted", wrap=True))
        lines.addStretch(1)
        box.setLayout(lines)
        return box
