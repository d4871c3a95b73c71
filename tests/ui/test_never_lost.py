"""The program is killed between two keystrokes: the note that was being typed is there when the window opens again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import WANG
from tests.ui.typist import TEXT
from ui.widgets.drafting import WITHIN_MS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("after", [1, 37, 120, 301])
def test_killed_between_two_keys_what_was_typed_comes_back(open_window: OpenWindow, tmp_path: Path, after: int) -> None:
    command = [sys.executable, "-m", "tests.ui.typist", str(tmp_path / "seat")]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    kept = typed = 0
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as typist:
        assert typist.stdout is not None
        for line in typist.stdout:
            word, _, count = line.partition(" ")
            kept, typed = (int(count), typed) if word == "kept" else (kept, int(count))
            if kept and typed >= after:
                break
        typist.kill()
    assert typist.returncode not in {0, 1}, "it was killed in the middle, and did not end by itself"
    steps = open_window()
    note = steps.window.call.note.toPlainText()
    assert TEXT.startswith(note)
    assert len(note) >= kept, "what was kept once is never lost"
    assert steps.window.call._form.outcome == "right_party_no_commitment"
    assert steps.window.desk.casefile.open(WANG.id).timeline, "the store opens whole"


def test_a_draft_is_kept_within_a_second_of_the_first_key() -> None:
    assert WITHIN_MS < 1000
