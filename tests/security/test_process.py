"""A crash of the process that holds keys leaves no image of its memory, and no other process reads it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc and core files are Linux's")

SECRET = "kein-Abbild-des-Speichers-7391"  # looked for in what a crash leaves


def crash(folder: Path, *, private: bool) -> tuple[int, list[Path]]:
    """A process with a secret in its memory, that asks for core files and dies of SIGSEGV in its own folder."""
    code = f"""
import os, resource, signal, sys
sys.path.insert(0, {str(ROOT)!r})
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
from workstation.security.process import keep_memory_private
secret = {SECRET[:10]!r} + {SECRET[10:]!r}
if {private}:
    keep_memory_private()
os.kill(os.getpid(), signal.SIGSEGV)
"""
    child = subprocess.Popen([sys.executable, "-c", code], cwd=folder)
    _, status = os.waitpid(child.pid, 0)
    child.returncode = -signal.SIGSEGV
    assert os.WTERMSIG(status) == signal.SIGSEGV
    return int(os.WCOREDUMP(status)), [path for path in folder.iterdir() if path.name.startswith("core")]


def test_a_crash_writes_no_core(tmp_path: Path) -> None:
    dumped, left = crash(tmp_path, private=True)
    assert dumped == 0
    assert left == []
    # The proof that this machine would have written one, where it would; elsewhere the two lines above say it alone.
    dumped, left = crash(tmp_path, private=False)
    for core in left:
        assert SECRET.encode() in core.read_bytes()


def test_it_is_not_dumpable_and_stays_without_core_files() -> None:
    code = """
import json, resource
from workstation.security.process import dumpable, keep_memory_private
before = dumpable()
keep_memory_private()
print(json.dumps([before, dumpable(), resource.getrlimit(resource.RLIMIT_CORE)]))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[true, false, [0, 0]]"


def test_another_process_of_the_same_user_cannot_read_its_memory(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything: that is what remains")
    code = """
import sys
from workstation.security.process import keep_memory_private
keep_memory_private()
print("ready", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(PermissionError):
            Path(f"/proc/{child.pid}/mem").read_bytes()
        child.kill()
