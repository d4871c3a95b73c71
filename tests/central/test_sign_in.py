"""People: login roles of their own, made without a password ever reaching the server in clear."""

from __future__ import annotations

from workstation.central import admin


def test_migrations_are_idempotent(central):
    before = admin.migrate(central.superuser_dsn)
    assert admin.migrate(central.superuser_dsn) == before
