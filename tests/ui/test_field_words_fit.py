"""No word is cut off on what is used in the field: the day with its stops, dossier, register, the look before leaving,
the visit's report with a photo, the agreement to be signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.test_field_page import page_of, put_on
from tests.ui.test_no_clipped_text import faults
from tests.ui.test_visit_panel import draw, panel, photo

LI, ZHANG, LIU = SAMPLES[1], SAMPLES[2], SAMPLES[3]
in_every_look = pytest.mark.parametrize(
    ("language", "scale"), [("zh_CN", 100), ("en", 100), ("zh_CN", 150), ("en", 150)]
)


@in_every_look
def test_every_word_fits_on_the_field_page(open_window: OpenWindow, tmp_path: Path, language: str, scale: int) -> None:
    steps = open_window(language, scale=scale, role="field")
    page = page_of(steps, nowhere=(LIU,))
    found = {"candidates": faults(steps.window)}
    put_on(steps, page, ZHANG, WANG, LI, LIU)
    assert [stop.case_id for stop in page.planned.stops]  # type: ignore[union-attr]
    page.stops.take_focus()
    steps.settle()
    found["stops"] = faults(steps.window)
    page.fold_setup()
    page.filters.fold()
    steps.settle()
    found["setup and filters"] = faults(steps.window)
    page.fold_setup()
    page.filters.fold()
    page.left.choose(LIU.id)
    page._choose(LIU.id)
    page.place()
    steps.settle()
    found["placing"] = faults(steps.window)
    steps.key("Esc")

    page.panes.show_dossier()
    pane = page.panes.dossier
    steps.until(lambda: len(pane.pages.images) == 1, "the list and the route")
    found["dossier"] = faults(steps.window)
    pane.save(tmp_path / "d.pdf")
    steps.until(lambda: bool(pane.register.table.rows), "it is in the register")
    pane.register.table.selectRow(0)
    steps.settle()
    found["register"] = faults(steps.window)

    page.panes.show_leaving()
    steps.until(lambda: page.panes.leaving.found is not None, "it was looked")
    steps.settle()
    found["leaving"] = faults(steps.window)
    assert not {screen: lines for screen, lines in found.items() if lines}


@in_every_look
@pytest.mark.parametrize("large", [False, True])
def test_every_word_fits_on_the_visits_report(
    open_window: OpenWindow, tmp_path: Path, language: str, scale: int, large: bool
) -> None:
    steps = open_window(language, scale=scale, case_id=LI.id, role="field")
    steps.window.look.choose(large=large)
    desk = steps.window.desk
    plan = desk.plan.start()
    plan.instalments = "6"
    desk.announce(desk.plan.propose(LI.id, plan))
    visit = panel(steps)
    steps.key("1")
    visit.result.set_text("promise")
    visit.met.set_text("related")
    visit.presence.arrived.set_text("09:99")
    visit.presence.companions[0].name.setEditText("孙强")
    visit.conduct.keep_all()
    question = next(iter(visit.conduct.questions.values()))
    question.chips["no"].click()
    visit.photos.take_in([photo(tmp_path, 400)])
    steps.until(lambda: len(visit.photos._rows) == 1 and not visit.photos._busy, "the photo is in")
    visit.seen._ask_device()
    steps.until(lambda: not visit._check_later.isActive(), "the form is read")
    steps.settle()
    found = {"report": faults(steps.window)}
    visit.photos._rows[0].out.click()
    steps.settle()
    found["photo taken out"] = faults(steps.window)
    visit.setFocus()
    visit.open_signing()
    signing = visit.signing_page()
    steps.until(lambda: bool(signing.pages.images), "the agreement is shown")
    draw(signing.pad, [(40, 60), (90, 20), (140, 90)])
    steps.settle()
    found["signing"] = faults(steps.window)
    steps.window.look.choose(large=False)
    assert not {screen: lines for screen, lines in found.items() if lines}
