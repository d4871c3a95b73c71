"""Unusual looks on the lead's page: the sentence why, one key to the case, and looked into."""

from __future__ import annotations

from tests.desk.test_unusual_list import recorded
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SUN, WANG
from ui.conduct.page import ConductPage
from workstation.domain.events import Reveal


def test_a_lead_reads_why_and_notes_what_was_found(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    recorded(steps.window.desk, WANG.id, Reveal(field="phone", why="dial"), SUN, 3, WANG.part("mobile"))
    steps.key("F8")
    page = steps.window.pages.currentWidget()
    assert isinstance(page, ConductPage)
    steps.until(lambda: not page.reading and bool(page.unusual.table.rows), "the list is read")
    page.unusual.table.setFocus()
    page.unusual.table.setCurrentIndex(page.unusual.table.model().index(0, 0))
    assert page.note.isVisible()
    assert "not at this person's desk" in page.source.text()
    page.text.setText("asked him: a mistake")
    page.done.click()
    steps.until(lambda: bool(page.unusual.table.rows) and page.unusual.table.rows[0].reviewed is not None, "noted")
    assert page.unusual.table.rows[0].reviewed == "asked him: a mistake"
    titles = [entry.title.text for entry in steps.window.desk.casefile.open(WANG.id).timeline]
    assert "An unusual look at personal data was looked into" in titles


def test_an_ordinary_month_says_so(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    steps.key("F8")
    page = steps.window.pages.currentWidget()
    assert isinstance(page, ConductPage)
    steps.until(lambda: not page.reading, "the list is read")
    assert page.unusual.empty.isVisible()
