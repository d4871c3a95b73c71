"""The forms a rule's value may take: how it is read from TOML, and which way a house rule may move it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any, Generic, Literal, NamedTuple, TypeVar, cast, get_args

from workstation.domain import rule_stricter as stricter
from workstation.domain.errors import InputError
from workstation.domain.events import Channel
from workstation.domain.gate_clock import zone_named
from workstation.domain.letter_contents import CONTENTS
from workstation.domain.money import COMPONENTS, Component

Effect = Literal["block", "warn"]

# What the lists of a rule may name. A word that is not here would silently bind nobody.
CHANNELS = frozenset(get_args(Channel))
PERSONS = frozenset({"debtor", "guarantor", "related", "unrelated"})
THIRD_PURPOSES = frozenset({"locate", "relay"})
SOURCES = frozenset({"contract", "debtor", "authorised", "public", "contact", "query"})
LETTER_CONTENTS = frozenset(
    {
        "name",
        "balance",
        "reason",
        "law",
        "rights_and_duties",
        "how_to_check",
        "how_to_pay",
        "how_to_object",
        "how_to_hand_in_evidence",
        "bank_contact",
        "seal",
    }
)
PLAN_CLAUSES = frozenset(
    {
        "balance",
        "structure",
        "currency",
        "schedule",
        "fees_and_interest",
        "no_new_cards",
        "rights_duties_and_breach",
        "other_matters",
    }
)
DEBT_PARTS = frozenset({"costs", "interest", "principal"})

MOST = 1000  # calls, days, months or years: more is a slip of the pen, and would run past the calendar's end
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")

T = TypeVar("T")


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
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST:
        raise UnreadableError(f"{value!r} is not a whole number from 1 to {MOST}")
    return value


def _not_negative(value: object) -> int:
    return 0 if value == 0 and value is not False else _whole(value)


def _decimal(value: object) -> Decimal:
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise UnreadableError(f"{value!r} is not a decimal written as text, such as '0.9'")
    return Decimal(value)


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


def _of(known: frozenset[str]) -> Callable[[object], tuple[str, ...]]:
    """Reads a list of such words."""

    def read(value: object) -> tuple[str, ...]:
        names = _texts(value)
        if unknown := set(names) - known:
            raise UnreadableError(f"{', '.join(sorted(unknown))} is not among {', '.join(sorted(known))}")
        return names

    return read


_channels, _persons, _third_purposes = _of(CHANNELS), _of(PERSONS), _of(THIRD_PURPOSES)


def _zones(value: object) -> tuple[str, ...]:
    names = _texts(value)
    for name in names:
        try:
            zone_named(name)
        except InputError:
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
    if start == end or any(clock.tzinfo or clock.second or clock.microsecond for clock in (start, end)):
        raise UnreadableError(f"{value!r} is not a span of local time, in whole minutes")
    return QuietHours(
        start, end, _channels(table["channels"]), _truth(table["consent"]), _channels(table["service_channels"])
    )


def _payment_order(value: object) -> PaymentOrder:
    table = _table(value, "until_day", "early", "late")
    return PaymentOrder(_whole(table["until_day"]), _components(table["early"]), _components(table["late"]))


def _window(value: object) -> Window:
    table = _table(value, "calls", "days")
    return Window(_whole(table["calls"]), _whole(table["days"]))


def _third_person(value: object) -> ThirdPerson:
    table = _table(value, "purposes", "out_of_contact")
    return ThirdPerson(_third_purposes(table["purposes"]), _truth(table["out_of_contact"]))


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """How a rule's value is read. `stricter(new, old)` says whether a house may put `new` in place of `old`; without
    it the rule is not for a house to change. A `limit` may also be added where the pack has none: it only takes away.
    """

    read: Callable[[object], T]
    stricter: Callable[[T, T], bool] | None = None
    limit: bool = False


FORMS: Mapping[str, Form[Any]] = {
    "quiet_hours": Form(_quiet_hours, stricter.longer_quiet),
    "default_zones": Form(_zones, stricter.more_zones),
    "unanswered_per_point_day": Form(_whole, stricter.at_most, limit=True),
    "effective_calls_per_day": Form(_whole, stricter.at_most, limit=True),
    "calls_in_window": Form(_window, stricter.fewer_calls, limit=True),
    "conversation_cooling_days": Form(_whole, stricter.at_least, limit=True),
    "collect_from": Form(_persons, stricter.nothing_added),
    "third_person": Form(_third_person, stricter.fewer_third_persons),
    "third_person_refused": Form(_effect, stricter.no_milder, limit=True),
    "out_of_contact": Form(_window, stricter.longer_silence),
    "plan_in_force": Form(_effect, stricter.no_milder),
    "dispute_open": Form(_effect, stricter.no_milder),
    "ceased": Form(_effect, stricter.no_milder),
    "represented": Form(_effect, stricter.no_milder),
    "inconvenient_place": Form(_effect, stricter.no_milder, limit=True),
    "refused_channel": Form(_effect, stricter.no_milder, limit=True),
    "in_hardship": Form(_effect, stricter.no_milder, limit=True),
    "breathing_space": Form(_effect, stricter.no_milder, limit=True),
    "breathing_space_days": Form(_whole, stricter.at_least, limit=True),
    "dead_point": Form(_effect, stricter.no_milder, limit=True),
    "recording_years": Form(_whole, stricter.at_least, limit=True),
    "retention_years": Form(_whole, stricter.at_least, limit=True),
    "visit_people": Form(_whole, stricter.at_least),
    "dossier_days": Form(_whole, stricter.at_most, limit=True),
    "contact_sources": Form(_of(SOURCES), stricter.nothing_added, limit=True),
    "letter_contents": Form(_of(LETTER_CONTENTS), stricter.nothing_dropped),
    "validation_days": Form(_whole, stricter.at_least, limit=True),
    "dispute_answer_days": Form(_whole, stricter.at_most),
    "complaint_answer_days": Form(_whole, stricter.at_most),
    "plan_longest_months": Form(_whole, stricter.at_most),
    "plan_clauses": Form(_of(PLAN_CLAUSES), stricter.nothing_dropped, limit=True),
    "payment_order": Form(_payment_order),
    "legal_order": Form(_of(DEBT_PARTS)),
    "interest_on_charges": Form(_truth, stricter.not_newly_true),
    "high_cost_rate": Form(_share, stricter.at_most, limit=True),
    "promise_longest_days": Form(_whole, stricter.at_most),
    "settlement_parts": Form(_whole, stricter.at_most),
    "safety_share": Form(_share, stricter.at_most),
    "grace_days": Form(_not_negative, stricter.at_least),
    "tolerance": Form(_decimal, stricter.at_least),
    "limitation_years": Form(_whole, stricter.at_most),
    "limitation_years_scotland": Form(_whole, stricter.at_most),
    "demand_interrupts": Form(_texts),
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
    "breathing_space_charges": Form(_sentence),
    **{rule: Form(_of(words), stricter.nothing_dropped, limit=True) for rule, words in CONTENTS.items()},
}
