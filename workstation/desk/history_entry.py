"""An entry of the history opened: everything that was recorded with it, fact by fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, tzinfo
from typing import Any

from local_db.queries import CaseFile, SnapshotRecord
from workstation.desk import history
from workstation.desk.history_views import Fact, PaymentLine
from workstation.desk.shown import ShownCase
from workstation.desk.standing import judgement
from workstation.domain.events import (
    Body,
    Budget,
    BudgetEntry,
    Circumstance,
    Contact,
    CreditorEntry,
    Event,
    Letter,
    MessageResult,
    NextAction,
    PlanDecided,
    PlanProposed,
    Promise,
    Reassigned,
    Reveal,
    TakenOut,
    TextMessage,
    VisitReport,
    decode_body,
)
from workstation.domain.message import Label, Message, Money, msg, nmsg
from workstation.domain.money import COMPONENTS
from workstation.domain.visit import Position

CLOCK_OFF = 1_000  # milliseconds of a device's clock that are worth a word


class _Facts:
    """What is known of one event beside its title; empty facts are left out."""

    def __init__(self, file: CaseFile, shown: ShownCase, zone: tzinfo, today: date) -> None:
        self._file, self._shown, self._zone, self._today = file, shown, zone, today
        self._words = shown.words

    def of_event(self, event: Event) -> tuple[Fact, ...]:
        body = decode_body(event.kind, event.body)
        reads = _READS.get(type(body))
        found = [
            *self._when(event),
            Fact(msg("By"), (self._file.people.get(event.author, msg("System")),)),
            *(reads(self, event, body) if reads is not None else ()),
            *self._next(getattr(body, "next_action", None)),
            Fact(msg("Why against a warning"), (self._words(getattr(body, "override_reason", "")),)),
            Fact(msg("Light then"), _label("verdict", getattr(body, "verdict", None))),
            Fact(msg("Rules"), (event.pack or "",)),
        ]
        return tuple(fact for fact in found if any(fact.parts))

    def _when(self, event: Event) -> Iterator[Fact]:
        local = event.corrected_at.astimezone(self._zone)
        parts: list[Message | str] = [msg("{day}", day=local.date()), f"{local:%H:%M:%S}"]
        if abs(event.offset_ms) >= CLOCK_OFF:
            seconds = round(abs(event.offset_ms) / 1000)
            parts.append(
                nmsg("the device's clock was {n} second off", "the device's clock was {n} seconds off", seconds)
            )
        yield Fact(msg("When"), tuple(parts))

    def contact(self, event: Event, body: Contact) -> Iterator[Fact]:
        yield Fact(msg("Way"), (Label("channel", event.channel or ""), Label("direction", body.direction)))
        yield self._point(event)
        yield Fact(msg("Who"), (Label("party", body.party), self._shown.related(body.person_name)))
        yield Fact(
            msg("Times"),
            (
                _seconds(msg("Rang"), body.ring_seconds),
                _seconds(msg("Talk"), event.duration),
                _seconds(msg("After the call"), body.after_seconds),
                self._words(body.times_reason),
            ),
        )
        yield Fact(msg("Identity"), tuple(Label("identity_check", check) for check in body.identity))
        yield Fact(msg("Reason for arrears"), _label("reason", body.reason))
        yield Fact(msg("Ability"), _of_five(body.ability))
        yield Fact(msg("Willingness"), _of_five(body.willingness))
        yield Fact(msg("Evidence"), (self._words(body.evidence),))
        yield Fact(msg("Recording"), (body.recording,))
        yield Fact(msg("Satisfaction"), _of_five(body.satisfaction))
        if body.abusive:
            yield Fact(msg("Conduct"), (msg("The person was abusive"),))

    def visit(self, _event: Event, body: VisitReport) -> Iterator[Fact]:
        began, ended = (at.astimezone(self._zone) for at in (body.arrived_at, body.left_at))
        day = began.date()
        yield Fact(msg("There"), (msg("{day}", day=day), msg("{a} to {b}", a=f"{began:%H:%M}", b=f"{ended:%H:%M}")))
        yield Fact(msg("Team"), tuple(_person(row.name, Label("visitor_role", row.role)) for row in body.team))
        yield Fact(
            msg("Met"),
            tuple(_person(self._shown.related(row.name) or "—", Label("party", row.who)) for row in body.met),
        )
        yield Fact(msg("What came of it"), _label("outcome", body.result))
        kept = sum(row.answer == "yes" for row in body.conduct)
        asked = sum(row.answer != "not_applicable" for row in body.conduct)
        yield Fact(msg("Conduct"), (msg("{kept} of {asked} kept", kept=kept, asked=asked),) if asked else ())
        for row in body.conduct:
            if row.answer == "no":
                yield Fact(msg("Not kept"), (Label("visit_conduct", row.check), self._words(row.note)))
        yield Fact(msg("Address"), (*_label("address_is", body.address_is), self._words(body.address_note)))
        yield Fact(msg("Assets seen"), (self._words(body.assets),))
        if body.position is not None:
            yield Fact(msg("Position"), _position(body.position))
        if body.signature is not None:
            signed = body.signature.at.astimezone(self._zone)
            yield Fact(
                msg("Signed on the screen"),
                (self._shown.related(body.signature.signer), f"{signed:%H:%M}", f"SHA-256 {body.signature.sha256}"),
            )
        for photo in body.photos:
            yield Fact(msg("Photo"), (self._words(photo.caption), f"SHA-256 {photo.sha256}"))

    def promise(self, event: Event, body: Promise) -> Iterator[Fact]:
        judged = next((row for row in judgement(self._file, self._today).promises if row.promise.id == event.id), None)
        if judged is not None:
            paid = Money(judged.paid, body.currency)
            state = Label("promise_status", judged.status)
            yield Fact(msg("State today"), (state, msg("{amount} paid for it", amount=paid)))
        yield Fact(msg("Method"), _label("payment_method", body.method))

    def letter(self, _event: Event, body: Letter) -> Iterator[Fact]:
        yield Fact(msg("Language"), (Label("language", body.language),))
        yield Fact(msg("Template version"), (body.version,))
        yield Fact(msg("Hash"), (body.sha256,))

    def message(self, event: Event, body: TextMessage) -> Iterator[Fact]:
        yield self._point(event)
        yield Fact(msg("Who"), (Label("party", body.party),))
        yield Fact(msg("Purpose"), (Label("purpose", body.purpose),))

    def result(self, _event: Event, body: MessageResult) -> Iterator[Fact]:
        yield Fact(msg("Provider's reference"), (body.reference,))

    def plan(self, event: Event, _body: PlanProposed) -> Iterator[Fact]:
        made = next((plan for plan in self._file.state.plans if plan.id == event.id), None)
        if made is None:
            return
        yield Fact(msg("State today"), (Label("plan_decision", made.stage) if made.stage != "proposed" else "",))
        if made.instalments:
            first, last = made.instalments[0], made.instalments[-1]
            money = Money(first.amount, made.currency)
            yield Fact(msg("First part"), (money, msg("{day}", day=first.due)))
            yield Fact(msg("Last part"), (Money(last.amount, made.currency), msg("{day}", day=last.due)))

    def decided(self, _event: Event, body: PlanDecided) -> Iterator[Fact]:
        yield Fact(msg("Consent"), _label("consent", body.consent))
        yield Fact(msg("Recording"), (body.recording,))

    def budget(self, _event: Event, body: Budget) -> Iterator[Fact]:
        yield Fact(msg("Household"), _household(body.adults, body.children))
        yield Fact(msg("Income"), tuple(self._entries(body.income, "income", body.currency)))
        yield Fact(msg("Spending"), tuple(self._entries(body.spending, "spending", body.currency)))
        yield Fact(msg("Priority debts"), tuple(self._entries(body.priority_debts, "priority_debt", body.currency)))
        yield Fact(
            msg("Other creditors"),
            tuple(_creditor(row, self._words(row.name), body.currency) for row in body.other_creditors),
        )

    def circumstance(self, event: Event, body: Circumstance) -> Iterator[Fact]:
        yield self._point(event)
        yield Fact(msg("Since"), () if body.since is None else (msg("{day}", day=body.since),))
        yield Fact(msg("Until"), () if body.until is None else (msg("{day}", day=body.until),))
        yield Fact(msg("Medium"), _label("channel", body.channel))

    def reassigned(self, _event: Event, body: Reassigned) -> Iterator[Fact]:
        people = self._file.people
        yield Fact(msg("From"), (people.get(body.from_person or "", ""),))
        yield Fact(msg("To"), (people.get(body.to_person or "", ""),))
        yield Fact(msg("Until"), () if body.until is None else (msg("{day}", day=body.until),))

    def revealed(self, event: Event, body: Reveal) -> Iterator[Fact]:
        yield self._point(event)
        if body.seconds:
            yield Fact(msg("Shown for"), (nmsg("{n} second", "{n} seconds", body.seconds),))

    def taken(self, _event: Event, body: TakenOut) -> Iterator[Fact]:
        yield Fact(msg("In full"), tuple(Label("revealed", field) for field in body.fields))
        if body.batch:
            yield Fact(msg("Cases on the list"), (f"{body.cases}",))
            yield Fact(msg("List"), (body.batch,))

    def _entries(self, entries: Iterable[BudgetEntry], vocabulary: str, currency: str) -> Iterator[Message]:
        for entry in entries:
            what, per = Label(vocabulary, entry.kind), Label("per", entry.per)
            amount = Money(entry.amount, currency)
            if entry.reason:
                yield msg(
                    "{what} {amount} {per} ({reason})",
                    what=what,
                    amount=amount,
                    per=per,
                    reason=self._words(entry.reason),
                )
            else:
                yield msg("{what} {amount} {per}", what=what, amount=amount, per=per)

    def _point(self, event: Event) -> Fact:
        point = next((row for row in self._file.points if row.id == event.contact_point), None)
        if point is None:
            return Fact(msg("Contact point"), ())
        return Fact(msg("Contact point"), (Label("point", point.label), self._shown.points[point.id]))

    def _next(self, action: NextAction | None) -> Iterator[Fact]:
        if action is not None:
            what = Label("next_action", action.action)
            yield Fact(
                msg("Then planned"), (what, msg("{day}", day=action.due), action.time or "", self._words(action.note))
            )


def facts(file: CaseFile, entry_id: str, shown: ShownCase, zone: tzinfo, today: date) -> tuple[Fact, ...]:
    """Of an event, a payment or a snapshot; nothing for what is not on the case any more."""
    event = next((row for row in file.events if row.id == entry_id), None)
    if event is not None:
        return _Facts(file, shown, zone, today).of_event(event)
    snapshot = next((row for row in file.snapshots if row.id == entry_id), None)
    if snapshot is not None:
        return _of_snapshot(snapshot, file.book.currency)
    for account in file.accounts:
        for paid in history.payments(file, account, today):
            if paid.id == entry_id:
                return _of_payment(paid)
    return ()


def _of_snapshot(snapshot: SnapshotRecord, currency: str) -> tuple[Fact, ...]:
    return tuple(
        Fact(msg("{component}", component=Label("component", name)), (Money(snapshot.balance.part(name), currency),))
        for name in COMPONENTS
        if snapshot.balance.part(name)
    )


def _of_payment(paid: PaymentLine) -> tuple[Fact, ...]:
    found = [
        Fact(msg("Method"), () if paid.method is None else (paid.method,)),
        Fact(msg("Reference"), (paid.reference,)),
    ]
    for name, money in (paid.parts or {}).items():
        found.append(Fact(msg("{component}", component=Label("component", name)), (money,)))
    if paid.left_over is not None:
        found.append(Fact(msg("More than was owed"), (paid.left_over,)))
    if paid.note is not None:
        found.append(Fact(msg("Note"), (paid.note,)))
    return tuple(fact for fact in found if any(fact.parts))


def _label(vocabulary: str, identity: str | None) -> tuple[Label, ...]:
    return (Label(vocabulary, identity),) if identity else ()


def _household(adults: int, children: int) -> tuple[Message, ...]:
    found = [nmsg("{n} adult", "{n} adults", adults)]
    if children:
        found.append(nmsg("{n} child", "{n} children", children))
    return tuple(found)


def _creditor(row: CreditorEntry, called: str, currency: str) -> Message:
    name = called or "—"
    if row.agreed is None:
        return msg("{name}: {amount} owed", name=name, amount=Money(row.balance, currency))
    return msg("{name}: {amount} a month agreed", name=name, amount=Money(row.agreed, currency))


def _of_five(value: int | None) -> tuple[str, ...]:
    return () if value is None else (f"{value} / 5",)


def _person(name: str, role: Label) -> Message:
    return msg("{name} ({role})", name=name, role=role)


def _position(where: Position) -> tuple[Message | str, ...]:
    """To five decimals, a metre; what is less exact says so itself."""
    source = Label("position_source", where.source)
    at = msg("{latitude}, {longitude}", latitude=f"{where.latitude:.5f}", longitude=f"{where.longitude:.5f}")
    if where.accuracy is None:
        return (at, msg("{source}", source=source))
    return (at, msg("± {metres} m, {source}", metres=f"{where.accuracy:.0f}", source=source))


def _seconds(what: Message, seconds: int | None) -> Message | str:
    if seconds is None:
        return ""
    return msg("{what} {minutes}:{seconds}", what=what, minutes=seconds // 60, seconds=f"{seconds % 60:02}")


_READS: dict[type[Body], Callable[[_Facts, Event, Any], Iterator[Fact]]] = {
    Contact: _Facts.contact,
    VisitReport: _Facts.visit,
    Promise: _Facts.promise,
    Letter: _Facts.letter,
    TextMessage: _Facts.message,
    MessageResult: _Facts.result,
    PlanProposed: _Facts.plan,
    PlanDecided: _Facts.decided,
    Budget: _Facts.budget,
    Circumstance: _Facts.circumstance,
    Reassigned: _Facts.reassigned,
    Reveal: _Facts.revealed,
    TakenOut: _Facts.taken,
}
