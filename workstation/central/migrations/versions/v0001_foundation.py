"""Tables, functions and policies: nobody ever sees a table of ours without row-level security."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    script.run("0001_tables.sql")
    script.run("0001_sessions.sql")
    script.run("0001_events.sql")
    script.run("0001_caseload.sql")
    script.run("0001_people.sql")
    script.run("0001_policies.sql")


def downgrade() -> None:
    raise NotImplementedError("The first migration is not undone: drop the database instead.")
