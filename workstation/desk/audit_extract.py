"""An extract of the audit as one file: records, a manifest with their hashes, and the organisation's signature.

It is checked without this program: `sha256sum` for the records, `openssl cms -verify` for the manifest.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from letters.form import write_whole
from workstation.desk.audit import AuditDesk, AuditFilter, AuditRow, row_of
from workstation.desk.seat import Seat
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg
from workstation.domain.spreadsheet import harmless

if TYPE_CHECKING:
    from workstation.security.signing import Signer

COLUMNS = (
    "what", "kind", "at", "received_at", "late", "by", "role", "case", "said", "why", "device", "record", "prev_hash",
    "hash",
)  # fmt: skip
_HOW = """How to check this extract without the program that made it

1. Unpack everything into one folder.
2. The manifest is signed: the certificate is the organisation's, CA.pem is its authority's certificate (or the
   certificate itself, where it signs itself).
     openssl cms -verify -binary -inform DER -in manifest.json.p7s -content manifest.json -CAfile CA.pem -purpose any
3. The manifest names the SHA-256 of each file:
     sha256sum records.csv records.json
4. The central database recorded that the extract was taken: an act `audit_exported` whose subject is the SHA-256 of
   manifest.json.
"""


class Cancelled(WorkstationError):
    """The person stopped it; nothing was written."""

    code = "cancelled"


@dataclass(frozen=True, slots=True)
class Extract:
    """What was written: `complete` is false where the filter holds more records than one extract takes."""

    path: Path
    records: int
    digest: str  # SHA-256 of the manifest
    complete: bool


class Extracts:
    def __init__(self, seat: Seat, audit: AuditDesk) -> None:
        self._seat, self._audit = seat, audit

    def make(
        self,
        path: Path,
        asked: AuditFilter,
        signer: Signer,
        say: Callable[[Message | str], str],
        progress: Callable[[int], None] = lambda _records: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Extract:
        """Everything the filter finds, up to `sync.audit.MOST` records, signed, whole or not at all.

        The centre records it before the file is there. Raises `NoSignature`, `Cancelled`, `NotWritten`, link errors.
        """
        from workstation.sync import audit

        question = self._audit.question(asked)
        rows: list[AuditRow] = []
        with closing(self._audit.line()) as link:
            for page in audit.every(link, question, audit.MOST):
                if cancelled():
                    raise Cancelled(msg("Stopped; no extract was written."))
                rows += [row_of(record, self._seat.masks) for record in page]
                progress(len(rows))
            complete = len(rows) < audit.MOST
            files = {"records.csv": _csv(rows, say), "records.json": _json(rows, say)}
            manifest = self._manifest(question, rows, files, signer, complete=complete)
            signature = signer.sign(manifest)
            digest = hashlib.sha256(manifest).hexdigest()
            audit.took(link, question, len(rows), digest)
        whole = {**files, "manifest.json": manifest, "manifest.json.p7s": signature, "HOW-TO-CHECK.txt": _HOW.encode()}
        write_whole(path, _packed(whole))
        return Extract(path, len(rows), digest, complete)

    def _manifest(
        self,
        question: dict[str, object],
        rows: list[AuditRow],
        files: dict[str, bytes],
        signer: Signer,
        *,
        complete: bool,
    ) -> bytes:
        person = self._seat.person
        said = {
            "form": "collector-workstation audit extract 1",
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "made_by": {"id": person.id, "login": person.login, "name": person.name, "role": person.role},
            "device": self._seat.device,
            "asked": question,
            "records": len(rows),
            "complete": complete,
            "newest": rows[0].record.at.isoformat() if rows else None,
            "oldest": rows[-1].record.at.isoformat() if rows else None,
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
            "signed_by": signer.name,
        }
        return (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()


def _cells(row: AuditRow, say: Callable[[Message | str], str]) -> tuple[str, ...]:
    record = row.record
    return (
        row.what, record.kind, record.at.isoformat(), record.received_at.isoformat(), "late" if row.late else "",
        record.author_name or "", record.author_role or "", record.number or "", say(row.said), say(row.why),
        record.device_name or "", record.id, record.prev_hash, record.hash,
    )  # fmt: skip


def _csv(rows: Iterable[AuditRow], say: Callable[[Message | str], str]) -> bytes:
    """With a byte-order mark, so that a spreadsheet reads Chinese; every cell guarded against formulas."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([harmless(cell) for cell in _cells(row, say)])
    return text.getvalue().encode("utf-8-sig")


def _json(rows: Iterable[AuditRow], say: Callable[[Message | str], str]) -> bytes:
    records = [dict(zip(COLUMNS, _cells(row, say), strict=True)) for row in rows]
    return (json.dumps(records, ensure_ascii=False, indent=1) + "\n").encode()


def _packed(files: dict[str, bytes]) -> bytes:
    """One zip; the moment of its entries says nothing."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
