"""How many bytes go to the centre at once: as many as the line carries in a breath, fewer after it broke."""

from __future__ import annotations

SMALLEST, FIRST, LARGEST = 4 * 1024, 16 * 1024, 256 * 1024  # the last is the most the centre takes
AIM_SECONDS = 2.0  # what a cut costs at most, and how soon a cancel or a new record is noticed


class Pace:
    """Kept from one connection to the next: what was learnt of the line is not forgotten with it."""

    def __init__(self) -> None:
        self.size = FIRST

    def took(self, sent: int, seconds: float) -> None:
        """So many bytes took so long. At most doubled or halved: one answer says little of a line."""
        fitting = LARGEST if seconds <= 0 else int(sent * AIM_SECONDS / seconds)
        self._be(min(max(fitting, self.size // 2), self.size * 2))

    def broke(self) -> None:
        self._be(self.size // 2)

    def _be(self, size: int) -> None:
        self.size = min(max(size, SMALLEST), LARGEST)
