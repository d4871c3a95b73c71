"""Fixtures of the central database's tests."""

from __future__ import annotations

from tests.central.server import central, central_of_module, central_server

__all__ = ["central", "central_of_module", "central_server"]
