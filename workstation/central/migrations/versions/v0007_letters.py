"""Letters by e-mail: a gateway that attaches them is told which, and makes them again."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    script.run("0007_letters.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
