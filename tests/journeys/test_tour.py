"""The main job end to end, as `workstation tour` does it: the real window, centre, stores, letter and a second seat."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtGui import QImage

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tour")
    done = subprocess.run(
        [
            sys.executable, "-m", "workstation", "tour", "--out", str(out), "--cases", "120",
            "--as-of", "2026-11-23", "--language", "zh_CN",
        ],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return out


def _summary(tour: Path) -> dict[str, object]:
    return json.loads((tour / "summary.json").read_text("utf-8"))


def test_the_lead_sees_everything_the_collector_recorded(tour: Path) -> None:
    lead = _summary(tour)["lead"]
    assert lead["events_seen"] == lead["events_expected"] > 4


def test_both_plans_add_up_to_what_is_owed(tour: Path) -> None:
    plans = _summary(tour)["plans"]
    free, annuity = plans["interest_free"], plans["equal_instalment"]
    assert free["sum"] == free["first"] * 11 + free["last"]
    assert annuity["sum"] > free["sum"]


def test_the_letter_is_the_recorded_one_and_reads_back(tour: Path) -> None:
    import hashlib

    letter = _summary(tour)["letter"]
    raw = (tour / letter["file"]).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == letter["sha256"]
    pages = PdfReader(tour / letter["file"]).pages
    assert len(pages) == letter["pages"]
    text = "".join(page.extract_text() for page in pages)
    assert "催收函" in text
    assert "人民币" in text
    fonts = {str(font.get_object()["/BaseFont"]) for page in pages for font in page["/Resources"]["/Font"].values()}
    assert all("NotoSansSC" in font.replace("-", "") for font in fonts)


def test_every_screenshot_shows_a_window(tour: Path) -> None:
    shots = _summary(tour)["screenshots"]
    assert len(shots) >= 15
    for name in shots:
        image = QImage(str(tour / name))
        assert image.width() >= 700
        seen = {image.pixel(x, y) for x in range(0, image.width(), 37) for y in range(0, image.height(), 23)}
        assert len(seen) > 8, f"{name} is nearly empty"
