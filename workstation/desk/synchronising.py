"""The synchronisation page: how it stands in words, what waits or was refused, what others decided, and the log."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from math import ceil

from local_db import attachments, outbox, queries, sync_log, unsettled
from local_db.attachments import Attachment
from local_db.sync_log import LogLine
from local_db.unsettled import OfCase
from workstation.central.refusals import ATTACHMENTS, EVENTS, SQLSTATES
from workstation.desk import history_sound
from workstation.desk.seat import Seat
from workstation.desk.sync_views import DecidedRow, RecordRow, SyncHead, SyncLists, SyncLogRow
from workstation.desk.views import SyncStatus, Tone
from workstation.domain.changes import Changes
from workstation.domain.events import Event, PlanDecided, Reassigned, decode_body
from workstation.domain.message import Label, Message, msg, nmsg
from workstation.security.masking import Masks

MOST_WAITING, MOST_REFUSED, MOST_DECIDED, MOST_LINES = 200, 50, 30, 200  # shown at once

PHASES = {
    "connecting": msg("Calling the centre …"),
    "sending": msg("Sending what was recorded here …"),
    "receiving": msg("Receiving what is new …"),
    "applying": msg("Putting it in its place …"),
    "attachments": msg("Sending photos …"),
}
_SENT = {
    "sending": msg("Sent {done} of {total} records …"),
    "attachments": msg("Sent {done} of {total} photos and signatures; records go first …"),
}

# By the error's code: what the person can do.
_BY_ITSELF = msg("There is nothing to do: everything is kept here and goes out by itself.")
ADVICE = {
    "unreachable": msg("Check the network or the VPN. Until then go on working; everything is kept here."),
    "not_trusted": msg("Do not sign in elsewhere with this password; tell your administrator what stands here."),
    "connection_lost": _BY_ITSELF,
    "sync_busy": _BY_ITSELF,
    "broke_off": msg("If this happens again, tell your administrator what stands here."),
    "wrong_password": msg("Was your password changed? Close the program and sign in with the new one."),
    "account_closed": msg("Ask your administrator; what was recorded here is kept."),
    "password_must_change": msg("Choose a new password; until then everything is kept here."),
    "device_waits": msg("Ask your administrator to let this device in; until then everything is kept here."),
    "device_revoked": msg("Ask your administrator; what was recorded here is kept."),
    "client_too_old": msg("Have this program updated; until then go on working offline."),
    "centre_too_old": msg("The administrator has to upgrade the centre; until then go on working offline."),
    "centre_went_back": msg("Tell your administrator; until then go on working offline."),
    "store_full": msg("Make room on the disk; it is tried again by itself."),
    history_sound.STORE_CHANGED: msg("Do not go on with this store; your administrator finds out who changed it."),
    history_sound.HELD: msg(
        "When the records are theirs, take them in (workstation central held release); when the copy is not, have the "
        "device revoked."
    ),
    history_sound.CENTRE_DIFFERS: msg("You may go on working; your administrator compares both with a backup."),
    "refused": msg("Look at the refused records below; everything else was exchanged."),
}
_TELL = msg("If this stays so, tell your administrator: {code}.")

# What became of a synchronisation, for one line of the log.
RESULTS = {
    "unreachable": msg("The centre could not be reached"),
    "not_trusted": msg("The centre was not trusted"),
    "connection_lost": msg("The line broke"),
    "sync_busy": msg("Another one was running"),
    "broke_off": msg("Broke off"),
    "cancelled": msg("Cancelled"),
    "wrong_password": msg("The password was wrong"),
    "account_closed": msg("The account was closed"),
    "password_must_change": msg("The password had to be changed"),
    "device_waits": msg("The device waited to be let in"),
    "device_revoked": msg("The device was revoked"),
    "client_too_old": msg("This program was too old"),
    "centre_too_old": msg("The centre was too old"),
    "centre_went_back": msg("The centre had gone back"),
    "nonsense": msg("The centre's answer made no sense"),
    "store_full": msg("The disk was full"),
    "store_busy": msg("The store was busy"),
}

# All was exchanged; what is wrong is said beside it.
_TO_LOOK_AT: dict[str | None, Tone] = {
    history_sound.STORE_CHANGED: "bad",
    history_sound.CENTRE_DIFFERS: "bad",
    history_sound.HELD: "warn",
}
_AGAIN_MAY_HELP = msg("Try again when that has been put right; your team lead can give the case back to you.")
_TO_LEAD = msg("Tell your team lead what you recorded; trying again changes nothing as long as the reason stays.")
_TO_ADMINISTRATOR = msg("Tell your administrator before you go on; the record stays here.")
_SPOILT = msg("If you still have the photo elsewhere, add it to another record of the case; this one is lost.")
_UNKNOWN = msg("The centre gave a reason this version does not know.")
REFUSAL_ADVICE = {
    "not_assigned": _AGAIN_MAY_HELP,
    "broken_chain": msg(
        "It is kept here and at the centre, and goes again by itself once the record before it has arrived. If that "
        "one is lost, your team lead or an administrator can take it in."
    ),
    "device_revoked": _TO_ADMINISTRATOR,
    "foreign_device": _TO_ADMINISTRATOR,
    "device_waits": _AGAIN_MAY_HELP,
    "forked_chain": msg("It is kept here and at the centre; your team lead or an administrator can take it in."),
    "bad_hash": _TO_ADMINISTRATOR,
    "id_taken": _TO_ADMINISTRATOR,
    "malformed": msg("Update this program, then try again. If it is refused again, tell your administrator."),
}

KINDS = {
    "visit": msg("Visit report"),
    "promise": msg("Promise"),
    "plan_proposed": msg("Plan proposed"),
    "budget": msg("Budget"),
    "letter": msg("Letter"),
    "letter_queued": msg("Letter for the next batch"),
    "letter_result": msg("What became of a letter"),
    "note": msg("Note"),
    "correction": msg("Entry taken back"),
    "dispute": msg("Dispute"),
    "complaint": msg("Complaint"),
    "hardship": msg("Hardship"),
    "point_changed": msg("Contact point changed"),
    "reveal": msg("Shown in full"),
    "taken_out": msg("Taken out of the program"),
}


_APPROVED = msg("{who} approved the plan of case {number}")
_REJECTED = msg("{who} rejected the plan of case {number}")
_DECIDED = msg("{who}: the plan of case {number} is {decision}")


class Synchronising:
    """Moments it returns are as this seat's clock shows them: a demo looks at another day."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def head(self, status: SyncStatus) -> SyncHead:
        """How it stands, from the status alone: cheap enough for every second."""
        doing = status.doing
        running = status.state == "syncing"
        now = datetime.now(UTC)
        next_in = None
        if status.next_try is not None and not running:
            next_in = max(0, ceil((status.next_try - now).total_seconds()))
        text, tone = self._headline(status)
        code = status.code
        failed = status.state in {"offline", "failed"}
        said = None
        if running and doing is not None:
            counted = _SENT.get(doing.phase) if doing.total else None
            said = PHASES[doing.phase] if counted is None else msg(counted.text, done=doing.done, total=doing.total)
        return SyncHead(
            text=text,
            tone=tone,
            detail=status.problem if failed else None,
            advice=(ADVICE.get(code) or msg(_TELL.text, code=code)) if failed and code else None,
            doing=said,
            done=doing.done if running and doing is not None else 0,
            total=doing.total if running and doing is not None else 0,
            next_in=next_in,
            running=running,
        )

    def _headline(self, status: SyncStatus) -> tuple[Message, Tone]:
        since = self._when(status.since or datetime.now(UTC))
        if status.state == "syncing":
            return msg("Synchronising since {since}", since=since), "accent"
        said: Message
        tone: Tone
        last = None if status.last_ok is None else self._when(status.last_ok)
        if last is None and status.state == "offline":
            said, tone = msg("Offline since {since}; never synchronised on this device yet", since=since), "warn"
        elif last is None and status.state == "failed":
            said, tone = msg("Failing since {since}; never synchronised on this device yet", since=since), "bad"
        elif last is None:
            said, tone = msg("Signed in; not synchronised yet"), "neutral"
        elif status.state == "offline":
            said, tone = msg("Offline since {since}; last synchronised {last}", since=since, last=last), "warn"
        elif status.state == "failed" and status.code == "refused":
            said, tone = msg("Synchronised {last}, but not everything was accepted", last=last), "bad"
        elif status.state == "failed" and status.code in _TO_LOOK_AT:
            said, tone = msg("Synchronised {last}; something has to be looked at", last=last), _TO_LOOK_AT[status.code]
        elif status.state == "failed":
            said, tone = msg("Failing since {since}; last synchronised {last}", since=since, last=last), "bad"
        elif status.state == "waiting" and not status.waiting:
            said = nmsg(
                "{n} photo or signature waits to be sent; all records are synchronised as of {last}",
                "{n} photos or signatures wait to be sent; all records are synchronised as of {last}",
                status.attachments,
                last=last,
            )
            tone = "warn"
        elif status.state == "waiting":
            said = nmsg(
                "{n} record waits to be sent; last synchronised {last}",
                "{n} records wait to be sent; last synchronised {last}",
                status.waiting,
                last=last,
            )
            tone = "warn"
        else:
            said, tone = msg("Everything is synchronised as of {last}", last=last), "good"
        return said, tone

    def _when(self, moment: datetime) -> datetime | Message:
        """The time of day, with the day when it is another."""
        clock = self._seat.clock
        shown = moment + clock.shift
        day = shown.astimezone(clock.zone).date()
        return shown if day == clock.today() else msg("{day}, {time}", day=day, time=shown)

    def lists(self) -> SyncLists:
        """What waits, what was refused, what others decided, and the log."""
        me = self._seat.person.id
        with self._seat.store.read() as conn:
            count = outbox.waiting(conn)
            waiting = unsettled.waiting(conn, MOST_WAITING)
            refused = unsettled.refused(conn, MOST_REFUSED)
            photos = attachments.refused(conn)[:MOST_REFUSED]
            decided = unsettled.decided_by_others(conn, me, MOST_DECIDED)
            lines = sync_log.newest(conn, MOST_LINES)
            people = queries.people(conn)
        shift, masks = self._seat.clock.shift, self._seat.masks
        return SyncLists(
            waiting=tuple(_record(one, masks) for one in waiting),
            waiting_more=count - len(waiting),
            refused=(*(_record(one, masks) for one in refused), *(_photo(*one, masks) for one in photos)),
            decided=tuple(_decided(one, people, me, masks) for one in decided),
            log=tuple(_log_row(line, shift) for line in lines),
        )

    def retry(self, ids: Collection[str]) -> Changes:
        """Let refused records and photos wait again; they go with the next synchronisation."""
        with self._seat.store.write() as conn:
            again = outbox.retry_refused(conn, ids)
            for one in ids:
                case_id, _, sha256 = one.partition("/")
                if sha256:
                    attachments.wait_again(conn, case_id, [sha256])
                    again += 1
        return Changes(frozenset({"sync"})) if again else Changes()


def _record(one: OfCase, masks: Masks) -> RecordRow:
    event = one.event
    return RecordRow(
        id=event.id,
        case_id=event.case_id,
        at=event.corrected_at,
        number=one.number,
        name=masks.name(one.name),
        kind=_kind(event),
        reason=EVENTS.get(one.refused, _UNKNOWN) if one.refused else None,
        advice=REFUSAL_ADVICE.get(one.refused, _TO_LEAD) if one.refused else None,
    )


def _photo(one: Attachment, number: str, name: str, masks: Masks) -> RecordRow:
    """A photo or a signature that the centre would not take, named by its case and its hash."""
    reason = one.refused or ""
    return RecordRow(
        id=f"{one.case_id}/{one.sha256}",
        case_id=one.case_id,
        at=datetime.fromisoformat(one.at),
        number=number,
        name=masks.name(name),
        kind=msg("Signature") if one.kind == "signature" else msg("Photo"),
        reason=ATTACHMENTS.get(reason) or SQLSTATES.get(reason, _UNKNOWN),
        advice=_SPOILT if reason == "damaged" else REFUSAL_ADVICE.get(reason, _TO_LEAD),
    )


def _kind(event: Event) -> Message:
    """What it is, without what it says."""
    if event.kind == "contact":
        channel, outcome = Label("channel", event.channel or ""), Label("outcome", event.outcome or "")
        return msg("{channel} · {outcome}", channel=channel, outcome=outcome)
    return KINDS.get(event.kind, msg("An entry of a newer version ({kind})", kind=event.kind))


def _decided(one: OfCase, people: Mapping[str, str], me: str, masks: Masks) -> DecidedRow:
    """Who decided what; the reason is the decider's own words."""
    event = one.event
    body = decode_body(event.kind, event.body)
    who = people.get(event.author, msg("The centre"))
    text, reason = msg("{who}: an entry of a newer version ({kind})", who=who, kind=event.kind), ""
    if isinstance(body, Reassigned):
        before, after = body.from_person, body.to_person
        reason = body.reason
        names = {"who": who, "number": one.number}
        if after == me and before is None:
            text = msg("{who} gave you case {number}", **names)
        elif after == me:
            text = msg("{who} gave you case {number}, from {before}", before=_name(people, before), **names)
        elif after is None:
            text = msg("{who} gave case {number} of {before} back to the team", before=_name(people, before), **names)
        elif before is None:
            text = msg("{who} gave case {number} to {after}", after=_name(people, after), **names)
        else:
            text = msg(
                "{who} moved case {number} from {before} to {after}",
                before=_name(people, before),
                after=_name(people, after),
                **names,
            )
    elif isinstance(body, PlanDecided):
        reason = body.reason
        told = {"approved": _APPROVED, "rejected": _REJECTED}.get(body.decision, _DECIDED)
        decision = Label("plan_decision", body.decision)
        text = msg(told.text, who=who, number=one.number, decision=decision)
    return DecidedRow(event.case_id, event.corrected_at, text, masks.name(one.name), masks.text(reason))


def _name(people: Mapping[str, str], person: str | None) -> str:
    return people.get(person or "", "—")


def _log_row(line: LogLine, shift: timedelta) -> SyncLogRow:
    result: Message
    tone: Tone = "good"
    if line.problem is not None:
        result = RESULTS.get(line.problem, msg("Failed ({code})", code=line.problem))
        tone = "neutral" if line.problem == "cancelled" else "bad"
    elif line.refused:
        result = nmsg("{n} record refused", "{n} records refused", line.refused)
        tone = "bad"
    elif line.moved:
        result = msg("Exchanged")
    else:
        result, tone = msg("Nothing new"), "neutral"
    return SyncLogRow(
        began=line.began_at + shift,
        ended=line.ended_at + shift,
        result=result,
        tone=tone,
        sent=line.pushed,
        received=line.pulled,
        cases_in=line.granted,
        cases_out=line.revoked,
        seconds=(line.ended_at - line.began_at).total_seconds() if line.moved else None,
    )
