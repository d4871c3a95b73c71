"""A sync client of one's own making, with a real account: what it can send, what is said, what stands in the record."""

from __future__ import annotations

from typing import Any

import msgspec
import psycopg
import pytest

from tests.central.builders import book_rows, hello, new_id, note, push
from tests.central.server import CentralDatabase
from workstation.central.loading import load
from workstation.central.refusals import EVENTS
from workstation.desk.synchronising import REFUSAL_ADVICE
from workstation.domain.events import sealed
from workstation.i18n import Translator

KINDS = ("reassigned", "message_result")


@pytest.fixture
def forger(central: CentralDatabase) -> tuple[psycopg.Connection[Any], str, str, str]:
    """Li Na's connection, her id, her device and her case; Sun Hao's case is in the other team."""
    with central.connect("admin") as conn:
        load(conn, book_rows(central, 1, seed="A"))
        load(conn, book_rows(central, 1, assignee="sun.hao", team="south", seed="C"))
    conn = central.connect("li.na", autocommit=True)
    device = hello(conn)
    row = conn.execute("SELECT id::text FROM cases").fetchone()
    assert row is not None
    return conn, central.people["li.na"], device, str(row[0])


def foreign(central: CentralDatabase) -> tuple[str, str]:
    """Sun Hao's case and device, as somebody may have overheard them."""
    with central.connect("sun.hao", autocommit=True) as conn:
        row = conn.execute("SELECT id::text FROM cases").fetchone()
        assert row is not None
        return str(row[0]), hello(conn)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("somebody else's name", "foreign_author"),
        ("somebody else's device", "foreign_device"),
        ("a device nobody registered", "foreign_device"),
        ("somebody else's case", "not_assigned"),
        ("another content under the same hash", "bad_hash"),
        ("a reassignment", "reserved_kind"),
        ("what became of a message", "reserved_kind"),
        ("a time before there were telephones", "malformed"),
        ("no object for a body", "malformed"),
        ("the number of a record that is there", "id_taken"),
        ("a second record in the same place", "forked_chain"),
        ("a record after one that never came", "broken_chain"),
    ],
)
def test_each_forgery_is_refused_named_and_told_in_both_languages(
    central: CentralDatabase, forger: tuple[psycopg.Connection[Any], str, str, str], what: str, code: str
) -> None:
    conn, me, device, case = forger
    their_case, their_device = foreign(central)
    there = note(case, me, device, "there already")
    assert push(conn, there) == [("accepted", None)]
    forged: Any = {
        "somebody else's name": lambda: note(case, central.people["sun.hao"], device, prev=there.hash),
        "somebody else's device": lambda: note(case, me, their_device, prev=""),
        "a device nobody registered": lambda: note(case, me, new_id(), prev=""),
        "somebody else's case": lambda: note(their_case, me, device, prev=there.hash),
        "another content under the same hash": lambda: {
            **msgspec.to_builtins(note(case, me, device, prev=there.hash)), "body": '{"text":"other"}'
        },
        "a reassignment": lambda: note(case, me, device, prev=there.hash, kind="reassigned"),
        "what became of a message": lambda: note(case, me, device, prev=there.hash, kind="message_result"),
        "a time before there were telephones": lambda: {
            **msgspec.to_builtins(note(case, me, device, prev=there.hash)), "occurred_at": "0800-01-01T00:00:00Z"
        },
        "no object for a body": lambda: sealed(
            msgspec.structs.replace(note(case, me, device, prev=there.hash), body="[]"), there.hash
        ),
        "the number of a record that is there": lambda: note(case, me, device, "other", prev=there.hash, id=there.id),
        "a second record in the same place": lambda: note(case, me, device, prev=""),
        "a record after one that never came": lambda: note(case, me, device, prev="0" * 64),
    }[what]()  # fmt: skip
    assert push(conn, forged) == [("refused", code)]
    english, chinese = EVENTS[code].plain(), Translator("zh_CN").say(EVENTS[code])
    assert english != chinese
    assert REFUSAL_ADVICE.get(code, "") is not None
    with central.connect("audit") as watch:
        assert watch.execute("SELECT count(*) FROM case_event").fetchone() == (1,), "only the honest one counts"
    conn.close()


def test_a_batch_that_is_no_batch_changes_nothing(
    central: CentralDatabase, forger: tuple[psycopg.Connection[Any], str, str, str]
) -> None:
    conn = forger[0]
    for batch in ("{}", "null", "17", '"x"', "[1, null, []]", '[{"id": "no id"}]', "[" + "{}," * 5000 + "{}]"):
        try:
            answers = conn.execute("SELECT verdict FROM app.push_events(%s::json)", [batch]).fetchall()
        except psycopg.Error as error:
            assert error.sqlstate in {"WS011", "22023", "22P02"}, batch  # noqa: PT017
        else:
            assert {row[0] for row in answers} <= {"refused"}, batch
    with central.connect() as watch:
        assert watch.execute("SELECT count(*) FROM case_event").fetchone() == (0,)
    conn.close()
