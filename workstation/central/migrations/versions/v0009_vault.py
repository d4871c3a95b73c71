"""The terms of a seat's vault, and a share of its key for a forgotten PIN."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    script.run("0009_vault.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
