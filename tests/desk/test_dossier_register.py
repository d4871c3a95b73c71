"""The register of dossiers on paper: out, back, lost, expired; what the day's close and the lead see of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from local_db import outbox
from tests.ui.sample_book import HE, SAMPLES, SUN, TODAY
from workstation.desk.conduct import Conduct, sentence
from workstation.desk.day_close import DayClose
from workstation.desk.dossier_register import DossierRegister, Issued
from workstation.desk.seat import Clock, Seat
from workstation.domain.errors import InputError
from workstation.domain.events import TakenOut, decode_body
from workstation.session import Desk

IDS = tuple(sample.id for sample in SAMPLES[:3])


def issued(register: DossierRegister, **other: object) -> Issued:
    return Issued(
        **{
            "number": register.free_number(),
            "case_ids": IDS,
            "expires_on": TODAY + timedelta(days=3),
            "day": TODAY,
            "lent_to": (SUN,),
            "pages": 12,
            "sha256": "ab" * 32,
            "fields": ("address", "name"),
            **other,
        }  # type: ignore[arg-type]
    )


def later(seat: Seat, days: int) -> Seat:
    return replace(seat, clock=Clock(seat.clock.zone, seat.clock.shift + timedelta(days=days)))


def by(seat: Seat, person: str, role: str) -> Seat:
    return replace(seat, person=replace(seat.person, id=person, role=role))


def register_of(seat: Seat) -> DossierRegister:
    return DossierRegister(seat, lambda _changes: None)


def test_a_printed_dossier_is_on_record_on_every_case_until_it_is_back(desk: Desk) -> None:
    register = desk.dossier_register
    made = issued(register)
    changes = register.issue(made, "print")
    assert changes.case_ids == set(IDS)
    with desk.seat.store.read() as conn:
        assert outbox.waiting(conn) == 6  # on each case that it left, and that it is out
    taken = [
        decode_body(event.kind, event.body) for event in desk.seat.file(IDS[0]).events if event.kind == "taken_out"
    ]
    assert [(body.what, body.cases, body.fields, body.why) for body in taken if isinstance(body, TakenOut)] == [
        ("dossier", 3, ("address", "name"), "visit")
    ]
    (row,) = register.rows()
    assert (row.paper.state, row.lent_to, row.printed_by, row.mine, len(row.numbers)) == (
        "out",
        ("孙强",),
        "陈静",
        True,
        3,
    )
    titles = [entry.title.plain() for entry in desk.casefile.open(IDS[1]).timeline]
    assert f"Dossier {made.number} printed · back by {made.expires_on}" in titles
    assert any(made.number in item.what.plain() for item in desk.day_close.check().open)
    register.give_back(made.number.lower().replace("-", " "))
    assert register.rows()[0].paper.state == "returned"
    assert not any(made.number in item.what.plain() for item in desk.day_close.check().open)
    with pytest.raises(InputError, match="back already"):
        register.give_back(made.number)
    with pytest.raises(InputError, match="back already"):
        register.report_lost(made.number, "in the bus")


def test_a_number_is_given_out_once(desk: Desk) -> None:
    register = desk.dossier_register
    made = issued(register)
    register.issue(made, "save")
    with pytest.raises(InputError, match="given out already"):
        register.issue(made, "print")
    assert len({register.free_number() for _ in range(50)}) == 50


def test_a_lost_one_comes_to_the_lead_and_is_looked_into(desk: Desk) -> None:
    made = issued(desk.dossier_register)
    desk.dossier_register.issue(made, "print")
    holder = register_of(by(desk.seat, SUN, "field"))
    with pytest.raises(InputError) as refused:
        holder.report_lost(made.number, "  ")
    assert refused.value.field == "reason"
    holder.report_lost(made.number, "left in the bus 16, driver asked, 13800006620")
    lead = Conduct(by(desk.seat, HE, "lead"))
    row = next(row for row in lead.rows() if made.number in sentence(row).plain())
    assert (row.level, row.author, row.channel.id) == ("block", "孙强", "dossier")
    assert "left in the bus" in row.said
    assert "13800006620" not in row.said
    lead.review(row, "all three debtors told")
    row = next(row for row in lead.rows() if made.number in sentence(row).plain())
    assert row.reviewed == "all three debtors told"
    register_of(by(desk.seat, HE, "lead")).give_back(made.number)  # found again: the lead may take it back
    row = next(row for row in lead.rows() if made.number in sentence(row).plain())
    assert "came back" in sentence(row).plain()
    assert row.reviewed == "all three debtors told"


def test_one_past_its_day_is_named_to_its_holder_and_the_lead(desk: Desk) -> None:
    made = issued(desk.dossier_register)
    desk.dossier_register.issue(made, "print")
    seat = later(desk.seat, 4)
    assert register_of(seat).rows()[0].paper.state == "expired"
    said = [item.what.plain() for item in DayClose(seat).check().open]
    assert f"Dossier {made.number} was to be back by {made.expires_on}: hand it back, or report it lost." in said
    rows = Conduct(by(seat, HE, "lead")).rows()
    assert [row.level for row in rows if made.number in sentence(row).plain()] == ["warn"]
    assert not [row for row in Conduct(by(desk.seat, HE, "lead")).rows() if made.number in sentence(row).plain()]


def test_what_is_not_ones_own_or_unknown_is_refused(desk: Desk) -> None:
    made = issued(desk.dossier_register, lent_to=())
    desk.dossier_register.issue(made, "print")
    with pytest.raises(InputError, match="of yours"):
        register_of(by(desk.seat, SUN, "field")).give_back(made.number)
    with pytest.raises(InputError, match="of yours"):
        desk.dossier_register.give_back(desk.dossier_register.free_number())
    with pytest.raises(InputError, match="no number"):
        desk.dossier_register.give_back("O" * 10)


def test_the_days_of_a_dossier_are_a_rule_that_a_house_may_shorten() -> None:
    from workstation.domain.rulepack import JURISDICTIONS, load, overlay

    for jurisdiction in JURISDICTIONS:
        pack = load(jurisdiction)
        assert pack.dossier_days == 3
        text = (
            f'jurisdiction = "{jurisdiction}"\nversion = "2026-11-01"\nhouse = "h"\n\n[[rule]]\nid = "dossier_days"\n'
        )
        text += 'value = 1\ntitle = "t"\neffective = 2026-11-01\nstrength = "house"\n'
        assert overlay(pack, text, "h.toml", date(2026, 11, 23)).dossier_days == 1
