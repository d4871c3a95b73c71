"""A lead's list of unusual looks: from the store, with who had the case, and looked into."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from local_db import events as store_events
from tests.ui.sample_book import CHEN, HE, SAMPLES, SUN, TODAY, WANG
from tests.ui.sample_desk import open_desk
from workstation.domain.errors import InputError
from workstation.domain.events import Body, Note, Reveal, TakenOut
from workstation.session import Desk


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path / "seat", role="lead")
    yield desk
    desk.close()


def recorded(desk: Desk, case_id: str, body: Body, author: str, minutes: int = 0, point: str | None = None) -> None:
    """As if it had come from that person's seat, so many minutes ago."""
    at = desk.now() - timedelta(minutes=minutes)
    drafted = desk.seat.draft(case_id, body, at=at, contact_point=point)
    with desk.seat.store.write() as conn:
        store_events.append(conn, [msgspec.structs.replace(drafted, author=author)], today=TODAY)


def test_a_look_at_a_case_of_somebody_else_is_found_and_noted(lead: Desk) -> None:
    assert lead.unusual.rows() == ()
    recorded(lead, WANG.id, Reveal(field="phone", why="other", reason="a friend asked"), SUN, 3, WANG.part("mobile"))
    (row,) = lead.unusual.rows()
    assert (row.rule, row.who, row.number, row.case_id, row.reviewed) == (
        "not_held",
        "孙强",
        "XYK-2026-0001",
        WANG.id,
        None,
    )
    with pytest.raises(InputError, match="Write what you found"):
        lead.unusual.review(row, " ")
    lead.unusual.review(row, "asked him: wrong case")
    assert [row.reviewed for row in lead.unusual.rows()] == ["asked him: wrong case"]


def test_who_had_the_case_then_counts_and_not_who_has_it_now(lead: Desk) -> None:
    # 孙强 had the case until 30 October; it is beyond the 30 days that the list looks back, so both looks are later.
    recorded(lead, WANG.id, Reveal(field="phone", why="dial"), CHEN, 3, WANG.part("mobile"))
    recorded(lead, WANG.id, Note(text="worked"), CHEN, 2)
    assert lead.unusual.rows() == ()


def test_a_lead_has_every_case_of_the_team(lead: Desk) -> None:
    recorded(lead, WANG.id, Reveal(field="phone", why="verify"), HE, 3, WANG.part("mobile"))
    assert lead.unusual.rows() == ()


def test_lists_and_copies_are_found(lead: Desk) -> None:
    for place in range(4):
        recorded(
            lead, SAMPLES[place].id, TakenOut(how="save", what="work_plan_day", cases=9, batch=f"b{place}"), CHEN, place
        )
    for place in range(15):
        recorded(lead, WANG.id, TakenOut(how="copy", what="phone", fields=("phone",)), SUN, place)
    assert {row.rule for row in lead.unusual.rows()} == {"taken_lists", "copied"}


def test_it_is_not_for_collectors(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "seat")
    assert not desk.unusual.offered
    recorded(desk, WANG.id, Reveal(field="phone", why="dial"), SUN, 3, WANG.part("mobile"))
    with pytest.raises(InputError):
        desk.unusual.review(desk.unusual.rows()[0], "looked")
    desk.close()
