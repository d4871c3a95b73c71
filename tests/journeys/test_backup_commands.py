"""An administrator keeps the central database from the command line: backup, restore, check, a person's new place."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.central.copies import databases, fill, meta, named, wait_for_the_dump
from tests.central.server import CentralDatabase
from workstation.central import admin

ROOT = Path(__file__).parents[2]
Central = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def filled(central: CentralDatabase) -> Iterator[CentralDatabase]:
    fill(central)
    yield central
    for name in databases(central):
        if name.startswith(f"{central.name}_"):
            admin.drop(central.server.superuser_dsn, name)


def arguments(central: CentralDatabase, *given: str) -> list[str]:
    where = conninfo_to_dict(central.superuser_dsn)
    options = ["--host", str(where["host"]), "--port", str(where["port"]), "--user", str(where["user"])]
    database = [] if "--database" in given else ["--database", central.name]
    return [sys.executable, "-m", "workstation", "central", *given, *options, *database, "--password-stdin"]


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "WORKSTATION_HOME": str(home), "LANG": "C.UTF-8"}


@pytest.fixture
def run(filled: CentralDatabase, tmp_path: Path) -> Central:
    own = str(conninfo_to_dict(filled.superuser_dsn)["password"])

    def central(*given: str, password: str = own) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            arguments(filled, *given),
            cwd=ROOT,
            env=environment(tmp_path / "home"),
            input=f"{password}\n",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return central


def test_from_backup_to_a_restored_database_in_order(filled: CentralDatabase, run: Central, tmp_path: Path) -> None:
    file = tmp_path / "centre.backup"
    made = run("backup", str(file))
    assert made.returncode == 0, made.stderr
    assert "10 cases, 3 events" in made.stdout
    again = run("backup", str(file))
    assert (again.returncode, "already" in again.stderr) == (2, True)
    refused = run("restore", str(file))
    assert (refused.returncode, "--replace" in refused.stderr) == (2, True)
    copy = f"{filled.name}_copy"
    done = run("restore", str(file), "--database", copy)
    assert done.returncode == 0, done.stderr
    assert "8 logins were there already" in done.stdout
    assert meta(named(filled, copy))["backup_at"] is not None
    replaced = run("restore", str(file), "--replace")
    assert replaced.returncode == 0, replaced.stderr
    assert f"{filled.name}_before_" in replaced.stdout
    checked = run("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "in order" in checked.stdout


def test_a_wrong_password_and_a_damaged_file_end_with_a_sentence(
    filled: CentralDatabase, run: Central, tmp_path: Path
) -> None:
    file = tmp_path / "centre.backup"
    wrong = run("backup", str(file), password="not the password")
    assert wrong.returncode == 2
    assert "password authentication failed" in wrong.stderr
    assert "not the password" not in wrong.stderr + wrong.stdout
    assert not file.exists()
    assert run("backup", str(file)).returncode == 0
    file.write_bytes(file.read_bytes()[:-3000])
    there = databases(filled)
    broken = run("restore", str(file), "--replace")
    assert broken.returncode == 2
    assert "nothing was changed" in broken.stderr
    assert "Traceback" not in broken.stderr
    assert databases(filled) == there


@pytest.mark.skipif(sys.platform == "win32", reason="an interrupt is sent to a process of its own")
def test_ctrl_c_leaves_no_file_and_no_session(filled: CentralDatabase, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    own = str(conninfo_to_dict(filled.superuser_dsn)["password"])
    with filled.connect() as lock:
        lock.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # it holds on a slow machine too
        lock.execute("LOCK TABLE cases")
        # Where the tests run in the background interrupts are ignored, and a child would inherit that.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        running = subprocess.Popen(
            arguments(filled, "backup", str(folder / "centre.backup")),
            cwd=ROOT,
            env=environment(tmp_path / "home"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        signal.signal(signal.SIGINT, before)
        assert running.stdin is not None
        running.stdin.write(f"{own}\n")
        running.stdin.flush()
        wait_for_the_dump(filled)
        assert [file.suffix for file in folder.iterdir()] == [".part"]
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "Aborted" in said
    assert list(folder.iterdir()) == []


def test_check_ends_with_two_when_something_is_to_be_done(filled: CentralDatabase, run: Central) -> None:
    with filled.connect() as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE case_event SET amount = 1 WHERE kind = 'note'")
    checked = run("check")
    assert checked.returncode == 2
    assert checked.stdout.count("was changed after it was written") == 2
    assert "2 findings" in checked.stderr


def test_a_database_taken_back_by_other_means(filled: CentralDatabase, run: Central) -> None:
    epoch = meta(filled)["epoch"]
    assert run("restored", "--since", "yesterday").returncode == 2
    assert run("restored", "--since", "2999-01-01T00:00Z").returncode == 2
    assert meta(filled)["epoch"] == epoch
    since = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    done = run("restored", "--since", since.isoformat())
    assert done.returncode == 0, done.stderr
    assert meta(filled)["epoch"] != epoch
    assert meta(filled)["backup_at"] == since


def test_a_person_gets_another_role_and_team(filled: CentralDatabase, run: Central) -> None:
    def place(login: str) -> object:
        with filled.connect() as conn:
            return conn.execute(
                "SELECT role, t.name FROM person p LEFT JOIN team t ON t.id = p.team_id WHERE login = %s", [login]
            ).fetchone()

    assert run("user", "change", "sun.hao").returncode == 2
    held = run("user", "change", "li.na", "--team", "south")
    assert (held.returncode, place("li.na")) == (2, ("collector", "north"))
    assert "Traceback" not in held.stderr
    assert run("user", "change", "sun.hao", "--team", "nowhere").returncode == 2
    assert run("user", "change", "nobody", "--role", "lead").returncode == 2
    try:
        changed = run("user", "change", "sun.hao", "--role", "lead", "--team", "north")
        assert changed.returncode == 0, changed.stderr
        assert place("sun.hao") == ("lead", "north")
        assert run("user", "change", "sun.hao", "--role", "auditor", "--team", "").returncode == 0
        assert place("sun.hao") == ("auditor", None)
    finally:  # logins are shared by the databases of the other tests
        assert run("user", "change", "sun.hao", "--role", "collector", "--team", "south").returncode == 0
