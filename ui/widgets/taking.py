"""The one door to the clipboard for what is personal: recorded before it is there."""

from __future__ import annotations

from ui import clipboard


def copy(text: str) -> None:
    """Put a datum that was recorded as copied into the clipboard."""
    clipboard.copy(text)
