"""What the page of the indicators shows in boxes and lines: a figure on top, an indicator, somebody's scorecard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from ui.case.explained import Explained, FigureButton
from ui.indicators import words
from ui.look import Look
from ui.widgets.basic import across, down, label, set_property
from ui.widgets.flow import FlowLayout
from workstation.desk.indicator_explained import explained
from workstation.desk.indicators import Figure, Scorecard

# What stands on top, at the indicators and at the team's page alike.
TOP = ("repayment_rate", "success_rate", "average_due", "average_dpd", "kept_rate", "complaint_rate", "satisfaction")
Drill = Callable[[str], None]  # shows the cases behind an indicator


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator now and in the period before."""

    now: Figure
    before: Figure


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's scorecard."""

    id: str
    name: str
    card: Scorecard


class FigureCard(QFrame):
    """One of the figures on top: its name, its value, and by how much it changed."""

    def __init__(self, look: Look, name: str, drill: Drill) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName(f"indicator_{name}")
        self._look, self._name, self._drill = look, name, drill
        self._card: Scorecard | None = None
        self._currency = "CNY"
        self.caption, self.change = label(role="caption"), label(role="muted")
        self.value = FigureButton("figure")
        self.value.clicked.connect(self._explain)
        self.change.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setLayout(
            down(self.caption, across(self.value, self.change, None, spacing=8), spacing=2, margins=(14, 10, 14, 10))
        )

    def show_card(self, card: Scorecard, currency: str) -> None:
        self._card, self._currency = card, currency
        now, before = card.figures[self._name], card.before[self._name]
        look = self._look
        self.caption.setText(look.tr(words.NAMES[self._name]))
        self.value.setText(words.figure(look, now, currency))
        said, tone = words.change(look, now, before, currency)
        self.change.setText(said)
        set_property(self.change, "tone", tone)
        self.setToolTip(look.say(now.definition.text))
        self.setAccessibleName(f"{self.caption.text()} {self.value.text()} {said}")

    def _explain(self) -> None:
        if self._card is not None:
            open_figure(self._look, self._card, self._name, self._currency, self.value, self._drill)


class FigureStrip(QWidget):
    """The figures on top, sharing the width."""

    def __init__(self, look: Look, drill: Drill) -> None:
        super().__init__()
        self.cards = {name: FigureCard(look, name, drill) for name in TOP}
        flow = FlowLayout(spacing=10, filling=True)
        for made in self.cards.values():
            flow.addWidget(made)
        self.setLayout(flow)

    def show_card(self, card: Scorecard, currency: str) -> None:
        for made in self.cards.values():
            made.show_card(card, currency)


def open_figure(look: Look, card: Scorecard, name: str, currency: str, anchor: QWidget, drill: Drill) -> Explained:
    """How a figure was made, beside it, and the way to its cases."""
    made = Explained(look, anchor)
    found = explained(look.translator, card, name, currency)
    shown = words.figure(look, card.figures[name], currency)
    made.show_sentences(look.tr(words.NAMES[name]), shown, [look.say(said) for said in found])
    made.offer(look.tr("The cases"), "C", lambda: drill(name))
    made.open()
    return made
