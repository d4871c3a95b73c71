"""A real encrypted store in the test's own folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_db.engine import Store, open_store
from tests.local_db.small_book import KEY, fill


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "seat" / "li.na.store"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = open_store(path, KEY)
    yield opened
    opened.close()


@pytest.fixture
def cases(store: Store) -> list[str]:
    return fill(store)
