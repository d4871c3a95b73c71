"""Runs the migrations on the connection `admin.migrate` hands over, as `ws_owner`, in its transaction."""

from __future__ import annotations

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema="app", transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
