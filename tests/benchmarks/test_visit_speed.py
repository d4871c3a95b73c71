"""The visit's report at the door: shown for a case, a telephone's photo taken in, recorded with its photos; memory."""

from __future__ import annotations

import resource
from pathlib import Path
from time import process_time

import pytest
from PySide6.QtWidgets import QApplication

from local_db import attachments
from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import SIZES
from tests.desk.test_photos import camera
from tests.ui.closing import close_for_good
from tests.ui.sample_book import SAMPLES
from tests.ui.sample_desk import open_desk
from ui.app import application
from ui.look import Look
from ui.shell.window import MainWindow
from workstation.desk.visit_views import VisitorRow
from workstation.domain.visit_rules import CONDUCT_CHECKS

FULL = SIZES.name == "full"
RUNS, PHOTOS = (12, 200) if FULL else (4, 5)
LI, LIU = SAMPLES[1], SAMPLES[3]


@pytest.mark.bench
def test_the_report_is_shown_for_a_case(board: Board, tmp_path: Path) -> None:
    """Processor time, so that a machine that others use says the same; beside the call notes, which aim at a frame."""
    application()
    look = Look("zh_CN", "light", 100)
    look.apply()
    window = MainWindow(look, open_desk(tmp_path / "seat", role="field"))
    window.resize(1440, 900)
    window.show()
    shown: dict[str, list[float]] = {"visit": [], "call": []}
    for name in ("visit", "call"):
        window.show_tab(name)
        QApplication.processEvents()
    for turn in range(RUNS):
        for name, times in shown.items():
            window.show_tab(name)
            QApplication.processEvents()
            began = process_time()
            window.open_case((LI, LIU)[turn % 2].id)
            QApplication.processEvents()
            if turn >= 2:  # what is made when a case is first shown has been made
                times.append(process_time() - began)
    board.spread("Visit's report shown for another case, processor time", shown["visit"], aim_ms=100)
    board.ratio("The same / the call notes", shown["visit"], shown["call"])
    close_for_good(window)


@pytest.mark.bench
def test_photos_are_taken_in_and_recorded(board: Board, tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "seat")
    path = tmp_path / "photo.jpg"
    path.write_bytes(camera((4032, 3024)))
    form = desk.visit.start(LI.id)
    taken: list[float] = []
    for _ in range(RUNS):
        began = process_time()
        row = desk.visit.add_photo(LI.id, path, form)
        taken.append(process_time() - began)
    form.photos.append(row)
    board.spread("A photo of 12 million pixels taken in, processor time", taken, aim_ms=1_000)
    form.outcome, form.arrived, form.left = "visit_absent", "09:30", "09:40"
    form.team, form.conduct = [VisitorRow("孙强")], dict.fromkeys(CONDUCT_CHECKS, "yes")
    began = process_time()
    desk.visit.save(LI.id, form)
    board.spread("Report with a photo recorded, processor time", [process_time() - began], aim_ms=100)
    store, content = desk.seat.store, bytes(350_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(PHOTOS):
        with store.write() as conn:
            made = number.to_bytes(2, "big") + content
            attachments.add(conn, LIU.id, made, kind="photo", media="image/jpeg", at=desk.now())
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 110  # MB: the store's page cache is 64 of them; the photos are 70
    board.lists["Visits"] = [f"{PHOTOS} photos kept one after the other: the process grew by {grown:.0f} MB"]
    desk.close()
