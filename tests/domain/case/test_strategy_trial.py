"""A split of treatments: stable, near its share, counted from what was recorded, and as sure as its counts allow."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.events import Contact, Correction, Event, encode_body
from workstation.domain.strategy import Split, Treatment, arm_of
from workstation.domain.strategy_file import StrategyError, read
from workstation.domain.strategy_trial import Share, outcomes, tell_apart, wilson

OTHER = Treatment("sms", "friendly")
TEXT = """version = "1"
[[rule]]
id = "all"
treatment.channel = "call"
treatment.tone = "friendly"
reason.zh_CN = "一"
reason.en = "one"
split.id = "sms-first"
split.share = "0.30"
split.treatment.channel = "sms"
split.treatment.tone = "friendly"
"""


@given(st.text(max_size=20), st.text(min_size=1, max_size=8), st.sampled_from(["0.05", "0.50", "0.95"]))
def test_a_case_is_always_in_the_same_arm_and_a_larger_share_keeps_it(case_id: str, name: str, share: str) -> None:
    split = Split(name, Decimal(share), OTHER)
    assert arm_of(case_id, split) == arm_of(case_id, split)
    if arm_of(case_id, split) == "B":
        assert arm_of(case_id, split._replace(share=Decimal("0.99"))) == "B"


@pytest.mark.parametrize("share", ["0.10", "0.30", "0.50"])
def test_the_shares_are_near_what_is_meant_and_sum_up(share: str) -> None:
    cases = [f"case-{n}" for n in range(20_000)]
    for name in ("one", "two"):
        arms = [arm_of(case_id, Split(name, Decimal(share), OTHER)) for case_id in cases]
        assert arms.count("A") + arms.count("B") == len(cases)
        assert abs(arms.count("B") / len(cases) - float(share)) < 0.012  # more than three standard deviations


def test_two_splits_are_independent() -> None:
    one, two = (Split(name, Decimal("0.50"), OTHER) for name in ("one", "two"))
    both = sum(arm_of(f"c{n}", one) == arm_of(f"c{n}", two) for n in range(20_000))
    assert abs(both / 20_000 - 0.5) < 0.012


def test_the_file_says_the_split_and_the_rule_treats_by_it() -> None:
    [rule] = read(TEXT, "x.toml").rules
    assert rule.split == Split("sms-first", Decimal("0.30"), OTHER)
    channels = {rule.arm(f"c{n}"): rule.for_case(f"c{n}").channel for n in range(50)}
    assert channels == {"sms-first:A": "call", "sms-first:B": "sms"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"0.30"', '"1.30"'),
        ('"0.30"', '"0"'),
        ('"0.30"', "0.3"),
        ('split.id = "sms-first"', 'split.id = "a b"'),
        ("split.treatment.channel", "split.treatment.chanel"),
        ("split.share", "split.chare"),
    ],
)
def test_a_faulty_split_says_so(old: str, new: str) -> None:
    with pytest.raises(StrategyError):
        read(TEXT.replace(old, new), "x.toml")


# Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), Table I,
# method 3 (score, without continuity correction).
@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_the_published_one(hits: int, of: int, low: float, high: float) -> None:
    found = wilson(hits, of)
    assert (round(found[0], 4), round(found[1], 4)) == (low, high)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_holds_the_share_and_narrows(hits: int, more: int) -> None:
    of = hits + more
    low, high = wilson(hits, of)
    assert 0 <= low <= high <= 1
    if of:
        assert low <= hits / of + 1e-12
        assert hits / of - 1e-12 <= high
        wide, narrow = wilson(hits, of), wilson(hits * 4, of * 4)
        assert narrow[1] - narrow[0] <= wide[1] - wide[0]


def test_few_cases_tell_nothing_apart() -> None:
    assert not tell_apart(Share(3, 5), Share(1, 5))
    assert tell_apart(Share(600, 1000), Share(200, 1000))


def contact(n: int, arm: str, outcome: str, case: str = "c") -> Event:
    body = Contact(tested=arm, party="debtor", identity=("full_name", "id_tail"))
    return Event(id=f"e{n}", case_id=case, kind="contact", occurred_at=datetime(2026, 11, 23, tzinfo=UTC), author="a",
                 device="d", channel="call", outcome=outcome, body=encode_body(body))  # fmt: skip


def test_outcomes_are_counted_by_the_arm_recorded_then() -> None:
    back = Event(id="x", case_id="c", kind="correction", occurred_at=datetime(2026, 11, 24, tzinfo=UTC), author="a",
                 device="d", answers="e4", body=encode_body(Correction(what="undo")))  # fmt: skip
    events = [
        contact(1, "s:A", "no_answer"),
        contact(2, "s:A", "promise_to_pay", "c2"),
        contact(3, "s:B", "complaint"),
        contact(4, "s:B", "promise_to_pay"),
        contact(5, "", "promise_to_pay"),
        back,
    ]
    a, b = outcomes(events)
    assert (a.split, a.arm, a.cases, b.arm, b.cases) == ("s", "A", 2, "B", 1)
    assert (a.shares["right_party_rate"], a.shares["promise_rate"]) == (Share(1, 2), Share(1, 1))
    assert b.shares["complaint_rate"] == Share(1, 1)
    assert b.shares["promise_rate"].hits == 0, "what was taken back counts for nothing"
