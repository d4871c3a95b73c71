"""How the window shares its width: side panels grow with the text, as far as room for the case is left between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

RAIL, QUEUE, LEAST_CASE = 56, 312, 400  # widths in pixels at 100 %
MOST_QUEUE, MOST_DOING = 24, 36  # percent of the window
# Of the panel at the right, by what one is doing.
DOING = {"call": 412, "plan": 660, "letter": 560, "facts": 412, "message": 412, "visit": 452}


@dataclass(frozen=True)
class Widths:
    rail: int
    queue: int
    doing: int


def share(whole: int, words: int, doing: str, px: Callable[[int], int]) -> Widths:
    """In pixels: of the window, of the rail's widest word; `px` scales as the text is scaled."""
    rail = max(px(RAIL), words + 34)
    queue = min(px(QUEUE), max(MOST_QUEUE * whole // 100, 264))
    least = min(px(DOING["call"]), max(MOST_DOING * whole // 100, 384))
    return Widths(rail, queue, max(least, min(px(DOING[doing]), whole - rail - queue - px(LEAST_CASE))))
