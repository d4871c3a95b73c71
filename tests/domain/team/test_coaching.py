"""The sample and the score: the same for the same, each stratum its share, against an independent computation."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.coaching import CoachingFormError, Contacted, load, parse, sample, score
from workstation.domain.errors import InputError

CONTACTS = st.lists(
    st.builds(
        Contacted, st.uuids().map(str), st.sampled_from(["no_answer", "promise_to_pay", "complaint"]), st.booleans()
    ),
    max_size=60,
    unique_by=lambda one: one.id,
)
LINE = 'id = "a"\nweight = 1\nmost = 4\nen = "A"\nzh_CN = "甲"'


@given(CONTACTS, st.integers(0, 30), st.text(max_size=5), st.randoms(use_true_random=False))
def test_the_same_sample_in_whatever_order(contacts: list[Contacted], count: int, seed: str, chance: object) -> None:
    first = sample(contacts, count, seed)
    mixed = sorted(contacts, key=lambda one: one.id[::-1])
    assert sample(mixed, count, seed) == first
    assert len(first) == len(set(first)) == min(count, len(contacts))
    assert set(first) <= {one.id for one in contacts}


@given(CONTACTS, st.integers(1, 30))
def test_each_stratum_has_its_share_within_one(contacts: list[Contacted], count: int) -> None:
    wanted = min(count, len(contacts))
    of = {one.id: (one.found, one.outcome) for one in contacts}
    got, all_ = Counter(of[one] for one in sample(contacts, count, "w48")), Counter(of.values())
    for stratum, size in all_.items():
        assert abs(got[stratum] - Fraction(size * wanted, len(contacts))) < 1, stratum


def test_another_week_gives_another_sample() -> None:
    contacts = [Contacted(f"c{n}", "no_answer", False) for n in range(100)]
    assert set(sample(contacts, 10, "w48")) != set(sample(contacts, 10, "w49"))


@given(st.data())
def test_the_score_is_the_weighted_mean(data: st.DataObject) -> None:
    form = load()
    points = {one.id: data.draw(st.integers(0, one.most)) for one in form.criteria}
    weights = sum(one.weight for one in form.criteria)
    exact = sum(Fraction(one.weight * points[one.id], one.most) for one in form.criteria) / weights * 1000
    assert score(form, points) == int(exact + Fraction(1, 2))
    assert score(form, points, [form.fatal[0].id]) == 0


def test_full_and_no_points() -> None:
    form = load()
    assert score(form, {one.id: one.most for one in form.criteria}) == 1000
    assert score(form, {one.id: 0 for one in form.criteria}) == 0


@pytest.mark.parametrize("change", [{"identity": -1}, {"identity": 5}, {"more": 1}])
def test_what_is_not_on_the_form_is_refused(change: dict[str, int]) -> None:
    form = load()
    with pytest.raises(InputError):
        score(form, {**{one.id: 1 for one in form.criteria}, **change})
    with pytest.raises(InputError) as missing:
        score(form, {})
    assert missing.value.field == form.criteria[0].id
    with pytest.raises(InputError):
        score(form, {one.id: 1 for one in form.criteria}, ["nothing"])


@pytest.mark.parametrize(
    "lines",
    [
        "",
        f"[[criterion]]\n{LINE}\n[[criterion]]\n{LINE}",
        f"[[criterion]]\n{LINE.replace('4', '0')}",
        f"[[criterion]]\n{LINE.replace('甲', ' ')}",
        f"[[criterion]]\n{LINE}\n[[fatal]]\nid = 'a'\nen = 'A'\nzh_CN = '甲'",
        "[[criterion]]\nid = 'a'",
        "not toml",
    ],
)
def test_a_faulty_form_says_so(lines: str) -> None:
    with pytest.raises(CoachingFormError, match="faulty"):
        parse(f"id = 'call'\nversion = '1'\n{lines}")
