"""A book of made-up accounts in the shape of the UCI credit-card data: stages, six bills, payments."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from workstation.desk.demo.identities import Identity, card_number, identity
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
OFFICE = {"latitude": "30.2467", "longitude": "120.1699"}  # where a day of visits begins
MONTHS = 6
ZONE = "Asia/Shanghai"
# Of those past due, as in the UCI file: two months are the most frequent, eight the rarest.
_MONTHS_PAST_DUE = (1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8)
_SECOND_CARD = 800_000  # numbers from here are second accounts of made-up cases
_SECOND_EVERY = 9


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
    holder: int | None = None  # of a further account: the number of the case's first one


def demo_book(
    cases: int, *, as_of: date, team_id: str | None, collectors: Sequence[str], seed: int = 1, visiting: str = ""
) -> Rows:
    """Rows by table for `central.loading.load`: `cases` overdue cases, dealt out to the collectors in turn. Those of
    the collector `visiting` live in one city, so that a day of visits can be planned."""
    return book_rows(
        _made_up_accounts(cases, random.Random(seed)),  # noqa: S311  # made-up figures, no secrets
        as_of=as_of,
        team_id=team_id,
        collectors=collectors,
        name="演示案件批次",
        visiting=visiting,
    )


def book_rows(
    seeds: Iterable[AccountSeed],
    *,
    as_of: date,
    team_id: str | None,
    collectors: Sequence[str],
    name: str,
    visiting: str = "",
) -> Rows:
    """Master data of a book: a case for each account, or a further account of a case already seen.

    The newest statement is of the month before `as_of`. A case whose first account is not past due has no assignee.
    """
    rows: Rows = defaultdict(list)
    book = bank_id(BANK, name)
    statements = [same_day_later(as_of.replace(day=1), -1 - back, 20) for back in range(MONTHS)]
    statement = statements[0]
    rows["book"].append(
        (book, BANK, name, "CNY", "zh-CN", statement, "0.0005", False,
         json.dumps({**CONTACT, **OFFICE} if visiting else CONTACT, ensure_ascii=False))
    )  # fmt: skip
    dealt = 0
    for seed in seeds:
        if seed.holder is not None:
            _account(rows, seed, bank_id(BANK, str(seed.holder), "case"), card_number(seed.number), as_of, statements)
            continue
        assignee = None
        if _overdue(seed) and collectors:
            assignee = collectors[dealt % len(collectors)]
            dealt += 1
        key = (BANK, str(seed.number))
        case = bank_id(*key, "case")
        opened = (_first_unpaid(seed, as_of) or statement) + timedelta(days=2)
        team = team_id if assignee else None
        rows["cases"].append((case, book, f"C{seed.number:07}", min(opened, as_of), None, assignee, team, 1))
        at_home = bool(visiting) and assignee == visiting
        person = identity(seed.number, as_of=as_of, sex=seed.sex, age=seed.age, at_home=at_home)
        _debtor(rows, key, case, person)
        _account(rows, seed, case, person.card, as_of, statements)
        _contacts(rows, key, case, person)
    return rows


def _debtor(rows: Rows, key: tuple[str, str], case: str, person: Identity) -> None:
    rows["debtor"].append(
        (
            bank_id(*key, "debtor"),
            case,
            f"R{int(key[1]):07}",
            person.name,
            person.sex,
            person.birth,
            person.id_number,
            "zh_CN",
            person.city,
            person.employer,
        )
    )


def _account(rows: Rows, seed: AccountSeed, case: str, card: str, as_of: date, statements: Sequence[date]) -> None:
    number = str(seed.number)
    account = bank_id(BANK, number, "account")
    opened = as_of - timedelta(days=900 + seed.number % 2000)
    rows["account"].append((account, case, card, seed.limit, opened, 20, _first_unpaid(seed, as_of)))
    before = timedelta(days=seed.number % 15 + 1)  # paid so many days before the statement that counts it
    snapshots, payments = rows["balance_snapshot"].append, rows["payment"].append
    for back, day in enumerate(statements):
        late, place, paid = max(0, seed.months[back]), str(back), seed.paid[back]
        snapshots((bank_id(BANK, number, "bill", place), case, account, day, *components(seed.bills[back], late), late))
        if paid > 0:
            reference = f"P{seed.number:07}-{place}"
            id_ = bank_id(BANK, number, "paid", place)
            payments((id_, case, account, day - before, paid, "transfer", reference, None))


def _first_unpaid(seed: AccountSeed, as_of: date) -> date | None:
    """The due day of the oldest bill not paid: k months past due are 30 (k − 1) + 3 to 30 k − 1 days."""
    if not _overdue(seed):
        return None
    return as_of - timedelta(days=(min(seed.months[0], 8) - 1) * 30 + 3 + seed.number * 7 % 27)


def _overdue(seed: AccountSeed) -> bool:
    """Months past due with nothing owed, as some real accounts have, is nothing to collect."""
    return seed.months[0] > 0 and seed.bills[0] > 0


def components(bill: int, months: int) -> tuple[int, int, int, int, int]:
    """A bill split to the cent: 1.5 % interest and 0.5 % penalty a month past due; fees and costs are nothing.

    A bill in credit (negative, as some real ones are) is stored as 0: a balance is what the debtor owes.
    """
    if months == 0:
        return max(0, bill), 0, 0, 0, 0
    owed = max(0, bill)
    interest = owed * 15 * min(months, 8) // 1000
    penalty = owed * 5 * min(months, 8) // 1000
    return owed - interest - penalty, interest, penalty, 0, 0


def _contacts(rows: Rows, key: tuple[str, str], case: str, person: Identity) -> None:
    relative = bank_id(*key, "relative")
    relation = "guarantor" if person.relative_liable else person.relation
    rows["related_person"].append((relative, case, person.relative, relation, person.relative_liable))
    add = rows["contact_point"].append
    for rank, name, of, kind, label, value, latitude, longitude in (
        (0, "mobile", None, "phone", "mobile", person.phone, None, None),
        (1, "work", None, "phone", "work", person.work_phone, None, None),
        (2, "home", None, "address", "home", person.address, person.latitude, person.longitude),
        (3, "mail", None, "email", "home", person.email, None, None),
        (4, "relative-mobile", relative, "phone", "mobile", person.relative_phone, None, None),
    ):
        add((bank_id(*key, name), case, of, kind, label, value, ZONE, latitude, longitude, "contract", rank))


def _made_up_accounts(cases: int, pick: random.Random) -> Iterator[AccountSeed]:
    """An account for each case; every ninth debtor holds a second card."""
    for number in range(1, cases + 1):
        yield _made_up(number, pick)
        if number % _SECOND_EVERY == 0:
            yield replace(_made_up(_SECOND_CARD + number, pick), holder=number)


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
