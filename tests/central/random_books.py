"""Random books of all that indicators count: contacts, promises, plans, corrections, payments, reversals."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from workstation.domain.case_state import fold
from workstation.domain.events import (
    KINDS,
    Body,
    Complaint,
    Contact,
    Correction,
    Event,
    Note,
    PlanDecided,
    PlanDue,
    PlanProposed,
    Promise,
    encode_body,
    sealed,
)
from workstation.domain.indicator_case import CaseRecords, Figures
from workstation.domain.outcomes import TABLE
from workstation.domain.promise import Payment
from workstation.domain.rulepack import load
from workstation.domain.vocabulary import IDENTITY_CHECKS

START = date(2026, 3, 1)
SPAN = 270  # days of the book's life
TERMS = (("zh-CN", "CNY"), ("en-US", "USD"), ("zh-CN", "JPY"), ("en-GB", "GBP"))
ZONES = ("Asia/Shanghai", "Asia/Urumqi", "America/New_York", "Pacific/Auckland")
OUTCOMES = (*TABLE, "something_new")


@dataclass
class RandomCase:
    """A case as it was made; `records` is what the domain counts."""

    id: str
    holder: str | None
    opened_on: date
    closed_on: date | None
    jurisdiction: str
    currency: str
    zone: str
    accounts: list[tuple[str, date | None]]
    figures: list[tuple[str, str, date, int, int]] = field(default_factory=list)  # id, account, as of, total, months
    payments: list[Payment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def records(self) -> CaseRecords:
        pack = load(self.jurisdiction)
        return CaseRecords(
            id=self.id,
            opened_on=self.opened_on,
            closed_on=self.closed_on,
            first_unpaid=dict(self.accounts),
            figures=[Figures(account, as_of, total, months) for _, account, as_of, total, months in self.figures],
            payments=self.payments,
            events=self.events,
            grace_days=pack.grace_days,
            tolerance=pack.tolerance(self.currency),
            state=fold(self.events, ZoneInfo(self.zone)),
        )


class RandomBook:
    """`people` are those who work on it; `devices` theirs."""

    def __init__(self, random: Random, people: list[str], devices: list[str], cases: int) -> None:
        self.random, self.people, self.devices = random, people, devices
        self.jurisdiction, self.currency = random.choice(TERMS)
        self.id = self._id()
        self.cases = [self._case() for _ in range(cases)]

    def _id(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def _day(self, least: int = 0, most: int = SPAN) -> date:
        return START + timedelta(days=self.random.randint(least, most))

    def _amount(self) -> int:
        return self.random.choice((100, 1_000, 5_000, 10_000, 10_001, 99_999, 250_000))

    def _case(self) -> RandomCase:
        pick = self.random
        opened = self._day(0, 200)
        case = RandomCase(
            id=self._id(),
            holder=pick.choice([*self.people, None]),
            opened_on=opened,
            closed_on=pick.choice([None, None, opened + timedelta(days=pick.randint(0, 120))]),
            jurisdiction=self.jurisdiction,
            currency=self.currency,
            zone=pick.choice(ZONES),
            accounts=[(self._id(), pick.choice([None, self._day(-60, 200)])) for _ in range(pick.randint(1, 3))],
        )
        for account, _ in case.accounts:
            for as_of in sorted({self._day(-40) for _ in range(pick.randint(0, 4))}):
                case.figures.append((self._id(), account, as_of, self._amount(), pick.randint(0, 9)))
        for _ in range(pick.randint(0, 7)):
            self._pay(case)
        for _ in range(pick.randint(0, 25)):
            self._event(case)
        return case

    def _pay(self, case: RandomCase) -> None:
        pick = self.random
        account = pick.choice(case.accounts)[0]
        if case.payments and pick.random() < 0.3:
            named = pick.choice(case.payments)
            reverses = pick.choice([named.id, None])
            day = named.value_date + timedelta(days=pick.randint(-2, 30))
            amount = pick.choice([-abs(named.amount), -self._amount()])
            case.payments.append(Payment(self._id(), day, amount, named.account, reverses))
        else:
            case.payments.append(Payment(self._id(), self._day(0, SPAN + 40), self._amount(), account))

    # ---- events ----

    def _event(self, case: RandomCase) -> None:
        kinds = (self._contact, self._contact, self._contact, self._promise, self._promise, self._plan, self._decision)
        self.random.choice((*kinds, self._decision, self._complaint, self._correction, self._other))(case)

    def add(self, case: RandomCase, body: Body, **columns: Any) -> Event:
        pick = self.random
        at = datetime.combine(self._day(), datetime.min.time(), UTC) + timedelta(minutes=pick.randrange(24 * 60))
        place = pick.randrange(len(self.people))
        values: dict[str, Any] = {
            "id": self._id(),
            "case_id": case.id,
            "kind": KINDS[type(body)],
            "occurred_at": at,
            "author": self.people[place],
            "device": self.devices[place],
            "body": encode_body(body),
            "offset_ms": pick.choice([0, 0, 0, 7_200_000, -7_200_000, 86_400_000]),
            **columns,
        }
        event = sealed(Event(**values), "")
        case.events.append(event)
        return event

    def _contact(self, case: RandomCase) -> None:
        pick = self.random
        body = Contact(
            direction=pick.choice(["out", "out", "in"]),
            party=pick.choice(["debtor", "debtor", "unknown", "related"]),
            identity=tuple(pick.sample(IDENTITY_CHECKS, pick.randint(0, 3))),
            same_call=pick.choice(["", "", "", "before"]),
            after_seconds=pick.choice([None, 0, 30, 75]),
            satisfaction=pick.choice([None, None, 1, 5]),
            recording=pick.choice(["", "R-1"]),
            verdict=pick.choice([None, "allow", "warn", "block"]),
            override_reason=pick.choice(["", "asked for it"]),
            tested=pick.choice(["", "", "sms-first:A", "sms-first:B", "早:A"]),
        )
        self.add(
            case,
            body,
            channel=pick.choice(["call", "call", "visit", "sms", None]),
            outcome=pick.choice([*OUTCOMES, None]),
            duration=pick.choice([None, 0, 45, 600]),
        )

    def _promise(self, case: RandomCase) -> None:
        pick = self.random
        made = [event for event in case.events if event.kind == "promise"]
        account = pick.choice([None, None, pick.choice(case.accounts)[0]])
        if made and pick.random() < 0.2:  # the same noted at another seat
            twin = pick.choice(made)
            self.add(case, Promise(currency=self.currency), amount=twin.amount, due_on=twin.due_on,
                     occurred_at=twin.occurred_at + timedelta(minutes=3), offset_ms=twin.offset_ms)  # fmt: skip
            return
        self.add(
            case,
            Promise(currency=self.currency, account=account),
            amount=pick.choice([self._amount(), self._amount(), 0, None]),
            due_on=pick.choice([self._day(), self._day(), None]),
            answers=pick.choice(made).id if made and pick.random() < 0.4 else None,
        )

    def _plan(self, case: RandomCase) -> None:
        pick = self.random
        made = [event.id for event in case.events if event.kind == "plan_proposed"]
        first = self._day()
        whole = self.currency == "JPY"
        rows: list[object] = [
            {
                "due": (first + timedelta(days=30 * n)).isoformat(),
                "amount": "100" if whole else f"{pick.randint(1, 300)}.50",
            }
            for n in range(pick.randint(0, 5))
        ]
        if pick.random() < 0.1:
            rows.append({"due": "2026-02-30", "amount": "1"})
            rows.append({"due": first.isoformat(), "amount": "1.12345"})
        result: dict[str, object] = {"schedule": rows}
        if pick.random() < 0.4:
            result["down_payment"] = {"due": (first - timedelta(days=9)).isoformat(), "amount": "50"}
        body = PlanProposed(
            request={"currency": self.currency, "method": pick.choice(["settlement", "interest_free"])},
            result=result,
            needs_approval=pick.random() < 0.3,
            replaces=pick.choice(made) if made and pick.random() < 0.5 else "",
        )
        self.add(case, body)

    def _decision(self, case: RandomCase) -> None:
        pick = self.random
        made = [event for event in case.events if event.kind == "plan_proposed"]
        if not made:
            self._plan(case)
            return
        plan = pick.choice(made)
        decision = pick.choice(
            ["approved", "rejected", "agreed", "agreed", "agreed", "active", "breached", "re_aged", "terminated",
             "completed", "cancelled"]
        )  # fmt: skip
        many = pick.randint(0, 5) if decision == "re_aged" else 0
        instalments = tuple(PlanDue(due=self._day(), amount=pick.randint(1, 30_000)) for _ in range(many))
        body = PlanDecided(decision=decision, round=pick.choice([0, 0, 1]), instalments=instalments)  # type: ignore[arg-type]
        later = plan.occurred_at + timedelta(days=pick.randint(-1, 60))
        self.add(case, body, answers=plan.id, occurred_at=pick.choice([later, later, plan.occurred_at]))

    def _complaint(self, case: RandomCase) -> None:
        self.add(case, Complaint(state=self.random.choice(["open", "open", "answered"])))

    def _correction(self, case: RandomCase) -> None:
        if case.events:
            self.add(case, Correction(what="undo"), answers=self.random.choice(case.events).id)

    def _other(self, case: RandomCase) -> None:
        self.add(case, Note(text="好"))

    # ---- as rows of the central database ----

    def master(self) -> dict[str, list[tuple[Any, ...]]]:
        rows: dict[str, list[tuple[Any, ...]]] = {
            "book": [(self.id, "示例银行", "2026", self.currency, self.jurisdiction, START, "0.0005", False, "{}")],
            "cases": [],
            "debtor": [],
            "account": [],
            "balance_snapshot": [],
            "contact_point": [],
        }
        for case in self.cases:
            rows["cases"].append(
                (case.id, self.id, f"C{case.id[:13]}", case.opened_on, case.closed_on, case.holder, None, 1)
            )
            rows["debtor"].append((self._id(), case.id, case.id[:8], "张三", None, None, None, "zh_CN", None, None))
            for account, due in case.accounts:
                rows["account"].append((account, case.id, account, None, None, None, due))
            for snapshot, account, as_of, total, months in case.figures:
                rows["balance_snapshot"].append((snapshot, case.id, account, as_of, total, 0, 0, 0, 0, months))
            rows["contact_point"].append(
                (self._id(), case.id, None, "phone", "mobile", "13800000000", case.zone, None, None, "contract", 0)
            )
        return rows

    def payments(self) -> list[tuple[Any, ...]]:
        return [
            (row.id, case.id, row.account, row.value_date, row.amount, None, row.id, row.reverses)
            for case in self.cases
            for row in case.payments
        ]
