"""May this person be contacted now: the verdict of a rule pack on one contact, why, and when it opens again.

Times are judged in every zone the contact point may lie in; the contact is allowed only where all of them allow it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workstation.domain.contactability import Contactability
from workstation.domain.events import Contact, Event, decode_body, in_order
from workstation.domain.gate_values import Flags, GateRequest, Level, PastContact, Reason, Verdict
from workstation.domain.message import Message, msg, nmsg
from workstation.domain.outcomes import Outcome
from workstation.domain.rule_forms import ThirdPerson, Window
from workstation.domain.rulepack import RulePack

__all__ = ["Flags", "GateRequest", "PastContact", "Reason", "Verdict", "check", "past_contacts"]

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_HORIZON = 9  # days: longer than any window of days in the packs, with a day at either end for the zones


def past_contacts(events: Iterable[Event], debt: str | None = None) -> list[PastContact]:
    """The contacts among a case's events. Those a correction set aside count too: the telephone rang all the same."""
    contacts = []
    for event in in_order(events):
        body = decode_body(event.kind, event.body)
        if isinstance(body, Contact) and event.channel is not None:
            party = "debtor" if body.party == "unknown" else body.party
            contacts.append(
                PastContact(
                    event.corrected_at, event.channel, body.direction, party, event.contact_point, debt, event.outcome
                )
            )
    return contacts


def check(request: GateRequest, pack: RulePack) -> Verdict:
    """The pack's verdict on the contact at `request.at`."""
    judging = _Judging(request, pack)
    reasons = tuple(judging.reasons(request.at))
    verdict: Level = "allow"
    if reasons:
        verdict = "block" if any(reason.level == "block" for reason in reasons) else "warn"
    return Verdict(
        verdict=verdict,
        reasons=reasons,
        opens_at=judging.opening() if verdict == "block" else None,
        closes_at=judging.closing() if verdict != "block" else None,
        remaining_today=judging.remaining(request.at),
        pack=pack.name,
    )


class _Judging:
    """One request under one pack, asked about several moments."""

    def __init__(self, request: GateRequest, pack: RulePack) -> None:
        self.request = request
        self.flags = request.flags
        self.pack = pack
        self.zones = [ZoneInfo(name) for name in request.zones or pack.texts("default_zones")]
        self.calls = [past for past in request.history if past.channel == "call"]

    def reasons(self, at: datetime) -> Iterator[Reason]:
        yield from self._whom()
        yield from self._flags(at)
        yield from self._hours(at)
        if self.request.channel == "call":
            yield from self._frequency(at)
            yield from self._dead_point()

    def _reason(self, rule_id: str, message: Message, level: str = "block", *, lasting: bool = False) -> Reason:
        source = self.pack.rule(rule_id).source
        return Reason(rule_id, "warn" if level == "warn" else "block", message, source, lasting)

    # ---- whom ----

    def _whom(self) -> Iterator[Reason]:
        request, pack = self.request, self.pack
        if request.party in pack.texts("collect_from"):
            return
        third = pack.value("third_person", ThirdPerson)
        if request.purpose == "collect":
            message = msg("Collect only from the debtor and guarantors, never from another person.")
            yield self._reason("collect_from", message, lasting=True)
        elif request.purpose not in third.purposes:
            message = msg("Tell a third person nothing about the debt: only ask for contact details.")
            yield self._reason("third_person", message, lasting=True)
        elif third.out_of_contact and not self._out_of_contact():
            message = msg("A third person may be contacted only when the debtor is out of contact.")
            yield self._reason("third_person", message, lasting=True)
        if self.flags.third_party_refused and pack.has("third_person_refused"):
            message = msg("This person asked not to be contacted again.")
            yield self._reason("third_person_refused", message, lasting=True)

    def _out_of_contact(self) -> bool:
        limits = self.pack.value("out_of_contact", Window)
        reach = Contactability(limits.calls, limits.days)
        last: dict[str | None, Outcome] = {}  # of each of the debtor's numbers tried
        for past in sorted(self.request.history, key=lambda past: past.at):
            row = past.row
            if past.party != "debtor" or row is None:
                continue
            if row.reach == "debtor":
                reach.reached()
                last.clear()
            elif past.channel == "call" and past.direction == "out":
                reach.call(past.at.astimezone(self.zones[0]).date(), row.reach)
                last[past.contact_point] = row
        return reach.lost or (bool(last) and all("point_dead" in row.effects for row in last.values()))

    # ---- what is true of the case ----

    def _flags(self, at: datetime) -> Iterator[Reason]:
        service = self.request.purpose == "service"
        flags = self.flags
        if flags.plan_in_force and not service:
            message = msg("A plan is in force: only service messages until it is breached.")
            yield from self._flag("plan_in_force", message)
        if flags.dispute_open and not service:
            yield from self._flag("dispute_open", msg("A dispute is open: answer it before collecting."))
        if flags.ceased:
            message = msg("The debtor asked for contact to stop.")
            yield from self._flag("ceased", message, soften=service)
        if flags.represented:
            yield from self._flag("represented", msg("The debtor is represented: contact the representative."))
        if not service and self.pack.has("breathing_space") and self._in_breathing_space(at):
            message = msg(
                "Breathing space until {until}: no contact about the debt.", until=flags.breathing_space_until
            )
            yield self._reason("breathing_space", message)

    def _flag(self, rule_id: str, message: Message, *, soften: bool = False) -> Iterator[Reason]:
        if self.pack.has(rule_id):
            level = "warn" if soften else str(self.pack.rule(rule_id).value)
            yield self._reason(rule_id, message, level, lasting=True)

    def _in_breathing_space(self, at: datetime) -> bool:
        until = self.flags.breathing_space_until
        if until is None:
            return False
        if isinstance(until, datetime):
            return at < until
        return any(at.astimezone(zone).date() <= until for zone in self.zones)

    # ---- when ----

    def _quiet(self) -> bool:
        """Do quiet hours bind this contact at all?"""
        quiet = self.pack.quiet_hours
        channels = quiet.service_channels if self.request.purpose == "service" else quiet.channels
        consented = quiet.consent and self.flags.consent_out_of_hours and self.request.party == "debtor"
        return self.request.channel in channels and not consented

    def _hours(self, at: datetime) -> Iterator[Reason]:
        if not self._quiet():
            return
        quiet = self.pack.quiet_hours
        for zone in self.zones:
            local = at.astimezone(zone).time()
            if _within(local, quiet.start, quiet.end):
                message = msg(
                    "It is {now} in {zone}: no contact from {start} to {end}.",
                    now=f"{local:%H:%M}",
                    zone=zone.key,
                    start=f"{quiet.start:%H:%M}",
                    end=f"{quiet.end:%H:%M}",
                )
                yield self._reason("quiet_hours", message)
                return

    # ---- how often ----

    def _frequency(self, at: datetime) -> Iterator[Reason]:
        pack = self.pack
        if pack.has("unanswered_per_point_day") and self._point_calls_left(at) <= 0:
            limit = pack.value("unanswered_per_point_day", int) + self.flags.consent_extra_calls
            message = nmsg(
                "{n} unanswered call today at this contact point: that is the limit.",
                "{n} unanswered calls today at this contact point: that is the limit.",
                limit,
            )
            yield self._reason("unanswered_per_point_day", message)
        if self._effective_used_up(at):
            limit = pack.value("effective_calls_per_day", int)
            message = nmsg(
                "{n} effective call today with this person, all seats together: that is the limit.",
                "{n} effective calls today with this person, all seats together: that is the limit.",
                limit,
            )
            yield self._reason("effective_calls_per_day", message)
        if pack.has("calls_in_window") and self._window_calls_left(at) <= 0:
            window = pack.value("calls_in_window", Window)
            message = msg(
                "{calls} calls about this debt in {days} consecutive days: one more is presumed to harass.",
                calls=window.calls + self.flags.consent_extra_calls,
                days=window.days,
            )
            yield self._reason("calls_in_window", message)
        if self._cooling(at):
            days = pack.value("conversation_cooling_days", int)
            message = msg("A conversation about this debt in the last {days} days: no call yet.", days=days)
            yield self._reason("conversation_cooling_days", message)

    def remaining(self, at: datetime) -> int | None:
        if self.request.channel != "call":
            return None
        left = []
        if self.pack.has("unanswered_per_point_day"):
            left.append(self._point_calls_left(at))
        if self.pack.has("calls_in_window"):
            left.append(self._window_calls_left(at))
        if self._effective_used_up(at) or self._cooling(at):
            left.append(0)
        return max(0, min(left)) if left else None

    def _point_calls_left(self, at: datetime) -> int:
        """Attempts left today at this number: those that nobody answered, or that were cut off, have been used."""
        point = self.request.contact_point
        spent = [past for past in self._outgoing() if past.contact_point == point and not _spoken(past)]
        limit = self.pack.value("unanswered_per_point_day", int) + self.flags.consent_extra_calls
        return limit - max(self._on_day(spent, at, zone, 1) for zone in self.zones)

    def _effective_used_up(self, at: datetime) -> bool:
        if not self.pack.has("effective_calls_per_day") or self.request.purpose == "service":
            return False
        party = self.request.party
        effective = [past for past in self._outgoing() if past.party == party and _reached(past)]
        limit = self.pack.value("effective_calls_per_day", int) + self.flags.consent_extra_calls
        return any(self._on_day(effective, at, zone, 1) >= limit for zone in self.zones)

    def _window_calls_left(self, at: datetime) -> int:
        """Calls about this debt that rang: a busy or dead line did not connect and does not count."""
        window = self.pack.value("calls_in_window", Window)
        rang = [past for past in self._outgoing() if self._this_debt(past) and (past.row is None or past.row.connects)]
        limit = window.calls + self.flags.consent_extra_calls
        return limit - max(self._on_day(rang, at, zone, window.days) for zone in self.zones)

    def _cooling(self, at: datetime) -> bool:
        if not self.pack.has("conversation_cooling_days"):
            return False
        days = self.pack.value("conversation_cooling_days", int)
        party = self.request.party
        talks = [past for past in self.calls if past.party == party and self._this_debt(past) and _reached(past)]
        if not any(self._on_day(talks, at, zone, days) for zone in self.zones):
            return False
        last = max(past.at for past in talks)
        since = sum(1 for past in self._outgoing() if self._this_debt(past) and past.at > last)
        return since >= self.flags.consent_extra_calls

    def _outgoing(self) -> Iterator[PastContact]:
        return (past for past in self.calls if past.direction == "out")

    def _this_debt(self, past: PastContact) -> bool:
        return self.request.debt is None or past.debt in {None, self.request.debt}

    @staticmethod
    def _on_day(contacts: Iterable[PastContact], at: datetime, zone: ZoneInfo, days: int) -> int:
        """How many fall on the `days` calendar days in `zone` that end with the day of `at`."""
        today = at.astimezone(zone).date()
        return sum(1 for past in contacts if 0 <= (today - past.at.astimezone(zone).date()).days < days)

    def _dead_point(self) -> Iterator[Reason]:
        there = [past for past in self.calls if past.contact_point == self.request.contact_point and past.row]
        last = max(there, key=lambda past: past.at, default=None)
        dead = last is not None and last.row is not None and "point_dead" in last.row.effects
        if dead and self.pack.has("dead_point"):
            yield self._reason("dead_point", msg("This number was dead when last called."), "warn", lasting=True)

    # ---- opening and closing ----

    def opening(self) -> datetime | None:
        """The earliest whole minute after `at` that is not blocked; None when waiting alone never opens it."""
        if any(reason.lasting and reason.level == "block" for reason in self.reasons(self.request.at)):
            return None
        for moment in self._turns():
            if not any(reason.level == "block" for reason in self.reasons(moment)):
                return moment.astimezone(self.zones[0])
        return None

    def closing(self) -> datetime | None:
        """The earliest coming start of quiet hours."""
        if not self._quiet():
            return None
        at, start = self.request.at, self.pack.quiet_hours.start
        starts = (turn for zone in self.zones for turn in _at_time(zone, at.astimezone(zone).date(), 2, start))
        return min(turn for turn in starts if turn > at).astimezone(self.zones[0])

    def _turns(self) -> list[datetime]:
        """Every moment from `at` on at which a block can end: midnights, ends of quiet hours and of breathing space."""
        at = self.request.at
        first_days = [at]
        turns: set[datetime] = set()
        until = self.flags.breathing_space_until
        if isinstance(until, datetime):
            first_days.append(until)
            turns.add(_whole_minute(until))
        elif until is not None:
            first_days.append(datetime.combine(until, time(12), UTC))
        for zone in self.zones:
            for first in first_days:
                day = first.astimezone(zone).date() - _DAY
                for clock in (time(0), self.pack.quiet_hours.end):
                    turns.update(_whole_minute(turn) for turn in _at_time(zone, day, _HORIZON + 2, clock))
        return sorted(turn for turn in turns if turn >= at)


def _reached(past: PastContact) -> bool:
    return past.row is not None and past.row.reach == "debtor"


def _spoken(past: PastContact) -> bool:
    """Did somebody speak? A call without an outcome counts as one that nobody answered."""
    return past.row is not None and past.row.reach in {"debtor", "third_party"}


def _within(clock: time, start: time, end: time) -> bool:
    return start <= clock < end if start < end else clock >= start or clock < end


def _at_time(zone: ZoneInfo, day: date, days: int, clock: time) -> Iterator[datetime]:
    """`clock` on each of `days` days from `day`, both times where the clock is set back; in UTC."""
    for offset in range(days):
        local = datetime.combine(day + offset * _DAY, clock, zone)
        yield local.astimezone(UTC)
        if local.replace(fold=1).utcoffset() != local.utcoffset():
            yield local.replace(fold=1).astimezone(UTC)


def _whole_minute(moment: datetime) -> datetime:
    """The first whole minute not before `moment`, in UTC."""
    utc = moment.astimezone(UTC)
    floor = utc.replace(second=0, microsecond=0)
    return floor if floor == utc else floor + _MINUTE
