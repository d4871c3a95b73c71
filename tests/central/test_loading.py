"""Loading books: whole or not at all, and a second load writes nothing."""

from __future__ import annotations

import pytest

from tests.central.builders import book_rows, hello, note, push
from workstation.central.loading import TableCount, load
from workstation.central.refusals import CentralRefusedError
from workstation.tables import PER_CASE


def xids(central) -> dict[str, list[tuple[str, str]]]:
    with central.connect() as conn:
        return {
            table.name: conn.execute(f"SELECT id::text, xid::text FROM {table.name} ORDER BY id").fetchall()
            for table in PER_CASE
        }


def test_the_second_load_of_the_same_rows_writes_nothing(central):
    rows = book_rows(central, 5)
    with central.connect("admin") as conn:
        first = load(conn, rows)
    before = xids(central)
    with central.connect("admin") as conn:
        second = load(conn, {name: iter(values) for name, values in rows.items()})
    assert first.tables["contact_point"] == TableCount(inserted=10)
    assert first.changed == 41
    assert second.changed == 0
    assert second.tables["contact_point"] == TableCount(unchanged=10)
    assert xids(central) == before


def test_only_changed_rows_are_written_and_pulled_again(central):
    rows = book_rows(central, 3)
    with central.connect("admin") as conn:
        load(conn, rows)
    before = dict(xids(central)["account"])
    changed = (*rows["account"][1][:3], 9_999, *rows["account"][1][4:])
    contact = (*rows["book"][0][:8], '{"phone": "95001"}')
    with central.connect("admin") as conn:
        result = load(conn, {"account": [rows["account"][0], changed], "book": [contact]})
    assert result.tables == {"book": TableCount(updated=1), "account": TableCount(updated=1, unchanged=1)}
    after = dict(xids(central)["account"])
    assert {id_ for id_ in after if after[id_] != before[id_]} == {changed[0]}


def test_an_empty_field_filled_or_emptied_is_a_change(central):
    rows = book_rows(central, 1)
    with central.connect("admin") as conn:
        load(conn, rows)
        filled = (*rows["debtor"][0][:8], "上海", None)
        assert load(conn, {"debtor": [filled]}).tables["debtor"] == TableCount(updated=1)
        assert load(conn, {"debtor": rows["debtor"]}).tables["debtor"] == TableCount(updated=1)


def test_a_reload_does_not_undo_a_reassignment(central):
    rows = book_rows(central, 2)
    with central.connect("admin") as conn:
        load(conn, rows)
    with central.connect("chen.jie") as conn:
        ids = [row[0] for row in rows["cases"]]
        conn.execute("SELECT * FROM app.reassign(%s::uuid[], '{1,1}', %s, '')", [ids, central.people["wang.wei"]])
    with central.connect("admin") as conn:
        assert load(conn, rows).changed == 0
        held = conn.execute("SELECT DISTINCT assignee_id::text, version FROM cases").fetchall()
        closed = [(*row[:4], "2026-11-30", *row[5:]) for row in rows["cases"]]
        assert load(conn, {"cases": closed}).tables["cases"] == TableCount(updated=2)
        after = conn.execute("SELECT DISTINCT assignee_id::text, version FROM cases").fetchall()
    assert held == after == [(central.people["wang.wei"], 2)]


def test_assigned_cases_open_their_scope(central):
    with central.connect("admin") as conn:
        load(conn, book_rows(central, 2))
        load(conn, book_rows(central, 1, assignee=None, seed="pool"))
        scope = conn.execute(
            "SELECT holder_kind, holder_id::text, count(*) FROM case_scope GROUP BY 1, 2 ORDER BY 1"
        ).fetchall()
    assert scope == [("person", central.people["li.na"], 2), ("team", central.teams["north"], 3)]


def test_a_row_that_does_not_fit_leaves_nothing_behind(central):
    for spoil in (
        {
            "account": [
                ("00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002", "1", *[None] * 4)
            ]
        },
        {"cases": book_rows(central, 2)["cases"] * 2},
    ):
        with central.connect("admin") as conn, pytest.raises(CentralRefusedError):
            load(conn, book_rows(central, 2) | spoil)
        with central.connect("admin") as conn:
            assert conn.execute("SELECT count(*) FROM book").fetchone() == (0,)


def test_the_same_id_twice_in_a_later_file_is_refused_by_name(central):
    rows = book_rows(central, 2)
    with central.connect("admin") as conn:
        load(conn, rows)
        with pytest.raises(CentralRefusedError, match="table debtor"):
            load(conn, {"debtor": rows["debtor"] * 2})
        assert load(conn, rows).changed == 0  # the caller's transaction goes on


def test_an_account_cannot_borrow_another_cases_payment(central):
    rows = book_rows(central, 2)
    first, second = rows["payment"]
    with central.connect("admin") as conn:
        load(conn, rows)
        with pytest.raises(CentralRefusedError) as refused:
            load(conn, {"payment": [("00000000-0000-0000-0000-000000000009", first[1], second[2], *first[3:])]})
    assert refused.value.code == "23503"


def test_people_and_unknown_tables_are_not_loaded(central_of_module):
    with central_of_module.connect("admin") as conn:
        for name in ("person", "case_scope", "pg_authid"):
            with pytest.raises(ValueError, match=name):
                load(conn, {name: []})


def test_a_collector_loads_nothing(central):
    with central.connect("li.na") as conn, pytest.raises(CentralRefusedError):
        load(conn, book_rows(central, 1))


def test_the_owner_may_add_past_events_and_they_are_never_changed(central):
    rows = book_rows(central, 1)
    with central.connect("admin") as conn:
        load(conn, rows)
    with central.connect("li.na", autocommit=True) as conn:
        device = hello(conn)
        event = note(rows["cases"][0][0], central.people["li.na"], device)
        assert push(conn, event) == [("accepted", None)]
    values = tuple(getattr(event, name) for name in event.__struct_fields__)
    with central.connect() as conn:
        again = (*values[:2], "changed", *values[3:])
        other = ("00000000-0000-7000-8000-000000000001", *values[1:])
        assert load(conn, {"case_event": [again, other]}).tables["case_event"] == TableCount(inserted=1, unchanged=1)
        assert conn.execute("SELECT DISTINCT kind FROM case_event").fetchall() == [("note",)]
