"""The `kpi` command's JSON form. A contract: fields may be added, never changed or dropped.

`cases` and `payments` are rows of the import files by our own column names (a row for each account and day; rows of one
`reference` are one case), `events` are the columns of `case_event` with the case's reference as `case_id`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from workstation.domain.errors import InputError
from workstation.domain.events import BODIES, Event
from workstation.domain.forms import BalanceForm, Form, check_currency, fixed, money, read_balance, read_form
from workstation.domain.indicator_case import CaseRecords, CaseShare, Figures, Period, share_of
from workstation.domain.indicators import DEFINITIONS, PLACES, Pair, total, value
from workstation.domain.message import msg
from workstation.domain.money import to_text
from workstation.domain.promise import Payment
from workstation.domain.rulepack import RulePack, load
from workstation.domain.stage import days_past_due
from workstation.domain.vocabulary import STAGES

MOST_ROWS = 1_000_000
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
_EARLIEST = date(1900, 1, 1)  # nothing of a book is older, and days before a period's first must exist


class _Case(BalanceForm, frozen=True, kw_only=True):
    """A row of a book: one account on one day. What tells who the debtor is may be there and is not looked at."""

    reference: Key
    account_number: Key
    as_of: date
    first_unpaid_due: date | None = None
    months_past_due: int | None = None
    days_past_due: int | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    name: str = ""


class _Payment(Form, frozen=True):
    account_number: Key
    value_date: date
    amount: str
    method: str = ""
    reference: str = ""
    reverses: str = ""


class _Event(Form, frozen=True):
    id: Key
    case_id: Key
    kind: str
    occurred_at: datetime
    author: str = ""
    device: str = ""
    contact_point: str | None = None
    channel: str | None = None
    outcome: str | None = None
    amount: str | None = None
    due_on: date | None = None
    duration: int | None = None
    answers: str | None = None
    offset_ms: int = 0
    body: dict[str, object] = msgspec.field(default_factory=dict)


class _Request(Form, frozen=True):
    from_: date = msgspec.field(name="from")
    to: date
    cases: Annotated[tuple[_Case, ...], msgspec.Meta(max_length=MOST_ROWS)]
    events: Annotated[tuple[_Event, ...], msgspec.Meta(max_length=MOST_ROWS)] = ()
    payments: Annotated[tuple[_Payment, ...], msgspec.Meta(max_length=MOST_ROWS)] = ()
    jurisdiction: str = "zh-CN"
    currency: str = "CNY"
    as_of: date | None = None  # what is open on that day is left out; the last day of the period unless stated
    time_zone: str = "Asia/Shanghai"
    authors: tuple[str, ...] = ()  # only what these did counts as work
    signed_in_seconds: Annotated[int, msgspec.Meta(ge=0)] = 0


def run_kpi(request: Mapping[str, object]) -> dict[str, Any]:
    """Every indicator with value, numerator, denominator and definition, and the cases behind it."""
    form = read_form(request, _Request)
    check_currency(form.currency)
    if form.to < form.from_:
        raise InputError(msg("The period ends before it begins."), field="to")
    if form.from_ < _EARLIEST:
        raise InputError(msg("The period begins before {day}.", day=_EARLIEST), field="from")
    today = form.as_of or form.to
    if today < form.to:
        raise InputError(msg("The period ends after the day as of which it is counted."), field="as_of")
    zone = _zone(form.time_zone)
    period = Period(form.from_, form.to)
    shares = {
        case.id: share_of(case, period, today, by=form.authors or None, zone=zone)
        for case in _cases(form, load(form.jurisdiction, today))
    }
    sums = total((share.pairs for share in shares.values()), form.signed_in_seconds)
    answer: dict[str, Any] = {name: _indicator(name, pair, shares, form.currency) for name, pair in sums.items()}
    answer["roll_rates"] = _rolls(shares, form.currency)
    answer["hours"] = _hours(shares)
    return answer


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a name too long for a file is an OSError
        raise InputError(msg("{zone} is not a time zone.", zone=name), field="time_zone") from None


def _indicator(name: str, pair: Pair, shares: Mapping[str, CaseShare], currency: str) -> dict[str, Any]:
    definition, found = DEFINITIONS[name], value(name, pair)
    shown: str | None = None
    if found is not None:
        shown = to_text(int(found), currency) if definition.unit == "money" else fixed(found, PLACES[definition.unit])
    of_money = {"": (), "numerator": (0,), "both": (0, 1)}[definition.money]
    numerator, denominator = (to_text(part, currency) if place in of_money else part for place, part in enumerate(pair))
    return {
        "value": shown,
        "numerator": numerator,
        "denominator": denominator,
        "definition": definition.text.plain(),
        "cases": [case for case, share in shares.items() if name in share.pairs],
    }


def _rolls(shares: Mapping[str, CaseShare], currency: str) -> dict[str, Any]:
    """Stage → stage, with each row's share by count and amount of what began in it."""
    counts: dict[str, dict[str, list[int]]] = {stage: {} for stage in STAGES}
    for share in shares.values():
        if share.rolled is not None:
            cell = counts[share.rolled.before].setdefault(share.rolled.after, [0, 0])
            cell[0] += 1
            cell[1] += share.rolled.amount
    matrix: dict[str, Any] = {}
    for before, row in counts.items():
        number, amount = (sum(cell[at] for cell in row.values()) for at in (0, 1))
        if number:
            matrix[before] = {
                after: {
                    "cases": cell[0],
                    "share": fixed(Decimal(cell[0]) / number, 4),
                    "amount": to_text(cell[1], currency),
                    "amount_share": fixed(Decimal(cell[1]) / amount, 4) if amount else None,
                }
                for after, cell in sorted(row.items(), key=lambda item: STAGES.index(item[0]))
            }
    return {
        "definition": msg(
            "Cases by their stage at the start and at the end of the period, by the bank's figures."
        ).plain(),
        "matrix": matrix,
    }


def _hours(shares: Mapping[str, CaseShare]) -> list[dict[str, int]]:
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for share in shares.values():
        for hour, (attempts, reached) in share.hours.items():
            sums[hour][0] += attempts
            sums[hour][1] += reached
    return [{"hour": hour, "attempts": of[0], "right_party": of[1]} for hour, of in sorted(sums.items())]


# ---- the rows as records ----


@dataclass(slots=True)
class _Gathered:
    opened_on: date
    closed_on: date | None
    first_unpaid: dict[str, tuple[date, date | None]]  # account → as of, first unpaid due date
    figures: list[Figures]


def _cases(form: _Request, pack: RulePack) -> list[CaseRecords]:
    found: dict[str, _Gathered] = {}
    account_of: dict[str, str] = {}
    for at, row in enumerate(form.cases):
        if account_of.setdefault(row.account_number, row.reference) != row.reference:
            raise InputError(
                msg("The account stands in two cases."), code="two_cases", field=f"cases[{at}].account_number"
            )
        _take(found, row, at, form.currency)
    payments = _payments(form, account_of)
    events = _events(form, found)
    return [
        CaseRecords(
            id=reference,
            opened_on=case.opened_on,
            closed_on=case.closed_on,
            first_unpaid={account: due for account, (_, due) in case.first_unpaid.items()},
            figures=case.figures,
            payments=payments[reference],
            events=events[reference],
            grace_days=pack.grace_days,
            tolerance=pack.tolerance(form.currency),
        )
        for reference, case in found.items()
    ]


def _take(found: dict[str, _Gathered], row: _Case, at: int, currency: str) -> None:
    opened = row.opened_on or row.as_of
    case = found.setdefault(row.reference, _Gathered(opened, None, {}, []))
    case.opened_on = min(case.opened_on, opened)
    case.closed_on = row.closed_on or case.closed_on
    late = row.days_past_due if row.days_past_due is not None else days_past_due(row.first_unpaid_due, row.as_of)
    months = row.months_past_due if row.months_past_due is not None else (late + 29) // 30
    due = row.first_unpaid_due
    if due is None and late > 0:
        if late >= row.as_of.toordinal():
            raise InputError(
                msg("The request is not acceptable: {problem}.", problem="more days past due than the calendar has"),
                field=f"cases[{at}].days_past_due",
            )
        due = date.fromordinal(row.as_of.toordinal() - late)
    if row.as_of >= case.first_unpaid.get(row.account_number, (date.min, None))[0]:
        case.first_unpaid[row.account_number] = (row.as_of, due)
    owed = read_balance(row, currency, f"cases[{at}]").total
    case.figures.append(Figures(row.account_number, row.as_of, owed, max(0, months)))


def _payments(form: _Request, account_of: Mapping[str, str]) -> dict[str, list[Payment]]:
    found: dict[str, list[Payment]] = defaultdict(list)
    for at, row in enumerate(form.payments):
        case = account_of.get(row.account_number)
        if case is None:
            raise InputError(msg("No case has this account."), field=f"payments[{at}].account_number")
        negative = row.amount.startswith("-")
        amount = money(row.amount.removeprefix("-"), form.currency, f"payments[{at}].amount")
        found[case].append(
            Payment(
                row.reference or f"#{at}",
                row.value_date,
                -amount if negative else amount,
                row.account_number,
                row.reverses or None,
            )
        )
    return found


def _events(form: _Request, cases: Mapping[str, object]) -> dict[str, Sequence[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    for at, row in enumerate(form.events):
        place = f"events[{at}]"
        if row.case_id not in cases:
            raise InputError(msg("There is no such case."), field=f"{place}.case_id")
        if row.occurred_at.tzinfo is None:
            raise InputError(msg("A time needs its offset, like +08:00."), field=f"{place}.occurred_at")
        body = BODIES.get(row.kind)
        if body is not None:
            try:
                msgspec.convert(row.body, body)
            except msgspec.ValidationError as error:
                raise InputError(
                    msg("The event cannot be read: {problem}.", problem=str(error)), field=f"{place}.body"
                ) from error
        found[row.case_id].append(
            Event(
                id=row.id,
                case_id=row.case_id,
                kind=row.kind,
                occurred_at=row.occurred_at,
                author=row.author,
                device=row.device,
                contact_point=row.contact_point,
                channel=row.channel,
                outcome=row.outcome,
                amount=None if row.amount is None else money(row.amount, form.currency, f"{place}.amount"),
                due_on=row.due_on,
                duration=row.duration,
                answers=row.answers,
                offset_ms=row.offset_ms,
                body=msgspec.json.encode(row.body).decode(),
            )
        )
    return defaultdict(list, found)
