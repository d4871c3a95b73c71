"""The program's log: JSON lines, rotated, readable by its owner only, and with nothing personal (see `redaction`).

`begin` is called once by whatever runs long: the window, the gateway, a synchronisation. Where and how much is a
setting. A line: `{"at", "level", "where", "text", "raised"}`.
"""

from __future__ import annotations

import faulthandler
import io
import json
import logging
import logging.handlers
import os
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from workstation import settings
from workstation.security.redaction import argument, raised

OURS = ("workstation", "ui", "letters", "local_db")
BYTES, KEPT = 1_000_000, 5  # of one file, and how many older ones there are
CRASHES = "crash.txt"

log = logging.getLogger(__name__)


class Lines(logging.Formatter):
    """One record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "where": record.name,
        }
        if record.name.partition(".")[0] in OURS:
            line["text"] = _text(record)
        else:
            # Another package's words may quote what it was working on.
            line["line"] = f"{record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            line["raised"] = raised(record.exc_info[1], record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _text(record: logging.LogRecord) -> str:
    """The constant sentence with what of its arguments is kept."""
    given = record.args if isinstance(record.args, tuple) else (record.args,) if record.args else ()
    kept = tuple(argument(value) for value in given)
    form = str(record.msg).replace("%d", "%s")  # a number that is left out is a word
    try:
        return form % kept if kept else form
    except (TypeError, ValueError):
        return form


class OwnFile(logging.handlers.RotatingFileHandler):
    """A rotated file that nobody but its owner can read, from its first byte on."""

    def _open(self) -> io.TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if hasattr(os, "fchmod"):
            os.fchmod(handle, 0o600)  # one that was there may have been made otherwise
        return open(handle, "a", encoding="utf-8", errors="backslashreplace")  # noqa: PTH123  # of a handle


def folder() -> Path:
    """Where the logs are: what the person chose, or the system's place for them."""
    chosen = settings.load().log.folder
    return Path(chosen) if chosen else settings.log_folder()


def begin(name: str = "workstation") -> Path | None:
    """Write the log `name`.log from now on; None when its folder cannot be written, which stops nothing."""
    where = folder()
    root = logging.getLogger()
    try:
        where.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = OwnFile(where / f"{name}.log", maxBytes=BYTES, backupCount=KEPT, encoding="utf-8")
    except OSError as error:
        log.warning("the log cannot be written: %s", type(error).__name__)
        return None
    handler.setFormatter(Lines())
    for old in [each for each in root.handlers if isinstance(each, OwnFile)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    logging.raiseExceptions = False  # what cannot be logged is not printed with its values either
    logging.captureWarnings(True)
    level = getattr(logging, settings.load().log.level.upper())
    root.setLevel(max(level, logging.WARNING))  # of other packages only what went wrong
    for ours in OURS:
        logging.getLogger(ours).setLevel(level)
    _on_crash(where)
    return where / f"{name}.log"


def on_uncaught(tell: Callable[[BaseException], None] = lambda _error: None) -> None:
    """Log what nobody caught, in any thread, and `tell` of it. The text of the error goes nowhere."""

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("nobody caught it", exc_info=(kind, error, trace))
        tell(error)

    def in_thread(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None and not issubclass(given.exc_type, SystemExit):
            uncaught(given.exc_type, given.exc_value, given.exc_traceback)

    def unraisable(given: sys.UnraisableHookArgs) -> None:
        error = given.exc_value
        if error is not None:
            log.error("it could not be raised", exc_info=(type(error), error, given.exc_traceback))

    sys.excepthook = uncaught
    threading.excepthook = in_thread
    sys.unraisablehook = unraisable


def _on_crash(where: Path) -> None:
    """When the interpreter itself fails: files, lines and functions of every thread, and no value."""
    try:
        handle = os.open(where / CRASHES, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        log.warning("a crash cannot be written: %s", type(error).__name__)
        return
    faulthandler.enable(handle)
