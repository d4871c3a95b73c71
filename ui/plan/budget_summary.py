"""The budget in a few lines, as in the drawing: what comes in, what goes out, what can go to this case."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.look import Look
from ui.widgets.basic import clear, down, label, line, set_property, show_if
from ui.widgets.elided import ElidedLabel
from workstation.desk.budget_views import BudgetView
from workstation.domain.message import msg, nmsg

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class BudgetSummary(QWidget):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._lines = QGridLayout()
        self._lines.setHorizontalSpacing(10)
        self._lines.setVerticalSpacing(3)
        self._lines.setColumnStretch(0, 1)
        self._rule = line()
        self.available_caption = label(role="strong", wrap=True)
        self.available = label(role="figure")
        self._known = False  # figures are shown
        self.available.setAlignment(RIGHT)
        self.word = label(role="caption", wrap=True)
        self.flags = label(role="caption", wrap=True)
        last = QGridLayout()
        last.setColumnStretch(0, 1)
        last.addWidget(self.available_caption, 0, 0)
        last.addWidget(self.available, 0, 1)
        self.setLayout(down(self._lines, self._rule, last, self.word, self.flags, spacing=4))

    def show_view(self, view: BudgetView) -> None:
        """While an entry cannot be read, the lines stay as they were, without a sum."""
        if view.error is None:
            self._show_lines(view)
        known, look = self._known, self._look
        for widget in (self._rule, self.available_caption, self.available):
            show_if(widget, known)
        self.available_caption.setText(look.tr("Available for this case"))
        tone = view.state.tone if view.state is not None else "neutral"
        paid = view.available.minor > 0 if view.available is not None else False
        sign = "+" if paid else ""
        amount = "—" if view.available is None else sign + look.money(view.available)
        self.available.setText(look.tr("{amount} / month", amount=amount))
        set_property(self.available, "tone", "good" if paid else tone)
        self._say_word(view, tone)
        unexplained = sum(1 for flag in view.flags if not flag.reason)
        self.flags.setText("▲ " + look.say(nmsg("{n} figure to explain", "{n} figures to explain", unexplained)))
        show_if(self.flags, bool(unexplained))

    def _show_lines(self, view: BudgetView) -> None:
        look, month = self._look, view.month
        self._known = month is not None and bool(month.income or month.spending or month.priority_debts)
        clear(self._lines)
        for row, part in enumerate(view.summary if self._known else ()):
            caption, what = ElidedLabel("muted"), look.say(part.label)
            detail = look.say(part.detail)
            caption.show_text(look.tr("{what} ({detail})", what=what, detail=detail) if detail else what)
            amount = label(look.money(part.amount, symbol=False), "strong")
            amount.setAlignment(RIGHT)
            self._lines.addWidget(caption, row, 0)
            self._lines.addWidget(amount, row, 1)

    def _say_word(self, view: BudgetView, tone: str) -> None:
        """How it stands in words, with a sign."""
        wrong = view.error is not None
        said = msg("An entry cannot be read") if wrong else view.state.text if view.state is not None else None
        mark = "✕ " if wrong else {"good": "✓ ", "bad": "✕ ", "warn": "▲ "}.get(tone, "")
        quiet = not wrong and tone in {"good", "neutral"}
        self.word.setText(mark + self._look.say(said))
        self.word.setAlignment(RIGHT if self._known and quiet else Qt.AlignmentFlag.AlignLeft)
        set_property(self.word, "tone", "" if quiet else "bad" if wrong else tone)
        set_property(self.word, "role", "caption" if quiet else "badge")
