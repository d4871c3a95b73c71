"""The audit at the desk: pages, an opened record with its chain, and an extract that openssl alone can check."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from local_db.engine import open_store
from tests.central.adversary import FOREIGN_NUMBER, two_teams
from tests.central.builders import NOW, hello, new_id, note, push
from tests.central.server import CentralDatabase
from tests.security.certificates import PASSWORD, organisation
from workstation.desk.audit import AuditDesk, AuditFilter
from workstation.desk.audit_extract import COLUMNS, Cancelled, Extracts
from workstation.desk.seat import Clock, Person, Seat
from workstation.domain.events import BODIES, Reveal, TakenOut, encode_body
from workstation.domain.labels import LABELS
from workstation.i18n import Translator
from workstation.security import signing

SAY = Translator("en").say


@pytest.fixture
def seen(central: CentralDatabase) -> CentralDatabase:
    two_teams(central)
    with central.connect("li.na") as conn:
        device = hello(conn)
        [(case_id,)] = conn.execute("SELECT id::text FROM cases ORDER BY number LIMIT 1").fetchall()
        who = central.people["li.na"]
        shown = note(
            case_id, who, device, kind="reveal",
            body=encode_body(Reveal(field="phone", why="other", reason="=HYPERLINK(1) 13912345678", seconds=20)),
        )  # fmt: skip
        taken = note(
            case_id, who, device, kind="taken_out", occurred_at=NOW + timedelta(seconds=1),
            body=encode_body(TakenOut(how="print", what="work_plan_day", cases=7, batch="b", fields=("name",))),
        )  # fmt: skip
        assert push(conn, shown, taken) == [("accepted", None)] * 2
    return central


def seat_of(central: CentralDatabase, login: str, role: str, folder: Path) -> Seat:
    team = None if role in {"auditor", "admin"} else central.teams["north"]
    person = Person(central.people[login], login, login, role, team, "")
    store = open_store(folder / f"{login}.store", bytes(32))
    return Seat(store, person, new_id(), Clock.starting_at(date(2026, 11, 23), NOW.time(), "UTC"))


@pytest.fixture
def auditor(seen: CentralDatabase, tmp_path: Path) -> Iterator[AuditDesk]:
    seat = seat_of(seen, "audit", "auditor", tmp_path)
    yield AuditDesk(seat, lambda: seen.connect("audit"))
    seat.store.close()


def test_the_records_say_what_was_done_and_own_words_are_masked(auditor: AuditDesk) -> None:
    rows = auditor.find(AuditFilter(classes=frozenset({"saw", "took"}))).rows
    assert [SAY(row.said) for row in rows] == [
        "Printed: The work plan of a day · 7 cases",
        "Shown in full: Phone number",
    ]
    assert SAY(rows[1].why) == "Another reason: =HYPERLINK(1) 139 **** 5678"
    assert all(row.late for row in rows), "recorded in 2026, received now"


def test_a_case_is_asked_for_by_its_number_and_says_who_had_it(auditor: AuditDesk) -> None:
    page = auditor.find(AuditFilter(number=f" {FOREIGN_NUMBER} "))
    assert {row.record.author_name for row in page.rows} == {"孙浩"}
    assert {holder.name for holder in page.holders} == {"孙浩", "south"}
    assert auditor.find(AuditFilter(number="unknown")).rows == ()


def test_the_last_day_is_included(auditor: AuditDesk) -> None:
    saw = frozenset({"saw"})
    assert len(auditor.find(AuditFilter(classes=saw, first=NOW.date(), last=NOW.date())).rows) == 1  # type: ignore[arg-type]
    assert auditor.find(AuditFilter(classes=saw, last=NOW.date() - timedelta(days=1))).rows == ()  # type: ignore[arg-type]


def test_a_lead_asks_about_the_team_only(seen: CentralDatabase, tmp_path: Path) -> None:
    seat = seat_of(seen, "chen.jie", "lead", tmp_path)
    lead = AuditDesk(seat, lambda: seen.connect("chen.jie"))
    assert {name for _, name in lead.people()} == {"李娜", "王伟", "赵敏", "陈洁"}
    assert {row.record.author_name for row in lead.find(AuditFilter()).rows} == {"李娜", "王伟"}
    opened = lead.open(lead.find(AuditFilter()).rows[0])
    assert opened.good is None
    seat.store.close()


def test_a_collector_asks_about_themselves_only(seen: CentralDatabase, tmp_path: Path) -> None:
    seat = seat_of(seen, "wang.wei", "collector", tmp_path)
    own = AuditDesk(seat, lambda: seen.connect("wang.wei"))
    assert not own.offered
    assert own.people() == ((seen.people["wang.wei"], "wang.wei"),)
    assert {row.record.author_name for row in own.find(AuditFilter()).rows} == {"王伟"}
    assert own.find(AuditFilter(person=seen.people["li.na"])).rows == ()
    seat.store.close()


def test_every_kind_of_record_and_act_has_words() -> None:
    assert {kind for kind in BODIES if ("event_kind", kind) not in LABELS} == set()


# ---- the extract ----


def extract(auditor: AuditDesk, folder: Path, **asked: object) -> Path:
    signer = signing.read(organisation(folder), PASSWORD)
    path = folder / "audit.zip"
    Extracts(auditor._seat, auditor).make(path, AuditFilter(**asked), signer, SAY)  # type: ignore[arg-type]
    return path


def checked_by_openssl(folder: Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed")
    command = "cms -verify -binary -inform DER -in manifest.json.p7s -content manifest.json -CAfile CA.pem -purpose any"
    return subprocess.run(
        [program, *command.split(), "-out", "checked"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_openssl_alone_confirms_the_extract(auditor: AuditDesk, tmp_path: Path) -> None:
    path = extract(auditor, tmp_path)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    done = checked_by_openssl(tmp_path)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert manifest["complete"]
    assert manifest["records"] == len(json.loads((tmp_path / "records.json").read_text("utf-8")))
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("name", ["manifest.json", "manifest.json.p7s"])
def test_openssl_finds_one_changed_byte(auditor: AuditDesk, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(extract(auditor, tmp_path)) as archive:
        archive.extractall(tmp_path)
    content = bytearray((tmp_path / name).read_bytes())
    content[len(content) // 2 if name == "manifest.json" else -1] ^= 1
    (tmp_path / name).write_bytes(content)
    assert checked_by_openssl(tmp_path).returncode != 0


def test_a_spreadsheet_finds_no_formula_and_nobody_a_number(auditor: AuditDesk, tmp_path: Path) -> None:
    with zipfile.ZipFile(extract(auditor, tmp_path)) as archive:
        contents = {
            name: archive.read(name).decode("utf-8-sig") for name in archive.namelist() if name != "manifest.json.p7s"
        }
    rows = list(csv.reader(io.StringIO(contents["records.csv"])))
    assert tuple(rows[0]) == COLUMNS
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)
    assert all("13912345678" not in content for content in contents.values())


def test_the_centre_recorded_the_extract_under_the_hash_of_its_manifest(auditor: AuditDesk, tmp_path: Path) -> None:
    path = extract(auditor, tmp_path, number=FOREIGN_NUMBER)
    with zipfile.ZipFile(path) as archive:
        digest = hashlib.sha256(archive.read("manifest.json")).hexdigest()
    newest = auditor.find(AuditFilter(classes=frozenset({"admin"}))).rows[0]
    assert (newest.record.kind, newest.record.outcome) == ("audit_exported", digest)
    assert SAY(newest.said) == "Took an extract of the audit"


def test_what_is_stopped_or_cannot_be_recorded_leaves_no_file(
    seen: CentralDatabase, auditor: AuditDesk, tmp_path: Path
) -> None:
    signer = signing.read(organisation(tmp_path), PASSWORD)
    path = tmp_path / "audit.zip"
    with pytest.raises(Cancelled):
        Extracts(auditor._seat, auditor).make(path, AuditFilter(), signer, SAY, cancelled=lambda: True)
    with seen.connect() as conn:
        conn.execute("REVOKE EXECUTE ON FUNCTION app.audit_took(json, integer, text) FROM ws_auditor")
    from workstation.domain.errors import WorkstationError

    with pytest.raises(WorkstationError):
        Extracts(auditor._seat, auditor).make(path, AuditFilter(), signer, SAY)
    assert not path.exists()
    assert list(tmp_path.glob("*.part")) == []
