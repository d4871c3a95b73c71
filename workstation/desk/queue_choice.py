"""What of the queue to show, and in which order: filter, text and more conditions, as one value that can be kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, get_args

import msgspec

from workstation.desk.views import QueueFilter, QueueRow
from workstation.domain.message import Message, Money, msg, nmsg
from workstation.domain.money import decimals

Sort = Literal["queue", "amount", "days", "last_contact", "name"]
Quadrant = Literal["", "able_willing", "unable_willing", "able_unwilling", "unable_unwilling", "unknown"]
Whole = Annotated[int, msgspec.Meta(ge=0, le=10**12)]  # units of the book's currency

SORTS: tuple[Sort, ...] = get_args(Sort)
QUADRANTS: dict[Quadrant, Message] = {
    "able_willing": msg("Willing · able to pay"),
    "unable_willing": msg("Willing · unable to pay in full"),
    "able_unwilling": msg("Unwilling · able to pay"),
    "unable_unwilling": msg("Unwilling · unable to pay"),
    "unknown": msg("Ability or willingness not known yet"),
}
SORTED: dict[Sort, Message] = {
    "queue": msg("The queue's order"),
    "amount": msg("Largest amount first"),
    "days": msg("Most days past due first"),
    "last_contact": msg("Longest silent first"),
    "name": msg("By name"),
}
_NEVER = datetime.min.replace(tzinfo=UTC)


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """Cases that meet every condition; what is left empty asks for nothing."""

    filter: QueueFilter = "all"
    text: str = ""  # as typed into the search
    sort: Sort = "queue"
    stages: tuple[str, ...] = ()
    least: Whole | None = None
    most: Whole | None = None
    quadrant: Quadrant = ""
    lost: bool = False  # out of contact
    silent_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 0  # since the last contact, or never one
    idle: bool = False  # nothing dated is due

    def holds(self, row: QueueRow, today: date) -> bool:
        """Does the row meet the conditions? The text is the search's part."""
        return (
            (self.filter == "all" or self.filter in row.filters)
            and (not self.stages or row.stage in self.stages)
            and (self.least is None or row.owed.minor >= self.least * 10 ** decimals(row.owed.currency))
            and (self.most is None or row.owed.minor <= self.most * 10 ** decimals(row.owed.currency))
            and (not self.quadrant or row.quadrant == self.quadrant)
            and (not self.lost or row.lost)
            and (not self.silent_days or _silent(row, today) >= self.silent_days)
            and (not self.idle or row.idle)
        )

    @property
    def conditions(self) -> bool:
        """Is there more to it than a filter and the queue's own order?"""
        return self != Choice(filter=self.filter)


def _silent(row: QueueRow, today: date) -> int:
    return 10**6 if row.last_contact_at is None else (today - row.last_contact_at.date()).days


SORT_KEYS: dict[Sort, Callable[[QueueRow], Any]] = {
    "amount": lambda row: -row.owed.minor,
    "days": lambda row: -row.days_past_due,
    "last_contact": lambda row: row.last_contact_at or _NEVER,
    "name": lambda row: row.name,
}  # what is equal stays in the queue's order


def described(choice: Choice, currency: str) -> tuple[Message | str, ...]:
    """The conditions beside the filter, each as a few words."""
    parts: list[Message | str] = []
    if choice.text:
        parts.append(f"“{choice.text}”")
    if choice.stages:
        parts.append(" ".join(choice.stages))
    scale = 10 ** decimals(currency)
    least, most = (None if bound is None else Money(bound * scale, currency) for bound in (choice.least, choice.most))
    if least is not None and most is not None:
        parts.append(msg("{least} to {most}", least=least, most=most))
    elif least is not None:
        parts.append(msg("{least} and more", least=least))
    elif most is not None:
        parts.append(msg("up to {most}", most=most))
    if choice.quadrant:
        parts.append(QUADRANTS[choice.quadrant])
    if choice.lost:
        parts.append(msg("Out of contact"))
    if choice.silent_days:
        parts.append(nmsg("No contact for {n} day", "No contact for {n} days", choice.silent_days))
    if choice.idle:
        parts.append(msg("Nothing due now"))
    if choice.sort != "queue":
        parts.append(SORTED[choice.sort])
    return tuple(parts)
