"""What must hold of every verdict, on random histories, zones, clock changes and packs."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from tests.domain.case.gate_worlds import (
    RANK,
    ZONES,
    contacts,
    moments,
    packs,
    passing_flags,
    places,
    recount_blocks,
    requests,
    tightened,
    with_values,
)  # fmt: skip
from workstation.domain.gate import Flags, GateRequest, History, check
from workstation.domain.gate_clock import whole_minute
from workstation.domain.rule_forms import QuietHours

MINUTE = timedelta(minutes=1)
EXAMPLES = settings(max_examples=300, deadline=None)
FEW = settings(max_examples=60, deadline=None)  # each tries thousands of minutes
EVERYONE = ("debtor", "guarantor", "related", "unrelated")


@EXAMPLES
@given(requests(parties=EVERYONE, purposes=("collect", "service", "locate", "relay")), packs)
def test_nothing_is_allowed_inside_quiet_hours_in_any_of_the_debtors_zones(request, pack) -> None:  # type: ignore[no-untyped-def]
    quiet = pack.quiet_hours
    bound = quiet.service_channels if request.purpose == "service" else quiet.channels
    names = request.zones or pack.texts("default_zones")
    clocks = [request.at.astimezone(ZoneInfo(name)).time() for name in names]
    asleep = any(clock >= quiet.start or clock < quiet.end for clock in clocks)
    consented = request.party == "debtor" and request.flags.consent_out_of_hours
    if asleep and request.channel in bound and not consented:
        assert check(request, pack).verdict == "block"


@EXAMPLES
@given(requests(given=passing_flags, ahead=True), packs)
def test_the_verdict_is_that_of_a_plain_recount(request, pack) -> None:  # type: ignore[no-untyped-def]
    answer = check(request, pack)
    assert (answer.verdict == "block") == recount_blocks(request, pack)
    assert (answer.remaining_today == 0) <= (answer.verdict == "block")


@FEW
@given(st.data())
def test_the_opening_is_the_first_minute_that_is_not_blocked(data) -> None:  # type: ignore[no-untyped-def]
    request = data.draw(requests(given=passing_flags, ahead=True))
    pack = data.draw(packs)
    pack = data.draw(st.sampled_from((pack, data.draw(tightened(pack)))))
    answer = check(request, pack)
    if answer.verdict != "block":
        assert answer.opens_at is None
        return
    if answer.opens_at is not None:
        assert answer.opens_at.second == answer.opens_at.microsecond == 0
        assert answer.opens_at.utcoffset() == _first_zone(request, pack, answer.opens_at)
    _tried_minute_by_minute(request, pack, answer.opens_at)


odd_hours = st.builds(
    lambda start, length: QuietHours(_clock(start), _clock(start + length), ("call",), True, ("call",)),
    st.integers(0, 95),
    st.integers(1, 90),
)


@FEW
@given(moments, st.sampled_from(ZONES), odd_hours, packs)
def test_the_opening_and_closing_hold_for_quiet_hours_that_begin_or_end_in_a_clock_change(
    moment, zone, quiet, pack
) -> None:  # type: ignore[no-untyped-def]
    odd = with_values(pack, {"quiet_hours": quiet})
    request = GateRequest(moment, "call", "debtor", contact_point="p1", zones=(zone,))
    answer = check(request, odd)
    if answer.verdict == "block":
        _tried_minute_by_minute(request, odd, answer.opens_at)
        return
    assert answer.closes_at is not None
    assert answer.closes_at > moment
    assert check(replace(request, at=answer.closes_at), odd).verdict == "block"
    minute = whole_minute(moment)
    while minute < answer.closes_at:
        assert check(replace(request, at=minute), odd).verdict != "block"
        minute += MINUTE


@FEW
@given(moments, places, st.integers(0, 5), st.booleans(), packs)
def test_breathing_space_opens_at_the_first_minute_after_it(moment, zones, days, whole_day, pack) -> None:  # type: ignore[no-untyped-def]
    british = with_values(pack, {"breathing_space": "block"})
    until = moment + timedelta(days=days, minutes=17, seconds=5)
    request = GateRequest(
        moment, "call", "debtor", zones=zones, flags=Flags(breathing_space_until=until.date() if whole_day else until)
    )
    answer = check(request, british)
    if answer.verdict == "block":
        _tried_minute_by_minute(request, british, answer.opens_at)


@EXAMPLES
@given(st.data())
def test_more_attempts_never_open_a_contact_nor_leave_more_of_them(data) -> None:  # type: ignore[no-untyped-def]
    request, pack = data.draw(requests(ahead=True)), data.draw(packs)
    before = check(request, pack)
    more = data.draw(contacts(request.at, most=4))
    after = check(replace(request, history=(*request.history, *more)), pack)
    assert (before.verdict == "block") <= (after.verdict == "block")
    assert _remaining(after.remaining_today) <= _remaining(before.remaining_today)
    if before.opens_at is not None and after.opens_at is not None:
        assert after.opens_at >= before.opens_at


@EXAMPLES
@given(st.data())
def test_a_tightened_pack_never_allows_more(data) -> None:  # type: ignore[no-untyped-def]
    request = data.draw(requests(parties=EVERYONE, purposes=("collect", "service", "locate", "relay")))
    pack = data.draw(packs)
    before, after = check(request, pack), check(request, data.draw(tightened(pack)))
    assert RANK[after.verdict] >= RANK[before.verdict]
    assert _remaining(after.remaining_today) <= _remaining(before.remaining_today)
    if before.opens_at is not None and after.opens_at is not None:
        assert after.opens_at >= before.opens_at


@EXAMPLES
@given(st.data())
def test_a_history_says_the_same_in_any_order_prepared_or_not_and_in_any_zone_of_writing(data) -> None:  # type: ignore[no-untyped-def]
    request = data.draw(requests(parties=EVERYONE, purposes=("collect", "locate"), ahead=True))
    pack = data.draw(packs)
    answer = check(request, pack)
    mixed = data.draw(st.permutations(request.history))
    assert check(replace(request, history=tuple(mixed)), pack) == answer
    assert check(replace(request, history=History(mixed)), pack) == answer
    zone = ZoneInfo(data.draw(st.sampled_from(ZONES)))
    abroad = tuple(structs.replace(past, at=past.at.astimezone(zone)) for past in mixed)
    assert check(replace(request, history=abroad, at=request.at.astimezone(zone)), pack) == answer


@EXAMPLES
@given(requests(parties=("related", "unrelated"), purposes=("collect",)), packs, st.data())
def test_nobody_who_does_not_owe_is_ever_collected_from(request, pack, data) -> None:  # type: ignore[no-untyped-def]
    answer = check(request, data.draw(st.sampled_from((pack, data.draw(tightened(pack))))))
    assert (answer.verdict, answer.opens_at) == ("block", None)
    assert "collect_from" in [reason.rule for reason in answer.reasons]


def _tried_minute_by_minute(request, pack, opens_at) -> None:  # type: ignore[no-untyped-def]
    """Every minute before the opening is blocked, and it is not; where none is in sight, no quarter of an hour is."""
    asked = replace(request, history=History(request.history))
    minute = whole_minute(request.at)
    if opens_at is None:
        ahead = (minute + timedelta(minutes=15 * quarter) for quarter in range(4 * 24 * 14))
        assert all(check(replace(asked, at=when), pack).verdict == "block" for when in ahead)
        return
    assert opens_at >= minute
    while minute < opens_at:
        assert check(replace(asked, at=minute), pack).verdict == "block", minute
        minute += MINUTE
    assert check(replace(asked, at=opens_at), pack).verdict != "block"


def _first_zone(request, pack, moment):  # type: ignore[no-untyped-def]
    name = (request.zones or pack.texts("default_zones"))[0]
    return moment.astimezone(ZoneInfo(name)).utcoffset()


def _remaining(count: int | None) -> float:
    return float("inf") if count is None else count


def _clock(quarters: int) -> time:
    return time(quarters // 4 % 24, quarters % 4 * 15)
