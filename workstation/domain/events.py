"""Case events: what people record. Append-only, typed by kind, chained by hash per device."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

import msgspec

from workstation.domain.money import DECIMALS, MAX_MINOR
from workstation.domain.visit import AddressIs, ConductAnswer, People, Photos, Position, SignatureKept, Team, VisitPart

Channel = Literal["call", "sms", "email", "letter", "visit", "in_app"]
Direction = Literal["out", "in"]
Party = Literal["debtor", "guarantor", "related", "unrelated", "unknown"]

FIRST_HASH = ""  # prev_hash of a device's first event


class Body(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all bodies. Fields may be added with defaults, never changed or dropped."""


class NextAction(Body, frozen=True):
    """What happens next on the case, and when: the invariant of every open case."""

    action: str  # a key of vocabulary.NEXT_ACTIONS
    due: date
    time: str | None = None  # "HH:MM" in the debtor's zone
    note: str = ""


class Contact(Body, frozen=True):
    """One attempt to reach somebody at one contact point. Outcome, channel and duration are columns."""

    direction: Direction = "out"
    party: Party = "unknown"
    person_name: str = ""  # the third person, when one answered
    identity: tuple[str, ...] = ()  # keys of vocabulary.IDENTITY_CHECKS that matched
    reason: str | None = None  # vocabulary.ARREARS_REASONS
    ability: int | None = None  # 1–5
    willingness: int | None = None  # 1–5
    evidence: str = ""
    note: str = ""
    ring_seconds: int | None = None
    after_seconds: int | None = None  # from the end of the call to the saving of the notes
    times_reason: str = ""  # why the times are not those measured
    same_call: str = ""  # the contact before, when the telephone was passed on in the same call
    abusive: bool = False  # the person was abusive: said by whoever took the call
    satisfaction: int | None = None  # 1–5, as the person answered when asked
    recording: str = ""
    override_reason: str = ""  # why a warning of the contact light was overridden
    verdict: str | None = None  # allow | warn | block, as shown when the contact began
    began_at: datetime | None = None  # of a visit, which is recorded afterwards: the arrival, by this device's clock
    tested: str = ""  # the split of treatments and the arm in it, such as `sms-first:B`, that the case was in then
    next_action: NextAction | None = None


class VisitReport(Body, frozen=True):
    """What there is to say of a visit beside the contact that it was, which `answers` names; promise, dispute and the
    like that came of it are records of their own."""

    arrived_at: datetime
    left_at: datetime
    team: Team = ()
    met: People = ()
    result: str = ""  # what came of meeting somebody: an outcome as of a call
    conduct: tuple[ConductAnswer, ...] = ()
    address_is: AddressIs = ""
    address_note: str = ""
    assets: str = ""
    position: Position | None = None
    photos: Photos = ()
    signature: SignatureKept | None = None
    stop: str = ""  # the stop of a planned day


class Promise(Body, frozen=True):
    """A promise to pay: the amount and the date are columns; `answers` names the promise it replaces."""

    currency: str
    method: str = ""  # vocabulary.PAYMENT_METHODS
    account: str | None = None
    note: str = ""
    next_action: NextAction | None = None


class PlanProposed(Body, frozen=True):
    """A plan in the form of the `plan` command: the request and the computed result, as JSON values.

    `replaces` names the plan, waiting, breached or in force, whose place it takes. `circumstances` says to who approves
    it why the debtor needs it.
    """

    request: dict[str, object]
    result: dict[str, object]
    needs_approval: bool = False
    replaces: str = ""
    circumstances: str = ""
    next_action: NextAction | None = None


class PlanDue(Body, frozen=True):
    """One instalment of a plan that was moved on: minor units of the plan's currency."""

    due: date
    amount: int


class PlanDecided(Body, frozen=True):
    """Approve, reject, agree, activate, breach, complete or cancel; `answers` names the proposal.

    Above the house's threshold the first of two leads endorses, the second approves. After a breach a lead moves the
    schedule on (`re_aged`, with all its instalments as they stand from then) or terminates the plan; the central
    database alone writes these, with whose authority it was when it was lent. `round` is how often it had been moved
    on when a breach was reported: clocks that differ do not say which breach a decision was about.
    """

    decision: Literal[
        "endorsed", "approved", "rejected", "agreed", "active", "breached", "re_aged", "terminated", "completed",
        "cancelled",
    ]  # fmt: skip
    consent: Literal["signed", "recorded", ""] = ""
    signed_on: date | None = None
    recording: str = ""
    round: int = 0
    instalments: tuple[PlanDue, ...] = ()
    lent_by: str = ""
    reason: str = ""
    next_action: NextAction | None = None


class ApprovalAsked(Body, frozen=True):
    """Asks a lead for what nobody decides alone: to refer the case to the lawyers, to contact a third person, to go
    ahead against a warning. The contact point, where it is about one, is a column."""

    what: Literal["legal_referral", "third_party", "override"]
    reason: str
    person: str = ""  # the related person to be contacted
    rule: str = ""  # the warning, by its rule's id
    until: date | None = None  # the last day it is wanted for
    steps: tuple[str, ...] = ()  # of vocabulary.PRE_ACTION, those that were taken by the record when it was asked
    limitation_days: int | None = None  # left to sue, when it was asked
    next_action: NextAction | None = None


class ApprovalDecided(Body, frozen=True):
    """Written by the central database when a lead decides; `answers` names what was asked. The first of two leads
    endorses. `until` is the last day on which a yes holds, `lent_by` whose authority it was when it was lent."""

    decision: Literal["endorsed", "approved", "rejected"]
    until: date | None = None
    lent_by: str = ""
    reason: str = ""
    next_action: NextAction | None = None


Minor = Annotated[int, msgspec.Meta(ge=0, le=MAX_MINOR)]
MOST_BUDGET_LINES = 500  # of a kind; nobody's month has more


class BudgetEntry(Body, frozen=True):
    """A source of income, an item of spending or a priority debt; `kind` is one of vocabulary's."""

    kind: str
    amount: Minor  # per period
    per: Literal["week", "fortnight", "month", "year"] = "month"
    reason: str = ""  # why it lies outside the reference figures


class CreditorEntry(Body, frozen=True):
    """Somebody else who is owed without security: by balance, or as agreed a month."""

    name: str = ""
    balance: Minor = 0
    agreed: Minor | None = None  # a month


BudgetEntries = Annotated[tuple[BudgetEntry, ...], msgspec.Meta(max_length=MOST_BUDGET_LINES)]


class Budget(Body, frozen=True):
    """The debtor's month as told: what a plan's affordability is judged by. The latest one counts."""

    currency: Annotated[str, msgspec.Meta(pattern=f"^({'|'.join(DECIMALS)})$")]
    income: BudgetEntries = ()
    spending: BudgetEntries = ()
    priority_debts: BudgetEntries = ()
    other_creditors: Annotated[tuple[CreditorEntry, ...], msgspec.Meta(max_length=MOST_BUDGET_LINES)] = ()
    adults: Annotated[int, msgspec.Meta(ge=1, le=99)] = 1
    children: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0
    note: str = ""
    next_action: NextAction | None = None


class Letter(Body, frozen=True):
    """A letter made from a template: enough to make the same bytes again."""

    template: str
    version: str
    language: str
    sha256: str
    pages: int
    context: dict[str, object]  # the form of `letter render`
    override_reason: str = ""  # why a warning of the contact light was overridden
    verdict: str | None = None  # allow | warn, as it was when the letter was recorded
    next_action: NextAction | None = None


class LetterQueued(Body, frozen=True):
    """A letter wanted with the next batch: what it is made of then, as it was typed. The letter that is made of it
    names it in `answers`; what the case does not allow by then is not made."""

    template: str
    language: str = ""  # empty: the debtor's
    pay_by: str = ""
    free_paragraph: str = ""
    fields: dict[str, str] = {}
    next_action: NextAction | None = None


class LetterResult(Body, frozen=True):
    """What became of a letter on paper; `answers` names it. One that arrived is a demand that reached the debtor."""

    state: Literal["delivered", "returned"]
    on: date
    how: Literal["", "receipt", "tracking", "handed_over", "answered"] = ""  # what shows it
    reference: str = ""  # the postal service's number
    next_action: NextAction | None = None


class Note(Body, frozen=True):
    text: str
    next_action: NextAction | None = None


class Correction(Body, frozen=True):
    """Sets aside or replaces the event named by `answers`; the original stays in the history."""

    what: Literal["undo", "replace"]
    reason: str = ""
    next_action: NextAction | None = None


class Dispute(Body, frozen=True):
    """Registers (`open`) or settles (`answered`) a dispute about the debt."""

    state: Literal["open", "answered", "withdrawn"]
    about: str = ""
    text: str = ""
    next_action: NextAction | None = None


class Complaint(Body, frozen=True):
    state: Literal["open", "answered"]
    text: str = ""
    next_action: NextAction | None = None


class Hardship(Body, frozen=True):
    state: Literal["claimed", "confirmed", "ended"]
    evidence: str = ""
    next_action: NextAction | None = None


class Circumstance(Body, frozen=True):
    """Something that is true of the case and bears on contacting it or on what may be said; `holds` False ends it.

    A place not to be contacted at is the event's contact point; what was true and until when stays in the history.
    """

    what: str  # a key of vocabulary.CIRCUMSTANCES
    holds: bool = True
    since: date | None = None  # when it happened, where that was before the day of recording
    until: date | None = None  # the last day, where it ends by itself
    channel: str = ""  # the medium refused
    calls: int = 0  # further calls a day agreed to
    evidence: str = ""  # the court's case number, the register's receipt, what the debtor said
    next_action: NextAction | None = None


class TextMessage(Body, frozen=True):
    """An SMS or e-mail to a contact point, to be sent by the gateway. Channel and contact point are columns.

    Of a reminder `answers` names what it reminds of: the centre sends one for each. `reminds` says it plainly.
    """

    text: str
    subject: str = ""  # of an e-mail
    template: str = ""
    version: str = ""
    language: str = ""
    party: Party = "debtor"
    purpose: Literal["collect", "service", "locate", "relay"] = "collect"
    override_reason: str = ""  # why a warning of the contact light was overridden
    verdict: str | None = None  # allow | warn, as it was when the message was queued
    reminds: str = ""  # the id of a promise, or of a plan with "#" and the number of the instalment
    letter: str = ""  # the id of a letter on record, which goes with the e-mail: the gateway makes its PDF again
    next_action: NextAction | None = None


class MessageResult(Body, frozen=True):
    """Written by the central database when the gateway knows what became of a message; `answers` names it."""

    state: Literal["sent", "delivered", "failed"]
    reference: str = ""  # the provider's
    reason: str = ""  # of a failure, without personal data


class PointChanged(Body, frozen=True):
    """A contact point marked dead, alive again, or refused; the point is a column."""

    state: Literal["dead", "alive", "refused"]
    reason: str = ""


class PointAdded(Body, frozen=True):
    """A contact point learned on the job; the event's own id is the point's. `source` says how it was lawfully had."""

    point: Literal["phone", "email", "address"]
    value: str
    source: Literal["contract", "debtor", "authorised", "public", "contact", "query"]
    label: Literal["mobile", "home", "work"] = "mobile"
    person: str | None = None  # a related person's id; empty: the debtor's own
    time_zone: str = "Asia/Shanghai"


class PointPlaced(Body, frozen=True):
    """Where an address lies (degrees, WGS 84), for the route of a day of visits. The point is a column; the latest
    counts."""

    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    how: Literal["map", "typed", "there"] = "map"  # chosen on the picture, typed, or read at the door
    accuracy: Annotated[int, msgspec.Meta(ge=0)] | None = None  # metres, where it was read


class Reviewed(Body, frozen=True):
    """Somebody who leads looked into a contact against the rules; `answers` names the contact."""

    text: str


class Reveal(Body, frozen=True):
    """A masked datum was shown for a few seconds. Of a contact point the column says which; else `subject` does."""

    field: str
    reason: str = ""  # in own words
    why: str = ""  # a key of the masking table's reasons; empty before there was a list
    subject: str = ""  # the id of the account, debtor, related person or event it belongs to
    seconds: int = 0  # how long it was to stay


class TakenOut(Body, frozen=True):
    """Personal data left the program: copied, exported, printed or saved. Never a value, always how much.

    A list of cases leaves one event on each of them, with the same `batch`: so each debtor's history says it, and
    whoever may see the case may see that it was taken.
    """

    how: Literal["copy", "export", "print", "save"]
    what: str  # vocabulary.TAKEN
    cases: int = 1  # on the whole list
    fields: tuple[str, ...] = ()  # what stood there in full, by the masking table's names
    why: str = ""  # as of a reveal
    reason: str = ""  # in own words
    batch: str = ""  # the list's id; empty for one case alone


class DossierMark(Body, frozen=True):
    """A visit dossier on paper: one record on each case in it, all with its number. Printed, handed back, or lost.

    `lent_to` are ids of persons. The number counts together with the case: what names a number that was not printed
    for this case says nothing.
    """

    state: Literal["printed", "returned", "lost"]
    number: str  # domain/dossier.py
    expires_on: date | None = None
    day: date | None = None  # of the visits
    lent_to: Annotated[tuple[str, ...], msgspec.Meta(max_length=8)] = ()
    stops: int = 1  # of the whole dossier
    pages: int = 0
    sha256: str = ""
    how: Literal["", "print", "save"] = ""
    reason: str = ""  # how it was lost


class Reassigned(Body, frozen=True):
    """Written by the central database when a lead moves a case: `action` names the move it was part of, `until` the
    last day of the leave it was moved for."""

    from_person: str | None
    to_person: str | None
    reason: str = ""
    action: str = ""
    until: date | None = None


class Unknown(Body, frozen=True):
    """A kind this version does not know: kept, shown as such, passed on."""

    kind: str
    raw: str


BODIES: dict[str, type[Body]] = {
    "contact": Contact,
    "visit": VisitReport,
    "promise": Promise,
    "plan_proposed": PlanProposed,
    "plan_decided": PlanDecided,
    "approval_asked": ApprovalAsked,
    "approval_decided": ApprovalDecided,
    "budget": Budget,
    "letter": Letter,
    "letter_queued": LetterQueued,
    "letter_result": LetterResult,
    "note": Note,
    "correction": Correction,
    "dispute": Dispute,
    "complaint": Complaint,
    "hardship": Hardship,
    "circumstance": Circumstance,
    "message": TextMessage,
    "message_result": MessageResult,
    "point_changed": PointChanged,
    "point_added": PointAdded,
    "point_placed": PointPlaced,
    "reviewed": Reviewed,
    "reveal": Reveal,
    "taken_out": TakenOut,
    "dossier": DossierMark,
    "reassigned": Reassigned,
}
KINDS = {body: kind for kind, body in BODIES.items()}

_DECODERS = {kind: msgspec.json.Decoder(body) for kind, body in BODIES.items()}
_ENCODER = msgspec.json.Encoder(order="sorted")


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `case_event`. `body` is JSON text exactly as it was hashed; `amount` is minor units."""

    id: str
    case_id: str
    kind: str
    occurred_at: datetime  # aware, UTC, microseconds
    author: str
    device: str
    contact_point: str | None = None
    channel: str | None = None
    outcome: str | None = None
    amount: int | None = None
    due_on: date | None = None
    duration: int | None = None  # seconds of talk
    answers: str | None = None
    body: str = "{}"
    pack: str | None = None
    offset_ms: int = 0  # server clock minus this device's clock, as measured at the last sync
    prev_hash: str = FIRST_HASH
    hash: str = ""

    @property
    def corrected_at(self) -> datetime:
        """`occurred_at` on the server's clock: what screens order by."""
        return self.occurred_at + timedelta(milliseconds=self.offset_ms) if self.offset_ms else self.occurred_at


# Control characters but for the tab and the line feed: no keyboard types them, and PostgreSQL's JSON refuses NUL.
_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"}


def without_controls(body: Body) -> Body:
    """The body with control characters, which come with what is pasted, left out of its texts."""
    values = {name: getattr(body, name) for name in body.__struct_fields__}
    dirty = {name: clean for name, value in values.items() if (clean := _clean(value)) != value}
    return msgspec.structs.replace(body, **dirty) if dirty else body


def _clean(value: object) -> object:
    if isinstance(value, str):
        return value.translate(_CONTROLS)
    if isinstance(value, tuple):
        return tuple(_clean(part) for part in value)
    if isinstance(value, VisitPart):
        values = {name: _clean(getattr(value, name)) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **values)
    return without_controls(value) if isinstance(value, Body) else value


def encode_body(body: Body) -> str:
    """Canonical JSON text of a body: sorted keys, defaults left out."""
    return _ENCODER.encode(body).decode()


def decode_body(kind: str, text: str) -> Body:
    """The typed body; a kind or form of a newer version comes back as `Unknown`, never an error."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        return Unknown(kind=kind, raw=text)
    try:
        return decoder.decode(text)
    except msgspec.DecodeError:
        return Unknown(kind=kind, raw=text)


def utc_text(moment: datetime) -> str:
    """`2026-11-23T08:15:00.000000Z`: the one spelling that is hashed and stored locally."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def event_hash(event: Event) -> str:
    """SHA-256 (hex) over the fields joined by U+001F, the previous hash first.

    The central database computes the same in SQL; JSON escapes control characters, so no field holds the separator.
    """
    fields = (
        event.prev_hash,
        event.id,
        event.case_id,
        event.kind,
        utc_text(event.occurred_at),
        event.author,
        event.device,
        event.contact_point or "",
        event.channel or "",
        event.outcome or "",
        "" if event.amount is None else str(event.amount),
        "" if event.due_on is None else event.due_on.isoformat(),
        "" if event.duration is None else str(event.duration),
        event.answers or "",
        event.body,
        event.pack or "",
        str(event.offset_ms),
    )
    return hashlib.sha256("\x1f".join(fields).encode()).hexdigest()


def sealed(event: Event, prev_hash: str) -> Event:
    """The event linked to its predecessor on this device and hashed."""
    linked = msgspec.structs.replace(event, prev_hash=prev_hash)
    return msgspec.structs.replace(linked, hash=event_hash(linked))


def in_order(events: Iterable[Event]) -> list[Event]:
    """By corrected time, then id: the order of every history and every fold."""
    return sorted(events, key=lambda event: (event.corrected_at, event.id))
