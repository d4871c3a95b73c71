# ruff: noqa: E501  # tables of calls
"""What came after the first ten migrations (plans of a team, shared-out cases, photos, figures, lent authority, reports,
coaching), asked and called by people whom it does not concern, over a connection of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Json

from tests.central.adversary import everything, two_teams
from tests.central.builders import hello, new_id, note, push
from tests.central.server import CentralDatabase
from tests.central.test_adversary_functions import attempt
from tests.central.test_attachments import CONTENT, HASH, finish, naming, offer, put
from workstation.domain.events import ApprovalAsked, Contact, encode_body

NORTH = ("li.na", "zhao.min", "chen.jie")  # collector, field, lead: none of them has to do with the south
TODAY = datetime.now(UTC).date()
WHY = "seen to"


@dataclass
class South:
    """What the south has, by the ids that nobody of the north may meet."""

    case: str
    device: str
    contact: str
    asked: str
    event: str  # names the photo
    review: str
    report: str
    delegation: str
    ids: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def south(central_of_module: CentralDatabase) -> South:
    central = central_of_module
    two_teams(central)
    at = datetime.now(UTC)
    with central.connect("sun.hao") as conn:
        device = hello(conn)
        [case, *_] = [row[0] for row in conn.execute("SELECT id::text FROM cases ORDER BY number").fetchall()]
        contact = note(case, central.people["sun.hao"], device, kind="contact", channel="call", occurred_at=at,
                       outcome="no_answer", body=encode_body(Contact(party="debtor", note="南方")))  # fmt: skip
        asked = note(case, central.people["sun.hao"], device, kind="approval_asked", occurred_at=at,
                     body=encode_body(ApprovalAsked(what="legal_referral", reason="南方")))  # fmt: skip
        assert push(conn, contact, asked) == [("accepted", None)] * 2
        event = naming(conn, central, "sun.hao", case)
        offer(conn, event)
        put(conn, case, 0, CONTENT)
        assert finish(conn, case) == "whole"
        report = new_id()
        conn.execute("SELECT app.hand_in_report(%s, 'daily', %s, '南方', '{}')", [report, TODAY])
    with central.connect("zhou.yan") as conn:
        (review,) = conn.execute(
            "SELECT app.coach(%s, 'call@1', '{\"a\": 1}', '{}', 500, '南方')::text", [contact.id]
        ).fetchone()
        (lent,) = conn.execute(
            "SELECT app.delegate(%s, now(), now() + interval '5 days', '南方')::text", [central.people["sun.hao"]]
        ).fetchone()
    found = South(case, device, contact.id, asked.id, event, review, report, lent)
    with central.connect() as conn:
        south_cases = [
            r[0] for r in conn.execute("SELECT id::text FROM cases WHERE team_id = %s", [central.teams["south"]])
        ]
        devices = [r[0] for r in conn.execute("SELECT id::text FROM device WHERE person_id = ANY (%s::uuid[])",
                                              [[central.people["sun.hao"], central.people["zhou.yan"]]])]  # fmt: skip
    found.ids = {contact.id, asked.id, event, review, report, lent, *south_cases, *devices}
    return found


def tables(central: CentralDatabase) -> list[str]:
    with central.connect() as conn:
        rows = conn.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'v', 'm', 'p') AND n.nspname IN ('public', 'app')"
        ).fetchall()
    return [row[0] for row in rows]


def test_no_table_at_all_shows_the_other_team_or_takes_a_word(central_of_module: CentralDatabase, south: South) -> None:
    """Every table there is, also those of migrations to come; and marks of the south that are not ids."""
    found = tables(central_of_module)
    assert len(found) > 40
    before = everything(central_of_module)
    seen = 0
    for login in NORTH:
        with central_of_module.connect(login, autocommit=True) as conn:
            for table in found:
                try:
                    rows = [row[0] for row in conn.execute(f"SELECT t::text FROM {table} t".encode())]
                except psycopg.errors.InsufficientPrivilege:
                    continue
                seen += len(rows)
                for row in rows:
                    assert not any(one in row for one in south.ids), (login, table)
                    assert "南方" not in row, (login, table)
                for write in (f"DELETE FROM {table}", f"UPDATE {table} SET xid = xid", f"TRUNCATE {table}",
                              f"INSERT INTO {table} DEFAULT VALUES"):  # fmt: skip
                    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedColumn)):
                        conn.execute(write.encode())
    assert seen > 20, "the north has something of its own to see"
    assert everything(central_of_module) == before


Call = Callable[[South, CentralDatabase], tuple[str, list[Any]]]
OTHERS: dict[str, tuple[Call, set[str]]] = {
    "read the photo": (lambda s, c: ("app.read_chunk(%s, %s, 0, 10)", [s.case, HASH]), {"WS034"}),
    "spoil the photo": (lambda s, c: ("app.put_chunk(%s, %s, 0, 'x')", [s.case, HASH]), {"WS034"}),
    "finish the photo": (lambda s, c: ("app.finish_attachment(%s, %s)", [s.case, HASH]), {"WS034"}),
    "no photo": (lambda s, c: ("app.finish_attachment(%s, %s)", [new_id(), HASH]), {"WS034"}),
    "review their contact": (
        lambda s, c: ("app.coach(%s, 'call@1', '{}', '{}', 0, 'x')", [s.contact]), {"WS021", "42501"}),
    "read their note": (lambda s, c: ("app.acknowledge_review(%s)", [s.review]), {"WS021"}),
    "take over their report": (
        lambda s, c: ("app.hand_in_report(%s, 'daily', %s, 'x', '{}')", [s.report, TODAY]), {"WS011"}),
    "lend myself their authority": (
        lambda s, c: ("app.delegate(app.person_id(), now(), now() + interval '1 day', 'x')", []), {"WS050", "42501"}),
    "lend a stranger authority": (
        lambda s, c: ("app.delegate(%s, now(), now() + interval '1 day', 'x')", [c.people["sun.hao"]]), {"WS050", "42501"}),
    "end their lending": (lambda s, c: ("app.end_delegation(%s)", [s.delegation]), {"WS021"}),
    "decide their request": (
        lambda s, c: ("app.decide_request(%s, 'approved', %s, %s, %s)", [s.asked, WHY, TODAY, TODAY]), {"WS021", "42501"}),
    "plan with their people": (
        lambda s, c: ("app.set_staffing(%s, 1, '{\"capacity\": 0, \"legal\": false}')", [c.people["sun.hao"]]), {"WS021", "42501"}),
    "share out cases to myself": (
        lambda s, c: ("app.rebalance(gen_random_uuid(), %s::uuid[], '{1}', ARRAY[app.person_id()], 'x')", [[s.case]]), {None, "42501"}),
    "share out cases to them": (
        lambda s, c: ("app.rebalance(gen_random_uuid(), '{}', '{}', %s::uuid[], 'x')", [[c.people["sun.hao"]]]), {"WS011", "42501"}),
    "count afresh": (lambda s, c: ("app.recount_figures()", []), {"42501"}),
    "count for all": (lambda s, c: ("app.refresh_figures()", []), {"42501"}),
    "who lends whom, inside": (lambda s, c: ("app.authority_over(%s)", [c.teams["south"]]), {"42501"}),
    "speak for their seat": (lambda s, c: ("app.report_seat(%s, 9, '1', 9)", [s.device]), {None}),
}  # fmt: skip


@pytest.mark.parametrize("what", OTHERS)
def test_no_function_reads_or_changes_what_is_another_teams(
    central_of_module: CentralDatabase, south: South, what: str
) -> None:
    call, codes = OTHERS[what]
    before = everything(central_of_module)
    for login in NORTH:
        with central_of_module.connect(login, autocommit=True) as conn:
            code, said = attempt(conn, *_spread(call(south, central_of_module)))
            assert code in codes, (login, code, said)
            assert not any(one in str(said) for one in south.ids - {south.case}), login
            assert "南方" not in str(said), login
    after = everything(central_of_module)
    assert {name for name in before if before[name] != after[name]} <= {"admin_event", "central_meta"}


def _spread(call: tuple[str, list[Any]]) -> tuple[Any, ...]:
    return (call[0], *call[1])


def test_what_a_list_answers_is_of_ones_own(central_of_module: CentralDatabase, south: South) -> None:
    week = [TODAY - timedelta(days=7), TODAY + timedelta(days=1)]
    for login in NORTH:
        with central_of_module.connect(login, autocommit=True) as conn:
            for query, parameters in (
                ("SELECT r::text FROM app.reports_handed_in('daily', %s, %s) r", week),
                ("SELECT m::text FROM app.moves_told('2000-01-01') m", []),
                ("SELECT l::text FROM app.lenders() l", []),
                ("SELECT app.figures(%s, %s, %s::uuid[])::text", [*week, [central_of_module.people["sun.hao"]]]),
                ("SELECT f::text FROM app.figure_cases('coverage', %s, %s, NULL, 500) f", week),
                ("SELECT o::text FROM app.offer_attachments(%s) o",
                 [Json([{"event": south.event, "sha256": HASH, "size": len(CONTENT), "media": "image/jpeg"}])]),
            ):  # fmt: skip
                said = str(conn.execute(query.encode(), parameters).fetchall())
                assert not any(one in said for one in (*south.ids, "南方", "CC0000")), query


def test_authority_ends_where_the_taker_leaves_the_team(central: CentralDatabase) -> None:
    """Lent to somebody of the own team, not to whoever they become; back in the team it goes on until its end."""
    two_teams(central)
    lend = "SELECT app.delegate(%s, now(), now() + interval '5 days', 'x')"
    with central.connect("chen.jie", autocommit=True) as lead:
        lead.execute(lend, [central.people["zhao.min"]])

    def reads() -> tuple[Any, ...]:
        with central.connect("zhao.min", autocommit=True) as conn:
            row = conn.execute("SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM app.lenders())").fetchone()
        assert row is not None
        return row

    def moved(team: str) -> None:
        with central.connect("admin", autocommit=True) as conn:
            conn.execute("SELECT app.change_person('zhao.min', 'field', %s)", [central.teams[team]])

    assert reads() == (3, 1)
    moved("south")
    assert reads() == (0, 0)
    moved("north")
    assert reads() == (3, 1)


# What one person writes and others' seats read: a day no calendar there has, a number no seat holds, and a text without
# end would stop those seats' synchronisation for good.
POISON = {
    "a leave for ever": ("chen.jie", "app.set_staffing(%(li)s, 1, %(staffing)s)"),
    "a covered leave for ever": (
        "chen.jie", "app.rebalance(gen_random_uuid(), '{}', '{}', '{}', 'x', %(li)s, 'infinity')"),
    "lent in ten thousand years": (
        "chen.jie", "app.delegate(%(li)s, '12026-01-01', '12026-02-01', 'x')"),
    "a report of no day": ("li.na", "app.hand_in_report(gen_random_uuid(), 'daily', '-infinity', 'x', '{}')"),
    "a report of a day before days": (
        "li.na", "app.hand_in_report(gen_random_uuid(), 'daily', '4000-01-01 BC', 'x', '{}')"),
    "figures that are none": (
        "li.na", "app.hand_in_report(gen_random_uuid(), 'daily', current_date, 'x', '{\"calls\": \"x\"}')"),
    "a figure of five thousand digits": (
        "li.na", "app.hand_in_report(gen_random_uuid(), 'daily', current_date, 'x', %(long)s)"),
    "a review without a form": ("chen.jie", "app.coach(%(contact)s, '', '{}', '{}', 0, 'x')"),
    "a score beyond all": ("chen.jie", "app.coach(%(contact)s, 'f', '{}', '{}', 1001, 'x')"),
    "points that are none": ("chen.jie", "app.coach(%(contact)s, 'f', '{\"a\": {\"b\": 1}}', '{}', 0, 'x')"),
    "a long fault": ("chen.jie", "app.coach(%(contact)s, 'f', '{}', ARRAY[repeat('x', 61)], 0, 'x')"),
    "faults in faults": ("chen.jie", "app.coach(%(contact)s, 'f', '{}', '{{a,b},{c,d}}', 0, 'x')"),
    "a fault that is none": ("chen.jie", "app.coach(%(contact)s, 'f', '{}', '{NULL}', 0, 'x')"),
    "next on no day": (
        "chen.jie", "app.decide_request(%(asked)s, 'approved', 'x', current_date, 'infinity')"),
    "moved on to no day": (
        "chen.jie", "app.decide_breach(%(asked)s, 0, 'terminated', 'x', NULL, '-infinity')"),
}  # fmt: skip


@pytest.fixture(scope="module")
def north(central_of_module: CentralDatabase, south: South) -> dict[str, Any]:
    """A contact and a request of li.na, and what does not go into anybody's calendar or memory."""
    me = central_of_module.people["li.na"]
    with central_of_module.connect("li.na") as conn:
        device = hello(conn)
        (case,) = conn.execute("SELECT id::text FROM cases ORDER BY number LIMIT 1").fetchone()  # type: ignore[misc]
        contact = note(case, me, device, kind="contact", channel="call", outcome="no_answer",
                       occurred_at=datetime.now(UTC), body=encode_body(Contact(party="debtor")))  # fmt: skip
        asked = note(case, me, device, kind="approval_asked", occurred_at=datetime.now(UTC),
                     body=encode_body(ApprovalAsked(what="legal_referral", reason="x")))  # fmt: skip
        assert push(conn, contact, asked) == [("accepted", None)] * 2
    staffing = {"capacity": 100, "legal": False, "leave_from": "-infinity", "leave_until": "infinity"}
    return {"li": me, "contact": contact.id, "asked": asked.id, "staffing": json.dumps(staffing),
            "long": '{"calls": ' + "9" * 5000 + "}"}  # fmt: skip


@pytest.mark.parametrize("what", POISON)
def test_nobody_writes_what_the_seats_of_others_cannot_read(
    central_of_module: CentralDatabase, north: dict[str, Any], what: str
) -> None:
    login, call = POISON[what]
    with central_of_module.connect(login, autocommit=True) as conn, pytest.raises(psycopg.Error) as refused:
        conn.execute(f"SELECT * FROM {call}".encode(), north)
    assert refused.value.sqlstate == ("0A000" if what == "faults in faults" else "WS011"), refused.value


def test_a_flood_of_reports_hides_no_other_report(central_of_module: CentralDatabase, south: South) -> None:
    day = date(2026, 10, 1)
    hand_in = "SELECT app.hand_in_report(gen_random_uuid(), 'daily', %s, 'x', '{\"calls\": 3}')"
    with central_of_module.connect("wang.wei", autocommit=True) as conn:
        conn.execute(hand_in, [day])
    with central_of_module.connect("li.na", autocommit=True) as conn:
        for _ in range(20):
            conn.execute(hand_in, [day])
        with pytest.raises(psycopg.Error, match="twenty times") as refused:
            conn.execute(hand_in, [day])
        assert refused.value.sqlstate == "WS011"
    with central_of_module.connect("chen.jie", autocommit=True) as conn:
        rows = conn.execute("SELECT person FROM app.reports_handed_in('daily', %s, %s)", [day, day]).fetchall()
    assert {row[0] for row in rows} == {"李娜", "王伟"}
