"""The plan in the call, by keys alone: from what the debtor can pay to a plan agreed, compared, suggested, refused."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit

from local_db import replica
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.steps import Steps
from ui.letter.panel import LetterPanel
from ui.plan.panel import PlanPanel
from ui.plan.schedule import Schedule
from workstation.desk.budget_views import BudgetRow
from workstation.desk.plan_views import METHODS
from workstation.domain.message import Money


def opened(steps: Steps) -> PlanPanel:
    steps.key("F3")
    panel = steps.window.current
    assert isinstance(panel, PlanPanel)
    return panel


def typed(steps: Steps, name: str, text: str) -> None:
    """Into a field that the tab key reaches, over what stands there."""
    field = steps.widget(name)
    for _ in range(60):
        if QApplication.focusWidget() is field:
            break
        steps.key("Tab")
    assert QApplication.focusWidget() is field, f"the tab key does not reach {name}"
    steps.key("Ctrl+A")
    steps.type(text)


def means(panel: PlanPanel, monthly: str, spending: str) -> None:
    """A budget, as the editor beside the plan leaves it."""
    work = panel.work.means
    work.form.income[:] = [BudgetRow("salary", monthly)]
    work.form.spending[:] = [BudgetRow("food", spending)]
    work.typed()
    work.assess()


def titles(steps: Steps) -> list[str]:
    view = steps.window.desk.casefile.open(WANG.id)
    return [steps.window.look.say(entry.title) for entry in view.timeline]


def card_texts(panel: PlanPanel) -> list[str]:
    cards = panel.result.cards
    return [", ".join(card.told()) for card in cards.cards if not card.isHidden()]


def test_i_can_pay_800_a_month_by_keys(open_window: OpenWindow) -> None:
    """Months, total, the waiver it needs and who approves are on the screen in the frame of the last digit."""
    steps = open_window("en")
    panel = opened(steps)
    typed(steps, "plan_amount", "800")
    view = panel.view
    assert len(view.rows) == 60
    assert "Total paid 48,000.00" in card_texts(panel)[0]
    assert "Needs Team lead" in card_texts(panel)[0]
    assert "613.27" in panel.result.findings.text()
    penalty = steps.widget("plan_waive_penalty")
    assert isinstance(penalty, QLineEdit)
    assert (penalty.text(), penalty.placeholderText()) == ("", "¥613.27")
    assert "60" in panel.result.aloud.spoken.text()
    steps.key("Alt+P")
    assert "613.26" in panel.result.findings.text()  # a cent less is not enough
    # The same key asks for the circumstances, then sends both to the lead.
    before = len(titles(steps))
    steps.key("Ctrl+Return")
    why = steps.widget("plan_circumstances")
    assert isinstance(why, QPlainTextEdit)
    assert QApplication.focusWidget() is why
    assert len(titles(steps)) == before
    steps.type("wages stopped; two children")
    steps.key("Ctrl+Return")
    assert len(titles(steps)) == before + 1
    assert panel.work.standing.where == "waits"
    assert not steps.widget("plan_propose").isEnabled()
    steps.key("Ctrl+Return")  # nothing more to do here
    assert len(titles(steps)) == before + 1


def test_within_one_s_authority_the_consent_comes_next_with_the_same_key(open_window: OpenWindow) -> None:
    steps = open_window("en")
    panel = opened(steps)
    typed(steps, "plan_amount", "1600")
    typed(steps, "plan_waive_penalty", "100%")
    steps.key("Ctrl+Return")
    assert panel.work.step == "agree"
    recording = steps.widget("plan_recording")
    assert QApplication.focusWidget() is recording
    steps.type("REC-0912")
    steps.key("Ctrl+Return")
    state = steps.window.desk.seat.file(WANG.id).state
    assert state.plan is not None
    assert (state.plan.stage, state.plan.consent) == ("agreed", "recorded")
    assert state.plan_in_force


def test_a_plan_in_force_shows_how_it_stands_until_another_is_wanted(open_window: OpenWindow) -> None:
    steps = open_window("en")
    panel = opened(steps)
    assert not panel.kept_list.isVisible()
    steps.key("Ctrl+Return")
    steps.key("Ctrl+Return")  # signed today
    assert panel.work.step == "keep"
    assert panel.kept.isVisible()
    assert panel.kept_list.isVisible()
    assert not panel.conditions.isVisible()
    assert len(panel.kept_list.lines()) == 12
    steps.key("Shift+F3")
    assert steps.widget("plan_page_kept_list").isVisible()
    steps.key("Ctrl+Return")  # another plan in its place
    assert not steps.widget("plan_page_kept_list").isVisible()
    opened(steps)
    assert panel.conditions.isVisible()
    panel.fields["instalments"].set_text("10")
    steps.key("Ctrl+Return")
    plans = steps.window.desk.seat.file(WANG.id).state.plans
    assert [len(plan.instalments) for plan in plans] == [12, 10]
    assert plans[1].replaces == plans[0].id


def test_a_signature_may_be_of_another_day_but_of_none_that_cannot_be(open_window: OpenWindow) -> None:
    steps = open_window("en")
    panel = opened(steps)
    steps.key("Ctrl+Return")
    typed(steps, "plan_signed_on", "some day")
    steps.key("Ctrl+Return")
    assert panel.work.step == "agree"  # refused, and said why
    typed(steps, "plan_signed_on", "+3")
    steps.key("Ctrl+Return")
    assert panel.work.step == "agree"
    typed(steps, "plan_signed_on", "today")
    steps.key("Ctrl+Return")
    assert steps.window.desk.seat.file(WANG.id).state.plan_in_force


def test_conditions_changed_after_a_proposal_are_proposed_anew(open_window: OpenWindow) -> None:
    steps = open_window("en")
    panel = opened(steps)
    steps.key("Ctrl+Return")
    assert panel.work.step == "agree"
    typed(steps, "plan_instalments", "10")
    assert panel.work.step == "propose"
    steps.key("Ctrl+Return")
    plans = steps.window.desk.seat.file(WANG.id).state.plans
    assert [len(plan.instalments) for plan in plans] == [12, 10]
    assert panel.work.step == "agree"


@pytest.mark.parametrize("place", range(len(METHODS)))
def test_digits_pick_the_method_while_no_field_has_the_focus(open_window: OpenWindow, place: int) -> None:
    steps = open_window()
    panel = opened(steps)
    steps.key(str(place + 1))
    assert panel.work.form.method == METHODS[place]
    chosen = steps.widget(f"plan_{METHODS[place]}")
    assert isinstance(chosen, QAbstractButton)
    assert chosen.isChecked()
    fields = panel.fields
    assert fields["balloon"].isVisible() == (METHODS[place] == "balloon")
    assert fields["step"].isVisible() == (METHODS[place] == "stepped")
    assert fields["custom"].isVisible() == (METHODS[place] == "custom")
    assert fields["amount"].isVisible() == (METHODS[place] != "custom")
    assert fields["annual_rate"].isVisible() == (METHODS[place] not in {"interest_free", "settlement"})


def test_digits_in_a_field_are_figures(open_window: OpenWindow) -> None:
    steps = open_window()
    panel = opened(steps)
    typed(steps, "plan_amount", "2345")
    assert panel.work.form.method == "interest_free"
    assert panel.view.rows[0].amount == Money(234_500, "CNY")


def test_amount_and_number_exclude_each_other_unless_a_third_is_worked_out(open_window: OpenWindow) -> None:
    steps = open_window()
    panel = opened(steps)
    typed(steps, "plan_amount", "1900")
    assert panel.fields["instalments"].text() == ""
    typed(steps, "plan_instalments", "24")
    assert panel.fields["amount"].text() == ""
    steps.key("Alt+M")
    panel.fields["unknown"].set_text("waive")
    typed(steps, "plan_amount", "1900")
    assert panel.fields["instalments"].text() == "24"
    assert panel.view.found["waive_penalty"].params["amount"] == Money(223_083, "CNY")


def test_four_plans_stand_side_by_side_and_no_fifth(open_window: OpenWindow) -> None:
    steps = open_window("en")
    panel = opened(steps)
    said: list[str] = []
    panel.failed.connect(said.append)
    for number in ("6", "12", "24"):
        typed(steps, "plan_instalments", number)
        steps.key("Alt+N")
    typed(steps, "plan_instalments", "36")
    assert [len(card.remaining) - 1 for card in panel.work.cards] == [6, 12, 24, 36]
    assert [text[0] for text in card_texts(panel)] == ["A", "B", "C", "D"]
    steps.key("Alt+N")
    assert len(panel.work.forms) == 4
    assert any("Four plans" in text for text in said)
    steps.key("Alt+B")
    assert panel.fields["instalments"].text() == "12"
    assert len(panel.view.rows) == 12
    steps.key("Alt+Del")
    assert [len(card.remaining) - 1 for card in panel.work.cards] == [6, 24, 36]
    assert panel.fields["instalments"].text() == "24"
    for _ in range(5):
        steps.key("Alt+Del")
    assert len(panel.work.forms) == 1  # the last one stays


def test_the_chart_is_read_by_keys(open_window: OpenWindow) -> None:
    steps = open_window("en")
    panel = opened(steps)
    steps.key("Alt+N")
    typed(steps, "plan_instalments", "6")
    chart = panel.result.chart
    chart.setFocus()
    steps.key("Right")
    assert chart.accessibleDescription().startswith("23 November 2026   A 48,613.27   B 48,613.27")
    steps.key("Right")
    assert chart.accessibleDescription() == "30 November 2026   A 44,562.16   B 40,511.06"
    steps.key("Left")
    assert "23 November" in chart.sentence()


def test_suggestions_with_their_reasons_take_the_place_of_the_cards(open_window: OpenWindow) -> None:
    steps = open_window("en")
    panel = opened(steps)
    means(panel, "8200", "4150")
    steps.key("Alt+S")
    assert 3 <= len(panel.work.forms) <= 4
    assert panel.work.active == 0
    assert panel.result.findings.text().startswith("→ ")
    assert "Affordable" in card_texts(panel)[0]
    reason = panel.result.findings.text()
    steps.key("Alt+C")
    assert panel.work.form.method == "settlement"
    assert panel.result.findings.text() != reason
    steps.key("Alt+A")
    typed(steps, "plan_amount", "1700")
    assert "→" not in panel.result.findings.text()  # it is not the suggested one any more


def test_the_budget_marks_the_cards_as_it_is_typed(open_window: OpenWindow) -> None:
    steps = open_window("en")
    panel = opened(steps)
    typed(steps, "plan_amount", "1600")
    assert "Within limits" in card_texts(panel)[0]
    means(panel, "8200", "6150")
    assert "Affordable" in card_texts(panel)[0]
    means(panel, "8200", "6600")
    assert "¥160.00 over" in card_texts(panel)[0]


def test_nothing_typed_is_lost_on_the_way_to_another_case_or_after_a_crash(open_window: OpenWindow) -> None:
    steps = open_window("en")
    panel = opened(steps)
    typed(steps, "plan_amount", "1600")
    steps.key("Alt+N")
    steps.key("Alt+M")
    typed(steps, "plan_lump", "1万")
    steps.window.open_case(SAMPLES[1].id)
    opened(steps)
    assert (len(panel.work.forms), panel.fields["amount"].text()) == (1, "")
    steps.window.open_case(WANG.id)
    opened(steps)
    assert (len(panel.work.forms), panel.work.active) == (2, 1)
    assert panel.fields["down_payment"].text() == "1万"
    panel.keep_draft()  # as the timer does within a second
    again = opened(open_window("en"))  # the same store, as after a crash
    assert (len(again.work.forms), again.work.active) == (2, 1)
    assert again.fields["down_payment"].text() == "1万"
    assert again.fields["amount"].text() == "1600"
    assert again.view.card.remaining == panel.view.card.remaining


def test_a_draft_of_another_version_starts_anew(open_window: OpenWindow) -> None:
    steps = open_window("en")
    desk = steps.window.desk
    for kept in ('{"method": "interest_free", "amount": "900"}', '{"forms": [{"method": "barter"}]}', "[]", "{"):
        desk.drafts.save(WANG.id, "plan", kept)
        steps.window.open_case(SAMPLES[1].id)
        steps.window.open_case(WANG.id)
        panel = opened(steps)
        assert panel.view.error is None
        assert len(panel.view.rows) == 12


def test_an_entry_that_cannot_be_read_is_said_at_its_field_and_on_the_card(open_window: OpenWindow) -> None:
    steps = open_window("en")
    panel = opened(steps)
    typed(steps, "plan_amount", "plenty")
    field = panel.fields["amount"]
    assert field.edit.property("wrong") == "true"  # type: ignore[union-attr]
    assert "plenty" in card_texts(panel)[0]
    assert not steps.widget("plan_propose").isEnabled()
    assert panel.result.aloud.spoken.text() == ""
    assert panel.result.table.model().rowCount() == 0
    typed(steps, "plan_amount", "1600")
    assert field.edit.property("wrong") == "false"  # type: ignore[union-attr]
    assert len(panel.view.rows) == 31


def test_the_sentence_turns_to_the_other_language_and_the_window_does_not(open_window: OpenWindow) -> None:
    steps = open_window("en")
    panel = opened(steps)
    spoken = panel.result.aloud.spoken
    assert spoken.text().startswith("您")  # the debtor's language
    steps.key("Alt+L")
    assert spoken.text().startswith("You would pay")
    assert steps.window.look.language == "en"
    steps.key("Alt+L")
    assert spoken.text().startswith("您")


def test_rows_change_in_place(open_window: OpenWindow) -> None:
    """So that a letter typed neither loses the place in the schedule nor lays it out anew."""
    steps = open_window("en")
    panel = opened(steps)
    table = panel.result.table
    assert isinstance(table, Schedule)
    resets: list[int] = []
    table.model().modelReset.connect(lambda: resets.append(1))
    for number in ("12", "24", "3", "60"):
        typed(steps, "plan_instalments", number)
        assert table.model().rowCount() == int(number)
        last = table.model().index(int(number) - 1, 6).data(Qt.ItemDataRole.DisplayRole)
        assert last == "0.00"
    assert not resets


def test_the_agreement_and_the_budget_statement_open_as_letters(open_window: OpenWindow) -> None:
    steps = open_window("en")
    opened(steps)
    steps.key("Ctrl+Return")
    steps.key("Alt+O")
    letter = steps.window.current
    assert isinstance(letter, LetterPanel)
    assert letter.template.currentData() == "plan_agreement"
    opened(steps)
    steps.key("Alt+T")
    assert letter.template.currentData() == "budget_statement"


def test_a_case_that_left_the_desk_says_so(open_window: OpenWindow) -> None:

    steps = open_window("en")
    panel = opened(steps)
    said: list[str] = []
    panel.failed.connect(said.append)
    with steps.window.desk.seat.store.write() as conn:
        replica.remove_case(conn, WANG.id)
    panel.work.desk.plan.refresh()
    typed(steps, "plan_instalments", "6")
    assert panel.view.error is not None
    steps.key("Ctrl+Return")
    assert not panel.view.rows


def test_a_case_whose_proposal_waits_shows_that_plan_again(open_window: OpenWindow) -> None:
    steps = open_window("en")
    panel = opened(steps)
    typed(steps, "plan_instalments", "6")
    steps.key("Ctrl+Return")
    assert panel.work.standing.where == "agree"
    steps.window.open_case(SAMPLES[3].id)
    steps.settle()
    assert len(panel.view.rows) == 12
    steps.window.open_case(WANG.id)
    steps.settle()
    assert len(panel.view.rows) == 6
    assert panel.fields["instalments"].text() == "6"
    assert panel.work.standing.where == "agree"
