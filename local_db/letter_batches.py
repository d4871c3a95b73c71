"""Letters made in one go at this seat: what each batch is, and its letters until they are recorded or given up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import sqlalchemy as sa


class BatchRow(NamedTuple):
    """One letter of a batch. `body` is the desk's; `refused` its reason, empty for a letter that can be made."""

    place: int
    case_id: str
    body: str
    refused: str = ""


def save(conn: sa.Connection, batch_id: str, body: str) -> None:
    conn.exec_driver_sql(
        "INSERT INTO letter_batch (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        (batch_id, body),
    )


def bodies(conn: sa.Connection) -> list[tuple[str, str]]:
    """Id and body of every batch, the newest first: ids sort by time."""
    rows = conn.exec_driver_sql("SELECT id, body FROM letter_batch ORDER BY id DESC")
    return [(row[0], row[1]) for row in rows]


def body(conn: sa.Connection, batch_id: str) -> str | None:
    found: str | None = conn.exec_driver_sql(
        "SELECT body FROM letter_batch WHERE id = ?", (batch_id,)
    ).scalar_one_or_none()
    return found


def add_rows(conn: sa.Connection, batch_id: str, rows: Iterable[BatchRow]) -> None:
    told = [(batch_id, *row) for row in rows]
    if told:
        conn.exec_driver_sql(
            "INSERT INTO letter_batch_row (batch_id, place, case_id, body, refused) VALUES (?, ?, ?, ?, ?)", told
        )


def rows_after(conn: sa.Connection, batch_id: str, place: int, most: int) -> Iterator[BatchRow]:
    """The next rows by place, so that thousands are not held at once."""
    rows = conn.exec_driver_sql(
        "SELECT place, case_id, body, refused FROM letter_batch_row WHERE batch_id = ? AND place > ?"
        " ORDER BY place LIMIT ?",
        (batch_id, place, most),
    )
    for row in rows:
        yield BatchRow(*row)


def refuse(conn: sa.Connection, batch_id: str, place: int, reason: str) -> None:
    conn.exec_driver_sql(
        "UPDATE letter_batch_row SET refused = ? WHERE batch_id = ? AND place = ?", (reason, batch_id, place)
    )


def remove(conn: sa.Connection, batch_id: str) -> None:
    """The batch and its rows; letters that were recorded stay recorded."""
    conn.exec_driver_sql("DELETE FROM letter_batch_row WHERE batch_id = ?", (batch_id,))
    conn.exec_driver_sql("DELETE FROM letter_batch WHERE id = ?", (batch_id,))
