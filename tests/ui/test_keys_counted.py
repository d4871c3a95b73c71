"""How many keys the twelve commonest outcomes take, from the open case to the next one, as the docs say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES
from workstation.domain.events import Contact, Promise, decode_body
from workstation.domain.outcomes import TABLE

LIU = SAMPLES[3]
PAGE = Path(__file__).parents[2] / "docs" / "keys.md"
SAVE = "Ctrl+Return"
CHECKED = ("Alt+1", "Alt+4")  # the full name and the card's last digits

# Keys, and between « » the figures and words one cannot do without.
JOURNEYS = {
    "no_answer": ("1", SAVE),
    "busy": ("0", SAVE),
    "switched_off": ("S", SAVE),
    "voicemail": ("V", SAVE),
    "hung_up": ("H", SAVE),
    "invalid_number": ("9", SAVE),
    "third_party_spoken": ("8", SAVE),
    "right_party_no_commitment": ("2", *CHECKED, SAVE),
    "promise_to_pay": ("3", "«3k»", "Tab", "«28»", "Tab", "1", *CHECKED, SAVE),
    "callback_requested": ("6", "«15:30»", SAVE),
    "refuses_to_pay": ("7", *CHECKED, SAVE),
    "claims_paid": ("P", *CHECKED, SAVE),
}


def counted(keys: tuple[str, ...]) -> int:
    return sum(1 for key in keys if not key.startswith("«"))


@pytest.mark.parametrize("outcome", JOURNEYS)
def test_an_outcome_takes_as_many_keys_as_the_table_says(open_window: OpenWindow, outcome: str) -> None:
    steps = open_window("zh_CN", case_id=LIU.id)
    before = steps.window.desk.seat.file(LIU.id).events
    for key in JOURNEYS[outcome]:
        if key.startswith("«"):
            steps.type(key.strip("«»"))
        else:
            steps.key(key)
    recorded = steps.window.desk.seat.file(LIU.id).events[len(before) :]
    assert recorded[0].outcome == outcome
    bodies = [decode_body(event.kind, event.body) for event in recorded]
    assert isinstance(bodies[0], Contact)
    if outcome == "promise_to_pay":
        assert isinstance(bodies[1], Promise)
        assert (recorded[1].amount, bodies[0].reason) == (300_000, "income_lost")
    assert steps.window.header.name.text() not in {"", LIU.name}, "the next case is open"


def test_the_table_in_the_docs_is_this_one() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [(name, keys, int(count)) for name, keys, count in rows] == [
        (name, " ".join(f"`{key}`" if not key.startswith("«") else key for key in keys), counted(keys))
        for name, keys in JOURNEYS.items()
    ]


def test_an_empty_call_takes_two_keys_and_a_promise_ten_at_most() -> None:
    assert all(counted(JOURNEYS[name]) == 2 for name in JOURNEYS if TABLE[name].unanswered)
    assert counted(JOURNEYS["promise_to_pay"]) <= 10
