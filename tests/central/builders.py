"""Small books and sealed events for tests of the central database."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg

from tests.central.server import CentralDatabase
from workstation.domain.events import FIRST_HASH, Event, Note, encode_body, sealed
from workstation.sync.link import SCHEMA

NOW = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)


def new_id() -> str:
    return str(uuid.uuid4())


def book_rows(
    database: CentralDatabase, cases: int, *, assignee: str | None = "li.na", team: str | None = "north", seed: str = ""
) -> dict[str, list[tuple[Any, ...]]]:
    """A book in the columns of workstation.tables, the same ids for the same seed."""

    def made(kind: str, n: int = 0) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed}/{kind}/{n}"))

    rows: dict[str, list[tuple[Any, ...]]] = {
        "book": [
            (made("book"), "示例银行", "2026-11", "CNY", "zh-CN", "2026-11-01", "0.0005", False, '{"phone": "95000"}')
        ]
    }
    for table in ("cases", "debtor", "account", "balance_snapshot", "payment", "related_person", "contact_point"):
        rows[table] = []
    person_id = database.people[assignee] if assignee else None
    team_id = database.teams[team] if team else None
    for n in range(cases):
        case, account, relative = made("case", n), made("account", n), made("relative", n)
        rows["cases"].append((case, made("book"), f"{seed}C{n:05}", "2026-11-01", None, person_id, team_id, 1))
        rows["debtor"].append(
            (
                made("debtor", n),
                case,
                f"R{n}",
                "张三'); DROP TABLE person;--",
                "male",
                "1990-02-28",
                "11010119900228",
                "zh_CN",
                None,
                None,
            )
        )
        rows["account"].append((account, case, f"622848{n:010}", 5_000_000, "2020-01-01", 5, "2026-09-05"))
        rows["balance_snapshot"].append(
            (made("snapshot", n), case, account, "2026-11-01", 4_128_000, 510_244, 223_083, 0, 0, 3)
        )
        rows["payment"].append((made("payment", n), case, account, "2026-10-01", 10_000, "transfer", f"P{n}", None))
        rows["related_person"].append((relative, case, "李四", "spouse", False))
        rows["contact_point"].append(
            (made("phone", n), case, None, "phone", "mobile", f"138{n:08}", "Asia/Shanghai", None, None, "contract", 0)
        )
        rows["contact_point"].append(
            (made("other", n), case, relative, "phone", "home", f"139{n:08}", "Asia/Shanghai", 31.2, 121.5, "debtor", 1)
        )
    return rows


def hello(conn: psycopg.Connection[Any], device: str | None = None) -> str:
    """Registers a device for the session's person; returns its id."""
    device = device or new_id()
    conn.execute("SELECT * FROM app.hello(%s, %s, %s)", [device, "a test's seat", SCHEMA])
    return device


_heads: dict[str, str] = {}  # of each device's chain, as the notes below were made


def note(case_id: str, author: str, device: str, text: str = "好", *, prev: str | None = None, **fields: Any) -> Event:
    """A sealed note, the next in its device's chain unless `prev` says otherwise."""
    values: dict[str, Any] = {
        "id": new_id(), "case_id": case_id, "kind": "note", "occurred_at": NOW, "author": author, "device": device,
        "body": encode_body(Note(text=text)), **fields,
    }  # fmt: skip
    made = sealed(Event(**values), _heads.get(device, FIRST_HASH) if prev is None else prev)
    _heads[device] = made.hash
    return made


def push(conn: psycopg.Connection[Any], *events: Event | dict[str, Any]) -> list[tuple[str, str | None]]:
    """Verdict and reason of each."""
    batch = json.dumps([event if isinstance(event, dict) else msgspec.to_builtins(event) for event in events])
    return [(row[1], row[2]) for row in conn.execute("SELECT id, verdict, reason FROM app.push_events(%s)", [batch])]
