"""Events at the seat: one unbroken chain, an outbox in order, letters kept beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from local_db import events, letters, outbox, projections
from local_db.engine import Store, open_store
from tests.local_db.small_book import AUTHOR, DEVICE, KEY, NOW, TODAY, note, write_note
from workstation import tables
from workstation.domain.events import FIRST_HASH, Note, decode_body, event_hash


def test_the_chain_goes_on_over_appends_cases_and_a_reopen(path: Path, store: Store, cases: list[str]) -> None:
    written = [write_note(store, cases[0], "one")]
    with store.write() as conn:
        written += events.append(conn, [note(cases[1], "two"), note(cases[0], "three")], today=TODAY)
    store.close()
    again = open_store(path, KEY)
    written.append(write_note(again, cases[2], "four"))
    with again.read() as conn:
        read = [events.from_row(row) for row in outbox.batch(conn, 100)]
    assert read == written, "what is read is what was sealed, in the order it was written"
    again.close()
    assert [event.prev_hash for event in written] == [FIRST_HASH, *(event.hash for event in written[:-1])]
    assert [event.hash for event in written] == [event_hash(event) for event in written]


def test_nothing_appended_moves_no_head(store: Store, cases: list[str]) -> None:
    with store.write() as conn:
        assert events.append(conn, [], today=TODAY) == []
    assert write_note(store, cases[0], "first").prev_hash == FIRST_HASH


def test_the_history_of_a_case_is_in_order_of_time_and_holds_no_other(store: Store, cases: list[str]) -> None:
    late, early = write_note(store, cases[0], "late", 60), write_note(store, cases[0], "early", 0)
    write_note(store, cases[1], "another case")
    with store.read() as conn:
        assert events.of_case(conn, cases[0]) == [early, late]
        assert events.body_of(conn, late.id) == Note(text="late")
        assert events.body_of(conn, "no such event") is None


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_of_a_note_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    event = note("case", text)
    row = dict(zip((column.name for column in tables.case_event.columns), events.to_row(event), strict=True))
    engine = sa.create_engine("sqlite://")
    with engine.begin() as conn:
        tables.case_event.create(conn)
        conn.execute(sa.insert(tables.case_event).values(row))
        [back] = events.of_case(conn, "case")
    engine.dispose()
    assert back == event
    assert decode_body(back.kind, back.body) == Note(text=text)


def test_the_outbox_gives_the_oldest_first_and_forgets_only_what_is_confirmed(store: Store, cases: list[str]) -> None:
    written = [write_note(store, cases[n % 2], str(n), -n) for n in range(5)]  # each earlier than the one before
    ids = [event.id for event in written]
    with store.write() as conn:
        assert [event.id for event in outbox.batch(conn, 2)] == ids[:2]
        outbox.confirmed(conn, ids[:1])
        outbox.refused(conn, {ids[1]: "bad_hash"})
        assert [event.id for event in outbox.batch(conn, 10)] == ids[2:]
        assert outbox.refusals(conn) == [(written[1], "bad_hash")]
        assert outbox.waiting(conn) == 3
        assert outbox.cases(conn) == set(cases[:2]), "a refused event keeps its case at the seat"
        outbox.confirmed(conn, ["an id nobody knows"])
        assert outbox.waiting(conn) == 3
        outbox.put_back(conn, AUTHOR, "another device")
        assert outbox.waiting(conn) == 3
        outbox.put_back(conn, AUTHOR, DEVICE)
        assert outbox.waiting(conn) == 4, "confirmed ones wait again; the refused one stays refused"


def test_a_kept_projection_that_is_wrong_is_found_and_put_right(store: Store, cases: list[str]) -> None:
    write_note(store, cases[0], "one")
    with store.write() as conn:
        assert projections.check(conn, TODAY) == []
        conn.exec_driver_sql("DELETE FROM case_row WHERE case_id = ?", (cases[1],))
        assert projections.check(conn, TODAY) == [cases[1]]
        projections.rebuild(conn, TODAY)
        assert projections.check(conn, TODAY) == []


def test_a_letter_is_kept_byte_for_byte_and_only_once_per_event(store: Store, cases: list[str]) -> None:
    pdf = bytes(range(256)) * 100
    event = write_note(store, cases[0], "stands for the letter's event")
    fields = {
        "case_id": cases[0], "event_id": event.id, "template": "reminder", "version": "1", "language": "zh_CN",
        "sha256": "00", "context_json": '{"name": "王晓明"}', "pdf": pdf, "at": NOW,
    }  # fmt: skip
    with store.write() as conn:
        letters.archive(conn, id="first", **fields)  # type: ignore[arg-type]
    with store.read() as conn:
        kept = letters.fetch(conn, event.id)
        assert letters.fetch(conn, "no such event") is None
    assert kept == letters.ArchivedLetter("reminder", "1", "zh_CN", "00", '{"name": "王晓明"}', pdf)

    def once_more() -> None:
        with store.write() as conn:
            letters.archive(conn, id="second", **fields)  # type: ignore[arg-type]

    with pytest.raises(sa.exc.IntegrityError):
        once_more()
