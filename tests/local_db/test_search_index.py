"""Search while one types: every way people look for a case, no text that breaks it, a removed case gone for good."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_db import drafts, letters, projections, replica, search
from local_db.engine import Store
from tests.local_db.raw_pages import plain_bytes
from tests.local_db.small_book import KEY, NOW, TODAY, case_id, write_note

WANG, LI, RARE, OBRIEN = range(4)


def found(store: Store, text: str) -> set[str]:
    with store.read() as conn:
        return set(search.search(conn, text))


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("王晓明", {WANG}),
        ("王", {WANG}),
        ("晓明", {WANG}),
        ("  王晓明\t", {WANG}),
        ("wangxiaoming", {WANG}),
        ("Wang Xiaoming", {WANG}),
        ("xiaom", {WANG}),
        ("wxm", {WANG}),
        ("WX", {WANG}),
        ("lxy", {LI}),
        ("13800006620", {WANG}),
        ("138 0000 6620", {WANG}),
        ("6620", {WANG}),
        ("139-0000-1234", {LI}),
        ("13900001234", {LI}),
        ("+86 137 0000 5678", {RARE}),
        ("(020) 1234", set()),
        ("4031", {WANG}),
        ("5042", {LI}),
        ("62170000", set()),  # of a card only the tail is indexed
        ("XYK-2026-0001", {LI}),
        ("xyk-2026-0001", {LI}),
        ("2026-0002", {RARE}),
        ("𬀩", {RARE}),
        ("𬀩𬭸", {RARE}),
        ("o'brien", {OBRIEN}),
        ("brien \"50", {OBRIEN}),
        ("%", {OBRIEN}),
        ("_", {OBRIEN}),
        ("0%_", {OBRIEN}),
        ("''", set()),
        ('"', {OBRIEN}),
        ('"""', set()),
        ("\\", set()),
        ("*", set()),
        ("wang*", set()),
        ("NEAR(", set()),
        ("words:王晓明", set()),
        ("-", {WANG, LI, RARE, OBRIEN}),
        ("", set()),
        (" ", set()),
        ("\0", set()),
        ("王\0晓明", {WANG}),
        ("\ud800", set()),
        ("x" * 10_000, set()),
    ],
)  # fmt: skip
def test_found(store: Store, cases: list[str], text: str, who: set[int]) -> None:
    assert found(store, text) == {case_id(n) for n in who}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80) | st.text("\"'%_\\*(){}:^+-AND ORNT0", max_size=30))
def test_no_text_breaks_the_search(store: Store, cases: list[str], text: str) -> None:
    assert found(store, text) <= set(cases)


def test_the_limit_holds(store: Store, cases: list[str]) -> None:
    with store.read() as conn:
        assert len(search.search(conn, "xyk-2026", 2)) == 2
        assert len(search.search(conn, "x", 2)) == 2


def test_a_changed_name_is_found_and_the_old_one_is_not(store: Store, cases: list[str]) -> None:
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE debtor SET name = '欧阳慕容' WHERE case_id = ?", (cases[WANG],))
        projections.refresh(conn, {cases[WANG]}, TODAY)
    assert found(store, "ouyang") == {cases[WANG]}
    assert found(store, "wangxiao") == set()


def test_nothing_readable_is_left_of_a_removed_case(path: Path, store: Store, cases: list[str]) -> None:
    event = write_note(store, cases[WANG], "a-secret-note")
    with store.write() as conn:
        drafts.save(conn, cases[WANG], "call", "a-secret-draft", NOW)
        letters.archive(
            conn, id="letter", case_id=cases[WANG], event_id=event.id, template="reminder", version="1",
            language="zh_CN", sha256="00", context_json="a-secret-context", pdf=b"a-secret-pdf" * 1000, at=NOW,
        )  # fmt: skip
    _fold_the_log_in(store)
    # The index keeps a trigram without what it shares with the one before; nothing is before the rare name's.
    secrets = ["𬀩𬭸\n", "王晓明", "晓明", "wangxiaoming", "13800006620", "6217000000004031", "XYK-2026-0000",
               cases[WANG], "a-secret-note", "a-secret-draft", "a-secret-context", "a-secret-pdf"]  # fmt: skip
    before = plain_bytes(path, KEY)
    for secret in secrets:
        assert secret.encode() in before
    assert before.count("王晓明".encode()) >= 2, "in the table and in the search index"
    with store.write() as conn:
        replica.remove_case(conn, cases[WANG])
        replica.remove_case(conn, cases[RARE])
    _fold_the_log_in(store)
    after = plain_bytes(path, KEY)
    assert [secret for secret in secrets if secret.encode() in after] == []
    assert "李秀英".encode() in after
    for text in ("王", "wangxiaoming", "wxm", "6620", "4031"):
        assert found(store, text) == set()
    assert found(store, "李秀英") == {cases[LI]}


def _fold_the_log_in(store: Store) -> None:
    with store._engine.connect() as conn:
        assert conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0] == 0
