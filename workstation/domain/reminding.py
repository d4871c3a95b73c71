"""When a debtor is reminded of a promise or an instalment before it falls due: the house's rules and their days."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Literal

import msgspec

from resources import resource
from workstation.domain import messaging
from workstation.domain.calendar import is_business_day
from workstation.domain.case_values import CaseState, PlanMade
from workstation.domain.errors import WorkstationError
from workstation.domain.ids import bank_id
from workstation.domain.message import msg
from workstation.domain.messaging import MessageChannel

FILE = "reminders.toml"
MOST_DAYS = 30
Kind = Literal["promise", "instalment"]


class RemindersError(WorkstationError):
    """The rules of reminding cannot be used; the sentence names the file and what is wrong."""

    code = "reminders"


class Remind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule: of what, how many days before, with which template, by which channels in order."""

    of: Kind
    template: str
    days: Annotated[int, msgspec.Meta(ge=1, le=MOST_DAYS)]
    channels: Annotated[tuple[MessageChannel, ...], msgspec.Meta(min_length=1)]

    def opens(self, due: date, jurisdiction: str) -> date:
        """The day from which on it may be sent: a business day, so that nobody has to be there on a day off."""
        day = due - timedelta(days=self.days)
        while not is_business_day(day, jurisdiction):
            day -= timedelta(days=1)
        return day

    def timely(self, due: date, today: date, jurisdiction: str) -> bool:
        """Is this the time to remind? Never on the day itself: the debtor may be at the counter already."""
        return self.opens(due, jurisdiction) <= today < due


class Reminding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules in force. `mode`: what is due is prepared for a person, queued by itself, or not looked for at all."""

    version: str
    mode: Literal["prepared", "automatic", "off"]
    remind: tuple[Remind, ...] = ()

    def rule(self, of: Kind) -> Remind | None:
        if self.mode == "off":
            return None
        return next((rule for rule in self.remind if rule.of == of), None)


OFF = Reminding(version="", mode="off")


def instalment_id(plan: str, number: int) -> str:
    """What a reminder of an instalment answers: an instalment has no event of its own."""
    return bank_id("instalment", plan, f"{number:03}")


def near(state: CaseState, first: date, last: date) -> bool:
    """Cheap: does anything that was ever promised fall due in these days?"""
    return any(first <= due <= last for due in _dues(state))


def _dues(state: CaseState) -> Iterator[date]:
    yield from (made.due for made in state.promises)
    plan: PlanMade | None = state.plan
    if plan is not None:
        yield from (part.due for part in plan.instalments)


@lru_cache(maxsize=1)
def shipped() -> Reminding:
    return read(resource(f"messages/{FILE}").read_text(encoding="utf-8"), FILE)


def read(text: str, name: str) -> Reminding:
    """Raises `RemindersError`."""
    try:
        rules = msgspec.convert(tomllib.loads(text), Reminding)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RemindersError(msg("{file}: {why}", file=name, why=str(error))) from error
    templates = {template.id: template for template in messaging.load().template}
    for rule in rules.remind:
        template = templates.get(rule.template)
        if template is None:
            raise RemindersError(
                msg("{file}: there is no message template “{template}”.", file=name, template=rule.template)
            )
        if not set(rule.channels) <= set(template.channels) or "debtor" not in template.parties:
            raise RemindersError(
                msg("{file}: the template “{template}” is not for that.", file=name, template=rule.template)
            )
    if len({rule.of for rule in rules.remind}) < len(rules.remind):
        raise RemindersError(msg("{file}: one rule for promises and one for instalments at most.", file=name))
    return rules
