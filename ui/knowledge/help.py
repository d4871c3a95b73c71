"""A word of help on every field: by F1 beside it, under the pointer, and to a screen reader."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWhatsThis, QWidget

from ui.look import Look
from workstation.domain import knowledge
from workstation.domain.vocabulary import VISIT_ROLES

# Fields whose widget has another name than their help.
_KEYS = {
    "call_person": "person_name",
    "call_next": "next_action",
    "call_point": "contact_point",
    "call_override": "override_reason",
    "visit_override": "override_reason",
    "visit_next": "next_action",
    "visit_person": "person_name",
    "visit_point": "visit_place",
    "letter_override": "override_reason",
    "letter_mail_override": "override_reason",
    "message_override": "override_reason",
}
_ONE_FOR_ALL = {  # many buttons, one field; and the line inside a list that may be typed into
    "identity_": "identity",
    "outcome_": "outcome",
    "conduct_": "conduct",
    "plan_card_": "plan_card",
    "field_stage_": "field_stage",
    **{name: name for name in (f"field_team_{role}" for role in VISIT_ROLES)},
}


def help_on(name: str, language: str) -> str:
    """The word of help on the field whose widget has this name; empty where there is none."""
    for beginning, key in _ONE_FOR_ALL.items():
        if name.startswith(beginning):
            return knowledge.field_help(key, language)
    return knowledge.field_help(_KEYS.get(name, name.removeprefix("call_").removeprefix("visit_")), language)


def describe(look: Look, *forms: QWidget) -> None:
    """Give every field in these its word of help; a tooltip of the field's own stays. Once for each language."""
    for widget in (child for form in forms for child in form.findChildren(QWidget)):
        text = help_on(widget.objectName(), look.language)
        if not text or widget.accessibleDescription().startswith(text):
            continue
        if widget.toolTip() in {"", widget.accessibleDescription()}:
            widget.setToolTip(text)
        widget.setAccessibleDescription(text)


def describe_note(look: Look, note: QWidget, outcome: str) -> None:
    """The help of the note with an example of a good one for this outcome: to be read, never put in by itself."""
    example = knowledge.note_example(outcome, look.language)
    parts = [help_on(note.objectName(), look.language)]
    if example:
        parts.append(look.tr("Made up, for {outcome}: {note}", outcome=look.label("outcome", outcome), note=example))
    note.setAccessibleDescription("\n".join(parts))
    note.setToolTip("\n".join(parts))


def show_at_focus(look: Look) -> bool:
    """True when the field with the focus has a word of help, which is shown beside it."""
    widget = QApplication.focusWidget()
    if widget is None:
        return False
    named = "" if widget.objectName().startswith("outcome_") else widget.objectName()  # an article says more of it
    text = widget.accessibleDescription() if help_on(named, look.language) else ""
    if text:
        QWhatsThis.showText(widget.mapToGlobal(QPoint(0, widget.height())), text, widget)
    return bool(text)
