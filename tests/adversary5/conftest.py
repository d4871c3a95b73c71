"""The sample desk of 陈静 over a real encrypted store, at 10:24 on the sample day."""

from __future__ import annotations

from tests.desk.conftest import desk

__all__ = ["desk"]
