"""May this person be contacted now: the verdict of a rule pack on one contact, why, and when it opens again.

Times are judged in every zone the contact point may lie in; the contact is allowed only where all of them allow it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

import msgspec

from workstation.domain.errors import WorkstationError
from workstation.domain.events import Event
from workstation.domain.gate_clock import next_turn, start_of_day, whole_minute, within, zone_named
from workstation.domain.gate_count import Counting
from workstation.domain.gate_history import LAST_YEAR, History, PastContact, in_utc
from workstation.domain.gate_values import NO_FLAGS, Flags, GateRequest, Level, Reason, Verdict, check_request
from workstation.domain.message import Message, msg
from workstation.domain.rule_forms import QuietHours, ThirdPerson, Window
from workstation.domain.rulepack import RulePack

__all__ = [
    "Flags",
    "GateRequest",
    "History",
    "PastContact",
    "Reason",
    "Verdict",
    "blocked_because",
    "check",
    "past_contacts",
]

# How far beyond the last count and moratorium an opening is looked for: past a clock change and its week.
SIGHT = timedelta(days=14)


_TOLD = frozenset({"contact", "message"})


class _Who(msgspec.Struct, frozen=True):
    """What the gate needs of a contact's body. Whatever else a newer version wrote there, the contact counts."""

    direction: str = "out"
    party: str = "unknown"
    same_call: str = ""
    began_at: datetime | None = None


_WHO = msgspec.json.Decoder(_Who)
_UNREADABLE = _Who()  # taken for a call to the debtor


def past_contacts(events: Iterable[Event], debt: str | None = None) -> list[PastContact]:
    """The contacts among a case's events. Those a correction set aside count too: the telephone rang all the same.

    A telephone that was passed on is one call: to the debtor, once the debtor had it.
    """
    told = [(event.corrected_at, event) for event in events if event.kind in _TOLD and event.channel is not None]
    told.sort(key=lambda row: (row[0], row[1].id))
    contacts: list[PastContact] = []
    places: dict[str, int] = {}  # by event, where its call stands among the contacts
    for recorded, event in told:
        try:
            who = _WHO.decode(event.body)
        except msgspec.DecodeError:
            who = _UNREADABLE
        party = "debtor" if who.party == "unknown" else who.party
        at = recorded if who.began_at is None else began(event, who.began_at)
        past = PastContact(at, str(event.channel), who.direction, party, event.contact_point, debt, event.outcome)
        place = places.get(who.same_call, -1) if who.same_call else -1
        if place < 0:
            places[event.id] = len(contacts)
            contacts.append(past)
        else:
            places[event.id] = place
            if contacts[place].party != "debtor":
                contacts[place] = msgspec.structs.replace(past, at=contacts[place].at)
    return contacts


def began(event: Event, at: datetime) -> datetime:
    """When a contact that was recorded afterwards began, on the server's clock; never after it was recorded."""
    if at.tzinfo is None:
        return event.corrected_at
    return min(at.astimezone(UTC) + timedelta(milliseconds=event.offset_ms), event.corrected_at)


def check(request: GateRequest, pack: RulePack) -> Verdict:
    """The pack's verdict on the contact at `request.at`.

    `InputError` names what cannot be judged (an unknown zone, a time without one, contradictory flags), `RulePackError`
    a rule that is missing or malformed. No error opens a contact: show `blocked_because` in its place.
    """
    judging = _Judging(request, pack)
    reasons = tuple(judging.reasons())
    verdict: Level = "allow"
    if reasons:
        verdict = "block" if any(reason.level == "block" for reason in reasons) else "warn"
    opens_at = closes_at = None
    if verdict != "block":
        closes_at = judging.closing()
    elif not any(reason.lasting and reason.level == "block" for reason in reasons):
        opens_at = judging.opening()
    counting = judging.counting
    remaining = None if counting is None else counting.left()
    return Verdict(verdict, reasons, opens_at, closes_at, remaining, pack.name)


def blocked_because(error: WorkstationError, pack: str = "") -> Verdict:
    """What stands in place of a verdict that could not be reached: a block that says why, and never opens by itself."""
    return Verdict("block", (Reason(error.code, "block", error.message, "", lasting=True),), None, None, None, pack)


class _Judging:
    """One request under one pack."""

    def __init__(self, request: GateRequest, pack: RulePack) -> None:
        check_request(request)
        self.request = request
        self.flags = request.flags
        self.pack = pack
        self.at = in_utc(request.at, "at")
        self.zones = [zone_named(name) for name in request.zones or pack.texts("default_zones")]
        self.local = [self.at.astimezone(zone) for zone in self.zones]
        self.quiet = self._quiet_hours()
        self.history = request.history if isinstance(request.history, History) else History(request.history)
        self.counting: Counting | None = None
        if request.channel == "call":
            today = [local.toordinal() for local in self.local]
            self.counting = Counting(request, pack, self.history, self.zones, today)

    def reasons(self) -> Iterator[Reason]:
        if self.request.party not in self.pack.texts("collect_from"):
            yield from self._third_person()
        if self.flags is not NO_FLAGS:
            yield from self._flags()
        if self.request.channel == "visit":
            yield from self._visit()
        if self.quiet is not None:
            yield from self._hours(self.quiet)
        if self.counting is not None:
            yield from self.counting.reasons()
            yield from self._dead_point()

    def _reason(self, rule_id: str, message: Message, level: str = "block", *, lasting: bool = False) -> Reason:
        source = self.pack.rule(rule_id).source
        return Reason(rule_id, "warn" if level == "warn" else "block", message, source, lasting)

    # ---- whom ----

    def _third_person(self) -> Iterator[Reason]:
        request, pack = self.request, self.pack
        third = pack.value("third_person", ThirdPerson)
        if request.purpose == "collect":
            message = msg("Collect only from the debtor and guarantors, never from another person.")
            yield self._reason("collect_from", message, lasting=True)
        elif request.purpose not in third.purposes:
            message = msg("Tell a third person nothing about the debt: only ask for contact details.")
            yield self._reason("third_person", message, lasting=True)
        elif third.out_of_contact and not self.history.out_of_contact(
            pack.value("out_of_contact", Window), self.zones[0]
        ):
            message = msg("A third person may be contacted only when the debtor is out of contact.")
            yield self._reason("third_person", message, lasting=True)
        if self.flags.third_party_refused and pack.has("third_person_refused"):
            message = msg("This person asked not to be contacted again.")
            yield self._reason("third_person_refused", message, lasting=True)

    # ---- what is true of the case ----

    def _flags(self) -> Iterator[Reason]:
        service = self.request.purpose == "service"
        flags = self.flags
        if flags.ceased:
            message = msg("The debtor asked for contact to stop.")
            yield from self._flag("ceased", message, soften=service)
        if flags.represented:
            yield from self._flag("represented", msg("The debtor is represented: contact the representative."))
        if flags.inconvenient_place:
            message = msg("The debtor asked not to be contacted at this place.")
            yield from self._flag("inconvenient_place", message)
        if self.request.channel in flags.refused_channels:
            message = msg("The debtor asked not to be contacted in this way.")
            yield from self._flag("refused_channel", message)
        if not service:
            yield from self._collecting()

    def _collecting(self) -> Iterator[Reason]:
        """What stands against collecting, but not against a service message."""
        flags = self.flags
        if flags.plan_in_force:
            message = msg("A plan is in force: only service messages until it is breached.")
            yield from self._flag("plan_in_force", message)
        if flags.dispute_open:
            yield from self._flag("dispute_open", msg("A dispute is open: answer it before collecting."))
        if flags.in_hardship:
            message = msg("The debtor is in hardship: offer time, a plan or help before asking for payment.")
            rule_id = next((known for known in ("in_hardship", "forbearance") if self.pack.has(known)), None)
            if rule_id is not None:
                yield from self._flag(rule_id, message, soften=not self._blocks(rule_id))
        if flags.time_barred:
            message = msg("The debt is time-barred: neither sue nor speak of suing.")
            yield from self._flag("time_barred", message, soften=not self._blocks("time_barred"))
        validation = flags.validation_until
        if validation is not None and self._not_after(validation) and self.pack.has("validation_days"):
            message = msg("Until {until} the debtor may dispute the debt: say nothing against it.", until=validation)
            yield self._reason("validation_days", message, "warn")
        until = flags.breathing_space_until
        if until is not None and self._in_breathing_space(until):
            message = msg("Breathing space until {until}: no contact about the debt.", until=until)
            yield from self._flag("breathing_space", message, lasting=until.year > LAST_YEAR)  # 9999: without end

    def _flag(self, rule_id: str, message: Message, *, soften: bool = False, lasting: bool = True) -> Iterator[Reason]:
        """A rule whose value says whether it blocks; `soften` where it is only a sentence, or does not bind here."""
        if self.pack.has(rule_id):
            level = "warn" if soften else str(self.pack.rule(rule_id).value)
            yield self._reason(rule_id, message, level, lasting=lasting)

    def _blocks(self, rule_id: str) -> bool:
        return self.pack.has(rule_id) and self.pack.rule(rule_id).value == "block"

    def _not_after(self, last_day: date) -> bool:
        """Is it still that day or before, in any of the zones?"""
        return any(local.date() <= last_day for local in self.local)

    def _in_breathing_space(self, until: date | datetime) -> bool:
        return self.at < until if isinstance(until, datetime) else self._not_after(until)

    def _visit(self) -> Iterator[Reason]:
        visitors = self.request.visitors
        needed = self.pack.value("visit_people", int)
        if visitors is not None and visitors < needed:
            message = msg(
                "A visit takes at least {needed} people, and {visitors} would go.", needed=needed, visitors=visitors
            )
            yield self._reason("visit_people", message, lasting=True)

    # ---- when ----

    def _quiet_hours(self) -> QuietHours | None:
        """The quiet hours that bind this contact; None when none do."""
        quiet = self.pack.quiet_hours
        channels = quiet.service_channels if self.request.purpose == "service" else quiet.channels
        consented = quiet.consent and self.flags.consent_out_of_hours and self.request.party == "debtor"
        return None if consented or self.request.channel not in channels else quiet

    def _hours(self, quiet: QuietHours) -> Iterator[Reason]:
        for zone, local in zip(self.zones, self.local, strict=True):
            clock = local.time()
            if within(clock, quiet.start, quiet.end):
                message = msg(
                    "It is {now} in {zone}: no contact from {start} to {end}.",
                    now=f"{clock:%H:%M}",
                    zone=zone.key,
                    start=f"{quiet.start:%H:%M}",
                    end=f"{quiet.end:%H:%M}",
                )
                yield self._reason("quiet_hours", message)
                return

    def _dead_point(self) -> Iterator[Reason]:
        if self.pack.has("dead_point") and self.history.dead(self.request.contact_point):
            yield self._reason("dead_point", msg("This number was dead when last called."), "warn", lasting=True)

    # ---- opening and closing ----

    def opening(self) -> datetime | None:
        """The earliest whole minute from `at` on that is not blocked; None when none is in sight.

        Counts and moratoriums end on a day or at a moment that is known; only quiet hours come back every day.
        """
        moment = whole_minute(max([self.at, *self._ends()]))
        quiet, last = self.quiet, moment + SIGHT
        if quiet is None:
            return moment.astimezone(self.zones[0])
        while moment <= last:
            for zone in self.zones:
                if within(moment.astimezone(zone).time(), quiet.start, quiet.end):
                    moment = whole_minute(next_turn(zone, moment, quiet.start, quiet.end, quiet=False))
                    break
            else:
                return moment.astimezone(self.zones[0])
        return None

    def _ends(self) -> Iterator[datetime]:
        """The moments before which a count or a breathing space blocks."""
        until = self.flags.breathing_space_until
        if until is not None and self.request.purpose != "service" and self._blocks("breathing_space"):
            if isinstance(until, datetime):
                yield until.astimezone(UTC)
            else:
                yield from (start_of_day(zone, until.toordinal() + 1) for zone in self.zones)
        if self.counting is not None:
            yield from self.counting.ends()

    def closing(self) -> datetime | None:
        """The earliest coming start of quiet hours."""
        quiet = self.quiet
        if quiet is None:
            return None
        starts = [next_turn(zone, self.at, quiet.start, quiet.end, quiet=True) for zone in self.zones]
        return min(starts).astimezone(self.zones[0])
