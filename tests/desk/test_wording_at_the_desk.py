"""What one writes at the desk is held against the rules: a note is remarked on, a letter does not go out."""

from __future__ import annotations

import pytest

from tests.ui.sample_book import SAMPLES
from workstation.desk.views import CallForm
from workstation.domain.errors import InputError
from workstation.session import Desk

LIU = SAMPLES[3]
THREAT = "再不还钱,我们就派人去你单位闹。"


def test_a_note_is_remarked_on_and_kept_as_written(desk: Desk) -> None:
    form = CallForm(contact_point=LIU.part("mobile"), outcome="no_answer", note=THREAT)
    (first, *_) = desk.call.remarks(LIU.id, form, "zh_CN")
    assert first.words in THREAT
    assert "第六十八条" in first.message.plain() or "指引" in first.message.plain()
    desk.call.save(LIU.id, form)
    assert THREAT in repr(list(desk.casefile.open(LIU.id).timeline))


def test_courteous_words_are_not_remarked_on(desk: Desk) -> None:
    note = "客户说上月停发工资,愿意本周先还一部分;已告知可以申请分期。"
    assert desk.call.remarks(LIU.id, CallForm(note=note), "zh_CN") == ()
    assert desk.call.remarks(LIU.id, CallForm(note=""), "en") == ()


def test_a_letter_with_a_threat_does_not_go_out(desk: Desk) -> None:
    made = desk.correspondence.preview(LIU.id, "demand", free_paragraph=THREAT)
    before = desk.casefile.open(LIU.id).timeline
    with pytest.raises(InputError) as refused:
        desk.correspondence.record(LIU.id, made)
    assert (refused.value.code, refused.value.field) == ("wording", "free_paragraph")
    assert desk.casefile.open(LIU.id).timeline == before
    made = desk.correspondence.preview(LIU.id, "demand", free_paragraph="如有困难,请与我们联系。")
    desk.correspondence.record(LIU.id, made)


def test_what_a_third_person_was_told_is_remarked_on(desk: Desk) -> None:
    told = CallForm(contact_point=LIU.part("mobile"), outcome="third_party_spoken", note="跟他姐姐说了他欠银行八千元。")
    (first, *_) = desk.call.remarks(LIU.id, told, "zh_CN")
    assert first.words in told.note
    told.note = "是他姐姐接的,只请她转告回电。"
    assert desk.call.remarks(LIU.id, told, "zh_CN") == ()
