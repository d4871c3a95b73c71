"""The letter tab through the real window: chosen, filled in, looked at, recorded, saved, sent, queued, never lost."""

from __future__ import annotations

import hashlib
from datetime import time
from pathlib import Path
from typing import Never

import pytest
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from tests.security.certificates import PASSWORD, organisation
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.steps import Steps
from ui.case.line_views import PapersView
from ui.knowledge.help import help_on
from ui.letter.fields import _Lines
from ui.letter.panel import LetterPanel, form_of
from ui.widgets.field import EntryField
from workstation.desk.letter_fields import FIELDS
from workstation.domain.events import Event, Letter, LetterQueued, TakenOut, TextMessage, decode_body

LIU, CHEN_GUILAN = SAMPLES[3], SAMPLES[4]


def opened(steps: Steps) -> LetterPanel:
    steps.key("F4")
    panel = steps.window.current
    assert isinstance(panel, LetterPanel)
    return panel


def shown(steps: Steps, panel: LetterPanel, template: str) -> None:
    panel.choose(template)
    steps.until(lambda: panel.made is not None and panel.made.template == template, f"{template} is rendered")


def events(steps: Steps, case_id: str) -> list[Event]:
    return list(steps.window.desk.seat.file(case_id).events)


def last(steps: Steps, case_id: str) -> object:
    event = events(steps, case_id)[-1]
    return decode_body(event.kind, event.body)


def entry(panel: LetterPanel, name: str) -> QLineEdit | QPlainTextEdit:
    made = panel.fields.made[name]
    assert isinstance(made, EntryField | _Lines)
    return made.edit


def test_letters_that_the_case_does_not_allow_say_why_and_cannot_be_taken(open_window: OpenWindow) -> None:
    panel = opened(open_window("en", case_id=LIU.id))
    model = panel.template.model()
    assert isinstance(model, QStandardItemModel)
    enabled = [model.item(place).isEnabled() for place in range(model.rowCount())]
    assert enabled == sorted(enabled, reverse=True)
    assert len(enabled) == 16
    reply = model.item(panel.template.findData("dispute_reply"))
    assert not reply.isEnabled()
    assert reply.text().endswith("No dispute is open on this case.")
    assert model.item(panel.template.findData("demand")).isEnabled()


def test_each_letter_asks_for_its_own_and_an_empty_field_says_what_it_is_taken_for(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=WANG.id)
    panel = opened(steps)
    assert list(panel.fields.made) == ["pay_by"]
    panel.choose("settlement_offer")
    assert list(panel.fields.made) == ["amount", "parts", "first_due", "valid_until"]
    steps.until(lambda: panel.made is not None and panel.made.template == "settlement_offer", "an offer as is usual")
    assert panel.checked is not None
    assert panel.checked.readings["first_due"].shown is not None
    amount = entry(panel, "amount")
    amount.setFocus()
    steps.type("100")
    steps.until(lambda: panel.checked is not None and panel.checked.field == "amount", "it is read")
    field = panel.fields.made["amount"]
    assert isinstance(field, EntryField)
    assert "approved" in field.reading.toolTip() + field.reading.text() or field.edit.property("wrong") == "true"
    steps.until(lambda: panel.made is None, "no page of what may not be offered")
    assert not panel.record.isEnabled()
    panel.choose("demand")
    panel.choose("settlement_offer")
    again = panel.fields.made["amount"]
    assert again.text() == "100", "kept for this letter"


def test_a_letter_is_recorded_and_opened_from_the_history_and_proved(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    panel = opened(steps)
    shown(steps, panel, "demand")
    made = panel.made
    assert made is not None
    steps.key("Ctrl+Return")
    body = last(steps, LIU.id)
    assert isinstance(body, Letter)
    assert body.sha256 == made.sha256
    steps.key("Ctrl+O")
    papers = steps.window.case._made["papers"]
    assert isinstance(papers, PapersView)
    paper = papers.paper
    assert paper is not None
    steps.until(lambda: not paper.pages.pixmap().isNull(), "its pages")
    paper.fate.verify.click()
    steps.until(lambda: "byte for byte" in paper.state.text(), "made again and compared")
    assert made.sha256 in paper.state.text()
    paper.fate.arrived.click()
    paper.fate.day.edit.setFocus()
    steps.type("today")
    paper.fate.keep.click()
    assert "shows" in paper.state.text(), "nothing is taken for delivered without what shows it"
    paper.fate.how.set_text("receipt")
    paper.fate.keep.click()
    assert "reached the debtor" in paper.fate.fate.text()
    assert steps.window.desk.seat.file(LIU.id).state.letters[0].arrived_on == steps.window.desk.today()
    paper.fate.returned.click()
    assert not paper.fate.form.isHidden()
    steps.key("Esc")
    assert paper.fate.form.isHidden()
    assert papers._front.currentWidget() is paper


def test_a_copy_that_was_changed_in_the_archive_is_found_out(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    panel = opened(steps)
    shown(steps, panel, "demand")
    steps.key("Ctrl+Return")
    with steps.window.desk.seat.store.write() as conn:
        (pdf,) = conn.exec_driver_sql("SELECT pdf FROM letter_archive").one()
        conn.exec_driver_sql("UPDATE letter_archive SET pdf = ?", (pdf[:-1] + b" ",))
    steps.key("Ctrl+O")
    papers = steps.window.case._made["papers"]
    assert isinstance(papers, PapersView)
    paper = papers.paper
    assert paper is not None
    paper.fate.verify.click()
    steps.until(lambda: "Do not use this copy" in paper.state.text(), "other bytes")


def test_a_warning_asks_why_before_it_is_recorded(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    from workstation.domain.events import Circumstance

    steps.window.desk.seat.record(LIU.id, Circumstance(what="refused_channel", channel="letter", evidence="said so"))
    panel = opened(steps)
    shown(steps, panel, "demand")
    steps.until(panel.override.isVisible, "the light warns")
    steps.key("Ctrl+Return")
    assert not isinstance(last(steps, LIU.id), Letter)
    assert panel.override.edit.hasFocus()
    steps.type("they asked for it in writing")
    steps.key("Ctrl+Return")
    body = last(steps, LIU.id)
    assert isinstance(body, Letter)
    assert body.override_reason == "they asked for it in writing"


def test_unlawful_words_are_shown_while_they_are_typed(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN", case_id=LIU.id)
    panel = opened(steps)
    shown(steps, panel, "demand")
    panel.words.setPlainText("再不还钱,我们就派人去你单位闹。")
    steps.until(panel.warning.isVisible, "the words are checked")
    assert "建议" in panel.warning.text()
    steps.until(lambda: panel.made is not None and "派人" in str(panel.made.context), "the page has them")
    steps.key("Ctrl+Return")
    assert not [event for event in events(steps, LIU.id) if event.kind == "letter"]
    assert panel.words.hasFocus()


def test_a_saved_letter_is_the_same_bytes_and_its_leaving_is_on_record(open_window: OpenWindow, tmp_path: Path) -> None:
    steps = open_window("en", case_id=LIU.id)
    panel = opened(steps)
    shown(steps, panel, "reminder")
    assert panel.made is not None
    name = panel.going_out.name()
    assert name == "reminder-20261123.pdf"
    file = tmp_path / name
    panel.save_to(file)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == panel.made.sha256
    body = last(steps, LIU.id)
    assert isinstance(body, TakenOut)
    assert (body.how, body.what) == ("save", "letter")
    panel.save_to(tmp_path / "nowhere" / name)
    assert "nowhere" in steps.window.toast._text.text() or steps.window.toast.isVisible()
    assert list(tmp_path.glob("**/*.part")) == []


def test_a_signed_copy_is_the_letter_with_a_signature_behind_it(open_window: OpenWindow, tmp_path: Path) -> None:
    from letters.signing import examine
    from workstation.security.signing import NoSignature, read

    steps = open_window("en", case_id=LIU.id)
    panel = opened(steps)
    shown(steps, panel, "reminder")
    assert panel.made is not None
    pdf, file = panel.made.pdf, tmp_path / "signed.pdf"

    def none_kept() -> Never:
        raise NoSignature("There is no certificate for signing on this machine.")

    panel.going_out.signer = none_kept
    panel.going_out.sign_to(file)
    steps.until(lambda: "no certificate" in steps.window.toast._text.text(), "it says why not")
    assert not file.exists()
    assert not [event for event in events(steps, LIU.id) if event.kind == "taken_out"]
    panel.going_out.signer = lambda: read(organisation(tmp_path), PASSWORD)
    panel.going_out.sign_to(file)
    steps.until(file.exists, "it is written")
    copy = file.read_bytes()
    assert copy.startswith(pdf)
    found = examine(copy, len(pdf))
    assert found is not None
    body = last(steps, LIU.id)
    assert isinstance(body, TakenOut)
    assert (body.how, body.what) == ("save", "letter")


def test_the_pages_turn_and_zoom_by_keys(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=WANG.id)
    panel = opened(steps)
    shown(steps, panel, "demand")
    steps.settle()
    assert len(panel.pages.images) == 2
    assert panel.pages.page == 0
    steps.key("Alt+PgDown")
    assert panel.pages.page == 1
    assert "2 / 2" in panel.bar.where.text()
    steps.key("Alt+PgUp")
    assert panel.pages.page == 0
    narrow = panel.pages.images[0].width()
    steps.key("Ctrl++")
    steps.until(lambda: panel.pages.images[0].width() > narrow * 1.2, "drawn larger")
    assert "125%" in panel.bar.where.text()
    steps.key("Ctrl+0")
    steps.until(lambda: panel.pages.images[0].width() == narrow, "as wide as fits")
    steps.key("Alt+V")
    assert panel.form.isHidden()
    steps.key("Esc")
    assert not panel.form.isHidden()
    panel.pages.setFocus()
    steps.key("End")
    assert panel.pages.page == 1
    steps.key("Home")
    assert panel.pages.page == 0


def test_a_character_that_no_font_has_is_named(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    panel = opened(steps)
    panel.words.setPlainText("\U000e0041 \ue123")
    steps.until(lambda: panel.made is not None and bool(panel.made.missing_glyphs), "it has no glyph")
    assert panel.glyphs.isVisible()
    assert "\ue123" in panel.glyphs.text()
    panel.words.setPlainText("plain")
    steps.until(lambda: not panel.glyphs.isVisible(), "a plain text")


def test_an_email_with_the_letter_is_one_act_and_is_taken_back_as_one(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=WANG.id)
    panel = opened(steps)
    shown(steps, panel, "demand")
    before = len(events(steps, WANG.id))
    steps.key("Alt+E")
    assert panel.mailing.isVisible()
    assert panel.form.isHidden()
    assert "****@" in panel.mailing.point.currentText()
    assert panel.mailing.subject.text() == "华东商业银行来函", "in the letter's language"
    steps.key("Esc")
    assert not panel.mailing.isVisible()
    steps.key("Alt+E")
    steps.key("Ctrl+Return")
    letter, message = events(steps, WANG.id)[before:]
    body = decode_body(message.kind, message.body)
    assert isinstance(body, TextMessage)
    assert (letter.kind, letter.channel, body.letter, message.channel) == ("letter", "email", letter.id, "email")
    assert not panel.mailing.isVisible()
    steps.key("Ctrl+Z")
    state = steps.window.desk.seat.file(WANG.id).state
    assert {letter.id, message.id} <= set(state.set_aside)


def test_a_letter_on_record_goes_by_email_again_as_it_was_made(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=WANG.id)
    panel = opened(steps)
    shown(steps, panel, "demand")
    steps.key("Ctrl+Return")
    letter = events(steps, WANG.id)[-1]
    steps.key("Ctrl+O")
    papers = steps.window.case._made["papers"]
    assert isinstance(papers, PapersView)
    paper = papers.paper
    assert paper is not None
    paper.fate.mail.click()
    assert paper.mailing.isVisible()
    assert paper.mailing.send.text() == "Send"
    steps.key("Esc")
    assert not paper.mailing.isVisible()
    paper.fate.mail.click()
    paper.mailing.send.click()
    assert "after the next synchronisation" in paper.state.text()
    message = events(steps, WANG.id)[-1]
    body = decode_body(message.kind, message.body)
    assert isinstance(body, TextMessage)
    assert (body.letter, message.channel) == (letter.id, "email")


def test_a_case_without_an_address_for_mail_says_so(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    panel = opened(steps)
    shown(steps, panel, "demand")
    steps.key("Alt+E")
    assert not panel.mailing.isVisible()
    assert "no e-mail address" in steps.window.toast._text.text()


def test_a_letter_is_queued_for_a_batch_once(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    panel = opened(steps)
    shown(steps, panel, "demand")
    panel.words.setPlainText("请尽快联系我们。")
    steps.until(lambda: panel.made is not None and "尽快" in str(panel.made.context), "rendered")
    steps.key("Alt+B")
    body = last(steps, LIU.id)
    assert isinstance(body, LetterQueued)
    assert (body.template, body.free_paragraph) == ("demand", "请尽快联系我们。")
    assert panel.words.toPlainText() == ""
    [waiting] = steps.window.desk.letter_queue.waiting()
    assert (waiting.name, waiting.template, waiting.form.answers) == ("刘洋", "demand", waiting.id)
    shown(steps, panel, "demand")
    steps.key("Alt+B")
    assert "already" in steps.window.toast._text.text()
    steps.window.desk.announce(steps.window.desk.letter_queue.withdraw(LIU.id, waiting.id))
    assert steps.window.desk.letter_queue.waiting() == ()


def test_half_a_letter_comes_back_with_its_fields(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=CHEN_GUILAN.id)
    panel = opened(steps)
    panel.choose("dispute_reply")
    entry(panel, "findings").setPlainText("已核对账单。")  # type: ignore[union-attr]
    panel.fields.made["outcome"].set_text("partly")
    panel.words.setPlainText("感谢您的来信。")
    panel.keep_draft()
    again = opened(open_window("en", case_id=CHEN_GUILAN.id))
    assert again.template.currentData() == "dispute_reply"
    assert again.fields.texts()["findings"] == "已核对账单。"
    assert again.fields.texts()["outcome"] == "partly"
    assert again.words.toPlainText() == "感谢您的来信。"
    assert form_of("plain words of an older version").free_paragraph == "plain words of an older version"


def test_at_night_the_list_says_when_it_opens_and_nothing_can_be_recorded(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id, at=time(23, 5))
    panel = opened(steps)
    place = panel.template.findData("demand")
    assert "opens" in panel.template.itemText(place)
    shown(steps, panel, "visit_dossier")  # a paper of the house
    assert panel.record.isEnabled()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_field_of_every_letter_has_a_word_of_help(language: str) -> None:
    asked = {field.id for fields in FIELDS.values() for field in fields}
    assert [name for name in sorted(asked) if not help_on(f"letter_{name}", language)] == []


def test_the_keyboard_reaches_everything(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    panel = opened(steps)
    shown(steps, panel, "demand")
    steps.settle()
    assert panel.template.hasFocus()
    reached = set()
    for _ in range(30):
        steps.key("Tab")
        widget = QApplication.focusWidget()
        if widget is not None:
            reached.add(widget.objectName())
    assert reached >= {
        "letter_language", "letter_pay_by", "letter_words", "letter_page", "letter_record", "letter_mail",
        "letter_print", "letter_save", "letter_sign", "letter_batch",
    }  # fmt: skip
