"""Histories: moves in random order, and each fault at each place. Numbers in them are taken modulo what there is."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.soak.centre_moves import BackUp, Bank, Decide, Leave, LeaveEnds, Move, OtherTeam, Restore, Revoke, Undo
from tests.soak.line import Fault
from tests.soak.seat_moves import (
    HALF_TYPED,
    Again,
    BothWindows,
    ClockJumps,
    Cut,
    DiskFull,
    GoOn,
    Killed,
    Meanwhile,
    SessionsEnded,
    Stall,
    Sync,
    Write,
)

COMMITS = 24  # moments before and after the commits of a synchronisation that hands in two batches
_SEATS = st.sampled_from((0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7))
_FRESH = st.sampled_from((0, 1, 2, 4))
_FEW = st.integers(0, 3)
_CASES = st.integers(0, 7)
_LEAD = st.sampled_from((0, 0, 0, 1, 2))
_TO = st.sampled_from((0, 0, 1, 1, 2, 3, 4, 5, 6))
_REQUESTS = st.integers(0, 40)
_CUTS: tuple[Fault, ...] = ("request lost", "request torn", "answer lost")
_JUMPS = (0, -1, 1, 26, -26, 24 * 20, -24 * 20, 24 * 400)  # hours
_MASTER = ("payment", "debtor", "zone", "closed", "new case")

# The share of each in a history.
_SHARES: tuple[tuple[int, st.SearchStrategy[Any]], ...] = (
    (1, st.none()),
    (10, st.builds(Write, _SEATS, _CASES, st.lists(st.integers(0, HALF_TYPED), min_size=1, max_size=5))),
    (7, st.builds(Sync, _SEATS, _FRESH)),
    (6, st.builds(Move, _LEAD, st.lists(_CASES, min_size=1, max_size=4), _TO, st.sampled_from((False, False, True)))),
    (6, st.builds(Killed, _SEATS, _FRESH, st.integers(0, COMMITS - 1))),
    (4, st.builds(Cut, _SEATS, _FRESH, st.sampled_from(_CUTS), _REQUESTS)),
    (2, st.builds(SessionsEnded, _SEATS, _FRESH, _REQUESTS, st.sampled_from((False, False, False, True)))),
    (3, st.builds(Stall, _SEATS, _FRESH, _REQUESTS)),
    (3, st.builds(Meanwhile, _SEATS, _FRESH, _REQUESTS, _CASES, _TO)),
    (2, st.builds(GoOn, _SEATS)),
    (1, st.builds(DiskFull, _SEATS, _FRESH, st.integers(0, 60_000))),
    (1, st.builds(BothWindows, _SEATS, _FRESH)),
    (1, st.builds(Again, _SEATS)),
    (2, st.builds(ClockJumps, _SEATS, st.sampled_from(_JUMPS))),
    (1, st.builds(Undo, _LEAD, _FEW)),
    (1, st.builds(Decide, _LEAD, _FEW, st.sampled_from(("approved", "rejected")))),
    (1, st.builds(Leave, _LEAD, _TO, _TO)),
    (1, st.builds(LeaveEnds, _LEAD, _FEW)),
    (1, st.builds(Revoke, _SEATS)),
    (2, st.builds(BackUp)),
    (2, st.builds(Restore)),
    (1, st.builds(OtherTeam, _TO, st.sampled_from(("north", "south")))),
    (3, st.builds(Bank, _CASES, st.sampled_from(_MASTER), st.booleans())),
)
_MOVES = st.sampled_from([n for n, (share, _) in enumerate(_SHARES) for _ in range(share)]).flatmap(
    lambda n: _SHARES[n][1]
)
# Long ones find more; a small one is made of a long one by leaving out.
HISTORIES = st.lists(_MOVES, min_size=20, max_size=40).map(lambda moves: [move for move in moves if move is not None])

# One fault each, everywhere it can be: what chance may pass over.
KILLS: list[list[Any]] = [[Killed(0, 4, moment)] for moment in range(COMMITS)]
CUTS: list[list[Any]] = [[Cut(0, 4, fault, request)] for fault in _CUTS for request in range(41)]
