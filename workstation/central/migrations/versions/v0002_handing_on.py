"""Chains followed, work handed on after a move or a restore, undo, decisions, leave; acts of administration kept."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    script.run("0002_tables.sql")
    script.run("0002_sessions.sql")
    script.run("0002_events.sql")
    script.run("0002_caseload.sql")
    script.run("0002_decisions.sql")
    script.run("0002_people.sql")
    script.run("0002_policies.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
