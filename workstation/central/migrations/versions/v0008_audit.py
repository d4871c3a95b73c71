"""Who saw, changed, exported and printed what, and when: asked by person, case, kind and time."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    script.run("0008_audit.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
