"""What the demonstration's past has in writing: reminders that can be printed again, and plans that were agreed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from letters.render import render
from workstation.desk.demo.book import Rows
from workstation.domain.calendar import next_business_day
from workstation.domain.events import Letter, NextAction, PlanProposed
from workstation.domain.field_day import FOR_VISITS
from workstation.domain.money import COMPONENTS, to_text
from workstation.domain.plan_form import run_plan

CURRENCY, JURISDICTION, LANGUAGE = "CNY", "zh-CN", "zh_CN"
PAY_BY = timedelta(days=10)
PLAN_PARTS = 12


@dataclass(slots=True)
class Account:
    """One account with the components of its newest balance, minor units."""

    tail: str
    first_unpaid: date | None
    parts: tuple[int, ...] = ()


@dataclass(slots=True)
class CaseFacts:
    """What a letter and a plan say about a case."""

    number: str = ""
    name: str = ""
    sex: str | None = None
    address: str = ""
    bank: str = ""
    contact: Mapping[str, str] = field(default_factory=dict)
    accounts: list[Account] = field(default_factory=list)

    @property
    def parts(self) -> tuple[int, ...]:
        return tuple(sum(column) for column in zip(*(account.parts for account in self.accounts), strict=True))

    @property
    def owed(self) -> int:
        return sum(self.parts)

    def days_past_due(self, day: date) -> int:
        return max((max(0, (day - row.first_unpaid).days) for row in self.accounts if row.first_unpaid), default=0)


def facts_of(rows: Rows) -> dict[str, CaseFacts]:
    """By case id, from the rows of a book."""
    facts: dict[str, CaseFacts] = defaultdict(CaseFacts)
    books = {row[0]: row for row in rows["book"]}
    for row in rows["cases"]:
        book = books[row[1]]
        contact = json.loads(book[8]) if isinstance(book[8], str) else book[8]
        facts[row[0]] = CaseFacts(number=row[2], bank=book[1], contact=contact)
    for row in rows["debtor"]:
        facts[row[1]].name, facts[row[1]].sex = row[3], row[4]
    for row in rows["contact_point"]:
        if row[3] == "address" and row[2] is None:
            facts[row[1]].address = row[5]
    newest: dict[str, tuple[Any, ...]] = {}
    for row in rows["balance_snapshot"]:
        if row[2] not in newest or row[3] > newest[row[2]][3]:
            newest[row[2]] = row
    for row in rows["account"]:
        if row[0] in newest:
            facts[row[1]].accounts.append(Account(row[2][-4:], row[6], newest[row[0]][4:9]))
    return facts


def reminder(case: CaseFacts, day: date) -> Letter:
    """The reminder as it was printed on `day`; its context makes the same bytes again."""
    context: dict[str, object] = {
        "template": "reminder",
        "language": LANGUAGE,
        "jurisdiction": JURISDICTION,
        "date": day.isoformat(),
        "pay_by": next_business_day(day + PAY_BY).isoformat(),
        "currency": CURRENCY,
        "case_number": case.number,
        "debtor": {"name": case.name, "address": case.address, "sex": case.sex or ""},
        "bank": {"name": case.bank, **{key: text for key, text in case.contact.items() if key not in FOR_VISITS}},
        "accounts": [
            {
                "card_tail": account.tail,
                "balance": _texts(account.parts),
                **({"first_unpaid_due": account.first_unpaid.isoformat()} if account.first_unpaid else {}),
            }
            for account in case.accounts
        ],
    }
    made = render(context)
    return Letter(
        template=made.template,
        version=made.version,
        language=made.language,
        sha256=made.sha256,
        pages=made.pages,
        context=context,
        next_action=NextAction(action="check_payment", due=next_business_day(day + PAY_BY)),
    )


def agreed_plan(
    case: CaseFacts, day: date, first_due: date, parts: int = PLAN_PARTS, circumstances: str = ""
) -> PlanProposed:
    """Interest-free parts, proposed on `day`."""
    request: dict[str, object] = {
        "as_of": day.isoformat(),
        "jurisdiction": JURISDICTION,
        "currency": CURRENCY,
        "days_past_due": case.days_past_due(day),
        "balance": _texts(case.parts),
        "method": "interest_free",
        "instalments": parts,
        "first_due": first_due.isoformat(),
        "discount_rate": "0.06",
    }
    result = run_plan(request)
    return PlanProposed(
        request=request,
        result=result,
        needs_approval=(waits := bool(result["approval"]["needed"])),
        circumstances=circumstances,
        next_action=NextAction(action="await_approval" if waits else "propose_plan", due=day + timedelta(days=1)),
    )


def _texts(parts: tuple[int, ...]) -> dict[str, str]:
    return {name: to_text(part, CURRENCY) for name, part in zip(COMPONENTS, parts, strict=True)}
