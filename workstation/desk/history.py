"""Balances and payments of each account over time, and what stands around a case: plans, people, papers, workers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Literal

from local_db.queries import AccountRecord, CaseFile, PaymentRecord
from workstation.desk import standing
from workstation.desk.carrying import Carried, Stretch, Taken, carry, kept_amounts
from workstation.desk.explain import explain
from workstation.desk.history_views import (
    AccountHistory,
    Around,
    BalancePoint,
    PaperRow,
    PaymentLine,
    PlannedRow,
    RelatedRow,
    WorkerRow,
)
from workstation.desk.rules import rules_for_figures
from workstation.desk.seat import zone
from workstation.desk.shown import ShownCase
from workstation.domain.events import Letter, Reassigned, decode_body
from workstation.domain.message import Label, Message, Money, msg, nmsg
from workstation.domain.money import COMPONENTS, Balance
from workstation.domain.promise import JudgedPromise
from workstation.domain.stage import stage_of
from workstation.security.masking import Masks

MOST_INSTALMENTS = 2  # the whole plan stands beneath


def accounts(file: CaseFile, masks: Masks, today: date, now: datetime) -> tuple[AccountHistory, ...]:
    """Every account with what was owed when, and where each payment went; oldest due first, as the header has them."""
    records = {account.id: account for account in file.accounts}
    return tuple(
        AccountHistory(
            id=owed.id,
            card_masked=masks.shown("card", owed.number),
            stage=stage_of(owed.days_past_due),
            currency=file.book.currency,
            total=Money(owed.balance.total, file.book.currency),
            calculation=explain(file, owed, COMPONENTS, msg("Owed on this card"), today, now),
            points=tuple(_points(_carried(file, records[owed.id], today))),
            payments=payments(file, records[owed.id], today),
        )
        for owed in standing.owed(file, today).accounts
    )


def _carried(file: CaseFile, account: AccountRecord, today: date) -> list[Carried]:
    """Each of the bank's snapshots carried to the next one, the newest to today."""
    series = sorted((row for row in file.snapshots if row.account_id == account.id), key=lambda row: row.as_of)
    order = rules_for_figures(file.book.jurisdiction).payment_order
    found = []
    for snapshot, following in zip(series, [*series[1:], None], strict=True):
        until = max(snapshot.as_of, today) if following is None else following.as_of
        own = [
            row
            for row in file.payments
            if row.account_id == account.id and snapshot.as_of < row.value_date <= min(until, today)
        ]
        found.append(carry(snapshot, own, account, file, until, order))
    return found


def _points(carried: list[Carried]) -> Iterator[BalancePoint]:
    """The bank's figures, and after the newest of them those carried on: before and after each payment, and today."""
    for part in carried:
        yield _point(part.snapshot.as_of, part.snapshot.balance, carried=False)
    for part in carried[-1:]:
        balance = part.snapshot.balance
        for step in part.steps:
            if isinstance(step, Stretch):
                balance = balance + Balance(interest=step.interest)
                yield _point(step.until, balance, carried=True)
            elif step.amount:
                balance = balance - step.parts
                yield _point(step.payment.value_date, balance, carried=True)


def _point(day: date, balance: Balance, *, carried: bool) -> BalancePoint:
    charges = balance.penalty + balance.fees + balance.costs
    return BalancePoint(day, balance.principal, balance.interest, charges, carried)


def payments(file: CaseFile, account: AccountRecord, today: date) -> tuple[PaymentLine, ...]:
    """The account's payments with their allocation, newest first."""
    taken = {
        step.payment.id: step
        for part in _carried(file, account, today)
        for step in part.steps
        if isinstance(step, Taken)
    }
    own = [row for row in file.payments if row.account_id == account.id]
    kept = kept_amounts(own)
    known = {row.id: row for row in own}
    ordered = sorted(own, key=lambda row: (row.value_date, row.id), reverse=True)
    return tuple(_payment(row, taken.get(row.id), kept.get(row.id, 0), known, file.book.currency) for row in ordered)


def _payment(
    row: PaymentRecord, taken: Taken | None, kept: int, known: Mapping[str, PaymentRecord], currency: str
) -> PaymentLine:
    parts: dict[str, Money] | None = None
    left_over: Money | None = None
    note: Message | None = None
    if taken is not None:
        parts = {name: Money(taken.parts.part(name), currency) for name in COMPONENTS if taken.parts.part(name)}
        left_over = Money(taken.left_over, currency) if taken.left_over else None
    if row.amount < 0:
        original = known.get(row.reverses or "")
        if original is not None:
            note = msg("Takes back the payment of {day}", day=original.value_date)
    elif not kept:
        note = msg("Taken back: it counts as never paid.")
    elif kept < row.amount:
        note = msg("Partly taken back: {amount} counts.", amount=Money(kept, currency))
    elif taken is None:
        note = msg("Where it went is not known here: the bank gave no balance before it.")
    state: Literal["paid", "returned", "partly_returned", "return"] = "paid"
    if row.amount < 0:
        state = "return"
    elif kept < row.amount:
        state = "partly_returned" if kept else "returned"
    return PaymentLine(
        id=row.id,
        day=row.value_date,
        amount=Money(row.amount, currency),
        method=Label("payment_method", row.method) if row.method else None,
        reference=row.reference,
        parts=parts,
        left_over=left_over,
        state=state,
        note=note,
    )


def around(file: CaseFile, shown: ShownCase, today: date) -> Around:
    return Around(
        planned=tuple(sorted(_planned(file, shown, today), key=lambda row: row.day)),
        related=tuple(_related(file, shown)),
        papers=tuple(_papers(file)),
        workers=tuple(_workers(file, shown)),
    )


def _planned(file: CaseFile, shown: ShownCase, today: date) -> Iterator[PlannedRow]:
    action = file.state.next_action
    if action is None:
        yield PlannedRow(today, msg("Next: {action}", action=Label("next_action", "call")))
    else:
        what = Label("next_action", action.action)
        text = (
            msg("Next: {action}", action=what)
            if action.time is None
            else msg("Next: {action} at {time}", action=what, time=action.time)
        )
        yield PlannedRow(action.due, text, shown.words(action.note), action.due < today)
    verdict = standing.judgement(file, today)
    for judged in verdict.promises:
        if judged.status == "open":
            yield _due(judged, msg("Promise of {amount}", amount=_money(file, judged.promise.amount)), file, today)
    waiting = [judged for judged in verdict.instalments if judged.status == "open"]
    for judged in waiting[:MOST_INSTALMENTS]:
        yield _due(judged, msg("Instalment of {amount}", amount=_money(file, judged.promise.amount)), file, today)
    if rest := waiting[MOST_INSTALMENTS:]:
        yield PlannedRow(
            rest[0].promise.due,
            nmsg(
                "{n} more instalment up to {day}",
                "{n} more instalments up to {day}",
                len(rest),
                day=rest[-1].promise.due,
            ),
        )
    for held in file.state.circumstances:
        if held.until is not None and held.until >= today:
            yield PlannedRow(
                held.until, msg("Last day: {what}", what=Label("circumstance", held.what)), shown.words(held.evidence)
            )


def _money(file: CaseFile, minor: int) -> Money:
    return Money(minor, file.book.currency)


def _due(judged: JudgedPromise, text: Message, file: CaseFile, today: date) -> PlannedRow:
    note = msg("{amount} paid for it", amount=_money(file, judged.paid)) if judged.paid else ""
    return PlannedRow(judged.promise.due, text, note, judged.promise.due < today)


def rights(*, liable: bool) -> Message:
    """What a person beside the debtor may be told, in a sentence."""
    if liable:
        return msg("Liable for the debt: may be told about it once identity is checked.")
    return msg("May only be asked for contact details or to pass a message; nothing about the debt.")


def _related(file: CaseFile, shown: ShownCase) -> Iterator[RelatedRow]:
    for person in file.related:
        yield RelatedRow(
            id=person.id,
            name=shown.related(person.name),
            relation=Label("relation", person.relation),
            rights=rights(liable=person.liable),
            points=tuple(shown.points[point.id] for point in file.points if point.related_person_id == person.id),
        )


def _papers(file: CaseFile) -> Iterator[PaperRow]:
    """Newest first."""
    aside = frozenset(file.state.set_aside)
    for event in reversed(file.events):
        if event.kind != "letter":
            continue
        body = decode_body(event.kind, event.body)
        if isinstance(body, Letter):
            yield PaperRow(
                event_id=event.id,
                at=event.corrected_at,
                title=nmsg(
                    "{title} · {n} page", "{title} · {n} pages", body.pages, title=Label("letter", body.template)
                ),
                author=file.people.get(event.author, msg("System")),
                set_aside=event.id in aside,
            )


def _workers(file: CaseFile, shown: ShownCase) -> Iterator[WorkerRow]:
    """Whoever had the case, the present one first."""
    moves: list[tuple[date, Reassigned]] = []
    where = zone(file.zone)
    for event in file.events:
        body = decode_body(event.kind, event.body) if event.kind == "reassigned" else None
        if isinstance(body, Reassigned):
            moves.append((event.corrected_at.astimezone(where).date(), body))
    first = moves[0][1].from_person if moves else file.case.assignee_id
    spans = [(first, file.case.opened_on, ""), *((body.to_person, day, body.reason) for day, body in moves)]
    contacts = _contacts(file, [since for _, since, _ in spans])
    ends = [*(since for _, since, _ in spans[1:]), None]
    rows = [
        WorkerRow(
            name=file.people.get(person, "—") if person else msg("Nobody"),
            since=since,
            until=until,
            contacts=count,
            reason=shown.words(reason),
        )
        for (person, since, reason), until, count in zip(spans, ends, contacts, strict=True)
    ]
    yield from reversed(rows)


def _contacts(file: CaseFile, starts: list[date]) -> list[int]:
    """How many contacts were recorded from each start up to the next."""
    counts = [0] * len(starts)
    begins = [datetime.combine(start, time(), zone(file.zone)).astimezone(UTC) for start in starts]
    for event in file.events:
        if event.kind == "contact":
            counts[max(0, bisect_right(begins, event.corrected_at) - 1)] += 1
    return counts
