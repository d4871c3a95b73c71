"""Queue order: dated duties first, then chance of payment × amount, each part a sentence (domain rules, "Queue order").

Points: a duty of today is worth 1,000 and more, what can wait up to 900, expected value up to 300, waiting up to 200.
A case that may not be contacted now, or was worked today, sinks below all of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from workstation.domain.calendar import next_business_day
from workstation.domain.case_state import CaseState, Judgement
from workstation.domain.case_values import OpenMatter, number_of
from workstation.domain.events import NextAction
from workstation.domain.message import Label, Message, Money, msg, nmsg
from workstation.domain.money import decimals
from workstation.domain.promise import JudgedPromise

Filter = Literal["promise", "callback", "new", "plan", "dispute", "field"]

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)
_SUNK = -3000.0  # contact is blocked and nothing else can be done
_WORKED = -2000.0  # already worked today
_HALF_VALUE = 5000.0  # expected payment, in whole currency units, that earns half of the points for value
_STAGE_CHANCE = ((0, 0.9), (30, 0.6), (60, 0.4), (90, 0.28), (120, 0.2), (150, 0.15), (180, 0.1))
_LATE_CHANCE = 0.05  # beyond 180 days past due
_REMIND_DAYS = 3  # an instalment is watched this many days ahead
_BROKEN = 1230.0  # less 20 a day: on the first morning above what is due today or waits for its grace to end
_BROKEN_DAYS = 7  # a broken promise stays a duty this long, or until the debtor was reached


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the score needs beside the folded state. `owed` is all accounts together."""

    case_id: str
    owed: Money
    days_past_due: int
    limitation_left: int | None = None  # days; negative once it has run out
    verdict: Literal["allow", "warn", "block"] = "allow"
    opens_at: datetime | None = None
    dispute_days: int = 7  # the pack's dispute_answer_days
    complaint_days: int = 15  # the pack's complaint_answer_days
    debtor_phones: tuple[str, ...] = ()
    zone: tzinfo = DEFAULT_ZONE  # the debtor's
    late_records: int = 0  # of a former collector, not looked at yet


class Part(NamedTuple):
    """One named part of a score. `duty` parts give the reason; `desk` ones need no contact, so they float."""

    message: Message
    points: float
    duty: bool = True
    desk: bool = False
    filter: Filter | None = None


@dataclass(frozen=True, slots=True)
class Score:
    total: float
    parts: tuple[tuple[Message, float], ...]
    reason: Message
    filters: frozenset[Filter]
    worked_today: bool
    due: bool  # something of the case's own is to be done, and not only later


class Ranked(NamedTuple):
    """What the order is made from: see `in_queue_order`."""

    case_id: str
    score: Score
    last_contact_at: datetime | None


def in_queue_order(rows: Iterable[Ranked]) -> list[Ranked]:
    """Highest score first; ties go to the oldest last contact, never contacted before all, then by case id."""
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(rows, key=lambda row: (-row.score.total, row.last_contact_at or never, row.case_id))


def score(facts: CaseFacts, state: CaseState, judgement: Judgement, today: date, now: datetime) -> Score:
    """The score of one case at `now` (aware) on `today` (the desk's day)."""
    parts = [
        *_promises(facts, state, judgement, today),
        *_instalments(facts, judgement, today),
        *_decisions(state),
        *_next_action(facts, state, today, now),
        *_matters(facts, state, today),
        *_limitation(facts),
        *_late(facts),
        *_new(state),
    ]
    duties = [part for part in parts if part.duty]
    parts += [_value(facts, state, judgement, today), *_waiting(facts, state, today)]
    worked = state.last_attempt_at is not None and state.last_attempt_at.astimezone(facts.zone).date() >= today
    if worked and not _callback_reached(facts, state, today, now):
        parts.append(Part(msg("Already worked today"), _WORKED, duty=False))
    blocked = facts.verdict == "block"
    if blocked and not any(part.desk for part in duties):
        parts.append(Part(_blocked(facts), _SUNK, duty=False))
    return Score(
        total=round(sum(part.points for part in parts), 6),
        parts=tuple((part.message, round(part.points, 6)) for part in parts),
        reason=_reason(facts, state, duties, today),
        filters=frozenset(part.filter for part in parts if part.filter is not None),
        worked_today=worked,
        due=any(part.points > 0 for part in duties),
    )


def _reason(facts: CaseFacts, state: CaseState, duties: list[Part], today: date) -> Message:
    first = max(duties, key=lambda part: part.points, default=None)
    if first is not None:
        return first.message
    if facts.verdict == "block":
        return _blocked(facts)
    if state.lost(facts.debtor_phones):
        return msg("Out of contact · find a working number")
    if state.last_contact_at is None:
        return msg("New case · not yet contacted")
    days = max(0, (today - state.last_contact_at.astimezone(facts.zone).date()).days)
    return nmsg("Last contact {n} day ago", "Last contact {n} days ago", days)


def _blocked(facts: CaseFacts) -> Message:
    if facts.opens_at is None:
        return msg("No contact allowed for now")
    return msg("No contact before {time}", time=facts.opens_at)


# ---- dated duties ----


def _promises(facts: CaseFacts, state: CaseState, judgement: Judgement, today: date) -> Iterator[Part]:
    currency = facts.owed.currency
    for row in judgement.promises:
        amount = Money(row.missing if row.paid else row.promise.amount, currency)
        if row.status == "open":
            part = _open_promise(row, amount, today)
            if part is not None:
                yield part
        elif row.status in {"broken", "partly_kept"}:
            age = (today - row.last_day).days
            reached = state.last_right_party_at
            settled = reached is not None and reached.astimezone(facts.zone).date() > row.last_day
            # Broken over a holiday, it is as new on the first morning at work as one broken yesterday.
            waited = (today - next_business_day(row.last_day + _DAY)).days + 1
            if waited > _BROKEN_DAYS or settled:
                continue
            if row.status == "partly_kept":
                message = msg("Promise partly kept · {amount} missing", amount=amount)
            elif age == 1:
                message = msg("Broken promise yesterday {amount}", amount=amount)
            else:
                message = msg("Broken promise {date} · {amount}", date=row.last_day, amount=amount)
            yield Part(message, _BROKEN - 20 * max(1, waited), filter="promise")


def _open_promise(row: JudgedPromise, amount: Money, today: date) -> Part | None:
    due = row.promise.due
    if due < today:
        return Part(msg("Promise was due {date} · {amount}", date=due, amount=amount), 1180.0, filter="promise")
    if due == today:
        return Part(msg("Promise due today {amount}", amount=amount), 1200.0, filter="promise")
    if due == today + _DAY:
        return Part(msg("Promise due tomorrow {amount}", amount=amount), 1050.0, filter="promise")
    return None


def _instalments(facts: CaseFacts, judgement: Judgement, today: date) -> Iterator[Part]:
    """The first instalment that is missed or comes due: a reminder is a service message and allowed under a plan."""
    for row in judgement.instalments:
        due, number = row.promise.due, number_of(row)
        if row.status in {"kept", "cancelled"}:
            continue
        if due > today + _REMIND_DAYS * _DAY:
            return
        amount = Money(row.missing, facts.owed.currency)
        if due < today:
            message = msg("Instalment {number} unpaid since {date} · {amount}", number=number, date=due, amount=amount)
            yield Part(message, 1120.0, desk=True, filter="plan")
        elif due == today:
            message = msg("Instalment {number} due today {amount}", number=number, amount=amount)
            yield Part(message, 1100.0, desk=True, filter="plan")
        else:
            message = msg("Instalment {number} due {date} · {amount}", number=number, date=due, amount=amount)
            yield Part(message, 800.0, desk=True, filter="plan")
        return


def _decisions(state: CaseState) -> Iterator[Part]:
    """What a lead has decided about a plan, or has still to decide."""
    plan = state.waiting_plan or state.plan
    if plan is None:
        return
    if plan.stage == "approved":
        yield Part(msg("Plan approved · agree on it with the debtor"), 1090.0, filter="plan")
    elif plan.stage == "proposed" and plan.needs_approval:
        yield Part(msg("Plan waits for approval"), 100.0, desk=True, filter="plan")
    elif plan.stage == "rejected" and state.next_action is not None and state.next_action.action == "await_approval":
        yield Part(msg("Plan rejected · agree on another"), 700.0, filter="plan")
    elif plan.stage == "breached":
        yield Part(msg("Plan breached · the lead decides"), 150.0, desk=True, filter="plan")


def _callback_at(facts: CaseFacts, action: NextAction) -> datetime | None:
    """The agreed moment; None when only a day was agreed or the time is not readable."""
    try:
        clock = time.fromisoformat(action.time) if action.time else None
    except ValueError:
        return None
    return None if clock is None else datetime.combine(action.due, clock.replace(tzinfo=None), facts.zone)


def _callback_reached(facts: CaseFacts, state: CaseState, today: date, now: datetime) -> bool:
    action = state.next_action
    if action is None or action.action != "call_back" or action.due > today:
        return False
    moment = _callback_at(facts, action)
    return moment is not None and moment - timedelta(minutes=10) <= now


def _next_action(facts: CaseFacts, state: CaseState, today: date, now: datetime) -> Iterator[Part]:
    action = state.next_action
    if action is None:
        return
    if action.action == "call_back":
        yield from _callback(facts, action, today, now)
    elif action.action == "visit":
        yield from _visit(action, today)
    elif action.due <= today:
        late = (today - action.due).days
        message = msg("To do: {action}", action=Label("next_action", action.action))
        yield Part(message, 500.0 + min(200, 10 * late))
    else:
        message = msg("Next: {action} on {date}", action=Label("next_action", action.action), date=action.due)
        yield Part(message, -200.0)


def _callback(facts: CaseFacts, action: NextAction, today: date, now: datetime) -> Iterator[Part]:
    moment = _callback_at(facts, action)
    if action.due > today:
        yield Part(msg("Call back on {date}", date=action.due), -200.0)
        return
    if moment is None:
        yield Part(msg("Please call back today"), 1210.0, filter="callback")
        return
    message = msg("Please call back {time}", time=moment)
    wait = (moment - now).total_seconds() / 60
    # Ten minutes ahead it tops the queue; before that it comes nearer as its hour does.
    yield Part(message, 1300.0 if wait <= 10 else max(300.0, 900.0 - wait), filter="callback")


def _visit(action: NextAction, today: date) -> Iterator[Part]:
    if action.due < today:
        yield Part(msg("Visit was planned for {date}", date=action.due), 1040.0, filter="field")
    elif action.due == today:
        yield Part(msg("Visit today"), 1060.0, filter="field")
    else:
        yield Part(msg("Visit planned for {date}", date=action.due), 100.0, filter="field")


def _matters(facts: CaseFacts, state: CaseState, today: date) -> Iterator[Part]:
    if state.dispute is not None:
        left = _left(state.dispute, facts.dispute_days, today)
        message = (
            msg("Dispute to answer · deadline passed")
            if left < 0
            else nmsg("Dispute to answer · {n} day left", "Dispute to answer · {n} days left", left)
        )
        yield Part(message, _urgency(left), desk=True, filter="dispute")
    if state.complaint is not None:
        left = _left(state.complaint, facts.complaint_days, today)
        message = (
            msg("Complaint to answer · deadline passed")
            if left < 0
            else nmsg("Complaint to answer · {n} day left", "Complaint to answer · {n} days left", left)
        )
        yield Part(message, _urgency(left), desk=True, filter="dispute")


def _late(facts: CaseFacts) -> Iterator[Part]:
    if facts.late_records:
        message = nmsg(
            "A former collector's record came late · look at it",
            "{n} records of a former collector came late · look at them",
            facts.late_records,
        )
        yield Part(message, 1010.0, desk=True, filter="new")


def _left(matter: OpenMatter, days: int, today: date) -> int:
    return days - (today - matter.opened_on).days


def _urgency(days_left: int) -> float:
    if days_left < 0:
        return 1250.0
    return 1090.0 - days_left if days_left <= 3 else 800.0 - days_left


def _limitation(facts: CaseFacts) -> Iterator[Part]:
    left = facts.limitation_left
    if left is None or left > 180:
        return
    if left < 0:
        yield Part(msg("Limitation has run out"), -50.0, duty=False)
        return
    message = nmsg("Limitation {n} day left", "Limitation {n} days left", left)
    yield Part(message, 1080.0 if left <= 30 else 850.0 - left, desk=left <= 30)


def _new(state: CaseState) -> Iterator[Part]:
    if state.attempts == 0:
        yield Part(msg("New case · not yet contacted"), 400.0, filter="new")


# ---- expected value, and nobody starves ----


def chance(facts: CaseFacts, state: CaseState, judgement: Judgement, today: date) -> float:
    """A rough chance of payment, 0.01–0.95: stage, last right-party contact, promises, contactability, quadrant."""
    days = facts.days_past_due
    value = next((share for last, share in _STAGE_CHANCE if days <= last), _LATE_CHANCE)
    if state.last_right_party_at is not None:
        ago = (today - state.last_right_party_at.astimezone(facts.zone).date()).days
        value *= 1.3 if ago <= 14 else 1.0 if ago <= 60 else 0.8
    value *= 1 + 0.15 * min(judgement.kept, 4)
    value *= 0.85 ** min(judgement.broken, 6)
    if state.lost(facts.debtor_phones):
        value *= 0.4
    for level in (state.ability, state.willingness):
        if level is not None:
            value *= 0.7 + 0.1 * level
    return min(0.95, max(0.01, value))


def _value(facts: CaseFacts, state: CaseState, judgement: Judgement, today: date) -> Part:
    share = chance(facts, state, judgement, today)
    expected = share * max(0, facts.owed.minor) / 10 ** decimals(facts.owed.currency)
    message = msg("About {percent} % chance of {amount}", percent=round(share * 100), amount=facts.owed)
    return Part(message, 300.0 * expected / (expected + _HALF_VALUE), duty=False)


def _waiting(facts: CaseFacts, state: CaseState, today: date) -> Iterator[Part]:
    """Four points a day since the last contact, so that a small case rises in time."""
    if state.last_contact_at is None:
        return
    days = (today - state.last_contact_at.astimezone(facts.zone).date()).days
    if days > 0:
        message = nmsg("Not contacted for {n} day", "Not contacted for {n} days", days)
        yield Part(message, min(200.0, 4.0 * days), duty=False)
