"""What a case is to be reminded of and whether it was already: the house's rules read against one case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from local_db.queries import CaseFile
from workstation.desk import standing
from workstation.desk.seat import zone
from workstation.domain import reminding
from workstation.domain.case_values import number_of
from workstation.domain.events import Event, TextMessage, decode_body
from workstation.domain.message import Message, Money, msg
from workstation.domain.reminding import Remind, RemindersError, Reminding
from workstation.settings import home

OVERTAKEN = "overtaken"  # the reason of the correction; the history says it in the reader's language


@dataclass(frozen=True, slots=True)
class Wanted:
    """What falls due next on a case, and the rule that reminds of it."""

    rule: Remind
    answers: str
    said: str  # for the body
    since: date  # made or agreed
    due: date
    amount: Money


def house() -> tuple[Reminding, Message | None]:
    """The house's rules, else the shipped ones. A file that cannot be used switches reminders off and says why."""
    path = home() / "messages" / reminding.FILE
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return reminding.shipped(), None
    except OSError as error:
        return reminding.OFF, _unreadable(path, error.strerror)
    return _house(path, changed)


@lru_cache(maxsize=4)
def _house(path: Path, _changed: int) -> tuple[Reminding, Message | None]:
    try:
        return reminding.read(path.read_text(encoding="utf-8"), path.name), None
    except RemindersError as error:
        return reminding.OFF, error.message
    except UnicodeDecodeError:
        return reminding.OFF, _unreadable(path, "UTF-8")
    except OSError as error:
        return reminding.OFF, _unreadable(path, error.strerror)


def _unreadable(path: Path, why: str | None) -> Message:
    return msg("The house's rules of reminding, {file}, cannot be read ({why}).", file=path.name, why=why or "?")


def wanted_of(file: CaseFile, rules: Reminding, today: date, *, timely: bool = True) -> Wanted | None:
    """The open promise that falls due first, or under a plan its next instalment, when it is time to remind of it."""
    judgement, currency, plan = standing.judgement(file, today), file.book.currency, file.state.plan
    rule = rules.rule("instalment" if file.state.plan_in_force else "promise")
    if rule is None:
        return None
    found: Wanted | None = None
    if file.state.plan_in_force and plan is not None:
        row = next((row for row in judgement.instalments if row.promise.due >= today), None)
        if row is not None and row.status == "open":
            answers = reminding.instalment_id(plan.id, number_of(row))
            since, due = row.promise.made_on, row.promise.due
            found = Wanted(rule, answers, row.promise.id, since, due, Money(row.missing, currency))
    elif judgement.open is not None:
        row = judgement.open
        made = row.promise
        found = Wanted(rule, made.id, made.id, made.made_on, made.due, Money(row.missing, currency))
    if found is None or (timely and not rule.timely(found.due, today, file.book.jurisdiction)):
        return None
    return found


def already(file: CaseFile, wanted: Wanted) -> Message | None:
    """Was it reminded of, by anybody? A reminder taken back was decided against: it does not come again by itself."""
    for event in file.events:
        if event.kind != "message":
            continue
        day = event.corrected_at.astimezone(zone(file.zone)).date()
        aside = event.id in file.state.set_aside
        if event.answers == wanted.answers:
            return (
                msg("The reminder was taken back. Write one by hand if it is wanted.")
                if aside
                else msg("A reminder was queued on {day}.", day=day)
            )
        if aside or event.answers is not None:
            continue
        body = decode_body(event.kind, event.body)
        if isinstance(body, TextMessage) and body.template == wanted.rule.template and day >= wanted.since:
            return msg("A reminder was written by hand on {day}.", day=day)
    return None


def overtaken_in(file: CaseFile, today: date) -> list[Event]:
    """Reminders that may not have left yet, of what is kept, replaced, taken back, broken, or due by now."""
    judgement, plan = standing.judgement(file, today), file.state.plan
    still = {row.promise.id for row in judgement.promises if row.status == "open" and row.promise.due >= today}
    if file.state.plan_in_force and plan is not None:
        still = {
            reminding.instalment_id(plan.id, number_of(row))
            for row in judgement.instalments
            if row.status == "open" and row.promise.due >= today
        }
    if file.state.dispute_open or file.state.ceased:
        still = set()
    return [event for event, _ in waiting_in(file) if event.answers not in still]


def waiting_in(file: CaseFile) -> list[tuple[Event, str]]:
    """Reminders, with their text, that were not taken back and of which nobody has said yet what became of them."""
    done = {*file.state.set_aside, *left(file)}
    waiting = []
    for event in file.events:
        if event.kind == "message" and event.answers is not None and event.id not in done:
            body = decode_body(event.kind, event.body)
            waiting.append((event, body.text if isinstance(body, TextMessage) else ""))
    return waiting


def left(file: CaseFile) -> set[str | None]:
    return {event.answers for event in file.events if event.kind == "message_result"}
