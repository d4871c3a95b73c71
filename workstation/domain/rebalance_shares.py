"""How much of each kind of case everybody should hold, as a linear program solved by HiGHS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_EVEN, _STILL = 1_000.0, 1.0  # evenness goes far before leaving things where they are


@dataclass(frozen=True, slots=True)
class Kind:
    """Cases that the same people may hold. `now`: of their worth, what those people hold already.

    `group` is balanced apart from other groups and together with them; everything in one group is balanced once.
    """

    may: frozenset[str]
    group: str
    worth: int
    count: int
    now: Mapping[str, int]


def shares(
    kinds: Sequence[Kind],
    capacity: Mapping[str, int],
    fixed: Mapping[str, Mapping[str, int]],
    limits: Mapping[str, int | None],
) -> list[dict[str, float]]:
    """For each kind what each person should hold of it, in its own unit.

    Minimises the distance of the largest to the smallest load for the same capacity, then what has to move. `fixed`:
    what each person holds besides, by group. `limits`: how many cases more each may hold. Where limits leave no room
    for everything, what is over stays unshared.
    """
    if not kinds:
        return []
    total = sum(kind.worth for kind in kinds) or 1
    mean = (total + sum(sum(groups.values()) for groups in fixed.values())) / max(1, sum(capacity.values()))
    program = _Program()
    held: dict[tuple[int, str], int] = {}
    for at, kind in enumerate(kinds):
        over = program.variable(cost=1e7 / total)  # shared out unless there is no room
        row = {over: 1.0}
        for person in sorted(kind.may):
            share = held[at, person] = program.variable()
            row[share] = 1.0
            before = kind.now.get(person, 0)
            come = program.variable(cost=_STILL / total)
            program.row({come: 1.0, share: -1.0}, at_least=-float(before))  # come ≥ share − before
        program.row(row, at_least=float(kind.worth), at_most=float(kind.worth))
    groups = sorted({kind.group for kind in kinds})
    for group in [*groups, *([None] if len(groups) > 1 else [])]:
        low, high = program.variable(cost=-_EVEN / mean), program.variable(cost=_EVEN / mean)
        for person, size in capacity.items():
            base = sum(worth for of, worth in fixed.get(person, {}).items() if group is None or of == group)
            row = {
                held[at, person]: 1.0
                for at, kind in enumerate(kinds)
                if person in kind.may and (group is None or kind.group == group)
            }
            if size > 0:
                program.row({**row, high: -float(size)}, at_most=-float(base))  # load ≤ high · size
                program.row({**row, low: -float(size)}, at_least=-float(base))  # load ≥ low · size
    for person, most in limits.items():
        if most is not None:
            counts = {
                held[at, person]: kind.count / (kind.worth or 1) for at, kind in enumerate(kinds) if person in kind.may
            }
            program.row(counts, at_most=float(most))
    found = program.solve()
    return [{person: found[held[at, person]] for person in kind.may} for at, kind in enumerate(kinds)]


class _Program:
    """Rows over variables that are not negative; the sum of the costs is made as small as may be."""

    def __init__(self) -> None:
        self._costs: list[float] = []
        self._rows: list[tuple[dict[int, float], float, float]] = []

    def variable(self, cost: float = 0.0) -> int:
        self._costs.append(cost)
        return len(self._costs) - 1

    def row(
        self, parts: Mapping[int, float], *, at_least: float = -float("inf"), at_most: float = float("inf")
    ) -> None:
        self._rows.append((dict(parts), at_least, at_most))

    def solve(self) -> list[float]:
        import highspy
        import numpy as np

        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self._costs), len(self._rows)
        model.col_cost_ = np.array(self._costs)
        model.col_lower_ = np.zeros(len(self._costs))
        model.col_upper_ = np.full(len(self._costs), highspy.kHighsInf)
        model.row_lower_ = np.array([low for _, low, _ in self._rows])
        model.row_upper_ = np.array([high for _, _, high in self._rows])
        starts = [0]
        places: list[int] = []
        values: list[float] = []
        for parts, _, _ in self._rows:
            places += parts.keys()
            values += parts.values()
            starts.append(len(places))
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(starts)
        model.a_matrix_.index_ = np.array(places)
        model.a_matrix_.value_ = np.array(values)

        class Quiet(highspy.Highs):
            """Silent from the start: making one prints a banner on standard output, which is a command's answer."""

            def enableCallbacks(self) -> None:  # theirs; called while it is made
                self.silent()
                super().enableCallbacks()  # type: ignore[no-untyped-call]

        solver = Quiet()  # type: ignore[no-untyped-call]
        solver.setOptionValue("threads", 1)  # the same answer on every machine
        solver.passModel(model)
        solver.run()
        status = solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"the shares have no solution ({status})")  # every kind may stay unshared: cannot be
        return list(solver.getSolution().col_value)
