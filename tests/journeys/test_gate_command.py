"""`workstation gate --json` as a program calls it: the contract's fields, exit codes, the field at fault."""

from __future__ import annotations

import json

import pytest

from tests.journeys.test_commands import run

REQUEST = {
    "jurisdiction": "zh-CN", "at": "2026-11-23T22:30:00+08:00", "channel": "call", "party": "debtor",
    "purpose": "collect", "debt": "D1", "contact_point": {"id": "p1", "time_zones": ["Asia/Shanghai"]},
    "history": [
        {"at": "2026-11-23T09:30:00+08:00", "channel": "call", "direction": "out", "party": "debtor",
         "contact_point": "p1", "debt": "D1", "outcome": "no_answer"},
    ],
    "flags": {
        "plan_in_force": False, "dispute_open": False, "ceased": False, "represented": False,
        "consent_out_of_hours": False, "consent_extra_calls": 0, "third_party_refused": False,
        "breathing_space_until": None,
    },
}  # fmt: skip


def test_a_verdict_says_why_until_when_and_by_which_pack() -> None:
    done = run("gate", "--json", given=REQUEST)
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert set(answer) == {"verdict", "reasons", "opens_at", "remaining_today", "pack"}
    assert (answer["verdict"], answer["opens_at"]) == ("block", "2026-11-24T08:00:00+08:00")
    assert answer["remaining_today"] == 5
    assert answer["pack"].startswith("zh-CN@")
    assert set(answer["reasons"][0]) == {"rule", "message", "source"}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"contact_point": {"id": "p1", "time_zones": ["Mars"]}}, "unknown_zone", "contact_point.time_zones[0]"),
        ({"history": [{"at": "2026-11-30T00:00:00Z", "channel": "call"}]}, "future_contact", "history[0].at"),
        ({"flags": {"ceased": True, "consent_extra_calls": 1}}, "contradictory_flags", "flags.ceased"),
        ({"jurisdiction": "fr-FR"}, "unknown_jurisdiction", "jurisdiction"),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_ends_with_two_and_names_the_field(
    change: dict[str, object], code: str, field: str
) -> None:
    done = run("gate", "--json", given={**REQUEST, **change})
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert (error["code"], error["field"]) == (code, field)
    assert done.stderr.strip()
