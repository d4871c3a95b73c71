"""The team's page by keyboard: the board, several chosen, their cases, the form with its draft, and what is offline."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QItemSelectionModel
from python_calamine import load_workbook

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import CHEN, SUN, TODAY, WANG
from tests.ui.sample_team import GONE, GUO, LI, add_team
from tests.ui.steps import Steps
from ui.indicators.page import IndicatorsPage
from ui.team.page import TeamPage
from workstation.domain.changes import Changes
from workstation.domain.knowledge import field_help


def page(steps: Steps) -> TeamPage:
    steps.key("Shift+F9")
    found = steps.window.findChild(TeamPage)
    assert found is not None
    steps.until(lambda: found.board is not None and not found.reading, "the board is read")
    return found


def go_to(found: TeamPage, person: str) -> None:
    place = [row.person_id for row in found.table.rows].index(person)
    found.table.selectionModel().setCurrentIndex(
        found.table.board.index(place, 0), QItemSelectionModel.SelectionFlag.NoUpdate
    )


def test_the_board_by_keyboard(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    add_team(steps.window.desk)
    found = page(steps)
    assert found.board is not None
    assert len(found.table.rows) == 9
    assert found.table.hasFocus()
    # Ordered by another column, the largest first; who stood out stays where the keyboard is.
    steps.key("O")
    assert [row.cases for row in found.table.rows] == sorted((row.cases for row in found.table.rows), reverse=True)
    assert found.table.order_title in found.order.text()
    # Two chosen with the space bar are chosen together, and stay so in another order.
    go_to(found, CHEN)
    steps.key("Space")
    go_to(found, LI)
    steps.key("Space")
    assert set(found.chosen()) == {CHEN, LI}
    steps.key("O")
    assert set(found.chosen()) == {CHEN, LI}
    assert found.about.title.text() == "2 people"
    assert set(found.chosen_cases()) == {line.case_id for line in steps.window.desk.caseload.cases([CHEN, LI])}
    # Enter shows their cases; typed, they are fewer; Enter opens one.
    steps.key("Return")
    steps.until(lambda: len(found.cases.rows) == 30, "the cases of both")
    found.cases.filter.setText(WANG.name)
    assert [row.case_id for row in found.cases.rows] == [WANG.id]
    found.cases.table.setFocus()
    steps.key("Space")
    assert found.chosen_cases() == (WANG.id,)
    steps.key("Return")
    assert steps.window.case.case is not None
    assert steps.window.case.case.case_id == WANG.id


def test_what_is_known_of_somebody_away_and_of_somebody_revoked(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    add_team(steps.window.desk)
    found = page(steps)
    go_to(found, SUN)
    assert found.about.title.text() == "孙强 · on leave"
    assert not found.about.box.isHidden()
    assert "holds 8 records" in found.about.note.text()
    told: list[str] = []
    found._tell = told.append
    go_to(found, GONE)
    steps.key("E")
    assert found.side.currentWidget() is found.about, told
    assert "revoked" in told[0]
    found.choose_filter("waiting")
    assert [row.person_id for row in found.table.rows] == [SUN]
    found.filter.setText("nobody of this name")
    assert found.table.isHidden()
    assert not found.empty.isHidden()
    found.filter.setText("")
    found.choose_filter("much")
    assert all(row.much for row in found.table.rows)
    assert GUO not in {row.person_id for row in found.table.rows}


def test_the_board_is_saved_without_a_debtor_s_name_and_that_is_on_record(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    steps = open_window("en", role="lead")
    desk = steps.window.desk
    add_team(desk)
    found = page(steps)
    go_to(found, CHEN)
    steps.key("Space")
    told: list[str] = []
    found.excel._tell = told.append
    found.excel.save(tmp_path / "caseload.xlsx")
    steps.until(lambda: bool(told), "it is written")
    book = load_workbook(tmp_path / "caseload.xlsx")
    team, cases = (book.get_sheet_by_name(name).to_python() for name in ("Team", "Cases"))
    assert sum(row[0] in {member.name for member in found.board.rows} for row in team) == 9  # type: ignore[union-attr]
    assert sum(str(row[0]).startswith(("XYK", "C0")) for row in cases) == 20
    assert WANG.name not in str(cases)
    with desk.seat.store.read() as conn:
        taken = conn.exec_driver_sql("SELECT count(*) FROM case_event WHERE kind = 'taken_out'").scalar_one()
    assert taken == 20


def test_offline_what_was_typed_for_somebody_is_kept_and_waits_when_saved(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    add_team(steps.window.desk)
    found = page(steps)
    go_to(found, LI)
    steps.key("E")
    form = found.staff
    assert form.fields["most_cases"].text() == "30"
    form.fields["capacity"].set_text("250")
    steps.key("Ctrl+Return")
    assert form.fields["capacity"].edit.property("wrong") == "true"
    form.fields["capacity"].set_text("70")
    form.fields["leave_from"].set_text("+1")
    form.fields["leave_until"].set_text("+8")
    form.leave()
    steps.key("E")
    assert form.fields["capacity"].text() == "70"
    assert form.fields["leave_until"].text() == "+8"
    told: list[str] = []
    form.saved.connect(told.append)
    steps.key("Ctrl+Return")
    steps.until(lambda: bool(told), "the line is down")
    assert "waits for the line" in told[0]
    (kept,) = steps.window.desk.waiting_decisions.rows()
    assert (kept.kind, kept.subject, kept.answer) == ("staffing", LI, None)
    for name in (*form.fields, "legal", "cover"):
        assert field_help(f"staff_{name}", "en"), name
        assert field_help(f"staff_{name}", "zh_CN"), name


def test_what_is_recorded_elsewhere_is_on_the_board_at_once(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN", role="lead")
    desk = steps.window.desk
    add_team(desk)
    found = page(steps)
    board = found.board
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql(
            "UPDATE staffing SET leave_from = ?, leave_until = ? WHERE id = ?", (str(TODAY), str(TODAY), LI)
        )
    desk.announce(Changes(frozenset({"staffing", "sync"})))
    steps.until(lambda: found.board is not board and not found.reading, "read again")
    assert found.board is not None
    assert {row.person_id for row in found.board.rows if row.away} == {SUN, LI}


def test_chosen_cases_stay_chosen_while_others_work(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    add_team(steps.window.desk)
    found = page(steps)
    go_to(found, CHEN)
    steps.key("Return")
    steps.until(lambda: len(found.cases.rows) == 20, "the cases of one")
    steps.key("Down")
    steps.key("Space")
    steps.key("Down")
    steps.key("Space")
    chosen, on = found.cases.chosen(), found.cases.table.currentIndex().row()
    assert len(chosen) == 2
    shown = found.cases.rows
    steps.window.desk.announce(Changes(frozenset({"event"}), frozenset({WANG.id})))
    steps.until(lambda: not found.reading and found.cases.rows is not shown, "read again")
    assert found.cases.chosen() == chosen
    assert found.cases.table.currentIndex().row() == on
    found.cases.order_by(0)
    assert set(found.cases.chosen()) == set(chosen)


def test_a_figure_leads_to_the_very_cases_of_the_same_days(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    add_team(steps.window.desk)
    found = page(steps)
    steps.until(lambda: found._figures is not None, "the figures are counted")
    assert found._figures is not None
    value, cases = found.figures["average_dpd"], found._figures.card.figures["average_dpd"].cases
    said, change = value.value.text(), value.change.text()
    value.value.setFocus()
    steps.key("Return")
    steps.key("C")
    there = steps.window.pages.currentWidget()
    assert isinstance(there, IndicatorsPage)
    steps.until(lambda: bool(there.cases.table.rows), "they are counted")
    assert there.cases.table.hasFocus()
    assert {row.case_id for row in there.cases.table.rows} == set(cases)
    assert (there.figures["average_dpd"].value.text(), there.figures["average_dpd"].change.text()) == (said, change)


def test_an_empty_team_says_what_to_do(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead", empty=True)
    found = page(steps)
    assert "administrator adds people" in found.empty.text()


def test_a_collector_has_no_such_page(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("Shift+F9")
    assert steps.window.findChild(TeamPage) is None
    assert steps.window.rail.buttons["team"].isHidden()
