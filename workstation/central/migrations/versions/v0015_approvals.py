"""Approvals beyond plans, four eyes above the house's threshold, authority lent for a while."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    script.run("0015_tables.sql")
    script.run("0015_delegation.sql")
    script.run("0015_decisions.sql")
    script.run("0015_breaches.sql")
    script.run("0015_events.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
