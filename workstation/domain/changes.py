"""What an operation changed: every desk operation and every sync returns one; one signal tells all screens."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changes:
    """Kinds of records and ids of cases that changed. `everything` after a first sync or a rebuild."""

    kinds: frozenset[str] = frozenset()
    case_ids: frozenset[str] = frozenset()
    everything: bool = False

    def __bool__(self) -> bool:
        return self.everything or bool(self.kinds)

    def __or__(self, other: Changes) -> Changes:
        return Changes(
            self.kinds | other.kinds,
            self.case_ids | other.case_ids,
            self.everything or other.everything,
        )

    def touches(self, case_id: str) -> bool:
        return self.everything or case_id in self.case_ids
