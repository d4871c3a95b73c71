"""Entries nobody should make in call notes: what is refused says why, what is kept is as it was typed."""

from __future__ import annotations

import pytest

from tests.ui.sample_book import SAMPLES
from workstation.desk.views import CallForm
from workstation.domain.errors import InputError
from workstation.domain.events import Contact, decode_body
from workstation.session import Desk

LIU = SAMPLES[3]
HARD = (
    "\U00020000\U0002a6df龘",
    "\u202eمحمد\u202c אבג",
    "e\u0301" * 50,
    "王\u200b小\u200d明\ufeff",
    "👩\u200d👩\u200d👧\u200d👦🇨🇳",
    '=HYPERLINK("http://x","y")',
    "{name} %s {0} \\x",
)


def promise(amount: str, due: str, **fields: str) -> CallForm:
    return CallForm(
        contact_point=LIU.part("mobile"), outcome="promise_to_pay", amount=amount, due=due, reason="income_lost",
        identity=["full_name", "card_tail"], **fields,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize("text", HARD)
def test_every_text_field_keeps_what_was_typed(desk: Desk, text: str) -> None:
    fields = dict.fromkeys(("note", "evidence", "recording", "override_reason"), text)
    desk.call.save(LIU.id, promise("100", "+3", **fields))
    body = decode_body("contact", desk.seat.file(LIU.id).events[-2].body)
    assert isinstance(body, Contact)
    assert {name: getattr(body, name) for name in fields} == {name: text.strip() for name in fields}


@pytest.mark.parametrize("text", HARD)
@pytest.mark.parametrize("field", ["amount", "due", "callback", "next_due", "ring", "talk", "after"])
def test_a_figure_that_is_none_is_refused_in_a_sentence(desk: Desk, field: str, text: str) -> None:
    form = promise("100", "+3", times_reason="forgot")
    form.outcome = "callback_requested" if field == "callback" else form.outcome
    setattr(form, field, text)
    with pytest.raises(InputError) as refused:
        desk.call.save(LIU.id, form)
    assert len(refused.value.message.plain()) < 300


@pytest.mark.parametrize("field", ["amount", "due", "callback", "next_due", "talk"])
def test_a_book_pasted_into_a_figure_is_refused_without_repeating_it(desk: Desk, field: str) -> None:
    form = promise("100", "+3", times_reason="forgot")
    form.outcome = "callback_requested" if field == "callback" else form.outcome
    setattr(form, field, "9" * 1_000_000)
    with pytest.raises(InputError) as refused:
        desk.call.save(LIU.id, form)
    assert len(refused.value.message.plain()) < 300
