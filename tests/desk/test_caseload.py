"""The caseload board: its sums are those of the other screens, and follow every change; whoever is away or revoked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from local_db import caseload as lines
from local_db import projections, queries, replica
from tests.ui.sample_book import CHEN, SUN, TODAY, WANG
from tests.ui.sample_desk import open_desk
from tests.ui.sample_team import GONE, GUO, LI, add_team
from workstation import tables
from workstation.desk import standing
from workstation.desk.caseload import Board, BoardRow, kept_period, shown
from workstation.domain.events import Contact, Promise
from workstation.domain.stage import stage_of
from workstation.session import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "lead", role="lead")
    add_team(made)
    yield made
    made.close()


def of(board: Board, person: str) -> BoardRow:
    return next(row for row in board.rows if row.person_id == person)


def test_the_sums_are_those_of_the_cases_themselves(desk: Desk) -> None:
    board = desk.caseload.board()
    with desk.seat.store.read() as conn:
        records = queries.queue_records(conn)
        holder = dict(conn.exec_driver_sql("SELECT id, assignee_id FROM cases").all())
    cases = Counter(holder[record.case_id] for record in records)
    owed: Counter[str] = Counter()
    stages: Counter[tuple[str, str]] = Counter()
    for record in records:
        found = standing.owed(record, TODAY)
        owed[holder[record.case_id]] += found.total.total
        stages[holder[record.case_id], stage_of(found.days_past_due)] += 1
    assert {row.person_id: row.cases for row in board.rows} == dict(cases)
    assert {row.person_id: row.amount.minor for row in board.rows if row.amount} == dict(owed)
    for row in board.rows:
        assert {share.stage: share.cases for share in row.stages if share.cases} == {
            stage: count for (who, stage), count in stages.items() if who == row.person_id
        }
    assert board.cases == len(records)
    assert board.amount is not None
    assert board.amount.minor == sum(owed.values())
    in_queue = {row.case_id: row.owed for row in desk.worklist.queue().rows}
    assert {line.case_id: line.owed for line in desk.caseload.cases(list(cases))} == in_queue


def test_kept_promises_are_those_of_the_indicators(desk: Desk) -> None:
    due = TODAY - timedelta(days=9)
    desk.seat.record(WANG.id, Promise(currency="CNY"), amount=10_000, due_on=due)
    for who in (CHEN, LI):
        card = desk.indicators.scorecard(kept_period(TODAY), {who})
        assert of(desk.caseload.board(), who).kept == card.figures["kept_rate"].pair


def test_a_change_costs_its_own_case_and_is_on_the_board(desk: Desk) -> None:
    before = of(desk.caseload.board(), CHEN)
    with desk.seat.store.read() as conn:
        assert lines.missing(conn, TODAY) == []
    case = WANG.id
    with desk.seat.store.write() as conn:
        row = list(conn.exec_driver_sql("SELECT * FROM cases WHERE id = ?", (case,)).one())
        place = [column.name for column in tables.case.columns].index("assignee_id")
        row[place] = LI
        replica.upsert(conn, tables.case, [row])
        projections.refresh(conn, [case], TODAY)
        assert lines.missing(conn, TODAY) == [case]
    board = desk.caseload.board()
    assert of(board, CHEN).cases == before.cases - 1
    assert case in {line.case_id for line in desk.caseload.cases([LI])}
    desk.seat.record(case, Contact(), channel="call", outcome="no_answer")
    with desk.seat.store.read() as conn:
        assert lines.missing(conn, TODAY) == [case]


def test_a_case_that_leaves_takes_its_line_along(desk: Desk) -> None:
    before = desk.caseload.board()
    with desk.seat.store.write() as conn:
        replica.remove_case(conn, WANG.id)
    assert desk.caseload.board().cases == before.cases - 1
    assert desk.caseload.cases(["nobody of this name"]) == []


def test_who_is_away_has_no_share_and_who_was_revoked_still_stands_with_their_cases(desk: Desk) -> None:
    board = desk.caseload.board()
    assert of(board, SUN).away
    assert of(board, SUN).load is None
    assert of(board, GONE).load is None
    assert not of(board, GONE).member.active  # type: ignore[union-attr]
    assert board.people == 8
    # Cases by capacity: 100 % of everybody there is 100 + 100 + 100 + 80 + 100 + 60 + 100.
    share = board.cases * 60 / 640
    assert float(of(board, GUO).load) == pytest.approx(of(board, GUO).cases / share, abs=1e-4)  # type: ignore[arg-type]
    assert of(board, SUN).waiting == 8
    assert [row.person_id for row in shown(board, "away")] == [row.person_id for row in board.rows
                                                               if row.person_id in {SUN, GONE}]  # fmt: skip
    assert [row.person_id for row in shown(board, "waiting")] == [SUN]
    assert {row.person_id for row in shown(board, "much")} == {row.person_id for row in board.rows if row.much}
    assert [row.person_id for row in shown(board, "all", "上海")] == [SUN]


def test_what_nobody_holds_is_a_row_of_its_own(desk: Desk) -> None:
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE cases SET assignee_id = NULL WHERE id = ?", (WANG.id,))
    loose = of(desk.caseload.board(), "")
    assert (loose.member, loose.cases) == (None, 1)
    assert [line.case_id for line in desk.caseload.cases([""])] == [WANG.id]


def test_an_empty_team(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "empty", role="lead", empty=True)
    board = desk.caseload.board()
    assert (board.rows, board.people, board.cases, board.amount) == ((), 0, 0, None)
    desk.close()


def test_the_day_after_every_line_is_made_again(desk: Desk) -> None:
    first = desk.caseload.board()
    heard: list[tuple[int, int]] = []
    desk.seat.clock.shift += timedelta(days=1)
    second = desk.caseload.board(lambda done, of: heard.append((done, of)))
    assert heard[-1] == (second.cases, second.cases)
    assert second.amount is not None
    assert first.amount is not None
    assert second.amount.minor > first.amount.minor, "a day's interest"
