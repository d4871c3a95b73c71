"""Dials through a telephone system that is asked over HTTPS. Its form is a contract: docs/telephony.md."""

from __future__ import annotations

import http.client
import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from functools import cache
from time import monotonic
from typing import NamedTuple, TypeVar
from urllib.parse import SplitResult, urlsplit

import msgspec

from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg
from workstation.telephony.adapter import (
    Call,
    DiallingFailed,
    DiallingUnsure,
    Moment,
    State,
    Tell,
    checked_extension,
)

SECONDS = 8.0  # for one question and its answer
LONGEST_ANSWER = 64 * 1024  # bytes
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 5.0  # between two questions how the call goes on
SILENT_SECONDS = 120.0  # without an answer the call is followed no longer
LONGEST_CALL = 4 * 3600.0
ORDER: dict[State, int] = {"ringing": 0, "answered": 1, "ended": 2}

T = TypeVar("T")
Pauses = Callable[[], Iterator[float]]


class CallState(msgspec.Struct, frozen=True):
    """What the telephone system says about a call. `seconds` it has been in this state, when it knows."""

    state: State
    seconds: float = 0.0


class DryRun(msgspec.Struct, frozen=True):
    dry_run: bool


class _Answer(NamedTuple):
    status: int
    body: bytes


class HttpHook:
    """`secret` is asked for once, in the worker: the person may have to open the keyring."""

    at_once = False

    def __init__(
        self, url: str, secret: Callable[[], str | None], *, seconds: float = SECONDS, pauses: Pauses | None = None
    ) -> None:
        self._url = checked_url(url)
        self._secret, self._seconds = cache(secret), seconds
        self._pauses = pauses or _pauses

    def dial(self, call: Call) -> None:
        wanted = {"id": call.id, "number": call.number, "extension": checked_extension(call.extension)}
        answer = self._ask("POST", "/calls", wanted, key=call.id)
        if answer.status not in {200, 201, 202}:
            raise _refusal(answer.status)
        _read(answer.body, CallState)

    def hang_up(self, call: Call) -> None:
        answer = self._ask("DELETE", f"/calls/{call.id}")
        if answer.status not in {200, 202, 204, 404, 410}:  # the last two: it has ended, which was wanted
            raise _refusal(answer.status)

    def test(self, extension: str) -> None:
        """The question of `dial` without a number: a system that does not know `dry_run` has nobody to call."""
        if not extension:
            raise DiallingFailed(msg("Type your extension: the telephone that rings first."), field="extension")
        answer = self._ask("POST", "/calls", {"dry_run": True, "extension": checked_extension(extension)})
        if answer.status != 200:
            raise _refusal(answer.status)
        if not _read(answer.body, DryRun).dry_run:
            raise _nonsense()

    def follow(self, call: Call, tell: Tell, stop: threading.Event) -> None:
        told: State = "ringing"
        heard = began = monotonic()
        pauses = self._pauses()
        while not stop.wait(next(pauses)):
            try:
                state = self._state(call)
            except WorkstationError:  # also a keyring that was locked meanwhile
                state = None
            now = monotonic()
            heard = heard if state is None else now
            if now - heard > SILENT_SECONDS or now - began > LONGEST_CALL:
                return
            if state is None or ORDER[state.state] <= ORDER[told]:
                continue
            if stop.is_set():
                return
            tell(Moment(state.state, min(max(state.seconds, 0.0), now - began)))
            if state.state == "ended":
                return
            told, pauses = state.state, self._pauses()

    def _state(self, call: Call) -> CallState:
        answer = self._ask("GET", f"/calls/{call.id}")
        if answer.status in {404, 410}:
            return CallState("ended")  # it was there when it was dialled
        if answer.status != 200:
            raise _refusal(answer.status)
        return _read(answer.body, CallState)

    # ---- one question ----

    def _ask(self, method: str, path: str, body: object = None, *, key: str = "") -> _Answer:
        """Over a connection of its own; never another host, whatever the answer says. Proxies are not asked."""
        secret = self._secret()
        if not secret or re.search(r"[^\x21-\x7e]", secret):
            raise DiallingFailed(
                msg("The keyring holds no secret for this telephone system. Type it in the settings."), field="secret"
            )
        headers = {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
        data = None
        if body is not None:
            headers["Content-Type"], data = "application/json", json.dumps(body).encode()
        if key:
            headers["Idempotency-Key"] = key
        connection = self._connect()
        try:
            connection.request(method, self._url.path.rstrip("/") + path, data, headers)
            response = connection.getresponse()
            content = response.read(LONGEST_ANSWER + 1)
        except (OSError, http.client.HTTPException) as error:
            raise DiallingUnsure(
                msg(
                    "The telephone system did not answer. It may have begun the call: look at your telephone. "
                    "Dialling again within a minute does not call twice."
                )
            ) from error
        finally:
            connection.close()
        return _Answer(response.status, content)

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        connection: http.client.HTTPConnection
        if self._url.scheme == "https":
            connection = http.client.HTTPSConnection(
                host, port, timeout=self._seconds, context=ssl.create_default_context()
            )
        else:
            connection = http.client.HTTPConnection(host, port, timeout=self._seconds)
        try:
            connection.connect()
        except ssl.SSLCertVerificationError as error:
            raise DiallingFailed(
                msg("The certificate of {host} is not one this computer trusts. Nothing was sent.", host=host)
            ) from error
        except (OSError, UnicodeError, http.client.HTTPException) as error:
            raise DiallingFailed(
                msg(
                    "{host} cannot be reached; nothing was sent. Check the network and the address, or dial by hand.",
                    host=host,
                )
            ) from error
        return connection


def checked_url(url: str) -> SplitResult:
    """The address below which `/calls` lies: HTTPS, or HTTP on this computer alone. Raises `DiallingFailed`."""
    try:
        parts = urlsplit(url)
        port_known = parts.port != 0
    except ValueError:
        raise _bad_url() from None
    plain = url.isascii() and url.isprintable() and " " not in url
    if not plain or not parts.hostname or not port_known or parts.username is not None or parts.password is not None:
        raise _bad_url()
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise _bad_url()
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return parts
    raise _bad_url()


def _bad_url() -> DiallingFailed:
    return DiallingFailed(
        msg("Type an address that begins with https://, like https://pbx.example.org/api; http only on this computer."),
        field="url",
    )


def _pauses() -> Iterator[float]:
    """A second at first, later five: ringing is followed closely, a long talk is not asked after all the time."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 1.2, LONGEST_PAUSE)


def _read(body: bytes, kind: type[T]) -> T:
    if len(body) > LONGEST_ANSWER:
        raise _nonsense()
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _nonsense() from error


def _nonsense() -> DiallingFailed:
    return DiallingUnsure(
        msg(
            "The telephone system's answer could not be understood. It may have begun the call: look at your telephone."
        )
    )


def _refusal(status: int) -> DiallingFailed:
    if status >= 500:  # a server in between may have given up on one that dials all the same
        fault = msg(
            "The telephone system has a fault ({status}). Look at your telephone before you dial again.", status=status
        )
        return DiallingUnsure(fault, code=f"dialling_{status}")
    said: Message
    if status in {401, 403}:
        said = msg("The telephone system refused the secret or the extension. Check both in the settings.")
    elif status == 409:
        said = msg("Your telephone is busy. End the call on it, then dial again.")
    elif status in {400, 422}:
        said = msg(
            "The telephone system refused the number or the extension. Dial by hand, or tell your administrator."
        )
    elif status in {404, 405} or 300 <= status < 400:
        said = msg("There is no telephone system at this address ({status}). Check it in the settings.", status=status)
    else:
        said = msg("The telephone system cannot call now ({status}). Try again, or dial by hand.", status=status)
    return DiallingFailed(said, code=f"dialling_{status}")
