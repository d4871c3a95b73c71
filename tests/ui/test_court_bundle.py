"""The court bundle in the window: one button beside the papers, kept as a file that another program reads."""

from __future__ import annotations

from pathlib import Path

from pypdf import PdfReader

from tests.ui.conftest import OpenWindow
from tests.ui.steps import Steps
from ui.case.line_views import PapersView


def papers(steps: Steps) -> PapersView:
    steps.window.show_view("papers")
    found = steps.window.findChild(PapersView)
    assert found is not None
    return found


def test_the_bundle_is_kept_as_a_file_in_the_debtor_s_language(open_window: OpenWindow, tmp_path: Path) -> None:
    steps = open_window("en")
    view = papers(steps)
    file = tmp_path / "bundle.pdf"
    view.bundle.save(0, file)
    assert view.state.text() == "Binding the papers …"
    steps.until(lambda: view.state.text() == "Kept as bundle.pdf", "the bundle is kept")
    assert "记录真实性的证明" in "".join(page.extract_text() for page in PdfReader(file).pages)


def test_a_folder_that_cannot_be_written_is_named_and_nothing_is_left(open_window: OpenWindow, tmp_path: Path) -> None:
    steps = open_window("en")
    view = papers(steps)
    view.bundle.save(0, tmp_path / "absent" / "bundle.pdf")
    steps.until(lambda: "could not be written" in view.state.text(), "it says so")
    assert not (tmp_path / "absent").exists()
