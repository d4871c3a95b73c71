"""The JSON form of the gate: the contract's fields, and refusals that name the field at fault."""

from __future__ import annotations

import pytest

from workstation.domain.errors import InputError
from workstation.domain.gate_form import run_gate

REQUEST: dict[str, object] = {
    "jurisdiction": "zh-CN",
    "at": "2026-11-23T23:30:30+08:00",
    "channel": "call",
    "party": "debtor",
    "purpose": "collect",
    "debt": "D1",
    "contact_point": {"id": "p1", "time_zones": ["Asia/Shanghai"]},
    "history": [
        {
            "at": "2026-11-23T01:30:00Z",
            "channel": "call",
            "direction": "out",
            "party": "debtor",
            "contact_point": "p1",
            "debt": "D1",
            "outcome": "no_answer",
        }
    ],
    "flags": {
        "plan_in_force": False,
        "dispute_open": False,
        "ceased": False,
        "represented": False,
        "consent_out_of_hours": False,
        "consent_extra_calls": 0,
        "third_party_refused": False,
        "breathing_space_until": None,
    },
}

PAST: dict[str, object] = {"at": "2026-11-23T01:30:00Z", "channel": "call", "contact_point": "p1"}


def test_the_answer_has_the_fields_of_the_contract() -> None:
    answer = run_gate(REQUEST)
    assert answer == {
        "verdict": "block",
        "reasons": [
            {
                "rule": "quiet_hours",
                "message": "It is 23:30 in Asia/Shanghai: no contact from 22:00 to 08:00.",
                "source": "中国银行业协会《金融机构个人消费类贷款催收工作指引(试行)》",
            }
        ],
        "opens_at": "2026-11-24T08:00:00+08:00",
        "remaining_today": 5,
        "pack": "zh-CN@2026-01-30",
    }


def test_the_opening_is_said_in_the_first_zone_of_the_contact_point() -> None:
    abroad = {**REQUEST, "contact_point": {"id": "p1", "time_zones": ["Europe/Berlin", "Asia/Shanghai"]}}
    assert run_gate(abroad)["opens_at"] == "2026-11-24T08:00:00+01:00"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"at": "2026-11-23T23:30:30"}, "at"),
        ({"at": "tomorrow"}, "at"),
        ({"channel": "pigeon"}, "channel"),
        ({"party": "neighbour"}, "party"),
        ({"surprise": 1}, "surprise"),
        ({"jurisdiction": "fr-FR"}, "jurisdiction"),
        ({"contact_point": {"id": 3}}, "contact_point.id"),
        ({"contact_point": {}}, "contact_point.id"),
        ({"contact_point": {"id": "p", "time_zones": ["Mars/Olympus"]}}, "contact_point.time_zones[0]"),
        ({"history": [{"at": "2026-11-23T01:30:00Z", "channel": "call", "outcome": "won"}]}, "history[0].outcome"),
        ({"history": [PAST, {**PAST, "channel": "pigeon"}]}, "history[1].channel"),
        ({"history": [PAST, PAST, {"channel": "call"}]}, "history[2].at"),
        ({"history": [PAST, {**PAST, "at": "2026-11-23T09:30:00"}]}, "history[1].at"),
        ({"history": [PAST, {**PAST, "at": "2026-11-23T23:41:00+08:00"}]}, "history[1].at"),
        ({"history": [{**PAST, "at": "0001-01-01T00:00:00+08:00"}]}, "history[0].at"),
        ({"at": "0001-01-01T00:00:00+08:00"}, "at"),
        ({"at": "9999-12-31T23:00:00Z"}, "at"),
        ({"visitors": -1}, "visitors"),
        ({"flags": {"represented": "yes"}}, "flags.represented"),
        ({"flags": {"refused_channels": ["fax"]}}, "flags.refused_channels[0]"),
        ({"flags": {"ceased": True, "consent_extra_calls": 2}}, "flags.ceased"),
        ({"flags": {"consent_extra_calls": -1}}, "flags.consent_extra_calls"),
        ({"flags": {"breathing_space_until": "2026-02-30"}}, "flags.breathing_space_until"),
    ],
)
def test_a_bad_request_names_the_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(InputError) as caught:
        run_gate({**REQUEST, **change})
    assert caught.value.field == field


def test_a_missing_field_is_named() -> None:
    with pytest.raises(InputError) as caught:
        run_gate({key: value for key, value in REQUEST.items() if key != "at"})
    assert caught.value.field == "at"


def test_breathing_space_is_read_as_a_day_or_a_moment() -> None:
    british = {**REQUEST, "jurisdiction": "en-GB", "contact_point": {"id": "p1", "time_zones": ["Europe/London"]}}
    day = run_gate({**british, "flags": {"breathing_space_until": "2026-12-01"}})
    assert day["opens_at"] == "2026-12-02T08:00:00+00:00"
    moment = run_gate({**british, "flags": {"breathing_space_until": "2026-12-01T12:00:30+00:00"}})
    assert moment["opens_at"] == "2026-12-01T12:01:00+00:00"


def test_a_contact_from_a_clock_that_runs_a_little_ahead_counts() -> None:
    ahead = {**REQUEST, "history": [{**PAST, "at": "2026-11-23T23:40:30+08:00"}]}
    assert run_gate(ahead)["remaining_today"] == 5
    late = {**REQUEST, "history": [{**PAST, "at": "2026-11-24T09:00:00+08:00"}]}
    with pytest.raises(InputError) as caught:
        run_gate(late)
    assert caught.value.code == "future_contact"


def test_the_fields_added_to_the_contract_reach_the_gate() -> None:
    american = {
        **REQUEST,
        "jurisdiction": "en-US",
        "at": "2026-11-23T12:00:00-05:00",
        "contact_point": {"id": "p1", "time_zones": ["America/New_York"]},
        "history": [
            {**PAST, "at": "2026-11-20T15:00:00Z", "debt": "D1", "other_debts": ["D2"], "outcome": "promise_to_pay"}
        ],
        "debt": "D3",
    }
    assert run_gate(american)["verdict"] == "allow"
    assert run_gate({**american, "other_debts": ["D2"]})["opens_at"] == "2026-11-27T08:00:00-05:00"
    flags = {"time_barred": True, "validation_until": "2026-11-30", "in_hardship": True}
    told = {reason["rule"] for reason in run_gate({**american, "flags": flags})["reasons"]}  # type: ignore[attr-defined]
    assert told >= {"time_barred", "validation_days"}
    visit = run_gate({**american, "channel": "visit", "visitors": 1})
    assert (visit["verdict"], visit["opens_at"]) == ("block", None)


def test_a_contact_is_judged_by_the_rules_of_its_day() -> None:
    today, ago = run_gate(REQUEST), run_gate({**REQUEST, "at": "2019-01-07T23:30:00+08:00", "history": []})
    assert ago["verdict"] == "block"
    assert str(ago["pack"]) < str(today["pack"])
