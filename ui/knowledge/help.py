"""F1: a word of help at the field that has the focus, else the article for what is being done."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWhatsThis

from ui.look import Look
from workstation.domain import knowledge

_PREFIX = "call_"
# Fields whose widget has another name than the field itself.
_NAMES = {
    "person": "person_name",
    "next": "next_action",
    "point": "contact_point",
    "override": "override_reason",
}


def show_at_focus(look: Look) -> bool:
    """True when the field with the focus has a word of help, which is shown beside it."""
    widget = QApplication.focusWidget()
    name = "" if widget is None else widget.objectName()
    if widget is None or not name.startswith(_PREFIX):
        return False
    field = name.removeprefix(_PREFIX)
    text = knowledge.field_help(_NAMES.get(field, field), look.language)
    if text:
        QWhatsThis.showText(widget.mapToGlobal(QPoint(0, widget.height())), text, widget)
    return bool(text)
