"""How much each person can take, what they can do, when they are away; and how their devices stand, for the lead."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    script.run("0011_staffing.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
