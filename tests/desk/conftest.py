"""The sample desk of 陈静 over a real encrypted store, at 10:24 on the sample day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.sample_desk import open_desk
from workstation.session import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "seat")
    yield made
    made.close()
