"""A believable past for the demonstration's cases: calls, promises, disputes and notes, sealed as the seats would."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import psycopg

from workstation.central.loading import load
from workstation.desk.demo.book import Rows
from workstation.desk.demo.papers import CaseFacts, agreed_plan, facts_of, reminder
from workstation.domain.events import (
    FIRST_HASH,
    KINDS,
    Body,
    Complaint,
    Contact,
    Dispute,
    Event,
    Hardship,
    NextAction,
    Note,
    PlanDecided,
    Promise,
    TextMessage,
    encode_body,
    in_order,
    sealed,
)
from workstation.domain.ids import bank_id, uuid7
from workstation.domain.money import to_minor
from workstation.tables import case_event

ZONE = ZoneInfo("Asia/Shanghai")
PACK = "zh-CN@2026-01-30"
STORIES = 16  # kinds of past, dealt out to each collector's cases in turn
_LEAST_PLAN = 120_000  # minor units; less is not worth twelve parts
NOTES = (
    "本人称近期收入减少，愿意分期处理。",
    "家属住院，资金紧张，约定月底前再联系。",
    "对违约金有疑问，已说明计算方式。",
    "换了新工作，下月起有稳定收入。",
    "表示会先还一部分，余款希望协商。",
    "态度配合，要求发送账单明细。",
)
CIRCUMSTANCES = "原单位裁员，新工作月收入约 4,500 元，需赡养父母；愿意长期小额偿还。"
BREACH = "首期到期后未还，短信提醒后仍未还款。"
LONG_PLAN = 48  # parts: more than a collector may agree to alone
COMPLAINT = "投诉上周来电过于频繁，要求书面答复。"
REASONS = ("income_reduced", "income_lost", "illness", "overspending", "family_change", "other_debts")


@dataclass(slots=True)
class _Story:
    """One case's past while it is being told."""

    case_id: str
    author: str
    phone: str
    pick: random.Random
    as_of: date
    events: list[Event] = field(default_factory=list)

    def at(self, days_ago: int, hour: int | None = None) -> datetime:
        clock = time(hour if hour is not None else self.pick.randint(9, 19), self.pick.randint(0, 59))
        return datetime.combine(self.as_of - timedelta(days=days_ago), clock, ZONE).astimezone(UTC)

    def tell(self, moment: datetime, body: Body, **columns: Any) -> str:
        event = Event(
            id=uuid7(int(moment.timestamp() * 1000), self.pick.randbytes(10)),
            case_id=self.case_id,
            kind=KINDS[type(body)],
            occurred_at=moment,
            author=self.author,
            device="",
            body=encode_body(body),
            **columns,
        )
        self.events.append(event)
        return event.id

    def call(self, days_ago: int, outcome: str, next_action: NextAction | None = None, **body: Any) -> datetime:
        moment = self.at(days_ago)
        answered = outcome not in {"no_answer", "busy", "switched_off"}
        self.tell(
            moment,
            Contact(
                party="debtor" if answered else "unknown",
                identity=("full_name", "card_tail") if answered else (),
                ring_seconds=None if answered else self.pick.randint(12, 40),
                verdict="allow",
                next_action=next_action,
                **body,
            ),
            channel="call",
            outcome=outcome,
            contact_point=self.phone,
            duration=self.pick.randint(60, 420) if answered else None,
            pack=PACK,
        )
        return moment

    def due(self, days: int) -> date:
        return self.as_of + timedelta(days=days)

    def promise(self, days_ago: int, due: date, amount: int) -> None:
        check = NextAction(action="check_payment", due=due)
        moment = self.call(
            days_ago,
            "promise_to_pay",
            check,
            reason=self.pick.choice(REASONS),
            ability=self.pick.randint(2, 4),
            willingness=self.pick.randint(3, 5),
            note=self.pick.choice(NOTES),
        )
        body = Promise(currency="CNY", method="online_banking", next_action=check)
        self.tell(moment + timedelta(seconds=1), body, amount=amount, due_on=due)


def demo_events(rows: Rows, *, as_of: date, devices: Mapping[str, str], seed: int = 1) -> list[Event]:
    """Sealed events for the assigned cases of `rows`, ending before `as_of`. `devices`: person id → device id.

    Stories are dealt out so that every filter of a collector's queue has cases: promises due today, tomorrow and
    broken, callbacks, disputes, complaints, a plan in force, visits, hardship, and cases nobody has contacted yet.
    """
    phones = {row[1]: row[0] for row in rows["contact_point"] if row[3] == "phone" and row[2] is None and row[10] == 0}
    facts = facts_of(rows)
    told: list[Event] = []
    count: dict[str, int] = {}
    plans = 0
    for row in rows["cases"]:
        case_id, assignee = row[0], row[5]
        if assignee is None or assignee not in devices:
            continue
        count[assignee] = place = count.get(assignee, -1) + 1
        story = _Story(case_id, assignee, phones[case_id], random.Random(f"{seed}/{row[2]}"), as_of)  # noqa: S311
        kind = place % STORIES
        _tell(story, kind, facts[case_id], plans)
        plans += kind == 14 and facts[case_id].owed >= _LEAST_PLAN
        told += story.events
    return seal(told, devices)


def seal(events: Sequence[Event], devices: Mapping[str, str]) -> list[Event]:
    """Put each event on its author's device and link every device's chain in the order of time."""
    heads: dict[str, str] = {}
    done = []
    for event in in_order(events):
        device = devices[event.author]
        linked = sealed(msgspec.structs.replace(event, device=device), heads.get(device, FIRST_HASH))
        heads[device] = linked.hash
        done.append(linked)
    return done


def load_past(conn: psycopg.Connection[Any], rows: Rows, people: Mapping[str, str], as_of: date) -> int:
    """Write a past for the book's cases as the superuser; returns the number of events. `people`: login → id."""
    devices = {}
    for login, person in people.items():
        device = bank_id("demonstration", "device", login)
        conn.execute(
            "INSERT INTO device (id, person_id, name) VALUES (%s, %s, %s) ON CONFLICT (id) DO NOTHING",
            [device, person, "demo"],
        )
        devices[person] = device
    events = demo_events(rows, as_of=as_of, devices=devices)
    load(conn, {"case_event": [as_row(event) for event in events]})
    return len(events)


def worked_rows(conn: psycopg.Connection[Any], most: int = 2000) -> Rows:
    """What `load_past` needs of a book that is already in the centre: its assigned cases, the first `most` of them."""
    cases = conn.execute(
        "SELECT id::text, book_id::text, number, opened_on, closed_on, assignee_id::text, team_id::text, version"
        " FROM cases WHERE assignee_id IS NOT NULL ORDER BY number LIMIT %s",
        [most],
    ).fetchall()
    ids = [row[0] for row in cases]
    return {
        "book": conn.execute(
            "SELECT id::text, bank, name, currency, jurisdiction, as_of, daily_rate, compound, contact FROM book"
        ).fetchall(),
        "cases": cases,
        "debtor": conn.execute(
            "SELECT id::text, case_id::text, reference, name, sex FROM debtor WHERE case_id = ANY (%s::uuid[])", [ids]
        ).fetchall(),
        "account": conn.execute(
            "SELECT id::text, case_id::text, number, credit_limit, opened_on, statement_day, first_unpaid_due"
            " FROM account WHERE case_id = ANY (%s::uuid[])",
            [ids],
        ).fetchall(),
        "contact_point": conn.execute(
            "SELECT id::text, case_id::text, related_person_id::text, kind, label, value, time_zone, latitude,"
            " longitude, source, rank FROM contact_point WHERE case_id = ANY (%s::uuid[])",
            [ids],
        ).fetchall(),
        "balance_snapshot": conn.execute(
            "SELECT id::text, case_id::text, account_id::text, as_of, principal, interest, penalty, fees, costs,"
            " months_past_due FROM balance_snapshot WHERE case_id = ANY (%s::uuid[]) ORDER BY as_of DESC",
            [ids],
        ).fetchall(),
    }


def as_row(event: Event) -> tuple[Any, ...]:
    """In the column order of `workstation.tables`."""
    return tuple(getattr(event, column.name) for column in case_event.columns)


def many_events(case_ids: Sequence[str], total: int, *, author: str, device: str, as_of: date) -> list[Event]:
    """`total` sealed events spread over the cases: volume for measurements."""
    pick = random.Random(7)  # noqa: S311
    stories = [_Story(case_id, author, "", pick, as_of) for case_id in case_ids]
    for number in range(total):
        story = stories[number % len(stories)]
        days = 1 + (total - number) * 300 // total
        if number % 9 == 4:
            story.tell(story.at(days), Note(text=pick.choice(NOTES)))
        else:
            outcome = pick.choice(("no_answer", "no_answer", "busy", "right_party_no_commitment"))
            story.call(days, outcome, NextAction(action="call", due=as_of), note=pick.choice(NOTES))
    events = [
        event if event.contact_point else msgspec.structs.replace(event, contact_point=None)
        for story in stories
        for event in story.events
    ]
    return seal(events, {author: device})


def _tell(story: _Story, kind: int, case: CaseFacts, plans: int) -> None:
    """`plans` were told of before: of four, two are kept, one waits for a lead and one is breached."""
    pick = story.pick
    if kind in {5, 6, 13}:
        return  # nobody has contacted this one yet
    latest = 44 if kind == 14 else 12  # nobody is pressed while a plan is kept
    for days_ago in sorted((pick.randint(latest, 150) for _ in range(pick.randint(8, 22))), reverse=True):
        outcome = pick.choice(("no_answer", "no_answer", "busy", "switched_off", "right_party_no_commitment"))
        spoke = outcome == "right_party_no_commitment"
        story.call(
            days_ago,
            outcome,
            NextAction(action="call", due=story.as_of - timedelta(days=days_ago - 2)),
            note=pick.choice(NOTES) if spoke else "",
            ability=pick.randint(1, 4) if spoke else None,
            willingness=pick.randint(2, 5) if spoke else None,
        )
    if kind in {2, 8}:
        _reminded(story, case)
    if kind == 14 and case.owed >= _LEAST_PLAN:
        (_planned, _asked, _breached, _planned)[plans % 4](story, case)
    else:
        _ending(story, kind, max(50_000, case.owed * 6 // 100 // 10_000 * 10_000))


def _reminded(story: _Story, case: CaseFacts) -> None:
    moment = story.at(11, 18)
    story.tell(moment, reminder(case, moment.astimezone(ZONE).date()), channel="letter")


def _planned(story: _Story, case: CaseFacts) -> None:
    """A plan agreed three weeks ago, whose first part comes due on the day of the book."""
    talk = NextAction(action="propose_plan", due=story.due(-21))
    moment = story.call(21, "right_party_no_commitment", talk, reason="income_reduced", ability=3, willingness=5)
    body = agreed_plan(case, moment.astimezone(ZONE).date(), story.due(0))
    first = body.result["schedule"][0]  # type: ignore[index]  # JSON values of `run_plan`
    proposal = story.tell(
        moment + timedelta(minutes=4),
        body,
        amount=to_minor(first["amount"], "CNY"),
        due_on=date.fromisoformat(first["due"]),
    )
    if body.needs_approval:
        return  # it waits for the lead
    agreed = PlanDecided(
        decision="agreed", consent="signed", next_action=NextAction(action="check_payment", due=story.due(0))
    )
    story.tell(moment + timedelta(days=1), agreed, answers=proposal)


def _asked(story: _Story, case: CaseFacts) -> None:
    """A plan longer than the collector may agree to: it waits for the lead since yesterday."""
    wait = NextAction(action="await_approval", due=story.due(0))
    moment = story.call(1, "right_party_no_commitment", wait, reason="income_lost", ability=2, willingness=5)
    body = agreed_plan(case, moment.astimezone(ZONE).date(), story.due(14), LONG_PLAN, CIRCUMSTANCES)
    first = body.result["schedule"][0]  # type: ignore[index]  # JSON values of `run_plan`
    story.tell(
        moment + timedelta(minutes=6),
        body,
        amount=to_minor(first["amount"], "CNY"),
        due_on=date.fromisoformat(first["due"]),
    )


def _breached(story: _Story, case: CaseFacts) -> None:
    """A plan whose first part was missed: reminded of once, then reported to the lead yesterday."""
    talk = NextAction(action="propose_plan", due=story.due(-40))
    moment = story.call(40, "right_party_no_commitment", talk, reason="income_reduced", ability=3, willingness=4)
    body = agreed_plan(case, moment.astimezone(ZONE).date(), story.due(-14))
    proposal = story.tell(moment + timedelta(minutes=4), body, due_on=story.due(-14))
    if body.needs_approval:
        return  # it waits for the lead
    agreed = PlanDecided(
        decision="agreed", consent="signed", next_action=NextAction(action="check_payment", due=story.due(-14))
    )
    story.tell(moment + timedelta(days=1), agreed, answers=proposal)
    text = "您本月的分期款项尚未到账。如有困难请致电我们，一起商量办法。"
    message = TextMessage(text=text, language="zh_CN", purpose="service", verdict="allow")
    story.tell(story.at(9, 10), message, channel="sms", contact_point=story.phone, pack=PACK)
    wait = NextAction(action="await_approval", due=story.due(0))
    story.tell(story.at(1, 17), PlanDecided(decision="breached", reason=BREACH, next_action=wait), answers=proposal)


def _ending(story: _Story, kind: int, amount: int) -> None:
    """How the past ends, by the kind of story."""
    if kind in {0, 11}:
        story.promise(3, story.due(0), amount)
    elif kind == 1:
        story.promise(4, story.due(1), amount)
    elif kind == 2:
        story.promise(9, story.due(-4), amount)
    elif kind in {3, 4, 12}:
        clock = {3: "10:30", 4: "14:00", 12: "16:30"}[kind]
        story.call(1, "callback_requested", NextAction(action="call_back", due=story.due(0), time=clock))
    elif kind == 7:
        moment = story.call(3, "disputes_debt", NextAction(action="answer_dispute", due=story.due(4)), note=NOTES[2])
        story.tell(moment + timedelta(seconds=1), Dispute(state="open", about="penalty", text=NOTES[2]))
    elif kind == 9:
        story.call(2, "no_answer", NextAction(action="visit", due=story.due(0)))
    elif kind == 10:
        moment = story.call(5, "hardship_claimed", NextAction(action="propose_plan", due=story.due(1)), note=NOTES[1])
        story.tell(moment + timedelta(seconds=1), Hardship(state="claimed", evidence="住院证明待补"))
    elif kind == 15:
        reply = NextAction(action="answer_complaint", due=story.due(6))
        moment = story.call(2, "complaint", reply, note=COMPLAINT)
        story.tell(moment + timedelta(seconds=1), Complaint(state="open", text=COMPLAINT))
    else:
        story.call(
            4, "right_party_no_commitment", NextAction(action="call", due=story.due(0)),
            note=NOTES[story.pick.randrange(len(NOTES))], ability=2, willingness=4,
        )  # fmt: skip
