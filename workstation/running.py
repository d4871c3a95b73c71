"""Synchronises in the background, says how that goes and when it is tried again, and keeps the log of it."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from local_db import attachments, outbox, sync_log
from local_db.faults import StoreError
from local_db.sync_log import LogLine
from workstation.desk import history_sound
from workstation.desk.attachments import let_go
from workstation.desk.seat import Seat
from workstation.desk.views import SyncState, SyncStatus
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg, nmsg
from workstation.sync.doing import Doing, untold
from workstation.sync.pace import Pace

if TYPE_CHECKING:
    from workstation.sync.engine import SyncResult
    from workstation.sync.link import DeviceRevoked
    from workstation.sync.server import Server
    from workstation.sync.terms import Terms

log = logging.getLogger(__name__)

EVERY_SECONDS, LONGEST_SECONDS = 30.0, 300.0  # between synchronisations; the longest while the centre is away
CARRYING_SECONDS = 120.0  # between synchronisations while photos go: each costs a slow line some seconds
LEAD_SECONDS = 7.0  # of a lead's seat: what others do is on the board within ten
JITTER = 0.3  # so that a thousand seats do not come back at once
CANCELLED, BROKE_OFF, REFUSED = "cancelled", "broke_off", "refused"  # beside the codes of errors


class LogNotKept(WorkstationError):
    """The line of a synchronisation could not be written; the synchronisation itself is as it was."""

    code = "sync_log"

    def __init__(self, cause: Exception) -> None:
        super().__init__(msg("The log of synchronisations could not be written ({kind}).", kind=type(cause).__name__))


def device_name() -> str:
    """How this device is called in the lead's list."""
    import platform

    return platform.node() or "workstation"


def pause(tries: int = 0, every: float = EVERY_SECONDS) -> float:
    """Seconds until the next synchronisation after that many failures in a row; no two seats get the same."""
    seconds = min((EVERY_SECONDS if tries else every) * 2.0 ** min(tries, 10), LONGEST_SECONDS)
    return seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  # not a secret


class SyncRunner:
    """Synchronises in one worker thread: when asked, when work waits, every half minute, later after a failure."""

    def __init__(
        self, server: Server, password: str, seat: Seat, *, online: bool, changed: Callable[[Changes], None]
    ) -> None:
        self._server, self._password, self._seat = server, password, seat
        self._changed = changed
        self._every = LEAD_SECONDS if seat.person.role == "lead" else EVERY_SECONDS
        # Called in the worker's thread; whoever keeps the seat replaces them.
        self.met: Callable[[Terms], None] = lambda _terms: None
        self.before: Callable[[], object] = lambda: None  # what is asked at the centre before each synchronisation
        self.revoked: Callable[[DeviceRevoked], None] = lambda _error: None
        self.other_password: Callable[[], str | None] = lambda: None  # after a refusal: one that may count instead
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sync")
        self._lock = threading.Lock()
        self._asked = False
        self._closing, self._cancelled, self._paused = threading.Event(), threading.Event(), threading.Event()
        self._next = monotonic()
        self._pace = Pace()
        self._failing_since: datetime | None = None
        self._examined = False
        self._spoilt: Message | None = None  # records of the store that are not as they were written
        with seat.store.read() as conn:
            last = sync_log.last_good(conn)
        self._state = SyncStatus("synced" if online else "offline", last, 0, since=datetime.now(UTC))

    def status(self) -> SyncStatus:
        """As it is now: what waits is counted, and the next try follows the monotonic clock."""
        with self._seat.store.read() as conn:
            waiting, photos = outbox.waiting(conn), attachments.unsent(conn)[0]
        state = self._state
        due = datetime.now(UTC) + timedelta(seconds=max(0.0, self._next - monotonic())) if state.tries else None
        return replace(
            state,
            waiting=waiting,
            attachments=photos,
            state="waiting" if (waiting or photos) and state.state == "synced" else state.state,
            next_try=None if state.state == "syncing" else due,
        )

    def tick(self) -> None:
        """Called every second or so by the window: starts a synchronisation when one is due."""
        if monotonic() >= self._next:
            self.sync_now()

    def sync_now(self) -> None:
        """Start one synchronisation; asked again while one runs, it runs once more afterwards."""
        with self._lock:
            if self._asked or self._closing.is_set() or self._paused.is_set():
                return
            self._asked = True
            self._next = monotonic() + pause(every=self._every)
        self._worker.submit(self._run).add_done_callback(self._ended)

    def cancel(self) -> None:
        """Stop the synchronisation that runs at its next safe place; what it has done stays done."""
        self._cancelled.set()

    def pause(self) -> None:
        """The seat is locked: what runs stops at its next safe place, nothing new begins, the password is forgotten."""
        self._paused.set()
        self._password = ""

    def go_on(self, password: str) -> None:
        """The seat is open again: what waited is made up for at the next tick."""
        self._password = password
        self._next = monotonic()
        self._paused.clear()

    def change_password(self, password: str) -> None:
        """The next synchronisation signs in with another one."""
        self._password = password

    def once(self) -> SyncResult:
        """Synchronise here and now, in the caller's thread, photos last, and log it; raises what went wrong."""
        result = self._logged(untold)
        if not result.cancelled:
            self._carry(untold, self._stops)
        return result

    def close(self) -> None:
        self._closing.set()
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _stops(self) -> bool:
        return self._closing.is_set() or self._cancelled.is_set() or self._paused.is_set()

    # ---- one run ----

    def _run(self) -> None:
        from workstation.sync.link import DeviceRevoked, Unreachable, WrongPassword

        with self._lock:
            self._asked = False
        if self._closing.is_set() or self._paused.is_set():
            return
        self._cancelled.clear()
        before = self._state
        self._examine()
        self._say(replace(before, state="syncing", doing=Doing("connecting"), since=datetime.now(UTC)))
        try:
            result = self._logged(lambda doing: self._say(replace(self._state, doing=doing)))
        except WorkstationError as error:
            if self._stops():  # whoever waited has gone: no failure
                self._say(before)
                return
            log.warning("sync failed: %s", error.code)
            state: SyncState = "offline" if isinstance(error, Unreachable) else "failed"
            self._fail(state, error.message, error.code)
            if isinstance(error, DeviceRevoked):
                self.revoked(error)
            elif isinstance(error, WrongPassword) and self.other_password() is not None:
                self.sync_now()
        else:
            self._say(before if result.cancelled else self._well())
            if result.changes:
                self._changed(result.changes)
            if not result.cancelled:
                self._carry_told()

    def _carry_told(self) -> None:
        """Photos, with everything else exchanged: the status says how far, and stays good whatever becomes of them."""
        well = self._state

        def told(doing: Doing) -> None:
            self._say(replace(well, state="syncing", doing=doing, since=well.since))

        def stops() -> bool:
            return self._stops() or self._asked

        self._next = monotonic() + CARRYING_SECONDS
        try:
            self._carry(told, stops)
        except WorkstationError as error:
            log.warning("photos were not handed in: %s", error.code)
        finally:
            self._next = min(self._next, monotonic() + pause(every=self._every))
            self._say(well)
        with self._seat.store.read() as conn:
            waiting = outbox.waiting(conn)
        if waiting:
            self.sync_now()  # it had ended for them

    def _carry(self, report: Callable[[Doing], None], stops: Callable[[], bool]) -> None:
        from workstation.sync.attachments import carry
        from workstation.sync.link import connect

        seat = self._seat
        carry(
            seat.store,
            lambda: connect(self._server, seat.person.login, self._password),
            seat.device,
            device_name(),
            self._pace,
            cancelled=stops,
            report=report,
        )

    def _well(self) -> SyncStatus:
        """What to say after a synchronisation that went through, with what the centre would not take."""
        self._next = monotonic() + pause(every=self._every)
        self._failing_since = None
        now, found = datetime.now(UTC), self._found()
        if found is None:
            return SyncStatus("synced", now, 0, since=now)
        problem, code = found
        return SyncStatus("failed", now, 0, problem, code, since=now)

    def _examine(self) -> None:
        """Once, at the first synchronisation: is what the store holds as it was written? Old photos leave it."""
        if not self._examined:
            let_go(self._seat)
            with self._seat.store.read() as conn:
                self._spoilt = history_sound.of_store(conn)
            self._examined = True
            if self._spoilt is not None:
                log.error("records of the store are not as they were written")

    def _found(self) -> tuple[Message, str] | None:
        """What is wrong although everything was exchanged, the gravest first."""
        if self._spoilt is not None:
            return self._spoilt, history_sound.STORE_CHANGED
        with self._seat.store.read() as conn:
            differs = history_sound.of_centre(conn)
            held = history_sound.of_others(conn)
        if differs is not None:
            return differs, history_sound.CENTRE_DIFFERS
        refused = self._refusals()
        if refused is not None:
            return refused, REFUSED
        return None if held is None else (held, history_sound.HELD)

    def _refusals(self) -> Message | None:
        """What the centre would not take, in a sentence; the records stay here."""
        with self._seat.store.read() as conn:
            refused = outbox.refusals(conn)
        if not refused:
            return None
        from workstation.central.refusals import EVENTS

        reason = EVENTS.get(refused[0][1], msg("for a reason this version does not know"))
        return nmsg(
            "The centre did not accept {n} record; it is kept here. {reason}",
            "The centre did not accept {n} records; they are kept here. {reason}",
            len(refused),
            reason=reason,
        )

    def _ended(self, run: Future[None]) -> None:
        """What nobody foresaw must not leave the window saying "syncing" for ever. The log names the kind alone."""
        error = None if run.cancelled() else run.exception()
        if error is not None:
            kind = type(error).__name__
            log.error("sync broke off: %s", kind)
            said = msg("The synchronisation broke off ({kind}). Nothing is lost; it is tried again.", kind=kind)
            self._fail("failed", said, BROKE_OFF)

    def _fail(self, state: SyncState, problem: Message, code: str) -> None:
        """Say so and try again later, in growing pauses."""
        tries = self._state.tries + 1
        self._failing_since = self._failing_since or datetime.now(UTC)
        self._next = monotonic() + pause(tries)
        last = self._state.last_ok
        if self._spoilt is not None:  # graver than that the centre is away
            state, problem, code = "failed", self._spoilt, history_sound.STORE_CHANGED
        self._say(SyncStatus(state, last, 0, problem, code, since=self._failing_since, tries=tries))

    def _say(self, status: SyncStatus) -> None:
        self._state = status
        self._changed(Changes(frozenset({"sync"})))

    # ---- the log ----

    def _logged(self, report: Callable[[Doing], None]) -> SyncResult:
        from workstation.sync.engine import Device, sync_once
        from workstation.sync.link import connect

        began = datetime.now(UTC)
        with self._seat.store.read() as conn:
            waited = outbox.fates(conn)
        problem: str | None = BROKE_OFF
        result: SyncResult | None = None
        try:
            self.before()
            result = sync_once(
                self._seat.store,
                lambda: connect(self._server, self._seat.person.login, self._password),
                Device(self._seat.device, device_name()),
                self._seat.clock.today(),
                cancel=self._stops,
                report=report,
                met=self.met,
            )
            problem = CANCELLED if result.cancelled else None
        except WorkstationError as error:
            problem = CANCELLED if self._stops() else error.code
            raise
        finally:
            self._keep(began, problem, result, waited)
        return result

    def _keep(
        self, began: datetime, problem: str | None, result: SyncResult | None, waited: Mapping[str, str | None]
    ) -> None:
        """Write the line. What a log costs is never the synchronisation: a line that is not kept is only told."""
        try:
            with self._seat.store.write() as conn:
                line = LogLine(began, datetime.now(UTC), problem)
                if result is not None:
                    line = replace(
                        line,
                        pushed=result.pushed,
                        refused=result.refused,
                        pulled=result.pulled_rows,
                        granted=result.granted,
                        revoked=result.revoked,
                    )
                else:  # it broke off: what had left before that is in the outbox no more
                    left = outbox.fates(conn)
                    pending = {one for one, reason in waited.items() if reason is None}
                    refused = sum(left.get(one) is not None for one in pending)
                    line = replace(line, pushed=sum(one not in left for one in pending), refused=refused)
                if line.moved or not self._closing.is_set():
                    sync_log.append(conn, line)
        except (StoreError, DBAPIError) as error:
            unkept = LogNotKept(error)
            log.warning("the line of a synchronisation was not kept: %s", unkept.code)
