"""Strategies and cases for the strategy's tests, and a plain judge of the rules' own TOML, apart from the program."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from workstation.domain.message import Money
from workstation.domain.strategy import AMOUNTS, CHOICES, FLAGS, StrategyFacts
from workstation.domain.vocabulary import STAGES

FIRST_DAY = {"M0": 0, "M1": 1, "M2": 31, "M3": 61, "M4": 91, "M5": 121, "M6": 151, "M7+": 181}
LAST = {"id": "last", "treatment": {"channel": "call", "tone": "firm"}, "reason": {"zh_CN": "其余", "en": "the rest"}}

small = st.integers(0, 6)
cases = st.builds(
    StrategyFacts,
    balance=st.integers(0, 6).map(lambda yuan: Money(yuan * 50, "CNY")),
    days_past_due=st.integers(0, 230),
    quadrant=st.sampled_from(CHOICES["quadrant"]),
    last_outcome=st.sampled_from(CHOICES["last_outcome"]),
    case_age=small,
    days_since_reached=st.none() | small,
    attempts=small,
    promises_kept=small,
    promises_broken=small,
    limitation_left=st.none() | st.integers(-3, 3),
    flags=st.frozensets(st.sampled_from(FLAGS), max_size=4),
)


def _span(name: str) -> st.SearchStrategy[dict[str, object]]:
    figures: st.SearchStrategy[Any]
    if name == "balance":
        figures = st.sampled_from(("0.00", "0.50", "1", "1.50", "2.00", "3.00"))
    else:
        figures = st.integers(0, 230 if name == "days_past_due" else 6)
    pairs = st.tuples(figures, figures).map(lambda pair: sorted(pair, key=Decimal))
    both = pairs.map(lambda pair: {"from": pair[0], "to": pair[1]})
    return both | figures.map(lambda figure: {"from": figure}) | figures.map(lambda figure: {"to": figure})


_CONDITIONS: dict[str, st.SearchStrategy[Any]] = {
    **{name: st.lists(st.sampled_from(known), min_size=1, unique=True) for name, known in CHOICES.items()},
    **{name: _span(name) for name in AMOUNTS},
    "flags": st.lists(st.sampled_from(FLAGS[:7]), min_size=1, max_size=2, unique=True),
    "without": st.lists(st.sampled_from(FLAGS[7:]), min_size=1, max_size=2, unique=True),
}
whens = (
    st.lists(st.sampled_from(sorted(_CONDITIONS)), unique=True, max_size=3)
    .flatmap(lambda names: st.fixed_dictionaries({name: _CONDITIONS[name] for name in names}))
)  # fmt: skip
rule_lists = st.lists(whens, max_size=8).map(
    lambda found: [*({**LAST, "id": f"r{place}", "when": when} for place, when in enumerate(found)), LAST]
)


def toml(rules: list[dict[str, Any]]) -> str:
    """The rules as a house would write them."""
    lines = ['version = "1"']
    for rule in rules:
        lines += ["", "[[rule]]", f'id = "{rule["id"]}"']
        lines += [f"when.{name} = {_value(value)}" for name, value in rule.get("when", {}).items()]
        lines += [f"treatment.{name} = {_value(value)}" for name, value in rule["treatment"].items()]
        lines += [f"reason.{name} = {_value(value)}" for name, value in rule["reason"].items()]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def stage_by_hand(days: int) -> str:
    return max((stage for stage in STAGES if FIRST_DAY[stage] <= days), key=FIRST_DAY.__getitem__)


def holds_by_hand(when: dict[str, Any], case: StrategyFacts) -> bool:
    """Do all conditions of a rule's own text hold for the case?"""
    for name, asked in when.items():
        if name == "stage":
            holds = stage_by_hand(case.days_past_due) in asked
        elif name in {"quadrant", "last_outcome"}:
            holds = getattr(case, name) in asked
        elif name == "flags":
            holds = set(asked) <= case.flags
        elif name == "without":
            holds = not set(asked) & case.flags
        else:
            figure = case.balance.minor if name == "balance" else getattr(case, name)
            scale = 100 if name == "balance" else 1
            bounds = {side: Decimal(str(bound)) * scale for side, bound in asked.items()}
            holds = figure is not None and bounds.get("from", figure) <= figure <= bounds.get("to", figure)
        if not holds:
            return False
    return True
