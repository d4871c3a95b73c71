"""Photos and signatures in the store: what was put in comes out, in pieces too, and leaves with its case."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_db import attachments, events, outbox, replica
from local_db.attachments import CHUNK, AttachmentAbsent
from local_db.engine import Store, StoreFull
from tests.local_db.small_book import AUTHOR, NOW, TODAY, note
from tests.local_db.test_store_transactions import killed_after


def put(store: Store, case_id: str, content: bytes) -> str:
    with store.write() as conn:
        return attachments.add(conn, case_id, content, kind="photo", media="image/jpeg", at=NOW).sha256


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=300), st.integers(CHUNK - 2, 3 * CHUNK + 2).map(lambda n: bytes(i % 251 for i in range(n)))
    ),
    start=st.integers(0, 3 * CHUNK),
    length=st.integers(0, 2 * CHUNK),
)
def test_what_was_put_in_comes_out_whole_and_in_pieces(
    store: Store, cases: list[str], content: bytes, start: int, length: int
) -> None:
    digest = put(store, cases[0], content)
    assert digest == hashlib.sha256(content).hexdigest()
    with store.read() as conn:
        assert attachments.read(conn, cases[0], digest) == content
        assert attachments.read(conn, cases[0], digest, start, length) == content[start : start + length]
        assert b"".join(attachments.chunks(conn, cases[0], digest)) == content


def test_a_draft_waits_once_its_event_is_recorded_and_is_sent_after_it(store: Store, cases: list[str]) -> None:
    digest = put(store, cases[0], b"a photo")
    assert put(store, cases[0], b"a photo") == digest  # the same again is the same
    other = put(store, cases[0], b"a photo that is not taken")
    with store.write() as conn:
        (event,) = events.append(conn, [note(cases[0], "seen")], today=TODAY)
        attachments.keep(conn, cases[0], [digest], event.id)
        attachments.discard_drafts(conn, cases[0])
        assert attachments.find(conn, cases[0], other) is None
        assert attachments.waiting(conn, 10) == []  # the event goes first
        outbox.confirmed(conn, [event.id])
        (waits,) = attachments.waiting(conn, 10)
        assert (waits.sha256, waits.event_id, waits.size) == (digest, event.id, 7)
        assert attachments.unsent(conn) == (1, 7)
        attachments.refuse(conn, cases[0], digest, "too_large")
        assert attachments.waiting(conn, 10) == []
        assert attachments.cases_waiting(conn) == {cases[0]}  # refused work still holds the case here
        attachments.wait_again(conn, cases[0], [digest])
        assert [row.refused for row in attachments.waiting(conn, 10)] == [None]
        attachments.confirm(conn, cases[0], digest)
        assert attachments.cases_waiting(conn) == set()
        assert attachments.read(conn, cases[0], digest) == b"a photo"  # it stays as long as the case does
        attachments.discard_drafts(conn, cases[0], [digest])
        assert attachments.find(conn, cases[0], digest) is not None


def test_a_report_cannot_name_a_photo_that_is_not_here(store: Store, cases: list[str]) -> None:
    def record() -> None:
        with store.write() as conn:
            (event,) = events.append(conn, [note(cases[0], "seen")], today=TODAY)
            attachments.keep(conn, cases[0], ["0" * 64], event.id)

    with pytest.raises(AttachmentAbsent):
        record()
    with store.read() as conn:
        assert outbox.waiting(conn) == 0  # the event went with it


def test_one_that_was_spoilt_or_torn_is_not_given_out(store: Store, cases: list[str]) -> None:
    digest = put(store, cases[0], bytes(CHUNK + 10))
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE attachment_chunk SET data = x'00000000000000000001' WHERE place = 1")
    with store.read() as conn, pytest.raises(AttachmentAbsent):
        attachments.read(conn, cases[0], digest)
    with store.write() as conn:
        conn.exec_driver_sql("DELETE FROM attachment_chunk WHERE place = 0")
    with store.read() as conn, pytest.raises(AttachmentAbsent):
        attachments.read(conn, cases[0], digest, 0, 10)


def test_it_leaves_with_its_case_and_only_with_its_own(store: Store, cases: list[str]) -> None:
    digest = put(store, cases[0], b"the door of number seven")
    assert put(store, cases[1], b"the door of number seven") == digest
    with store.write() as conn:
        replica.remove_case(conn, cases[0])
    store.overwrite_log()
    with store.read() as conn:
        assert attachments.find(conn, cases[0], digest) is None
        assert attachments.read(conn, cases[1], digest) == b"the door of number seven"
        assert conn.exec_driver_sql("SELECT count(*) FROM attachment_chunk").scalar_one() == 1


@pytest.mark.parametrize("asked_again", [False, True])
def test_what_was_recorded_here_outlives_its_case_until_it_is_old(
    store: Store, cases: list[str], asked_again: bool
) -> None:
    digest, unsaved = put(store, cases[0], b"the door of number nine"), put(store, cases[0], b"of no report")
    with store.write() as conn:
        replica.set_state(conn, "me", AUTHOR)
        (event,) = events.append(conn, [note(cases[0], "seen")], today=TODAY)
        attachments.keep(conn, cases[0], [digest], event.id)
        attachments.confirm(conn, cases[0], digest)
        replica.remove_case(conn, cases[0])
        assert attachments.find(conn, cases[0], unsaved) is None
        assert attachments.read(conn, cases[0], digest) == b"the door of number nine"
        if asked_again:
            attachments.put_back(conn)
        assert attachments.forget_old(conn, NOW) == 0
        assert attachments.forget_old(conn, NOW + timedelta(days=1)) == 1
        assert conn.exec_driver_sql("SELECT count(*) FROM attachment_chunk").scalar_one() == 0


def test_nothing_of_a_photo_is_readable_in_the_file(store: Store, cases: list[str]) -> None:
    mark = b"\xff\xd8\xff\xe0 plain JPEG " * 400
    put(store, cases[0], mark)
    for file in store.path.parent.glob(store.path.name + "*"):
        assert b"plain JPEG" not in file.read_bytes()


def test_a_full_disk_keeps_none_of_a_photo_and_all_of_the_rest(store: Store, cases: list[str]) -> None:
    before = put(store, cases[0], b"taken before")
    with store.write() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(StoreFull):
        put(store, cases[0], bytes(40 * CHUNK))
    with store.write() as conn:
        assert [row.sha256 for row in attachments.of_case(conn, cases[0])] == [before]
        assert conn.exec_driver_sql("SELECT count(*) FROM attachment_chunk").scalar_one() == 1
        conn.exec_driver_sql("PRAGMA max_page_count = 1073741823")
    assert put(store, cases[0], bytes(40 * CHUNK))


def test_a_program_killed_while_photos_come_keeps_those_that_were_whole(store: Store, cases: list[str]) -> None:
    script = """
from local_db import attachments
n = 0
while True:
    with store.write() as conn:
        made = attachments.add(
            conn, case_id(0), bytes([n % 256]) * 300_000, kind="photo", media="image/jpeg", at=NOW
        )
    print(made.sha256)
    n += 1
"""
    said = killed_after(script, store.path, 3)
    with store.read() as conn:
        kept = [row.sha256 for row in attachments.of_case(conn, cases[0])]
        assert set(said) <= set(kept)
        for digest in kept:  # each is whole
            assert len(attachments.read(conn, cases[0], digest)) == 300_000
