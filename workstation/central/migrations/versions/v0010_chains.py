"""A copied device's second branch is held with its content, taken in by a lead; seats bear witness to the history."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    script.run("0010_chains.sql")
    script.run("0010_events.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
