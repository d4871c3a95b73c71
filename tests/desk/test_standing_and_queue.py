"""What is owed, the case as it is shown, and the queue, at a real desk: one sum everywhere, nothing in full unasked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from local_db import queries, replica
from tests.ui.sample_book import SAMPLES, TODAY, WANG, Sample
from tests.ui.sample_desk import open_desk
from workstation import tables
from workstation.desk import lights, standing
from workstation.desk.views import CallForm
from workstation.desk.worklist import FILTERS
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import Reveal, decode_body
from workstation.domain.message import Money
from workstation.domain.money import Balance
from workstation.session import Desk

LIU, ZHANG = SAMPLES[3], SAMPLES[2]


def billed(desk: Desk, sample: Sample, days_ago: int) -> None:
    """The bank's snapshot is of `days_ago`, with the same parts."""
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql(
            "UPDATE balance_snapshot SET as_of = ? WHERE case_id = ?",
            ((TODAY - timedelta(days=days_ago)).isoformat(), sample.id),
        )


def paid(desk: Desk, sample: Sample, name: str, days_ago: int, amount: int, reverses: str | None = None) -> str:
    """A payment of the bank's file; negative takes back the one named."""
    row = (
        sample.part(name), sample.id, sample.part("account"), (TODAY - timedelta(days=days_ago)).isoformat(), amount,
        "transfer", name, None if reverses is None else sample.part(reverses),
    )  # fmt: skip
    with desk.seat.store.write() as conn:
        replica.upsert(conn, tables.payment, [row])
    return str(row[0])


def owed(desk: Desk, sample: Sample) -> Balance:
    return standing.owed(desk.seat.file(sample.id), desk.today()).total


def figure(desk: Desk, sample: Sample, label: str) -> object:
    return next(row.value for row in desk.casefile.open(sample.id).figures if row.label.text == label)


# ---- what is owed ----


def test_the_bank_s_own_sum_on_the_day_of_its_snapshot(desk: Desk) -> None:
    assert owed(desk, WANG) == Balance(4_128_000, 510_244, 223_083, 0, 0)


def test_interest_runs_on_the_principal_alone_day_by_day(desk: Desk) -> None:
    billed(desk, LIU, 10)
    # 8,300.00 × 0.0005 × 10 days = 41.50, on 30.52
    assert owed(desk, LIU) == Balance(830_000, 3_052 + 4_150, 0, 0, 0)


def test_a_payment_up_to_day_ninety_pays_interest_first(desk: Desk) -> None:
    billed(desk, LIU, 10)
    paid(desk, LIU, "part", 5, 10_000)
    # on the day paid: interest 30.52 + 20.75 = 51.27, the other 48.73 off the principal; then 8,251.27 × 0.0005 × 5
    assert owed(desk, LIU) == Balance(825_127, 2_063, 0, 0, 0)


def test_a_payment_from_day_ninety_one_pays_principal_first(desk: Desk) -> None:
    billed(desk, ZHANG, 10)
    paid(desk, ZHANG, "part", 5, 100_000)
    assert owed(desk, ZHANG) == Balance(13_100_000, 1_722_000 + 33_000 + 32_750, 700_000, 0, 0)


def test_a_payment_the_snapshot_already_counts_is_not_taken_off_again(desk: Desk) -> None:
    before = owed(desk, LIU)
    paid(desk, LIU, "same day", 0, 10_000)
    paid(desk, LIU, "earlier", 3, 10_000)
    paid(desk, LIU, "not yet", -1, 10_000)
    assert owed(desk, LIU) == before


def test_a_payment_taken_back_was_never_made(desk: Desk) -> None:
    billed(desk, LIU, 10)
    without = owed(desk, LIU)
    paid(desk, LIU, "bounced", 5, 10_000)
    assert owed(desk, LIU) != without
    assert figure(desk, LIU, "Last payment") != desk.casefile.open(SAMPLES[7].id).figures[4].value
    paid(desk, LIU, "bounce", 3, -10_000, "bounced")
    assert owed(desk, LIU) == without
    (account,) = standing.owed(desk.seat.file(LIU.id), desk.today()).accounts
    assert account.later_payments == 0
    assert figure(desk, LIU, "Last payment") == desk.casefile.open(SAMPLES[7].id).figures[4].value  # none


def test_a_payment_partly_taken_back_counts_for_the_rest(desk: Desk) -> None:
    billed(desk, LIU, 10)
    paid(desk, LIU, "part", 5, 10_000)
    expected = owed(desk, LIU)
    paid(desk, LIU, "part", 5, 15_000)
    paid(desk, LIU, "some back", 2, -5_000, "part")
    assert owed(desk, LIU) == expected
    (account,) = standing.owed(desk.seat.file(LIU.id), desk.today()).accounts
    assert account.later_payments == 10_000


def test_a_payment_taken_back_does_not_begin_the_limitation_anew(desk: Desk) -> None:
    old = SAMPLES[5]  # 402 days past due, no contact
    before = standing.limitation(desk.seat.file(old.id), desk.today())
    paid(desk, old, "bounced", 30, 10_000)
    anew = standing.limitation(desk.seat.file(old.id), desk.today())
    assert before is not None
    assert anew is not None
    assert anew.ends > before.ends
    paid(desk, old, "bounce", 29, -10_000, "bounced")
    assert standing.limitation(desk.seat.file(old.id), desk.today()) == before


# ---- the case as it is shown ----


@pytest.mark.parametrize("days_ago", [0, 10])
def test_queue_header_accounts_and_parts_name_the_same_sum(desk: Desk, days_ago: int) -> None:
    for sample in SAMPLES:
        billed(desk, sample, days_ago)
    paid(desk, WANG, "later", 5 if days_ago else 0, 77_777)
    rows = {row.case_id: row for row in desk.worklist.queue().rows}
    assert set(rows) == {sample.id for sample in SAMPLES}
    for sample in SAMPLES:
        view = desk.casefile.open(sample.id)
        values = [row.value for row in view.figures[:4]]
        assert values[0] == rows[sample.id].owed
        assert sum(value.minor for value in values[1:] if isinstance(value, Money)) == rows[sample.id].owed.minor
        assert sum(account.total.minor for account in view.accounts) == rows[sample.id].owed.minor
        for account in view.accounts:
            assert sum(part.minor for part in account.parts.values()) == account.total.minor
            assert (account.stage, account.days_past_due) == (rows[sample.id].stage, sample.days)


def test_no_number_or_address_stands_in_the_view_in_full(desk: Desk) -> None:
    desk.privacy.reveal(WANG.id, "phone", WANG.part("mobile"), "dial")
    desk.call.save(WANG.id, CallForm(contact_point=WANG.part("wife"), outcome="third_party_spoken", person_name="周敏",
                                      override_reason="回电"))  # fmt: skip
    for sample in SAMPLES:
        file = desk.seat.file(sample.id)
        shown = repr(desk.casefile.open(sample.id)) + repr(desk.worklist.queue().rows)
        secrets = [point.value for point in file.points] + [account.number for account in file.accounts]
        secrets.append(str(file.debtor.id_number))
        assert len(secrets) >= 4
        for secret in secrets:
            assert secret not in shown
        assert all(point.masked for point in desk.casefile.open(sample.id).points)


def test_what_is_shown_in_full_is_recorded(desk: Desk) -> None:
    assert desk.privacy.reveal(LIU.id, "phone", LIU.part("mobile"), "dial", "  回拨 ").text == LIU.phone
    (event,) = desk.seat.file(LIU.id).events
    assert (event.kind, event.contact_point, event.author) == ("reveal", LIU.part("mobile"), desk.seat.person.id)
    assert decode_body(event.kind, event.body) == Reveal(field="phone", reason="回拨", why="dial", seconds=20)
    assert LIU.phone not in repr(event)
    with pytest.raises(InputError, match="no longer on the case"):
        desk.privacy.reveal(LIU.id, "phone", WANG.part("mobile"), "dial")
    assert desk.seat.file(LIU.id).events == (event,)


# ---- the queue ----


def test_the_order_is_the_same_at_every_start(tmp_path: Path) -> None:
    orders = []
    for name in ("one", "two"):
        desk = open_desk(tmp_path / name)
        rows = desk.worklist.queue().rows
        orders.append([row.case_id for row in rows])
        assert [row.case_id for row in desk.worklist.queue().rows] == orders[-1]
        scores = [row.score for row in rows if not row.worked_today]
        assert scores == sorted(scores, reverse=True)
        desk.close()
    assert orders[0] == orders[1]
    assert len(set(orders[0])) == len(SAMPLES)


@pytest.mark.parametrize(
    "typed", ["王晓明", "晓明", "wangxiaoming", "Wang Xiaoming", "wxm", "WXM", "4031", "XYK-2026-0001", "138 0000 6620"]
)
def test_a_case_is_found_by_whatever_one_remembers(desk: Desk, typed: str) -> None:
    rows = desk.worklist.queue("dispute", typed).rows  # a search looks through all, whatever the filter
    assert WANG.id in [row.case_id for row in rows]
    assert len(rows) < len(SAMPLES)


@pytest.mark.parametrize("typed", ["nobody at all", "%", "_", '"', "' OR 1=1 --", "\0", "*"])
def test_a_search_for_nothing_known_finds_nothing(desk: Desk, typed: str) -> None:
    assert desk.worklist.queue("all", typed).rows == ()


def test_every_filter_shows_as_many_as_it_counts(desk: Desk) -> None:
    counts = desk.worklist.queue().counts
    assert set(counts) == set(FILTERS)
    for name in FILTERS:
        rows = desk.worklist.queue(name).rows
        assert len(rows) == counts[name]
        assert all(name == "all" or name in row.filters for row in rows)
    assert counts["promise"] >= 1
    assert counts["dispute"] == 1


def test_only_the_case_that_changed_is_scored_again(desk: Desk) -> None:
    before = {row.case_id: row for row in desk.worklist.queue().rows}
    assert not before[LIU.id].worked_today
    desk.announce(desk.call.save(LIU.id, CallForm(contact_point=LIU.part("mobile"), outcome="no_answer")))
    queue = desk.worklist.queue()
    after = {row.case_id: row for row in queue.rows}
    assert after.keys() == before.keys()
    assert after[LIU.id].worked_today
    for case_id, row in after.items():
        assert (row is before[case_id]) is (case_id != LIU.id)
    assert queue.worked_today == sum(row.worked_today for row in before.values()) + 1


def test_the_next_case_is_another_one_not_worked_today(desk: Desk) -> None:
    seen = []
    case_id = desk.worklist.next_after(None)
    while case_id is not None:
        seen.append(case_id)
        point = next(sample for sample in SAMPLES if sample.id == case_id).part("mobile")
        desk.announce(desk.call.save(case_id, CallForm(contact_point=point, outcome="no_answer", override_reason="-")))
        case_id = desk.worklist.next_after(case_id)
    assert len(seen) == len(set(seen)) == len(SAMPLES) - 1  # 王晓明 was called this morning
    assert WANG.id not in seen
    assert desk.day().cases == len(SAMPLES)


def test_a_case_that_left_the_seat_leaves_the_queue(desk: Desk) -> None:
    assert LIU.id in {row.case_id for row in desk.worklist.queue().rows}
    with desk.seat.store.write() as conn:
        replica.remove_case(conn, LIU.id)
    desk.announce(Changes(frozenset({"event"}), frozenset({LIU.id})))
    queue = desk.worklist.queue()
    assert LIU.id not in {row.case_id for row in queue.rows}
    assert queue.total == len(SAMPLES) - 1


def test_the_queue_judges_the_number_that_the_case_would_call(desk: Desk) -> None:
    home, mobile = WANG.part("home telephone"), WANG.part("mobile")
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql(
            "INSERT INTO contact_point (id, case_id, kind, label, value, time_zone, source, rank)"
            " SELECT ?, case_id, kind, 'home', '057112345678', time_zone, source, -1 FROM contact_point WHERE id = ?",
            (home, mobile),
        )
        (record,) = queries.queue_records(conn, [WANG.id])
    first = lights.first_phone(desk.seat.file(WANG.id))
    assert first is not None
    assert [point for point, _ in record.phones][:2] == [home, mobile]
    assert record.phones[0][0] == first.id
