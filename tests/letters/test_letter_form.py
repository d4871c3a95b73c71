"""`letter render`: the file stands whole or not at all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from letters.form import NotWritten, run_render
from letters.refusals import LetterRefused


def test_the_answer_describes_the_file(context, tmp_path):
    out = tmp_path / "letter.pdf"
    answer = run_render(context(), out)
    assert set(answer) == {"file", "pages", "sha256", "template", "version"}
    assert answer["file"] == str(out)
    assert answer["template"] == "demand"
    assert answer["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    json.dumps(answer)


def test_missing_glyphs_are_reported(context, tmp_path):
    wanted = context(free_paragraph="𠮷 ش")
    assert run_render(wanted, tmp_path / "a.pdf")["missing_glyphs"] == ["ش"]


def test_a_refused_letter_leaves_the_old_file(context, tmp_path):
    out = tmp_path / "letter.pdf"
    out.write_bytes(b"old")
    with pytest.raises(LetterRefused):
        run_render(context(debtor={}), out)
    assert out.read_bytes() == b"old"
    assert list(tmp_path.glob(".letter*")) == []


def test_a_missing_folder_is_said(context, tmp_path):
    with pytest.raises(NotWritten) as refused:
        run_render(context(), tmp_path / "nowhere" / "letter.pdf")
    assert "nowhere" in str(refused.value)


def test_a_folder_in_the_file_s_place_is_said_and_nothing_is_left(context, tmp_path):
    out = tmp_path / "letter.pdf"
    out.mkdir()
    with pytest.raises(NotWritten):
        run_render(context(), out)
    assert [Path(entry).name for entry in tmp_path.iterdir() if entry.name.startswith(".letter")] == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_said(context, tmp_path, monkeypatch):
    import letters.form as form

    def full(**_):
        import os

        return os.open("/dev/full", os.O_WRONLY), str(tmp_path / "never.part")

    monkeypatch.setattr(form.tempfile, "mkstemp", full)
    with pytest.raises(NotWritten) as refused:
        run_render(context(), tmp_path / "letter.pdf")
    assert "space" in str(refused.value)
    assert not (tmp_path / "letter.pdf").exists()
