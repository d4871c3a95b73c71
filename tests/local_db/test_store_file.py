"""The file itself: nothing readable in it, a wrong key and every kind of damage told apart, and nothing ever lost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from local_db import drafts
from local_db.engine import Store, StoreDamaged, StoreTooNew, StoreWrongKey, open_store
from local_db.migrations import STEPS
from tests.local_db.raw_pages import plain_bytes
from tests.local_db.small_book import AUTHOR, KEY, NOW, fill, notes_in, write_note

OTHER_KEY = bytes(32)


def _all_files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if not file.name.endswith("-shm")}


def test_no_file_of_the_store_holds_readable_text(path: Path, store: Store, cases: list[str]) -> None:
    write_note(store, cases[0], "答应周五还款 secret-note")
    with store.write() as conn:
        drafts.save(conn, cases[0], "note", "half typed draft", NOW)
    secrets = ["王晓明", "wangxiaoming", "13800006620", "secret-note", "half typed draft", AUTHOR, "case_event"]
    files = _all_files(path.parent)
    assert files["li.na.store-wal"], "the log was expected to hold the newest pages"
    for name, data in files.items():
        for secret in secrets:
            assert secret.encode() not in data, f"{secret} is readable in {name}"
        assert not data.startswith(b"SQLite format 3")
    store.close()
    readable = plain_bytes(path, KEY)  # the same words are found once decrypted, so the search above could have found
    for secret in secrets:
        assert secret.encode() in readable


def test_a_wrong_key_is_refused_and_changes_nothing(path: Path, store: Store, cases: list[str]) -> None:
    kept = write_note(store, cases[0], "kept")
    store.close()
    before = _all_files(path.parent)
    with pytest.raises(StoreWrongKey, match="keyring") as caught:
        open_store(path, OTHER_KEY)
    assert caught.value.code == "store_wrong_key"
    assert str(path) in caught.value.message.plain()
    assert _all_files(path.parent) == before
    again = open_store(path, KEY)
    assert kept.id in notes_in(again)
    again.close()


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_no_key(path: Path, length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        open_store(path, bytes(length))
    assert not path.exists()


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut in the first page": lambda data: data[:100],
    "cut in the middle": lambda data: data[: len(data) // 2],
    "cut inside the last page": lambda data: data[:-1000],
    "half written": lambda data: data[:4096] + bytes(len(data) - 4096),
    "random bytes": lambda data: os.urandom(len(data)),
    "all zeros": lambda data: bytes(len(data)),
    "a plain SQLite file": lambda data: b"SQLite format 3\0" + data[16:],
    "one bit of the first page": lambda data: data[:300] + bytes([data[300] ^ 1]) + data[301:],
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_store_is_kept_aside_byte_for_byte(path: Path, kind: str) -> None:
    store = open_store(path, KEY)
    fill(store)
    store.close()
    damaged = DAMAGE[kind](path.read_bytes())
    path.write_bytes(damaged)
    with pytest.raises(StoreDamaged) as caught:
        _open_and_read(path)
    kept = caught.value.kept
    assert kept is not None
    assert kept.read_bytes() == damaged
    said = caught.value.message.plain()
    assert str(path) in said
    assert str(kept) in said
    assert "comes back" in said
    with pytest.raises(StoreDamaged) as again:
        _open_and_read(path)
    assert again.value.kept == kept, "trying once more does not fill the disk with copies"
    path.rename(path.with_name("moved away"))
    fresh = open_store(path, KEY)
    assert notes_in(fresh) == set()
    fresh.close()


def _open_and_read(path: Path) -> None:
    """Open and read everything: damage behind the first pages is met by the first who reads it."""
    store = open_store(path, KEY)
    try:
        with store.read() as conn:
            names = list(conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())
            for name in names:
                conn.exec_driver_sql(f"SELECT * FROM {name}").all()
            conn.exec_driver_sql("PRAGMA integrity_check").all()
    finally:
        store.close()


def test_the_log_of_a_damaged_store_is_kept_with_it(path: Path, store: Store, cases: list[str]) -> None:
    write_note(store, cases[0], "only in the log")
    wal = path.with_name(path.name + "-wal")
    copy = path.parent.parent / "crashed"  # as a crash leaves it: the log not folded in
    copy.mkdir()
    crashed = copy / path.name
    for file in (path, wal, path.with_name(path.name + ".check")):
        shutil.copy2(file, copy / file.name)
    log = bytearray(wal.read_bytes())
    for start in range(32 + 24, len(log), 4096 + 24):  # every page in the log and in the file made unreadable
        log[start + 20] ^= 1
    crashed.with_name(wal.name).write_bytes(log)
    crashed.write_bytes(os.urandom(path.stat().st_size))
    before = crashed.read_bytes()
    with pytest.raises(StoreDamaged) as caught:
        open_store(crashed, KEY)
    assert caught.value.kept is not None
    assert caught.value.kept.read_bytes() == before
    assert caught.value.kept.with_name(caught.value.kept.name + "-wal").read_bytes() == bytes(log)


def test_a_log_left_behind_by_a_moved_store_is_not_deleted(path: Path, store: Store, cases: list[str]) -> None:
    write_note(store, cases[0], "only in the log")
    wal = path.with_name(path.name + "-wal")
    left = wal.read_bytes()
    store.close()
    path.unlink()
    wal.write_bytes(left)
    fresh = open_store(path, KEY)
    assert notes_in(fresh) == set()
    fresh.close()
    kept = list(path.parent.glob("*-wal.left-*"))
    assert [file.read_bytes() for file in kept] == [left]


@pytest.mark.parametrize("check", [None, b"", b"not a check \xff\xfe", b"0" * 63])
def test_without_a_check_value_the_right_key_opens_and_writes_it_again(path: Path, check: bytes | None) -> None:
    store = open_store(path, KEY)
    cases = fill(store)
    kept = write_note(store, cases[0], "kept")
    store.close()
    beside = path.with_name(path.name + ".check")
    expected = beside.read_bytes()
    if check is None:
        beside.unlink()
    else:
        beside.write_bytes(check)
    again = open_store(path, KEY)
    assert kept.id in notes_in(again)
    again.close()
    assert beside.read_bytes() == expected
    with pytest.raises(StoreWrongKey):
        open_store(path, OTHER_KEY)


def test_without_a_check_value_a_wrong_key_still_changes_nothing(path: Path, store: Store, cases: list[str]) -> None:
    kept = write_note(store, cases[0], "kept")
    store.close()
    path.with_name(path.name + ".check").unlink()
    before = path.read_bytes()
    with pytest.raises(StoreDamaged):  # it cannot be told apart any more
        open_store(path, OTHER_KEY)
    assert path.read_bytes() == before
    again = open_store(path, KEY)
    assert kept.id in notes_in(again)
    again.close()


def _version(path: Path, set_to: int | None = None) -> int:
    connection = dbapi2.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    if set_to is not None:
        connection.execute(f"PRAGMA user_version = {set_to}")
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    return found


def test_a_new_store_has_the_newest_version(path: Path, store: Store) -> None:
    store.close()
    assert _version(path) == len(STEPS)


def test_a_store_of_a_newer_program_is_refused_and_left_as_it_is(path: Path, store: Store) -> None:
    store.close()
    newer = len(STEPS) + 1
    assert _version(path, set_to=newer) == newer
    before = path.read_bytes()
    with pytest.raises(StoreTooNew, match="newer version") as caught:
        open_store(path, KEY)
    assert caught.value.code == "store_too_new"
    assert path.read_bytes() == before
    assert _version(path) == newer


def test_a_store_of_the_first_version_is_brought_up_and_keeps_everything(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_db.migrations.STEPS", STEPS[:1])
    store = open_store(path, KEY)
    cases = fill(store)
    kept = write_note(store, cases[0], "kept")
    store.close()
    assert _version(path) == 1
    monkeypatch.undo()
    store = open_store(path, KEY)
    assert kept.id in notes_in(store)
    store.close()
    assert _version(path) == len(STEPS)


def test_a_migration_that_fails_leaves_the_old_version_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(path, KEY)
    fill(store)
    store.close()

    def breaks(conn: object) -> None:
        conn.exec_driver_sql("ALTER TABLE draft ADD COLUMN half INTEGER")  # type: ignore[attr-defined]
        raise RuntimeError("the power went")

    monkeypatch.setattr("local_db.migrations.STEPS", (*STEPS, breaks))
    with pytest.raises(RuntimeError, match="the power went"):
        open_store(path, KEY)
    assert _version(path) == len(STEPS)
    monkeypatch.undo()
    store = open_store(path, KEY)
    with store.read() as conn:
        columns = [row[1] for row in conn.exec_driver_sql("PRAGMA table_info(draft)")]
    store.close()
    assert "half" not in columns
