"""Random contacts, zones and packs for the gate's properties, and a plain recount to hold its verdicts against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from workstation.domain.gate import Flags, GateRequest, History, PastContact
from workstation.domain.rule_forms import QuietHours, ThirdPerson, Window
from workstation.domain.rulepack import RulePack, load

PACKS = tuple(load(name) for name in ("zh-CN", "en-US", "en-GB"))
# Half and three quarters of an hour from UTC, changes of half an hour, changes at midnight, and none at all.
ZONES = (
    "Asia/Shanghai", "Asia/Urumqi", "Europe/London", "America/New_York", "America/Los_Angeles", "America/St_Johns",
    "America/Havana", "Africa/Cairo", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham",
)  # fmt: skip
# Eves of the clock changes of 2026, of a leap day and of a new year.
EVES = (
    "2026-03-07", "2026-03-28", "2026-04-03", "2026-04-23", "2026-10-02", "2026-10-24", "2026-10-28", "2026-10-31",
    "2028-02-27", "2026-12-30",
)  # fmt: skip
OUTCOMES = (
    "no_answer", "no_answer", "busy", "voicemail", "hung_up", "invalid_number", "third_party_spoken",
    "promise_to_pay", "right_party_no_commitment", None,
)  # fmt: skip
RANK = {"allow": 0, "warn": 1, "block": 2}

moments = st.builds(
    lambda eve, seconds: datetime.fromisoformat(eve).replace(tzinfo=UTC) + timedelta(seconds=seconds),
    st.sampled_from(EVES),
    st.integers(0, 4 * 86_400),
)
places = st.one_of(
    st.sampled_from(ZONES).map(lambda name: (name,)),
    st.lists(st.sampled_from(ZONES), min_size=2, max_size=3, unique=True).map(tuple),
    st.just(()),
)
packs = st.sampled_from(PACKS)
flags = st.builds(
    Flags,
    plan_in_force=st.booleans(),
    dispute_open=st.booleans(),
    represented=st.booleans(),
    consent_out_of_hours=st.booleans(),
    consent_extra_calls=st.integers(0, 2),
    third_party_refused=st.booleans(),
    in_hardship=st.booleans(),
    time_barred=st.booleans(),
    refused_channels=st.sampled_from([(), ("sms",), ("call", "visit")]),
)
# Only what time lifts.
passing_flags = st.builds(Flags, consent_out_of_hours=st.booleans(), consent_extra_calls=st.integers(0, 2))


@st.composite
def contacts(draw, moment, *, most=14, ahead=False):  # type: ignore[no-untyped-def]
    """Contacts of the ten days before `moment`; with `ahead` some are dated after it."""
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(-3 if ahead else 0, 14_400),  # minutes before
                st.sampled_from(("call", "call", "call", "call", "sms", "visit")),
                st.sampled_from(("out", "out", "out", "in")),
                st.sampled_from(("debtor", "debtor", "debtor", "guarantor", "related")),
                st.sampled_from(("p1", "p1", "p2")),
                st.sampled_from(("D1", "D1", "D2", None)),
                st.sampled_from(OUTCOMES),
            ),
            max_size=most,
        )
    )
    return tuple(PastContact(moment - timedelta(minutes=ago * (480 if ago < 0 else 1)), *rest) for ago, *rest in rows)


@st.composite
def requests(draw, *, parties=("debtor", "guarantor"), purposes=("collect", "service"), given=flags, ahead=False):  # type: ignore[no-untyped-def]
    moment = draw(moments)
    return GateRequest(
        at=moment,
        channel=draw(st.sampled_from(("call", "call", "call", "sms", "email", "letter", "visit", "in_app"))),
        party=draw(st.sampled_from(parties)),
        purpose=draw(st.sampled_from(purposes)),
        contact_point=draw(st.sampled_from(("p1", "p2"))),
        zones=draw(places),
        debt=draw(st.sampled_from(("D1", "D2", None))),
        history=draw(contacts(moment, ahead=ahead)),
        flags=draw(given),
        other_debts=draw(st.sampled_from(((), (), ("D3",), ("D2",)))),
    )


def with_values(pack: RulePack, values: Mapping[str, object]) -> RulePack:
    """The pack with these values; a rule that it lacks is made after its rule on ceasing."""
    model = pack.rule("ceased")
    rules = {
        rule_id: replace(pack.rules.get(rule_id, model), id=rule_id, value=value) for rule_id, value in values.items()
    }
    return replace(pack, rules={**pack.rules, **rules})


@st.composite
def tightened(draw, pack):  # type: ignore[no-untyped-def]
    """A pack that nowhere allows more: longer quiet, fewer calls, longer waits, fewer people and purposes."""
    values: dict[str, object] = {}
    quiet, window, third = (
        pack.quiet_hours,
        pack.value("out_of_contact", Window),
        pack.value("third_person", ThirdPerson),
    )
    start = time(
        quiet.start.hour - draw(st.integers(0, 3)), draw(st.sampled_from((0, 30))) if draw(st.booleans()) else 0
    )
    values["quiet_hours"] = QuietHours(
        min(start, quiet.start),
        time(quiet.end.hour + draw(st.integers(0, 3)), draw(st.sampled_from((0, 0, 15, 45)))),
        tuple({*quiet.channels, *draw(st.sampled_from(((), ("letter", "sms"))))}),
        quiet.consent and draw(st.booleans()),
        tuple({*quiet.service_channels, *draw(st.sampled_from(((), ("sms",))))}),
    )
    for rule_id in ("unanswered_per_point_day", "effective_calls_per_day"):
        if pack.has(rule_id):
            values[rule_id] = draw(st.integers(1, pack.value(rule_id, int)))
        elif draw(st.booleans()):
            values[rule_id] = draw(st.integers(1, 9))
    if pack.has("calls_in_window"):
        old = pack.value("calls_in_window", Window)
        values["calls_in_window"] = Window(draw(st.integers(1, old.calls)), old.days + draw(st.integers(0, 3)))
    if pack.has("conversation_cooling_days"):
        values["conversation_cooling_days"] = pack.value("conversation_cooling_days", int) + draw(st.integers(0, 3))
    elif draw(st.booleans()):
        values["conversation_cooling_days"] = draw(st.integers(1, 5))
    values["out_of_contact"] = Window(window.calls + draw(st.integers(0, 2)), window.days + draw(st.integers(0, 2)))
    values["third_person"] = ThirdPerson(
        third.purposes[: draw(st.integers(1, len(third.purposes)))], third.out_of_contact or draw(st.booleans())
    )
    if draw(st.booleans()):
        values["collect_from"] = ("debtor",)
    for rule_id in ("plan_in_force", "dispute_open", "ceased", "represented", "dead_point"):
        if draw(st.booleans()):
            values[rule_id] = "block"
    for rule_id in ("in_hardship", "refused_channel", "inconvenient_place"):
        if draw(st.booleans()):
            values[rule_id] = "block"
    return with_values(pack, values)


# ---- the plain recount ----


def recount_blocks(request: GateRequest, pack: RulePack) -> bool:
    """Does time or number stand against the contact? Every contact is looked at anew, by its calendar day."""
    contacts = request.history
    assert not isinstance(contacts, History)
    zones = [ZoneInfo(name) for name in request.zones or pack.texts("default_zones")]
    if any(_is_quiet(request, pack, zone) for zone in zones):
        return True
    return request.channel == "call" and any(_too_often(request, contacts, pack, zone) for zone in zones)


def _is_quiet(request: GateRequest, pack: RulePack, zone: ZoneInfo) -> bool:
    quiet = pack.quiet_hours
    bound = quiet.service_channels if request.purpose == "service" else quiet.channels
    if request.channel not in bound:
        return False
    if quiet.consent and request.flags.consent_out_of_hours and request.party == "debtor":
        return False
    clock = request.at.astimezone(zone).time()
    if quiet.start < quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end


def _too_often(request: GateRequest, contacts: tuple[PastContact, ...], pack: RulePack, zone: ZoneInfo) -> bool:
    today = request.at.astimezone(zone).date()
    more = request.flags.consent_extra_calls
    calls = [past for past in contacts if past.channel == "call"]

    def recent(past: PastContact, days: int) -> bool:
        return (today - past.at.astimezone(zone).date()).days < days

    def reach(past: PastContact) -> str:
        return "nobody" if past.row is None else past.row.reach

    out = [past for past in calls if past.direction == "out"]
    if pack.has("unanswered_per_point_day"):
        spent = [p for p in out if p.contact_point == request.contact_point and reach(p) in {"nobody", "cut_off"}]
        if sum(recent(p, 1) for p in spent) >= pack.value("unanswered_per_point_day", int) + more:
            return True
    if pack.has("effective_calls_per_day") and request.purpose != "service":
        met = [p for p in out if p.party == request.party and reach(p) == "debtor"]
        if sum(recent(p, 1) for p in met) >= pack.value("effective_calls_per_day", int) + more:
            return True
    for debt in (request.debt, *request.other_debts):
        about = [p for p in calls if debt is None or p.debt in {None, debt}]
        rang = [p for p in about if p.direction == "out" and (p.row is None or p.row.connects)]
        if pack.has("calls_in_window"):
            window = pack.value("calls_in_window", Window)
            if sum(recent(p, window.days) for p in rang) >= window.calls + more:
                return True
        if pack.has("conversation_cooling_days"):
            days = pack.value("conversation_cooling_days", int)
            talks = [p.at for p in about if p.party == request.party and reach(p) == "debtor" and recent(p, days)]
            if talks and sum(p.at > min(talks) for p in rang) >= more:
                return True
    return False
