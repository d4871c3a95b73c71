"""Who goes on a visit and why, and what an address says about where it lies."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.case_state import fold
from workstation.domain.case_values import CaseState, HeldCircumstance, OpenMatter
from workstation.domain.events import Event, PointPlaced, encode_body
from workstation.domain.field_day import (
    Visitor,
    district_of,
    lacking,
    legal_above,
    needs,
    team_faults,
    usual,
)
from workstation.domain.message import Money

DAY = date(2026, 11, 30)
OPENED = OpenMatter(id="d", opened_at=datetime(2026, 11, 1, tzinfo=UTC), opened_on=date(2026, 11, 1))


def holding(*what: str, until: date | None = None) -> tuple[HeldCircumstance, ...]:
    return tuple(HeldCircumstance(id=name, what=name, since=DAY, until=until) for name in what)


@given(
    disputed=st.booleans(),
    secured=st.booleans(),
    risk=st.booleans(),
    owed=st.integers(0, 10**12),
    above=st.none() | st.integers(0, 10**12),
)
def test_the_visit_team_is_that_of_the_domain_rules(
    *, disputed: bool, secured: bool, risk: bool, owed: int, above: int | None
) -> None:
    state = CaseState(
        dispute=OPENED if disputed else None,
        circumstances=holding(*(["secured"] if secured else []), *(["risk_note"] if risk else [])),
    )
    roles = {need.role for need in needs(state, Money(owed, "CNY"), above, DAY)}
    assert ("legal" in roles) == (disputed or secured or (above is not None and owed > above))
    assert ("lead" in roles) == risk


def test_a_risk_that_ended_asks_for_nobody() -> None:
    state = CaseState(circumstances=holding("risk_note", "secured", until=date(2026, 11, 29)))
    assert needs(state, Money(1, "CNY"), None, DAY) == ()


@pytest.mark.parametrize(
    "body", ['{"latitude":91,"longitude":0}', '{"latitude":"x"}', "{}", '{"latitude":NaN,"longitude":1}', "[]"]
)
def test_a_place_that_is_none_changes_nothing_and_is_kept(body: str) -> None:
    state = fold([place_event("a", 1, encode_body(PointPlaced(latitude=30, longitude=120))), place_event("b", 2, body)])
    assert [(known.id, known.latitude) for known in state.placed_points] == [("p", 30)]
    assert state.unknown_kinds == ("point_placed",)


def test_the_latest_place_counts_and_can_be_taken_back() -> None:
    first = place_event("a", 1, encode_body(PointPlaced(latitude=30, longitude=120)))
    second = place_event("b", 2, encode_body(PointPlaced(latitude=31, longitude=121, how="there", accuracy=8)))
    assert fold([second, first]).placed_points[0].latitude == 31
    back = msgspec.structs.replace(second, id="c", kind="correction", answers="b", body='{"what":"undo"}')
    assert fold([first, second, back]).placed_points[0].latitude == 30
    nowhere = msgspec.structs.replace(first, contact_point=None)
    assert fold([nowhere]).placed_points == ()


def place_event(identity: str, hour: int, body: str) -> Event:
    at = datetime(2026, 11, 1, hour, tzinfo=UTC)
    return Event(id=identity, case_id="case", kind="point_placed", occurred_at=at, author="m", device="d",
                 contact_point="p", body=body)  # fmt: skip


def test_a_team_is_two_people_of_whom_one_leads_the_talk() -> None:
    sun, he = Visitor("visitor", "孙强", "p1"), Visitor("companion", "何琳", "p2")
    assert team_faults((sun, he), 2) == ()
    assert len(team_faults((sun,), 2)) == 1
    assert len(team_faults((sun, Visitor("companion", "孙强", "p1")), 2)) == 2  # too few, and one twice
    assert len(team_faults((he, Visitor("legal", "周律师")), 2)) == 1  # nobody leads
    assert team_faults((sun, Visitor("companion", " ABC "), Visitor("legal", "abc")), 2)
    wanted = needs(CaseState(dispute=OPENED, circumstances=holding("secured", "risk_note")), Money(0, "CNY"), None, DAY)
    assert [need.role for need in lacking((sun, he), wanted)] == ["legal", "lead"]
    assert lacking((sun, he, Visitor("legal", "周律师"), Visitor("lead", "何琳")), wanted) == ()


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (None, usual().legal_above["CNY"]),
        ("50000", 5_000_000),
        ("50000.50", 5_000_050),
        ("-3", 0),
        ("fünf", 0),
        ("1e999", 0),
        ("NaN", 0),
        ("9" * 40, 0),
        ({"a": 1}, 0),
    ],
)
def test_a_book_s_own_threshold_counts_and_one_that_cannot_be_read_is_the_safe_side(own: object, expected: int) -> None:
    contact = {} if own is None else {"visit_legal_above": own}
    assert legal_above(contact, "CNY") == expected


def test_no_threshold_is_known_for_a_currency_the_house_did_not_set() -> None:
    assert legal_above({}, "KWD") is None


@pytest.mark.parametrize(
    ("address", "city", "expected"),
    [
        ("浙江省杭州市西湖区中山路1号3幢201室", "杭州", "杭州市 西湖区"),
        ("杭州市西湖区中山路1号", "", "杭州市 西湖区"),
        ("上海市浦东新区世纪大道100号", "", "上海市 浦东新区"),
        ("浙江省衢州市文三路 99 号", "衢州", "衢州市"),
        ("中山路1号", "杭州", "杭州"),
        ("12 High Street, Headingley, Leeds, LS6 3AA", "", "Leeds"),
        ("", "", ""),
        ("<b>x</b>", "杭州", "杭州"),
    ],
)
def test_a_district_is_read_from_the_address_and_never_the_street(address: str, city: str, expected: str) -> None:
    assert district_of(address, city) == expected


@given(st.text(max_size=400), st.text(max_size=20))
def test_any_address_has_some_district_without_a_figure_of_a_house(address: str, city: str) -> None:
    found = district_of(address, city)
    assert found == city or not any(sign.isdigit() for sign in found)
