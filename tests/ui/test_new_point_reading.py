"""A new contact point shows its reading as one types; nonsense, emoji and a megabyte are refused in a sentence."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import OpenWindow
from tests.ui.steps import Steps
from ui.facts.new_point import NewPointForm
from ui.facts.panel import FactsPanel


def form_of(steps: Steps, kind: str = "phone") -> NewPointForm:
    steps.window.show_tab("facts")
    facts = steps.window.current
    assert isinstance(facts, FactsPanel)
    facts.new_point.open.click()
    facts.new_point.kind.set_text(kind)
    facts.new_point.value.edit.setFocus()
    return facts.new_point


def reading(form: NewPointForm) -> str:
    shown = form.value._reading
    return "" if shown is None else form._look.say(shown.shown)


def refusal(steps: Steps, form: NewPointForm) -> str:
    """What is said once the typing stops."""
    steps.until(lambda: not form._pause.isActive(), "the entry is judged")
    return form.problem.text() if form.problem.isVisible() else ""


@pytest.mark.parametrize(
    ("kind", "typed", "read"),
    [
        ("phone", "138 1234-5678", "13812345678"),
        ("phone", "１３８１２３４５６７８", "13812345678"),
        ("phone", "01012345678", "010-12345678"),
        ("phone", "+44 20 7946 0000", "+442079460000"),
        ("email", " wang@example.org ", "wang@example.org"),
        ("address", "杭州市  西湖区 𠮷祥路 1 号 №3 20㎡", "杭州市 西湖区 𠮷祥路 1 号 №3 20㎡"),
    ],
)
def test_the_reading_stands_by_the_entry(open_window: OpenWindow, kind: str, typed: str, read: str) -> None:
    steps = open_window("en")
    form = form_of(steps, kind)
    steps.type(typed)
    assert reading(form) == read
    assert refusal(steps, form) == ""


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("phone", "1" * 30),
        ("phone", "138"),
        ("phone", "📞13812345678"),
        ("phone", "一三八"),
        ("email", "😀@example.org"),
        ("email", "wang@"),
        ("address", "杭州市西湖区🏠 1 号"),
        ("address", "x"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    open_window: OpenWindow, language: str, kind: str, typed: str
) -> None:
    steps = open_window(language)
    form = form_of(steps, kind)
    before = len(steps.window.desk.casefile.open(steps.window._case_id).points)
    steps.type(typed)
    assert reading(form) == ""
    said = refusal(steps, form)
    assert said
    assert len(said) <= 140, "a sentence, not what was pasted"
    assert form.value.edit.property("wrong") == "true"
    steps.key("Return")
    assert form.fields.isVisible(), "nothing is recorded, nothing typed is lost"
    assert form.value.text() == typed
    assert len(steps.window.desk.casefile.open(steps.window._case_id).points) == before


def test_thirty_digits_are_counted(open_window: OpenWindow) -> None:
    steps = open_window("en")
    form = form_of(steps)
    steps.type("1" * 30)
    assert refusal(steps, form) == "A telephone number has 15 digits at most; this has 30."


@pytest.mark.parametrize("kind", ["phone", "email", "address"])
@pytest.mark.parametrize("pasted", ["7" * 1_000_000, "😀" * 500_000, "a@" * 500_000, "\x00\n" * 500_000])
def test_a_megabyte_pasted_is_cut_and_refused(open_window: OpenWindow, kind: str, pasted: str) -> None:
    steps = open_window("en")
    form = form_of(steps, kind)
    QApplication.clipboard().setText(pasted)
    form.value.edit.paste()
    assert len(form.value.text()) <= 500
    form.value.text().encode("utf-8")
    said = refusal(steps, form)
    assert len(said) <= 140
    assert reading(form) == ""
    steps.key("Return")
    assert form.fields.isVisible()


def test_half_a_number_is_not_wrong_while_one_types_and_another_kind_reads_anew(open_window: OpenWindow) -> None:
    steps = open_window("en")
    form = form_of(steps)
    steps.type("1381234")
    assert form._pause.isActive()
    assert not form.problem.isVisible()
    steps.type("5678")
    assert reading(form) == "13812345678"
    form.kind.set_text("email")
    assert reading(form) == ""
    assert refusal(steps, form) == "“13812345678” is not an e-mail address."
    form.cancel.click()
    form.open.click()
    assert not form.problem.isVisible(), "a form opened anew complains of nothing"
