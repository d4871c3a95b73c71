"""How an indicator's figure, its parts and its change read in the window's language."""

from __future__ import annotations

from decimal import Decimal

from ui.look import _L, Look
from workstation.desk.indicators import Figure
from workstation.domain.indicators import PLACES, Pair
from workstation.domain.message import Money, msg

NAMES = {
    "repayment_rate": _L("Repayment rate"),
    "recovery_rate": _L("Recovery rate"),
    "success_rate": _L("Success rate"),
    "average_due": _L("Average due per case"),
    "average_dpd": _L("Average days past due"),
    "weighted_dpd": _L("Days past due, by amount"),
    "cure_rate": _L("Cure rate"),
    "satisfaction": _L("Satisfaction"),
    "complaint_rate": _L("Complaints per 1,000 attempts"),
    "right_party_rate": _L("Right-party rate"),
    "promise_rate": _L("Promise rate"),
    "kept_rate": _L("Kept promises"),
    "kept_rate_amount": _L("Kept promises, by amount"),
    "plan_kept_rate": _L("Instalments kept"),
    "coverage": _L("Coverage"),
    "penetration": _L("Attempts per case"),
    "blocked_rate": _L("Attempts while blocked"),
    "overridden_rate": _L("Warnings overridden"),
    "recording_missing_rate": _L("Recordings missing"),
    "cases_per_hour": _L("Cases per hour"),
    "attempts_per_hour": _L("Attempts per hour"),
    "talk_share": _L("Time talking"),
    "after_call_share": _L("Time on notes after calls"),
}
GROUPS = {
    "recovery": _L("Recovery"),
    "quality": _L("Quality"),
    "contact": _L("Contact"),
    "work": _L("Work"),
    "conduct": _L("Conduct"),
}
_NO_FIGURE = "—"


def figure(look: Look, found: Figure, currency: str) -> str:
    """`31.4 %`, `¥31,502.00`, `86.0 days`, `4.50`; a dash where there is none."""
    return _shown(look, found.definition.unit, found.value, currency)


def _shown(look: Look, unit: str, value: Decimal | None, currency: str, *, signed: bool = False) -> str:
    if value is None:
        return _NO_FIGURE
    sign = "+" if signed and value > 0 else ""
    if unit == "share":
        return sign + look.translator.percent(value, 1)
    if unit == "money":
        return sign + look.money(Money(int(value), currency))
    number = sign + look.translator.decimal(value, PLACES[unit])  # type: ignore[index]  # one of its units
    return look.tr("{n} days", n=number) if unit == "days" else number


def parts(look: Look, pair: Pair, currency: str, money: str) -> str:
    """What was divided by what. `money`: which of them are amounts, as in the definition."""
    numerator, denominator = (
        look.money(Money(part, currency)) if money == "both" or (money == "numerator" and place == 0) else f"{part:,}"
        for place, part in enumerate(pair)
    )
    return look.say(msg("{numerator} of {denominator}", numerator=numerator, denominator=denominator))


def change(look: Look, now: Figure, before: Figure, currency: str) -> tuple[str, str]:
    """By how much it differs from the period before, and the tone of that: `good`, `bad` or none.

    A share changes by points of a percentage, not by a percentage of one.
    """
    if now.value is None or before.value is None or now.value == before.value:
        return "", ""
    difference = now.value - before.value
    sign = "+" if difference > 0 else ""
    better = now.definition.better
    tone = "" if better == "neither" else "good" if (difference > 0) == (better == "more") else "bad"
    if now.definition.unit == "share":
        said = sign + look.translator.decimal(difference * 100, 1)
    else:
        said = _shown(look, now.definition.unit, difference, currency, signed=True)
    return said.replace("-", "−"), tone
