"""The queue's search with a slip of the finger, its order explained, and scores that move with the clock in shares."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from local_db import replica
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.sample_desk import open_desk
from workstation.desk.points import NewPoint
from workstation.desk.views import CallForm
from workstation.desk.worklist import RESCORE_SECONDS, ROUND_SECONDS, SHARE
from workstation.domain.changes import Changes
from workstation.session import Desk

LI, ZHANG, LIU = SAMPLES[1], SAMPLES[2], SAMPLES[3]


@pytest.mark.parametrize(
    "typed", ["wagnxiaoming", "Wang Xioaming", "王小明", "13800006602", "138 0000 620", "XYK-2026-0010"]
)
def test_a_slip_still_finds_the_case_apart_from_what_was_typed(desk: Desk, typed: str) -> None:
    queue = desk.worklist.queue("all", typed)
    assert WANG.id not in {row.case_id for row in queue.rows}
    assert WANG.id in {row.case_id for row in queue.similar}


def test_what_was_typed_comes_first_and_what_is_like_it_never_twice(desk: Desk) -> None:
    queue = desk.worklist.queue("all", "wangxiaoming")
    assert [row.case_id for row in queue.rows] == [WANG.id]
    assert WANG.id not in {row.case_id for row in queue.similar}
    assert desk.worklist.queue("all", "0000").similar == ()  # enough was found


def test_a_number_learned_a_moment_ago_is_found_in_spite_of_a_slip(desk: Desk) -> None:
    assert desk.worklist.queue("all", "15400007778").similar == ()
    desk.announce(desk.points.add(WANG.id, NewPoint(value="154 0000 7788", label="mobile", source="debtor")))
    assert [row.case_id for row in desk.worklist.queue("all", "15400007778").similar] == [WANG.id]


def test_a_case_that_left_is_found_no_more(desk: Desk) -> None:
    assert desk.worklist.queue("all", "liuyagn").similar
    with desk.seat.store.write() as conn:
        replica.remove_case(conn, LIU.id)
    desk.announce(Changes(frozenset({"event"}), frozenset({LIU.id})))
    queue = desk.worklist.queue("all", "liuyagn")
    assert LIU.id not in {row.case_id for row in (*queue.rows, *queue.similar)}
    assert desk.worklist.rows([LIU.id, WANG.id])[0] is None
    assert desk.worklist.why(LIU.id) is None


# ---- why this case, why not next ----


def test_the_parts_add_up_to_the_score_and_the_place_follows_from_it(desk: Desk) -> None:
    rows = desk.worklist.queue().rows
    for place, row in enumerate(rows):
        why = desk.worklist.why(row.case_id)
        assert why is not None
        assert why.row == row
        assert why.before == place
        assert (why.first is None) == (place == 0)
        assert sum(points for _, points in row.parts) == pytest.approx(row.score)
    assert desk.worklist.why(rows[-1].case_id).first == rows[0]  # type: ignore[union-attr]


def test_a_case_worked_today_says_so(desk: Desk) -> None:
    desk.announce(desk.call.save(LIU.id, CallForm(contact_point=LIU.part("mobile"), outcome="no_answer")))
    why = desk.worklist.why(LIU.id)
    assert why is not None
    assert "Already worked today" in [message.plain() for message, _ in why.sunk]
    assert why.before == len(SAMPLES) - 1 or why.before > 0


def test_a_blocked_case_says_by_which_article_and_when_it_opens(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "night", at=time(23, 10))
    why = desk.worklist.why(LIU.id)
    assert why is not None
    assert why.sunk
    assert all(source for _, source in why.sunk)
    assert why.opens_at is not None
    assert why.opens_at > desk.now()
    desk.close()


# ---- scores move with the clock ----


def test_shares_score_every_case_again_without_a_pause_for_all(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workstation.desk.worklist.SHARE", 3)
    before = {row.case_id: row for row in desk.worklist.queue().rows}
    changed = []
    for _ in range(4):
        desk.seat.clock.shift += timedelta(seconds=desk.worklist.tick_seconds())
        desk.worklist.tick()
        now = {row.case_id: row for row in desk.worklist.queue().rows}
        changed.append(sum(now[case_id] is not row for case_id, row in before.items()))
    assert changed == [3, 6, 9, 10]


def test_every_case_has_its_turn_within_a_minute_at_any_size() -> None:
    for cases in (1, 49, 500, 5_000):
        rounds = -(-cases // SHARE)
        assert rounds * min(10.0, ROUND_SECONDS * SHARE / cases) < RESCORE_SECONDS


def test_after_a_sleep_all_are_scored_at_once(desk: Desk) -> None:
    desk.worklist.queue()
    desk.worklist.tick()
    desk.seat.clock.shift += timedelta(hours=13)  # the night: nobody may be called
    desk.worklist.tick()
    assert {row.verdict for row in desk.worklist.queue().rows} == {"block"}


def test_a_share_notices_what_another_program_brought_or_took(desk: Desk) -> None:
    desk.worklist.queue()
    with desk.seat.store.write() as conn:
        replica.remove_case(conn, LIU.id)
        conn.exec_driver_sql("UPDATE cases SET closed_on = '2026-11-23' WHERE id = ?", (ZHANG.id,))
    desk.worklist.tick()
    left = {row.case_id for row in desk.worklist.queue().rows}
    assert left == {sample.id for sample in SAMPLES} - {LIU.id, ZHANG.id}
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE cases SET closed_on = NULL WHERE id = ?", (ZHANG.id,))
    desk.worklist.tick()
    assert ZHANG.id in {row.case_id for row in desk.worklist.queue().rows}


def test_whoever_never_ticks_has_all_scored_after_a_minute(desk: Desk) -> None:
    before = desk.worklist.queue().rows
    desk.seat.clock.shift += timedelta(seconds=61)
    after = desk.worklist.queue().rows
    assert not {id(row) for row in before} & {id(row) for row in after}


@pytest.mark.parametrize("typed", ["wáng xiǎo míng", "Wángxiǎomíng", "WÁNG XIǍO", "ｗáng", "wa\u0301ng xia\u030co"])
def test_pinyin_with_its_tones_finds_the_name(desk: Desk, typed: str) -> None:
    assert [row.name for row in desk.worklist.queue("all", typed).rows] == ["王晓明"]


@pytest.mark.parametrize("typed", ["%", "_", "%%%", '" OR 1 --', "*", "NEAR(", "\0", "\ud800", "(" * 60, "王" * 10_000])
def test_signs_of_a_query_language_are_letters_like_others(desk: Desk, typed: str) -> None:
    found = desk.worklist.queue("all", typed)
    assert (found.rows, found.similar) == ((), ())
