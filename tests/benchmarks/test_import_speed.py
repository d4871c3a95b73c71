"""Importing a book of 30,000 accounts, against a bare COPY of the same rows."""

from __future__ import annotations

import gc
from pathlib import Path
from time import perf_counter

import psycopg
import pytest
from psycopg import sql

from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import AS_OF, SIZES
from tests.central.server import CentralDatabase, CentralServer
from workstation.central.loading import ORDER, load
from workstation.desk.demo.book import Rows, demo_book
from workstation.desk.importing import run

MAPPING = "uci-credit-card"
UCI = Path(__file__).resolve().parents[3] / "shared" / "data" / "uci-credit-card" / "UCI_Credit_Card.csv"


def made_book(database: CentralDatabase) -> Rows:
    people = [database.people[login] for login in ("li.na", "wang.wei", "zhao.min")]
    return demo_book(SIZES.book, as_of=AS_OF, team_id=database.teams["north"], collectors=people)


def load_seconds(database: CentralDatabase, rows: Rows) -> float:
    with database.connect() as conn:
        began = perf_counter()
        load(conn, rows)
        conn.commit()
        return perf_counter() - began


def bare_tables(conn: psycopg.Connection[tuple[object, ...]]) -> None:
    """The same columns, defaults, checks, primary keys and indexes; without foreign keys and triggers."""
    conn.execute("CREATE SCHEMA bare")
    for table in ORDER:
        name = sql.Identifier(table.name)
        conn.execute(sql.SQL("CREATE TABLE bare.{} (LIKE public.{} INCLUDING ALL)").format(name, name))
    conn.commit()


def copy_seconds(database: CentralDatabase, rows: Rows, schema: str) -> float:
    """One COPY for each table, in one transaction."""
    with database.connect() as conn:
        if schema == "bare":
            bare_tables(conn)
        began = perf_counter()
        for table in ORDER:
            names = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(schema, table.name), names)
            with conn.cursor() as cursor, cursor.copy(into) as copy:
                for row in rows.get(table.name, []):
                    copy.write_row(row)
        conn.commit()
        return perf_counter() - began


@pytest.mark.bench
def test_import_of_a_book(central_server: CentralServer, board: Board) -> None:
    loaded, bare, guarded = [], [], []
    for _ in range(SIZES.imports):
        for times, seconds in (
            (loaded, load_seconds),
            (bare, lambda database, rows: copy_seconds(database, rows, "bare")),
            (guarded, lambda database, rows: copy_seconds(database, rows, "public")),
        ):
            database = central_server.new_database()
            rows = made_book(database)
            gc.collect()
            times.append(seconds(database, rows))
            central_server.drop(database)
    count = sum(map(len, rows.values()))
    board.ratio(
        f"Import {SIZES.book:,} accounts / bare COPY, no foreign keys",
        loaded,
        bare,
        aim=3,
        note=f"{count:,} rows; the reference has the same keys and indexes, but no foreign keys and no triggers",
    )
    board.ratio(
        f"Import {SIZES.book:,} accounts / COPY into the same schema",
        loaded,
        guarded,
        note="the reference keeps foreign keys and the trigger that opens scopes",
    )


@pytest.mark.bench
def test_importing_the_same_book_again(central_server: CentralServer, board: Board) -> None:
    database = central_server.new_database()
    rows = made_book(database)
    first = load_seconds(database, rows)
    again = [load_seconds(database, rows) for _ in range(SIZES.imports)]
    board.ratio("Import of an unchanged book / its first import", again, [first])
    central_server.drop(database)


def rows_of(conn: psycopg.Connection[tuple[object, ...]]) -> Rows:
    """What the import wrote, as rows to load."""
    found: Rows = {}
    for table in ORDER:
        columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
        with conn.cursor().copy(
            sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(columns, sql.Identifier(table.name))
        ) as copy:
            found[table.name] = list(copy.rows())
    return found


@pytest.mark.bench
def test_import_of_the_uci_file(central_server: CentralServer, board: Board, tmp_path: Path) -> None:
    """The whole of it: reading, checking, making up identities, loading."""
    if not UCI.exists():
        pytest.skip("the UCI credit-card file is not beside this checkout")
    lines = UCI.read_bytes().splitlines(keepends=True)
    path = tmp_path / "book.csv"
    path.write_bytes(b"".join(lines[: SIZES.book + 1]))
    whole, loaded, bare = [], [], []
    for _ in range(SIZES.imports):
        database = central_server.new_database()
        people, team = [database.people["li.na"], database.people["wang.wei"]], database.teams["north"]
        with database.connect() as conn:
            began = perf_counter()
            result = run(path, "book", MAPPING, conn, as_of=AS_OF, assign_to=people, team_id=team)
            conn.commit()
            whole.append(perf_counter() - began)
            rows = rows_of(conn)
        assert not result.errors
        central_server.drop(database)
        for times, seconds in (
            (loaded, load_seconds),
            (bare, lambda database, rows: copy_seconds(database, rows, "bare")),
        ):
            database = central_server.new_database()
            gc.collect()
            times.append(seconds(database, rows))
            central_server.drop(database)
    name = f"Import of the UCI file, {min(SIZES.book, len(lines) - 1):,} accounts"
    board.ratio(f"{name} / bare COPY", whole, bare, aim=3, note="reading, checking, identities and loading")
    board.ratio("  of it the loading alone / bare COPY", loaded, bare)
