"""Photos and signatures of visits: bytes an event names by their hash, in chunks."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    script.run("0013_attachments.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
