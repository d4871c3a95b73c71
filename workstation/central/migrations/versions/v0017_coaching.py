"""Coaching reviews: written by a lead, read and acknowledged by the collector. Who asks the audit is on record too."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    script.run("0017_coaching.sql")
    script.run("0017_audit_reads.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
