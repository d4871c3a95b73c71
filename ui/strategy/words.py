"""A treatment in the language of the moment."""

from __future__ import annotations

from ui.look import Look
from workstation.desk.views import TreatmentView
from workstation.domain.message import Message


def spoken(look: Look, treatment: TreatmentView | tuple[Message, ...]) -> str:
    """What to do, in one line."""
    parts = treatment.parts if isinstance(treatment, TreatmentView) else treatment
    return " · ".join(map(look.say, parts))


def reason(look: Look, treatment: TreatmentView) -> str:
    return treatment.reason.get(look.language, treatment.reason["en"])
