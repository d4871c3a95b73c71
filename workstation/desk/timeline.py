"""The debtor's history as one list: events, payments and stage changes, each with its sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta

from local_db.queries import CaseFile
from workstation.desk.seat import zone
from workstation.desk.views import Group, TimelineEntry
from workstation.domain.events import (
    Complaint,
    Contact,
    Correction,
    Dispute,
    Event,
    Hardship,
    Letter,
    Note,
    PlanDecided,
    PlanProposed,
    PointChanged,
    Promise,
    Reassigned,
    Reveal,
    decode_body,
)
from workstation.domain.message import Label, Message, Money, msg, nmsg

BANK = msg("Bank")
SYSTEM = msg("System")


def timeline(file: CaseFile, masked: Mapping[str, str], zone_name: str) -> tuple[TimelineEntry, ...]:
    """Newest first. `masked` gives the contact points as they may be shown."""
    aside = {event.answers for event in file.events if event.kind == "correction"}
    entries = [
        _entry(event, file, masked, set_aside=event.id in aside) for event in file.events if event.kind != "correction"
    ]
    entries += [_correction(event, file) for event in file.events if event.kind == "correction"]
    entries += _payments(file, zone_name)
    entries += _stages(file, zone_name)
    entries.sort(key=lambda entry: (entry.at, entry.id), reverse=True)
    return tuple(entries)


def _entry(event: Event, file: CaseFile, masked: Mapping[str, str], *, set_aside: bool) -> TimelineEntry:
    body = decode_body(event.kind, event.body)
    money = Money(event.amount or 0, file.book.currency)
    group: Group
    detail: Message | str | None = None
    match body:
        case Contact():
            group = "visit" if event.channel == "visit" else "contact"
            glyph = {"call": "call", "visit": "visit", "letter": "letter"}.get(event.channel or "", "message")
            title = _contact_title(event, body, masked)
            detail = body.note or _contact_detail(event, body)
        case Promise():
            group, glyph = "promise", "promise"
            title = (
                msg(
                    "Promise {amount} · by {due} · {method}",
                    amount=money,
                    due=event.due_on,
                    method=Label("payment_method", body.method),
                )
                if body.method
                else msg("Promise {amount} · by {due}", amount=money, due=event.due_on)
            )
            detail = body.note
        case Letter():
            group, glyph = "letter", "letter"
            title = nmsg(
                "Letter: {title} · {n} page",
                "Letter: {title} · {n} pages",
                body.pages,
                title=Label("letter", body.template),
            )
            detail = msg("Hash {hash} · archived", hash=f"{body.sha256[:4]}…{body.sha256[-3:]}")
        case PlanProposed():
            group, glyph = "plan", "plan"
            title, detail = _plan_title(body, money)
        case PlanDecided():
            group, glyph = "plan", "plan"
            title = msg("Plan: {decision}", decision=Label("plan_decision", body.decision))
            detail = body.reason
        case Dispute():
            group, glyph = "dispute", "dispute"
            title = msg("Dispute: {state}", state=Label("dispute_state", body.state))
            detail = body.text or body.about
        case Complaint():
            group, glyph = "dispute", "dispute"
            title = msg("Complaint: {state}", state=Label("dispute_state", body.state))
            detail = body.text
        case Hardship():
            group, glyph = "note", "note"
            title = msg("Hardship: {state}", state=Label("hardship_state", body.state))
            detail = body.evidence
        case PointChanged():
            group, glyph = "change", "change"
            title = msg(
                "{point}: {state}",
                point=masked.get(event.contact_point or "", "—"),
                state=Label("point_state", body.state),
            )
            detail = body.reason
        case Reassigned():
            group, glyph = "change", "change"
            title = msg(
                "Case moved: {before} → {after}",
                before=file.people.get(body.from_person or "", "—"),
                after=file.people.get(body.to_person or "", "—"),
            )
            detail = body.reason
        case Reveal():
            group, glyph = "change", "change"
            title = msg("Shown in full: {field}", field=Label("revealed", body.field))
            detail = body.reason
        case Note():
            group, glyph, title = "note", "note", msg("Note")
            detail = body.text
        case _:
            group, glyph = "note", "note"
            title = msg("An entry of a newer version ({kind})", kind=event.kind)
    return TimelineEntry(
        id=event.id,
        at=event.corrected_at,
        group=group,
        glyph=glyph,  # type: ignore[arg-type]  # every branch names one of the literal
        title=title,
        detail=detail or None,
        author=file.people.get(event.author, SYSTEM),
        set_aside=set_aside,
    )


def _contact_title(event: Event, body: Contact, masked: Mapping[str, str]) -> Message:
    shown = masked.get(event.contact_point or "", "")
    outcome = Label("outcome", event.outcome or "")
    channel = Label("channel", event.channel or "")
    if event.channel == "call" and body.direction == "out":
        return msg("Outgoing call {point} · {outcome}", point=shown, outcome=outcome)
    if event.channel == "call":
        return msg("Incoming call {point} · {outcome}", point=shown, outcome=outcome)
    return msg("{channel} {point} · {outcome}", channel=channel, point=shown, outcome=outcome)


def _contact_detail(event: Event, body: Contact) -> Message | None:
    if event.duration:
        return msg("Talked {minutes}:{seconds}", minutes=event.duration // 60, seconds=f"{event.duration % 60:02}")
    if body.ring_seconds:
        return nmsg("Rang {n} second", "Rang {n} seconds", body.ring_seconds)
    return None


def _plan_title(body: PlanProposed, money: Money) -> tuple[Message, Message | None]:
    count = body.result.get("instalments")
    method = Label("plan_method", str(body.request.get("method", "")))
    title = nmsg(
        "Plan proposed: {method} · {amount} · {n} instalment",
        "Plan proposed: {method} · {amount} · {n} instalments",
        count if isinstance(count, int) else 0,
        method=method,
        amount=money,
    )
    return title, msg("Waits for approval") if body.needs_approval else None


def _correction(event: Event, file: CaseFile) -> TimelineEntry:
    body = decode_body(event.kind, event.body)
    reason = body.reason if isinstance(body, Correction) else ""
    return TimelineEntry(
        id=event.id,
        at=event.corrected_at,
        group="change",
        glyph="change",
        title=msg("Entry taken back"),
        detail=reason or None,
        author=file.people.get(event.author, SYSTEM),
    )


def _payments(file: CaseFile, zone_name: str) -> Iterator[TimelineEntry]:
    cards = {account.id: account.number[-4:] for account in file.accounts}
    for paid in file.payments:
        money = Money(abs(paid.amount), file.book.currency)
        yield TimelineEntry(
            id=paid.id,
            at=datetime.combine(paid.value_date, time(12), zone(zone_name)).astimezone(UTC),
            group="payment",
            glyph="payment",
            title=msg("Payment {amount}", amount=money)
            if paid.amount >= 0
            else msg("Payment taken back {amount}", amount=money),
            detail=msg("Card …{tail}", tail=cards.get(paid.account_id, "")),
            author=BANK,
        )


def _stages(file: CaseFile, zone_name: str) -> Iterator[TimelineEntry]:
    """A line where an account entered a later stage between two of the bank's snapshots."""
    for account in file.accounts:
        series = sorted((row for row in file.snapshots if row.account_id == account.id), key=lambda row: row.as_of)
        for before, after in zip([None, *series[:-1]], series, strict=True):
            months = min(after.months_past_due, 7)
            if months < 1 or (before is not None and after.months_past_due <= before.months_past_due):
                continue
            yield TimelineEntry(
                id=after.id,
                at=datetime.combine(after.as_of, time(), zone(zone_name)).astimezone(UTC) + timedelta(seconds=1),
                group="balance",
                glyph="balance",
                title=msg("Entered {stage}", stage=f"M{months}+" if months == 7 else f"M{months}"),
                detail=msg("Owed {amount}", amount=Money(after.balance.total, file.book.currency)),
                author=BANK,
            )
