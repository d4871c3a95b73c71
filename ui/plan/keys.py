"""The keys of the plan, the same in the call and on the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from ui.plan.conditions import Conditions
from ui.plan.taking import Taking
from ui.plan.work import PlanWork
from workstation.desk.plan_views import LETTERS


def add_keys(to: QWidget, work: PlanWork, conditions: Conditions, taking: Taking, budget: Callable[[], object]) -> None:
    """They work while `to` or anything in it has the focus."""
    acts: dict[str, Callable[[], object]] = {
        "Alt+N": work.add_card,
        "Alt+Del": work.remove_card,
        "Alt+I": budget,
        "Alt+S": work.suggest,
        "Alt+P": work.prove,
        "Alt+L": work.turn_language,
        "Alt+M": conditions.show_more,
        "Alt+O": partial(work.letter_wanted.emit, "plan_agreement"),
        "Alt+T": partial(work.letter_wanted.emit, "budget_statement"),
        "Alt+X": partial(taking.ask, "xlsx"),
        "Alt+K": partial(taking.ask, "ics"),
        **{f"Alt+{letter}": partial(work.choose_card, place) for place, letter in enumerate(LETTERS)},
    }
    for key, act in acts.items():
        shortcut = QShortcut(QKeySequence(key), to, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.setAutoRepeat(False)
