"""One case, prepared for the middle of the window: header, figures, accounts, contact points, history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from local_db import flags, same_person
from local_db.queries import CaseAbsent, CaseFile, PointRecord, case_file
from workstation.desk import circumstances, history, history_entry, last_look, lights, standing, strategy
from workstation.desk.ahead import Ahead, Prepared, may_alter
from workstation.desk.explain import CHARGES, explain
from workstation.desk.history_views import AccountHistory, Around, Fact
from workstation.desk.seat import Seat
from workstation.desk.shown import ShownCase
from workstation.desk.timeline import Timeline
from workstation.desk.views import AccountRow, Badge, CaseView, Datum, Figure, PointRow, Tone
from workstation.domain.case_state import quadrant
from workstation.domain.changes import Changes
from workstation.domain.gate import History
from workstation.domain.message import Label, Message, Money, msg, nmsg
from workstation.domain.money import COMPONENTS, Balance, Component
from workstation.domain.privacy import Field
from workstation.domain.stage import stage_of
from workstation.security.masking import Masks

STAGE_TONES: dict[str, Tone] = {"M0": "good", "M1": "accent", "M2": "warn", "M3": "warn"}


class Casefiles:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._ahead = Ahead()
        self._shown: CaseFile | None = None  # the case on the screen, until a change touches it

    def open(self, case_id: str) -> CaseView:
        """Everything about the case, masked. Raises `CaseAbsent` when it is not (or no longer) at this seat."""
        ready = self._ahead.get(case_id, self._seat.clock.now())
        if ready is not None:
            self._seat.keep(ready.file)
            self._shown = ready.file
            return ready.view
        self._shown = file = self._seat.file(case_id)
        return self._whole(file)

    def _as_shown(self, case_id: str) -> CaseFile:
        """What a view of the case is made from: the same reading as what stands beside it."""
        shown = self._shown
        return shown if shown is not None and shown.case.id == case_id else self._seat.file(case_id)

    def prepare(self, case_ids: Iterable[str]) -> None:
        """Make ready, in any thread, what is likely to be opened next. A case that is not here is left to `open`."""
        for case_id in case_ids:
            now, turn = self._seat.clock.now(), self._ahead.turn
            if self._ahead.get(case_id, now) is not None:
                continue
            try:
                with self._seat.store.read() as conn:
                    file = case_file(conn, case_id)
            except CaseAbsent:
                continue
            self._ahead.keep(case_id, Prepared(file, self._whole(file), now), turn)

    def refresh(self, changes: Changes) -> None:
        """What was made ready may be another now. Called before anybody is told of the changes."""
        self._ahead.forget(changes)
        shown = self._shown
        if shown is not None and may_alter(changes, shown.case.id):
            self._shown = None

    def _whole(self, file: CaseFile) -> CaseView:
        clock, case_id = self._seat.clock, file.case.id
        view = _view(file, self._seat.masks, clock.today(), clock.now())
        with self._seat.store.read() as conn:
            others = same_person.of(conn, case_id)
        before = last_look.kept(self._seat, case_id)
        since = () if before is None else last_look.changes(before, self._look(file))
        return replace(view, badges=(*view.badges, *map(_also, others)), since=since)

    def looked(self, case_id: str) -> None:
        """The person has the case before them: from now on it counts as seen as it is."""
        last_look.keep(self._seat, case_id, self._look(self._seat.file(case_id)))
        self._ahead.forget(Changes(frozenset({"look"}), frozenset({case_id})))

    def _look(self, file: CaseFile) -> last_look.Look:
        return last_look.look(file, self._seat.person.id, self._seat.clock.today(), self._seat.clock.now())

    def facts(self, case_id: str, entry_id: str) -> tuple[Fact, ...]:
        """Everything recorded with an entry of the history."""
        file, clock = self._as_shown(case_id), self._seat.clock
        shown = ShownCase(file, self._seat.masks)
        return history_entry.facts(file, entry_id, shown, clock.zone, clock.today())

    def balances(self, case_id: str) -> tuple[AccountHistory, ...]:
        """Each account's balance over time and its payments."""
        return history.accounts(
            self._as_shown(case_id), self._seat.masks, self._seat.clock.today(), self._seat.clock.now()
        )

    def around(self, case_id: str) -> Around:
        """What is planned, related persons and their rights, papers, and who worked the case."""
        file = self._as_shown(case_id)
        return history.around(file, ShownCase(file, self._seat.masks), self._seat.clock.today())

    def seen(self, case_id: str) -> Changes:
        """The late records of the case were looked at: they are marked no more."""
        with self._seat.store.write() as conn:
            flags.seen(conn, case_id)
        return Changes(frozenset({"flagged_event"}), frozenset({case_id}))


def _also(other: same_person.SameDebtor) -> Badge:
    """So that one debtor is not called by two desks, or twice by one."""
    by_id = msg("Same ID number on case {number}", number=other.number)
    return Badge(by_id if other.by_id else msg("Same telephone on case {number}", number=other.number), "warn")


def _view(file: CaseFile, masks: Masks, today: date, now: datetime) -> CaseView:
    owed = standing.owed(file, today)
    shown = ShownCase(file, masks)
    contacts = lights.history_of(file)
    action = file.state.next_action
    return CaseView(
        case_id=file.case.id,
        number=file.case.number,
        name=shown.name,
        subtitle=_subtitle(file, masks, today),
        badges=_badges(file, owed, today),
        light=lights.of_case(file, now, contacts),
        figures=_figures(file, owed, today, now),
        accounts=tuple(_account(file, account, masks, today, now) for account in owed.accounts),
        points=tuple(_point(file, point, shown, now, contacts) for point in file.points),
        circumstances=circumstances.rows(file, shown, today),
        timeline=Timeline(file, shown, file.zone),
        # No open case is without one: of a case that nobody has worked yet it is the first call.
        next_action=msg(
            "Next: {action} · {day}",
            action=Label("next_action", "call" if action is None else action.action),
            day=today if action is None else action.due,
        ),
        treatment=strategy.treatment(file, today),
        identity=_identity(file, masks),
        flagged=_flagged(file),
    )


def _identity(file: CaseFile, masks: Masks) -> tuple[Datum, ...]:
    debtor = file.debtor
    values: tuple[tuple[Field, str], ...] = (
        ("id_number", debtor.id_number or ""),
        ("birth_date", "" if debtor.birth_date is None else debtor.birth_date.isoformat()),
        ("employer", debtor.employer or ""),
    )
    shown = (Datum(field, masks.shown(field, value)) for field, value in values if value)
    return tuple(datum for datum in shown if datum.masked)


def _flagged(file: CaseFile) -> Message | None:
    late = [event for event in file.events if event.id in file.late]
    if not late:
        return None
    names = dict.fromkeys(file.people.get(event.author, "—") for event in late)
    return nmsg(
        "{n} record by {names} came after the case was given to you.",
        "{n} records by {names} came after the case was given to you.",
        len(late),
        names=", ".join(names),
    )


def _subtitle(file: CaseFile, masks: Masks, today: date) -> tuple[Message | str, ...]:
    debtor = file.debtor
    parts: list[Message | str] = []
    if debtor.sex:
        parts.append(msg("{sex}", sex=Label("sex", debtor.sex)))
    if debtor.birth_date is not None:
        had_birthday = (today.month, today.day) >= (debtor.birth_date.month, debtor.birth_date.day)
        age = today.year - debtor.birth_date.year - (0 if had_birthday else 1)
        parts.append(nmsg("{n} year old", "{n} years old", age))
    if debtor.city:
        parts.append(debtor.city)
    if file.accounts:
        parts.append(masks.shown("card", file.accounts[0].number))
    return tuple(parts)


def _holds(file: CaseFile, what: str, today: date) -> bool:
    return any(known.what == what and known.on(today) for known in file.state.circumstances)


def _badges(file: CaseFile, owed: standing.Owed, today: date) -> tuple[Badge, ...]:
    state = file.state
    stage = stage_of(owed.days_past_due)
    badges = [
        Badge(
            nmsg("{stage} · {n} day past due", "{stage} · {n} days past due", owed.days_past_due, stage=stage),
            STAGE_TONES.get(stage, "bad"),
        )
    ]
    where = quadrant(state.ability, state.willingness)
    if where is not None:
        badges.append(Badge(where, "accent"))
    flags: tuple[tuple[bool, Message, Tone], ...] = (
        (state.dispute_open, msg("Dispute open"), "warn"),
        (_holds(file, "breathing_space", today), msg("Breathing space"), "warn"),
        (_holds(file, "legal_step_taken", today), msg("Legal step taken"), "accent"),
        (state.complaint_open, msg("Complaint open"), "warn"),
        (state.in_hardship, msg("Hardship"), "accent"),
        (state.plan_in_force, msg("Plan in force"), "good"),
        (state.ceased, msg("Asked not to be contacted"), "bad"),
        (state.represented, msg("Represented by counsel"), "warn"),
        (state.deceased, msg("Deceased"), "bad"),
        (state.lost(_own_phones(file)), msg("Out of contact"), "warn"),
    )
    return (*badges, *(Badge(text, tone) for holds, text, tone in flags if holds))


def _own_phones(file: CaseFile) -> set[str]:
    return {point.id for point in file.points if point.kind == "phone" and point.related_person_id is None}


def _figures(file: CaseFile, owed: standing.Owed, today: date, now: datetime) -> tuple[Figure, ...]:
    currency = file.book.currency
    total = owed.total
    summary = tuple(
        msg(
            "Card …{tail}: the bank's balance of {day}, less {paid} paid since, interest {rate} a day up to {today}.",
            tail=account.number[-4:],
            day=account.as_of,
            paid=Money(account.later_payments, currency),
            rate=file.book.daily_rate,
            today=today,
        )
        for account in owed.accounts
    )
    shown: tuple[tuple[Message, tuple[Component, ...], int], ...] = (
        (msg("Owed in all"), COMPONENTS, total.total),
        (msg("Principal"), ("principal",), total.principal),
        (msg("Interest"), ("interest",), total.interest),
        (msg("Penalty and fees"), CHARGES, total.penalty + total.fees + total.costs),
    )
    figures = [
        Figure(title, Money(minor, currency), summary, calculation=explain(file, owed, components, title, today, now))
        for title, components, minor in shown
    ]
    paid = max(standing.kept_payments(file), key=lambda row: row.value_date, default=None)
    figures.append(
        Figure(
            msg("Last payment"),
            msg("none")
            if paid is None
            else msg("{amount} · {day}", amount=Money(paid.amount, currency), day=paid.value_date),
        )
    )
    return (*figures, _limitation(file, today))


def _limitation(file: CaseFile, today: date) -> Figure:
    where = standing.limitation(file, today)
    if where is None:
        return Figure(msg("Limitation"), msg("not running"))
    since = (
        msg("Runs from {day}, when the oldest payment fell due.", day=where.started)
        if where.runs_from is None
        else msg("Began anew on {day}: {event}.", day=where.started, event=Label("interruption", where.runs_from.kind))
    )
    ends = msg("Last day to sue: {day}.", day=where.ends)
    if where.expired:
        return Figure(msg("Limitation"), msg("has run out"), (since, ends), "bad")
    left = (
        nmsg("{n} day left", "{n} days left", where.days_left)
        if where.days_left < 60
        else nmsg("{n} month left", "{n} months left", where.days_left // 30)
    )
    return Figure(msg("Limitation"), left, (since, ends), "warn" if where.days_left < 180 else "neutral")


def _point(file: CaseFile, point: PointRecord, shown: ShownCase, now: datetime, contacts: History) -> PointRow:
    person = next((row for row in file.related if row.id == point.related_person_id), None)
    rights = None if person is None else history.rights(liable=person.liable)
    state = (
        "dead"
        if point.id in file.state.dead_points
        else "refused"
        if point.id in file.state.refused_points
        else "alive"
    )
    return PointRow(
        id=point.id,
        kind=point.kind,  # type: ignore[arg-type]  # the table holds only these three
        label=Label("point", point.label),
        masked=shown.points[point.id],
        owner=msg("Debtor") if person is None else shown.related(person.name),
        relation=None if person is None else Label("relation", person.relation),
        state=state,  # type: ignore[arg-type]
        light=lights.of_point(file, point.id, now, contacts),
        rights=rights,
        source=Label("point_source", point.source),
    )


def _account(file: CaseFile, account: standing.AccountOwed, masks: Masks, today: date, now: datetime) -> AccountRow:
    currency = file.book.currency
    limit = next((row.credit_limit for row in file.accounts if row.id == account.id), None)
    balance: Balance = account.balance
    return AccountRow(
        id=account.id,
        card_masked=masks.shown("card", account.number),
        stage=stage_of(account.days_past_due),
        days_past_due=account.days_past_due,
        credit_limit=None if limit is None else Money(limit, currency),
        parts={name: Money(balance.part(name), currency) for name in COMPONENTS},
        total=Money(balance.total, currency),
        as_of=account.as_of,
        calculation=explain(file, account, COMPONENTS, msg("Owed on this card"), today, now),
    )
