"""Previews of random teams: nothing lost or doubled, nobody gets what they may not have, agreed things stay."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.desk.reassign_book import TeamBook, TeamCase
from workstation.desk.reassign_preview import preview
from workstation.desk.reassign_views import Choice, Kind
from workstation.desk.staffing import Member
from workstation.domain.errors import InputError
from workstation.domain.rebalance import Held, Measure
from workstation.domain.staffing import Staffing

DAY = date(2026, 11, 30)
PEOPLE = ("chen", "li", "ma", "gao")
CITIES = ("杭州", "宁波", "")


def member(name: str, **known: object) -> Member:
    role = known.pop("role", "collector")
    active = known.pop("active", True)
    return Member(name, name.title(), str(role), bool(active), Staffing(**known), 1)  # type: ignore[arg-type]


def case(name: str, holder: str | None, **known: object) -> TeamCase:
    more = {
        key: known.pop(key)
        for key in ("plan", "promise_due", "needed_on", "appointment", "dossier", "letters")
        if key in known
    }
    given = {"amount": 1_000, "work": 60, "stage": "M2", "language": "zh_CN", "region": "杭州", **known}
    held = Held(name, holder, **given)  # type: ignore[arg-type]
    usual = {
        "promise_due": None,
        "needed_on": more.get("promise_due"),
        "plan": False,
        "appointment": False,
        "letters": 0,
        "dossier": "",
    }
    return TeamCase(
        held=held, number=name.upper(), name="某人", version=1, currency="CNY", city=held.region, proposal=False,
        draft=False, **{**usual, **more},  # type: ignore[arg-type]
    )  # fmt: skip


def book(cases: list[TeamCase], *members: Member) -> TeamBook:
    return TeamBook({one.id: one for one in cases}, {one.person_id: one for one in members}, DAY)


def can_take(one: Member) -> bool:
    return one.active and one.capacity > 0 and not one.away(DAY)


def can_see_to_it(one: Member) -> bool:
    return one.active and not one.away(DAY)


def refused(team: TeamBook, choice: Choice) -> str:
    with pytest.raises(InputError) as error:
        preview(team, choice)
    return error.value.field or ""


@st.composite
def teams(draw: st.DrawFn) -> TeamBook:
    members = [
        member(
            name,
            capacity=draw(st.sampled_from([100, 100, 50, 0])),
            most_cases=draw(st.sampled_from([None, None, 6])),
            languages=draw(st.sampled_from([(), ("zh_CN",)])),
            regions=draw(st.sampled_from([(), ("杭",)])),
            stages=draw(st.sampled_from([(), ("M1", "M2")])),
            legal=draw(st.booleans()),
            **({"leave_from": DAY, "leave_until": DAY} if draw(st.integers(0, 5)) == 0 else {}),
        )
        for name in PEOPLE
    ]
    cases = [
        case(
            f"c{n}",
            draw(st.sampled_from([*PEOPLE, None])),
            amount=draw(st.integers(0, 10**7)),
            stage=draw(st.sampled_from(["M1", "M2", "M5"])),
            language=draw(st.sampled_from(["zh_CN", "zh_CN", "en"])),
            region=draw(st.sampled_from(CITIES)),
            legal=draw(st.integers(0, 6)) == 0,
            committed=draw(st.integers(0, 3)) == 0,
            needed_on=draw(st.sampled_from([None, DAY, DAY + timedelta(days=9)])),
            not_with=frozenset(draw(st.sets(st.sampled_from(PEOPLE), max_size=1))),
        )
        for n in range(draw(st.integers(1, 24)))
    ]
    return book(cases, *members)


@settings(max_examples=60, deadline=None)
@given(teams(), st.sampled_from(get_args(Kind)), st.sampled_from(get_args(Measure)), st.booleans(), st.data())
def test_whatever_the_team(team: TeamBook, kind: Kind, measure: Measure, keep: bool, data: st.DataObject) -> None:
    chosen = tuple(data.draw(st.lists(st.sampled_from(sorted(team.cases)), min_size=1, unique=True)))
    person = data.draw(st.sampled_from(PEOPLE))
    to = () if data.draw(st.booleans()) else (data.draw(st.sampled_from([one for one in PEOPLE if one != person])),)
    away = kind in {"leave", "resignation"}
    until = DAY + timedelta(days=3) if kind == "leave" else None
    choice = Choice(
        kind, measure, chosen if kind == "cases" else (), person if away else "", to, until=until, keep=keep
    )
    able = [one for one in (to or PEOPLE) if one != choice.person]
    if (to and team.members[to[0]].away(DAY)) or not any(can_take(team.members[one]) for one in able):
        assert refused(team, choice) == "to", "only because there is nobody to take them"
        return
    found = preview(team, choice)
    moved = Counter(move.case_id for move in found.moves)
    assert set(moved.values()) <= {1}, "no case goes to two"
    assert not set(moved) & {row.case_id for row in found.left}
    for move in found.moves:
        one, getter = team.cases[move.case_id], team.members[move.after]
        assert move.before == one.held.holder != move.after
        assert move.version == one.version
        assert move.after not in one.held.not_with, "never to whom the debtor complained about"
        assert getter.plan.can(language=one.held.language, city=one.city, stage=one.held.stage, legal=one.held.legal)
        assert not getter.away(DAY)
        assert getter.capacity > 0
        if kind == "cases":
            assert move.case_id in chosen
        elif kind != "rebalance":
            assert move.before == person
        if one.held.committed and move.before is not None and move.before not in one.held.not_with:
            assert kind != "rebalance", "what was agreed stays with whom it was agreed with"
            there = can_see_to_it(team.members[move.before]) if kind == "cases" else one.needed_on in (None, DAY)
            assert not keep or kind == "resignation" or there == (kind == "leave")
    touched = {line.person_id for line in found.lines}
    for line in found.lines:
        most = team.members[line.person_id].most_cases
        assert line.after.cases == line.before.cases + line.came - line.went
        assert most is None or not line.came or line.after.cases <= most
    moved_away = [move for move in found.moves if move.before in team.members]
    assert {move.before for move in moved_away} <= touched
    assert sum(line.came for line in found.lines) == len(found.moves)
    if kind in {"leave", "resignation"}:  # every case of theirs goes, stays, or is named
        theirs = {one.id for one in team.cases.values() if one.held.holder == person}
        assert len(moved) + len(found.left) + found.stay == len(theirs)
        if found.stay:
            assert kind == "leave"
            assert keep
    for one in found.later:  # each once, to somebody who may have it, on a day to come
        later, getter = team.cases[one.case_id], team.members[one.after]
        assert later.held.holder == person
        assert later.held.committed
        assert one.case_id not in moved
        assert one.due == later.needed_on != DAY
        assert one.after not in {person, *later.held.not_with}
        assert getter.plan.can(
            language=later.held.language, city=later.city, stage=later.held.stage, legal=later.held.legal
        )
    assert len({one.case_id for one in found.later}) == len(found.later) <= found.stay


def test_what_cannot_be_is_said_before_anything_is_worked_out() -> None:
    cases = [case("c1", "chen")]
    away = member("ma", leave_from=DAY, leave_until=DAY)
    gone = member("gao", active=False)
    team = book(cases, member("chen"), member("li"), away, gone)
    soon = DAY + timedelta(days=1)
    assert refused(team, Choice("cases", to=("li",))) == "cases"
    assert refused(team, Choice("leave", person="chen", until=DAY - timedelta(days=1))) == "until"
    assert refused(team, Choice("leave", person="chen")) == "until"
    assert refused(team, Choice("leave", person="chen", to=("chen",), until=soon)) == "to"
    assert refused(team, Choice("resignation", person="nobody")) == "person"
    for nobody in ("ma", "gao", "stranger"):
        assert refused(team, Choice("cases", case_ids=("c1",), to=(nobody,))) == "to"
    alone = book(cases, member("chen"))
    assert refused(alone, Choice("resignation", person="chen")) == "to"
    assert refused(book(cases), Choice("rebalance")) == "to"
    assert refused(book(cases, member("he", role="lead")), Choice("rebalance")) == "to"


def test_to_whoever_has_them_already_nothing_moves_and_it_says_so() -> None:
    found = preview(
        book([case("c1", "li")], member("chen"), member("li")), Choice("cases", case_ids=("c1", "c9"), to=("li",))
    )
    assert found.moves == ()
    said = [notice.plain() for notice in found.notices]
    assert said == ["1 of them is with Li already.", "1 of them is closed, or not in your team any more."]


def test_somebody_without_skills_for_any_case_gets_none_and_each_says_why() -> None:
    cases = [
        case("court", "chen", legal=True),
        case("english", "chen", language="en"),
        case("far", "chen", region="宁波"),
    ]
    team = book(cases, member("chen"), member("li", languages=("zh_CN",), regions=("杭",)))
    found = preview(team, Choice("cases", case_ids=("court", "english", "far"), to=("li",)))
    assert found.moves == ()
    assert {row.case_id: row.why.plain().split()[0] for row in found.left} == {
        "court": "It",
        "english": "Nobody",
        "far": "Nobody",
    }
    assert found.notices[0].plain().startswith("3 cases find nobody")


def test_on_a_leave_what_needs_somebody_already_or_on_no_known_day_goes_with_the_rest() -> None:
    until = DAY + timedelta(days=9)
    cases = [
        case("overdue", "chen", committed=True, needed_on=DAY - timedelta(days=2)),
        case("today", "chen", committed=True, needed_on=DAY),
        case("someday", "chen", committed=True),
        case("after", "chen", committed=True, needed_on=until + timedelta(days=20)),
        case("court", "chen", committed=True, legal=True, needed_on=until),
    ]
    team = book(cases, member("chen", legal=True), member("li"), member("ma", leave_from=DAY, leave_until=DAY))
    found = preview(team, Choice("leave", person="chen", until=until))
    assert {move.case_id for move in found.moves} == {"overdue", "today", "someday"}
    assert [(one.case_id, one.after) for one in found.later] == [("after", "li")]
    said = [notice.plain() for notice in found.notices]
    assert "1 of them finds nobody who may take it: look after it yourself." in said
    gone = preview(team, Choice("cases", case_ids=("after",), to=("li",)))
    assert (gone.moves, gone.stay) == ((), 1), "who is there keeps it"
    absent = book([case("after", "ma", committed=True, needed_on=until)], *team.members.values())
    assert len(preview(absent, Choice("cases", case_ids=("after",), to=("li",))).moves) == 1, "who is on leave does not"


def test_every_consequence_is_in_the_preview() -> None:
    cases = [
        case("plan", "chen", plan=True, committed=True, needed_on=DAY + timedelta(days=3)),
        case("promise", "chen", promise_due=DAY + timedelta(days=5), committed=True),
        case("angry", "chen", not_with=frozenset({"li"})),
        case("today", "chen", appointment=True, dossier="K7Q2", letters=1),
    ]
    team = book(cases, member("chen"), member("li"), member("ma"))
    until = DAY + timedelta(days=9)
    stays = preview(team, Choice("leave", person="chen", until=until))
    said = " ".join(notice.plain() for notice in stays.notices)
    assert stays.stay == 2
    for words in ("2 cases with an open promise or plan stay with Chen", "1 appointment agreed for today",
                  "Dossier K7Q2", "1 letter waits", "comes back on 2026-12-10"):  # fmt: skip
        assert words in said
    effects = {line.person_id: [effect.plain() for effect in line.effects] for line in stays.lines}
    assert "1 case complained about them: avoided" in effects["li"]
    assert "2 of them go to who covers on the day they fall due, by themselves: the first on 2026-12-03." in said
    assert {(one.case_id, one.due) for one in stays.later} == {
        ("plan", DAY + timedelta(days=3)), ("promise", DAY + timedelta(days=5)),
    }  # fmt: skip
    goes = preview(team, Choice("resignation", person="chen"))
    told = [effect.plain() for line in goes.lines for effect in line.effects]
    assert "1 plan in force comes along" in told
    assert "1 open promise comes along" in told
    assert len(goes.moves) == 4
