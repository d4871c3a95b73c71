"""The default strategy written out as one plain chain of conditions: a second opinion, and the speed to be near to."""

from __future__ import annotations

from workstation.domain.strategy import StrategyFacts

STOPS = (
    ("deceased", "deceased"),
    ("represented", "represented"),
    ("ceased", "ceased"),
    ("breathing_space", "breathing-space"),
    ("dispute_open", "disputed"),
    ("complaint_open", "complaint"),
    ("legal_step_taken", "court"),
    ("incarcerated", "in-custody"),
    ("time_barred", "time-barred"),
    ("plan_in_force", "plan-kept"),
    ("plan_waiting", "plan-waiting"),
    ("promise_open", "promise-open"),
)


def plain_default(case: StrategyFacts) -> str:
    """The id of the rule that the shipped strategy has for the case."""
    days, flags, where = case.days_past_due, case.flags, case.quadrant
    for flag, rule in STOPS:
        if flag in flags:
            return rule
    lost = "out_of_contact" in flags
    if days < 1:
        return "not-due"
    if "hardship" in flags and not lost:
        return "hardship"
    if 31 <= days <= 180 and where == "unable_willing" and not lost:
        return "unable-willing"
    if days >= 181:
        return _long(case, lost)
    if where == "able_unwilling":
        return "able-unwilling-early" if days <= 60 else "able-unwilling"
    if lost:
        if days <= 60:
            return "lost-early"
        return "lost-visit" if case.balance.minor <= 9_999_999 else "lost-visit-large"
    if days <= 10:
        return "first-days"
    if days <= 30:
        return "m1-remind"
    if days <= 120 and case.promises_broken >= 2:
        return "promises-broken"
    if days <= 60:
        return "m2-negotiate"
    return "m3-m4-plan" if days <= 120 else "m5-m6-settle"


def _long(case: StrategyFacts, lost: bool) -> str:
    left = case.limitation_left
    if left is not None and 0 <= left <= 180:
        return "limitation-close"
    if lost:
        return "long-lost"
    if case.quadrant == "unable_willing":
        return "long-unable-willing"
    if case.quadrant == "able_unwilling":
        return "long-able-unwilling"
    if case.balance.minor >= 5_000_000 and case.attempts >= 12:
        return "long-large"
    return "long"
