"""One reminder of one promise is sent, whoever queued another."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    script.run("0004_reminders.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
