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
        ({"flags": {"represented": "yes"}}, "flags.represented"),
        ({"flags": {"consent_extra_calls": -1}}, "flags.consent_extra_calls"),
        ({"flags": {"breathing_space_until": "2026-02-30"}}, "flags.breathing_space_until"),
    ],
)
def test_a_bad_request_names_the_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(InputError) as caught:
        run_gate({**REQUEST, **change})
    assert (caught.value.field or "").replace("[...]", "[0]") == field


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
