"""Who is told what of who saw what: everybody of themselves, a lead of the team, an auditor of all; and fast."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from tests.central.adversary import FOREIGN_NUMBER, everything, two_teams
from tests.central.builders import NOW, hello, note, push
from tests.central.server import CentralDatabase
from workstation.domain.events import Reveal, TakenOut, encode_body
from workstation.sync import audit


@pytest.fixture
def seen(central: CentralDatabase) -> CentralDatabase:
    """Everybody looked at a number of their first case and printed a list, a minute apart."""
    two_teams(central)
    for place, login in enumerate(("li.na", "wang.wei", "sun.hao")):
        with central.connect(login) as conn:
            device = hello(conn)
            [(case_id,)] = conn.execute("SELECT id::text FROM cases ORDER BY number LIMIT 1").fetchall()
            shown = note(
                case_id, central.people[login], device, kind="reveal", occurred_at=NOW + timedelta(minutes=place),
                body=encode_body(Reveal(field="phone", why="dial", reason="by hand", seconds=20)),
            )  # fmt: skip
            taken = note(
                case_id, central.people[login], device, kind="taken_out",
                occurred_at=NOW + timedelta(minutes=place, seconds=30),
                body=encode_body(TakenOut(how="print", what="work_plan_day", cases=2, batch="b")),
            )  # fmt: skip
            assert push(conn, shown, taken) == [("accepted", None)] * 2
    return central


def told(central: CentralDatabase, login: str, **asked: object) -> list[tuple[str, str]]:
    with central.connect(login) as conn:
        return [(record.author_name or "", record.kind) for record in audit.page(conn, asked)]


def test_an_auditor_is_told_of_everybody_the_newest_first(seen: CentralDatabase) -> None:
    assert told(seen, "audit", kinds=["saw", "took"]) == [
        ("孙浩", "taken_out"), ("孙浩", "reveal"), ("王伟", "taken_out"), ("王伟", "reveal"),
        ("李娜", "taken_out"), ("李娜", "reveal"),
    ]  # fmt: skip
    assert {kind for _, kind in told(seen, "audit", kinds=["changed"])} == {"note"}
    acts = told(seen, "audit", kinds=["admin"])
    assert {kind for _, kind in acts} >= {"person_added", "team_added"}
    assert not {kind for _, kind in acts} & {"note", "reveal", "taken_out"}
    assert len(told(seen, "audit")) == len(acts) + 6 + 5 + 1  # having asked for the acts is one itself


def test_a_lead_is_told_of_the_own_team_and_of_nobody_else(seen: CentralDatabase) -> None:
    assert {name for name, _ in told(seen, "chen.jie")} == {"李娜", "王伟"}
    assert {name for name, _ in told(seen, "zhou.yan")} == {"孙浩"}
    assert told(seen, "chen.jie", person=seen.people["sun.hao"]) == []
    assert told(seen, "chen.jie", number=FOREIGN_NUMBER) == []
    assert told(seen, "chen.jie", kinds=["admin"]) == []


@pytest.mark.parametrize("login", ["li.na", "wang.wei", "sun.hao"])
def test_a_collector_is_told_of_nobody_but_themselves_whatever_is_asked(seen: CentralDatabase, login: str) -> None:
    mine = told(seen, login)
    assert {kind for _, kind in mine} == {"note", "reveal", "taken_out"}
    with seen.connect() as conn:
        [(name,)] = conn.execute("SELECT name FROM person WHERE login = %s", [login]).fetchall()
    assert {who for who, _ in mine} == {name}
    for other in ("li.na", "wang.wei", "sun.hao", "chen.jie", "admin"):
        if other != login:
            assert told(seen, login, person=seen.people[other]) == []
    assert told(seen, login, kinds=["admin"]) == []


def test_a_collector_reads_no_access_record_of_a_case_that_is_not_theirs_on_any_way(seen: CentralDatabase) -> None:
    with seen.connect("li.na") as conn:
        found = conn.execute("SELECT DISTINCT author::text FROM case_event WHERE kind IN ('reveal', 'taken_out')")
        assert {author for (author,) in found.fetchall()} == {seen.people["li.na"]}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT * FROM admin_event")


@pytest.mark.parametrize("login", ["li.na", "zhao.min"])
def test_a_collector_takes_no_extract(seen: CentralDatabase, login: str) -> None:
    before = everything(seen)
    with seen.connect(login) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("SELECT app.audit_took('{}', 1, repeat('a', 64))")
    assert everything(seen) == before


def test_nobody_records_a_look_in_somebody_elses_name_or_changes_who_looked(seen: CentralDatabase) -> None:
    """A forged author, a forged device, and a record that is changed afterwards: each is refused with its reason."""
    with seen.connect("li.na") as conn:
        device = hello(conn)
        [(case_id,)] = conn.execute("SELECT id::text FROM cases ORDER BY number LIMIT 1").fetchall()
        body = encode_body(Reveal(field="phone", why="lead", reason="the lead asked"))
        forged = note(case_id, seen.people["wang.wei"], device, kind="reveal", body=body)
        assert push(conn, forged) == [("refused", "foreign_author")]
    with seen.connect("wang.wei") as conn:
        own = hello(conn)
        stolen = note(case_id, seen.people["wang.wei"], device, kind="reveal", body=body)
        assert push(conn, stolen)[0][0] == "refused"
        del own
    with seen.connect("li.na") as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("UPDATE case_event SET body = '{}' WHERE kind = 'reveal'")
    assert {name for name, kind in told(seen, "audit", kinds=["saw"])} == {"李娜", "王伟", "孙浩"}


@pytest.mark.parametrize("login", ["audit", "chen.jie", "admin"])
def test_an_extract_is_an_act_of_administration_and_the_auditor_writes_nothing_else(
    seen: CentralDatabase, login: str
) -> None:
    with seen.connect(login) as conn:
        audit.took(conn, {"person": seen.people["li.na"]}, 2, "ab" * 32)
    with seen.connect("audit") as conn:
        [newest] = audit.page(conn, {"kinds": ["admin"]}, most=1)
        assert (newest.kind, newest.outcome, newest.author) == ("audit_exported", "ab" * 32, seen.people[login])
        for table in ("case_event", "admin_event", "cases"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(f"DELETE FROM {table}".encode())
            conn.rollback()


def test_who_asks_about_others_is_on_record_once_an_hour(seen: CentralDatabase) -> None:
    """With what was asked for, whatever page of it; one's own records are one's own business."""

    def looked() -> list[tuple[str, str]]:
        with seen.connect() as conn:
            query = "SELECT login, subject FROM admin_event WHERE what = 'audit_read' ORDER BY at"
            return conn.execute(query).fetchall()

    for _ in range(2):
        told(seen, "li.na")
        told(seen, "chen.jie", person=seen.people["chen.jie"])
        assert looked() == []
    for _ in range(2):
        told(seen, "audit", number=FOREIGN_NUMBER)
        told(seen, "chen.jie", person=seen.people["li.na"])
        with seen.connect("admin") as conn:  # beginning with a later page is asking too
            conn.execute("SELECT * FROM app.audit('{}', now() + interval '1 year', gen_random_uuid(), 1)")
        assert looked() == [("audit", FOREIGN_NUMBER), ("chen.jie", "li.na"), ("admin", "")]
    with seen.connect() as conn:
        conn.execute("SET session_replication_role = replica")  # the guard off: an hour goes by
        conn.execute("UPDATE admin_event SET at = at - interval '61 minutes' WHERE what = 'audit_read'")
    told(seen, "audit", number=FOREIGN_NUMBER)
    assert len(looked()) == 4


def test_pages_follow_each_other_without_a_gap_or_a_double(seen: CentralDatabase) -> None:
    with seen.connect("audit") as conn:
        audit.page(conn, {})  # asking for the first time is an act
        whole = audit.page(conn, {}, most=1_000)
        found: list[audit.Record] = []
        while part := audit.page(conn, {}, found[-1] if found else None, 3):
            found += part
        assert [record.id for record in found] == [record.id for record in whole]
        assert [record for pages in audit.every(conn, {}, 5) for record in pages] == whole[:5]


def test_period_case_and_person_narrow_it(seen: CentralDatabase) -> None:
    minute = NOW + timedelta(minutes=1)
    between = {"from": minute.isoformat(), "until": (minute + timedelta(minutes=1)).isoformat()}
    assert told(seen, "audit", **between) == [("王伟", "taken_out"), ("王伟", "reveal")]
    assert {name for name, _ in told(seen, "audit", number=FOREIGN_NUMBER)} == {"孙浩"}
    assert told(seen, "audit", number="no such case") == []
    assert told(seen, "audit", number="'; DROP TABLE person; --") == []
    with pytest.raises(psycopg.errors.InvalidTextRepresentation), seen.connect("audit") as conn:
        conn.execute("SELECT * FROM app.audit('{\"person\": \"x'') OR true --\"}', NULL, NULL, 5)")


def test_what_somebody_wrote_about_a_debtor_is_not_told(seen: CentralDatabase) -> None:
    with seen.connect("audit") as conn:
        records = audit.page(conn, {})
    assert all(record.body is None for record in records if record.kind == "note")
    assert all("by hand" in (record.body or "") for record in records if record.kind == "reveal")


def test_who_had_a_case_and_when(seen: CentralDatabase) -> None:
    with seen.connect("audit") as conn:
        found = audit.holders(conn, FOREIGN_NUMBER)
        assert {(holder.name, holder.kind) for holder in found} == {("孙浩", "person"), ("south", "team")}
    with seen.connect("li.na") as conn:
        assert audit.holders(conn, FOREIGN_NUMBER) == []


def test_a_large_book_is_asked_through_its_indexes(seen: CentralDatabase) -> None:
    """No question reads the table from one end to the other: person, time, and what was seen or taken have indexes."""
    with seen.connect() as conn:
        conn.execute(
            "INSERT INTO case_event (id, case_id, kind, occurred_at, author, device, body, offset_ms, prev_hash, hash)"
            " SELECT gen_random_uuid(), e.case_id, CASE WHEN n %% 50 = 0 THEN 'reveal' ELSE 'note' END,"
            " e.occurred_at - n * interval '7 seconds', CASE WHEN n %% 100 = 0 THEN e.author ELSE o.id END, e.device,"
            " '{}', 0, '', ''"
            " FROM (SELECT * FROM case_event LIMIT 1) e, (SELECT id FROM person WHERE login = 'chen.jie') o,"
            " generate_series(1, 30000) n",
            [],
        )
        conn.execute("ANALYZE case_event")
        for condition, index in (
            (f"author = '{seen.people['wang.wei']}'", "ix_case_event_author_at"),
            ("occurred_at < now()", "ix_case_event_at"),
            ("kind IN ('reveal', 'taken_out')", "ix_case_event_access"),
        ):
            query = f"EXPLAIN SELECT * FROM case_event WHERE {condition} ORDER BY occurred_at DESC, id DESC LIMIT 9"
            lines = "\n".join(line for (line,) in conn.execute(query.encode()).fetchall())
            assert index in lines, lines
            assert "Sort" not in lines, lines
