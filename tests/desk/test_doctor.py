"""The doctor says what is wrong with a device in plain words, and never a secret."""

from __future__ import annotations

import socket
from datetime import date
from pathlib import Path

import msgspec
import pytest

from local_db import projections, replica
from local_db.engine import open_store
from tests.central.server import PASSWORD, CentralDatabase
from tests.security.memory_keyring import MemoryKeyring
from workstation import settings, tables
from workstation.desk.doctor import Finding, examine
from workstation.security.credentials import STORE_KEYS, Credentials
from workstation.settings import ServerAddress, Settings

TODAY = date(2026, 11, 23)
SEAT = "127.0.0.1-5432-workstation/li.na"


@pytest.fixture
def store_file(workstation_home: Path) -> Path:
    """A seat with one case, as a first sign-in leaves it."""
    path = workstation_home / "seats" / f"{SEAT}.store"
    path.parent.mkdir(parents=True, mode=0o700)
    store = open_store(path, Credentials().store_key(SEAT))
    values = {"id": "c1", "book_id": "b1", "number": "2026-1", "version": 1, "opened_on": "2026-11-01"}
    with store.write() as conn:
        replica.upsert(conn, tables.case, [[values.get(column.name) for column in tables.case.columns]])
        projections.refresh(conn, ["c1"], TODAY)
    store.close()
    return path


def found(name: str) -> Finding:
    """The one finding of that name."""
    [finding] = [finding for finding in examine(today=TODAY) if finding.name == name]
    return finding


def test_a_new_device_needs_only_a_centre() -> None:
    states = {finding.name: finding.state for finding in examine(today=TODAY)}
    assert states == {
        "python": "ok",
        "packages": "ok",
        "disk": "ok",
        "settings": "ok",
        "rules": "ok",
        "strategy": "ok",
        "keyring": "ok",
        "centre": "warn",
        "telephone": "ok",
    }


def test_a_sound_store(store_file: Path) -> None:
    assert found(f"store {SEAT}").state == "ok"
    assert "Intact" in found(f"store {SEAT}").message.plain()


def test_a_locked_keyring_is_one_finding_and_stores_are_left_alone(
    store_file: Path, memory_keyring: MemoryKeyring
) -> None:
    memory_keyring.locked = True
    before = store_file.read_bytes()
    assert found("keyring").state == "bad"
    assert "locked" in found("keyring").message.plain()
    assert found(f"store {SEAT}").state == "warn"
    assert store_file.read_bytes() == before


def test_a_store_whose_key_is_gone_is_not_given_a_new_one(store_file: Path, memory_keyring: MemoryKeyring) -> None:
    memory_keyring.delete_password(STORE_KEYS, SEAT)
    assert found(f"store {SEAT}").state == "bad"
    assert "do not delete the store" in found(f"store {SEAT}").message.plain()
    assert memory_keyring.entries() == {}


def test_a_changed_page_is_noticed(store_file: Path) -> None:
    content = bytearray(store_file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    store_file.write_bytes(content)
    assert found(f"store {SEAT}").state == "bad"
    assert "damaged" in found(f"store {SEAT}").message.plain()


def test_a_projection_that_disagrees_with_its_events_is_noticed(store_file: Path) -> None:
    store = open_store(store_file, Credentials().store_key(SEAT))
    with store.write() as conn:
        assert conn.exec_driver_sql("UPDATE case_row SET state = '{\"events\":99}'").rowcount == 1
    store.close()
    assert found(f"store {SEAT}").state == "bad"
    assert found(f"store {SEAT}").message.plain().startswith("1 case ")


def test_a_folder_open_to_others_is_pointed_out(store_file: Path) -> None:
    store_file.parent.chmod(0o755)
    said = [finding for finding in examine(today=TODAY) if finding.name == f"store {SEAT}"]
    assert [finding.state for finding in said] == ["warn", "ok"]


def test_broken_settings_are_explained() -> None:
    settings.settings_file().parent.mkdir(parents=True)
    settings.settings_file().write_text("{")
    assert found("settings").state == "warn"


@pytest.mark.parametrize("host", ["127.0.0.1", "a name with spaces", "x" * 70 + ".example"])
def test_a_centre_that_does_not_answer(host: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.save(Settings(server=ServerAddress(host=host, port=unused.getsockname()[1])))
        assert found("centre").state == "warn"
    assert "cannot be reached" in found("centre").message.plain()


def sign_in_settings(central: CentralDatabase, login: str) -> str:
    """Settings that point at the test's own centre; returns how the keyring knows it."""
    address = ServerAddress("127.0.0.1", central.server.port, central.name)
    settings.save(Settings(server=address, last_login=login))
    return f"{address.host}:{address.port}/{address.database}"


def test_signing_in_at_a_real_centre(central: CentralDatabase) -> None:
    server_id = sign_in_settings(central, "li.na")
    assert found("centre").state == "ok"
    assert found("sign-in").state == "warn", "no password kept yet"
    Credentials().remember_password(server_id, "li.na", "wrong")
    assert found("sign-in").state == "bad"
    Credentials().remember_password(server_id, "li.na", PASSWORD)
    assert found("sign-in").state == "ok"
    assert not [finding for finding in examine(today=TODAY, sign_in=False) if finding.name == "sign-in"]
    with central.connect(autocommit=True) as conn:
        for version, state in (("0000", "warn"), ("9999", "bad")):
            conn.execute("UPDATE central_meta SET schema_version = %s", [version])
            assert found("sign-in").state == state


def test_no_finding_tells_a_secret(central: CentralDatabase, store_file: Path) -> None:
    server_id = sign_in_settings(central, "li.na")
    Credentials().remember_password(server_id, "li.na", PASSWORD)
    key = Credentials().store_key(SEAT)
    said = msgspec.json.encode([(finding.name, finding.message.plain()) for finding in examine(today=TODAY)]).decode()
    assert PASSWORD not in said
    assert key.hex() not in said
