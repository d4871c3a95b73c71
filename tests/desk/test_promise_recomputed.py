"""Promises judged again with whatever arrives, in any order: the same at the desk, in the queue and after a rebuild."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_db import events as store_events
from local_db import projections, queries, replica
from tests.ui.sample_book import CHEN, SAMPLES, TODAY, ZONE
from tests.ui.sample_desk import open_desk
from workstation import tables
from workstation.desk import standing
from workstation.desk.rules import rules_for_figures
from workstation.desk.seat import Clock
from workstation.domain.changes import Changes
from workstation.domain.events import Contact, Correction, Event, Promise, sealed
from workstation.session import Desk

LIU = SAMPLES[3]
ACCOUNT, OTHER = LIU.part("account"), LIU.part("second account")
DAY = date(2026, 11, 2)
GRACE = rules_for_figures("zh-CN").grace_days
TOLERANCE = rules_for_figures("zh-CN").tolerance("CNY")
UNIT = 10_000  # minor; all amounts are whole units, so that the reference may count them one by one


@dataclass(frozen=True)
class Made:
    id: str
    at: datetime
    amount: int
    due: date
    account: str | None
    replaces: str | None


@dataclass(frozen=True)
class Undone:
    id: str
    at: datetime
    of: str


@dataclass(frozen=True)
class Paid:
    """A row of the bank's file; with the number of another row's id it is that row delivered again, corrected."""

    id: str
    day: date
    amount: int
    account: str
    reverses: str | None


Thing = Made | Undone | Paid


def identity(kind: str, number: int) -> str:
    return LIU.part(f"{kind} {number}")


def reference(things: list[Thing], today: date) -> dict[str, tuple[str, int]]:
    """Promise → status and what counted for it, by the words of the rules: unit by unit of money, oldest first."""
    undone_by = sorted((row for row in things if isinstance(row, Undone)), key=lambda row: (row.at, row.id))
    gone: set[str] = set()
    for row in reversed(undone_by):
        if row.id not in gone:
            gone.add(row.of)
    made = {row.id: row for row in things if isinstance(row, Made) and row.id not in gone}
    made_on = {row.id: row.at.astimezone(ZONE).date() for row in made.values()}
    replaced: dict[str, date] = {}
    for row in sorted(made.values(), key=lambda row: (row.at, row.id)):
        if row.replaces in made and row.replaces not in replaced:
            replaced[row.replaces] = max(made_on[row.id], made_on[row.replaces])
    noted: dict[object, str] = {}  # the same promise noted twice is one: the record that came last
    for row in sorted(made.values(), key=lambda row: (row.at, row.id)):
        if row.id in replaced:
            continue
        same = made_on[row.id], row.amount, row.due, row.account
        if same in noted:
            replaced[noted[same]] = made_on[row.id]
        noted[same] = row.id
    order = sorted(made.values(), key=lambda row: (made_on[row.id], row.due, row.id))
    money = _units({row.id: row for row in things if isinstance(row, Paid)}, today)
    cancelled: set[str] = set()
    while True:
        paid = _match([row for row in order if row.id not in cancelled], made_on, replaced, money)
        short = [row for row in order if row.id not in cancelled and _cut_short(row, replaced)]
        lost = next((row for row in short if not _enough(row, paid[row.id])), None)
        if lost is None:
            break
        cancelled.add(lost.id)  # and its money is there for the next one
    verdicts = {}
    for row in order:
        counted = 0 if row.id in cancelled else paid[row.id]
        if row.id in cancelled:
            status = "cancelled"
        elif _enough(row, counted):
            status = "kept"
        elif today <= row.due + timedelta(days=GRACE):
            status = "open"
        else:
            status = "partly_kept" if counted else "broken"
        verdicts[row.id] = status, counted
    return verdicts


def _cut_short(row: Made, replaced: dict[str, date]) -> bool:
    return row.id in replaced and replaced[row.id] <= row.due + timedelta(days=GRACE)


def _enough(row: Made, paid: int) -> bool:
    return paid > 0 and paid >= row.amount - TOLERANCE


def _match(
    order: list[Made], made_on: dict[str, date], replaced: dict[str, date], money: list[tuple[date, str]]
) -> dict[str, int]:
    paid = {row.id: 0 for row in order}
    for day, account in money:
        for row in order:
            last = row.due + timedelta(days=GRACE)
            if row.id in replaced:
                last = min(last, replaced[row.id] - timedelta(days=1))
            if made_on[row.id] <= day <= last and row.account in {None, account} and not _enough(row, paid[row.id]):
                paid[row.id] += UNIT
                break
    return paid


def _units(rows: dict[str, Paid], today: date) -> list[tuple[date, str]]:
    """Every unit that was paid by today and not taken back, oldest first."""
    known = sorted((row for row in rows.values() if row.day <= today), key=lambda row: (row.day, row.id))
    piles = {row.id: [(row.day, row.account)] * (row.amount // UNIT) for row in known if row.amount > 0}
    for row in known:
        for _ in range(-row.amount // UNIT):
            named = [row.reverses] if row.reverses in piles else [
                other.id for other in reversed(known)
                if other.id in piles and other.day <= row.day and other.account == row.account
            ]  # fmt: skip
            pile = next((piles[name] for name in named if piles[name]), None)
            if pile is not None:
                pile.pop()
    return [unit for pile in piles.values() for unit in pile]


# ---- what may arrive ----

days = st.integers(0, 12).map(lambda n: DAY + timedelta(days=n))
moments = st.builds(
    lambda day, minutes: datetime.combine(day, time(), UTC) + timedelta(minutes=minutes), days, st.integers(0, 1439)
)
accounts = st.sampled_from([ACCOUNT, OTHER])
numbers = st.integers(0, 3)


@st.composite
def promises(draw: st.DrawFn) -> Made:
    at = draw(moments)
    number = draw(numbers)
    due = at.astimezone(ZONE).date() + timedelta(days=draw(st.integers(0, 6)))
    others = [identity("promise", other) for other in range(4) if other != number]
    replaces = draw(st.none() | st.sampled_from(others))
    account = draw(st.sampled_from([None, None, ACCOUNT]))
    return Made(identity("promise", number), at, UNIT * draw(st.integers(1, 6)), due, account, replaces)


rows = st.builds(
    Paid,
    id=st.integers(0, 5).map(lambda n: identity("payment", n)),
    day=days,
    amount=st.sampled_from([-3, -1, 1, 2, 3, 4, 6]).map(lambda n: n * UNIT),
    account=accounts,
    reverses=st.none(),
) | st.builds(
    Paid,
    id=st.integers(6, 8).map(lambda n: identity("payment", n)),
    day=days,
    amount=st.integers(-8, -1).map(lambda n: n * UNIT),
    account=accounts,
    reverses=st.integers(0, 5).map(lambda n: identity("payment", n)),
)
undone = st.builds(
    Undone,
    id=st.integers(0, 2).map(lambda n: identity("correction", n)),
    at=moments,
    of=numbers.map(lambda n: identity("promise", n)),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Thing], list[Paid]]:
    """What was recorded, each event once, and rows of the bank, some delivered again with other figures."""
    made = draw(st.lists(promises(), min_size=2, max_size=4, unique_by=lambda row: row.id))
    taken_back = draw(st.lists(undone, max_size=2, unique_by=lambda row: row.id))
    return [*made, *taken_back], draw(st.lists(rows, min_size=2, max_size=8))


# ---- how it arrives ----


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = open_desk(tmp_path_factory.mktemp("recomputed"))
    with made.seat.store.write() as conn:
        replica.upsert(
            conn, tables.account, [(OTHER, LIU.id, "6217000000099999", 100_000, "2020-01-01", 6, "2026-11-01")]
        )
    yield made
    made.close()


def event_of(desk: Desk, row: Made | Undone) -> Event:
    if isinstance(row, Made):
        body = Promise(currency="CNY", account=row.account)
        drafted = desk.seat.draft(LIU.id, body, at=row.at, amount=row.amount, due_on=row.due, answers=row.replaces)
    else:
        drafted = desk.seat.draft(LIU.id, Correction(what="undo"), at=row.at, answers=row.of)
    return sealed(msgspec.structs.replace(drafted, id=row.id, author=CHEN), "")


def arrive(desk: Desk, things: list[Thing], case=LIU) -> None:  # type: ignore[no-untyped-def]
    """As a synchronisation writes: rows and events put in, then the case folded again."""
    with desk.seat.store.write() as conn:
        for thing in things:
            if isinstance(thing, Paid):
                row = (thing.id, case.id, thing.account, thing.day.isoformat(), thing.amount, None, "", thing.reverses)
                replica.upsert(conn, tables.payment, [row])
            else:
                replica.upsert(conn, tables.case_event, [store_events.to_row(event_of(desk, thing))])
        projections.refresh(conn, {case.id}, TODAY)


def forget(desk: Desk) -> None:
    with desk.seat.store.write() as conn:
        for name in ("case_event", "payment"):
            conn.exec_driver_sql(f"DELETE FROM {name} WHERE case_id = ?", (LIU.id,))  # two fixed names
        projections.refresh(conn, {LIU.id}, TODAY)


def as_judged(desk: Desk, today: date) -> list[dict[str, tuple[str, int]]]:
    """What the case says, and what the queue says."""
    with desk.seat.store.read() as conn:
        (record,) = queries.queue_records(conn, [LIU.id])
    return [
        {row.promise.id: (row.status, 0 if row.status == "cancelled" else row.paid) for row in verdict.promises}
        for verdict in (standing.judgement(known, today) for known in (desk.seat.file(LIU.id), record))
    ]


@settings(max_examples=200)
@given(st.data())
def test_any_order_and_interleaving_gives_the_state_of_the_rules(table: Desk, data: st.DataObject) -> None:
    events, paid = data.draw(histories())
    today = data.draw(st.sampled_from([6, 10, 14, 18, 40]).map(lambda n: DAY + timedelta(days=n)))
    # Rows of one id keep their order, as the bank's files do; events come in any order, some of them twice.
    places = data.draw(st.permutations(["event"] * len(events) + ["row"] * len(paid)))
    order, waiting = iter(data.draw(st.permutations(events))), iter(paid)
    mixed: list[Thing] = [next(order) if place == "event" else next(waiting) for place in places]
    forget(table)
    here: list[Thing] = []
    while mixed:
        size = data.draw(st.integers(max(1, len(mixed) // 3), len(mixed)))
        part, mixed = mixed[:size], mixed[size:]
        again = data.draw(st.booleans())
        arrive(table, part)
        if again:  # the same file imported again, the same answer of the centre applied again
            arrive(table, part)
        here += part
        expected = reference(here, today)
        assert as_judged(table, today) == [expected, expected]
    with table.seat.store.write() as conn:
        assert projections.check(conn, today) == []
        projections.rebuild(conn, today)
    expected = reference(here, today)
    assert as_judged(table, today) == [expected, expected]


# ---- the next morning ----

LAST = {  # the last day of grace → the first morning at work after it
    "a weekday": (date(2026, 11, 24), date(2026, 11, 25)),
    "a weekend": (date(2026, 11, 20), date(2026, 11, 23)),
    "National Day": (date(2026, 9, 30), date(2026, 10, 8)),
    "Spring Festival": (date(2026, 2, 14), date(2026, 2, 24)),
    "New Year": (date(2025, 12, 31), date(2026, 1, 4)),
}


def at_desk(desk: Desk, day: date, hour: time, where: str) -> None:
    clock = Clock.starting_at(day, hour, where)
    desk.seat.clock.shift, desk.seat.clock.zone = clock.shift, ZoneInfo(where)
    desk.announce(Changes(everything=True))


def promised(desk: Desk, last: date) -> str:
    """A promise whose days of grace end then, and no other on the desk."""
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM case_event WHERE kind = 'promise'")
        projections.rebuild(conn, TODAY)
    made = Made(
        identity("promise", 0), datetime.combine(last - timedelta(days=GRACE + 5), time(4), UTC), 30 * UNIT,
        last - timedelta(days=GRACE), None, None,
    )  # fmt: skip
    arrive(desk, [made])
    return made.id


def first(desk: Desk) -> tuple[str, str]:
    """The case on top of the promises and why it is there; before it in the whole queue are callbacks and deadlines."""
    queue = desk.worklist.queue("promise")
    row = queue.rows[0]
    before = [other for other in desk.worklist.queue("all").rows if other.score > row.score]
    assert all(other.filters & {"callback", "dispute"} for other in before), [other.reason for other in before]
    return row.name, row.reason.plain()


@pytest.mark.parametrize("where", ["Asia/Shanghai", "Asia/Urumqi", "Europe/London"])
@pytest.mark.parametrize("case", LAST)
def test_a_broken_promise_is_on_top_the_next_morning(desk: Desk, case: str, where: str) -> None:
    last, morning = LAST[case]
    promised(desk, last)
    at_desk(desk, last, time(23, 59), where)
    assert as_judged(desk, desk.today())[0][identity("promise", 0)][0] == "open"
    at_desk(desk, morning, time(9, 5), where)
    assert as_judged(desk, desk.today())[0][identity("promise", 0)][0] == "broken"
    name, why = first(desk)
    assert (name, why.split()[:2]) == (LIU.name, ["Broken", "promise"])


def test_a_payment_that_comes_by_synchronisation_takes_it_off_and_a_return_puts_it_back(desk: Desk) -> None:
    last, morning = LAST["a weekend"]
    promised(desk, last)
    at_desk(desk, morning, time(9, 5), "Asia/Shanghai")
    assert first(desk)[0] == LIU.name
    told = Changes(frozenset({"payment"}), frozenset({LIU.id}))
    arrive(desk, [Paid(identity("payment", 0), last, 20 * UNIT, ACCOUNT, None)])
    desk.announce(told)
    assert "partly kept" in first(desk)[1]
    arrive(desk, [Paid(identity("payment", 0), last, 30 * UNIT, ACCOUNT, None)])  # the bank corrects its row
    desk.announce(told)
    assert LIU.name not in [row.name for row in desk.worklist.queue("promise").rows]
    arrive(desk, [Paid(identity("payment", 6), morning, -30 * UNIT, ACCOUNT, identity("payment", 0))])
    desk.announce(told)
    assert first(desk)[0] == LIU.name


def test_once_spoken_about_it_is_no_duty_any_more(desk: Desk) -> None:
    last, morning = LAST["National Day"]
    promised(desk, last)
    at_desk(desk, morning, time(9, 5), "Asia/Shanghai")
    assert first(desk)[0] == LIU.name
    contact = Contact(party="debtor", identity=("full_name", "card_tail"))
    desk.seat.record(
        LIU.id, contact, channel="call", outcome="right_party_no_commitment", contact_point=LIU.part("mobile")
    )
    desk.announce(Changes(frozenset({"event"}), frozenset({LIU.id})))
    assert LIU.name not in [row.name for row in desk.worklist.queue("promise").rows]
