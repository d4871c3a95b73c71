"""What is recorded as true of a case turns its light, its script and what may be written, until it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from tests.ui.sample_book import SAMPLES, TODAY, WANG
from tests.ui.sample_desk import open_desk
from workstation.desk import lights, standing
from workstation.desk.circumstances import OFFERED, NewCircumstance
from workstation.desk.views import CallForm
from workstation.domain.errors import InputError
from workstation.domain.vocabulary import CIRCUMSTANCES
from workstation.session import Desk

LIU = SAMPLES[3]
MOBILE = LIU.part("mobile")


def record(desk: Desk, what: str, **typed: str) -> None:
    desk.announce(desk.circumstances.add(LIU.id, NewCircumstance(what=what, **{"evidence": "told on 2 May", **typed})))


def rows(desk: Desk) -> list[str]:
    return [row.what.id for row in desk.casefile.open(LIU.id).circumstances]


def test_it_stands_on_the_case_and_in_the_history_until_it_ends(desk: Desk) -> None:
    record(desk, "legal_step_taken", since="-3", evidence="(2026)沪0101民初1号")
    (row,) = desk.casefile.open(LIU.id).circumstances
    assert (row.what.id, row.evidence) == ("legal_step_taken", "(2026)沪0101民初1号")
    assert str(TODAY - timedelta(days=3)) in row.detail[0].plain()
    assert "Legal step taken" in [badge.text.plain() for badge in desk.casefile.open(LIU.id).badges]  # type: ignore[union-attr]
    desk.announce(desk.circumstances.end(LIU.id, row.id, "withdrawn by the bank"))
    assert rows(desk) == []
    titles = [entry.title.plain() for entry in desk.casefile.open(LIU.id).timeline][:2]
    assert titles[0].startswith("No longer: ")
    assert titles[1].startswith("Recorded: ")
    with pytest.raises(InputError, match="no longer holds"):
        desk.circumstances.end(LIU.id, row.id, "again")


def test_a_day_that_is_over_ends_it_by_itself_and_taking_back_too(desk: Desk) -> None:
    record(desk, "consent_out_of_hours", until="+2")
    assert rows(desk) == ["consent_out_of_hours"]
    state = desk.seat.file(LIU.id).state
    assert [known.on(TODAY + timedelta(days=days)) for days in (2, 3) for known in state.circumstances] == [True, False]
    desk.announce(desk.call.undo(LIU.id))
    assert rows(desk) == []


def test_consent_opens_the_night_for_the_debtor_and_a_wish_to_stop_closes_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "late", at=time(22, 40))
    assert desk.call.begin(LIU.id, MOBILE).verdict == "block"
    record(desk, "consent_out_of_hours")
    assert desk.call.begin(LIU.id, MOBILE).verdict == "allow"
    row = next(row for row in desk.worklist.queue().rows if row.case_id == LIU.id)
    assert row.verdict == "allow"
    desk.announce(
        desk.call.save(
            LIU.id,
            CallForm(
                contact_point=MOBILE,
                outcome="asks_to_stop_contact",
                identity=["full_name", "id_tail"],
                note="wishes it",
            ),
        )
    )
    assert desk.call.begin(LIU.id, MOBILE).verdict == "block", "what was agreed to before no longer counts"
    desk.close()


def in_court_of(desk: Desk, jurisdiction: str) -> lights.Light:
    """The light of the case as if its book were another jurisdiction's."""
    file = desk.seat.file(LIU.id)
    return lights.of_point(replace(file, book=replace(file.book, jurisdiction=jurisdiction)), MOBILE, desk.now())


def test_breathing_space_blocks_until_its_day_and_without_one_until_it_is_ended(desk: Desk) -> None:
    assert in_court_of(desk, "en-GB").verdict == "allow"
    record(desk, "breathing_space", until="+10")
    light = in_court_of(desk, "en-GB")
    assert light.verdict == "block"
    assert light.opens_at is not None
    assert light.opens_at.date() == TODAY + timedelta(days=11)
    record(desk, "breathing_space")
    assert in_court_of(desk, "en-GB").opens_at is None
    row = desk.casefile.open(LIU.id).circumstances[0]
    desk.announce(desk.circumstances.end(LIU.id, row.id, "cancelled by the debt adviser"))
    assert in_court_of(desk, "en-GB").verdict == "allow"


def test_a_refused_means_and_place_are_kept_where_the_law_says_so(desk: Desk) -> None:
    record(desk, "inconvenient_place", point=MOBILE)
    assert in_court_of(desk, "en-US").verdict == "block"
    work = LIU.part("work") if any(point.label.id == "work" for point in desk.casefile.open(LIU.id).points) else None
    if work is not None:
        file = desk.seat.file(LIU.id)
        abroad = replace(file, book=replace(file.book, jurisdiction="en-US"))
        assert "place" not in lights.of_point(abroad, work, desk.now()).phrase.plain()
    desk.announce(desk.call.undo(LIU.id))
    record(desk, "refused_channel", channel="call")
    assert in_court_of(desk, "en-US").verdict == "block"
    desk.announce(desk.call.undo(LIU.id))
    record(desk, "refused_channel", channel="sms")
    assert in_court_of(desk, "en-US").verdict == "allow"


def test_a_debt_too_old_to_sue_for_warns_where_the_pack_knows_it(desk: Desk) -> None:
    file = desk.seat.file(LIU.id)
    old = replace(
        file,
        payments=(),
        accounts=tuple(replace(row, first_unpaid_due=TODAY - timedelta(days=9 * 366)) for row in file.accounts),
    )
    abroad = replace(old, book=replace(old.book, jurisdiction="en-US"))
    assert standing.time_barred(abroad, TODAY)
    assert not standing.time_barred(old, TODAY), "the zh-CN pack has no such rule"
    reasons = lights.of_point(abroad, MOBILE, desk.now()).reasons
    assert any("time-barred" in reason.plain() for reason in reasons)


def test_a_suit_on_record_may_be_spoken_of_and_only_then(desk: Desk) -> None:
    note = CallForm(note="我行已向法院起诉您。")
    assert desk.call.remarks(WANG.id, note, "zh_CN")
    desk.announce(desk.circumstances.add(WANG.id, NewCircumstance("legal_step_taken", since="-1", evidence="立案号 1")))
    assert desk.call.remarks(WANG.id, note, "zh_CN") == ()
    form = CallForm(identity=["full_name", "birth_date"])
    script = desk.call.script(WANG.id, form, "follow_up_broken").spoken
    assert script is not None
    assert "legal_taken" in {name for section in script.sections for name, _ in section.say}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (NewCircumstance(), "what"),
        (NewCircumstance("sued"), "what"),
        (NewCircumstance("breathing_space"), "evidence"),
        (NewCircumstance("legal_step_taken", evidence="x"), "since"),
        (NewCircumstance("legal_step_taken", since="+1", evidence="x"), "since"),
        (NewCircumstance("legal_step_taken", since="soon", evidence="x"), "since"),
        (NewCircumstance("validation_notice", until="-1", evidence="x"), "until"),
        (NewCircumstance("consent_extra_calls", calls="0", evidence="x"), "calls"),
        (NewCircumstance("consent_extra_calls", calls="99", evidence="x"), "calls"),
        (NewCircumstance("consent_extra_calls", calls="9" * 5000, evidence="x"), "calls"),
        (NewCircumstance("refused_channel", evidence="x"), "channel"),
        (NewCircumstance("refused_channel", channel="pigeon", evidence="x"), "channel"),
        (NewCircumstance("inconvenient_place", point=WANG.part("mobile"), evidence="x"), "point"),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_recorded(
    desk: Desk, typed: NewCircumstance, field: str
) -> None:
    before = desk.casefile.open(LIU.id).timeline
    with pytest.raises(InputError) as refused:
        desk.circumstances.add(LIU.id, typed)
    assert refused.value.field == field
    assert desk.casefile.open(LIU.id).timeline == before


def test_nothing_is_asked_for_that_no_circumstance_needs() -> None:
    assert set(OFFERED) <= set(CIRCUMSTANCES)
