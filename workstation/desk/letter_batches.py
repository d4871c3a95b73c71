"""Letters for many cases at once: what would be refused, making them, and what came of it; each is recorded once.

A batch is kept in the encrypted store from the moment it runs until it is forgotten, so that it can be gone on with
after a crash and its result is there after the window was closed. A letter is recorded on its case when it stands whole
in the folder, under an id that follows from batch and place: asked for twice, it is recorded once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from letters.batch import Finished, NotKept, Progress, Refused, Report, Result, Stop, Wanted, check, run
from letters.batch_folder import PRINT_FILE
from letters.batch_values import Meter
from letters.render import render
from local_db import events as store_events
from local_db import letter_batches as kept
from workstation.desk.correspondence import Correspondence
from workstation.desk.letter_form import LetterForm
from workstation.desk.message_text import packed, unpacked
from workstation.desk.seat import Seat
from workstation.desk.views import LetterMade
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.ids import uuid7
from workstation.domain.message import Message, msg

__all__ = ["BatchInfo", "BatchLetter", "BatchPlan", "BatchRefusal", "BatchResult", "LetterBatches", "Progress"]

READ_AT_ONCE = 100  # letters taken from the store at a time
BatchState = Literal["running", "done", "cancelled", "stopped"]


@dataclass(frozen=True, slots=True)
class BatchLetter:
    """A letter that can be made."""

    place: int
    case_id: str
    number: str
    name: str
    context: Mapping[str, Any]
    answers: str = ""  # the queued letter that it is made of
    override_reason: str = ""


@dataclass(frozen=True, slots=True)
class BatchRefusal:
    """A letter that is not made: why, and the fields and statements that lack."""

    place: int
    case_id: str
    number: str
    name: str
    reason: Message
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What a batch would make, not begun: the dry run."""

    id: str
    template: str
    ready: tuple[BatchLetter, ...]
    refused: tuple[BatchRefusal, ...]
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class BatchInfo:
    """A batch that ran, or was ended on the way."""

    id: str
    template: str
    folder: Path
    one_file: bool
    total: int
    began_at: datetime
    state: BatchState
    made: int = 0
    seconds: float = 0.0
    problem: Message | None = None
    manifest: Path | None = None
    print_file: Path | None = None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How a batch went. `changes` are the cases on which letters were recorded in this run."""

    info: BatchInfo
    refused: tuple[BatchRefusal, ...]
    changes: Changes = field(default_factory=lambda: Changes(frozenset(), frozenset()))


class _Meta(msgspec.Struct, frozen=True):
    """A batch as kept: nothing of a person."""

    template: str
    folder: str
    one_file: bool
    total: int
    began_at: datetime
    state: BatchState = "running"
    made: int = 0
    seconds: float = 0.0
    problem: Any = None
    manifest: str = ""
    print_file: str = ""


class _Row(msgspec.Struct, frozen=True):
    number: str
    name: str
    context: dict[str, Any] = {}
    answers: str = ""
    override_reason: str = ""
    missing: tuple[str, ...] = ()


class LetterBatches:
    """May be used from a thread of its own; progress and cancelling are asked for there."""

    def __init__(self, seat: Seat, letters: Correspondence) -> None:
        self._seat, self._letters = seat, letters
        self._running: set[str] = set()

    # ---- the dry run

    def plan(
        self,
        case_ids: Sequence[str],
        template: str = "",
        *,
        language: str = "",
        pay_by: str = "",
        free_paragraph: str = "",
        override_reason: str = "",
        forms: Mapping[str, LetterForm] | None = None,
        progress: Report = lambda _progress: None,
        cancel: Stop = lambda: False,
    ) -> BatchPlan:
        """What can be made of these cases' letters, and why not the others. Changes nothing.

        `forms` has the letters that are written for single cases (queued ones); the others are of `template`.
        """
        meter, ready, refused = Meter(2 * len(case_ids), _halved(progress)), list[BatchLetter](), list[BatchRefusal]()
        for place, case_id in enumerate(case_ids, 1):
            if cancel():
                return BatchPlan("", template, (), (), cancelled=True)
            own = (forms or {}).get(case_id)
            form = own or LetterForm(template, language, pay_by, free_paragraph, {}, override_reason)
            if not form.override_reason and override_reason:
                form = replace(form, override_reason=override_reason)
            number, name = self._named(case_id)
            try:
                context = self._prepared(case_id, form)
            except WorkstationError as error:
                missing = tuple(getattr(error, "missing", ()))
                refused.append(BatchRefusal(place, case_id, number, name, error.message, missing))
                meter.count(2)
                continue
            ready.append(BatchLetter(place, case_id, number, name, context, form.answers, form.override_reason))
            meter.count(1)
        by_place = {letter.place: letter for letter in ready}
        done = meter.done

        def source() -> Iterator[Wanted]:
            return (Wanted(letter.place, letter.context) for letter in ready)

        found = check(
            source, len(ready), progress=lambda told: meter.count(done + told.done - meter.done), cancel=cancel
        )
        for each in found:
            letter = by_place.pop(each.place)
            refused.append(
                BatchRefusal(each.place, letter.case_id, letter.number, letter.name, each.reason, each.missing)
            )
        if cancel():
            return BatchPlan("", template, (), (), cancelled=True)
        refused.sort(key=lambda each: each.place)
        return BatchPlan(self._new_id(), template, tuple(by_place.values()), tuple(refused))

    # ---- making them

    def run(
        self,
        plan: BatchPlan,
        folder: Path,
        *,
        one_file: bool = False,
        progress: Report = lambda _progress: None,
        cancel: Stop = lambda: False,
        say: Callable[[Message], str] = Message.plain,
    ) -> BatchResult:
        """Make the letters of a plan and record each on its case. `say` words the reasons in the manifest.

        Raises `InputError` without letters, `FolderBusy`, `OtherBatch` and `NotWritten` before anything is made.
        """
        if not plan.ready:
            raise InputError(msg("None of these letters can be made."), field="letters")
        meta = _Meta(plan.template, str(folder), one_file, len(plan.ready) + len(plan.refused), self._seat.clock.now())
        rows = [
            kept.BatchRow(
                each.place,
                each.case_id,
                _encoded(_Row(each.number, each.name, missing=each.missing)),
                _reason(each.reason),
            )
            for each in plan.refused
        ]
        for letter in plan.ready:
            row = _Row(letter.number, letter.name, dict(letter.context), letter.answers, letter.override_reason)
            rows.append(kept.BatchRow(letter.place, letter.case_id, _encoded(row)))
        with self._seat.store.write() as conn:
            kept.save(conn, plan.id, _encoded(meta))
            kept.add_rows(conn, plan.id, rows)
        try:
            return self._run(plan.id, meta, progress, cancel, say)
        except WorkstationError:
            if self._meta(plan.id).state == "running":  # nothing was made: it is as if it had not been asked for
                self.forget(plan.id)
            raise

    def resume(
        self,
        batch_id: str,
        *,
        progress: Report = lambda _progress: None,
        cancel: Stop = lambda: False,
        say: Callable[[Message], str] = Message.plain,
    ) -> BatchResult:
        """Go on with a batch: what stands in its folder is kept, what is recorded is not recorded again."""
        return self._run(batch_id, self._meta(batch_id), progress, cancel, say)

    def unfinished(self) -> tuple[BatchInfo, ...]:
        """Batches that were cancelled or broken off, the newest first; not those that run now."""
        return tuple(info for info in self._infos() if info.state != "done" and info.id not in self._running)

    def results(self) -> tuple[BatchResult, ...]:
        """Every batch of this seat that is not forgotten, with what was refused; the newest first."""
        return tuple(BatchResult(info, self._refused(info.id)) for info in self._infos())

    def forget(self, batch_id: str) -> None:
        """The batch leaves the list; its files and what is recorded stay."""
        with self._seat.store.write() as conn:
            kept.remove(conn, batch_id)

    # ---- inside

    def _run(
        self, batch_id: str, meta: _Meta, progress: Report, cancel: Stop, say: Callable[[Message], str]
    ) -> BatchResult:
        recorded: set[str] = set()
        kinds: set[str] = set()

        def finished(letter: Finished) -> None:
            changes = self._record(batch_id, Path(meta.folder), letter)
            recorded.update(changes.case_ids)
            kinds.update(changes.kinds)

        self._running.add(batch_id)
        try:
            with self._seat.store.kept_open():
                result = run(
                    lambda: self._source(batch_id),
                    meta.total,
                    Path(meta.folder),
                    {"data": batch_id, "day": meta.began_at.date().isoformat()},
                    one_file=meta.one_file,
                    with_pdf=True,
                    keep_good=True,
                    progress=progress,
                    cancel=cancel,
                    finished=finished,
                    say=say,
                )
                after = self._noted(batch_id, meta, result)
        finally:
            self._running.discard(batch_id)
        changes = Changes(frozenset(kinds), frozenset(recorded))
        return BatchResult(self._info(batch_id, after), self._refused(batch_id), changes)

    def _noted(self, batch_id: str, meta: _Meta, result: Result) -> _Meta:
        after = msgspec.structs.replace(
            meta,
            state="done" if result.state == "done" else "cancelled" if result.state == "cancelled" else "stopped",
            made=result.made,
            seconds=meta.seconds + result.seconds,
            problem=None if result.problem is None else packed(result.problem),
            manifest=str(result.manifest or ""),
            print_file=str(result.print_file or ""),
        )
        with self._seat.store.write() as conn:
            kept.save(conn, batch_id, _encoded(after))
            for each in result.refused:
                kept.refuse(conn, batch_id, each.place, _reason(each.reason))
        return after

    def _source(self, batch_id: str) -> Iterator[Wanted | Refused]:
        """The batch's letters from the store, a few at a time. What the case no longer allows is refused now."""
        place = 0
        while True:
            with self._seat.store.read() as conn:
                rows = list(kept.rows_after(conn, batch_id, place, READ_AT_ONCE))
            if not rows:
                return
            for row in rows:
                place = row.place
                told = msgspec.json.decode(row.body, type=_Row)
                if row.refused:
                    reason = unpacked(msgspec.json.decode(row.refused))
                    yield Refused(place, told.number, reason, told.missing)
                else:
                    yield self._still(batch_id, row, told)

    def _still(self, batch_id: str, row: kept.BatchRow, told: _Row) -> Wanted | Refused:
        if not self._is_recorded(_event_id(batch_id, row.place)):
            try:
                why = self._letters.refusal(str(told.context["template"]), self._seat.file(row.case_id))
            except WorkstationError as error:
                why = error.message
            if why is not None:
                return Refused(row.place, told.number, why)
        return Wanted(row.place, told.context)

    def _record(self, batch_id: str, folder: Path, letter: Finished) -> Changes:
        """Once; a letter that may no longer go out is taken away again."""
        entry, event_id = letter.entry, _event_id(batch_id, letter.entry.place)
        if self._is_recorded(event_id):
            return Changes(frozenset(), frozenset())
        with self._seat.store.read() as conn:
            row = next(kept.rows_after(conn, batch_id, entry.place - 1, 1))
        told = msgspec.json.decode(row.body, type=_Row)
        pdf = letter.pdf or self._read(folder, letter)
        made = LetterMade(
            template=entry.template,
            version=entry.version,
            language=entry.language,
            pdf=pdf,
            pages=entry.pages,
            sha256=entry.sha256,
            context=letter.context,
        )
        try:
            return self._letters.record(
                row.case_id, made, told.override_reason, event_id=event_id, answers=told.answers
            )
        except WorkstationError as error:
            raise NotKept(error.message, field=error.field) from error

    def _read(self, folder: Path, letter: Finished) -> bytes:
        """The letter's own file; of one in a print file the letter is made again."""
        path = folder / letter.entry.file
        if letter.entry.file != PRINT_FILE and path.is_file():
            pdf = path.read_bytes()
            if hashlib.sha256(pdf).hexdigest() == letter.entry.sha256:
                return pdf
        return render(letter.context, letter.entry.version).pdf

    def _is_recorded(self, event_id: str) -> bool:
        with self._seat.store.read() as conn:
            return store_events.body_of(conn, event_id) is not None

    def _prepared(self, case_id: str, form: LetterForm) -> Mapping[str, Any]:
        light = self._letters.light(case_id, form.template)
        context = self._letters.prepare(case_id, form)
        if light is not None and light.verdict == "warn" and not form.override_reason.strip():
            raise InputError(
                msg("The light warns: {reason} Say why the letter goes out all the same.", reason=light.reasons[0]),
                field="override_reason",
            )
        wrong = self._letters.remarks(case_id, form.free_paragraph, str(context["language"]))
        if wrong:
            raise InputError(wrong[0].message, code="wording", field="free_paragraph")
        return context

    def _named(self, case_id: str) -> tuple[str, str]:
        try:
            file = self._seat.file(case_id)
        except WorkstationError:
            return "", ""
        return file.case.number, file.debtor.name

    def _new_id(self) -> str:
        return uuid7(int(self._seat.clock.now().timestamp() * 1000), secrets.token_bytes(10))

    def _meta(self, batch_id: str) -> _Meta:
        with self._seat.store.read() as conn:
            body = kept.body(conn, batch_id)
        if body is None:
            raise InputError(msg("This batch is not known here any more."), field="batch")
        return msgspec.json.decode(body, type=_Meta)

    def _infos(self) -> list[BatchInfo]:
        with self._seat.store.read() as conn:
            bodies = kept.bodies(conn)
        return [self._info(batch_id, msgspec.json.decode(body, type=_Meta)) for batch_id, body in bodies]

    def _info(self, batch_id: str, meta: _Meta) -> BatchInfo:
        return BatchInfo(
            batch_id,
            meta.template,
            Path(meta.folder),
            meta.one_file,
            meta.total,
            meta.began_at,
            meta.state,
            meta.made,
            meta.seconds,
            None if meta.problem is None else unpacked(meta.problem),
            Path(meta.manifest) if meta.manifest else None,
            Path(meta.print_file) if meta.print_file else None,
        )

    def _refused(self, batch_id: str) -> tuple[BatchRefusal, ...]:
        found: list[BatchRefusal] = []
        place = 0
        with self._seat.store.read() as conn:
            while rows := list(kept.rows_after(conn, batch_id, place, READ_AT_ONCE)):
                for row in rows:
                    place = row.place
                    if row.refused:
                        told = msgspec.json.decode(row.body, type=_Row)
                        reason = unpacked(msgspec.json.decode(row.refused))
                        found.append(BatchRefusal(place, row.case_id, told.number, told.name, reason, told.missing))
        return tuple(found)


def _event_id(batch_id: str, place: int) -> str:
    """Sorts by the batch's time, and is the same whenever it is asked for."""
    entropy = hashlib.sha256(f"{batch_id} {place}".encode()).digest()[:10]
    return uuid7(int(batch_id.replace("-", "")[:12], 16), entropy)


def _encoded(value: msgspec.Struct) -> str:
    return msgspec.json.encode(value).decode()


def _reason(message: Message) -> str:
    return msgspec.json.encode(packed(message)).decode()


def _halved(progress: Report) -> Report:
    """Two steps a letter, told as letters."""
    return lambda told: progress(replace(told, done=told.done // 2, total=told.total // 2, rate=told.rate / 2))
