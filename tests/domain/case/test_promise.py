"""Promises judged against payments: statuses, order, reversals, replacement, and that no money counts twice."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.promise import JudgedPromise, Payment, Promised, judge

DAY = date(2026, 11, 1)


def on(day: int) -> date:
    return DAY + timedelta(days=day - 1)


def one(promise: Promised, *payments: Payment, today: date) -> JudgedPromise:
    (verdict,) = judge([promise], payments, today, grace_days=3, tolerance=1000)
    return verdict


PROMISE = Promised("a", on(1), 300_000, on(10))


def test_open_until_the_due_day_and_grace_are_over() -> None:
    assert one(PROMISE, today=on(13)).status == "open"
    assert one(PROMISE, today=on(14)).status == "broken"
    part = Payment("p", on(5), 100_000)
    assert (one(PROMISE, part, today=on(13)).status, one(PROMISE, part, today=on(13)).paid) == ("open", 100_000)
    assert one(PROMISE, part, today=on(14)).status == "partly_kept"


def test_kept_by_one_or_several_payments_less_tolerance() -> None:
    assert one(PROMISE, Payment("p", on(13), 300_000), today=on(13)).status == "kept"
    assert one(PROMISE, Payment("p", on(2), 150_000), Payment("q", on(9), 149_000), today=on(20)).status == "kept"
    assert one(PROMISE, Payment("p", on(9), 298_999), today=on(20)).status == "partly_kept"


def test_only_money_valued_inside_the_promise_counts() -> None:
    early, late = Payment("p", date(2026, 10, 31), 300_000), Payment("q", on(14), 300_000)
    assert one(PROMISE, early, late, today=on(20)).status == "broken"
    assert one(PROMISE, Payment("p", on(1), 300_000), today=on(1)).status == "kept"
    assert one(PROMISE, Payment("p", on(12), 300_000), today=on(11)).status == "open"


def test_a_tiny_promise_is_not_kept_by_nothing() -> None:
    assert one(Promised("a", on(1), 500, on(2)), today=on(10)).status == "broken"
    assert one(Promised("a", on(1), 500, on(2)), Payment("p", on(2), 1), today=on(10)).status == "kept"


def test_first_in_first_out_each_unit_once() -> None:
    first, second = Promised("a", on(1), 100_000, on(20)), Promised("b", on(3), 100_000, on(8))
    verdicts = judge([second, first], [Payment("p", on(5), 150_000)], on(30), grace_days=3, tolerance=1000)
    assert [(verdict.promise.id, verdict.status, verdict.paid) for verdict in verdicts] == [
        ("a", "kept", 100_000),
        ("b", "partly_kept", 50_000),
    ]


def test_a_promise_for_one_account_takes_only_its_payments() -> None:
    promise = Promised("a", on(1), 100_000, on(8), account="card1")
    assert one(promise, Payment("p", on(5), 100_000, "card2"), today=on(30)).status == "broken"
    assert one(promise, Payment("p", on(5), 100_000, "card1"), today=on(30)).status == "kept"


def test_a_reversed_payment_is_taken_back_and_the_promise_judged_again() -> None:
    paid, back = Payment("p", on(5), 300_000), Payment("r", on(16), -300_000, reverses="p")
    assert one(PROMISE, paid, back, today=on(15)).status == "kept"  # the reversal is not known yet
    assert one(PROMISE, paid, back, today=on(16)).status == "broken"
    partly = Payment("r", on(16), -100_000, reverses="p")
    assert (one(PROMISE, paid, partly, today=on(16)).status, one(PROMISE, paid, partly, today=on(16)).paid) == (
        "partly_kept",
        200_000,
    )
    unnamed = Payment("r", on(6), -300_000)
    assert one(PROMISE, paid, unnamed, today=on(16)).status == "broken"


def test_a_replaced_promise_is_cancelled_and_its_money_goes_on() -> None:
    old = Promised("a", on(1), 100_000, on(10), replaced_on=on(6))
    new = Promised("b", on(6), 80_000, on(15))
    before, same_day = Payment("p", on(3), 20_000), Payment("q", on(6), 80_000)
    verdicts = judge([old, new], [before, same_day], on(30), grace_days=3, tolerance=1000)
    assert [(verdict.status, verdict.paid) for verdict in verdicts] == [("cancelled", 0), ("kept", 80_000)]


def test_replacing_a_promise_that_was_already_broken_does_not_clear_it() -> None:
    broken = Promised("a", on(1), 100_000, on(4), replaced_on=on(9))
    assert one(broken, today=on(20)).status == "broken"


DAYS = st.integers(0, 60).map(lambda offset: DAY + timedelta(days=offset))
PROMISES = st.lists(
    st.builds(
        lambda made, amount, span, replaced: (made, amount, made + timedelta(days=span), replaced),
        DAYS,
        st.integers(1, 50_000),
        st.integers(0, 30),
        st.none() | DAYS,
    ),
    max_size=6,
).map(
    lambda rows: [
        Promised(f"m{number}", made, amount, due, replaced_on=replaced if replaced and replaced >= made else None)
        for number, (made, amount, due, replaced) in enumerate(rows)
    ]
)
PAYMENTS = st.lists(st.tuples(DAYS, st.integers(1, 60_000)), max_size=8).map(
    lambda rows: [Payment(f"p{number}", day, amount) for number, (day, amount) in enumerate(rows)]
)


@given(PROMISES, PAYMENTS, DAYS)
def test_no_money_counts_twice_and_every_status_agrees_with_its_figures(
    promises: list[Promised], payments: list[Payment], today: date
) -> None:
    verdicts = judge(promises, payments, today, grace_days=3, tolerance=1000)
    assert len(verdicts) == len(promises)
    assert sum(verdict.paid for verdict in verdicts) <= sum(row.amount for row in payments if row.value_date <= today)
    for verdict in verdicts:
        assert 0 <= verdict.paid <= verdict.promise.amount
        enough = verdict.paid > 0 and verdict.paid >= verdict.promise.amount - 1000
        assert (verdict.status == "kept") == enough
        if verdict.status in {"broken", "partly_kept"}:
            assert today > verdict.last_day
            assert (verdict.status == "partly_kept") == (verdict.paid > 0)


@given(PROMISES, PAYMENTS, st.randoms(use_true_random=False))
def test_the_order_of_the_files_does_not_matter(promises: list[Promised], payments: list[Payment], random) -> None:  # type: ignore[no-untyped-def]
    today = DAY + timedelta(days=99)
    expected = judge(promises, payments, today, grace_days=3, tolerance=1000)
    random.shuffle(promises)
    random.shuffle(payments)
    assert judge(promises, payments, today, grace_days=3, tolerance=1000) == expected


@given(PROMISES, PAYMENTS)
def test_taking_every_payment_back_leaves_nothing_kept(promises: list[Promised], payments: list[Payment]) -> None:
    today = DAY + timedelta(days=99)
    backs = [Payment(f"r{row.id}", row.value_date, -row.amount, reverses=row.id) for row in payments]
    verdicts = judge(promises, [*payments, *backs], today, grace_days=3, tolerance=1000)
    assert {verdict.status for verdict in verdicts} <= {"broken", "cancelled"}
