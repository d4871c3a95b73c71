"""Cases shared out anew by the thousand in one transaction; leaves end by themselves; both sides are told."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    script.run("0012_rebalance.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
