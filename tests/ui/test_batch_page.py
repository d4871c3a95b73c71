"""Letters for many cases through the real window: looked through, made, cancelled, gone on with, never twice."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

from pypdf import PdfReader

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES
from tests.ui.steps import Steps
from ui.batch.page import BatchPage
from workstation.desk.letter_form import LetterForm
from workstation.domain.events import Letter, TakenOut, decode_body
from workstation.session import Desk

LIU, CHEN_GUILAN = SAMPLES[3], SAMPLES[4]


def opened(steps: Steps) -> BatchPage:
    steps.key("Shift+F4")
    page = steps.window.pages.currentWidget()
    assert isinstance(page, BatchPage)
    return page


def letters(desk: Desk, case_id: str) -> list[Letter]:
    bodies = [decode_body(event.kind, event.body) for event in desk.seat.file(case_id).events if event.kind == "letter"]
    return [body for body in bodies if isinstance(body, Letter) and body.context]


def looked_through(steps: Steps, page: BatchPage) -> None:
    page.whose.setCurrentIndex(page.whose.findData("view"))
    page.template.setCurrentIndex(page.template.findData("demand"))
    page.look_through.click()
    steps.until(lambda: not page.work.doing and page.work.plan is not None, "every letter is looked through")


def test_the_queues_cases_are_looked_through_made_and_recorded_once(open_window: OpenWindow, tmp_path: Path) -> None:
    steps = open_window("en", case_id=LIU.id, role="lead")
    desk = steps.window.desk
    assert not steps.window.rail.buttons["batch"].isHidden()
    page = opened(steps)
    looked_through(steps, page)
    assert page.work.plan is not None
    refused = {row.case_id: steps.window.look.say(row.reason) for row in page.work.plan.refused}
    assert refused == {CHEN_GUILAN.id: "A dispute is open: it must be answered before the debt is demanded."}
    assert len(page.work.plan.ready) == len(SAMPLES) - 1
    assert letters(desk, LIU.id) == [], "nothing is made yet"
    folder = tmp_path / "letters"
    folder.mkdir()
    page.make_in(folder)
    steps.window.show_page("cases")  # it goes on whatever is shown
    steps.until(lambda: not page.work.doing and page.work.result is not None, "all are made")
    assert page.work.result is not None
    info = page.work.result.info
    assert (info.state, info.made, info.total) == ("done", len(SAMPLES) - 1, len(SAMPLES))
    [body] = letters(desk, LIU.id)
    assert info.manifest is not None
    rows = {row["case_number"]: row for row in csv.DictReader(info.manifest.open(encoding="utf-8-sig"))}
    mine = rows["XYK-2026-0004"]
    assert mine["sha256"] == body.sha256 == hashlib.sha256((folder / mine["file"]).read_bytes()).hexdigest()
    event = desk.seat.file(LIU.id).events[-1]
    taken = decode_body(event.kind, event.body)
    assert isinstance(taken, TakenOut)
    assert (taken.how, taken.what, taken.cases) == ("save", "letters", len(SAMPLES) - 1)
    page = opened(steps)
    assert not page.results.isHidden()
    assert "9 letters made of 10, 1 refused" in " ".join(
        made.text() for made in page.results.findChildren(type(page.title))
    )


def test_a_refused_case_is_opened_from_the_list(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id, role="lead")
    page = opened(steps)
    looked_through(steps, page)
    page.refused.table.setFocus()
    page.refused.table.selectRow(0)
    steps.key("Return")
    assert steps.window.pages.currentIndex() == 0
    assert steps.window.case.case is not None
    assert steps.window.case.case.case_id == CHEN_GUILAN.id


def test_a_cancelled_batch_is_gone_on_with_and_no_letter_is_doubled(open_window: OpenWindow, tmp_path: Path) -> None:
    steps = open_window("en", case_id=LIU.id, role="lead")
    desk = steps.window.desk
    page = opened(steps)
    looked_through(steps, page)
    folder = tmp_path / "letters"
    folder.mkdir()
    page.one_file.setChecked(True)
    page.make_in(folder)
    page.stop.click()  # at once
    steps.until(lambda: not page.work.doing, "it stops")
    made = sum(len(letters(desk, sample.id)) for sample in SAMPLES)
    assert made < len(SAMPLES) - 1
    [unfinished] = desk.letter_batches.unfinished()
    assert unfinished.state == "cancelled"
    page.work.resume(unfinished.id)
    steps.until(lambda: not page.work.doing, "it goes on")
    assert desk.letter_batches.unfinished() == ()
    counts = [len(letters(desk, sample.id)) for sample in SAMPLES]
    assert sorted(counts) == [0] + [1] * (len(SAMPLES) - 1)
    [result] = desk.letter_batches.results()
    assert result.info.print_file is not None
    assert len(PdfReader(result.info.print_file).pages) > 2 * (len(SAMPLES) - 1)


def test_letters_queued_on_their_cases_are_made_with_their_own_words(open_window: OpenWindow, tmp_path: Path) -> None:
    steps = open_window("en", case_id=LIU.id)
    desk = steps.window.desk
    desk.letter_queue.want(LIU.id, LetterForm("reminder", "zh_CN", "", "请尽快来电。"))
    desk.letter_queue.want(SAMPLES[1].id, LetterForm("demand", "en"))
    page = opened(steps)
    assert page.whose.itemText(0) == "2 letters waiting for a batch"
    assert page.template.isHidden() or not page.template.isVisible()
    page.look_through.click()
    steps.until(lambda: not page.work.doing and page.work.plan is not None, "both are looked through")
    folder = tmp_path / "letters"
    folder.mkdir()
    page.make_in(folder)
    steps.until(lambda: not page.work.doing and page.work.result is not None, "both are made")
    [body] = letters(desk, LIU.id)
    assert (body.template, body.language, body.context["free_paragraph"]) == ("reminder", "zh_CN", "请尽快来电。")
    assert letters(desk, SAMPLES[1].id)[0].language == "en"
    assert desk.letter_queue.waiting() == ()


def test_what_cannot_be_begun_says_why(open_window: OpenWindow, tmp_path: Path) -> None:
    steps = open_window("en", case_id=LIU.id)
    page = opened(steps)
    assert page.whose.currentData() == "view", "nothing is queued"
    page.whose.setCurrentIndex(page.whose.findData("queued"))
    page.look_through.click()
    assert "no letter to make" in page.problem.text()
    page.whose.setCurrentIndex(page.whose.findData("view"))
    page.pay_by.set_text("yesterday")
    page.look_through.click()
    assert "must lie after today" in page.problem.text()
    assert not page.work.doing
    page.pay_by.set_text("")
    looked_through(steps, page)
    (tmp_path / "a file").write_text("no folder")
    page.make_in(tmp_path / "a file")
    steps.until(lambda: not page.work.doing, "it is over")
    steps.until(page.problem.isVisible, "it says why")
    assert letters(steps.window.desk, LIU.id) == []


def test_an_auditor_has_no_such_page(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id, role="auditor")
    steps.key("Shift+F4")
    assert not isinstance(steps.window.pages.currentWidget(), BatchPage)
