"""Runs one of the SQL files beside the migrations, as it stands: no parameters, no templating."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import psycopg
from alembic import op

FOLDER = Path(__file__).parent / "sql"


def run(name: str) -> None:
    # The driver itself, because SQLAlchemy would read `%` and `:` in the text as placeholders.
    driver = op.get_bind().connection.driver_connection
    cast("psycopg.Connection[tuple[object, ...]]", driver).execute((FOLDER / name).read_bytes())
