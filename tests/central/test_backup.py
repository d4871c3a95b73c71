"""Backups and restores with PostgreSQL's own tools: one private file, whole or nothing, a database like the first."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.central.builders import book_rows
from tests.central.copies import content, databases, fill, meta, named, wait_for_the_dump
from tests.central.server import CentralDatabase
from workstation.central import admin
from workstation.central.archive import BackupError, reading
from workstation.central.backup import backup
from workstation.central.check import check
from workstation.central.loading import load
from workstation.central.restore import mark_restored, restore
from workstation.central.schema import versions


@pytest.fixture
def filled(central: CentralDatabase) -> CentralDatabase:
    """Ten cases with three events, one of which reassigned a case."""
    fill(central)
    return central


@pytest.fixture
def restored_names(central: CentralDatabase) -> Iterator[list[str]]:
    """Names of databases a test makes; they are dropped after it, with what a replacement kept."""
    names: list[str] = [f"{central.name}_copy"]
    yield names
    for name in databases(central):
        if name.startswith(central.name) and name != central.name:
            admin.drop(central.server.superuser_dsn, name)


def commands_running(word: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue  # it ended meanwhile
    return [line for line in found if word in line]


def test_a_backup_is_one_private_file_that_can_be_checked_by_hand(filled: CentralDatabase, tmp_path: Path) -> None:
    path = tmp_path / "centre.backup"
    made = backup(filled.superuser_dsn, path)
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == [path.name]
    assert path.stat().st_mode & 0o777 == 0o600
    with tarfile.open(path) as tar:
        members = {name: tar.extractfile(name).read() for name in tar.getnames()}  # type: ignore[union-attr]
    for line in members["SHA256SUMS"].decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(members[name]).hexdigest() == digest
    assert members["central.dump"].startswith(b"PGDMP")
    assert made.counts["cases"] == 10
    assert made.counts["case_event"] == 3
    assert made.epoch == str(meta(filled)["epoch"])
    roles = {role["login"]: role for role in json.loads(members["roles.json"])}
    assert set(roles) == set(filled.people)
    assert all(role["verifier"].startswith("SCRAM-SHA-256$") for role in roles.values())
    superuser = str(conninfo_to_dict(filled.superuser_dsn)["password"])
    assert superuser.encode() not in path.read_bytes()


def test_the_password_is_in_no_argument(filled: CentralDatabase, tmp_path: Path) -> None:
    password = str(conninfo_to_dict(filled.superuser_dsn)["password"])
    with ThreadPoolExecutor(1) as pool:
        with filled.connect() as lock:
            lock.execute("LOCK TABLE cases")
            running = pool.submit(backup, filled.superuser_dsn, tmp_path / "centre.backup")
            wait_for_the_dump(filled)
            seen = commands_running(f"dbname={filled.name}")
        running.result()
    assert any("pg_dump" in line for line in seen)
    assert not any(password in line for line in seen)


def test_a_cancel_leaves_nothing(filled: CentralDatabase, tmp_path: Path) -> None:
    def cancel(step: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup(filled.superuser_dsn, tmp_path / "centre.backup", cancel)
    assert not [file for file in tmp_path.iterdir() if file.is_file()]
    assert commands_running(f"dbname={filled.name}") == []


def test_a_backup_never_overwrites(filled: CentralDatabase, tmp_path: Path) -> None:
    path = tmp_path / "centre.backup"
    path.write_text("an older backup")
    with pytest.raises(BackupError, match="already"):
        backup(filled.superuser_dsn, path)
    assert path.read_text() == "an older backup"
    with pytest.raises(BackupError, match="cannot be written"):
        backup(filled.superuser_dsn, tmp_path / "no folder" / "centre.backup")


def test_only_a_superuser_and_only_a_central_database(filled: CentralDatabase, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="not a superuser"):
        backup(filled.dsn("admin"), tmp_path / "centre.backup")
    with pytest.raises(BackupError, match="not a central database"):
        backup(filled.server.superuser_dsn, tmp_path / "centre.backup")
    assert not (tmp_path / "centre.backup").exists()


def test_restored_under_another_name_it_is_the_same_for_its_people(
    filled: CentralDatabase, tmp_path: Path, restored_names: list[str]
) -> None:
    path = tmp_path / "centre.backup"
    made = backup(filled.superuser_dsn, path)
    before = datetime.now(UTC)
    done = restore(filled.server.superuser_dsn, path, restored_names[0])
    copy = named(filled, restored_names[0])
    assert (done.kept, done.restamped, set(done.left_logins)) == (None, 0, set(filled.people))
    assert content(copy) == content(filled)
    now, then = meta(copy), meta(filled)
    assert now["epoch"] != then["epoch"]
    assert (now["schema_version"], now["backup_at"]) == (then["schema_version"], made.taken_at)
    assert before - timedelta(seconds=5) < now["restored_at"] < datetime.now(UTC) + timedelta(seconds=5)
    assert now["recover_until"] - now["restored_at"] == timedelta(days=30)
    with copy.connect() as conn:
        central = conn.execute("SELECT name, person_id FROM device WHERE id = %s", [now["epoch"]]).fetchone()
        assert central == ("central", None)
    with copy.connect("li.na") as conn:
        assert conn.execute("SELECT count(*) FROM cases").fetchone() == (9,)
        assert conn.execute("SHOW statement_timeout").fetchone() == ("1min",)
    with copy.connect("sun.hao") as conn:
        assert conn.execute("SELECT count(*) FROM cases").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("UPDATE case_event SET body = '{}'")
    assert [finding for finding in check(copy.superuser_dsn) if finding.bad] == []


def test_what_is_written_during_a_backup_is_in_it_whole_or_not_at_all(
    filled: CentralDatabase, tmp_path: Path, restored_names: list[str]
) -> None:
    written = []

    def meanwhile(step: str, done: int, total: int) -> None:
        if step == "dump" and not written:
            written.append(1)
            with filled.connect() as conn:
                load(conn, book_rows(filled, 5, seed="meanwhile"))

    path = tmp_path / "centre.backup"
    made = backup(filled.superuser_dsn, path, meanwhile)
    assert (written, made.counts["cases"]) == ([1], 10)
    restore(filled.server.superuser_dsn, path, restored_names[0])
    with named(filled, restored_names[0]).connect() as conn:
        assert conn.execute("SELECT count(*) FROM cases").fetchone() == (10,)


def test_a_database_is_only_replaced_when_told_so_and_is_kept(
    filled: CentralDatabase, tmp_path: Path, restored_names: list[str]
) -> None:
    path = tmp_path / "centre.backup"
    backup(filled.superuser_dsn, path)
    with filled.connect() as conn:
        load(conn, book_rows(filled, 1, seed="later"))
    there = databases(filled)
    with pytest.raises(BackupError, match="--replace"):
        restore(filled.server.superuser_dsn, path, filled.name)
    assert databases(filled) == there
    with filled.connect("li.na") as signed_in:
        signed_in.execute("SELECT 1")
        done = restore(filled.server.superuser_dsn, path, filled.name, replace=True)
        with pytest.raises(psycopg.OperationalError):
            signed_in.execute("SELECT 1")
    assert done.kept is not None
    assert databases(filled) == there | {done.kept}
    with filled.connect("li.na") as conn:
        assert conn.execute("SELECT count(*) FROM cases").fetchone() == (9,)
    kept = named(filled, done.kept)
    with kept.connect() as conn:
        assert conn.execute("SELECT count(*) FROM cases").fetchone() == (11,)
    with pytest.raises(psycopg.OperationalError, match="CONNECT"):
        kept.connect("li.na")
    assert restored_names  # the fixture drops what was kept


@pytest.mark.parametrize("step", ["verify", "load", "stamp", "analyse"])
def test_a_restore_that_is_cancelled_leaves_everything_as_it_was(
    filled: CentralDatabase, tmp_path: Path, step: str
) -> None:
    path = tmp_path / "centre.backup"
    backup(filled.superuser_dsn, path)
    there, epoch = databases(filled), meta(filled)["epoch"]

    def cancel(now: str, done: int, total: int) -> None:
        if now == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(filled.server.superuser_dsn, path, filled.name, replace=True, progress=cancel)
    assert databases(filled) == there
    assert meta(filled)["epoch"] == epoch
    with filled.connect("li.na") as conn:
        assert conn.execute("SELECT count(*) FROM cases").fetchone() == (9,)


def _refused(central: CentralDatabase, path: Path, words: str) -> None:
    there = databases(central)
    with pytest.raises(BackupError, match=words):
        restore(central.server.superuser_dsn, path, f"{central.name}_copy")
    assert databases(central) == there


def test_a_truncated_file_is_refused_wherever_it_was_cut(central: CentralDatabase, tmp_path: Path) -> None:
    path = tmp_path / "centre.backup"
    backup(central.superuser_dsn, path)
    whole = path.read_bytes()
    cut = tmp_path / "cut.backup"
    for size in (0, 1, 511, 512, len(whole) // 2, len(whole) - 4096, len(whole) - 1024 - 512):
        cut.write_bytes(whole[:size])
        _refused(central, cut, "cut short|damaged")


def test_a_changed_byte_is_found_wherever_it_is(central: CentralDatabase, tmp_path: Path) -> None:
    path = tmp_path / "centre.backup"
    backup(central.superuser_dsn, path)
    whole = path.read_bytes()
    changed = tmp_path / "changed.backup"
    with tarfile.open(path) as tar:
        inside = [member.offset_data + member.size // 2 for member in tar.getmembers()]
        heads = [member.offset + 3 for member in tar.getmembers()]
    for place in (*inside, *heads):
        changed.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        _refused(central, changed, "cut short|damaged")


def test_a_foreign_file_a_missing_one_and_a_folder_are_refused(central: CentralDatabase, tmp_path: Path) -> None:
    foreign = tmp_path / "book.csv"
    foreign.write_text("reference,name\n" * 2000)
    _refused(central, foreign, "not a backup")
    with tarfile.open(tmp_path / "other.tar", "w") as tar:
        tar.add(foreign, "manifest.json")
    _refused(central, tmp_path / "other.tar", "not a backup")
    _refused(central, tmp_path / "none.backup", "cannot be read")
    _refused(central, tmp_path, "cannot be read")


def test_a_backup_of_a_newer_schema_is_refused_and_says_what_to_update(
    central: CentralDatabase, tmp_path: Path
) -> None:
    with central.connect() as conn:
        conn.execute("UPDATE central_meta SET schema_version = '9001'")
    path = tmp_path / "centre.backup"
    backup(central.superuser_dsn, path)
    _refused(central, path, f"9001.*{versions()[-1]}.*Update")


def test_a_backup_of_an_older_schema_is_brought_up_to_date(
    central: CentralDatabase, tmp_path: Path, restored_names: list[str]
) -> None:
    old = named(central, f"{central.name}_old")
    _database_of_schema(old, versions()[0])
    with old.connect() as conn:
        conn.execute("SELECT app.add_team('east')")
    path = tmp_path / "centre.backup"
    assert backup(old.superuser_dsn, path).schema_version == versions()[0]
    restore(central.server.superuser_dsn, path, restored_names[0])
    copy = named(central, restored_names[0])
    assert meta(copy)["schema_version"] == versions()[-1]
    with copy.connect() as conn:
        assert conn.execute("SELECT name FROM team").fetchall() == [("east",)]
    assert [finding for finding in check(copy.superuser_dsn) if finding.bad] == []


def _database_of_schema(database: CentralDatabase, version: str) -> None:
    with psycopg.connect(database.server.superuser_dsn, autocommit=True) as conn:
        conn.execute(
            sql.SQL("CREATE DATABASE {} OWNER ws_owner TEMPLATE template0").format(sql.Identifier(database.name))
        )
        admin.prepare_database(conn, database.name)
    config = Config()
    config.set_main_option("script_location", str(Path(admin.__file__).parent / "migrations"))
    engine = sa.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(database.superuser_dsn), poolclass=sa.NullPool
    )
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL ROLE ws_owner"))
        connection.execute(sa.text("CREATE SCHEMA app"))
        config.attributes["connection"] = connection
        command.upgrade(config, version)


def test_a_database_taken_back_by_other_means_is_marked(filled: CentralDatabase) -> None:
    before = meta(filled)
    since = datetime.now(UTC) - timedelta(hours=1)
    with filled.connect() as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE debtor SET xid = '4000000000'")
    assert mark_restored(filled.superuser_dsn, since) == 10
    now = meta(filled)
    assert now["epoch"] != before["epoch"]
    assert now["backup_at"] == since
    assert now["recover_until"] > datetime.now(UTC) + timedelta(days=29)
    with filled.connect() as conn:
        assert conn.execute(
            "SELECT count(*) FROM debtor WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())"
        ).fetchone() == (0,)
    with pytest.raises(BackupError, match="past"):
        mark_restored(filled.superuser_dsn, datetime.now(UTC) + timedelta(days=1))


def test_a_file_is_read_as_it_says(filled: CentralDatabase, tmp_path: Path) -> None:
    path = tmp_path / "centre.backup"
    made = backup(filled.superuser_dsn, path)
    steps = []
    with reading(path, lambda *step: steps.append(step)) as source:
        assert source.manifest == made
        assert hashlib.sha256(b"".join(source.dump())).hexdigest() == made.sha256
    assert steps[-1] == ("verify", source.size, source.size)
