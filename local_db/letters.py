"""The archive of letters made at this seat: context, version, hash and the PDF itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from local_db.tables import letter_archive
from workstation.domain.events import utc_text


@dataclass(frozen=True, slots=True)
class ArchivedLetter:
    template: str
    version: str
    language: str
    sha256: str
    context: str
    pdf: bytes


def archive(
    conn: sa.Connection,
    *,
    id: str,  # noqa: A002  # the column's name
    case_id: str,
    event_id: str,
    template: str,
    version: str,
    language: str,
    sha256: str,
    context_json: str,
    pdf: bytes,
    at: datetime,
) -> None:
    conn.execute(
        sa.insert(letter_archive).values(
            id=id,
            case_id=case_id,
            event_id=event_id,
            template=template,
            version=version,
            language=language,
            sha256=sha256,
            context=context_json,
            pdf=pdf,
            at=utc_text(at),
        )
    )


def fetch(conn: sa.Connection, event_id: str) -> ArchivedLetter | None:
    table = letter_archive.c
    row = conn.execute(
        sa.select(table.template, table.version, table.language, table.sha256, table.context, table.pdf).where(
            table.event_id == event_id
        )
    ).one_or_none()
    return None if row is None else ArchivedLetter(*row)
