"""The main job with the keyboard alone, through the real window, desk and store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from PySide6.QtWidgets import QLabel

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.steps import Steps, fill_promise
from tests.ui.test_no_clipped_text import faults
from ui.conduct.page import ConductPage
from ui.day.page import DayPage
from ui.facts.panel import FactsPanel
from ui.letter.panel import LetterPanel
from ui.plan.panel import PlanPanel
from workstation.desk.conduct import Conduct
from workstation.desk.views import CallForm
from workstation.domain.events import Contact, decode_body

LI, ZHANG, LIU = SAMPLES[1], SAMPLES[2], SAMPLES[3]


def shown_name(steps: Steps) -> str:
    label = steps.widget("case_name")
    assert isinstance(label, QLabel)
    return label.text()


def titles(steps: Steps, case_id: str) -> list[str]:
    view = steps.window.desk.casefile.open(case_id)
    return [steps.window.look.say(entry.title) for entry in view.timeline]


def test_no_answer_to_the_next_case_takes_two_keys(open_window: OpenWindow) -> None:
    steps = open_window(case_id=LIU.id)
    before = len(titles(steps, LIU.id))
    steps.key("1")
    steps.key("Ctrl+Return")
    assert len(titles(steps, LIU.id)) == before + 1
    assert "无人接听" in titles(steps, LIU.id)[0]
    assert shown_name(steps) not in {"", LIU.name}


def test_a_promise_is_typed_the_way_people_say_it(open_window: OpenWindow) -> None:
    steps = open_window()
    fill_promise(steps)
    check = steps.window.desk.call.check(WANG.id, steps.window.call._form)
    assert (check.readings["amount"].value, check.readings["due"].value) == (300_000, date(2026, 11, 28))
    assert check.ok
    steps.key("Ctrl+Return")
    assert any("¥3,000.00" in title and "11月28日" in title for title in titles(steps, WANG.id))
    assert shown_name(steps) != WANG.name


def test_saving_without_what_the_outcome_requires_keeps_everything_and_says_what_is_missing(
    open_window: OpenWindow,
) -> None:
    steps = open_window()
    before = titles(steps, WANG.id)
    steps.key("3")
    steps.type("3千")
    steps.key("Ctrl+Return")
    assert titles(steps, WANG.id) == before
    assert shown_name(steps) == WANG.name
    assert steps.window.call.fields["amount"].text() == "3千"
    assert "承诺日期" in steps.window.call.problem.text()


def test_what_was_typed_comes_back_after_a_crash(open_window: OpenWindow) -> None:
    steps = open_window()
    fill_promise(steps)
    drafted = lambda: steps.window.desk.drafts.load(WANG.id, "call")  # noqa: E731
    steps.until(lambda: "3k" in (drafted() or ""), "the draft is kept within a second")
    again = open_window()  # the first window was never closed
    assert again.window.call.fields["amount"].text() == "3k"
    assert again.window.call.fields["due"].text() == "28"
    assert again.window.call.note.toPlainText().startswith("公司 9 月停发工资")


def test_going_to_another_case_and_back_keeps_the_form(open_window: OpenWindow) -> None:
    steps = open_window()
    steps.key("5")
    steps.window.call.note.setPlainText("对违约金有异议")
    steps.window.open_case(LI.id)
    assert steps.window.call.note.toPlainText() == ""
    steps.window.open_case(WANG.id)
    assert steps.window.call.note.toPlainText() == "对违约金有异议"


def test_escape_steps_back_and_never_discards(open_window: OpenWindow) -> None:
    steps = open_window()
    steps.key("3")
    steps.type("1.5万")
    steps.key("Ctrl+K")
    for _ in range(4):
        steps.key("Esc")
    assert not steps.window.palette_box.isVisible()
    assert steps.window.call.fields["amount"].text() == "1.5万"
    assert shown_name(steps) == WANG.name


def test_nothing_is_recorded_from_a_page_that_does_not_show_it(open_window: OpenWindow) -> None:
    steps = open_window(case_id=LIU.id)
    before = titles(steps, LIU.id)
    steps.key("1")
    steps.key("F9")
    steps.key("Ctrl+Return")
    assert titles(steps, LIU.id) == before


def test_undo_adds_a_correction_and_deletes_nothing(open_window: OpenWindow) -> None:
    steps = open_window(case_id=LIU.id)
    before = len(titles(steps, LIU.id))
    steps.key("1")
    steps.key("Ctrl+Return")
    steps.key("Ctrl+Z")
    view = steps.window.desk.casefile.open(LIU.id)
    assert shown_name(steps) == LIU.name
    assert len(view.timeline) == before + 2
    assert sum(entry.set_aside for entry in view.timeline) == 1


def test_next_and_previous_case(open_window: OpenWindow) -> None:
    steps = open_window(case_id=None)
    first = shown_name(steps)
    steps.key("Ctrl+J")
    second = shown_name(steps)
    steps.key("Ctrl+Shift+J")
    assert (shown_name(steps), second != first) == (first, True)


def test_function_keys_open_the_tabs_and_keep_each_as_it_was(open_window: OpenWindow) -> None:
    steps = open_window()
    steps.key("3")
    steps.type("800")
    for key, name in (("F3", "plan_panel"), ("F4", "letter_panel"), ("F5", "facts_panel"), ("F2", "call_panel")):
        steps.key(key)
        assert steps.window.doing.currentWidget().objectName() == name
    assert steps.window.call.fields["amount"].text() == "800"


def test_palette_finds_a_case_by_pinyin_initials(open_window: OpenWindow) -> None:
    steps = open_window()
    steps.key("Ctrl+K")
    steps.type("zjg")
    steps.key("Return")
    assert shown_name(steps) == ZHANG.name


def test_palette_finds_a_command(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("Ctrl+K")
    steps.type("dark th")
    steps.key("Return")
    assert steps.window.look.tokens.name == "dark"


def test_dialling_starts_the_clock(open_window: OpenWindow) -> None:
    steps = open_window()
    timer = steps.window.call.timer
    parts = [timer.part]
    for _ in range(4):
        steps.key("Ctrl+D")
        parts.append(timer.part)
    assert parts == ["idle", "ring", "talk", "after", "after"]


def test_a_third_person_passes_the_telephone_and_the_call_goes_on(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    before = len(titles(steps, LIU.id))
    for key in ("Ctrl+D", "Ctrl+D", "8", "Ctrl+G"):
        steps.key(key)
    assert len(titles(steps, LIU.id)) == before + 2, "the number was shown to be dialled, and the first contact"
    assert (shown_name(steps), steps.window.call.timer.part) == (LIU.name, "talk")
    for key in ("2", "Alt+1", "Alt+2", "Ctrl+Return"):
        steps.key(key)
    assert len(titles(steps, LIU.id)) == before + 3
    assert shown_name(steps) != LIU.name


def test_times_are_shown_and_a_corrected_one_asks_why(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    timer = steps.window.call.timer
    steps.key("Ctrl+D")
    steps.key("1")
    assert timer.part == "after", "a call that nobody answered is over"
    timer.open.click()
    timer.lengths["ring"].set_text("1:05")
    steps.key("Ctrl+Return")
    assert shown_name(steps) == LIU.name
    assert "Reason for other times" in steps.window.call.problem.text()
    timer.reason.set_text("dialled by hand")
    steps.key("Ctrl+Return")
    assert shown_name(steps) != LIU.name


def test_an_abusive_call_is_marked_and_a_break_follows(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    for key in ("Ctrl+Shift+A", "2", "Alt+1", "Alt+2", "Ctrl+Return"):
        steps.key(key)
    body = decode_body("contact", steps.window.desk.seat.file(LIU.id).events[-1].body)
    assert isinstance(body, Contact)
    assert body.abusive
    assert steps.window.desk.breaks.running
    steps.window.covers.take_break()
    assert not steps.window.call.abusive.isChecked(), "the next call begins anew"


def test_practice_is_a_second_window_that_sends_nothing(open_window: OpenWindow) -> None:
    steps = open_window("en")
    before = steps.window.desk.day()
    steps.window.begin_practice()
    practised = steps.window.practised
    assert practised is not None
    assert practised.practice.isVisible()
    assert not steps.window.practice.isVisible()
    inside = Steps(practised)
    practised.call.setFocus()
    inside.key("1")
    inside.key("Ctrl+Return")
    assert practised.desk.day().cases == 1
    assert steps.window.desk.day() == before
    steps.window.begin_practice()
    assert steps.window.practised is practised
    practised.call.setFocus()
    inside.key("2")  # what was about to be read is not asked of the store that is gone
    practised.close()
    steps.settle()


def test_dialling_at_night_is_stopped_with_the_reason(open_window: OpenWindow) -> None:
    steps = open_window(at=time(23, 5))
    steps.key("Ctrl+D")
    assert steps.window.call.timer.part == "idle"
    assert steps.window.toast.isVisible()
    assert "22:00" in steps.window.toast._text.text()


def test_digits_in_a_text_field_are_text(open_window: OpenWindow) -> None:
    steps = open_window()
    steps.key("3")
    steps.type("15")
    assert steps.window.call.fields["amount"].text() == "15"
    assert steps.window.call._form.outcome == "promise_to_pay"


def test_a_plan_by_what_the_debtor_can_pay(open_window: OpenWindow) -> None:
    steps = open_window()
    steps.key("F3")
    plan = steps.window.doing.currentWidget()
    assert isinstance(plan, PlanPanel)
    plan.fields["amount"].set_text("1600")
    steps.until(lambda: "1,600.00" in steps.window.look.say(plan.view.headline), "calculated while typing")
    before = len(titles(steps, WANG.id))
    steps.key("Ctrl+Return")
    assert len(titles(steps, WANG.id)) == before + 1
    assert "停息分期" in titles(steps, WANG.id)[0]


def test_a_letter_is_previewed_recorded_and_kept(open_window: OpenWindow) -> None:
    steps = open_window()
    steps.key("F4")
    letter = steps.window.doing.currentWidget()
    assert isinstance(letter, LetterPanel)
    steps.until(lambda: letter.made is not None, "the letter is rendered in the pool")
    assert letter.pages.images[0].height() > letter.pages.images[0].width()
    steps.key("Ctrl+Return")
    view = steps.window.desk.casefile.open(WANG.id)
    assert steps.window.look.say(view.timeline[0].title).startswith("催收函")
    assert steps.window.desk.correspondence.archived(view.timeline[0].id) == letter.made.pdf


def test_closing_while_a_letter_is_rendered_is_safe(open_window: OpenWindow) -> None:
    steps = open_window()
    steps.key("F4")
    steps.window.close()
    assert not steps.window.isVisible()


def test_the_light_counts_down_to_its_opening_by_the_clock_of_the_desk(open_window: OpenWindow) -> None:
    steps = open_window(at=time(7, 30))
    light = steps.widget("light")
    assert isinstance(light, QLabel)
    assert light.text().startswith("■")
    minutes = int(light.text().rpartition("· ")[2].split(":")[0])
    assert minutes in {28, 29, 30}


def test_the_light_turns_by_itself_when_its_moment_comes(open_window: OpenWindow) -> None:
    steps = open_window(at=time(7, 59, 53))
    light = steps.widget("light")
    assert isinstance(light, QLabel)
    assert light.text().startswith("■")
    steps.until(lambda: light.text().startswith("●"), "it is eight o'clock")


def test_a_new_number_needs_a_source_and_is_then_on_the_case(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("F5")
    facts = steps.window.current
    assert isinstance(facts, FactsPanel)
    form = facts.new_point
    form.open.click()
    form.value.set_text("154 0000 7788")
    form.save()
    assert "lawful source" in form.problem.text()
    assert form.source.combo.hasFocus()
    form.source.set_text("debtor")
    form.save()
    assert not form.fields.isVisible()
    assert any("7788" in made.text() for made in facts.findChildren(QLabel))


def test_a_circumstance_needs_evidence_shows_on_the_case_and_can_be_ended(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("F5")
    facts = steps.window.current
    assert isinstance(facts, FactsPanel)
    box = facts.circumstances
    box.open.click()
    box.what.set_text("legal_step_taken")
    assert box.since.isVisible()
    assert not box.until.isVisible(), "only what it needs is asked for"
    box.since.set_text("-2")
    box.save()
    assert "Evidence" in box.problem.text()
    assert box.evidence.edit.hasFocus()
    box.evidence.set_text("(2026) 0101-1")
    box.save()
    assert not box.fields.isVisible()
    assert any("(2026) 0101-1" in made.text() for made in facts.findChildren(QLabel))
    steps.widget("circumstance_end").click()  # type: ignore[attr-defined]
    assert not box.what.isVisible()
    box.evidence.set_text("withdrawn")
    box.save()
    assert steps.window.desk.casefile.open(WANG.id).circumstances == ()


def test_whoever_leads_sees_and_looks_into_contacts_against_the_rules(open_window: OpenWindow) -> None:
    steps = open_window("en", at=time(22, 40))
    desk = steps.window.desk
    desk.announce(
        desk.call.save(
            LIU.id, CallForm(contact_point=LIU.part("mobile"), outcome="no_answer", override_reason="asked to")
        )
    )
    steps.key("F8")
    assert steps.window.pages.currentIndex() == 0, "it is not for collectors"
    desk.conduct = Conduct(replace(desk.seat, person=replace(desk.seat.person, role="lead")))
    steps.key("F8")
    page = steps.window.pages.currentWidget()
    assert isinstance(page, ConductPage)
    steps.until(lambda: bool(page.breaches.table.rows), "the list is read")
    page.breaches.table.setCurrentIndex(page.breaches.table.model().index(0, 0))
    assert "22:40" in page.source.text()
    page.review()
    assert page.text.hasFocus(), "without a word nothing is noted"
    page.text.setText("talked it over")
    page.review()
    steps.until(lambda: page.breaches.table.rows[0].reviewed == "talked it over", "the note is in the list")
    steps.settle()
    assert not faults(page)


def test_the_day_is_closed_by_what_is_still_open(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    steps.key("1")
    steps.window.call.keep_draft()
    steps.key("F11")
    page = steps.window.pages.currentWidget()
    assert isinstance(page, DayPage)
    steps.until(lambda: page.closed is not None, "the check is done")
    place = next(n for n, row in enumerate(page.open.table.rows) if row.case_id == LIU.id)
    page.open.table.setCurrentIndex(page.open.table.model().index(place, 0))
    page.open.table.setFocus()
    steps.key("Return")
    assert shown_name(steps) == LIU.name
    assert steps.window.pages.currentIndex() == 0


def test_the_history_is_searched_and_an_entry_opens_whole(open_window: OpenWindow) -> None:
    steps = open_window("en")
    timeline = steps.window.case.timeline
    every = len(timeline.shown)
    steps.key("Ctrl+F")
    steps.type("违约金")
    assert 0 < len(timeline.shown) < every
    assert all("违约金" in steps.window.look.say(entry.detail) for entry in timeline.shown)
    steps.type(" zebra")
    assert timeline.empty.isVisible()
    steps.key("Esc")
    assert len(timeline.shown) == every
    assert timeline.search.isHidden()
    steps.key("Ctrl+F")
    steps.key("Return")  # into the list
    entry, index = timeline.shown[0], timeline.list.currentIndex()
    before = timeline.list.visualRect(index).height()
    steps.key("Return")
    assert timeline.painter.opened == {entry.id}
    assert timeline.list.visualRect(index).height() > before
    steps.key("Return")
    assert timeline.list.visualRect(index).height() == before
    steps.key("Space")
    steps.window.open_case(LIU.id)
    assert not timeline.painter.opened
