"""Requests decided once, four eyes above the threshold, authority lent and taken back: asked of a real centre."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.central.builders import book_rows, hello, note, push
from tests.central.server import CentralDatabase
from workstation.central.loading import load
from workstation.domain.events import ApprovalAsked, ApprovalDecided, PlanDecided, PlanProposed, encode_body
from workstation.sync import decisions

DAY = datetime.now(UTC).date()
NEXT = DAY + timedelta(days=1)
WHY = "the debtor is unable to come"
Asked = Callable[..., str]


@pytest.fixture
def case_id(central: CentralDatabase) -> str:
    """A case of li.na that owes less than any threshold."""
    rows = book_rows(central, 1)
    with central.connect() as conn:
        load(conn, rows)
    return str(rows["cases"][0][0])


@pytest.fixture
def ask(central: CentralDatabase, case_id: str) -> Asked:
    def asked(what: str = "third_party", login: str = "li.na", **fields: Any) -> str:
        with central.connect(login) as conn:
            body = encode_body(ApprovalAsked(what=what, reason="no way to reach them", **fields))  # type: ignore[arg-type]
            event = note(case_id, central.people[login], hello(conn), kind="approval_asked", body=body)
            assert push(conn, event) == [("accepted", None)]
        return event.id

    return asked


def propose(central: CentralDatabase, case_id: str, waived: str, login: str = "li.na") -> str:
    body = encode_body(
        PlanProposed(
            request={"waive": {"interest": waived}}, result={"waived": {"amount": waived}}, needs_approval=True
        )
    )
    with central.connect(login) as conn:
        event = note(case_id, central.people[login], hello(conn), kind="plan_proposed", body=body)
        assert push(conn, event) == [("accepted", None)]
    return event.id


def decide(central: CentralDatabase, login: str, asked: str, verdict: str = "approved", **other: Any) -> Any:
    with central.connect(login) as conn:
        until = other.get("until", DAY + timedelta(days=7))
        return decisions.decide_request(conn, asked, verdict, other.get("reason", WHY), until, NEXT)  # type: ignore[arg-type]


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Exception) as found:  # noqa: PT011  # typed or not, its code is what is compared
        act()
    return str(getattr(found.value, "code", None) or getattr(found.value, "sqlstate", ""))


def lend(central: CentralDatabase, giver: str, taker: str, days: float = 5, start: datetime | None = None) -> str:
    begins = start or datetime.now(UTC)
    with central.connect(giver) as conn:
        return decisions.delegate(conn, central.people[taker], begins, begins + timedelta(days=days), "away at a fair")


def bodies(central: CentralDatabase, asked: str) -> list[dict[str, Any]]:
    with central.connect() as conn:
        query = "SELECT body::text FROM case_event WHERE answers = %s ORDER BY received_at"
        return [json.loads(row[0]) for row in conn.execute(query, [asked])]


def raise_the_debt(central: CentralDatabase) -> None:
    with central.connect() as conn:
        conn.execute("UPDATE balance_snapshot SET principal = 20000000")


def test_decided_once_whoever_is_first_and_the_other_is_told(central: CentralDatabase, ask: Asked) -> None:
    asked = ask()
    found: dict[str, Any] = {}
    threads = [
        threading.Thread(target=lambda who=login: found.update({who: decide(central, who, asked)}))
        for login in ("chen.jie", "admin")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row.done for row in found.values()) == [False, True]
    [winner] = [login for login, row in found.items() if row.done]
    assert {row.decided_by for row in found.values()} == {{"chen.jie": "陈洁", "admin": "Administrator"}[winner]}
    [body] = bodies(central, asked)
    assert body["decision"] == "approved"
    assert body["until"] == (DAY + timedelta(days=7)).isoformat()
    assert body["next_action"] == {"action": "repair_contact", "due": NEXT.isoformat()}


def test_who_may_not_decide(central: CentralDatabase, ask: Asked) -> None:
    asked = ask()
    for login in ("li.na", "wang.wei", "zhao.min", "audit"):
        assert refused(lambda who=login: decide(central, who, asked)) == "42501", login  # type: ignore[misc]
    assert refused(lambda: decide(central, "zhou.yan", asked)) == "WS021", "another team's lead"
    own = ask(login="chen.jie")
    assert refused(lambda: decide(central, "chen.jie", own)) == "WS025"
    assert refused(lambda: decide(central, "chen.jie", asked, "rejected", reason="")) == "WS011"
    for until in (None, DAY + timedelta(days=400), DAY - timedelta(days=9)):
        assert refused(lambda day=until: decide(central, "chen.jie", asked, until=day)) == "WS011"  # type: ignore[misc]
    assert refused(lambda: decide(central, "chen.jie", asked, "endorsed")) == "WS011"
    assert bodies(central, asked) == []


def test_no_seat_writes_a_decision_itself(central: CentralDatabase, case_id: str, ask: Asked) -> None:
    asked, plan = ask(), propose(central, case_id, "30000.00")
    forged = (
        ("approval_decided", ApprovalDecided(decision="approved", until=NEXT), asked),
        ("approval_decided", ApprovalDecided(decision="endorsed"), asked),
        ("plan_decided", PlanDecided(decision="endorsed"), plan),
        ("plan_decided", PlanDecided(decision="approved"), plan),
    )
    for login in ("li.na", "chen.jie"):
        for kind, body, answers in forged:
            with central.connect(login) as conn:
                event = note(case_id, central.people[login], hello(conn), kind=kind, answers=answers,
                             body=encode_body(body))  # fmt: skip
                assert push(conn, event) == [("refused", "reserved_kind")]


def test_what_was_taken_back_is_not_decided(central: CentralDatabase, case_id: str, ask: Asked) -> None:
    asked = ask()
    with central.connect("li.na") as conn:
        gone = note(
            case_id, central.people["li.na"], hello(conn), kind="correction", body='{"what":"undo"}', answers=asked
        )
        assert push(conn, gone) == [("accepted", None)]
    assert refused(lambda: decide(central, "chen.jie", asked)) == "WS024"


def test_above_the_threshold_two_leads_decide(central: CentralDatabase, case_id: str, ask: Asked) -> None:
    small, large = propose(central, case_id, "19999.99"), propose(central, case_id, "20000.00")
    with central.connect("chen.jie") as conn:
        assert decisions.decide(conn, small, "approved", WHY).decision == "approved"
        assert decisions.decide(conn, large, "approved", WHY).decision == "endorsed"
        assert refused(lambda: decisions.decide(conn, large, "approved", WHY)) == "WS051"
    with central.connect("admin") as conn:
        second = decisions.decide(conn, large, "approved", WHY)
    assert (second.done, second.decision) == (True, "approved")
    assert [body["decision"] for body in bodies(central, large)] == ["endorsed", "approved"]
    raise_the_debt(central)
    legal = ask("legal_referral")
    assert decide(central, "chen.jie", legal).decision == "endorsed"
    assert decide(central, "admin", legal, "rejected").decision == "rejected", "one is enough for a no"


@pytest.mark.parametrize("waived", ["nonsense", "NaN", "Infinity", "99e9", "-1"])
def test_an_amount_that_is_no_amount_is_not_below_the_threshold(
    central: CentralDatabase, case_id: str, waived: str
) -> None:
    """A seat writes it: whatever a changed program puts there does not save the second pair of eyes."""
    body = PlanProposed(
        request={"waive": {"interest": "25000.00"}}, result={"waived": {"amount": waived}}, needs_approval=True
    )
    with central.connect("li.na") as conn:
        event = note(case_id, central.people["li.na"], hello(conn), kind="plan_proposed", body=encode_body(body))
        assert push(conn, event) == [("accepted", None)]
    with central.connect("chen.jie") as conn:
        assert decisions.decide(conn, event.id, "approved", WHY).decision == "endorsed"


def test_authority_is_lent_from_until_and_shows_the_team(central: CentralDatabase, case_id: str, ask: Asked) -> None:
    asked = ask()
    later = datetime.now(UTC) + timedelta(days=2)
    lend(central, "chen.jie", "zhou.yan", start=later)
    assert refused(lambda: decide(central, "zhou.yan", asked)) == "WS021", "not yet"
    with central.connect("chen.jie") as conn:
        conn.execute("SELECT app.end_delegation(id) FROM delegation")
    made = lend(central, "chen.jie", "zhou.yan")
    with central.connect("zhou.yan") as conn:
        assert conn.execute("SELECT count(*) FROM cases WHERE id = %s", [case_id]).fetchone() == (1,)
    assert decide(central, "zhou.yan", asked).done
    [body] = bodies(central, asked)
    assert body["lent_by"] == central.people["chen.jie"], "on record: whose authority it was"
    with central.connect("zhou.yan") as conn:
        decisions.end_delegation(conn, made)  # given back
        assert conn.execute("SELECT count(*) FROM cases WHERE id = %s", [case_id]).fetchone() == (0,)
    assert refused(lambda: decide(central, "zhou.yan", ask())) == "WS021"
    with central.connect("audit") as conn:
        acts = [
            row[0] for row in conn.execute("SELECT what FROM admin_event WHERE what LIKE 'delegat%' ORDER BY at, id")
        ]
    assert acts == ["delegated", "delegation_ended", "delegated", "delegation_ended"]


def test_lent_authority_ends_by_itself_and_with_the_lender(central: CentralDatabase, ask: Asked) -> None:
    asked, made = ask(), lend(central, "chen.jie", "wang.wei")
    with central.connect("wang.wei") as conn:
        assert conn.execute("SELECT count(*) FROM cases").fetchone() == (1,)
    with central.connect() as conn:
        conn.execute("UPDATE delegation SET from_at = now() - interval '2 days', until_at = now() - interval '1 day'")
    assert refused(lambda: decide(central, "wang.wei", asked)) == "42501"
    with central.connect() as conn:
        conn.execute("UPDATE delegation SET until_at = now() + interval '1 day' WHERE id = %s", [made])
        conn.execute("UPDATE person SET role = 'collector' WHERE login = 'chen.jie'")
    assert refused(lambda: decide(central, "wang.wei", asked)) == "42501", "who lent it has none any more"


def test_nobody_decides_their_own_by_a_detour(central: CentralDatabase, case_id: str, ask: Asked) -> None:
    """The lead's request through whom they lent their authority to; the two pairs of eyes of one authority."""
    lend(central, "chen.jie", "wang.wei")
    for own in (ask(login="wang.wei"), ask(login="chen.jie")):
        assert refused(lambda asked=own: decide(central, "wang.wei", asked)) == "WS025"  # type: ignore[misc]
    large = propose(central, case_id, "50000.00")
    with central.connect("chen.jie") as conn:
        assert decisions.decide(conn, large, "approved", WHY).decision == "endorsed"
    with central.connect("wang.wei") as conn:
        assert refused(lambda: decisions.decide(conn, large, "approved", WHY)) == "WS051"
    other = propose(central, case_id, "60000.00")
    with central.connect("wang.wei") as conn:
        assert decisions.decide(conn, other, "approved", WHY).decision == "endorsed"
    with central.connect("chen.jie") as conn:
        assert refused(lambda: decisions.decide(conn, other, "approved", WHY)) == "WS051"
    with central.connect("admin") as conn:
        assert decisions.decide(conn, other, "approved", WHY).decision == "approved"


def test_what_was_lent_is_not_lent_on(central: CentralDatabase, ask: Asked) -> None:
    asked = ask()
    lend(central, "chen.jie", "zhou.yan")
    lend(central, "zhou.yan", "sun.hao")  # her own, over south
    assert refused(lambda: decide(central, "sun.hao", asked)) == "WS021"
    with central.connect("sun.hao") as conn:
        assert conn.execute("SELECT count(*) FROM cases").fetchone() == (0,)
    for taker in ("chen.jie", "sun.hao", "audit", "admin"):
        assert refused(lambda to=taker: lend(central, "chen.jie", to)) in {"WS050", "WS022"}, taker  # type: ignore[misc]
    for giver in ("li.na", "audit", "admin"):
        assert refused(lambda who=giver: lend(central, who, "wang.wei")) == "42501", giver  # type: ignore[misc]
    assert refused(lambda: lend(central, "chen.jie", "wang.wei")) == "WS022", "one at a time"


@pytest.mark.parametrize("days", [0, -1, 400])
def test_lent_for_no_time_or_too_long(central: CentralDatabase, days: float) -> None:
    assert refused(lambda: lend(central, "chen.jie", "wang.wei", days=days)) == "WS011"


def test_others_see_and_end_nothing_of_it(central: CentralDatabase) -> None:
    made = lend(central, "chen.jie", "wang.wei")
    for login, seen in (("li.na", 0), ("zhou.yan", 0), ("chen.jie", 1), ("wang.wei", 1), ("audit", 1), ("admin", 1)):
        with central.connect(login) as conn:
            assert conn.execute("SELECT count(*) FROM delegation").fetchone() == (seen,), login
            for statement in ("UPDATE delegation SET until_at = 'infinity'", "DELETE FROM delegation",
                              "UPDATE decision_rule SET four_eyes = '{}'"):  # fmt: skip
                with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
                    conn.execute(statement.encode())
    with central.connect("li.na") as conn:
        assert refused(lambda: decisions.end_delegation(conn, made)) == "WS021"


def test_the_house_s_table_is_put_in_place_with_each_migration(central: CentralDatabase) -> None:
    from workstation.central import admin
    from workstation.domain.decision_rules import load as shipped

    with central.connect() as conn:
        conn.execute("UPDATE decision_rule SET four_eyes = '{}'")
    admin.migrate(central.superuser_dsn)
    with central.connect("li.na") as conn:
        found = dict(conn.execute("SELECT what, four_eyes FROM decision_rule").fetchall())
    assert {what: {currency: row["from"] for currency, row in rule.items()} for what, rule in found.items()} == {
        rule.what: dict(rule.four_eyes) for rule in shipped().values()
    }
