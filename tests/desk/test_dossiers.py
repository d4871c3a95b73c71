"""A day's dossier from the store: every value of every stop on it, nothing that the table masks, whatever is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.ui.sample_book import HOSTILE, SAMPLES, SUN, TODAY, WANG
from tests.ui.sample_desk import open_desk
from workstation.desk.dossiers import DossierMade, DossierWanted, StopWanted
from workstation.domain.errors import InputError
from workstation.domain.events import Dispute, Note
from workstation.domain.route import Place
from workstation.session import Desk

ALL = tuple(sample.id for sample in SAMPLES)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "seat", role="field")
    yield made
    made.close()


def wanted(desk: Desk, ids: tuple[str, ...] = ALL) -> DossierWanted:
    stops = tuple(
        StopWanted(
            case_id,
            begins=desk.now() + timedelta(minutes=40 * at),
            leaves=desk.now() + timedelta(minutes=40 * at + 20),
            at=Place(30.2 + at / 50, 120.1 + at / 70),
            metres=1200 * at,
        )
        for at, case_id in enumerate(ids)
    )
    return DossierWanted(TODAY, stops, (SUN,), Place(30.2, 120.1), Place(30.2, 120.1))


def pages(made: DossierMade) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(made.pdf)).pages]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_stop_has_its_values_and_nothing_masked_is_shown(desk: Desk, language: str) -> None:
    made = desk.dossiers.make(wanted(desk), language)
    found = pages(made)
    assert len(found) == made.issued.pages
    assert made.left_out == ()
    assert made.issued.fields == ("name", "address")
    assert made.issued.expires_on == TODAY + timedelta(days=3)
    for page in found:
        assert made.issued.number in page
        assert ("CONFIDENTIAL" if language == "en" else "机密") in page
    ends = [*(start - 1 for start in made.starts[1:]), len(found)]
    for sample, start, end in zip(SAMPLES, made.starts, ends, strict=True):
        file = desk.seat.file(sample.id)
        own = "".join(found[start - 1 : end])
        assert file.case.number in own
        assert "".join(sample.name.split()) in own
        for amount in (sample.principal, sample.interest, sample.penalty):
            assert f"{float(amount):,.2f}" in own
        assert next(point.value for point in file.points if point.kind == "address").replace(" ", "") in own
        whole = "".join(found)
        for point in file.points:
            if point.kind != "address":
                assert point.value not in whole
        for account in file.accounts:
            assert account.number not in whole
            assert f"****{account.number[-4:]}" in own
        for person in file.related:
            assert person.name not in whole
        assert (file.debtor.id_number or "x") not in whole
        assert (file.debtor.employer or "x") not in whole
    first = "".join(found[made.starts[0] - 1 : ends[0]])
    assert "公司9月停发工资" in first  # the last words
    assert "46,182.61" in first  # what may be settled for within the authority of who goes
    assert HOSTILE.replace(" ", "") in "".join(found)


def test_hostile_and_endless_words_stand_as_they_are_with_their_numbers_masked(desk: Desk) -> None:
    words = "=HYPERLINK(1) {name} <script> \u202e 𠮷 13912345678 " + "字" * 4000
    desk.seat.record(WANG.id, Note(text=words))
    made = desk.dossiers.make(wanted(desk, (WANG.id,)), "zh_CN")
    whole = "".join(pages(made))
    assert "=HYPERLINK(1){name}<script>" in whole
    assert "𠮷" in whole
    assert "13912345678" not in whole
    assert whole.count("字") >= 4000
    assert made.missing_glyphs == ()


def test_a_disputed_debt_has_no_offer_and_no_form(desk: Desk) -> None:
    whole = "".join(pages(desk.dossiers.make(wanted(desk, (WANG.id,)), "en")))
    assert "欠款确认书" in whole
    desk.seat.record(WANG.id, Dispute(state="open", text="never bought it"))
    whole = "".join(pages(desk.dossiers.make(wanted(desk, (WANG.id,)), "en")))
    assert "Adisputeisopensince" in whole
    assert "欠款确认书" not in whole
    assert "Settledfor" not in whole


def test_of_the_role_depends_what_stands_in_full(desk: Desk) -> None:
    seat = replace(desk.seat, person=replace(desk.seat.person, role="collector"))
    made = type(desk.dossiers)(seat, desk.dossier_register).make(wanted(desk, (WANG.id,)), "en")
    address = next(point.value for point in desk.seat.file(WANG.id).points if point.kind == "address")
    assert address.replace(" ", "") not in "".join(pages(made))
    assert made.issued.fields == ("name",)


def test_what_leaves_is_on_record_and_what_is_for_the_screen_has_no_number(desk: Desk) -> None:
    made = desk.dossiers.make(wanted(desk, (*ALL[:2], ALL[0])), "en")
    assert made.issued.case_ids == ALL[:2]  # the same case twice is one stop
    desk.dossiers.issue(made, "print")
    (row,) = desk.dossier_register.rows()
    assert (row.paper.number, row.paper.pages, row.paper.stops) == (made.issued.number, made.issued.pages, 2)
    screen = desk.dossiers.make(wanted(desk, ALL[:1]), "en", numbered=False)
    assert "Forthescreen" in pages(screen)[0]
    with pytest.raises(ValueError, match="do not leave"):
        desk.dossiers.issue(screen, "print")


def test_cases_that_left_are_named_and_no_stop_is_refused(desk: Desk) -> None:
    made = desk.dossiers.make(wanted(desk, (WANG.id, "gone")), "en")
    assert ["moved to a colleague" in problem.plain() for problem in made.left_out] == [True]
    with pytest.raises(InputError, match="No stop is planned"):
        desk.dossiers.make(wanted(desk, ()), "en")
    with pytest.raises(InputError, match="takes 500 stops"):
        desk.dossiers.make(wanted(desk, tuple(map(str, range(501)))), "en")


def test_on_the_screen_one_stop_at_a_time_masked_as_a_screen_is(desk: Desk) -> None:
    front = "".join(pages(desk.dossiers.make(wanted(desk), "en", numbered=False, only=0)))
    assert all(desk.seat.file(case_id).case.number in front for case_id in ALL)
    third = "".join(pages(desk.dossiers.make(wanted(desk), "en", numbered=False, only=3)))
    assert "Stop3of10" in third
    assert "Stop2of10" not in third
    address = next(point.value for point in desk.seat.file(ALL[2]).points if point.kind == "address")
    assert address.replace(" ", "") not in third
    assert "****" in third
