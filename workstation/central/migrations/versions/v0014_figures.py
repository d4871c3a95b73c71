"""The indicators at the centre: what they count is worked out when it is written, and told by scope."""

from __future__ import annotations

from workstation.central.migrations import script

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    for name in ("tables", "work", "dues", "keeping"):
        script.run(f"0014_figure_{name}.sql")
    script.run("0014_figures.sql")


def downgrade() -> None:
    raise NotImplementedError("History is not taken apart: restore a backup of the older version instead.")
