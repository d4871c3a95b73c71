"""What every test stands on: no display, a home of its own, a keyring in memory, a central server when asked for."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Before anything imports Qt. A person who wants to watch sets QT_QPA_PLATFORM.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_ENABLE_HIGHDPI_SCALING", "0")  # a screenshot is the same on every machine

# No deadline: the machine is shared. The suite draws the same examples on every machine, so that what is green here is
# green there; `make explore` draws new ones, and a failure's blob reproduces it with @reproduce_failure.
settings.register_profile("workstation", deadline=None, print_blob=True, derandomize=True)
settings.register_profile("explore", deadline=None, print_blob=True, max_examples=500)
settings.load_profile("workstation")

# The fixtures `central_server` and `central`, of use in every folder.
pytest_plugins = ["tests.central.server"]


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Once a window was opened the program collects garbage between events only; here it is after each test."""
    if not gc.isenabled():
        gc.collect(2 if gc.get_count()[2] > gc.get_threshold()[2] else 1)


@pytest.fixture(autouse=True)
def workstation_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program's data, settings and logs go below this test's own folder."""
    home = tmp_path / "home"
    monkeypatch.setenv("WORKSTATION_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def memory_keyring() -> Iterator[object]:
    """The keyring of this process is an empty one in memory, so that no test reaches the developer's own."""
    import keyring

    from tests.security.memory_keyring import MemoryKeyring

    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(MemoryKeyring())


@pytest.fixture
def poppler(tmp_path: Path) -> Callable[..., str]:
    """`poppler(pdf, "-layout")`: the text by pdftotext, as it prints it."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")

    def read(pdf: bytes, *options: str) -> str:
        file = tmp_path / "letter.pdf"
        file.write_bytes(pdf)
        done = subprocess.run([program, *options, str(file), "-"], check=True, capture_output=True)
        return done.stdout.decode("utf-8")

    return read
