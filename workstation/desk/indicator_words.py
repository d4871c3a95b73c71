"""How an indicator is called, and how its figure, its parts and its change read in a language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from workstation.desk.indicators import Figure
from workstation.domain.indicators import PLACES, Pair
from workstation.domain.message import Message, Money, msg
from workstation.i18n import Translator

NAMES: Mapping[str, Message] = {
    "repayment_rate": msg("Repayment rate"),
    "recovery_rate": msg("Recovery rate"),
    "success_rate": msg("Success rate"),
    "average_due": msg("Average due per case"),
    "average_dpd": msg("Average days past due"),
    "weighted_dpd": msg("Days past due, by amount"),
    "cure_rate": msg("Cure rate"),
    "satisfaction": msg("Satisfaction"),
    "complaint_rate": msg("Complaints per 1,000 attempts"),
    "right_party_rate": msg("Right-party rate"),
    "promise_rate": msg("Promise rate"),
    "kept_rate": msg("Kept promises"),
    "kept_rate_amount": msg("Kept promises, by amount"),
    "plan_kept_rate": msg("Instalments kept"),
    "coverage": msg("Coverage"),
    "penetration": msg("Attempts per case"),
    "blocked_rate": msg("Attempts while blocked"),
    "overridden_rate": msg("Warnings overridden"),
    "recording_missing_rate": msg("Recordings missing"),
    "cases_per_hour": msg("Cases per hour"),
    "attempts_per_hour": msg("Attempts per hour"),
    "talk_share": msg("Time talking"),
    "after_call_share": msg("Time on notes after calls"),
}
_NO_FIGURE = "—"


def figure(say: Translator, found: Figure, currency: str) -> str:
    """`31.4 %`, `¥31,502.00`, `86.0 days`, `4.50`; a dash where there is none."""
    return _shown(say, found.definition.unit, found.value, currency)


def _shown(say: Translator, unit: str, value: Decimal | None, currency: str, *, signed: bool = False) -> str:
    if value is None:
        return _NO_FIGURE
    sign = "+" if signed and value > 0 else ""
    if unit == "share":
        return sign + say.percent(value, 1)
    if unit == "money":
        return sign + say.money(Money(int(value), currency))
    number = sign + say.decimal(value, PLACES[unit])  # type: ignore[index]  # one of its units
    return say.say(msg("{n} days", n=number)) if unit == "days" else number


def parts(say: Translator, pair: Pair, currency: str, money: str) -> str:
    """What was divided by what. `money`: which of them are amounts, as in the definition."""
    numerator, denominator = (
        say.money(Money(part, currency)) if money == "both" or (money == "numerator" and place == 0) else f"{part:,}"
        for place, part in enumerate(pair)
    )
    return say.say(msg("{numerator} of {denominator}", numerator=numerator, denominator=denominator))


def change(say: Translator, now: Figure, before: Figure, currency: str) -> tuple[str, str]:
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
        said = sign + say.decimal(difference * 100, 1)
    else:
        said = _shown(say, now.definition.unit, difference, currency, signed=True)
    return said.replace("-", "−"), tone
