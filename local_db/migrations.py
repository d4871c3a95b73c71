"""The store's schema, brought up to date by small numbered steps, each in one transaction with its number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg


class StoreTooNew(WorkstationError):  # named as the user meets it
    """A newer version of the program made or changed this store; this one leaves it as it is."""

    code = "store_too_new"


def _first(conn: sa.Connection) -> None:
    """All tables of version 0.1, from the text as released: today's definitions may have moved on."""
    released = Path(__file__).with_name("schema_0001.sql").read_text("utf-8")
    for statement in released.split(";\n"):
        if statement.strip():
            conn.exec_driver_sql(statement)


def _forgetful_search(conn: sa.Connection) -> None:
    """Words of a removed case leave the index at once; FTS5 otherwise keeps them until its segments merge."""
    conn.exec_driver_sql("INSERT INTO case_search (case_search, rank) VALUES ('secure-delete', 1)")
    conn.exec_driver_sql("INSERT INTO case_search (case_search) VALUES ('rebuild')")


def _sync_seen(conn: sa.Connection) -> None:
    """What a person may see of synchronisation: its log, and work of a former collector that came late."""
    for statement in (
        "CREATE TABLE flagged_event (event_id TEXT NOT NULL PRIMARY KEY, case_id TEXT NOT NULL)",
        "CREATE INDEX ix_flagged_event_case_id ON flagged_event (case_id)",
        """CREATE TABLE sync_log (id INTEGER NOT NULL PRIMARY KEY, began_at TEXT NOT NULL, ended_at TEXT NOT NULL,
        problem TEXT, pushed INTEGER NOT NULL, refused INTEGER NOT NULL, pulled INTEGER NOT NULL,
        granted INTEGER NOT NULL, revoked INTEGER NOT NULL)""",
    ):
        conn.exec_driver_sql(statement)


def _same_person(conn: sa.Connection) -> None:
    """The same ID number or telephone on another case is found without reading them all."""
    conn.exec_driver_sql("CREATE INDEX ix_debtor_id_number ON debtor (id_number)")
    conn.exec_driver_sql("CREATE INDEX ix_contact_point_value ON contact_point (value)")


def _last_look(conn: sa.Connection) -> None:
    """What a case looked like when it was last open."""
    conn.exec_driver_sql("CREATE TABLE case_look (case_id TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL)")


def _recent(conn: sa.Connection) -> None:
    """A case's last contacts, what was recorded today, and what of it was taken back: without reading every year."""
    conn.exec_driver_sql("DROP INDEX ix_case_event_recent")
    conn.exec_driver_sql(
        "CREATE INDEX ix_case_event_contact ON case_event (case_id, occurred_at) WHERE kind = 'contact'"
    )
    conn.exec_driver_sql("CREATE INDEX ix_case_event_occurred_at ON case_event (occurred_at)")
    conn.exec_driver_sql("CREATE INDEX ix_case_event_corrected ON case_event (answers) WHERE kind = 'correction'")


def _letter_batches(conn: sa.Connection) -> None:
    """Letters made in one go, to be gone on with after a crash."""
    for statement in (
        "CREATE TABLE letter_batch (id TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL)",
        """CREATE TABLE letter_batch_row (batch_id TEXT NOT NULL, place INTEGER NOT NULL, case_id TEXT NOT NULL,
        body TEXT NOT NULL, refused TEXT NOT NULL, PRIMARY KEY (batch_id, place))""",
        "CREATE INDEX ix_letter_batch_row_case_id ON letter_batch_row (case_id)",
    ):
        conn.exec_driver_sql(statement)


def _attachments(conn: sa.Connection) -> None:
    """Photos and signatures of visits, until the centre has them and after."""
    for statement in (
        """CREATE TABLE attachment (case_id TEXT NOT NULL, sha256 TEXT NOT NULL, kind TEXT NOT NULL,
        media TEXT NOT NULL, size INTEGER NOT NULL, state TEXT NOT NULL, event_id TEXT, at TEXT NOT NULL, refused TEXT,
        PRIMARY KEY (case_id, sha256))""",
        "CREATE INDEX ix_attachment_state ON attachment (state)",
        """CREATE TABLE attachment_chunk (case_id TEXT NOT NULL, sha256 TEXT NOT NULL, place INTEGER NOT NULL,
        data BLOB NOT NULL, PRIMARY KEY (case_id, sha256, place))""",
    ):
        conn.exec_driver_sql(statement)


def _team(conn: sa.Connection) -> None:
    """What a lead plans the team with, as the centre sends it."""
    for statement in (
        """CREATE TABLE staffing (id TEXT NOT NULL PRIMARY KEY, capacity INTEGER NOT NULL, most_cases INTEGER,
        languages TEXT NOT NULL, regions TEXT NOT NULL, stages TEXT NOT NULL, legal BOOLEAN NOT NULL, leave_from TEXT,
        leave_until TEXT, cover_id TEXT, version INTEGER NOT NULL)""",
        """CREATE TABLE device_seen (id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL, name TEXT NOT NULL,
        last_seen_at TEXT NOT NULL, waiting_events INTEGER NOT NULL, waiting_attachments INTEGER NOT NULL,
        revoked_at TEXT)""",
    ):
        conn.exec_driver_sql(statement)


def _field_days(conn: sa.Connection) -> None:
    """Days of visits, planned at this seat."""
    for statement in (
        "CREATE TABLE field_day (day TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL)",
        """CREATE TABLE field_stop (day TEXT NOT NULL, case_id TEXT NOT NULL, place INTEGER NOT NULL,
        body TEXT NOT NULL, PRIMARY KEY (day, case_id))""",
        "CREATE INDEX ix_field_stop_case_id ON field_stop (case_id)",
    ):
        conn.exec_driver_sql(statement)


def _dossiers(conn: sa.Connection) -> None:
    """The few records of dossiers on paper, without reading all the others."""
    conn.exec_driver_sql("CREATE INDEX ix_case_event_dossier ON case_event (occurred_at) WHERE kind = 'dossier'")


def _caseload(conn: sa.Connection) -> None:
    """What the caseload board sums, a line a case; it goes with the projection it was made of."""
    for statement in (
        """CREATE TABLE caseload_line (case_id TEXT NOT NULL PRIMARY KEY, day TEXT NOT NULL, owed INTEGER NOT NULL,
        currency TEXT NOT NULL, stage TEXT NOT NULL, days_past_due INTEGER NOT NULL, due BOOLEAN NOT NULL,
        late BOOLEAN NOT NULL, kept TEXT)""",
        """CREATE TRIGGER caseload_forget AFTER DELETE ON case_row BEGIN
        DELETE FROM caseload_line WHERE case_id = OLD.case_id; END""",
    ):
        conn.exec_driver_sql(statement)


def _waiting_decisions(conn: sa.Connection) -> None:
    """What a lead decided without a line, until the centre has been asked."""
    conn.exec_driver_sql(
        """CREATE TABLE waiting_decision (id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, case_id TEXT NOT NULL,
        subject TEXT NOT NULL, body TEXT NOT NULL, made_at TEXT NOT NULL, answer TEXT NOT NULL)"""
    )


STEPS: tuple[Callable[[sa.Connection], None], ...] = (
    _first, _forgetful_search, _sync_seen, _same_person, _last_look, _recent, _letter_batches,
    _attachments, _team, _field_days, _dossiers,
    _caseload,
    _waiting_decisions,
)  # fmt: skip


def migrate(conn: sa.Connection) -> None:
    """Run the steps that are missing, inside the caller's write transaction."""
    version: int = conn.exec_driver_sql("PRAGMA user_version").scalar_one()
    if version > len(STEPS):
        raise StoreTooNew(
            msg(
                "The local store has version {theirs}, this program knows {ours}. Start the newer version of the "
                "program; nothing was changed.",
                theirs=version,
                ours=len(STEPS),
            )
        )
    for number, step in enumerate(STEPS[version:], start=version + 1):
        step(conn)
        conn.exec_driver_sql(f"PRAGMA user_version = {number}")
