"""A lead moves a breached plan on or terminates it, once, at the centre; what was replaced is not decided."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    script.run("0005_events.sql")
    script.run("0005_decisions.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
