"""A bank's own rules at the desk: stricter ones bind at once, looser or unreadable ones open nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest

from tests.ui.sample_book import SAMPLES
from tests.ui.sample_desk import open_desk
from workstation.desk.rules import house_file
from workstation.desk.views import CallForm
from workstation.session import Desk

LIU = SAMPLES[3]
HEAD = 'jurisdiction = "zh-CN"\nversion = "2026-03-01"\nhouse = "bank"\n'
CHANNELS = '["call", "sms", "email", "letter", "visit", "in_app"]'
EARLIER_EVENINGS = f"""
[[rule]]
id = "quiet_hours"
value = {{ from = "20:00", to = "09:00", consent = true, channels = {CHANNELS}, service_channels = ["call", "visit"] }}
title = "The bank's own hours"
effective = 2026-03-01
strength = "house"
"""


NEARER_PROMISES = """
[[rule]]
id = "promise_longest_days"
value = 10
title = "The bank's own limit"
effective = 2026-03-01
strength = "house"
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WORKSTATION_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def evening(home: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk at 20:30, when the law still allows a call."""
    made = open_desk(tmp_path / "evening", at=time(20, 30))
    yield made
    made.close()


def put(text: str) -> None:
    file = house_file("zh-CN")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_a_stricter_rule_binds_and_the_verdict_names_it(evening: Desk) -> None:
    point = LIU.part("mobile")
    assert evening.call.begin(LIU.id, point).verdict == "allow"
    put(HEAD + EARLIER_EVENINGS)
    light = evening.call.begin(LIU.id, point)
    assert (light.verdict, light.pack) == ("block", "zh-CN@2026-01-30+bank@2026-03-01")
    assert light.opens_at is not None
    assert f"{light.opens_at:%d %H:%M}" == "24 09:00"
    evening.worklist._scored_at = None
    assert {row.verdict for row in evening.worklist.queue().rows} == {"block"}


@pytest.mark.parametrize(
    "text",
    [
        HEAD + EARLIER_EVENINGS.replace("20:00", "23:00"),
        HEAD + EARLIER_EVENINGS.replace("09:00", "night"),
        "[[rule",
        "",
    ],
    ids=["looser", "no time", "no TOML", "empty"],
)
def test_a_file_that_cannot_be_used_blocks_with_a_sentence(evening: Desk, text: str) -> None:
    put(text)
    light = evening.call.begin(LIU.id, LIU.part("mobile"))
    assert light.verdict == "block"
    assert "zh-CN.toml" in light.reasons[0].plain()
    assert evening.casefile.open(LIU.id).light.verdict == "block", "the case is shown all the same"
    assert {row.verdict for row in evening.worklist.queue().rows} == {"block"}


def test_a_promise_lies_no_further_ahead_than_the_house_says(evening: Desk) -> None:
    typed = CallForm(contact_point=LIU.part("mobile"), outcome="promise_to_pay", amount="100", due="+11")
    assert not evening.call.check(LIU.id, typed).errors
    put(HEAD + NEARER_PROMISES)
    (error,) = evening.call.check(LIU.id, typed).errors
    assert error.plain().endswith("is more than 10 days away; agree a plan instead.")
    typed.due = "+10"
    assert not evening.call.check(LIU.id, typed).errors
