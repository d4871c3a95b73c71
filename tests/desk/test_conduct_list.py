"""The list of contacts against the rules at a lead's desk: found, explained, looked into on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from tests.ui.sample_book import SAMPLES
from tests.ui.sample_desk import open_desk
from workstation.desk.conduct import Conduct
from workstation.desk.views import CallForm
from workstation.domain.errors import InputError
from workstation.domain.events import Contact, Correction
from workstation.session import Desk

LIU = SAMPLES[3]


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Desk]:
    """A desk at 22:40, where a call was made all the same."""
    made = open_desk(tmp_path / "late", at=time(22, 40))
    made.call.save(LIU.id, CallForm(contact_point=LIU.part("mobile"), outcome="no_answer", override_reason="asked to"))
    yield made
    made.close()


def as_lead(desk: Desk) -> Conduct:
    return Conduct(replace(desk.seat, person=replace(desk.seat.person, role="lead")))


def test_a_breach_is_on_the_leads_list_with_rule_article_and_what_was_said(night: Desk) -> None:
    conduct = as_lead(night)
    row = next(row for row in conduct.rows() if row.case_id == LIU.id)
    assert (row.level, row.said, row.known, row.author) == ("block", "asked to", True, night.seat.person.name)
    assert row.reasons[0].rule == "quiet_hours"
    assert row.reasons[0].source
    with pytest.raises(InputError) as refused:
        conduct.review(row, "  ")
    assert refused.value.field == "text"
    conduct.refresh(conduct.review(row, "talked it over"))
    assert next(row for row in conduct.rows() if row.case_id == LIU.id).reviewed == "talked it over"
    titles = [entry.title.plain() for entry in night.casefile.open(LIU.id).timeline]
    assert "A contact against the rules was looked into" in titles


def test_only_who_leads_sees_and_looks_into_them(night: Desk) -> None:
    assert not night.conduct.offered
    row = next(row for row in as_lead(night).rows() if row.case_id == LIU.id)
    with pytest.raises(InputError, match="team lead"):
        night.conduct.review(row, "mine")


def test_a_cancelled_look_goes_on_next_time(night: Desk) -> None:
    conduct = as_lead(night)
    assert conduct.rows(cancelled=lambda: True) == ()
    seen: list[tuple[int, int]] = []
    assert conduct.rows(lambda done, total: seen.append((done, total)))
    assert seen[0][0] == 0


def test_missing_recordings_and_complaints_are_listed_and_what_was_taken_back_is_not(night: Desk) -> None:
    def spoke(outcome: str, recording: str = "") -> str:
        body = Contact(party="debtor", identity=("full_name", "id_tail"), recording=recording)
        return night.seat.record(LIU.id, body, channel="call", outcome=outcome).id

    gone, kept = spoke("promise_to_pay"), spoke("refuses_to_pay")
    spoke("promise_to_pay", "REC-1")
    spoke("no_answer")
    complained = spoke("complaint", "REC-2")
    night.seat.record(LIU.id, Correction(what="undo"), answers=gone)
    rows = as_lead(night).gaps()
    ours = [(row.event_id, row.said.text) for row in rows if row.event_id in {gone, kept, complained}]
    assert ours == [
        (complained, "The debtor complained."),
        (kept, "{channel} with somebody, and no recording is named."),
    ]
