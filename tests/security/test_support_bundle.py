"""A support bundle can be read before it is sent, and names nobody: planted identities and secrets are looked for."""

from __future__ import annotations

import json
import logging
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest

from local_db.engine import open_store
from tests.local_db.small_book import KEY, PEOPLE, fill
from tests.security.planted import LOGIN, PASSWORD, SENTENCE, seen_in
from workstation import settings
from workstation.desk import doctor, support
from workstation.domain.message import Message
from workstation.security import logs
from workstation.security.credentials import Credentials

ROOT = Path(__file__).resolve().parents[2]
SERVER = "10.0.0.5"


@pytest.fixture
def lived_in(workstation_home: Path) -> list[support.Part]:
    """A device somebody works at: a store with cases, settings with every field filled, a log with faults."""
    folder = workstation_home / "seats" / f"{SERVER}-5432-workstation"
    store = open_store(folder / f"{LOGIN}.store", KEY)
    fill(store)
    store.close()
    credentials = Credentials()
    credentials.remember_password(f"{SERVER}:5432/workstation", LOGIN, PASSWORD)
    settings.save(
        msgspec.structs.replace(
            settings.Settings(),
            server=settings.ServerAddress(SERVER, 5432, "workstation", "/etc/zhao.min/ca.pem"),
            last_login=LOGIN,
            telephone=settings.Telephone("http", f"https://{LOGIN}:{PASSWORD}@pbx.example/", "sip.example", "801"),
            gateway=settings.Gateway(LOGIN, settings.MailServer(SERVER, login=LOGIN, sender=f"{LOGIN}@bank.example")),
        )
    )
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.begin()
    logging.getLogger("workstation.sync.push").error("sync failed: %s", SENTENCE, exc_info=ValueError(SENTENCE))
    logging.getLogger("psycopg").warning(SENTENCE)
    for handler in [each for each in root.handlers if each not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    logging.captureWarnings(False)
    return support.collect(doctor.examine(sign_in=False), Message.plain)


def test_nothing_personal_and_no_secret_is_in_it(lived_in: list[support.Part]) -> None:
    for part in lived_in:
        assert seen_in(part.text) == [], part.name
        for name, phone, card in PEOPLE:
            assert not [word for word in (name, phone, card) if word in part.text], part.name
        for word in (SERVER, "pbx.example/", KEY.hex(), "sip.example", "zhao.min", str(settings.home())):
            assert word not in part.text, part.name


def test_it_holds_what_helps_and_no_store(lived_in: list[support.Part], tmp_path: Path) -> None:
    names = [part.name for part in lived_in]
    assert names[:3] == ["versions.txt", "doctor.txt", "settings.json"]
    assert "logs/workstation.log" in names
    assert not [name for name in names if "store" in name or "seat" in name]
    assert json.loads(lived_in[2].text)["theme"] == "system"
    assert "PySide6" in lived_in[0].text
    assert "keyring" in lived_in[1].text
    out = tmp_path / "support.zip"
    support.write(lived_in, out)
    with zipfile.ZipFile(out) as bundle:
        assert bundle.namelist() == names
        for part in lived_in:
            assert bundle.read(part.name).decode() == part.text, "what was shown is what is in it"
        whole = b"".join(bundle.read(name) for name in names)
    assert b"SQLite format" not in whole
    if os.name == "posix":
        assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_a_bundle_that_cannot_be_written_leaves_nothing_behind(lived_in: list[support.Part], tmp_path: Path) -> None:
    with pytest.raises(support.BundleNotWritten, match=r"support\.zip"):
        support.write(lived_in, tmp_path / "nowhere" / "support.zip")
    assert not (tmp_path / "nowhere").exists()


def test_the_command_shows_it_and_writes_it(workstation_home: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workstation", "support", "--out", str(tmp_path / "s.zip"), "--show"],
        cwd=ROOT,
        env={**os.environ, "LANG": "C.UTF-8", "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "versions.txt" in done.stdout
    assert "SQLAlchemy" in done.stdout
    with zipfile.ZipFile(tmp_path / "s.zip") as bundle:
        assert "settings.json" in bundle.namelist()
