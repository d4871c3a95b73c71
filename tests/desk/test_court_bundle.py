"""The court bundle of a real case: nothing on record is missing, what was changed is marked, numbers are shortened."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.ui.sample_book import WANG
from workstation.desk.court_bundle import MadeBundle
from workstation.domain.events import Note
from workstation.session import Desk

NUMBER = "13812346620"


@pytest.fixture
def letter(desk: Desk) -> bytes:
    made = desk.correspondence.preview(WANG.id, "demand")
    desk.correspondence.record(WANG.id, made, "The branch asked for it.")
    return made.pdf


def text(made: MadeBundle) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(made.bound.pdf)).pages)


def flat(made: MadeBundle) -> str:
    return re.sub(r"\s+", "", text(made))


def test_every_record_stands_in_it_with_its_fingerprint(desk: Desk, letter: bytes) -> None:
    said = flat(desk.court_bundles.make(WANG.id, "en"))
    events = desk.seat.file(WANG.id).events
    assert len(events) > 5
    for event in events:
        assert event.hash in said
    assert "Allofthemagreewithwhatwasrecorded." in said


def test_letters_are_bound_as_they_were_sent(desk: Desk, letter: bytes) -> None:
    made = desk.court_bundles.make(WANG.id, "en")
    sent = [page.extract_text() for page in PdfReader(BytesIO(letter)).pages]
    start = dict(made.bound.index)["Demand letter of 23 November 2026"]
    bound = [page.extract_text() for page in PdfReader(BytesIO(made.bound.pdf)).pages][start - 1 :]
    for before, after in zip(sent, bound, strict=True):
        assert before in after


def test_a_letter_that_cannot_be_had_is_named(desk: Desk, letter: bytes) -> None:
    made = desk.court_bundles.make(WANG.id, "en")
    assert len(made.lacking) == 1  # the sample's letter of 10 November is known by its hash only
    assert "Letters that are not bound" in dict(made.bound.index)
    assert "Demand letter of 10 November 2026" in text(made)


def test_a_changed_record_does_not_agree(desk: Desk) -> None:
    promise = next(event for event in desk.seat.file(WANG.id).events if event.kind == "promise")
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE case_event SET amount = 1 WHERE id = ?", (promise.id,))
    said = text(desk.court_bundles.make(WANG.id, "en"))
    assert "1 of them does not agree with what was recorded: it is marked below." in said
    assert re.sub(r"\s+", " ", said).count("DOES NOT AGREE") == 1  # where a line breaks depends on the fingerprints
    assert "All of them agree" not in said


def test_numbers_and_addresses_are_shortened_and_reveals_left_out(desk: Desk) -> None:
    point = next(point for point in desk.seat.file(WANG.id).points if point.kind == "phone")
    before = desk.court_bundles.make(WANG.id, "en")
    desk.privacy.reveal(WANG.id, point.kind, point.id, "dial")
    after = desk.court_bundles.make(WANG.id, "en")
    assert point.value not in flat(after)
    assert text(after) == text(before)


def test_what_was_paid_says_where_it_went(desk: Desk) -> None:
    said = text(desk.court_bundles.make(WANG.id, "en"))
    assert "1,500.00" in said
    assert "the bank gave no balance before it" in said.replace("\n", " ")


def test_a_long_note_is_whole_in_it(desk: Desk) -> None:
    words = [f"word{n}" for n in range(900)]
    desk.seat.record(WANG.id, Note(text=" ".join(words)))
    assert re.findall(r"word\d+", text(desk.court_bundles.make(WANG.id, "en"))) == words


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_both_languages_are_whole(desk: Desk, letter: bytes, language: str) -> None:
    made = desk.court_bundles.make(WANG.id, language)
    said = text(made)
    assert "〓" not in said
    english = {"What is owed", "History", "Promises", "Recordings", "How the history is proven", "Contents"}
    assert all((heading in said) is (language == "en") for heading in english)
    assert made.name == "XYK-2026-0001.pdf"
    assert desk.court_bundles.make(WANG.id, language).bound.sha256 == made.bound.sha256
