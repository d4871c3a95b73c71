"""How a plan stands at this desk: against the payments and reminders known here, in words, with a lead's choices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from local_db.queries import CaseFile, QueueRecord
from workstation.desk import reminded, standing
from workstation.desk.follow_views import ChainRow, Choice, KeptRow, PlanKept
from workstation.desk.seat import zone
from workstation.domain import plan_watch
from workstation.domain.calendar import next_business_day
from workstation.domain.case_values import Instalment, PlanMade
from workstation.domain.errors import InputError
from workstation.domain.events import Contact, Letter, MessageResult, PlanProposed, TextMessage, decode_body
from workstation.domain.letter_rules import REMINDING
from workstation.domain.message import Label, Message, Money, msg, nmsg
from workstation.domain.money import to_minor
from workstation.domain.outcomes import is_right_party
from workstation.domain.plan_watch import NextStep, PlanStanding, WatchedInstalment
from workstation.domain.promise import Payment

# Messages to the debtor that thank or confirm: they remind of nothing.
NOTICES = frozenset({"plan_agreed", "payment_thanks", "dispute_received"})
LONGEST_MONTHS = 60  # 第七十条: five years at most, counted from the consent


def proposal_of(file: CaseFile, plan_id: str) -> PlanProposed | None:
    """What was proposed, with its request and result."""
    event = next((event for event in file.events if event.id == plan_id), None)
    body = None if event is None else decode_body(event.kind, event.body)
    return body if isinstance(body, PlanProposed) else None


def paid_since(file: CaseFile | QueueRecord, plan: PlanMade, today: date) -> Money | None:
    """What came in after the day a plan was proposed: its figures do not know of it. None when nothing did."""
    if plan.proposed_on is None:
        return None
    came = sum(row.amount for row in file.payments if plan.proposed_on < row.value_date <= today)
    return Money(came, file.book.currency) if came > 0 else None


def arrived(came: Money) -> Message:
    return msg("{amount} was paid since this plan was calculated; it counts for its first instalments.", amount=came)


def plan_standing(file: CaseFile, plan: PlanMade, today: date) -> PlanStanding:
    """How a plan of the case stands, with the reminders that were sent."""
    judgement = standing.judgement(file, today)
    payments = [Payment(row.id, row.value_date, row.amount, row.account_id, row.reverses) for row in file.payments]
    rules, _ = reminded.house()
    rule = rules.rule("instalment")
    wanted = reminded.wanted_of(file, rules, today, timely=False) if plan.in_force else None
    remind_from = None
    if rule is not None and wanted is not None and reminded.already(file, wanted) is None:
        remind_from = rule.opens(wanted.due, file.book.jurisdiction)
    return plan_watch.standing(
        plan, judgement, payments, today, remind_from=remind_from, reminded_on=_reminded_on(file)
    )


def _reminded_on(file: CaseFile) -> date | None:
    """The day of the last message, reminding letter or conversation that reached out to the debtor."""
    aside, last = set(file.state.set_aside) | _undelivered(file), None
    for event in file.events:
        if event.id in aside or event.kind not in {"message", "letter", "contact"}:
            continue
        body, reached = decode_body(event.kind, event.body), False
        if isinstance(body, TextMessage):
            reached = body.party == "debtor" and body.template not in NOTICES
        elif isinstance(body, Letter):
            reached = body.template in REMINDING
        elif isinstance(body, Contact):
            reached = is_right_party(event.outcome or "", body.party, body.identity)
        if reached:
            last = event.corrected_at.astimezone(zone(file.zone)).date()
    return last


def _undelivered(file: CaseFile) -> set[str]:
    """Messages of which the gateway said that they did not arrive."""
    failed: set[str] = set()
    for event in file.events:
        if event.kind == "message_result" and event.answers is not None:
            body = decode_body(event.kind, event.body)
            if isinstance(body, MessageResult) and body.state == "failed":
                failed.add(event.answers)
    return failed


# ---- moving on, renegotiating, terminating: the figures ----


def new_days(file: CaseFile, found: PlanStanding, today: date, first_due: date | None = None) -> tuple[Instalment, ...]:
    """The schedule moved on: from `first_due`, else from the next day of the plan that is still to come."""
    request = _request(file, found.plan)
    first = first_due or next((row.due for row in found.rows if row.due > today), None)
    if first is None:
        first = next_business_day(today + timedelta(days=30), file.book.jurisdiction)
    if first <= today:
        raise InputError(msg("The first new day lies in the past; choose one after today."), field="first_due")
    return plan_watch.re_aged(
        found,
        first,
        request.get("frequency", "monthly"),
        request.get("business_days", "none"),
        file.book.jurisdiction,
    )


def choices(file: CaseFile, found: PlanStanding, today: date, first_due: date | None = None) -> tuple[Choice, ...]:
    currency = file.book.currency

    def money(minor: int) -> Money:
        return Money(minor, currency)

    owed = standing.owed(file, today).total.total
    waived = _waived(file, found.plan)
    rows = new_days(file, found, today, first_due)
    last, before = rows[-1].due, found.rows[-1].due
    first = next(row.due for row, old in zip(rows, found.rows, strict=True) if old.missing)
    started = found.plan.agreed_on or today
    too_long = (last.year - started.year) * 12 + last.month - started.month > LONGEST_MONTHS
    left = sum(1 for row in found.rows if row.missing)
    return (
        Choice(
            "re_aged",
            msg("Move the schedule on"),
            (
                (msg("First new day"), msg("{day}", day=first)),
                (msg("Paid off"), msg("{day}", day=last)),
                (msg("Later than agreed"), nmsg("{n} day", "{n} days", (last - before).days)),
                (msg("Still to be paid under the plan"), money(found.left)),
                (msg("Instalments left"), msg("{n}", n=left)),
            ),
            msg("This would run longer than the {months} months a plan may run.", months=LONGEST_MONTHS)
            if too_long
            else None,
        ),
        Choice(
            "renegotiate",
            msg("Agree on another plan"),
            (
                (msg("Still to be paid under the plan"), money(found.left)),
                (msg("Owed today"), money(owed)),
                (msg("Missed so far"), money(found.behind)),
            ),
            msg("The new proposal takes the place of this plan once the debtor agrees."),
        ),
        Choice(
            "terminated",
            msg("Terminate the plan"),
            (
                (msg("Due at once"), money(owed)),
                (msg("Of it, no longer waived"), money(min(waived, owed))),
                (msg("Paid under the plan"), money(found.paid)),
            ),
            msg("Collecting goes on; say so to the debtor first."),
        ),
    )


def _request(file: CaseFile, plan: PlanMade) -> Mapping[str, Any]:
    body = proposal_of(file, plan.id)
    return {} if body is None else body.request


def _waived(file: CaseFile, plan: PlanMade) -> int:
    body = proposal_of(file, plan.id)
    waived = None if body is None else body.result.get("waived")
    try:
        return to_minor(str(waived["amount"]), plan.currency) if isinstance(waived, dict) else 0
    except (KeyError, ValueError):
        return 0


# ---- in words ----


def step_sentence(found: PlanStanding, currency: str) -> Message:
    """What is to be done about the plan next."""
    step, missed, coming = found.step, found.missed, found.next
    if missed and step.what in {"remind_missed", "wait_reminder", "report_breach"}:
        return _after_a_miss(step, missed[0], Money(found.behind, currency))
    if coming is not None and step.what in {"wait", "remind", "grace"}:
        amount = Money(coming.missing, currency)
        if step.what == "grace":
            return msg(
                "{amount} is due since {due}; it counts in time until {last}.",
                amount=amount,
                due=coming.due,
                last=coming.last_day,
            )
        if step.what == "remind":
            return msg("{amount} falls due on {due}: the reminder may go out.", amount=amount, due=coming.due)
        return msg("{amount} falls due on {due}. Nothing is to be done before.", amount=amount, due=coming.due)
    return {
        "decide": msg("The plan is breached: the lead decides whether it moves on, is agreed anew or ends."),
        "complete": msg("Every instalment is paid. Record that the plan is completed."),
    }.get(step.what, msg("This plan is over or not in force; nothing is watched."))


def _after_a_miss(step: NextStep, row: WatchedInstalment, behind: Money) -> Message:
    if step.what == "remind_missed":
        return msg("{amount} is missing since {day}: remind the debtor once, kindly.", amount=behind, day=row.due)
    if step.what == "wait_reminder":
        return msg("{amount} is missing and the debtor was reminded: wait until {day}.", amount=behind, day=step.on)
    return msg("{amount} is still missing after the reminder: report the breach to your lead.", amount=behind)


def kept_view(file: CaseFile, found: PlanStanding) -> PlanKept:
    currency = file.book.currency
    missed = bool(found.missed)
    return PlanKept(
        plan_id=found.plan.id,
        stage=Label("plan_decision", found.stage),
        tone="bad"
        if missed or found.stage in {"breached", "terminated"}
        else "good"
        if found.stage != "cancelled"
        else "neutral",
        method=Label("plan_method", found.plan.method),
        step=found.step.what,
        sentence=step_sentence(found, currency),
        rows=tuple(_row(row, currency) for row in found.rows),
        paid=Money(found.paid, currency),
        left=Money(found.left, currency),
        behind=Money(found.behind, currency) if found.behind else None,
        over=Money(found.over, currency) if found.over else None,
        re_aged=found.plan.re_aged,
        chain=tuple(_link(plan, file) for plan in plan_watch.chain(file.state) if plan.id != found.plan.id),
    )


def _row(row: WatchedInstalment, currency: str) -> KeptRow:
    note: Message | None = None
    if row.carried:
        note = msg("{amount} more came and counts for the next", amount=Money(row.carried, currency))
    elif row.state in {"part_paid", "missed"} and row.paid:
        note = msg(
            "{paid} paid, {missing} missing", paid=Money(row.paid, currency), missing=Money(row.missing, currency)
        )
    elif row.paid_on is not None:
        note = msg("paid on {day}", day=row.paid_on)
    return KeptRow(row.n, row.due, Money(row.amount, currency), row.state, Label("instalment_state", row.state), note)


def _link(plan: PlanMade, file: CaseFile) -> ChainRow:
    zone_of = zone(file.zone)
    return ChainRow(
        plan.id,
        plan.proposed_on or plan.proposed_at.astimezone(zone_of).date(),
        nmsg(
            "{method} · {n} instalment", "{method} · {n} instalments", len(plan.instalments),
            method=Label("plan_method", plan.method),
        ),
        Label("plan_decision", plan.stage),
    )  # fmt: skip
