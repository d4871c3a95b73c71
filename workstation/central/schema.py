"""The versions of the central schema this program knows, oldest first."""

from __future__ import annotations

from pathlib import Path


def versions() -> tuple[str, ...]:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    return tuple(step.revision for step in reversed(list(scripts.walk_revisions())))
