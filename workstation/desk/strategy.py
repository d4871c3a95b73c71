"""The strategy at the desk: the house's own file or the shipped one, and the next best treatment of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import cast

from local_db.queries import CaseFile, QueueRecord
from workstation.desk import standing
from workstation.desk.seat import zone
from workstation.desk.standing import judgement
from workstation.desk.views import TreatmentView
from workstation.domain.case_values import IN_FORCE, WAITING
from workstation.domain.message import Message, Money, msg
from workstation.domain.strategy import (
    NO_OUTCOME,
    UNKNOWN,
    Flag,
    Quadrant,
    Strategy,
    StrategyFacts,
    StrategyRule,
    treat,
)
from workstation.domain.strategy_file import DEFAULT, StrategyError, default, read
from workstation.domain.strategy_words import held, parts
from workstation.settings import home

# Circumstances that are flags of a strategy under the same name.
_RECORDED: tuple[Flag, ...] = ("breathing_space", "legal_step_taken")


@dataclass(frozen=True, slots=True)
class InForce:
    """The strategy that decides, and the house's file where there is one: with `fault` it could not be used."""

    strategy: Strategy
    path: Path | None = None
    fault: Message | None = None

    @property
    def ours(self) -> bool:
        """Is it the house's own?"""
        return self.path is not None and self.fault is None


def folder() -> Path:
    """Where a house puts its own strategies."""
    return home() / "strategies"


def house_file(jurisdiction: str) -> Path:
    return folder() / f"{jurisdiction}.toml"


def in_force(jurisdiction: str) -> InForce:
    """The house's strategy for that jurisdiction, else its default, else the shipped one.

    A file that is there and cannot be used gives way to the shipped strategy, and its fault is told wherever it shows.
    """
    for path in (house_file(jurisdiction), folder() / DEFAULT):
        try:
            changed = path.stat().st_mtime_ns
        except FileNotFoundError:
            continue
        except OSError as error:
            return InForce(default(), path, _unreadable(path, error.strerror))
        return _read(path, changed)
    return InForce(default())


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int) -> InForce:
    try:
        return InForce(read(path.read_text(encoding="utf-8"), path.name), path)
    except StrategyError as error:
        return InForce(default(), path, error.message)
    except UnicodeDecodeError:
        return InForce(default(), path, _unreadable(path, "UTF-8"))
    except OSError as error:
        return InForce(default(), path, _unreadable(path, error.strerror))


def _unreadable(path: Path, why: str | None) -> Message:
    return msg("The house's strategy {file} cannot be read ({why}).", file=path.name, why=why or "?")


def arm(file: CaseFile, today: date) -> str:
    """The arm of a split that the case is in by its treatment today; empty without one."""
    rules = in_force(file.book.jurisdiction).strategy
    if not any(rule.split for rule in rules.rules):
        return ""
    return treat(facts_of(file, today), rules).arm(file.case.id)


def treatment(file: CaseFile | QueueRecord, today: date) -> TreatmentView:
    """What to do with the case next, by the strategy of its book's jurisdiction."""
    decides = in_force(file.book.jurisdiction)
    facts = facts_of(file, today)
    case_id = file.case.id if isinstance(file, CaseFile) else file.case_id
    return view(treat(facts, decides.strategy), facts, case_id, decides.fault)


def view(rule: StrategyRule, facts: StrategyFacts, case_id: str, fault: Message | None = None) -> TreatmentView:
    return TreatmentView(parts(rule.for_case(case_id)), rule.reason, rule.id, held(rule, facts), fault)


def facts_of(file: CaseFile | QueueRecord, today: date) -> StrategyFacts:
    """What is true of the case today; the same from the whole file as from its line in the queue."""
    state = file.state
    owed, verdict = standing.owed(file, today), judgement(file, today)
    limitation = standing.limitation(file, today)
    if isinstance(file, CaseFile):
        opened_on = file.case.opened_on
        own = [point for point in file.points if point.kind == "phone" and point.related_person_id is None]
        phones = tuple((point.id, point.time_zone) for point in own)
    else:
        opened_on, phones = file.opened_on, file.phones
    where = zone(phones[0][1] if phones else "Asia/Shanghai")  # the debtor's, as far as it is known
    true: dict[Flag, bool] = {
        "dispute_open": state.dispute_open,
        "complaint_open": state.complaint_open,
        "hardship": state.in_hardship,
        "out_of_contact": state.lost([point for point, _ in phones]),
        "plan_in_force": state.plan is not None and state.plan.stage in IN_FORCE,
        "plan_waiting": state.plan is not None and state.plan.stage in WAITING,
        "request_waiting": any(known.waits for known in state.approvals),
        "promise_open": verdict.open is not None,
        "ceased": state.ceased,
        "represented": state.represented,
        "deceased": state.deceased,
        "incarcerated": state.incarcerated,
        "time_barred": limitation is not None and limitation.expired,
    }
    for name in _RECORDED:
        true[name] = any(known.what == name and known.on(today) for known in state.circumstances)
    reached = state.last_right_party_at
    return StrategyFacts(
        balance=Money(owed.total.total, file.book.currency),
        days_past_due=owed.days_past_due,
        quadrant=_quadrant(state.ability, state.willingness),
        last_outcome=state.last_outcome or NO_OUTCOME,
        case_age=max(0, (today - opened_on).days),
        days_since_reached=None if reached is None else max(0, (today - reached.astimezone(where).date()).days),
        attempts=state.attempts,
        promises_kept=verdict.kept,
        promises_broken=verdict.broken,
        limitation_left=None if limitation is None else limitation.days_left,
        flags=frozenset(name for name, holds in true.items() if holds),
    )


def _quadrant(ability: int | None, willingness: int | None) -> Quadrant:
    """3 and above is able or willing, as on the case."""
    if ability is None or willingness is None:
        return UNKNOWN
    able, willing = ("able" if ability >= 3 else "unable"), ("willing" if willingness >= 3 else "unwilling")
    return cast(Quadrant, f"{able}_{willing}")
