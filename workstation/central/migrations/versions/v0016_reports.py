"""Reports of a day or a week are handed in to whoever leads."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    script.run("0016_reports.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
