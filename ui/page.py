"""What a page beside the cases, or a part of one, answers to the keys that work everywhere."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


class Page(QWidget):
    """A page overrides what it has; the rest does nothing."""

    def commit(self) -> None:
        """What Ctrl Enter does here; nothing, unless the page has something of its own to carry out."""

    def take_back(self) -> bool:
        """What Ctrl Z does here; False on a page without changes of its own: what was saved last is taken back."""
        return False

    def step_back(self) -> bool:
        """What Esc does inside the page; False where there is no step to go back: the cases are shown."""
        return False
