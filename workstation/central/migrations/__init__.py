"""Alembic's room: the schema's history, run by `workstation.central.admin.migrate` without an ini file."""
