"""Nothing of one machine or one network gets into the repository, and nothing that ships is left out of the wheel."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("workstation", "ui", "letters", "local_db", "resources")

# Written apart so that this file does not find itself.
REGISTRIES = re.compile(
    "|".join(("py" + r"pi\.", "python" + "hosted", "npm" + r"js\.", "conda" + r"\.(io|org)", "/sim" + "ple/"))
)
MACHINE_PATHS = re.compile(
    "|".join(("/wo" + "rk/", "/ro" + "ot/", "/ho" + r"me/\w", "/Us" + r"ers/\w", r"C:\\" + "Users"))
)


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw:
            found.append((str(path.relative_to(ROOT)), raw.decode("utf-8", errors="replace")))
    return found


@pytest.mark.parametrize("pattern", [REGISTRIES, MACHINE_PATHS], ids=["registries", "machine paths"])
def test_no_address_of_one_machine_or_network(pattern: re.Pattern[str]) -> None:
    found = [f"{name}: {hit[0]}" for name, text in texts() for hit in [pattern.search(text)] if hit]
    assert not found


def test_no_secret_looking_file() -> None:
    endings = {".pem", ".key", ".p12", ".pfx", ".sqlite", ".db", ".store", ".env"}
    assert not [str(path) for path in tracked() if path.suffix in endings or path.name.startswith(".env")]


def test_every_room_stands_in_the_import_contract() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(contract["layers"] for contract in config["contracts"] if contract["type"] == "layers")
    named = {room.strip() for layer in layers for room in layer.split("|")}
    rooms = {
        f"workstation.{path.stem}"
        for path in (ROOT / "workstation").iterdir()
        if not path.name.startswith(("__init__", "__pycache__"))
    }
    assert rooms <= named, "a room outside the contract may import anything"


def test_wheel_carries_every_shipped_file(tmp_path: Path) -> None:
    source = tmp_path / "source"
    names = [path.relative_to(ROOT) for path in tracked()]
    for name in names:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
    build = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-index", "--no-deps"]
    done = subprocess.run(
        [*build, "--no-build-isolation", "--wheel-dir", tmp_path, source], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    [wheel] = tmp_path.glob("*.whl")
    carried = set(zipfile.ZipFile(wheel).namelist())
    shipped = {name.as_posix() for name in names if name.parts[0] in SHIPPED and name.name != ".gitkeep"}
    left_out = shipped - carried
    assert not left_out
    strangers = {name for name in carried if name.startswith(("tests/", "tools/"))}
    assert not strangers
