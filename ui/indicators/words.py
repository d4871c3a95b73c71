"""The words of indicators in the window's language: `workstation.desk.indicator_words` for a `Look`."""

from __future__ import annotations

from ui.look import _L, Look
from workstation.desk import indicator_words as words
from workstation.desk.indicators import Figure
from workstation.domain.indicators import Pair

NAMES = {name: message.text for name, message in words.NAMES.items()}
GROUPS = {
    "recovery": _L("Recovery"),
    "quality": _L("Quality"),
    "contact": _L("Contact"),
    "work": _L("Work"),
    "conduct": _L("Conduct"),
}


def figure(look: Look, found: Figure, currency: str) -> str:
    return words.figure(look.translator, found, currency)


def parts(look: Look, pair: Pair, currency: str, money: str) -> str:
    return words.parts(look.translator, pair, currency, money)


def change(look: Look, now: Figure, before: Figure, currency: str) -> tuple[str, str]:
    return words.change(look.translator, now, before, currency)
