"""What came of a split of treatments, arm by arm: shares with their counts and how sure one may be. Never by money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import sqrt

from workstation.domain.case_state import set_aside
from workstation.domain.events import Contact, Event, decode_body, in_order
from workstation.domain.outcomes import is_right_party

Z95 = 1.959963984540054  # of the normal distribution, both tails 5 %
INDICATORS = ("right_party_rate", "promise_rate", "complaint_rate")


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`, with the 95 % interval; without anything counted nothing is known."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def between(self) -> tuple[float, float]:
        return wilson(self.hits, self.of)


@dataclass(frozen=True, slots=True)
class ArmOutcome:
    """One arm of a split: the cases contacted in it and its indicators, by the names of `INDICATORS`."""

    split: str
    arm: str
    cases: int
    shares: Mapping[str, Share]


def wilson(hits: int, of: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval for a share, without continuity correction (Wilson 1927; method 3 of Newcombe 1998)."""
    if of <= 0:
        return 0.0, 1.0
    share, square = hits / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def tell_apart(one: Share, other: Share) -> bool:
    """Do the intervals leave no common ground? If not, no difference is shown by these counts."""
    return one.between[0] > other.between[1] or other.between[0] > one.between[1]


def outcomes(events: Iterable[Event]) -> tuple[ArmOutcome, ...]:
    """By the arm that was recorded with each outgoing contact; what was taken back counts for nothing."""
    of_case: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        of_case[event.case_id].append(event)
    cases: dict[str, set[str]] = defaultdict(set)
    counted: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for event in _standing(of_case.values()):
        body = decode_body(event.kind, event.body)
        if not isinstance(body, Contact) or not body.tested or body.direction != "out" or body.same_call:
            continue
        cases[body.tested].add(event.case_id)
        count = counted[body.tested]
        count["attempts"] += 1
        count["right_party"] += is_right_party(event.outcome, body.party, body.identity)
        count["promises"] += event.outcome == "promise_to_pay"
        count["complaints"] += event.outcome == "complaint"
    return tuple(
        arm_outcome(
            tested, len(cases[tested]), count["attempts"], count["right_party"], count["promises"], count["complaints"]
        )
        for tested, count in sorted(counted.items())
    )


def arm_outcome(tested: str, cases: int, attempts: int, right_party: int, promises: int, complaints: int) -> ArmOutcome:
    """From what was counted; `tested` is the split and the arm, such as `sms-first:B`."""
    return ArmOutcome(
        *tested.rpartition(":")[::2],
        cases,
        {
            "right_party_rate": Share(right_party, attempts),
            "promise_rate": Share(min(promises, right_party), right_party),
            "complaint_rate": Share(complaints, attempts),
        },
    )


def _standing(cases: Iterable[list[Event]]) -> Iterator[Event]:
    """The contacts that no correction takes back, which itself was not taken back."""
    for events in cases:
        aside = set_aside(in_order(events))
        yield from (event for event in events if event.kind == "contact" and event.id not in aside)
