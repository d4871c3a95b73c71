"""Who should hold which case: loads made even among people, by what they can do, moving no more than that takes.

Three steps: a linear program says how much of each kind of case everybody should hold (skills, limits and leave make
that a question that a greedy rule gets wrong); whole cases are chosen to fit it; single moves take out what rounding
left.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from workstation.domain.rebalance_shares import Kind, shares

Measure = Literal["count", "amount", "work", "stage"]
Why = Literal["language", "region", "stage", "legal", "conflict", "full", "away", "nobody"]
NEAR_ENOUGH = 0.002  # a spread of 0.2 % is not worth another case's move
_MOST_STEPS = 4_000


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who may hold cases. An empty set of skills means any. `most`: cases they may hold at once.

    `capacity` is what they work, 100 being a full desk: loads are compared for the same capacity. Who is `away` keeps
    what they hold and gets nothing.
    """

    id: str
    capacity: int = 100
    most: int | None = None
    languages: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    legal: bool = True
    away: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A case as it is held. `amount`: minor units; `work`: expected seconds a day.

    `committed`: there is an open promise or plan, which stays with whom it was agreed with where that is possible.
    `not_with`: whom the debtor complained about.
    """

    case_id: str
    holder: str | None
    amount: int
    work: int
    stage: str
    language: str = ""
    region: str = ""
    legal: bool = False
    committed: bool = False
    not_with: frozenset[str] = frozenset()

    def worth(self, measure: Measure) -> int:
        return {"count": 1, "stage": 1, "amount": self.amount, "work": self.work}[measure]


@dataclass(frozen=True, slots=True)
class Load:
    """What one person holds: minor units, seconds a day, cases by stage."""

    cases: int
    amount: int
    work: int
    stages: Mapping[str, int]

    def worth(self, measure: Measure) -> int:
        return {"count": self.cases, "stage": self.cases, "amount": self.amount, "work": self.work}[measure]


@dataclass(frozen=True, slots=True)
class Move:
    case_id: str
    before: str | None
    after: str
    committed: bool


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A case that nobody may take, and what is most often in the way."""

    case_id: str
    why: Why


@dataclass(frozen=True, slots=True)
class Proposal:
    """Spreads are (largest − smallest) ÷ mean of the loads for a full desk, of those who may get cases."""

    moves: tuple[Move, ...]
    unplaced: tuple[Unplaced, ...]
    before: Mapping[str, Load]
    after: Mapping[str, Load]
    spread_before: float
    spread_after: float
    stay: tuple[str, ...] = ()  # committed cases left with who leaves for a while


def why_not(case: Held, holder: Holder) -> Why | None:
    """What keeps this person from getting this case; None when nothing does. Their limit is not asked here."""
    if holder.away:
        return "away"
    if case.language and holder.languages and case.language not in holder.languages:
        return "language"
    if case.region and holder.regions and case.region not in holder.regions:
        return "region"
    if holder.stages and case.stage not in holder.stages:
        return "stage"
    if case.legal and not holder.legal:
        return "legal"
    return "conflict" if holder.id in case.not_with else None


def propose(
    held: Sequence[Held],
    holders: Sequence[Holder],
    measure: Measure,
    *,
    leaving: Collection[str] = (),
    keep_commitments: bool = True,
    only_theirs: bool = False,
) -> Proposal:
    """Cases moved so that the loads of `holders` by `measure` are as even as may be.

    `leaving`: who gives everything away (a resignation, or a leave); with `keep_commitments` an open promise or plan
    stays with them, as on a leave. `only_theirs`: nobody else's cases are touched. Cases held by nobody are placed.
    """
    work = _Placing(held, holders, measure, frozenset(leaving), keep_commitments, only_theirs)
    work.choose()
    work.even_out()
    return work.proposal()


@dataclass(slots=True)
class _Placing:
    held: Sequence[Held]
    holders: Sequence[Holder]
    measure: Measure
    leaving: frozenset[str]
    keep_commitments: bool
    only_theirs: bool
    now: list[str | None] = field(default_factory=list)  # the holder of each case, as proposed so far
    worth: list[int] = field(default_factory=list)
    may: list[frozenset[str]] = field(default_factory=list)  # who may get each case, or keep it
    by_id: dict[str, Holder] = field(default_factory=dict)
    loads: dict[str, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    movable: frozenset[int] = frozenset()  # places of the cases that may go elsewhere, or wait for somebody
    theirs: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))  # of those, who holds which by now

    def __post_init__(self) -> None:
        self.now = [case.holder for case in self.held]
        self.worth = [case.worth(self.measure) for case in self.held]
        known: dict[tuple[object, ...], frozenset[str]] = {}
        for case in self.held:
            like = (case.language, case.region, case.stage, case.legal, case.not_with)
            if like not in known:
                known[like] = frozenset(
                    holder.id
                    for holder in self.holders
                    if holder.id not in self.leaving and why_not(case, holder) is None
                )
            self.may.append(known[like])
        self.by_id = {holder.id: holder for holder in self.holders}
        self.loads = dict.fromkeys(self.by_id, 0)
        self.movable = frozenset(place for place in range(len(self.held)) if self._movable(place) and self.may[place])
        for place, holder_id in enumerate(self.now):
            if holder_id in self.loads:
                self._hold(place, holder_id)

    def _hold(self, place: int, holder_id: str) -> None:
        self.now[place] = holder_id
        self.loads[holder_id] += self.worth[place]
        self.counts[holder_id] += 1
        if place in self.movable:
            self.theirs[holder_id].add(place)

    def _drop(self, place: int) -> None:
        holder_id = self.now[place]
        self.now[place] = None
        if holder_id in self.loads:
            self.loads[holder_id] -= self.worth[place]
            self.counts[holder_id] -= 1
            self.theirs[holder_id].discard(place)

    def _movable(self, place: int) -> bool:
        case = self.held[place]
        if case.holder in self.leaving:
            return not (case.committed and self.keep_commitments)
        holder = self.by_id.get(case.holder or "")
        if case.holder is None:
            return True
        if self.only_theirs or holder is None or holder.away:
            return False
        # What somebody was complained about goes elsewhere, whatever was agreed with them.
        return not case.committed or holder.id in case.not_with

    # ---- how much of each kind ----

    def choose(self) -> None:
        """The shares by the linear program, then whole cases that fit them best."""
        kinds: dict[tuple[frozenset[str], str], list[int]] = defaultdict(list)
        for place in sorted(self.movable):
            kinds[self.may[place], self._group(place)].append(place)
        fixed: dict[str, dict[str, int]] = {holder.id: Counter() for holder in self.holders}
        fixed_count: Counter[str] = Counter()
        for place, holder_id in enumerate(self.now):
            if holder_id in fixed and place not in self.movable:
                fixed[holder_id][self._group(place)] += self.worth[place]
                fixed_count[holder_id] += 1
        given = [
            Kind(
                may=key[0],
                group=key[1],
                worth=sum(self.worth[place] for place in places),
                count=len(places),
                now=self._now(places),
            )
            for key, places in kinds.items()
        ]
        open_to = [holder for holder in self.holders if holder.id not in self.leaving]
        limits = {
            holder.id: None if holder.most is None else max(0, holder.most - fixed_count[holder.id])
            for holder in open_to
        }
        wanted = shares(given, {h.id: h.capacity for h in open_to if not h.away}, fixed, limits)
        for places, want in zip(kinds.values(), wanted, strict=True):
            self._fit(places, want)

    def _group(self, place: int) -> str:
        """Balanced by stage, every stage is a kind of its own."""
        return self.held[place].stage if self.measure == "stage" else ""

    def _now(self, places: Sequence[int]) -> dict[str, int]:
        held: Counter[str] = Counter()
        for place in places:
            holder_id = self.now[place]
            if holder_id in self.may[place]:
                held[holder_id] += self.worth[place]
        return held

    def _fit(self, places: Sequence[int], want: Mapping[str, float]) -> None:
        """Whole cases of one kind to their shares: who has too much gives, largest first, who has most room gets."""
        left = dict(want)
        free: list[int] = []
        for place in sorted(places, key=lambda at: (-self.worth[at], self.held[at].case_id)):
            holder_id = self.now[place]
            if holder_id in left and left[holder_id] >= self.worth[place] * 0.5:
                left[holder_id] -= self.worth[place]
            else:
                free.append(place)
        for place in free:
            self._drop(place)
        for place in free:
            holder_id = self._roomiest(left, self.may[place])
            if holder_id is not None:
                left[holder_id] -= self.worth[place]
                self._hold(place, holder_id)

    def _roomiest(self, left: Mapping[str, float], may: Collection[str]) -> str | None:
        able = [holder_id for holder_id in may if not self._full(holder_id)]
        return max(able, key=lambda holder_id: (left.get(holder_id, 0.0), holder_id), default=None)

    def _full(self, holder_id: str) -> bool:
        most = self.by_id[holder_id].most
        return most is not None and self.counts[holder_id] >= most

    # ---- what rounding left ----

    def even_out(self) -> None:
        """One case at a time from who has most to who has least, while that brings them nearer."""
        by_id = self.by_id
        taking = [h.id for h in self.holders if not h.away and h.id not in self.leaving and h.capacity > 0]
        if len(taking) < 2:
            return

        def level(holder_id: str) -> float:
            return self.loads[holder_id] / by_id[holder_id].capacity

        for _ in range(_MOST_STEPS):
            order = sorted(taking, key=lambda holder_id: (level(holder_id), holder_id))
            mean = sum(map(level, order)) / len(order)
            if level(order[-1]) - level(order[0]) <= NEAR_ENOUGH * mean:
                return
            if not self._one_step(order, by_id):
                return

    def _one_step(self, order: Sequence[str], by_id: Mapping[str, Holder]) -> bool:
        for giver in reversed(order):
            if not self.theirs[giver]:
                continue
            for taker in order:
                if taker == giver:
                    break
                if self._full(taker):
                    continue
                a, b = by_id[giver].capacity, by_id[taker].capacity
                # Moving w leaves levels Lg − w/a and Lt + w/b: best where they meet, no good beyond twice that.
                gap = self.loads[giver] / a - self.loads[taker] / b
                best = gap / (1 / a + 1 / b)
                found = self._nearest(giver, taker, best)
                if found is not None:
                    self._drop(found)
                    self._hold(found, taker)
                    return True
        return False

    def _nearest(self, giver: str, taker: str, best: float) -> int | None:
        """A case that both may hold, worth about `best`; one that moves anyway before one that would stay."""
        able = [
            place for place in self.theirs[giver] if 0 < self.worth[place] < best * 1.98 and taker in self.may[place]
        ]
        return min(
            able,
            key=lambda place: (
                abs(self.worth[place] - best) > 0.5 * best,
                self.held[place].holder == giver,
                abs(self.worth[place] - best),
                self.held[place].case_id,
            ),
            default=None,
        )

    # ---- the answer ----

    def proposal(self) -> Proposal:
        moves: list[Move] = []
        unplaced: list[Unplaced] = []
        stay: list[str] = []
        for case, after in zip(self.held, self.now, strict=True):
            if after is not None and after != case.holder:
                moves.append(Move(case.case_id, case.holder, after, case.committed))
            elif case.holder in self.leaving and case.committed and self.keep_commitments:
                stay.append(case.case_id)
            elif case.holder is None or case.holder in self.leaving:
                unplaced.append(Unplaced(case.case_id, self._in_the_way(case)))
        final = [case.holder if after is None else after for case, after in zip(self.held, self.now, strict=True)]
        before = self._loads([case.holder for case in self.held])
        after_ = self._loads(final)
        return Proposal(
            tuple(moves),
            tuple(unplaced),
            before,
            after_,
            self._spread(before),
            self._spread(after_),
            tuple(stay),
        )

    def _in_the_way(self, case: Held) -> Why:
        reasons = Counter(why_not(case, holder) or "full" for holder in self.holders if holder.id not in self.leaving)
        return reasons.most_common(1)[0][0] if reasons else "nobody"

    def _loads(self, by_case: Sequence[str | None]) -> dict[str, Load]:
        sums: dict[str, list[int]] = {holder.id: [0, 0, 0] for holder in self.holders}
        stages: dict[str, Counter[str]] = {holder.id: Counter() for holder in self.holders}
        for case, holder_id in zip(self.held, by_case, strict=True):
            if holder_id in sums:
                of = sums[holder_id]
                of[0] += 1
                of[1] += case.amount
                of[2] += case.work
                stages[holder_id][case.stage] += 1
        return {name: Load(of[0], of[1], of[2], dict(stages[name])) for name, of in sums.items()}

    def _spread(self, loads: Mapping[str, Load]) -> float:
        levels = [
            loads[holder.id].worth(self.measure) / holder.capacity
            for holder in self.holders
            if not holder.away and holder.id not in self.leaving and holder.capacity > 0
        ]
        mean = sum(levels) / len(levels) if levels else 0.0
        return (max(levels) - min(levels)) / mean if mean else 0.0
