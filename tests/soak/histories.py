"""Plays one history from an empty book to the end, and says what happened in it."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from local_db.engine import open_store
from tests.central.server import CentralServer
from tests.soak.checks import check, heal
from tests.soak.seat_time import SeatTime
from tests.soak.seats import KEY
from tests.soak.victim import BATCH, Victims
from tests.soak.world import World
from workstation.sync import engine, push

_MEMORY = Path("/dev/shm")  # where there is one: a history is about order, not about the disk


class Stage:
    """What all histories of a process share. `total` counts what they did."""

    def __init__(
        self, server: CentralServer, folder: Path, victims: Victims, restart: Callable[[], None] | None
    ) -> None:
        self.server, self.folder, self.victims, self.restart = server, folder, victims, restart
        self.total: Counter[str] = Counter()
        self._blank = folder / "blank.store"
        open_store(self._blank, KEY).close()

    def play(self, moves: Iterable[Any]) -> None:
        """One history; raises AssertionError when it does not end as it must."""
        central = self.server.new_database()
        try:
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                world = World(central, Path(folder), self._blank, self.victims, self.restart)
                try:
                    for move in moves:
                        world.tally[type(move).__name__] += 1
                        move.play(world)
                    heal(world)
                    check(world)
                finally:
                    world.close()
                    self.total += world.tally
                    self.total["histories"] += 1
        finally:
            self.server.drop(central)


@contextmanager
def stage(server: CentralServer, restart: Callable[[], None] | None = None) -> Iterator[Stage]:
    place = str(_MEMORY) if _MEMORY.is_dir() else None
    with (
        tempfile.TemporaryDirectory(prefix="workstation-soak-", dir=place) as folder,
        Victims() as victims,
        mock.patch.object(engine, "datetime", SeatTime),
        mock.patch.object(push, "BATCH", BATCH),
    ):
        yield Stage(server, Path(folder), victims, restart)


def summary(total: Counter[str]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in sorted(total.items()))
