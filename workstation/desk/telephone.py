"""Dials for the window: asks the gate itself, gives the number to the chosen telephone, says how the call goes on."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from workstation import settings
from workstation.desk import lights
from workstation.desk.privacy import Privacy
from workstation.desk.seat import Seat
from workstation.domain.errors import WorkstationError
from workstation.domain.ids import uuid7
from workstation.domain.message import Message, msg
from workstation.security.credentials import Credentials
from workstation.settings import Telephone as Chosen
from workstation.telephony.adapter import Adapter, Call, DiallingFailed, Moment, checked_extension
from workstation.telephony.numbers import e164
from workstation.telephony.system import SystemHandler, checked_domain

log = logging.getLogger(__name__)

SECRET = "telephone"  # noqa: S105  # the login under which the keyring keeps the secret of an address
SAME_CALL = timedelta(minutes=1)  # after a lost answer, dialling again within it is the same call

LineState = Literal["dialling", "ringing", "answered", "ended", "failed"]


class NotAllowed(WorkstationError):
    """The gate forbids the contact, or nobody said why to go ahead against its warning."""

    code = "contact_not_allowed"


@dataclass(frozen=True, slots=True)
class Line:
    """The call that was begun last. Moments are those the telephone told; `problem` is what went wrong, once."""

    case_id: str
    point_id: str
    state: LineState
    began_at: datetime  # when the gate was asked: it judged this moment
    call: Call | None = None  # None: dialled by hand
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    problem: Message | None = None
    unsure: bool = False  # nobody answered whether it was begun

    @property
    def live(self) -> bool:
        return self.state in {"dialling", "ringing", "answered"}


class Telephone:
    """`open_url` and `changed` are given by the window; `post` brings what a worker says into the window's thread."""

    def __init__(
        self,
        seat: Seat,
        privacy: Privacy,
        *,
        post: Callable[[Callable[[], None]], None],
        open_keyring: Callable[[], Credentials] = Credentials,
    ) -> None:
        self._seat, self._privacy = seat, privacy
        self._post, self._open_keyring = post, open_keyring
        self._adapter: Adapter | None = None
        self._stop = threading.Event()
        self._closed = False
        self.line: Line | None = None
        self.open_url: Callable[[str], bool] = lambda _url: False
        self.changed: Callable[[Line], None] = lambda _line: None

    # ---- what is chosen ----

    @property
    def by_hand(self) -> bool:
        return self.chosen().way == "hand"

    def chosen(self) -> Chosen:
        return settings.load().telephone

    def choose(self, wanted: Chosen, secret: str = "") -> None:
        """Keep the way to dial, and the secret of its address when one was typed. Raises what is wrong with a field."""
        checked_extension(wanted.extension)
        if wanted.way == "sip":
            checked_domain(wanted.sip_domain)
        if wanted.way == "http":
            from workstation.telephony.http_hook import checked_url

            checked_url(wanted.url)
            if secret:
                self._open_keyring().remember_password(wanted.url, SECRET, secret)
            before = self.chosen().url
            if before and before != wanted.url:
                self._open_keyring().forget(before, SECRET)
        settings.save(msgspec.structs.replace(settings.load(), telephone=wanted))

    def test(self) -> None:
        """Ask the telephone all that dialling would, and dial nobody. Slow: for a worker."""
        chosen = self.chosen()
        adapter = self._adapter_for(chosen)
        if adapter is not None:
            adapter.test(chosen.extension)

    # ---- a call ----

    def dial(self, case_id: str, point_id: str, reason: str = "") -> Line:
        """Dial the contact point. `reason` is why to go ahead against a warning.

        Raises `NotAllowed`, and `DiallingFailed` when it is certain at once that nothing was begun; what is learned
        later comes through `changed`.
        """
        chosen = self.chosen()
        began, value, jurisdiction = self._permitted(case_id, point_id, reason)
        adapter = self._adapter_for(chosen)
        if adapter is None:
            raise DiallingFailed(msg("Calls are dialled by hand here; choose another way in the settings."))
        call = Call(self._identity(case_id, point_id, began), e164(value, jurisdiction), chosen.extension)
        line = Line(case_id, point_id, "dialling", began, call)
        if adapter.at_once:
            adapter.dial(call)
            line = replace(line, state="ringing")
        self._begin(line, adapter)
        if not adapter.at_once:
            self._in_worker(lambda stop: self._carry(adapter, call, stop))
        return line

    def dial_by_hand(self, case_id: str, point_id: str, reason: str = "") -> tuple[Line, str]:
        """Begin a call that the person dials: the number in full, for seconds. That it was shown is recorded."""
        began, _, _ = self._permitted(case_id, point_id, reason)
        shown = self._privacy.reveal(case_id, "phone", point_id, "dial")
        line = Line(case_id, point_id, "ringing", began)
        self._begin(line, None)
        return line, shown.text

    def hang_up(self, case_id: str) -> None:
        """End the call of this case where the telephone can; nothing happens without one."""
        line, adapter = self.line, self._adapter
        if line is None or line.case_id != case_id or not line.live or line.call is None or adapter is None:
            return
        call, dialling = line.call, line.state == "dialling"
        self._stop.set()
        self.line = replace(line, state="ended", ended_at=self._seat.clock.now())
        if not adapter.at_once and not dialling:  # what is being dialled hangs up as soon as it is
            self._in_worker(lambda _stop: self._hang_up(adapter, call))

    def let_go(self, case_id: str) -> None:
        """The notes are recorded: how the call goes on is nobody's concern any more. It is not hung up."""
        if self.line is not None and self.line.case_id == case_id:
            self._stop.set()
            self.line = None

    def close(self) -> None:
        """No worker says anything after this."""
        self._closed = True
        self._stop.set()

    # ---- before dialling ----

    def _permitted(self, case_id: str, point_id: str, reason: str) -> tuple[datetime, str, str]:
        """The moment, the number as on record and the jurisdiction, when the gate lets this contact through."""
        now = self._seat.clock.now()
        file = self._seat.file(case_id)
        point = next((row for row in file.points if row.id == point_id and row.kind == "phone"), None)
        if point is None:
            raise DiallingFailed(msg("That number is no longer on the case."))
        light = lights.of_point(file, point_id, now)
        if light.verdict == "block":
            raise NotAllowed(light.reasons[0] if light.reasons else light.phrase)
        if light.verdict == "warn" and not reason.strip():
            raise NotAllowed(msg("Say why you go ahead all the same, then dial."), field="override_reason")
        if self._in_use():
            raise DiallingFailed(msg("Your last call still goes on. End it first."))
        return now, point.value, file.book.jurisdiction

    def _in_use(self) -> bool:
        """Whether the telephone itself says so; a softphone does not, and nobody waits for it."""
        line, adapter = self.line, self._adapter
        telling = adapter is not None and not adapter.at_once and not self._stop.is_set()
        return telling and line is not None and line.live

    def _adapter_for(self, chosen: Chosen) -> Adapter | None:
        """The adapter of the settings; None: by hand. Another adapter is added here."""
        if chosen.way == "http":
            from workstation.telephony.http_hook import HttpHook

            return HttpHook(chosen.url, lambda: self._open_keyring().password(chosen.url, SECRET))
        if chosen.way == "hand":
            return None
        return SystemHandler(chosen.way, self.open_url, domain=chosen.sip_domain)

    def _identity(self, case_id: str, point_id: str, now: datetime) -> str:
        """A new id, or that of the call nobody knows about yet: the telephone system then calls once."""
        last = self.line
        if (
            last is not None
            and last.call is not None
            and last.unsure
            and (last.case_id, last.point_id) == (case_id, point_id)
            and now - last.began_at < SAME_CALL
        ):
            return last.call.id
        return uuid7(int(now.timestamp() * 1000), secrets.token_bytes(10))

    # ---- how it goes on ----

    def _begin(self, line: Line, adapter: Adapter | None) -> None:
        self._stop.set()
        self._stop = threading.Event()
        self.line, self._adapter = line, adapter

    def _in_worker(self, work: Callable[[threading.Event], None]) -> None:
        """In a thread of its own that holds up neither the window nor its closing."""
        threading.Thread(target=work, args=(self._stop,), name="telephone", daemon=True).start()

    def _carry(self, adapter: Adapter, call: Call, stop: threading.Event) -> None:
        """In the worker: dial, then follow the call to its end."""
        failure: Message | None = msg("Dialling broke off. Look at your telephone, then dial again or by hand.")
        unsure = True
        try:
            adapter.dial(call)
            failure = None
        except WorkstationError as error:
            log.info("dialling failed: %s", error.code)
            failure, unsure = error.message, isinstance(error, DiallingFailed) and error.unsure
        finally:
            if failure is not None:
                self._tell(call, stop, state="failed", problem=failure, unsure=unsure)
        if failure is not None:
            return
        if stop.is_set():  # the person has gone on meanwhile: nobody would speak with whoever answers
            self._hang_up(adapter, call)
            return
        self._tell(call, stop, state="ringing")
        adapter.follow(call, lambda moment: self._moved(call, stop, moment), stop)
        self._post(stop.set)  # after what was told last: nothing more is heard of this call

    def _moved(self, call: Call, stop: threading.Event, moment: Moment) -> None:
        at = self._seat.clock.now() - timedelta(seconds=moment.ago)
        if moment.state == "answered":
            self._tell(call, stop, state="answered", answered_at=at)
        elif moment.state == "ended":
            self._tell(call, stop, state="ended", ended_at=at)

    def _hang_up(self, adapter: Adapter, call: Call) -> None:
        try:
            adapter.hang_up(call)
        except WorkstationError as error:
            log.info("hanging up failed: %s", error.code)
            said = msg("The telephone system did not hang up. Hang up on your telephone.")
            self._tell(call, None, problem=said)

    def _tell(self, call: Call, stop: threading.Event | None, **news: object) -> None:
        """In the window's thread: the line is as `news` says, unless it is another call by now."""

        def deliver() -> None:
            line = self.line
            if self._closed or line is None or line.call != call or (stop is not None and stop.is_set()):
                return
            self.line = replace(line, **{"problem": None, **news})  # type: ignore[arg-type]  # names of Line's fields
            self.changed(self.line)

        self._post(deliver)
