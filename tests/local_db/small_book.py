"""A few made-up cases put into a store as a synchronisation would, and notes to write on them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from local_db import events, projections, replica
from local_db.engine import Store
from workstation import tables
from workstation.domain.events import Event, Note, encode_body
from workstation.domain.ids import bank_id

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)
KEY = bytes(range(32))
AUTHOR, DEVICE = bank_id("small", "author"), bank_id("small", "device")
# name, phone, card
PEOPLE = (
    ("王晓明", "13800006620", "6217000000004031"),
    ("李秀英", "139 0000-1234", "6217000000005042"),
    ("𬀩𬭸", "+86 13700005678", "6217000000006053"),
    ('O\'Brien "50%_off"', "+44 7700 900123", "6217000000007064"),
)


def case_id(n: int) -> str:
    return bank_id("small", "case", str(n))


def fill(store: Store) -> list[str]:
    """The cases of `PEOPLE`; their ids."""
    book = bank_id("small", "book")
    with store.write() as conn:
        replica.upsert(
            conn, tables.book,
            [(book, "示例银行", "2026-11", "CNY", "zh-CN", "2026-11-01", "0.0005", False, "{}")],
        )  # fmt: skip
        for n, (name, phone, card) in enumerate(PEOPLE):
            case, debtor, account, point = (
                bank_id("small", what, str(n)) for what in ("case", "debtor", "account", "p")
            )
            replica.upsert(conn, tables.case, [(case, book, f"XYK-2026-{n:04}", "2026-09-01", None, None, None, 1)])
            replica.upsert(
                conn, tables.debtor,
                [(debtor, case, f"K{n}", name, None, None, "330102198505170012", "zh_CN", None, None)],
            )  # fmt: skip
            replica.upsert(conn, tables.account, [(account, case, card, 5_000_000, None, 6, "2026-09-05")])
            replica.upsert(
                conn, tables.contact_point,
                [(point, case, None, "phone", "mobile", phone, "Asia/Shanghai", None, None, "contract", 0)],
            )  # fmt: skip
        projections.rebuild(conn, TODAY)
    return [case_id(n) for n in range(len(PEOPLE))]


def note(case: str, text: str, n: int = 0) -> Event:
    """An unsealed note, `n` seconds after `NOW`."""
    return Event(
        id=bank_id("small", "event", case, text, str(n)),
        case_id=case,
        kind="note",
        occurred_at=NOW + timedelta(seconds=n),
        author=AUTHOR,
        device=DEVICE,
        body=encode_body(Note(text=text)),
    )


def write_note(store: Store, case: str, text: str, n: int = 0) -> Event:
    with store.write() as conn:
        return events.append(conn, [note(case, text, n)], today=TODAY)[0]


def notes_in(store: Store) -> set[str]:
    with store.read() as conn:
        return set(conn.exec_driver_sql("SELECT id FROM case_event").scalars())
