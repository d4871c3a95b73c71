"""Temporary files are in memory, for the owner alone, and gone with the process; every use of one is known."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Who makes temporary files, and why that leaves nothing readable behind. A new line here is a conscious one.
KNOWN = {
    "letters/batch_work.py": "beside the letter or print file that is being written, replaced by it",
    "letters/manifest.py": "beside the batch's manifest that is being written, replaced by it",
    "letters/form.py": "beside the letter that is being written, readable by its owner, replaced by it",
    "ui/tour.py": "the tour's whole home, with made-up debtors",
    "workstation/central/binaries.py": "what a program of PostgreSQL said, at the centre",
    "workstation/central/programs.py": "what a program of PostgreSQL said, at the centre",
    "workstation/desk/excel.py": "a folder beside the workbook that is being written, its owner's alone, gone with it",
    "workstation/desk/importing/errors_file.py": "beside the error file that is being written, replaced by it",
    "workstation/desk/strategy_editing.py": "beside the strategy, no personal data",
    "workstation/desk/support.py": "beside the support bundle that is being written, redacted, replaced by it",
    "workstation/practice.py": "an encrypted store of made-up debtors, its key in this process only",
    "workstation/security/private_temp.py": "the private place itself",
    "workstation/settings.py": "beside the settings, no personal data",
}
_USE = re.compile(
    r"^\s*(import tempfile|from tempfile import)|QTemporary|NamedTemporaryFile|mkstemp|mkdtemp", re.MULTILINE
)


def test_every_use_of_a_temporary_file_is_known() -> None:
    found = {
        str(path.relative_to(ROOT))
        for folder in ("workstation", "ui", "letters", "local_db")
        for path in (ROOT / folder).rglob("*.py")
        if _USE.search(path.read_text(encoding="utf-8"))
    }
    assert found <= set(KNOWN), f"new: {sorted(found - set(KNOWN))}"


@pytest.fixture
def made(tmp_path: Path) -> dict[str, object]:
    code = """
import json, os, tempfile
from pathlib import Path
from workstation.security.private_temp import is_in_memory, use_private_temp
left = use_private_temp()
with tempfile.NamedTemporaryFile() as one:
    print(json.dumps({"place": str(left), "file": one.name, "memory": is_in_memory(left),
                      "mode": os.stat(left).st_mode, "children": os.environ["TMPDIR"]}))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    said: dict[str, object] = json.loads(done.stdout)
    return said


def test_it_is_in_memory_for_the_owner_alone_and_gone_afterwards(made: dict[str, object]) -> None:
    assert str(made["file"]).startswith(str(made["place"]))
    assert made["children"] == made["place"]
    assert stat.S_IMODE(int(str(made["mode"]))) == 0o700
    assert not Path(str(made["place"])).exists()
    if sys.platform.startswith("linux") and Path("/dev/shm").is_dir():
        assert made["memory"] is True


def test_what_a_killed_process_left_is_cleared_away() -> None:
    from workstation.security import private_temp

    code = """
import os, signal
from workstation.security.private_temp import use_private_temp
place = use_private_temp()
(place / "letter.ps").write_text("half printed")
print(place, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    left = Path(killed.stdout.strip())
    assert left.is_dir()
    code = "from workstation.security.private_temp import use_private_temp; use_private_temp()"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert not left.exists()
    assert private_temp._alive(str(2**22 + 1)) is False
