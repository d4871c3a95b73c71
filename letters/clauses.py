"""What a letter states, and which of the statements that the law asks for are missing."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence

from workstation.domain.rulepack import load

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


def unstated_by_rule(
    rules: Sequence[str], stated: Collection[str], jurisdiction: str, day: datetime.date | None
) -> tuple[list[str], list[str]]:
    """What lacks of all the rules together, each once, and the sources of those that lack something; of the first
    rule when none does."""
    lacking: list[str] = []
    sources: list[str] = []
    if not rules:
        return lacking, sources
    pack = load(jurisdiction, day)
    for rule in rules:
        found = [element for element in unstated(pack.texts(rule), stated) if element not in lacking]
        if found:
            lacking += found
            sources.append(pack.rule(rule).source)
    return lacking, sources or [pack.rule(rules[0]).source]
