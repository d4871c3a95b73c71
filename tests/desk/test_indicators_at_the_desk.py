"""The indicators of a real desk: the same as one by one, and counted again only where something changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from local_db import events as store_events
from tests.ui.sample_book import CHEN, SAMPLES, TODAY, WANG
from workstation.desk import indicators as room
from workstation.desk.indicators import Indicators
from workstation.desk.rules import rules_for_figures
from workstation.domain.changes import Changes
from workstation.domain.events import Contact, Correction, Promise
from workstation.domain.indicator_case import CaseRecords, CaseShare, Figures, Period, share_of
from workstation.domain.indicators import Pair, total
from workstation.domain.promise import Payment
from workstation.session import Desk

NOVEMBER = Period(date(2026, 11, 1), TODAY)
AUTUMN = Period(date(2026, 9, 1), TODAY)


def one_by_one(desk: Desk, period: Period) -> dict[str, CaseShare]:
    """Every case opened whole and counted from all its events."""
    found = {}
    for sample in SAMPLES:
        file = desk.seat.file(sample.id)
        pack = rules_for_figures(file.book.jurisdiction)
        records = CaseRecords(
            file.case.id,
            file.case.opened_on,
            file.case.closed_on,
            {account.id: account.first_unpaid_due for account in file.accounts},
            [Figures(row.account_id, row.as_of, row.balance.total, row.months_past_due) for row in file.snapshots],
            [Payment(row.id, row.value_date, row.amount, row.account_id, row.reverses) for row in file.payments],
            file.events,
            pack.grace_days,
            pack.tolerance(file.book.currency),
        )
        found[sample.id] = share_of(records, period, TODAY, zone=desk.seat.clock.zone)
    return found


@pytest.mark.parametrize("period", [NOVEMBER, AUTUMN, Period(TODAY, TODAY)])
def test_read_in_bulk_they_are_what_they_are_one_by_one(desk: Desk, period: Period) -> None:
    card = Indicators(desk.seat).scorecard(period)
    expected = one_by_one(desk, period)
    sums = total(share.pairs for share in expected.values())
    assert {name: figure.pair for name, figure in card.figures.items()} == sums
    assert card.figures["average_due"].pair.denominator == len(SAMPLES)
    for name, figure in card.figures.items():
        assert figure.cases == {case: share.pairs[name] for case, share in expected.items() if name in share.pairs}


def test_the_period_before_is_as_long(desk: Desk) -> None:
    found = Indicators(desk.seat)
    before = found.scorecard(Period(NOVEMBER.first - timedelta(days=23), NOVEMBER.first - timedelta(days=1)))
    assert found.scorecard(NOVEMBER).before == before.figures


def test_what_happened_since_is_counted_and_nothing_else_is_read_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Indicators(desk.seat)
    first = found.scorecard(NOVEMBER).figures["penetration"].pair
    read: list[str] = []
    bulk = room.indicator_records.counted_cases

    def watched(*given: object) -> list[CaseRecords]:
        read.extend(given[4])  # type: ignore[arg-type]
        return bulk(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(room.indicator_records, "counted_cases", watched)
    assert found.scorecard(NOVEMBER).figures["penetration"].pair == first
    assert read == []
    event = desk.seat.record(WANG.id, Contact(), channel="call", outcome="no_answer")
    found.refresh(Changes(frozenset({"event"}), frozenset({WANG.id})))
    assert found.scorecard(NOVEMBER).figures["penetration"].pair == Pair(first.numerator + 1, first.denominator)
    assert set(read) == {WANG.id}
    desk.seat.record(WANG.id, Correction(what="undo"), answers=event.id)
    found.refresh(Changes(frozenset({"event"}), frozenset({WANG.id})))
    assert found.scorecard(NOVEMBER).figures["penetration"].pair == first


def test_of_people_their_cases_and_whatever_they_did(desk: Desk) -> None:
    found = Indicators(desk.seat)
    everybody, chen = found.scorecard(NOVEMBER), found.scorecard(NOVEMBER, {CHEN})
    nobody = found.scorecard(NOVEMBER, {"somebody else"})
    assert chen.figures["average_due"].pair == everybody.figures["average_due"].pair  # she holds them all
    assert nobody.figures["average_due"].pair == (0, 0)
    assert nobody.figures["right_party_rate"].pair == (0, 0)
    assert (
        0 < chen.figures["right_party_rate"].pair.denominator <= everybody.figures["right_party_rate"].pair.denominator
    )


def test_a_case_that_left_the_desk_is_not_counted_any_more(desk: Desk) -> None:
    found = Indicators(desk.seat)
    assert found.scorecard(NOVEMBER).figures["average_due"].pair.denominator == len(SAMPLES)
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM cases WHERE id = ?", (WANG.id,))
    assert found.scorecard(NOVEMBER).figures["average_due"].pair.denominator == len(SAMPLES) - 1


def test_progress_is_told(desk: Desk) -> None:
    told: list[tuple[int, int]] = []
    Indicators(desk.seat).scorecard(NOVEMBER, progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (len(SAMPLES), len(SAMPLES))


def test_a_promise_counts_when_it_fell_due(desk: Desk) -> None:
    found = Indicators(desk.seat)
    before = found.scorecard(AUTUMN).figures["kept_rate"].pair
    made = TODAY - timedelta(days=20)
    moment = desk.now() - timedelta(days=20)
    with desk.seat.store.write() as conn:
        draft = desk.seat.draft(WANG.id, Promise(currency="CNY"), at=moment, amount=100, due_on=made)
        store_events.append(conn, [draft], today=TODAY)
    found.refresh(Changes(frozenset({"event"}), frozenset({WANG.id})))
    assert found.scorecard(AUTUMN).figures["kept_rate"].pair.denominator == before.denominator + 1


def test_after_a_first_synchronisation_everything_is_counted_again(desk: Desk) -> None:
    found = Indicators(desk.seat)
    first = found.scorecard(NOVEMBER).figures["penetration"].pair
    desk.seat.record(WANG.id, Contact(), channel="call", outcome="no_answer")
    found.refresh(Changes(everything=True))
    assert found.scorecard(NOVEMBER).figures["penetration"].pair == Pair(first.numerator + 1, first.denominator)


def test_days_to_come_are_not_counted(desk: Desk) -> None:
    """A report of the whole week and the page that counts up to today say the same."""
    found = Indicators(desk.seat)
    until = Period(NOVEMBER.first, TODAY + timedelta(days=6))
    assert found.scorecard(until).figures == found.scorecard(NOVEMBER).figures
    assert found.scorecard(until).before == found.scorecard(NOVEMBER).before
