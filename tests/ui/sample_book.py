"""A desk's worth of made-up Chinese cases: one with a full history, a short queue around it, one hostile name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from local_db import events as store_events
from local_db import projections, replica
from local_db.engine import Store
from workstation import tables
from workstation.desk.seat import Seat
from workstation.domain.events import Contact, Dispute, Event, Letter, NextAction, Promise, Reassigned
from workstation.domain.ids import bank_id

TODAY = date(2026, 11, 23)
ZONE = ZoneInfo("Asia/Shanghai")
TEAM, CHEN, SUN, HE = (bank_id("sample", name) for name in ("team", "chen", "sun", "he"))
BOOK = bank_id("sample", "book")
HOSTILE = "<b>吴&敏</b>"


@dataclass(frozen=True)
class Sample:
    """One case in few words; money in yuan text as the bank would print it."""

    name: str
    days: int
    principal: str
    interest: str = "0.00"
    penalty: str = "0.00"
    sex: str = "male"
    born: str = "1985-05-17"
    city: str = "杭州"
    phone: str = "13800006620"

    @property
    def id(self) -> str:
        return bank_id("sample", "case", self.name)

    def part(self, what: str) -> str:
        return bank_id("sample", what, self.name)


WANG = Sample("王晓明", 78, "41280.00", "5102.44", "2230.83")
SAMPLES = (
    WANG,
    Sample("李秀英", 17, "12600.00", "214.10", "90.00", "female", city="宁波", phone="13900001234"),
    Sample("张建国", 141, "132000.00", "17220.00", "7000.00", city="温州", phone="13700005678"),
    Sample("刘洋", 6, "8300.00", "30.52", city="绍兴", phone="13600004321"),
    Sample("陈桂兰", 52, "31000.00", "1618.77", "400.00", "female", city="嘉兴", phone="13500008765"),
    Sample("赵磊", 402, "70000.00", "18447.30", "3000.00", city="台州", phone="13400002468"),
    Sample("黄丽华", 11, "5090.00", "30.00", "0.00", "female", city="金华", phone="13300001357"),
    Sample("周伟", 44, "26500.00", "900.45", "200.00", city="湖州", phone="13200009753"),
    Sample(HOSTILE, 103, "58000.00", "5080.00", "1000.00", "female", city="衢州", phone="13100008642"),
    Sample("欧阳慕容·阿卜杜拉", 250, "23000.00", "4100.00", "900.00", city="舟山", phone="13000007531"),
)


def fill(store: Store, seat: Seat) -> None:
    """Put the book and the history into an empty store, as a synchronisation would, and queue nothing."""
    with store.write() as conn:
        replica.upsert(conn, tables.team, [(TEAM, "信用卡一组")])
        replica.upsert(
            conn,
            tables.person,
            [
                (CHEN, "chenjing", "陈静", "collector", TEAM, True),
                (SUN, "sunqiang", "孙强", "field", TEAM, True),
                (HE, "helin", "何琳", "lead", TEAM, True),
            ],
        )
        contact = {
            "phone": "95588",
            "address": "杭州市上城区解放路 1 号",
            "how_to_pay": "手机银行或任一网点",
            "how_to_object": "致电 95588 或书面寄至上述地址",
        }
        replica.upsert(
            conn,
            tables.book,
            [
                (BOOK, "华东商业银行", "2026 年 11 月批次", "CNY", "zh-CN", "2026-11-23", "0.0005", False,
                 json.dumps(contact, ensure_ascii=False))
            ],
        )  # fmt: skip
        for place, sample in enumerate(SAMPLES):
            _case(conn, sample, place)
        projections.rebuild(conn, TODAY)
        store_events.append(conn, list(_history(seat)), today=TODAY)
        conn.exec_driver_sql("DELETE FROM outbox")


def _case(conn: object, sample: Sample, place: int) -> None:
    first_unpaid = (TODAY - timedelta(days=sample.days)).isoformat()
    minor = [round(float(text) * 100) for text in (sample.principal, sample.interest, sample.penalty)]
    account = sample.part("account")
    rows: tuple[tuple[object, tuple[object, ...]], ...] = (
        (
            tables.case,
            (sample.id, BOOK, f"XYK-2026-{place + 1:04}", "2026-09-01", None, CHEN, TEAM, 1),
        ),
        (
            tables.debtor,
            (sample.part("debtor"), sample.id, f"K{place:06}", sample.name, sample.sex, sample.born,
             f"33010219850517{1 + place:03}2", "zh_CN", sample.city, "浙江某制造有限公司"),
        ),
        (
            tables.account,
            (account, sample.id, f"62170000{place:04}{4031 + place}", 5_000_000, "2019-03-01", 6, first_unpaid),
        ),
        (
            tables.balance_snapshot,
            (sample.part("snapshot"), sample.id, account, TODAY.isoformat(), *minor, 0, 0,
             min(7, 1 + (sample.days - 1) // 30)),
        ),
        (
            tables.contact_point,
            (sample.part("mobile"), sample.id, None, "phone", "mobile", sample.phone, "Asia/Shanghai", None, None,
             "contract", 0),
        ),
        (
            tables.contact_point,
            (sample.part("home"), sample.id, None, "address", "home", f"浙江省{sample.city}市文三路 99 号 2 幢 301 室",
             "Asia/Shanghai", 30.28, 120.13, "contract", 3),
        ),
    )  # fmt: skip
    for table, row in rows:
        replica.upsert(conn, table, [row])  # type: ignore[arg-type]
    if sample is WANG:
        _more_of_wang(conn, account)


def _more_of_wang(conn: object, account: str) -> None:
    spouse, zone = WANG.part("spouse"), "Asia/Shanghai"
    replica.upsert(conn, tables.related_person, [(spouse, WANG.id, "周敏", "spouse", False)])  # type: ignore[arg-type]
    replica.upsert(
        conn,  # type: ignore[arg-type]
        tables.contact_point,
        [
            (WANG.part("work"), WANG.id, None, "phone", "work", "057188886666", zone, None, None, "contract", 1),
            (WANG.part("mail"), WANG.id, None, "email", "home", "xm.wang@example.org", zone, None, None, "debtor", 2),
            (WANG.part("wife"), WANG.id, spouse, "phone", "mobile", "13912340000", zone, None, None, "contract", 4),
        ],
    )  # fmt: skip
    replica.upsert(
        conn,  # type: ignore[arg-type]
        tables.payment,
        [(WANG.part("payment"), WANG.id, account, "2026-09-14", 150_000, "online_banking", "P-1", None)],
    )


def _history(seat: Seat) -> Iterator[Event]:
    """What the drawing shows, and one callback, dispute and broken promise on other desks' neighbours."""

    def at(month: int, day: int, hour: int, minute: int) -> datetime:
        return datetime(2026, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)

    def event(sample: Sample, when: datetime, body: object, author: str = CHEN, **columns: object) -> Event:
        import msgspec

        drafted = seat.draft(sample.id, body, at=when, **columns)  # type: ignore[arg-type]
        return msgspec.structs.replace(drafted, author=author)

    mobile = {"contact_point": WANG.part("mobile"), "channel": "call"}
    check = NextAction(action="check_payment", due=date(2026, 11, 24))
    yield event(
        WANG, at(10, 21, 16, 47), Contact(party="debtor", identity=("full_name", "card_tail"), note="对违约金有异议"),
        SUN, outcome="disputes_debt", duration=252, **mobile,
    )  # fmt: skip
    yield event(WANG, at(10, 25, 9, 30), Dispute(state="answered", text="异议单 #D-2093 已答复"), SUN)
    yield event(WANG, at(10, 30, 9, 15), Reassigned(from_person=SUN, to_person=CHEN, reason="均衡案量"), HE)
    yield event(
        WANG, at(11, 10, 14, 33),
        Letter(template="demand", version="1", language="zh_CN", sha256="7f3a" + "0" * 57 + "c21", pages=2, context={}),
        channel="letter",
    )  # fmt: skip
    yield event(
        WANG, at(11, 18, 10, 20),
        Contact(party="debtor", identity=("full_name", "id_tail"), reason="income_lost", ability=2, willingness=4,
                note="公司 9 月停发工资，12 月起新单位入职；愿先还 3,000，月底前再谈分期。", next_action=check),
        outcome="promise_to_pay", duration=252, **mobile,
    )  # fmt: skip
    yield event(
        WANG, at(11, 18, 10, 20), Promise(currency="CNY", method="online_banking", next_action=check),
        amount=300_000, due_on=date(2026, 11, 24),
    )  # fmt: skip
    yield event(WANG, at(11, 23, 9, 41), Contact(ring_seconds=25, next_action=check), outcome="no_answer", **mobile)
    li, zhang, chen = SAMPLES[1], SAMPLES[2], SAMPLES[4]
    yield event(
        li, at(11, 22, 15, 8),
        Contact(party="debtor", next_action=NextAction(action="call_back", due=TODAY, time="10:30")),
        outcome="callback_requested", channel="call", contact_point=li.part("mobile"),
    )  # fmt: skip
    yield event(zhang, at(11, 10, 11, 0), Promise(currency="CNY"), amount=500_000, due_on=date(2026, 11, 19))
    yield event(chen, at(11, 18, 11, 0), Dispute(state="open", about="penalty", text="对违约金有异议"))
