"""Passwords that have to be changed and may not come again, devices let in and erased, four eyes for rights."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    script.run("0006_tables.sql")
    script.run("0006_sessions.sql")
    script.run("0006_passwords.sql")
    script.run("0006_people.sql")
    script.run("0006_proposals.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
