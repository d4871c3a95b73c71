"""The debtor's history as one list: events, payments and stage changes, each with its sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, overload

from local_db.queries import CaseFile
from workstation.desk.carrying import kept_amounts
from workstation.desk.reminded import OVERTAKEN
from workstation.desk.seat import zone
from workstation.desk.shown import ShownCase
from workstation.desk.views import Glyph, Group, TimelineEntry
from workstation.domain.affordability import half_up, month
from workstation.domain.budget import as_told
from workstation.domain.events import (
    ApprovalAsked,
    ApprovalDecided,
    Body,
    Budget,
    Circumstance,
    Complaint,
    Contact,
    Correction,
    Dispute,
    DossierMark,
    Event,
    Hardship,
    Letter,
    LetterQueued,
    LetterResult,
    MessageResult,
    Note,
    PlanDecided,
    PlanProposed,
    PointAdded,
    PointChanged,
    PointPlaced,
    Promise,
    Reassigned,
    Reveal,
    Reviewed,
    TakenOut,
    TextMessage,
    VisitReport,
    decode_body,
)
from workstation.domain.message import Label, Message, Money, msg, nmsg

BANK = msg("Bank")
SYSTEM = msg("System")


class Timeline(Sequence[TimelineEntry]):
    """Newest first. What an entry says is worked out when it is looked at: of thousands a screen shows a dozen."""

    def __init__(self, file: CaseFile, shown: ShownCase, zone_name: str) -> None:
        """`shown` gives contact points and what was written as they may be shown."""
        self._case, self._zone = _Case(file, shown), zone(zone_name)
        bank = (*_payments(file, zone_name), *_stages(file, zone_name))
        self._order: list[Event | TimelineEntry] = sorted((*file.events, *bank), key=_moment, reverse=True)
        self._made: dict[str, TimelineEntry] = {}
        corrections = [event for event in file.events if event.kind == "correction" and event.answers]
        self._takes_back = {event.answers: event for event in corrections}
        self._taken_back = {event.id: event for event in file.events if event.id in self._takes_back}

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, place: int) -> TimelineEntry: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[TimelineEntry]: ...
    def __getitem__(self, place: int | slice) -> TimelineEntry | Sequence[TimelineEntry]:
        if isinstance(place, slice):
            return [self._entry(found) for found in self._order[place]]
        return self._entry(self._order[place])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Timeline) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # compared by what it says, like a list

    def _entry(self, found: Event | TimelineEntry) -> TimelineEntry:
        if isinstance(found, TimelineEntry):
            return found
        if found.id not in self._made:
            self._made[found.id] = self._pair(found, self._case.entry(found))
        return self._made[found.id]

    def _pair(self, event: Event, entry: TimelineEntry) -> TimelineEntry:
        """A correction names what it takes back, and that entry who took it back."""
        original = self._taken_back.get(event.answers or "") if event.kind == "correction" else None
        if original is not None:
            return replace(entry, original=self._case.entry(original).title)
        by = self._takes_back.get(event.id) if entry.set_aside else None
        if by is None:
            return entry
        day = by.corrected_at.astimezone(self._zone).date()
        name = self._case.file.people.get(by.author, SYSTEM)
        return replace(entry, taken_back=msg("Taken back by {name} on {day}", name=name, day=day))


def _moment(found: Event | TimelineEntry) -> tuple[datetime, str]:
    return (found.at if isinstance(found, TimelineEntry) else found.corrected_at), found.id


@dataclass(frozen=True, slots=True)
class _Line:
    """How one event reads."""

    group: Group
    glyph: Glyph
    title: Message
    detail: Message | str | None = None


class _Case:
    """What the sentences need beside the event."""

    def __init__(self, file: CaseFile, shown: ShownCase) -> None:
        self.file, self.masked, self.words = file, shown.points, shown.words
        self._aside = frozenset(file.state.set_aside)

    def money(self, event: Event) -> Money:
        return Money(event.amount or 0, self.file.book.currency)

    def name(self, person: str | None) -> str:
        return self.file.people.get(person or "", "—")

    def entry(self, event: Event) -> TimelineEntry:
        body = decode_body(event.kind, event.body)
        reads = _READS.get(type(body))
        line = (
            reads(event, body, self)
            if reads is not None
            else _Line("note", "note", msg("An entry of a newer version ({kind})", kind=event.kind))
        )
        return TimelineEntry(
            id=event.id,
            at=event.corrected_at,
            group=line.group,
            glyph=line.glyph,
            title=line.title,
            detail=(self.words(line.detail) if isinstance(line.detail, str) else line.detail) or None,
            author=self.file.people.get(event.author, SYSTEM),
            set_aside=event.id in self._aside,
            late=event.id in self.file.late,
        )


def _contact(event: Event, body: Contact, case: _Case) -> _Line:
    glyphs: dict[str, Glyph] = {"call": "call", "visit": "visit", "letter": "letter"}
    return _Line(
        "visit" if event.channel == "visit" else "contact",
        glyphs.get(event.channel or "", "message"),
        _contact_title(event, body, case.masked),
        body.note or _contact_detail(event, body),
    )


def _visit(_event: Event, body: VisitReport, case: _Case) -> _Line:
    """What the contact beside it does not say: how many went, what was photographed, what was seen."""
    people = nmsg("{n} person", "{n} people", len(body.team))
    photos = nmsg("{n} photo", "{n} photos", len(body.photos))
    title = (
        msg("Visit report · {people} · {photos}", people=people, photos=photos)
        if body.photos
        else msg("Visit report · {people}", people=people)
    )
    seen = "\n".join(text for text in (body.address_note, body.assets) if text.strip())
    if body.address_is:
        where = Label("address_is", body.address_is)
        return _Line("visit", "visit", title, msg("{where}. {seen}", where=where, seen=case.words(seen)))
    return _Line("visit", "visit", title, seen)


def _message(event: Event, body: TextMessage, case: _Case) -> _Line:
    channel = Label("channel", event.channel or "")
    point = case.masked.get(event.contact_point or "", "—")
    title = (
        msg("{channel} with a letter to {point}", channel=channel, point=point)
        if body.letter
        else msg("{channel} to {point}", channel=channel, point=point)
    )
    return _Line("contact", "message", title, f"{body.subject}\n{body.text}".strip())


def _message_result(_event: Event, body: MessageResult, _case: _Case) -> _Line:
    state = Label("message_state", body.state)
    if not body.reason:
        return _Line("contact", "message", msg("Message: {state}", state=state))
    title = msg("Message: {state} · {reason}", state=state, reason=Label("message_reason", body.reason))
    return _Line("contact", "message", title)


def _promise(event: Event, body: Promise, case: _Case) -> _Line:
    amount = case.money(event)
    if body.method:
        method = Label("payment_method", body.method)
        title = msg("Promise {amount} · by {due} · {method}", amount=amount, due=event.due_on, method=method)
    else:
        title = msg("Promise {amount} · by {due}", amount=amount, due=event.due_on)
    return _Line("promise", "promise", title, body.note)


def _letter(_event: Event, body: Letter, _case: _Case) -> _Line:
    title = nmsg(
        "Letter: {title} · {n} page", "Letter: {title} · {n} pages", body.pages, title=Label("letter", body.template)
    )
    return _Line("letter", "letter", title, msg("Hash {hash} · archived", hash=f"{body.sha256[:4]}…{body.sha256[-3:]}"))


def _plan_proposed(event: Event, body: PlanProposed, case: _Case) -> _Line:
    title, detail = _plan_title(body, case.money(event))
    return _Line("plan", "plan", title, detail)


def _plan_decided(_event: Event, body: PlanDecided, _case: _Case) -> _Line:
    return _Line("plan", "plan", msg("Plan: {decision}", decision=Label("plan_decision", body.decision)), body.reason)


def _approval_asked(_event: Event, body: ApprovalAsked, _case: _Case) -> _Line:
    title = msg("Approval asked for: {what}", what=Label("approval", body.what))
    return _Line("change", "change", title, body.reason)


def _approval_decided(event: Event, body: ApprovalDecided, case: _Case) -> _Line:
    asked = next((known for known in case.file.state.approvals if known.id == event.answers), None)
    what, decision = Label("approval", "" if asked is None else asked.what), Label("plan_decision", body.decision)
    if body.until is None:
        title = msg("{what}: {decision}", what=what, decision=decision)
    else:
        title = msg("{what}: {decision} until {day}", what=what, decision=decision, day=body.until)
    return _Line("change", "change", title, body.reason or None)


def _budget(_event: Event, body: Budget, _case: _Case) -> _Line:
    told = as_told(body)
    income, left = month(told.income), month(told.income) - month(told.spending) - month(told.priority_debts)
    title = msg(
        "Budget: {income} a month · {left} left",
        income=Money(half_up(income), body.currency),
        left=Money(half_up(left), body.currency),
    )
    return _Line("plan", "plan", title, body.note)


def _dispute(_event: Event, body: Dispute, _case: _Case) -> _Line:
    title = msg("Dispute: {state}", state=Label("dispute_state", body.state))
    return _Line("dispute", "dispute", title, body.text or body.about)


def _complaint(_event: Event, body: Complaint, _case: _Case) -> _Line:
    return _Line("dispute", "dispute", msg("Complaint: {state}", state=Label("dispute_state", body.state)), body.text)


def _hardship(_event: Event, body: Hardship, _case: _Case) -> _Line:
    return _Line("note", "note", msg("Hardship: {state}", state=Label("hardship_state", body.state)), body.evidence)


def _circumstance(_event: Event, body: Circumstance, _case: _Case) -> _Line:
    what = Label("circumstance", body.what)
    title = msg("Recorded: {what}", what=what) if body.holds else msg("No longer: {what}", what=what)
    return _Line("change", "change", title, body.evidence)


def _point_changed(event: Event, body: PointChanged, case: _Case) -> _Line:
    point = case.masked.get(event.contact_point or "", "—")
    title = msg("{point}: {state}", point=point, state=Label("point_state", body.state))
    return _Line("change", "change", title, body.reason)


def _point_added(event: Event, body: PointAdded, case: _Case) -> _Line:
    kind, source = Label("point_kind", body.point), Label("point_source", body.source)
    title = msg("New contact point: {kind} {point}", kind=kind, point=case.masked.get(event.id, "—"))
    return _Line("change", "change", title, msg("{source}", source=source))


def _point_placed(event: Event, body: PointPlaced, case: _Case) -> _Line:
    title = msg("Place of an address found: {point}", point=case.masked.get(event.contact_point or "", "—"))
    return _Line("change", "change", title, msg("{how}", how=Label("placed_how", body.how)))


def _reassigned(_event: Event, body: Reassigned, case: _Case) -> _Line:
    names = {"before": case.name(body.from_person), "after": case.name(body.to_person)}
    title = msg("Case moved: {before} → {after}", **names)
    if body.until is not None:
        title = msg("Case moved for a leave until {day}: {before} → {after}", day=body.until, **names)
    return _Line("change", "change", title, body.reason)


def _letter_queued(_event: Event, body: LetterQueued, _case: _Case) -> _Line:
    title = msg("Letter for the next batch: {title}", title=Label("letter", body.template))
    return _Line("letter", "letter", title, body.free_paragraph or None)


def _letter_result(_event: Event, body: LetterResult, _case: _Case) -> _Line:
    if body.state == "returned":
        return _Line("letter", "letter", msg("Letter came back on {day}", day=body.on), body.reference or None)
    title = msg("Letter reached the debtor on {day}", day=body.on)
    shown = msg("Shown by {how}", how=Label("letter_how", body.how)) if body.how else body.reference or None
    return _Line("letter", "letter", title, shown)


def _reviewed(event: Event, body: Reviewed, case: _Case) -> _Line:
    about = next((known.kind for known in case.file.events if known.id == event.answers), "")
    looked = about in {"reveal", "taken_out"}
    title = (
        msg("An unusual look at personal data was looked into")
        if looked
        else msg("A dossier that did not come back was looked into")
        if about == "dossier"
        else msg("A contact against the rules was looked into")
    )
    return _Line("note", "note", title, body.text)


def _dossier(_event: Event, body: DossierMark, case: _Case) -> _Line:
    if body.state == "returned":
        return _Line("visit", "visit", msg("Dossier {number} came back", number=body.number))
    if body.state == "lost":
        return _Line("visit", "visit", msg("Dossier {number} was lost", number=body.number), body.reason)
    title = msg("Dossier {number} printed · back by {day}", number=body.number, day=body.expires_on)
    lent = msg("Lent to {names}", names=" · ".join(map(case.name, body.lent_to))) if body.lent_to else None
    return _Line("visit", "visit", title, lent)


def _reveal(_event: Event, body: Reveal, case: _Case) -> _Line:
    title = msg("Shown in full: {field}", field=Label("revealed", body.field))
    return _Line("change", "change", title, _why(body.why, case.words(body.reason)))


def _taken_out(_event: Event, body: TakenOut, case: _Case) -> _Line:
    how, what = Label("took_out", body.how), Label("taken", body.what)
    if body.batch:
        title = nmsg("{how}: {what} · {n} case", "{how}: {what} · {n} cases", body.cases, how=how, what=what)
    else:
        title = msg("{how}: {what}", how=how, what=what)
    return _Line("change", "change", title, _why(body.why, case.words(body.reason)))


def _why(why: str, words: str) -> Message | str:
    if not why:
        return words
    reason = Label("reveal_reason", why)
    return msg("{why}: {words}", why=reason, words=words) if words else msg("{why}", why=reason)


def _correction(_event: Event, body: Correction, _case: _Case) -> _Line:
    overtaken = body.reason == OVERTAKEN
    reason = msg("The reminder was no longer wanted: paid, replaced, disputed or past.") if overtaken else body.reason
    return _Line("change", "change", msg("Entry taken back"), reason)


def _note(_event: Event, body: Note, _case: _Case) -> _Line:
    return _Line("note", "note", msg("Note"), body.text)


_READS: dict[type[Body], Callable[[Event, Any, _Case], _Line]] = {
    Contact: _contact,
    VisitReport: _visit,
    Promise: _promise,
    Letter: _letter,
    LetterQueued: _letter_queued,
    LetterResult: _letter_result,
    PlanProposed: _plan_proposed,
    PlanDecided: _plan_decided,
    ApprovalAsked: _approval_asked,
    ApprovalDecided: _approval_decided,
    Budget: _budget,
    Dispute: _dispute,
    Complaint: _complaint,
    Hardship: _hardship,
    Circumstance: _circumstance,
    PointAdded: _point_added,
    PointPlaced: _point_placed,
    PointChanged: _point_changed,
    DossierMark: _dossier,
    Reassigned: _reassigned,
    Reveal: _reveal,
    TakenOut: _taken_out,
    Reviewed: _reviewed,
    Note: _note,
    Correction: _correction,
    TextMessage: _message,
    MessageResult: _message_result,
}


def _contact_title(event: Event, body: Contact, masked: Mapping[str, str]) -> Message:
    """The outcome first: in a narrow window the end of a line is what goes missing."""
    shown = masked.get(event.contact_point or "", "")
    outcome = Label("outcome", event.outcome or "")
    channel = Label("channel", event.channel or "")
    if event.channel == "call" and body.direction == "out":
        return msg("{outcome} · outgoing call {point}", point=shown, outcome=outcome)
    if event.channel == "call":
        return msg("{outcome} · incoming call {point}", point=shown, outcome=outcome)
    return msg("{outcome} · {channel} {point}", channel=channel, point=shown, outcome=outcome)


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


def _payments(file: CaseFile, zone_name: str) -> Iterator[TimelineEntry]:
    cards = {account.id: account.number[-4:] for account in file.accounts}
    kept = kept_amounts(file.payments)
    returns = {row.reverses: row for row in file.payments if row.amount < 0 and row.reverses}
    for paid in file.payments:
        money = Money(abs(paid.amount), file.book.currency)
        back = returns.get(paid.id)
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
            day_only=True,
            set_aside=paid.amount > 0 and not kept[paid.id],
            taken_back=None if back is None else msg("Taken back by {name} on {day}", name=BANK, day=back.value_date),
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
                day_only=True,
            )
