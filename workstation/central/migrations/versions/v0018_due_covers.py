"""What falls due with somebody on leave goes to who covers, and comes back; the arms of a split are counted."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    script.run("0018_due_covers.sql")
    script.run("0018_trials.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
