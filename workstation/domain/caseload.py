"""How much of a fair share each person of a team carries; pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

MUCH, LITTLE = Decimal("1.15"), Decimal("0.85")  # of one's share: beyond it a board says so
_PLACES = Decimal("0.0001")


def loads(held: Mapping[str, int], capacity: Mapping[str, int]) -> dict[str, Decimal | None]:
    """Person → cases held ÷ their share of all cases by capacity, 1 being exactly it; None without capacity.

    `capacity` in per cent, 0 for whoever is away: what they hold is the others' to carry, so it counts in the whole.
    """
    whole, room = sum(held.values()), sum(capacity.values())
    found: dict[str, Decimal | None] = {}
    for person, share in capacity.items():
        if share <= 0 or not whole:
            found[person] = None
            continue
        fair = Decimal(whole) * share / room
        found[person] = (held.get(person, 0) / fair).quantize(_PLACES, ROUND_HALF_UP)
    return found
