"""Identities planted wherever a log could take them from; the log file is read, and has none of them."""

from __future__ import annotations

import json
import logging
import os
import stat
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from local_db.engine import open_store
from tests.security import planted
from tests.security.planted import SENTENCE, seen_in
from workstation import settings
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.security import logs, redaction

ROOT = Path(__file__).resolve().parents[2]
OURS = logging.getLogger("workstation.desk.telephone")


@pytest.fixture
def log_file(workstation_home: Path) -> Iterator[Path]:
    """The program's log, begun; what the process's logging and hooks were before comes back."""
    root = logging.getLogger()
    handlers, level, raising = list(root.handlers), root.level, logging.raiseExceptions
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    path = logs.begin()
    assert path is not None
    yield path
    for handler in [each for each in root.handlers if each not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    logging.raiseExceptions = raising
    logging.captureWarnings(False)
    for ours in logs.OURS:
        logging.getLogger(ours).setLevel(logging.NOTSET)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_line_says_when_what_and_where(log_file: Path) -> None:
    OURS.info("dialling failed: %s", "pbx_refused")
    OURS.warning("the centre did not take %d records", 12)
    first, second = lines(log_file)
    assert first["text"] == "dialling failed: pbx_refused"
    assert (first["level"], first["where"]) == ("info", "workstation.desk.telephone")
    assert second["text"] == "the centre did not take 12 records"
    assert first["at"].endswith("+00:00")


@pytest.mark.parametrize("word", planted.EVERYTHING)
def test_an_argument_that_names_somebody_is_left_out(log_file: Path, word: str) -> None:
    OURS.error("dialling failed: %s", word)
    OURS.error("dialling failed: %s", {"name": word})
    OURS.error("dialling failed: %(name)s", {"name": word})
    OURS.error("dialling failed: %d", word)
    OURS.error("dialling failed", word)
    OURS.error("dialling failed: %s", Exception(word))
    if word.isdigit():
        OURS.error("dialling failed: %d", int(word))
    text = log_file.read_text("utf-8")
    # One plain lower-case word alone cannot be told from a code: that no caller gives one is tests/house's.
    assert seen_in(text) == []
    assert text.count("\n") >= 6


def test_errors_with_their_causes_leave_their_texts_behind(log_file: Path) -> None:
    try:
        try:
            {}[SENTENCE]
        except KeyError as error:
            raise InputError(msg("{name} owes", name=SENTENCE), field="name") from error
    except InputError:
        OURS.exception("dialling failed")
    (line,) = lines(log_file)
    assert [each["error"] for each in line["raised"]] == ["InputError", "KeyError"]
    assert line["raised"][0]["code"] == "bad_input"
    assert "tests/security/test_logs.py" in line["raised"][0]["at"][0]
    assert seen_in(log_file.read_text("utf-8")) == []


def test_a_database_error_quotes_no_row(log_file: Path, tmp_path: Path) -> None:
    store = open_store(tmp_path / "li.na.store", bytes(32))
    try:
        with pytest.raises(sa.exc.DBAPIError) as caught, store.write() as conn:
            conn.exec_driver_sql("INSERT INTO no_such_table (name) VALUES (?)", (SENTENCE,))
        assert seen_in(str(caught.value)) == [], "hide_parameters"
        OURS.error("it failed", exc_info=caught.value)
        with pytest.raises(sa.exc.DBAPIError) as quoted, store.write() as conn:
            conn.exec_driver_sql(f"SELECT '{SENTENCE}' FROM no_such_table")
        OURS.error("it failed", exc_info=quoted.value)
    finally:
        store.close()
    assert lines(log_file)[0]["raised"][0]["error"] == "OperationalError"
    assert seen_in(log_file.read_text("utf-8")) == []


def test_a_server_error_quotes_no_row(log_file: Path, central: Any) -> None:
    import psycopg

    with central.connect() as conn:
        conn.execute("CREATE TEMP TABLE t (name text PRIMARY KEY)")
        conn.execute("INSERT INTO t VALUES (%s)", [SENTENCE])
        with pytest.raises(psycopg.Error) as caught:
            conn.execute("INSERT INTO t VALUES (%s)", [SENTENCE])
    assert seen_in(str(caught.value)), "PostgreSQL itself does quote the row, in DETAIL"
    OURS.error("it failed", exc_info=caught.value)
    assert lines(log_file)[0]["raised"][0]["error"] == "UniqueViolation"
    assert seen_in(log_file.read_text("utf-8")) == []


def test_words_of_other_packages_are_not_kept(log_file: Path) -> None:
    logging.getLogger("psycopg").warning("error ignored: %s", SENTENCE)
    logging.getLogger("keyring.backend").error(f"could not store {SENTENCE}")
    warnings.warn(SENTENCE, stacklevel=1)
    found = lines(log_file)
    assert [line["where"] for line in found[:2]] == ["psycopg", "keyring.backend"]
    assert all("text" not in line and "line" in line for line in found[:2])
    assert seen_in(log_file.read_text("utf-8")) == []


def test_qt_messages_keep_the_function_that_complained(log_file: Path, qtbot: Any) -> None:
    from PySide6.QtCore import qInstallMessageHandler, qWarning

    from ui.faults import qt_message

    before = qInstallMessageHandler(qt_message)
    try:
        qWarning(f"QPainter::begin: {SENTENCE}")
        qWarning(SENTENCE)
    finally:
        qInstallMessageHandler(before)
    found = lines(log_file)
    assert found[0]["text"].startswith("Qt: qpainter")
    assert len(found) == 2
    assert seen_in(log_file.read_text("utf-8")) == []


def test_what_nobody_caught_is_logged_and_told(log_file: Path) -> None:
    told: list[str] = []
    logs.on_uncaught(lambda error: told.append(type(error).__name__))

    def fails() -> None:
        raise ValueError(SENTENCE)

    class Fails:
        def __del__(self) -> None:
            raise OSError(SENTENCE)

    try:
        fails()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    thread = threading.Thread(target=fails, name=SENTENCE)
    thread.start()
    thread.join()
    fading = Fails()
    del fading
    assert told == ["ValueError", "ValueError"]
    found = lines(log_file)
    assert [line["raised"][0]["error"] for line in found] == ["ValueError", "ValueError", "OSError"]
    assert any("fails" in place for place in found[0]["raised"][0]["at"])
    assert seen_in(log_file.read_text("utf-8")) == []


def test_a_crash_of_the_interpreter_leaves_places_and_no_values(workstation_home: Path) -> None:
    code = (
        "from workstation.security import logs\n"
        "import faulthandler\n"
        "logs.begin()\n"
        f"def pay(name={SENTENCE!r}):\n    local = name * 2\n    faulthandler._sigsegv()\n"
        "pay()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, check=False)
    assert done.returncode != 0
    text = (logs.folder() / logs.CRASHES).read_text("utf-8")
    assert "Segmentation fault" in text or "Fatal" in text
    assert "in pay" in text
    assert seen_in(text) == []


@pytest.mark.skipif(os.name != "posix", reason="rights are the folder's on Windows")
def test_logs_are_the_owners_alone_and_rotate(log_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "BYTES", 2_000)
    logs.begin()
    for n in range(200):
        OURS.info("message %s sent, attempt %d", "0192f0c1-0000-7000-8000-000000000001", n)
    files = sorted(log_file.parent.glob("workstation.log*"))
    assert [file.name for file in files] == [
        "workstation.log",
        *(f"workstation.log.{n}" for n in range(1, logs.KEPT + 1)),
    ]
    for file in [*files, log_file.parent / logs.CRASHES]:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
        assert file.stat().st_size < 2_500
    assert stat.S_IMODE(log_file.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(os.name != "posix", reason="rights are the folder's on Windows")
def test_a_file_that_others_could_read_is_closed_to_them(workstation_home: Path, log_file: Path) -> None:
    log_file.chmod(0o644)
    logs.begin()
    assert stat.S_IMODE(log_file.stat().st_mode) == 0o600


def test_how_much_and_where_is_a_setting(log_file: Path, tmp_path: Path) -> None:
    settings.save(
        msgspec.structs.replace(settings.load(), log=settings.Log(level="error", folder=str(tmp_path / "there")))
    )
    path = logs.begin()
    assert path == tmp_path / "there" / "workstation.log"
    OURS.warning("not kept")
    OURS.error("kept")
    assert [line["text"] for line in lines(path)] == ["kept"]


def test_a_folder_that_cannot_be_written_stops_nothing(workstation_home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.save(msgspec.structs.replace(settings.load(), log=settings.Log(folder=str(tmp_path / "file" / "logs"))))
    assert logs.begin() is None


digits = st.text("0123456789", min_size=7, max_size=19)


@given(st.text(max_size=12), digits, st.sampled_from(["", " ", "-"]), st.booleans())
def test_numbers_are_scrubbed_however_they_are_grouped(before: str, number: str, between: str, plus: bool) -> None:
    spelled = between.join(number[at : at + 4] for at in range(0, len(number), 4))
    text = redaction.scrubbed(f"{before} {'+' if plus else ''}{spelled} .")
    assert spelled not in text or spelled in before
