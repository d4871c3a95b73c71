"""What the gateway's login may not do at the centre, and what nobody else may do in its place."""

from __future__ import annotations

import datetime as dt
from typing import Any

import psycopg
import pytest

from tests.central.builders import hello, new_id, note, push
from tests.central.server import PASSWORD, CentralServer
from tests.gateway.conftest import GATEWAY, House
from workstation.central import admin
from workstation.central.refusals import CentralRefusedError
from workstation.domain.errors import InputError
from workstation.domain.events import Circumstance, Contact, Note, Promise

Conn = psycopg.Connection[Any]
DENIED = "42501"


def refused(conn: Conn, query: str, *arguments: object) -> str | None:
    try:
        conn.execute(query.encode(), arguments)
    except psycopg.Error as error:
        return error.sqlstate
    return None


def test_it_reads_no_table_and_writes_none(house: House, gateway_conn: Conn) -> None:
    with house.central.connect() as owner:
        tables = [
            row[0]
            for row in owner.execute(
                "SELECT n.nspname || '.' || relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                " WHERE n.nspname IN ('public', 'app') AND relkind IN ('r', 'v', 'p')"
            )
        ]
    assert len(tables) > 18
    for table in tables:
        for query in ("SELECT * FROM {}", "DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES", "TRUNCATE {}", "TABLE {}"):
            assert refused(gateway_conn, query.format(table)) == DENIED, (table, query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT app.push_events('[]')", "SELECT app.hello(gen_random_uuid(), 'x', '0003')", "SELECT app.my_cases()",
        "SELECT app.missing_events('{}')", "SELECT app.person_id()", "SELECT app.readable('{}')",
        "SELECT app.write_result(gen_random_uuid(), 'sent', '', '')", "SELECT app.settle_messages()",
        "SELECT app.write_central_event(NULL, 'x', NULL, '{}', NULL)", "SELECT app.add_gateway('mine', 'x')",
        "SELECT app.message_point(NULL)", "SELECT app.reassign('{}', '{}', NULL, '')", "SET ROLE ws_owner",
        "SET ROLE ws_admin", "SET ROLE ws_collector", "GRANT ws_admin TO CURRENT_USER", "CREATE TABLE app.mine ()",
        "CREATE TABLE public.mine ()", "CREATE TEMPORARY TABLE mine ()", "DROP OWNED BY ws_gateway", "CREATE ROLE mine",
        'GRANT ws_gateway TO "li.na"', "REVOKE ws_gateway FROM CURRENT_USER",
    ],
)  # fmt: skip
def test_no_other_door_is_open_to_it(gateway_conn: Conn, query: str) -> None:
    assert refused(gateway_conn, query) == DENIED


def test_of_a_case_it_learns_what_the_gate_asks_and_nothing_of_the_person(house: House, gateway_conn: Conn) -> None:
    point = house.phones[house.cases[0]]
    house.record(Note(text="private note"))
    house.record(Promise(currency="CNY", note="private promise"), amount=412_800, due_on=dt.date(2026, 12, 1))
    house.record(
        Contact(party="debtor", person_name="private person", note="private talk", evidence="private evidence"),
        channel="call", outcome="asks_to_stop_contact", contact_point=point,
    )  # fmt: skip
    house.record(Circumstance(what="breathing_space", evidence="private court"))
    house.queue(text="private text", subject="private subject")
    said = str(gateway_conn.execute("SELECT * FROM app.due_messages('{sms,email}', 10)").fetchall())
    for private in ("private", "138000", "412800", "张三", "李四", "C00000", "R0", "6228", house.cases[0], house.device,
                    house.central.people["li.na"], "2026-12-01"):  # fmt: skip
        assert private not in said, private
    assert "asks_to_stop_contact" in said
    assert "breathing_space" in said


def test_only_what_was_queued_can_be_claimed(house: House, gateway_conn: Conn) -> None:
    noted = house.record(Note(text="not a message"))
    contact = house.record(Contact(), channel="sms", contact_point=house.phones[house.cases[0]])
    for other in (noted.id, contact.id, new_id(), house.cases[0]):
        for seen in (0, 1, 2):
            assert gateway_conn.execute("SELECT * FROM app.claim_message(%s, %s)", [other, seen]).fetchall() == []
        for query in ("message_sent(%s, 0, '')", "message_failed(%s, 0, 'x')", "message_delivered(%s)",
                      "message_later(%s, 0, now())"):  # fmt: skip
            assert gateway_conn.execute(f"SELECT app.{query}".encode(), [other]).fetchall() == [(False,)]
    assert house.results(noted.id) == []


def test_a_message_is_not_sent_or_failed_uncertain_before_it_was_claimed(house: House, gateway_conn: Conn) -> None:
    message = house.queue()
    assert gateway_conn.execute("SELECT app.message_sent(%s, 0, '')", [message]).fetchall() == [(False,)]
    assert gateway_conn.execute("SELECT app.message_delivered(%s)", [message]).fetchall() == [(False,)]
    assert house.results(message) == []


@pytest.mark.parametrize("reference", ["x" * 201, "line\nbreak", "张三", "\x01"])
def test_a_reference_is_short_and_printable(house: House, gateway_conn: Conn, reference: str) -> None:
    message = house.queue()
    centre = house.centre()
    [due] = centre.due(["sms"], 1)
    assert centre.claim(due) is not None
    assert refused(gateway_conn, "SELECT app.message_sent(%s, 1, %s)", message, reference) == "WS011"
    assert refused(gateway_conn, "SELECT app.message_failed(%s, 1, %s)", message, reference) == "WS011"
    assert refused(gateway_conn, "SELECT app.message_failed(%s, 1, '')", message) == "WS011"
    assert house.state(message) == "claimed"


def test_a_seat_cannot_say_what_became_of_a_message(house: House) -> None:
    message = house.queue()
    with house.central.connect("li.na") as conn:
        forged = note(
            house.cases[0], house.central.people["li.na"], house.device, kind="message_result", answers=message,
            body='{"state":"delivered"}',
        )  # fmt: skip
        assert push(conn, forged) == [("refused", "reserved_kind")]
        after = note(house.cases[0], house.central.people["li.na"], house.device)
        assert push(conn, after) == [("accepted", None)], "its successors go on"
    assert house.results(message) == []


def test_who_may_see_how_sending_goes(house: House) -> None:
    house.queue()
    for login, sees in (("audit", 1), ("admin", 1)):
        with house.central.connect(login) as conn:
            assert conn.execute("SELECT count(*) FROM message_delivery").fetchone() == (sees,)
            assert conn.execute("SELECT count(*) FROM gateway").fetchone() == (1,)
    for login in ("li.na", "zhao.min", "chen.jie"):
        with house.central.connect(login, autocommit=True) as conn:
            assert refused(conn, "SELECT * FROM message_delivery") == DENIED
            assert refused(conn, "SELECT * FROM gateway") == DENIED


def test_a_gateway_of_one_book_is_nothing_in_another(house: House, central_server: CentralServer) -> None:
    other = central_server.new_database()
    with other.connect(GATEWAY, autocommit=True) as conn:
        for query in ("SELECT * FROM app.due_messages('{sms}', 1)", "SELECT * FROM app.message_status()",
                      "SELECT app.claim_message(gen_random_uuid(), 1)"):  # fmt: skip
            assert refused(conn, query) == DENIED
    with pytest.raises(CentralRefusedError):  # an administrator there cannot take the login over
        admin.add_gateway(other.dsn("admin"), GATEWAY, "another password")
    central_server.drop(other)
    with house.central.connect(GATEWAY) as conn:
        assert conn.execute("SELECT 1").fetchone() == (1,)


def test_a_login_is_a_persons_or_a_gateways(house: House) -> None:
    for dsn in (house.central.superuser_dsn, house.central.dsn("admin")):
        for taken in ("li.na", "admin"):
            with pytest.raises(CentralRefusedError):
                admin.add_gateway(dsn, taken, PASSWORD)
        with pytest.raises(CentralRefusedError):
            admin.add_person(dsn, GATEWAY, "x", "collector", "north", PASSWORD)
        for bad in ("postgres", "ws_gateway", "ws_owner", "pg_read_all_data", "X", "a b", ""):
            with pytest.raises(CentralRefusedError):
                admin.add_gateway(dsn, bad, PASSWORD)
        with pytest.raises(InputError):
            admin.add_gateway(dsn, "fresh", "short")
    with house.central.connect() as conn:
        rows = conn.execute(
            "SELECT g.rolname FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m"
            " ON m.oid = a.member WHERE m.rolname = %s", [GATEWAY],
        ).fetchall()  # fmt: skip
    assert rows == [("ws_gateway",)]


def test_added_again_it_has_the_new_password_and_each_act_is_on_record(house: House) -> None:
    admin.revoke_gateway(house.central.dsn("admin"), GATEWAY)
    with pytest.raises(psycopg.OperationalError):
        house.central.connect(GATEWAY)
    admin.add_gateway(house.central.dsn("admin"), GATEWAY, "a new password")
    with psycopg.connect(house.central.dsn(GATEWAY, "a new password")) as conn:
        assert conn.execute("SELECT count(*) FROM app.message_status()").fetchone() == (0,)
    acts = house.owner("SELECT what FROM admin_event WHERE subject = %s ORDER BY at", GATEWAY)
    assert [row[0] for row in acts] == ["gateway_added", "gateway_revoked", "gateway_added"]
    admin.add_gateway(house.central.superuser_dsn, GATEWAY, PASSWORD)  # as the other tests know it


def test_the_check_finds_nothing_wrong_after_sending(house: House) -> None:
    from workstation.central.check import check

    house.queue(0)
    house.queue(1, "email", subject="x")
    before = [finding.message.plain() for finding in check(house.central.superuser_dsn)]
    assert house.round().sent == 2
    assert [finding.message.plain() for finding in check(house.central.superuser_dsn)] == before
    with house.central.connect("li.na") as conn:
        hello(conn)
