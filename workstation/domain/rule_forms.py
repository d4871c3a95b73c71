"""The forms a rule's value may take: how it is read from TOML, and which way a house rule may move it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workstation.domain.money import COMPONENTS, Component

Effect = Literal["block", "warn"]


class UnreadableError(ValueError):
    """A value in a rule file is not of the form its rule needs."""


class QuietHours(NamedTuple):
    """No collection from `start` to `end` in the debtor's local time, on these channels."""

    start: time
    end: time
    channels: tuple[str, ...]
    consent: bool  # may the debtor consent to other hours
    service_channels: tuple[str, ...]  # channels that are quiet for service messages too


class PaymentOrder(NamedTuple):
    """Components in the order paid, up to `until_day` days past due and after it."""

    until_day: int
    early: tuple[Component, ...]
    late: tuple[Component, ...]


class Window(NamedTuple):
    """At most `calls` in `days` consecutive days."""

    calls: int
    days: int


class ThirdPerson(NamedTuple):
    """When somebody who does not owe may be contacted."""

    purposes: tuple[str, ...]
    out_of_contact: bool  # only when the debtor is out of contact


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise UnreadableError(f"{value!r} is not a whole number above zero")
    return value


def _not_negative(value: object) -> int:
    return 0 if value == 0 and value is not False else _whole(value)


def _decimal(value: object) -> Decimal:
    if not isinstance(value, str):
        raise UnreadableError(f"{value!r} is not a decimal written as text")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise UnreadableError(f"{value!r} is not a decimal") from None
    if not number.is_finite() or number < 0:
        raise UnreadableError(f"{value!r} is not a decimal of zero or more")
    return number


def _share(value: object) -> Decimal:
    number = _decimal(value)
    if not 0 < number <= 1:
        raise UnreadableError(f"{value!r} is not a share above 0 and up to 1")
    return number


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise UnreadableError(f"{value!r} is not true or false")
    return value


def _sentence(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UnreadableError(f"{value!r} is not a sentence")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
        raise UnreadableError(f"{value!r} is not a list of texts")
    if len(set(value)) != len(value):
        raise UnreadableError(f"{value!r} names something twice")
    return tuple(value)


def _zones(value: object) -> tuple[str, ...]:
    names = _texts(value)
    for name in names:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise UnreadableError(f"{name!r} is not a time zone") from None
    return names


def _effect(value: object) -> Effect:
    if value not in get_args(Effect):
        raise UnreadableError(f"{value!r} is neither 'block' nor 'warn'")
    return cast(Effect, value)


def _components(value: object) -> tuple[Component, ...]:
    names = _texts(value)
    if set(names) != set(COMPONENTS):
        raise UnreadableError(f"{value!r} does not name each balance component once")
    return cast("tuple[Component, ...]", names)


def _table(value: object, *keys: str) -> Mapping[str, object]:
    if not isinstance(value, dict) or set(value) != set(keys):
        raise UnreadableError(f"{value!r} needs exactly: {', '.join(keys)}")
    return value


def _quiet_hours(value: object) -> QuietHours:
    table = _table(value, "from", "to", "channels", "consent", "service_channels")
    start, end = (time.fromisoformat(_sentence(table[key])) for key in ("from", "to"))
    if start == end or start.tzinfo or end.tzinfo:
        raise UnreadableError(f"{value!r} is not a span of local time")
    return QuietHours(
        start, end, _texts(table["channels"]), _truth(table["consent"]), _texts(table["service_channels"])
    )


def _payment_order(value: object) -> PaymentOrder:
    table = _table(value, "until_day", "early", "late")
    return PaymentOrder(_whole(table["until_day"]), _components(table["early"]), _components(table["late"]))


def _window(value: object) -> Window:
    table = _table(value, "calls", "days")
    return Window(_whole(table["calls"]), _whole(table["days"]))


def _third_person(value: object) -> ThirdPerson:
    table = _table(value, "purposes", "out_of_contact")
    return ThirdPerson(_texts(table["purposes"]), _truth(table["out_of_contact"]))


class Form(NamedTuple):
    """How a rule's value is read, and which way a house rule may move it."""

    read: Callable[[object], object]
    stricter: Literal["less", "more", ""] = ""


FORMS: Mapping[str, Form] = {
    "quiet_hours": Form(_quiet_hours),
    "default_zones": Form(_zones),
    "unanswered_per_point_day": Form(_whole, "less"),
    "effective_calls_per_day": Form(_whole, "less"),
    "calls_in_window": Form(_window),
    "conversation_cooling_days": Form(_whole, "more"),
    "collect_from": Form(_texts),
    "third_person": Form(_third_person),
    "third_person_refused": Form(_effect),
    "out_of_contact": Form(_window),
    "plan_in_force": Form(_effect),
    "dispute_open": Form(_effect),
    "ceased": Form(_effect),
    "represented": Form(_effect),
    "breathing_space": Form(_effect),
    "breathing_space_days": Form(_whole, "more"),
    "dead_point": Form(_effect),
    "recording_years": Form(_whole, "more"),
    "retention_years": Form(_whole, "more"),
    "visit_people": Form(_whole, "more"),
    "contact_sources": Form(_texts),
    "letter_contents": Form(_texts),
    "validation_days": Form(_whole, "more"),
    "dispute_answer_days": Form(_whole, "less"),
    "complaint_answer_days": Form(_whole, "less"),
    "plan_longest_months": Form(_whole, "less"),
    "plan_clauses": Form(_texts),
    "payment_order": Form(_payment_order),
    "legal_order": Form(_texts),
    "interest_on_charges": Form(_truth),
    "high_cost_rate": Form(_share, "less"),
    "settlement_parts": Form(_whole, "less"),
    "safety_share": Form(_share, "less"),
    "grace_days": Form(_not_negative, "more"),
    "tolerance": Form(_decimal, "more"),
    "limitation_years": Form(_whole, "less"),
    "limitation_years_scotland": Form(_whole, "less"),
    "time_barred": Form(_sentence),
    "conduct": Form(_sentence),
    "forbearance": Form(_sentence),
    "affordability": Form(_sentence),
    "assessment": Form(_sentence),
    "personal_data": Form(_sentence),
    "plan_recording": Form(_sentence),
    "objection": Form(_sentence),
    "spouse": Form(_sentence),
    "amounts_in_words": Form(_sentence),
}
