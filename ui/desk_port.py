"""What the window asks of the desk. `workstation.session.Desk` is the real one."""

from __future__ import annotations

from workstation.session import Desk

__all__ = ["Desk"]
