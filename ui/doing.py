"""What the panels at the right have in common: the case they are about, saving, and what they report."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.desk_port import Desk
from ui.widgets.drafting import Drafting
from workstation.desk.views import CaseView


class Doing(QWidget):
    """`done` carries what to say after something was recorded, `failed` the sentence why it was not."""

    done = Signal(str)
    failed = Signal(str)

    def __init__(self, desk: Desk, panel: str, inside: QWidget | None = None) -> None:
        super().__init__(inside)
        self.drafting = Drafting(desk, panel, self.draft)

    def draft(self) -> str:
        """What is typed now as text, to be kept; empty when there is nothing."""
        return ""

    def show_case(self, case: CaseView) -> None:
        """Another case, or the same one changed."""
        raise NotImplementedError

    def save(self) -> None:
        """What Ctrl Enter does here; nothing, unless the panel records something."""

    def step_back(self) -> bool:
        """What Esc does inside the panel; False where there is no step to go back."""
        return False

    def keep_draft(self) -> None:
        """Keep what is typed now, without waiting for the timer."""
        self.drafting.flush()
