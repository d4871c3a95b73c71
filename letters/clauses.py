"""What a letter states, and which of the statements that the law asks for are missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

# Article 70 names several things in one breath. A template states such a clause whole, or each part for itself: then
# the one that is missing is named.
PARTS: Mapping[str, Sequence[str]] = {
    "schedule": ("cycle", "method", "dates", "amounts"),
    "rights_duties_and_breach": ("bank_rights", "bank_duties", "debtor_rights", "debtor_duties", "breach"),
}


def unstated(required: Sequence[str], stated: Collection[str]) -> list[str]:
    """The elements that nothing states, in the rule's order; of a clause stated in part, the parts that lack."""
    found: list[str] = []
    for element in required:
        if element in stated:
            continue
        parts = PARTS.get(element, ())
        lacking = [part for part in parts if part not in stated]
        found += [element] if len(lacking) == len(parts) else lacking
    return found
