"""Call notes at a real desk: what is asked, what is refused and leaves nothing behind, what is saved and taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import msgspec
import pytest

from tests.ui.sample_book import SAMPLES, TODAY, WANG, Sample
from tests.ui.sample_desk import open_desk
from workstation.desk.call import LONGEST_NOTE, LongSaved
from workstation.desk.rules import rules_for_figures
from workstation.desk.views import CallForm
from workstation.domain import outcomes
from workstation.domain.case_state import CaseState
from workstation.domain.errors import InputError
from workstation.domain.events import Contact, Correction, Event, Promise, decode_body
from workstation.domain.gate import past_contacts
from workstation.session import Desk

LI, LIU, CHEN_GUILAN, ZHOU = SAMPLES[1], SAMPLES[3], SAMPLES[4], SAMPLES[7]
FILLED: dict[str, object] = {
    "identity": ["full_name", "card_tail"],
    "reason": "income_lost",
    "amount": "100",
    "due": "2026-11-30",
    "callback": "15:30",
    "note": "已说明。",
}


def form(sample: Sample, outcome: str, **fields: object) -> CallForm:
    return CallForm(contact_point=sample.part("mobile"), outcome=outcome, **fields)  # type: ignore[arg-type]


def promise(sample: Sample, amount: str, due: str, **fields: object) -> CallForm:
    given = {"identity": ["full_name", "card_tail"], "reason": "income_lost", **fields}
    return form(sample, "promise_to_pay", amount=amount, due=due, **given)


def events(desk: Desk, sample: Sample) -> tuple[Event, ...]:
    return desk.seat.file(sample.id).events


def saved(desk: Desk, sample: Sample, typed: CallForm) -> tuple[Event, ...]:
    """What saving adds."""
    before = {event.id for event in events(desk, sample)}
    desk.call.save(sample.id, typed)
    return tuple(event for event in events(desk, sample) if event.id not in before)


def contact_of(event: Event) -> Contact:
    body = decode_body(event.kind, event.body)
    assert isinstance(body, Contact)
    return body


def refused(desk: Desk, sample: Sample, typed: CallForm) -> str:
    """The sentence of the refusal, which leaves the case as it was."""
    before = events(desk, sample)
    waiting = _outbox(desk)
    with pytest.raises(InputError) as caught:
        desk.call.save(sample.id, typed)
    assert events(desk, sample) == before
    assert _outbox(desk) == waiting
    return caught.value.message.plain()


def _outbox(desk: Desk) -> int:
    with desk.seat.store.read() as conn:
        return int(conn.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one())


def test_no_answer_asks_nothing_and_dates_the_next_call(desk: Desk) -> None:
    began = desk.now() - timedelta(seconds=40)
    moments = {"began_at": began, "ended_at": began + timedelta(seconds=25)}
    typed = form(LIU, "no_answer", **{name: at.isoformat() for name, at in moments.items()})
    assert desk.call.check(LIU.id, typed).ok
    (event,) = saved(desk, LIU, typed)
    assert (event.outcome, event.channel, event.contact_point) == ("no_answer", "call", LIU.part("mobile"))
    assert (contact_of(event).ring_seconds, event.duration) == (25, None)
    assert (contact_of(event).after_seconds or 0) >= 15
    action = desk.seat.file(LIU.id).state.next_action
    assert action is not None
    assert (action.action, action.due) == ("call", date(2026, 11, 24))
    assert _outbox(desk) == 1


def test_a_promise_names_what_is_missing_until_nothing_is(desk: Desk) -> None:
    empty = form(LIU, "promise_to_pay")
    assert desk.call.check(LIU.id, empty).missing == ("identity", "amount", "due", "reason")
    assert refused(desk, LIU, empty) == "Still missing: identity."
    typed = promise(LIU, "100", "2026-11-30", identity=["full_name"])
    assert desk.call.check(LIU.id, typed).missing == ("identity",)
    typed.identity = ["full_name", "full_name"]  # the same check twice is one check
    assert desk.call.check(LIU.id, typed).missing == ("identity",)
    typed.identity = ["full_name", "id_tail"]
    assert desk.call.check(LIU.id, typed).ok
    for name in ("amount", "due", "reason"):
        lacking = replace(typed, **{name: "  "})  # type: ignore[arg-type]  # names of text fields
        assert desk.call.check(LIU.id, lacking).missing == (name,)
        assert refused(desk, LIU, lacking) == f"Still missing: {name}."


def test_no_outcome_is_missing_and_an_unknown_one_is_too(desk: Desk) -> None:
    for outcome in ("", "sung_to"):
        assert desk.call.check(LIU.id, form(LIU, outcome)).missing == ("outcome",)
        assert refused(desk, LIU, form(LIU, outcome)) == "Still missing: outcome."


def test_a_promise_and_its_call_are_saved_together(desk: Desk) -> None:
    contact, promised = saved(desk, LIU, promise(LIU, "3000", "2026-11-30", method="wechat", note="月底发工资"))
    assert (contact.kind, promised.kind) == ("contact", "promise")
    assert (promised.amount, promised.due_on) == (300_000, date(2026, 11, 30))
    body = decode_body(promised.kind, promised.body)
    assert isinstance(body, Promise)
    assert (body.currency, body.method) == ("CNY", "wechat")
    assert contact_of(contact).identity == ("full_name", "card_tail")
    assert contact_of(contact).note == "月底发工资"
    action = desk.seat.file(LIU.id).state.next_action
    assert action is not None
    assert (action.action, action.due) == ("check_payment", date(2026, 11, 30))


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("1200", 120_000), ("1,200.50", 120_050), ("0.3万", 300_000), ("3k", 300_000), ("¥88", 8_800), ("１００", 10_000)],
)
def test_amounts_as_people_write_them(desk: Desk, typed: str, minor: int) -> None:
    check = desk.call.check(LIU.id, promise(LIU, typed, "+3"))
    assert check.readings["amount"].value == minor, check.readings["amount"].error
    assert check.ok


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("今天", TODAY),
        ("明天", date(2026, 11, 24)),
        ("+3", date(2026, 11, 26)),
        ("2026-12-01", date(2026, 12, 1)),
        ("12-1", date(2026, 12, 1)),
    ],
)
def test_days_as_people_write_them(desk: Desk, typed: str, day: date) -> None:
    check = desk.call.check(LIU.id, promise(LIU, "100", typed))
    assert check.readings["due"].value == day, check.readings["due"].error
    assert check.next_due == day


def test_an_entry_that_cannot_be_read_is_named_beside_its_field(desk: Desk) -> None:
    typed = promise(LIU, "about a bit", "some day")
    check = desk.call.check(LIU.id, typed)
    assert check.readings["amount"].error is not None
    assert check.readings["due"].error is not None
    assert not check.ok
    assert refused(desk, LIU, typed) == check.readings["amount"].error.plain()


def test_a_promise_of_nothing_or_of_more_than_is_owed_is_refused(desk: Desk) -> None:
    assert refused(desk, LIU, promise(LIU, "0", "+3")) == "A promise needs an amount above zero."
    # 刘洋 owes 8,300.00 and 30.52
    assert "is more than the" in refused(desk, LIU, promise(LIU, "8330.53", "+3"))
    assert desk.call.check(LIU.id, promise(LIU, "8330.52", "+3")).ok


def test_a_promise_in_the_past_or_too_far_away_is_refused(desk: Desk) -> None:
    assert refused(desk, LIU, promise(LIU, "100", "2026-11-22")).endswith("is past; a promise lies today or later.")
    most = rules_for_figures("zh-CN").promise_longest_days
    last = TODAY + timedelta(days=most)
    assert desk.call.check(LIU.id, promise(LIU, "100", last.isoformat())).ok
    far = (last + timedelta(days=1)).isoformat()
    said = refused(desk, LIU, promise(LIU, "100", far))
    assert said.endswith(f"is more than {most} days away; agree a plan instead.")


def test_a_note_that_is_too_long_is_refused_whole(desk: Desk) -> None:
    typed = form(LIU, "no_answer", note="注" * 50_000)
    said = refused(desk, LIU, typed)
    assert "50000" in said.replace(",", "")
    assert "Nothing was cut" in said
    assert typed.note == "注" * 50_000
    longest = "注" * LONGEST_NOTE
    (event,) = saved(desk, LIU, form(LIU, "no_answer", note=longest))
    assert contact_of(event).note == longest


def test_a_second_promise_replaces_the_open_one_and_says_so(desk: Desk) -> None:
    _, first = saved(desk, LIU, promise(LIU, "1000", "+3"))
    again = promise(LIU, "1500", "+5")
    replaced = desk.call.check(LIU.id, again).realism[0]
    assert replaced.plain().startswith("This replaces the open promise of")
    assert replaced.params["amount"] == (100_000, "CNY")
    _, second = saved(desk, LIU, again)
    assert second.answers == first.id
    third = desk.call.check(LIU.id, promise(LIU, "1", "+1")).realism[0]
    assert third.params["amount"] == (150_000, "CNY")


def test_what_the_debtors_own_record_says_stands_beside_a_promise(desk: Desk) -> None:
    """LIU never promised and never paid; WANG paid 1,500 at once and has a promise open."""

    def said(sample: Sample, amount: str) -> list[str]:
        return [line.plain() for line in desk.call.check(sample.id, promise(sample, amount, "+3")).realism]

    assert said(LIU, "") == ["The first promise on record."]
    assert said(LIU, "100") == ["The first promise on record.", "Nothing was paid in the last twelve months."]
    assert said(WANG, "1500")[0].startswith("This replaces the open promise of")
    assert said(WANG, "1500")[-1].startswith("As much was paid at once in the last twelve months:")
    assert said(WANG, "1500.01")[-1].startswith("Never so much at once in the last twelve months: at most")
    assert desk.call.check(WANG.id, form(WANG, "no_answer")).realism == ()


def test_what_was_typed_for_another_outcome_neither_blocks_nor_is_recorded(desk: Desk) -> None:
    """The fields are not shown any more: nobody could put them right, and nobody said them."""
    typed = promise(LIU, "999999999", "yesterday?", callback="never", ability=1, willingness=5, method="cash",
                    person_name="刘洋", satisfaction=5, evidence="工资单", recording="R-1")  # fmt: skip
    typed.outcome = "no_answer"
    assert desk.call.check(LIU.id, typed).ok
    (event,) = saved(desk, LIU, typed)
    body = contact_of(event)
    assert (body.identity, body.reason, body.satisfaction) == ((), None, None)
    assert (body.ability, body.willingness) == (None, None)
    assert (body.person_name, body.evidence, body.recording) == ("", "", "")
    assert typed.amount == "999999999", "the form keeps it, in case the other outcome was right after all"


def test_a_grade_wants_what_bears_it_out(desk: Desk) -> None:
    graded = form(LIU, "right_party_no_commitment", identity=["full_name", "card_tail"], ability=2)
    assert desk.call.check(LIU.id, graded).missing == ("evidence",)
    assert desk.call.check(LIU.id, replace(graded, evidence="工资单")).ok
    assert desk.call.check(LIU.id, replace(graded, note="称停薪三个月，有通知为证。")).ok


def test_a_form_begins_with_what_the_case_knows_of_what_is_asked(desk: Desk) -> None:
    assert desk.call.known(LIU.id, form(LIU, "promise_to_pay")) == {}
    desk.call.save(LIU.id, promise(LIU, "100", "+3"))
    assert desk.call.known(LIU.id, form(LIU, "promise_to_pay")) == {"reason": "income_lost"}
    assert desk.call.known(LIU.id, form(LIU, "no_answer")) == {}
    spouse = next(point for point in desk.seat.file(WANG.id).points if point.related_person_id)
    called = CallForm(contact_point=spouse.id, outcome="third_party_spoken")
    assert desk.call.known(WANG.id, called) == {"person_name": "周敏"}
    assert desk.call.known(WANG.id, replace(called, outcome="wrong_party")) == {}


@pytest.mark.parametrize(
    ("typed", "day", "at"),
    [
        ("15:30", 23, "15:30"),
        ("9:00", 24, "09:00"),  # nine has passed: tomorrow
        ("明天 10:30", 24, "10:30"),
        ("+2 9:00", 25, "09:00"),
        ("2026-11-30 16：05", 30, "16:05"),
    ],
)
def test_a_callback_is_kept_to_the_minute(desk: Desk, typed: str, day: int, at: str) -> None:
    desk.call.save(LIU.id, form(LIU, "callback_requested", callback=typed))
    action = desk.seat.file(LIU.id).state.next_action
    assert action is not None
    assert (action.action, action.due, action.time) == ("call_back", date(2026, 11, day), at)


@pytest.mark.parametrize("typed", ["25:00", "sometime", "明天 10:75"])
def test_a_callback_that_cannot_be_read_is_refused(desk: Desk, typed: str) -> None:
    assert refused(desk, LIU, form(LIU, "callback_requested", callback=typed))


def test_a_callback_or_a_next_action_in_the_past_is_refused(desk: Desk) -> None:
    for typed in ("2026-11-20 9:00", "今天 9:00", "2026-11-22"):
        said = refused(desk, LIU, form(LIU, "callback_requested", callback=typed))
        assert said.endswith("is past; call back later than now.")
    assert desk.call.check(LIU.id, form(LIU, "callback_requested", callback="今天")).ok
    said = refused(desk, LIU, form(LIU, "no_answer", next_due="2026-11-22"))
    assert said.endswith("is past; the next action lies today or later.")


def test_a_third_party_is_recorded_as_one(desk: Desk) -> None:
    typed = CallForm(contact_point=WANG.part("wife"), outcome="third_party_will_relay", person_name="周敏",
                     override_reason="回电")  # fmt: skip
    (event,) = saved(desk, WANG, typed)
    body = contact_of(event)
    assert (body.party, body.person_name) == ("related", "周敏")
    (wrong,) = saved(desk, LIU, form(LIU, "wrong_party"))
    assert contact_of(wrong).party == "unrelated"
    assert LIU.part("mobile") in desk.seat.file(LIU.id).state.dead_points


def test_a_call_out_names_the_number_and_a_call_in_need_not(desk: Desk) -> None:
    assert refused(desk, LIU, CallForm(outcome="no_answer")) == "Choose the number that was called."
    (event,) = saved(desk, LIU, CallForm(outcome="claims_paid", direction="in", identity=["full_name", "id_tail"]))
    assert contact_of(event).direction == "in"
    assert event.contact_point is None


def test_a_call_under_a_red_light_says_so_in_the_record(tmp_path: Path) -> None:
    late = open_desk(tmp_path / "late", at=time(22, 40))
    try:
        assert late.call.begin(LIU.id, LIU.part("mobile")).verdict == "block"
        (event,) = saved(late, LIU, form(LIU, "no_answer", override_reason="客户要求夜间来电"))
        body = contact_of(event)
        assert (body.verdict, body.override_reason) == ("block", "客户要求夜间来电")
        assert event.pack
    finally:
        late.close()


def test_going_ahead_against_a_warning_needs_a_reason(desk: Desk) -> None:
    assert desk.call.begin(CHEN_GUILAN.id, CHEN_GUILAN.part("mobile")).verdict == "warn"  # a dispute is open
    typed = form(CHEN_GUILAN, "no_answer")
    assert desk.call.check(CHEN_GUILAN.id, typed).missing == ("override_reason",)
    assert refused(desk, CHEN_GUILAN, typed) == "Still missing: override_reason."
    typed.override_reason = "  to tell the answer to the dispute "
    (event,) = saved(desk, CHEN_GUILAN, typed)
    assert (contact_of(event).verdict, contact_of(event).override_reason) == (
        "warn", "to tell the answer to the dispute",
    )  # fmt: skip


def test_the_light_is_the_one_at_the_moment_of_dialling(tmp_path: Path) -> None:
    late = open_desk(tmp_path / "late", at=time(22, 1))
    try:
        begun = (late.now() - timedelta(minutes=5)).isoformat()
        assert late.call.check(LIU.id, form(LIU, "no_answer")).missing == ("override_reason",)
        (event,) = saved(late, LIU, form(LIU, "no_answer", began_at=begun))
        assert contact_of(event).verdict == "allow"
    finally:
        late.close()


def test_a_call_under_a_green_light_says_so_too(desk: Desk) -> None:
    verdict = desk.call.begin(LIU.id, LIU.part("mobile")).verdict
    (event,) = saved(desk, LIU, form(LIU, "no_answer"))
    assert contact_of(event).verdict == verdict == "allow"


@pytest.mark.parametrize("outcome", [row.id for row in outcomes.TABLE.values() if not row.visit])
def test_every_outcome_leaves_exactly_one_dated_next_action(desk: Desk, outcome: str) -> None:
    required = {name: FILLED[name] for name in outcomes.TABLE[outcome].required}
    for sample in (LIU, WANG):  # an untouched case and one with a history
        desk.call.save(sample.id, form(sample, outcome, **required))
        action = desk.seat.file(sample.id).state.next_action
        assert action is not None
        assert action.action
        assert action.due >= TODAY


def test_a_next_action_of_one_s_own_goes_before_the_proposal(desk: Desk) -> None:
    desk.call.save(LIU.id, form(LIU, "no_answer", next_action="send_letter", next_due="+4"))
    action = desk.seat.file(LIU.id).state.next_action
    assert action is not None
    assert (action.action, action.due) == ("send_letter", date(2026, 11, 27))


def _but_for_the_corrections(state: CaseState) -> CaseState:
    """Without what merely counts that more was written."""
    return msgspec.structs.replace(state, set_aside=(), events=0, last_event_at=None)


Typed = Callable[[], CallForm]


@pytest.mark.parametrize(
    "typed",
    [
        lambda: promise(LI, "1000", "+3"),
        lambda: form(LI, "disputes_debt", note="对利息有异议"),
        lambda: form(LI, "invalid_number"),
    ],
    ids=["promise", "dispute", "dead number"],
)
def test_undo_adds_corrections_and_the_state_is_as_before(desk: Desk, typed: Typed) -> None:
    before = desk.seat.file(LI.id).state
    added = saved(desk, LI, typed())
    assert desk.seat.file(LI.id).state != before
    desk.call.undo(LI.id)
    after = desk.seat.file(LI.id)
    assert {event.id for event in added} <= {event.id for event in after.events}  # nothing is deleted
    corrections = [event for event in after.events if event.kind == "correction"]
    assert {event.answers for event in corrections} == {event.id for event in added}
    assert all(decode_body(event.kind, event.body) == Correction(what="undo") for event in corrections)
    assert _but_for_the_corrections(after.state) == _but_for_the_corrections(before)


def test_undo_a_second_time_is_refused_when_nothing_is_left(desk: Desk) -> None:
    desk.call.save(ZHOU.id, promise(ZHOU, "1000", "+3"))
    desk.call.undo(ZHOU.id)
    count = len(events(desk, ZHOU))
    with pytest.raises(InputError, match="nothing of yours"):
        desk.call.undo(ZHOU.id)
    assert len(events(desk, ZHOU)) == count == 4


def test_undo_takes_back_the_call_and_never_the_record_that_a_number_was_shown(desk: Desk) -> None:
    (call,) = saved(desk, LIU, form(LIU, "no_answer"))
    desk.privacy.reveal(LIU.id, "phone", LIU.part("mobile"), "dial")
    desk.call.undo(LIU.id)
    assert desk.seat.file(LIU.id).state.set_aside == (call.id,)
    with pytest.raises(InputError, match="nothing of yours"):
        desk.call.undo(LIU.id)


def test_what_was_saved_a_while_ago_is_taken_back_only_when_it_is_meant(desk: Desk) -> None:
    saved(desk, LIU, form(LIU, "no_answer"))
    desk.seat.clock.shift += timedelta(hours=3)
    before = events(desk, LIU)
    with pytest.raises(LongSaved) as asked:
        desk.call.undo(LIU.id)
    assert asked.value.message.plain().startswith("刘洋: saved on 2026-11-23 at 10:24.")
    assert events(desk, LIU) == before
    desk.call.undo(LIU.id, older=True)
    assert events(desk, LIU)[-1].kind == "correction"


def test_undo_leaves_a_colleague_s_work_alone(desk: Desk) -> None:
    own = [event for event in events(desk, WANG) if event.author == desk.seat.person.id]
    moments = {event.occurred_at for event in own}
    for _ in moments:
        desk.call.undo(WANG.id, older=True)
    with pytest.raises(InputError, match="nothing of yours"):
        desk.call.undo(WANG.id, older=True)
    assert set(desk.seat.file(WANG.id).state.set_aside) == {event.id for event in own}


def test_the_telephone_is_passed_on_in_one_call(desk: Desk) -> None:
    began = (desk.now() - timedelta(seconds=50)).isoformat()
    before = desk.seat.file(LIU.id).state.attempts
    first = form(LIU, "third_party_spoken", began_at=began, answered_at=began, person_name="his sister")
    changes, following = desk.call.pass_on(LIU.id, first)
    desk.announce(changes)
    assert (following.outcome, following.contact_point, following.began_at) == ("", LIU.part("mobile"), began)
    following.outcome, following.identity = "right_party_no_commitment", ["full_name", "id_tail"]
    following.satisfaction = 4
    (event,) = saved(desk, LIU, following)
    (sister, debtor) = desk.seat.file(LIU.id).events[-2:]
    assert contact_of(debtor).same_call == sister.id == following.same_call
    assert (contact_of(sister).party, contact_of(debtor).party, contact_of(event).satisfaction) == (
        "related",
        "debtor",
        4,
    )
    assert contact_of(debtor).ring_seconds is None
    assert desk.seat.file(LIU.id).state.attempts == before + 1
    (call,) = past_contacts(desk.seat.file(LIU.id).events)
    assert (call.party, call.outcome, call.at) == ("debtor", "right_party_no_commitment", sister.corrected_at)


def test_what_is_missing_for_the_first_person_keeps_the_form(desk: Desk) -> None:
    with pytest.raises(InputError):
        desk.call.pass_on(LIU.id, form(LIU, ""))


def test_control_characters_of_a_paste_are_left_out_of_the_record(desk: Desk) -> None:
    (event,) = saved(desk, LIU, form(LIU, "no_answer", note="a\x00b\r\n\tc\x07\x85😀𠮷"))
    assert contact_of(event).note == "ab\n\tc😀𠮷"
    assert "\\u0000" not in event.body


def test_times_corrected_by_hand_need_a_reason(desk: Desk) -> None:
    began = (desk.now() - timedelta(seconds=50)).isoformat()
    typed = form(LIU, "no_answer", began_at=began, ring="1:05")
    check = desk.call.check(LIU.id, typed)
    assert (check.times.ring, check.missing) == (65, ("times_reason",))
    assert refused(desk, LIU, typed) == "Still missing: times_reason."
    typed.times_reason = "dialled by hand before the key"
    (event,) = saved(desk, LIU, typed)
    assert (contact_of(event).ring_seconds, contact_of(event).times_reason) == (65, typed.times_reason)
    assert "2:05" in refused(desk, LIU, form(LIU, "no_answer", talk="long", times_reason="x"))
