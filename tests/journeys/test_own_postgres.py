"""A bank's own PostgreSQL, set up from the command line as the README says; its administrator imports a book."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.central.server import CentralServer
from workstation.central import admin

ROOT = Path(__file__).parents[2]
DATABASE = "own_postgres"


@pytest.fixture
def server(central_server: CentralServer) -> Iterator[dict[str, object]]:
    """A running PostgreSQL with nothing of ours in this database yet."""
    yield conninfo_to_dict(central_server.server.superuser_dsn)
    admin.drop(central_server.server.superuser_dsn, DATABASE)


def run(*arguments: str, given: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "workstation", *arguments],
        cwd=ROOT,
        env={**os.environ, "WORKSTATION_HOME": str(home), "LANG": "C.UTF-8"},
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_set_up_people_and_a_book(server: dict[str, object], tmp_path: Path) -> None:
    where = ["--host", str(server["host"]), "--port", str(server["port"]), "--database", DATABASE]
    as_superuser = [*where, "--user", str(server["user"]), "--password-stdin"]
    own = str(server["password"])

    def central(*arguments: str, more: str = "") -> None:
        done = run("central", *arguments, *as_superuser, given=f"{own}\n{more}", home=tmp_path)
        assert done.returncode == 0, done.stderr

    central("init")
    central("init")  # safe to run again
    central("team", "add", "Cards 1")
    central("user", "add", "own.anna", "--name", "Anna Li", "--role", "admin", more="a long password\n")
    central(
        "user", "add", "own.chen", "--name", "陈静", "--role", "collector", "--team", "Cards 1", more="another one 12\n"
    )
    for login, old, new in (
        ("own.anna", "a long password", "quiet harbour lights"),
        ("own.chen", "another one 12", "seven brass keys"),
    ):
        as_person = [*where, "--user", login, "--password-stdin"]
        chosen = run("central", "password", *as_person, given=f"{old}\n{new}\n", home=tmp_path)
        assert chosen.returncode == 0, chosen.stderr
    book = tmp_path / "cards.csv"
    book.write_text(
        "reference,name,account_number,principal,stage\nR1,张三,6228480000000017,100.00,M2\nR2,李四,622848,-1,M1\n",
        "utf-8",
    )
    importing = ["import", "book", str(book), *where, "--login", "own.anna", "--password-stdin", "--team", "Cards 1"]
    refused = run(*importing, given="quiet harbour lights\n", home=tmp_path)
    assert refused.returncode == 2
    assert "Nothing was loaded" in refused.stderr
    assert (tmp_path / "cards.errors.csv").exists()
    kept = run(*importing, "--keep-good", given="quiet harbour lights\n", home=tmp_path)
    assert kept.returncode == 0, kept.stderr
    signed_in = {"host": server["host"], "port": server["port"], "dbname": DATABASE, "user": "own.chen"}
    with psycopg.connect(**signed_in, password="seven brass keys") as conn:  # type: ignore[arg-type]
        assert conn.execute("SELECT name FROM debtor").fetchall() == [("张三",)]
    central("user", "revoke", "own.chen")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**signed_in, password="seven brass keys")  # type: ignore[arg-type]
    wrong = run(*importing, given="wrong\n", home=tmp_path)
    assert wrong.returncode == 2
    assert "password is wrong" in wrong.stderr


def test_a_server_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = run("central", "init", "--port", "1", "--password-stdin", given="secret word\n", home=tmp_path)
    assert done.returncode == 2
    assert "127.0.0.1:1 cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret word" not in done.stderr + done.stdout
