"""Entries nobody should make: what is refused says why, what is kept is as it was typed, and two figures agree."""

from __future__ import annotations

import pytest

from local_db.state import set_state
from tests.ui.sample_book import SAMPLES
from workstation.desk.views import CallForm
from workstation.domain.errors import InputError
from workstation.domain.events import Contact, decode_body
from workstation.session import Desk

LI, LIU = SAMPLES[1], SAMPLES[3]
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
    fields = dict.fromkeys(("note", "person_name", "evidence", "recording", "override_reason"), text)
    desk.call.save(LIU.id, promise("100", "+3", **fields))
    body = decode_body("contact", desk.seat.file(LIU.id).events[-2].body)
    assert isinstance(body, Contact)
    assert {name: getattr(body, name) for name in fields} == {name: text.strip() for name in fields}


@pytest.mark.parametrize("text", HARD)
@pytest.mark.parametrize("field", ["amount", "due", "callback", "next_due", "ring", "talk", "after"])
def test_a_figure_that_is_none_is_refused_in_a_sentence(desk: Desk, field: str, text: str) -> None:
    form = promise("100", "+3", times_reason="forgot")
    setattr(form, field, text)
    with pytest.raises(InputError) as refused:
        desk.call.save(LIU.id, form)
    assert len(refused.value.message.plain()) < 300


@pytest.mark.parametrize("field", ["amount", "due", "callback", "next_due", "talk"])
def test_a_book_pasted_into_a_figure_is_refused_without_repeating_it(desk: Desk, field: str) -> None:
    form = promise("100", "+3", times_reason="forgot")
    setattr(form, field, "9" * 1_000_000)
    with pytest.raises(InputError) as refused:
        desk.call.save(LIU.id, form)
    assert len(refused.value.message.plain()) < 300


def test_a_promise_taken_back_is_in_no_sum_of_the_day(desk: Desk) -> None:
    desk.announce(desk.call.save(LIU.id, promise("100", "+3")))
    desk.announce(desk.call.undo(LIU.id))
    closed = desk.day_close.check()
    assert (closed.figures["promises"], closed.promised) == (0, None)
    desk.announce(desk.call.save(LIU.id, promise("200", "+3", override_reason="asked for")))
    assert desk.day_close.check().promised == desk.day().promised, "two screens never disagree"


@pytest.mark.parametrize("typed", ["wáng xiǎo míng", "Wángxiǎomíng", "WÁNG XIǍO", "ｗáng", "wa\u0301ng xia\u030co"])
def test_pinyin_with_its_tones_finds_the_name(desk: Desk, typed: str) -> None:
    assert [row.name for row in desk.worklist.queue("all", typed).rows] == ["王晓明"]


@pytest.mark.parametrize("typed", ["%", "_", "%%%", '" OR 1 --', "*", "NEAR(", "\0", "\ud800", "(" * 60, "王" * 10_000])
def test_signs_of_a_query_language_are_letters_like_others(desk: Desk, typed: str) -> None:
    found = desk.worklist.queue("all", typed)
    assert (found.rows, found.similar) == ((), ())


def test_a_view_without_a_name_is_still_listed(desk: Desk) -> None:
    with desk.seat.store.write() as conn:
        set_state(conn, "saved_views", '{"own":[{"id":"x","names":{},"choice":{}}]}')
    assert [view.name("en") for view in desk.views.all()][-1] == "x"


@pytest.mark.parametrize("numbers", [("33010219850517001X", "33010219850517001x"), ("33010219850517001x",) * 2])
def test_an_id_number_with_a_small_x_is_the_same(desk: Desk, numbers: tuple[str, str]) -> None:
    with desk.seat.store.write() as conn:
        for sample, number in zip((LI, LIU), numbers, strict=True):
            conn.exec_driver_sql("UPDATE debtor SET id_number = ? WHERE case_id = ?", (number, sample.id))
    for sample in (LI, LIU):
        badges = [badge.text.plain() for badge in desk.casefile.open(sample.id).badges]  # type: ignore[union-attr]
        assert any("Same ID number" in text for text in badges)
