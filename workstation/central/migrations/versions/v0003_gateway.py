"""Messages are sent by a gateway: a login that is nobody, what waits, and what became of it."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    script.run("0003_tables.sql")
    script.run("0003_events.sql")
    script.run("0003_sending.sql")
    script.run("0003_policies.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
