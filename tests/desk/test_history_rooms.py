"""Balances and payments over time, related persons, papers, who worked the case, what is planned; entries opened."""

from __future__ import annotations

from datetime import date

from local_db import replica
from tests.ui.sample_book import CHEN, SUN, TODAY, WANG
from workstation import tables
from workstation.desk.history_views import AccountHistory, Fact
from workstation.desk.views import CallForm
from workstation.domain.events import Budget, BudgetEntry, Circumstance, CreditorEntry, PlanDecided, PlanProposed
from workstation.domain.message import Label, Message, Money
from workstation.session import Desk

ACCOUNT = WANG.part("account")


def snapshot(day: str, principal: int, interest: int, penalty: int = 0, months: int = 1) -> tuple[object, ...]:
    return (f"snapshot-{day}", WANG.id, ACCOUNT, day, principal, interest, penalty, 0, 0, months)


def payment(name: str, day: str, amount: int, reverses: str | None = None) -> tuple[object, ...]:
    return (name, WANG.id, ACCOUNT, day, amount, "transfer", f"ref {name}", reverses)


def given(desk: Desk, snapshots: list[tuple[object, ...]], payments: list[tuple[object, ...]]) -> AccountHistory:
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM balance_snapshot WHERE account_id = ?", (ACCOUNT,))
        conn.exec_driver_sql("DELETE FROM payment WHERE account_id = ?", (ACCOUNT,))
        replica.upsert(conn, tables.balance_snapshot, snapshots)
        replica.upsert(conn, tables.payment, payments)
    (account,) = desk.casefile.balances(WANG.id)
    return account


def test_the_chart_goes_from_the_banks_figures_to_today(desk: Desk) -> None:
    account = given(
        desk,
        [snapshot("2026-10-01", 100_000, 1_000), snapshot("2026-11-03", 100_000, 2_000, 500)],
        [payment("p", "2026-11-13", 1_500)],
    )
    shown = [
        (point.day.isoformat(), point.principal, point.interest, point.charges, point.carried)
        for point in account.points
    ]
    assert shown == [
        ("2026-10-01", 100_000, 1_000, 0, False),
        ("2026-11-03", 100_000, 2_000, 500, False),
        ("2026-11-13", 100_000, 2_500, 500, True),  # ten days at 50 a day, before the payment
        ("2026-11-13", 100_000, 1_000, 500, True),
        ("2026-11-23", 100_000, 1_500, 500, True),
    ]
    assert account.total == Money(102_000, "CNY") == account.calculation.total


def test_each_payment_says_where_it_went(desk: Desk) -> None:
    account = given(
        desk,
        [snapshot("2026-10-01", 100_000, 1_000), snapshot("2026-11-03", 99_000, 0)],
        [
            payment("before", "2026-09-20", 700),
            payment("between", "2026-10-11", 2_000),
            payment("returned", "2026-11-05", 900),
            payment("return", "2026-11-09", -900, "returned"),
            payment("half", "2026-11-06", 1_000),
            payment("half back", "2026-11-10", -400, "half"),
            payment("too much", "2026-11-20", 200_000),
        ],
    )
    lines = {line.id: line for line in account.payments}
    assert [line.id for line in account.payments][:2] == ["too much", "half back"]
    assert lines["before"].parts is None
    assert lines["before"].note is not None
    assert lines["between"].parts == {"interest": Money(1_500, "CNY"), "principal": Money(500, "CNY")}
    assert (lines["returned"].state, lines["returned"].parts) == ("returned", {})
    assert lines["return"].state == "return"
    assert lines["return"].note is not None
    assert lines["return"].note.params == {"day": date(2026, 11, 5)}
    assert lines["half"].state == "partly_returned"
    assert sum(part.minor for part in (lines["half"].parts or {}).values()) == 600
    assert lines["too much"].left_over is not None
    assert account.total.minor == 0


def test_the_case_file_says_who_may_be_told_what(desk: Desk) -> None:
    (spouse,) = desk.casefile.around(WANG.id).related
    assert (spouse.name, spouse.relation) == ("周敏", Label("relation", "spouse"))
    assert "nothing about the debt" in spouse.rights.plain()
    assert spouse.points == ("139 **** 0000",)
    with desk.seat.store.write() as conn:
        replica.upsert(conn, tables.related_person, [(WANG.part("spouse"), WANG.id, "周敏", "guarantor", True)])
    assert "Liable" in desk.casefile.around(WANG.id).related[0].rights.plain()


def test_who_worked_the_case_before(desk: Desk) -> None:
    now, before = desk.casefile.around(WANG.id).workers
    assert (now.name, now.since, now.until, now.reason) == ("陈静", date(2026, 10, 30), None, "均衡案量")
    assert (before.name, before.since, before.until) == ("孙强", date(2026, 9, 1), date(2026, 10, 30))
    assert (now.contacts, before.contacts) == (2, 1)
    assert {CHEN, SUN} <= set(desk.seat.file(WANG.id).people)


def test_papers_are_listed_newest_first(desk: Desk) -> None:
    (paper,) = desk.casefile.around(WANG.id).papers
    assert paper.title.params == {"n": 2, "title": Label("letter", "demand")}
    assert paper.author == "陈静"
    assert not paper.set_aside


def test_what_is_planned_comes_by_day(desk: Desk) -> None:
    seat = desk.seat
    schedule = [{"due": f"2026-12-{day}", "amount": "100.00"} for day in ("01", "15")]
    plan = seat.record(
        WANG.id, PlanProposed(request={"currency": "CNY", "method": "interest_free"}, result={"schedule": schedule})
    )
    seat.record(WANG.id, PlanDecided(decision="agreed", consent="recorded"), answers=plan.id)
    seat.record(WANG.id, Circumstance(what="breathing_space", until=date(2026, 12, 10)))
    planned = desk.casefile.around(WANG.id).planned
    assert [(row.day.isoformat(), row.text.text) for row in planned] == [
        ("2026-11-24", "Next: {action}"),
        ("2026-11-24", "Promise of {amount}"),
        ("2026-12-01", "Instalment of {amount}"),
        ("2026-12-10", "Last day: {what}"),
        ("2026-12-15", "Instalment of {amount}"),
    ]
    assert not any(row.overdue for row in planned)


def values(facts: tuple[Fact, ...]) -> dict[str, list[str]]:
    return {
        fact.label.plain(): [
            part.plain() if isinstance(part, Message) else part.id if isinstance(part, Label) else str(part)
            for part in fact.parts
            if part
        ]
        for fact in facts
    }


def test_an_entry_opens_with_everything_recorded_with_it(desk: Desk) -> None:
    talk = next(
        row
        for row in desk.casefile.open(WANG.id).timeline
        if row.title.params.get("outcome") == Label("outcome", "promise_to_pay")
    )
    known = values(desk.casefile.facts(WANG.id, talk.id))
    assert known["When"] == ["2026-11-18", "10:20:00"]
    assert known["By"] == ["陈静"]
    assert known["Identity"] == ["full_name", "id_tail"]
    assert known["Reason for arrears"] == ["income_lost"]
    assert (known["Ability"], known["Willingness"]) == (["2 / 5"], ["4 / 5"])
    assert known["Times"] == ["Talk 4:12"]
    assert known["Contact point"] == ["mobile", "138 **** 6620"]
    assert known["Then planned"] == ["check_payment", "2026-11-24"]
    assert "Why against a warning" not in known


def test_a_promise_opens_with_what_became_of_it(desk: Desk) -> None:
    promise = next(row for row in desk.casefile.open(WANG.id).timeline if row.group == "promise")
    assert values(desk.casefile.facts(WANG.id, promise.id))["State today"][0] == "open"


def test_payments_and_balances_open_too(desk: Desk) -> None:
    given(desk, [snapshot("2026-09-01", 100_000, 1_000)], [payment("p", "2026-09-11", 1_600)])
    entries = {row.id: row for row in desk.casefile.open(WANG.id).timeline}
    assert entries["p"].day_only
    assert values(desk.casefile.facts(WANG.id, "p"))["Reference"] == ["ref p"]
    assert [fact.label.params["component"] for fact in desk.casefile.facts(WANG.id, "snapshot-2026-09-01")] == [
        Label("component", "principal"),
        Label("component", "interest"),
    ]
    assert desk.casefile.facts(WANG.id, "gone") == ()


def test_a_correction_stands_with_its_original(desk: Desk) -> None:
    desk.announce(desk.call.save(WANG.id, CallForm(contact_point=WANG.part("mobile"), outcome="busy")))
    desk.announce(desk.call.undo(WANG.id))
    timeline = desk.casefile.open(WANG.id).timeline
    (correction,) = [row for row in timeline if row.original is not None]
    (original,) = [row for row in timeline if row.set_aside]
    assert correction.original == original.title
    assert original.taken_back is not None
    assert original.taken_back.params == {"name": "陈静", "day": TODAY}


def test_what_stands_beside_the_history_is_of_the_same_reading_until_something_changes(desk: Desk) -> None:
    desk.casefile.open(WANG.id)
    before = desk.casefile._shown
    desk.casefile.looked(WANG.id)
    assert desk.casefile._as_shown(WANG.id) is before, "that it was looked at changes nothing on it"
    contacts = desk.casefile.around(WANG.id).workers[0].contacts
    desk.announce(desk.call.save(WANG.id, CallForm(contact_point=WANG.part("mobile"), outcome="busy")))
    assert desk.casefile.around(WANG.id).workers[0].contacts == contacts + 1


def test_a_budget_is_a_line_of_the_history_and_opens_with_its_figures(desk: Desk) -> None:
    told = Budget(
        currency="CNY",
        income=(BudgetEntry(kind="salary", amount=820_000), BudgetEntry(kind="second_job", amount=15_000, per="week")),
        spending=(BudgetEntry(kind="food", amount=30_000, reason="eats at work"),),
        other_creditors=(CreditorEntry(name="other bank", balance=900_000), CreditorEntry(agreed=20_000)),
        children=1,
        note="told on the phone",
    )
    event = desk.seat.record(WANG.id, told)
    line = desk.casefile.open(WANG.id).timeline[0]
    assert (line.group, line.detail) == ("plan", "told on the phone")
    assert line.title.params == {"income": Money(885_000, "CNY"), "left": Money(855_000, "CNY")}
    known = values(desk.casefile.facts(WANG.id, event.id))
    assert known["Household"] == ["1 adult", "1 child"]
    assert known["Income"] == ["salary 8200.00 CNY month", "second_job 150.00 CNY week"]
    assert known["Spending"] == ["food 300.00 CNY month (eats at work)"]
    assert known["Other creditors"] == ["other bank: 9000.00 CNY owed", "—: 200.00 CNY a month agreed"]
