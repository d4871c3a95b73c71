"""How much is measured: the sizes of the aims, or small ones to see that the measurements themselves work."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Sizes:
    name: str
    book: int  # accounts of the imported book
    seat: int  # cases of one collector
    events: int  # on those cases
    centres: tuple[int, int]  # cases of the small and of the large centre
    delta: int  # events of a delta synchronisation
    desk_cases: int  # of the store behind the window
    desk_events: int
    lead_cases: int  # of a team lead's store
    lead_events: int
    imports: int  # repetitions
    syncs: int
    deltas: int
    starts: int
    keys: int
    calls: int  # of a shift


FULL = Sizes("full", 30_000, 300, 20_000, (3_000, 30_000), 50, 500, 100_000, 5_000, 1_000_000, 3, 5, 15, 7, 100, 150)
SMALL = Sizes("small", 300, 20, 400, (60, 300), 10, 30, 900, 60, 1_800, 1, 2, 3, 2, 10, 15)

SIZES = SMALL if os.environ.get("WORKSTATION_BENCH") == "small" else FULL
AS_OF = date(2026, 11, 23)
