"""The dossier as paper: every page numbered and marked, each stop from a page of its own, forms complete, any size."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import product
from pathlib import Path

import pytest
from pypdf import PdfReader

from letters.dossier import Cancelled, DossierPdf, DossierSheet, Lines, StopPapers, Words, dossier_pdf
from letters.dossier_forms import FORMS, LANGUAGES, form_of, forms, lacks
from letters.route_picture import RoutePicture, RoutePoint
from letters.sheet import Section
from letters.tables import Column, Table
from workstation.desk.dossier_stop import door_texts
from workstation.domain.rulepack import JURISDICTIONS, load
from workstation.domain.script_words import debt_words

NUMBER = "7KQF2-M9X4P"
RARE = "𠮷野㐂·Ærøskøbing"
HOSTILE = "<b>{bank}</b> =1+1 \u202eevil\u202c\x07 &amp; ﷽"


def squeezed(text: str) -> str:
    return "".join(text.split())


def texts(made: DossierPdf) -> list[str]:
    return [squeezed(page.extract_text()) for page in PdfReader(BytesIO(made.pdf)).pages]


def stop(number: int, of: int, words: str = "Ring once.") -> StopPapers:
    columns = [Column("Card", "left"), Column("Sum")]
    return StopPapers(
        f"Stop {number} of {of}",
        f"{number} · Case",
        "C-1",
        [
            Section("What is owed", Table(columns, [["4031", "48,613.27"]])),
            Lines("To say", [("–", words)], ("Text.",)),
            Lines("Result", [("", "Notes")], ruled=True),
        ],
    )


def sheet(count: int, words: str = "Ring once.", points: tuple[RoutePoint, ...] = ()) -> DossierSheet:
    return DossierSheet(
        title="Visits",
        about="two",
        front=(Section("Stops", Table((), ()), "none"),),
        route=RoutePicture(points, "{km} km", "N", "The stops in their order") if points else None,
        after_route=(),
        stops=[stop(at, count, words) for at in range(1, count + 1)],
        words=Words("CONFIDENTIAL", f"Dossier {NUMBER}", "Page {page} of {pages}"),
        author="Bank",
        day=date(2026, 11, 23),
        language="en",
    )


def test_every_page_bears_the_number_and_its_place_and_the_bytes_are_the_same_again() -> None:
    made = dossier_pdf(sheet(3))
    found = texts(made)
    assert (len(found), made.pages, made.starts) == (4, 4, (2, 3, 4))
    for at, text in enumerate(found, 1):
        assert squeezed(f"Dossier {NUMBER}") in text
        assert "CONFIDENTIAL" in text
        assert f"Page{at}of4" in text
    assert "Stop2of3" in found[2]
    assert dossier_pdf(sheet(3)).sha256 == made.sha256


def test_two_hundred_stops_with_rare_and_hostile_words_and_places_that_are_none(tmp_path: Path) -> None:
    points = tuple(RoutePoint(str(at), 30 + at % 14 / 50, 120 + at % 9 / 40) for at in range(1, 199))
    nowhere = (
        RoutePoint("199", float("nan"), 1e9),
        RoutePoint("200", 91.0, 181.0),
        RoutePoint("S", 30, 120, home=True),
    )
    words = f"{RARE} {HOSTILE} " + "long " * 900
    seen: list[tuple[int, int]] = []
    whole = sheet(200, points=points + nowhere)
    made = dossier_pdf(
        replace(whole, stops=[*whole.stops[:-1], stop(200, 200, words)]), lambda done, of: seen.append((done, of))
    )
    assert (len(made.starts), seen[-1]) == (200, (200, 200))
    pdf = PdfReader(BytesIO(made.pdf))
    assert len(pdf.pages) == made.pages > 200
    last = "".join(squeezed(page.extract_text()) for page in pdf.pages[made.starts[-1] - 1 :])
    for value in ("𠮷野㐂·Ærøskøbing", "<b>{bank}</b>=1+1", "48,613.27", "Notes"):
        assert squeezed(value) in last
    assert "\x07" not in last
    path = tmp_path / "d.pdf"
    path.write_bytes(made.pdf)
    if shutil.which("pdftotext"):
        told = subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True, text=True).stdout
        assert told.count(NUMBER) == made.pages


@pytest.mark.parametrize(
    "points",
    [
        (RoutePoint("1", 30.0, 120.0),),
        (RoutePoint("1", 30.0, 120.0), RoutePoint("2", 30.0, 120.0)),
        (RoutePoint("1", float("inf"), 120.0),),
        (RoutePoint("1", -89.9, -180.0), RoutePoint("2", 89.9, 180.0)),
        (RoutePoint("1", 30.0, 120.0), RoutePoint("2", 30.0, 120.0000001)),
    ],
)
def test_a_picture_is_drawn_of_any_places(points: tuple[RoutePoint, ...]) -> None:
    assert "Thestopsintheirorder" in texts(dossier_pdf(sheet(1, points=points)))[0]


def test_whoever_has_gone_does_not_keep_the_pool_busy() -> None:
    with pytest.raises(Cancelled):
        dossier_pdf(sheet(3), cancelled=lambda: True)


@pytest.mark.parametrize(("language", "jurisdiction"), list(product(LANGUAGES, JURISDICTIONS)))
def test_the_forms_say_what_the_rules_of_each_jurisdiction_ask_for(language: str, jurisdiction: str) -> None:
    pack = load(jurisdiction)
    tables = {name: Table([Column("a", "left")], [["b"]]) for name in ("balance", "schedule")}
    for name in FORMS:
        form = forms(language)[name]
        paper = form_of(form, jurisdiction, {"name": RARE, "bank": HOSTILE}, tables, "C-1")
        assert not form.rule or lacks(paper, pack.texts(form.rule)) == []
        said = " ".join(text for _, text in paper.clauses)
        assert RARE in said
        assert "{name}" not in said
        assert "{total}" not in said  # what is not known is a line to write on
    assert lacks(paper, ("no_new_cards",)) == ["no_new_cards"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_about_a_debt_is_said_before_the_identity_or_to_others(language: str) -> None:
    found = door_texts(language)
    for line in (*found["before"], *found["third"]):
        assert debt_words(line) == ()
    assert found["after"]
    assert found["close"]
