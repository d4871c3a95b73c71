"""A book of made-up accounts in the shape of the UCI credit-card data: stages, six bills, payments."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from workstation.desk.demo.identities import Identity, identity
from workstation.domain.due_dates import same_day_later
from workstation.domain.ids import bank_id

Rows = dict[str, list[tuple[Any, ...]]]

BANK = "示例银行"
CONTACT = {
    "department": "信用卡中心",
    "address": "杭州市上城区示例路1号",
    "postcode": "310000",
    "phone": "95000",
    "hours": "周一至周日 8:00–20:00",
    "website": "www.example.com",
    "complaint_phone": "95000 转 9",
    "payee": "示例银行信用卡中心",
    "payment_bank": "示例银行营业部",
    "payment_account": "6200 0000 0000 0000",
}
MONTHS = 6
# Of those past due, as in the UCI file: two months are the most frequent, eight the rarest.
_MONTHS_PAST_DUE = (1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8)


@dataclass(frozen=True, slots=True)
class AccountSeed:
    """One account as a bank's file tells it, amounts in minor units, newest month first."""

    number: int
    limit: int
    months: tuple[int, ...]  # past due
    bills: tuple[int, ...]
    paid: tuple[int, ...]
    sex: str | None = None
    age: int | None = None


def demo_book(cases: int, *, as_of: date, team_id: str | None, collectors: Sequence[str], seed: int = 1) -> Rows:
    """Rows by table for `central.loading.load`: `cases` overdue cases, dealt out to the collectors in turn."""
    pick = random.Random(seed)  # noqa: S311
    return book_rows(
        (_made_up(number, pick) for number in range(1, cases + 1)),
        as_of=as_of,
        team_id=team_id,
        collectors=collectors,
        name="演示案件批次",
    )


def book_rows(
    seeds: Iterable[AccountSeed], *, as_of: date, team_id: str | None, collectors: Sequence[str], name: str
) -> Rows:
    """Master data of a book. A case that is not past due has no assignee."""
    rows: Rows = defaultdict(list)
    book = bank_id(BANK, name)
    statement = same_day_later(as_of.replace(day=1), -1, 20)
    rows["book"].append(
        (book, BANK, name, "CNY", "zh-CN", statement, "0.0005", False, json.dumps(CONTACT, ensure_ascii=False))
    )
    dealt = 0
    for seed in seeds:
        assignee = None
        if _overdue(seed) and collectors:
            assignee = collectors[dealt % len(collectors)]
            dealt += 1
        _case(rows, seed, book, as_of, statement, assignee, team_id if assignee else None)
    return rows


def _case(
    rows: Rows, seed: AccountSeed, book: str, as_of: date, statement: date, assignee: str | None, team: str | None
) -> None:
    key = (BANK, str(seed.number))
    person = identity(seed.number, as_of=as_of, sex=seed.sex, age=seed.age)
    case, account = bank_id(*key, "case"), bank_id(*key, "account")
    months = seed.months[0]
    days = 0 if not _overdue(seed) else (min(months, 8) - 1) * 30 + 3 + seed.number * 7 % 27
    first_unpaid = as_of - timedelta(days=days) if days else None
    opened = (first_unpaid or statement) + timedelta(days=2)
    rows["cases"].append((case, book, f"C{seed.number:07}", min(opened, as_of), None, assignee, team, 1))
    rows["debtor"].append(
        (
            bank_id(*key, "debtor"),
            case,
            f"R{seed.number:07}",
            person.name,
            person.sex,
            person.birth,
            person.id_number,
            "zh_CN",
            person.city,
            person.employer,
        )
    )
    rows["account"].append(
        (account, case, person.card, seed.limit, as_of - timedelta(days=900 + seed.number % 2000), 20, first_unpaid)
    )
    for back in range(MONTHS):
        day = same_day_later(statement, -back, 20)
        parts = components(seed.bills[back], max(0, seed.months[back]))
        rows["balance_snapshot"].append(
            (bank_id(*key, "bill", str(back)), case, account, day, *parts, max(0, seed.months[back]))
        )
        if seed.paid[back] > 0:
            rows["payment"].append(
                (
                    bank_id(*key, "paid", str(back)),
                    case,
                    account,
                    day - timedelta(days=seed.number % 15 + 1),
                    seed.paid[back],
                    "transfer",
                    f"P{seed.number:07}-{back}",
                    None,
                )
            )
    _contacts(rows, key, case, person)


def _overdue(seed: AccountSeed) -> bool:
    """Months past due with nothing owed, as some real accounts have, is nothing to collect."""
    return seed.months[0] > 0 and seed.bills[0] > 0


def components(bill: int, months: int) -> tuple[int, int, int, int, int]:
    """A bill split to the cent: 1.5 % interest and 0.5 % penalty a month past due; credit counts as nothing."""
    owed = max(0, bill)
    interest = owed * 15 * min(months, 8) // 1000
    penalty = owed * 5 * min(months, 8) // 1000
    return owed - interest - penalty, interest, penalty, 0, 0


def _contacts(rows: Rows, key: tuple[str, str], case: str, person: Identity) -> None:
    relative = bank_id(*key, "relative")
    relation = "guarantor" if person.relative_liable else person.relation
    rows["related_person"].append((relative, case, person.relative, relation, person.relative_liable))
    zone = "Asia/Shanghai"
    for rank, (name, of, kind, label, value, where) in enumerate(
        (
            ("mobile", None, "phone", "mobile", person.phone, (None, None)),
            ("work", None, "phone", "work", person.work_phone, (None, None)),
            ("home", None, "address", "home", person.address, (person.latitude, person.longitude)),
            ("mail", None, "email", "home", person.email, (None, None)),
            ("relative-mobile", relative, "phone", "mobile", person.relative_phone, (None, None)),
        )
    ):
        rows["contact_point"].append(
            (bank_id(*key, name), case, of, kind, label, value, zone, *where, "contract", rank)
        )


def _made_up(number: int, pick: random.Random) -> AccountSeed:
    months = pick.choice(_MONTHS_PAST_DUE)
    limit = pick.choice((20_000, 30_000, 50_000, 80_000, 120_000, 200_000)) * 100
    owed = round(limit * pick.uniform(0.25, 1.02)) + pick.randrange(100)
    series = tuple(max(0, months - back) for back in range(MONTHS))
    bills = tuple(max(0, round(owed * (1 - 0.04 * back))) for back in range(MONTHS))
    paid = tuple(
        0 if late > 0 and pick.random() < 0.8 else round(bill * pick.uniform(0.02, 0.08) / 100) * 100
        for late, bill in zip(series, bills, strict=True)
    )
    return AccountSeed(number, limit, series, bills, paid)
