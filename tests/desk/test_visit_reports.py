"""Visits at a real desk: what the report asks for, what it records with photos and agreement, what is refused whole."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import msgspec
import pytest

from letters.verify import verify
from local_db import attachments
from local_db.engine import StoreFull
from tests.desk.test_photos import camera
from tests.ui.sample_book import HE, SAMPLES, SUN, WANG, Sample
from tests.ui.sample_desk import open_desk
from workstation.desk.field_draft import StopDraft
from workstation.desk.views import CallForm
from workstation.desk.visit_views import PhotoRow, VisitForm, VisitorRow
from workstation.domain.errors import InputError
from workstation.domain.events import Contact, Letter, PlanDecided, VisitReport, decode_body
from workstation.domain.field_day import Visitor as PlannedVisitor
from workstation.domain.visit_rules import CONDUCT_CHECKS
from workstation.session import Desk

LI = SAMPLES[1]
SIGNED = [[(100.0, 200.0), (300.0, 120.0), (420.0, 260.0)], [(500.0, 100.0), (700.0, 300.0)]]


def report(desk: Desk, sample: Sample, outcome: str = "visit_met", result: str = "", **call: object) -> VisitForm:
    """A whole report as a careful person would type it."""
    form = desk.visit.start(sample.id)
    form.outcome = outcome
    form.call = _call(form, result, call)
    form.arrived, form.left = "09:30", "09:55"
    form.team = [VisitorRow("孙强", SUN, "second")]
    form.conduct = dict.fromkeys(CONDUCT_CHECKS, "yes")
    return form


def _call(form: VisitForm, result: str, typed: dict[str, object]) -> CallForm:
    given = {"identity": ["full_name", "address"], "note": "在家中说明了情况。", **typed}
    return CallForm(contact_point=form.call.contact_point, outcome=result, **given)  # type: ignore[arg-type]


def recorded(desk: Desk, sample: Sample, form: VisitForm) -> list[tuple[str, object]]:
    """Kind and body of what saving adds, in the order of writing."""
    before = {event.id for event in desk.seat.file(sample.id).events}
    changes = desk.visit.save(sample.id, form)
    desk.announce(changes)
    added = [event for event in desk.seat.file(sample.id).events if event.id not in before]
    return [(event.kind, decode_body(event.kind, event.body)) for event in added]


def taken(desk: Desk, sample: Sample, form: VisitForm, folder: Path, size: tuple[int, int] = (900, 700)) -> PhotoRow:
    path = folder / f"{size[0]}.jpg"
    path.write_bytes(camera(size))
    row = desk.visit.add_photo(sample.id, path, form)
    form.photos.append(row)
    return row


def attached(desk: Desk, sample: Sample) -> dict[str, str]:
    with desk.seat.store.read() as conn:
        return {row.sha256: row.state for row in attachments.of_case(conn, sample.id)}


def test_a_promise_at_the_door_is_one_record_with_the_visit_and_its_photos(desk: Desk, tmp_path: Path) -> None:
    form = report(desk, WANG, result="promise_to_pay", amount="3k", due="28", reason="income_lost")
    row = taken(desk, WANG, form, tmp_path)
    form.photos[0].caption = "门牌"
    form.position, form.accuracy, form.position_source = row.place, "8", "photo"
    form.address_is, form.address_note, form.assets = "lives_here", "三楼东户", "旧电动车一辆"
    form.stop = "stop-1"
    check = desk.visit.check(WANG.id, form)
    assert (check.missing, check.errors) == ((), ())
    assert check.light is not None
    assert check.light.verdict == "allow"
    assert {"amount", "due", "reason", "identity"} <= set(check.asks)
    made = dict(recorded(desk, WANG, form))
    contact, told = made["contact"], made["visit"]
    assert isinstance(contact, Contact)
    assert isinstance(told, VisitReport)
    assert (contact.party, contact.identity, contact.began_at) == ("debtor", ("full_name", "address"), told.arrived_at)
    assert (told.result, told.stop, told.address_is) == ("promise_to_pay", "stop-1", "lives_here")
    assert [(who.name, who.role) for who in told.team] == [("陈静", "collector"), ("孙强", "second")]
    assert [who.who for who in told.met] == ["debtor"]
    assert told.position is not None
    assert (told.position.latitude, told.position.accuracy, told.position.source) == (31.2304, 8.0, "photo")
    assert [(photo.sha256, photo.caption) for photo in told.photos] == [(row.sha256, "门牌")]
    state = desk.seat.file(WANG.id).state
    assert state.promises[-1].amount == 300_000
    assert state.next_action is not None
    assert (state.next_action.action, state.last_outcome) == ("check_payment", "visit_met")
    assert attached(desk, WANG) == {row.sha256: "waiting"}
    assert hashlib.sha256(desk.visit.photo(WANG.id, row.sha256)).hexdigest() == row.sha256
    # One step takes all of it back, and the photo still goes to the centre: what was seen was seen.
    desk.announce(desk.call.undo(WANG.id))
    assert len(desk.seat.file(WANG.id).state.promises) == len(state.promises) - 1
    titles = [entry.title.plain() for entry in list(desk.casefile.open(WANG.id).timeline)[:12]]
    assert any("Visit report · 2 people · 1 photo" in title for title in titles)


def test_what_is_missing_is_named_and_nothing_is_recorded(desk: Desk) -> None:
    form = desk.visit.start(LI.id)
    assert desk.visit.check(LI.id, form).missing[:3] == ("visit_outcome", "arrived", "left")
    whole = report(desk, LI, result="refuses_to_pay")
    assert desk.visit.check(LI.id, whole).missing == ()
    for name, spoil in {
        "result": lambda form: setattr(form.call, "outcome", ""),
        "identity": lambda form: setattr(form.call, "identity", ["full_name"]),
        "note": lambda form: setattr(form.call, "note", " "),
        "left": lambda form: setattr(form, "left", ""),
        "conduct": lambda form: form.conduct.pop("recorded"),
        "conduct_note": lambda form: form.conduct.update(recorded="no"),
        "override_reason": lambda form: form.team.clear(),  # one alone is against the house's rule
    }.items():
        form = report(desk, LI, result="refuses_to_pay")
        spoil(form)
        assert name in desk.visit.check(LI.id, form).missing, name
        with pytest.raises(InputError):
            desk.visit.save(LI.id, form)
    absent = report(desk, LI, "visit_absent", "third_party_will_relay", note="")
    assert desk.visit.check(LI.id, absent).missing == ("met",)
    with desk.seat.store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one() == 0


@pytest.mark.parametrize(
    ("arrived", "left", "says"),
    [
        ("09:30", "09:10", "after one has arrived"),
        ("09:30", "23:59", "lies ahead"),
        ("2026-11-01 09:30", "2026-11-01 09:40", "days ago"),
        ("昨天 08:30", "昨天 22:00", "lasts more than 12 hours"),
        ("soon", "09:40", "such as 14:05"),
    ],
)
def test_times_that_cannot_be_are_refused(desk: Desk, arrived: str, left: str, says: str) -> None:
    form = report(desk, LI, "visit_absent", note="")
    form.arrived, form.left = arrived, left
    assert any(says in error.plain() for error in desk.visit.check(LI.id, form).errors)


def test_nobody_there_is_a_few_entries_and_a_visit_at_night_asks_why(desk: Desk) -> None:
    form = report(desk, LI, "visit_absent", identity=[], note="")
    form.arrived, form.left = "昨天 23:10", "昨天 23:15"
    assert desk.visit.check(LI.id, form).missing == ("override_reason",)
    form.call.override_reason = "债务人约定的时间"
    kinds = dict(recorded(desk, LI, form))
    assert set(kinds) == {"contact", "visit"}
    contact = kinds["contact"]
    assert isinstance(contact, Contact)
    assert (contact.verdict, contact.party) == ("block", "unknown")


def test_a_wrong_address_is_dead_afterwards_and_a_dispute_opens(desk: Desk) -> None:
    recorded(desk, LI, report(desk, LI, "visit_address_wrong", note=""))
    assert LI.part("home") in desk.seat.file(LI.id).state.dead_points
    recorded(desk, WANG, report(desk, WANG, result="disputes_debt", note="说这笔不是本人消费"))
    dispute = desk.seat.file(WANG.id).state.dispute
    assert dispute is not None
    assert dispute.about == "说这笔不是本人消费"


def agreed_plan(desk: Desk, sample: Sample) -> None:
    form = desk.plan.start()
    form.instalments = "6"
    desk.announce(desk.plan.propose(sample.id, form))


def test_an_agreement_signed_on_the_screen_is_on_record_and_proved(desk: Desk) -> None:
    assert desk.visit.agreements.refusal(LI.id) is not None
    agreed_plan(desk, LI)
    assert desk.visit.agreements.refusal(LI.id) is None
    form = report(desk, LI, result="plan_agreed")
    assert desk.visit.check(LI.id, form).missing == ("signature",)
    with pytest.raises(InputError, match="too little"):
        desk.visit.agreements.sign(LI.id, [[(1.0, 1.0), (9.0, 9.0)]], LI.name)
    form.signature = desk.visit.agreements.sign(LI.id, SIGNED, LI.name)
    made = recorded(desk, LI, form)
    letter = next(body for _, body in made if isinstance(body, Letter))
    decided = next(body for _, body in made if isinstance(body, PlanDecided))
    told = next(body for _, body in made if isinstance(body, VisitReport))
    assert (decided.decision, decided.consent) == ("agreed", "signed")
    assert desk.seat.file(LI.id).state.plan_in_force
    assert told.signature is not None
    assert (told.signature.sha256, told.signature.signer) == (form.signature.sha256, LI.name)
    pdf = desk.correspondence.archived(told.signature.letter)
    verdict = verify(pdf, letter.context, letter.version)
    assert verdict.same
    assert desk.correspondence.verify(told.signature.letter).same
    # Another hand, another paper.
    spoilt = msgspec.json.decode(msgspec.json.encode(letter.context))
    spoilt["plan"]["signature"]["strokes"] = "100,200 300,120 420,261;500,100 700,300"
    with pytest.raises(InputError, match="not the one that was drawn"):
        verify(pdf, spoilt, letter.version)
    assert attached(desk, LI)[form.signature.sha256] == "waiting"
    text = _text_of(pdf)
    assert form.signature.sha256[:16] in text
    desk.announce(desk.call.undo(LI.id))
    assert not desk.seat.file(LI.id).state.plan_in_force


def _text_of(pdf: bytes) -> str:
    import io

    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_photo_that_is_broken_or_too_large_leaves_the_report_as_it_was(desk: Desk, tmp_path: Path) -> None:
    form = report(desk, LI, "visit_absent", note="")
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(camera((800, 600))[:3000])
    large = tmp_path / "large.jpg"
    with large.open("wb") as file:
        file.truncate(80_000_000)
    for path in (broken, large):
        with pytest.raises(InputError) as refused:
            desk.visit.add_photo(LI.id, path, form)
        assert refused.value.code == "photo_refused"
    assert form.photos == []
    assert attached(desk, LI) == {}
    assert desk.visit.check(LI.id, form).missing == ()


def test_a_full_disk_keeps_the_draft_and_records_nothing(desk: Desk, tmp_path: Path) -> None:
    form = report(desk, LI, "visit_absent", note="")
    row = taken(desk, LI, form, tmp_path)
    desk.drafts.save(LI.id, "visit", msgspec.json.encode(form).decode())
    with desk.seat.store.write() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    form.address_note, form.assets, form.call.note = "x" * 3_900, "y" * 3_900, "z" * 3_900
    with pytest.raises(StoreFull):
        desk.visit.save(LI.id, form)
    with pytest.raises(StoreFull):
        taken(desk, LI, form, tmp_path, (1400, 1000))
    assert [event.kind for event in desk.seat.file(LI.id).events if event.kind == "visit"] == []
    back = desk.visit.opened(LI.id, desk.drafts.load(LI.id, "visit"))
    assert [kept.sha256 for kept in back.photos] == [row.sha256]
    assert attached(desk, LI) == {row.sha256: "draft"}
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count = 1073741823")
    assert {kind for kind, _ in recorded(desk, LI, form)} == {"contact", "visit"}  # room was made


def test_what_came_in_before_a_crash_is_in_the_report_again(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "seat")
    form = report(desk, LI, "visit_absent", note="")
    desk.drafts.save(LI.id, "visit", msgspec.json.encode(form).decode())
    row = taken(desk, LI, form, tmp_path)  # and the program dies before the draft knows of it
    other = taken(desk, LI, form, tmp_path, (640, 480))
    desk.close()
    again = open_desk(tmp_path / "seat")
    back = again.visit.opened(LI.id, again.drafts.load(LI.id, "visit"))
    assert {kept.sha256 for kept in back.photos} == {row.sha256, other.sha256}
    assert (back.outcome, back.arrived, back.photos[0].taken_at) == ("visit_absent", "09:30", row.taken_at)
    back.photos = [kept for kept in back.photos if kept.sha256 != other.sha256]
    back.removed.append(other.sha256)
    assert len(again.visit.opened(LI.id, msgspec.json.encode(back).decode()).photos) == 1
    assert {photo.sha256 for photo in _told(recorded(again, LI, back)).photos} == {row.sha256}
    assert attached(again, LI) == {row.sha256: "waiting"}  # what was taken out is gone for good
    assert again.drafts.load(LI.id, "visit") is None
    again.close()


def _told(made: list[tuple[str, object]]) -> VisitReport:
    body = dict(made)["visit"]
    assert isinstance(body, VisitReport)
    return body


def test_a_draft_of_another_version_begins_anew_and_keeps_its_photos(desk: Desk, tmp_path: Path) -> None:
    form = desk.visit.start(LI.id)
    row = taken(desk, LI, form, tmp_path)
    back = desk.visit.opened(LI.id, '{"outcome": ["of another version"]}')
    assert (back.outcome, [kept.sha256 for kept in back.photos]) == ("", [row.sha256])
    assert date.fromisoformat(desk.visit.now_text(LI.id)[:10]) == desk.today()


def test_a_report_begins_with_the_days_plan(desk: Desk) -> None:
    day = desk.field_days.draft(desk.today())
    team = (*day.team, PlannedVisitor("companion", "孙强", SUN), PlannedVisitor("legal", "何琳", HE))
    stops = (StopDraft(LI.id, point=LI.part("home")),)
    desk.field_days.keep(desk.today(), msgspec.structs.replace(day, team=team, stops=stops))
    form = desk.visit.start(LI.id)
    assert [(row.name, row.person, row.role) for row in form.team] == [("孙强", SUN, "second"), ("何琳", HE, "legal")]
    assert (form.call.contact_point, form.stop) == (LI.part("home"), f"{desk.today().isoformat()}/{LI.id}")
    assert desk.visit.start(WANG.id).stop == ""
